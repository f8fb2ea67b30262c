//! Responses of every kind: handed over as they came

use std::time::{Duration, Instant};

use cos_batch::date::format_http_date;
use cos_batch::time::OffsetDateTime;
use cos_batch::{Error, ErrorCode, Limits, ListJobs, ReplyError, XmlErrorKind};
use cos_batch_testkit::peer::Script;

use crate::support::{bounded, client, failure, ids, list, page, peer, wait_until, xml};

const CLOSE: &str = "Connection: close\r\n";

/// One answer as often as a client may ask.
fn always(status: &str, body: impl AsRef<[u8]>) -> [Script; 1] {
    let body = body.as_ref();
    [(0..4).fold(Script::new(), |script, _| script.answer(status, body))]
}

#[test]
fn a_passing_fault_is_tried_again() {
    bounded(|| {
        let slow_down = "<Error><Code>SlowDown</Code></Error>";
        let script = Script::new()
            .answer("503 Slow Down\r\nRetry-After: 0", slow_down)
            .answer("500 Internal Server Error", "")
            .answer("200 OK", page(1, None));
        let peer = peer([script]);
        assert_eq!(list(&client(&peer)).expect("a page").jobs.len(), 2);
        assert_eq!((peer.connections(), peer.requests().len()), (1, 3));
    });
}

#[test]
fn a_fault_that_does_not_pass_ends_after_all_attempts() {
    bounded(|| {
        for (status, code) in [
            ("500 Internal Server Error", "InternalError"),
            ("503 Service Unavailable", "ServiceUnavailable"),
            ("429 Too Many Requests", "SlowDown"),
        ] {
            let peer = peer(always(status, format!("<Error><Code>{code}</Code></Error>")));
            let failed = failure(list(&client(&peer)));
            let Error::Reply(ReplyError::Service(error)) = &failed.error else {
                panic!("{failed:?}")
            };
            assert_eq!(error.code, code.parse::<ErrorCode>().expect("a code"));
            assert!(status.starts_with(error.status.as_str()), "{error:?}");
            assert!(failed.cause.is_none(), "{failed:?}");
            assert_eq!(peer.requests().len(), 3, "{status}");
        }
    });
}

#[test]
fn a_time_that_is_asked_for_is_waited() {
    bounded(|| {
        let script = Script::new()
            .answer("503 Slow Down\r\nRetry-After: 1", "")
            .answer("200 OK", page(1, None));
        let peer = peer([script]);
        let start = Instant::now();
        list(&client(&peer)).expect("a page");
        assert!(start.elapsed() >= Duration::from_secs(1));
        assert_eq!(peer.requests().len(), 2);
    });
}

#[test]
fn a_time_that_is_too_long_is_not_waited() {
    bounded(|| {
        for status in ["500 Internal Server Error", "503 Slow Down", "429 Too Many Requests"] {
            let peer = peer(always(&format!("{status}\r\nRetry-After: 3600"), ""));
            let failed = failure(list(&client(&peer)));
            assert!(matches!(failed.error, Error::Reply(ReplyError::NotCos(_))), "{failed:?}");
            assert_eq!(peer.requests().len(), 1, "{status}");
        }
    });
}

#[test]
fn a_refusal_is_final() {
    bounded(|| {
        let denied = "<Error><Code>AccessDenied</Code><RequestId>r-1</RequestId></Error>";
        let peer = peer(always("403 Forbidden", denied));
        let failed = failure(list(&client(&peer)));
        let Error::Reply(error) = &failed.error else { panic!("{failed:?}") };
        assert_eq!(error.request_id(), Some("r-1"));
        assert_eq!(peer.requests().len(), 1);
    });
}

#[test]
fn a_clock_that_is_hours_off_is_corrected_once() {
    bounded(|| {
        let skewed = "<Error><Code>RequestTimeTooSkewed</Code></Error>";
        let then = OffsetDateTime::now_utc() + Duration::from_secs(5 * 3600);
        let refused = format!("403 Forbidden\r\nDate: {}", format_http_date(then));
        let script = Script::new()
            .answer(&refused, skewed)
            .answer("200 OK", page(1, Some("t-1")))
            .answer("200 OK", page(2, None));
        let peer = peer([script]);
        let pages: Vec<_> = client(&peer).pages(ListJobs::new()).collect();
        assert!(matches!(&pages[..], [Ok(_), Ok(_)]), "{pages:?}");
        let begins: Vec<i64> = peer
            .requests()
            .iter()
            .map(|request| {
                let request = String::from_utf8_lossy(request).into_owned();
                let (_, time) = request.split_once("q-key-time=").expect("a key time");
                time.split(';').next().and_then(|time| time.parse().ok()).expect("a time")
            })
            .collect();
        // The next page is signed with the service's time from the start.
        assert_eq!(begins.len(), 3);
        assert!(begins[1..].iter().all(|time| time - begins[0] > 4 * 3600), "{begins:?}");

        let twice = Script::new().answer(&refused, skewed).answer(&refused, skewed);
        let peer = crate::support::peer([twice]);
        let failed = failure(list(&client(&peer)));
        let Error::Reply(ReplyError::Service(error)) = &failed.error else { panic!("{failed:?}") };
        assert_eq!(error.code, ErrorCode::RequestTimeTooSkewed);
        assert_eq!(peer.requests().len(), 2);
    });
}

#[test]
fn the_page_of_a_gateway() {
    bounded(|| {
        let html = "<html><body>bad gateway</body></html>";
        let peer = peer(always("502 Bad Gateway\r\nContent-Type: text/html", html));
        let failed = failure(list(&client(&peer)));
        let Error::Reply(ReplyError::NotCos(reply)) = &failed.error else { panic!("{failed:?}") };
        assert_eq!((reply.status.as_u16(), &*reply.start), (502, html));
        assert_eq!(reply.content_type.as_deref(), Some("text/html"));
        assert_eq!(peer.requests().len(), 3);
    });
}

#[test]
fn nothing_is_no_list() {
    bounded(|| {
        let no_content = "HTTP/1.1 204 No Content\r\n\r\n";
        let no_content = (0..3).fold(Script::new(), |script, _| script.request().write(no_content));
        for scripts in [always("200 OK", ""), [no_content]] {
            let peer = peer(scripts);
            let failed = failure(list(&client(&peer)));
            assert_eq!(xml(&failed.error), &XmlErrorKind::Truncated);
            assert_eq!(peer.requests().len(), 3);
        }
    });
}

#[test]
fn a_redirect_is_an_answer() {
    bounded(|| {
        let target = peer([]);
        for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"]
        {
            for body in ["", "<html>elsewhere</html>"] {
                let status = format!("{status}\r\nLocation: http://{}/jobs", target.address());
                let peer = peer(always(&status, body));
                let failed = failure(list(&client(&peer)));
                let Error::Reply(ReplyError::NotCos(reply)) = &failed.error else {
                    panic!("{failed:?}")
                };
                assert!(status.starts_with(reply.status.as_str()), "{reply:?}");
                assert_eq!(peer.requests().len(), 1);
            }
        }
        assert_eq!(target.connections(), 0);
    });
}

#[test]
fn what_is_compressed_stays_compressed() {
    // `<ListJobsResult><Jobs></Jobs></ListJobsResult>` by gzip.
    const GZIP: &[u8] = &[
        31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 179, 241, 201, 44, 46, 241, 202, 79, 42, 14, 74, 45, 46,
        205, 41, 177, 179, 1, 177, 237, 108, 244, 161, 20, 154, 44, 0, 98, 154, 39, 125, 46, 0, 0,
        0,
    ];
    bounded(|| {
        let peer = peer(always("200 OK\r\nContent-Encoding: gzip", GZIP));
        let failed = failure(list(&client(&peer)));
        let Error::Reply(ReplyError::NotCos(reply)) = &failed.error else { panic!("{failed:?}") };
        assert_eq!((reply.status.as_u16(), reply.length), (200, GZIP.len()));
        assert_eq!(peer.requests().len(), 1);
    });
}

/// A page that breaks off after its first job.
fn cut() -> Vec<u8> {
    let page = page(1, Some("more"));
    let end = b"</member>";
    let at = page.windows(end.len()).position(|part| part == end).expect("a job");
    page[..at + end.len()].to_vec()
}

#[test]
fn a_body_that_breaks_off_is_no_short_list() {
    bounded(|| {
        let whole = page(1, Some("more")).len();
        let start = |framing: &str| {
            let head = format!("HTTP/1.1 200 OK\r\n{CLOSE}{framing}\r\n");
            Script::new().request().write(head)
        };
        let length = format!("Content-Length: {whole}\r\n");
        let chunk = [format!("{:x}\r\n", cut().len()).as_bytes(), &cut(), b"\r\n"].concat();
        let chunked = "Transfer-Encoding: chunked\r\n";
        for script in [
            start(&length).write(cut()),
            start(&length).write(cut()).pause(Duration::from_millis(50)).reset(),
            // Without a length the end of the connection is that of the body.
            start("").write(cut()),
            start(chunked).write(chunk.clone()),
            start(chunked).write(chunk.clone()).write("zz\r\n"),
            start(chunked).write(chunk).write("0\r\n\r\n"),
            // A length that is too short cuts as well.
            start("Content-Length: 100\r\n").write(page(1, Some("more"))),
        ] {
            let peer = peer([script.clone(), script.clone(), script]);
            let failed = failure(list(&client(&peer)));
            assert_eq!(xml(&failed.error), &XmlErrorKind::Truncated);
            assert_eq!(peer.requests().len(), 3);
        }
    });
}

#[test]
fn a_body_that_breaks_off_once_is_asked_for_again() {
    bounded(|| {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n";
        let broken = Script::new().request().write(head).write(cut());
        let broken = broken.pause(Duration::from_millis(50)).reset();
        let peer = peer([broken, Script::new().answer("200 OK", page(1, None))]);
        assert_eq!(list(&client(&peer)).expect("a page").jobs.len(), 2);
        assert_eq!(peer.requests().len(), 2);
    });
}

#[test]
fn a_body_without_end_is_too_large() {
    bounded(|| {
        let head = "HTTP/1.1 200 OK\r\n\r\n<ListJobsResult>";
        let endless = Script::new().request().write(head);
        let endless = endless.repeat(" ".repeat(64 * 1024), 16 * 1024, Duration::ZERO);
        let peer = peer([endless]);
        let client = client(&peer).with_limits(Limits::bytes(100_000));
        let failed = failure(list(&client));
        assert_eq!(xml(&failed.error), &XmlErrorKind::TooLarge { limit: 100_000 });
        assert_eq!(peer.requests().len(), 1);
        wait_until("the connection is let go", || peer.open() == 0);
        assert!(peer.written() < 1024 * 1024 * 1024, "{}", peer.written());
    });
}

#[test]
fn a_body_of_the_limit_is_not_too_large() {
    bounded(|| {
        let page = page(1, None);
        for (less, fits) in [(0, true), (1, false)] {
            let peer = peer(always("200 OK", &page));
            let client = client(&peer).with_limits(Limits::bytes(page.len() - less));
            assert_eq!(list(&client).is_ok(), fits);
            assert_eq!(peer.requests().len(), 1);
        }
    });
}

#[test]
fn a_listing_goes_from_page_to_page() {
    bounded(|| {
        let script = Script::new()
            .answer("200 OK", page(1, Some("t-1")))
            .answer("200 OK", page(2, Some("t-2")))
            .answer("200 OK", page(3, None));
        let peer = peer([script]);
        let mut listing = client(&peer).pages(ListJobs::new());
        let mut seen = Vec::new();
        for page in listing.by_ref() {
            seen.extend(ids(&page.expect("a page").jobs));
        }
        assert_eq!((seen.len(), listing.pages(), listing.resume_token()), (6, 3, None));
        assert!(listing.next().is_none());
        let targets: Vec<_> = peer
            .requests()
            .iter()
            .map(|request| {
                let line = String::from_utf8_lossy(request).lines().next().map(str::to_owned);
                line.expect("a request line")
            })
            .collect();
        assert_eq!(
            targets,
            [
                "GET /jobs HTTP/1.1",
                "GET /jobs?nextToken=t-1 HTTP/1.1",
                "GET /jobs?nextToken=t-2 HTTP/1.1",
            ]
        );
    });
}

#[test]
fn a_listing_in_a_circle_ends() {
    bounded(|| {
        let script = Script::new()
            .answer("200 OK", page(1, Some("t-1")))
            .answer("200 OK", page(2, Some("t-2")))
            .answer("200 OK", page(3, Some("t-1")));
        let peer = peer([script]);
        let mut listing = client(&peer).pages(ListJobs::new());
        let pages: Vec<_> = listing.by_ref().collect();
        assert_eq!(pages.len(), 3);
        let failed = pages[2].as_ref().expect_err("a circle");
        assert_eq!(failed.error, Error::RepeatedToken { token: "t-1".into() });
        assert_eq!((listing.pages(), peer.requests().len()), (2, 3));
        assert_eq!(listing.resume_token().map(ToString::to_string).as_deref(), Some("t-2"));
    });
}

#[test]
fn a_listing_ends_after_an_error_and_goes_on_from_its_token() {
    bounded(|| {
        let denied = "<Error><Code>AccessDenied</Code></Error>";
        let script = Script::new()
            .answer("200 OK", page(1, Some("t-1")))
            .answer("403 Forbidden", denied)
            .answer("200 OK", page(2, None));
        let peer = peer([script]);
        let client = client(&peer);
        let mut listing = client.pages(ListJobs::new());
        assert!(listing.next().is_some_and(|page| page.is_ok()));
        assert!(listing.next().is_some_and(|page| page.is_err()));
        assert!(listing.next().is_none());
        assert_eq!(peer.requests().len(), 2);

        let mut rest = ListJobs::new();
        rest.next_token = listing.resume_token().cloned();
        assert_eq!(client.pages(rest).count(), 1);
        assert!(peer.requests()[2].starts_with(b"GET /jobs?nextToken=t-1 "));
    });
}

#[test]
fn a_listing_has_at_most_so_many_pages() {
    bounded(|| {
        let script = Script::new()
            .answer("200 OK", page(1, Some("t-1")))
            .answer("200 OK", page(2, Some("t-2")));
        let peer = peer([script]);
        let listing = client(&peer).with_max_pages(2).pages(ListJobs::new());
        let pages: Vec<_> = listing.collect();
        let last = pages.last().expect("an end").as_ref().expect_err("too many pages");
        assert_eq!(last.error, Error::PageLimit { pages: 2, token: "t-2".into() });
        assert_eq!((pages.len(), peer.requests().len()), (3, 2));
    });
}
