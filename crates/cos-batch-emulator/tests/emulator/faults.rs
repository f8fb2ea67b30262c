//! Faults, as a client on the wire sees them

use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::time::{Duration, Instant};

use cos_batch::date::parse_http_date;
use cos_batch::http::Response;
use cos_batch::time::OffsetDateTime;
use cos_batch::{DescribeJob, ErrorCode, ListJobs};
use cos_batch_emulator::Emulator;

use crate::server::{ask, call, connect, reply, signed, signed_call};
use crate::stage::create;
use crate::support::{decoded, header, page, refused};

fn emulator(faults: &str) -> Emulator {
    Emulator::builder().faults(faults.parse().unwrap()).start().unwrap()
}

/// All that comes until the connection ends, and how it ends.
fn all(emulator: &Emulator, request: &str) -> (String, io::Result<()>) {
    let mut connection = connect(emulator.address());
    connection.get_mut().write_all(request.as_bytes()).unwrap();
    let mut came = Vec::new();
    let end = connection.read_to_end(&mut came).map(drop);
    (String::from_utf8_lossy(&came).into_owned(), end)
}

fn listing(emulator: &Emulator) -> Response<Vec<u8>> {
    ask(&mut connect(emulator.address()), &signed(emulator))
}

fn is_reset(end: &io::Result<()>) -> bool {
    end.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::ConnectionReset)
}

/// How many jobs there are with this token.
fn jobs_made_by(emulator: &Emulator, token: &str) -> usize {
    let page = call(emulator, &ListJobs::new()).unwrap();
    let describe = |job: &cos_batch::JobSummary<'static>| {
        call(emulator, &DescribeJob::new(job.job_id.clone())).unwrap()
    };
    let tokens = page.jobs.iter().map(|job| describe(job).job.client_request_token);
    tokens.filter(|found| found.as_ref().is_some_and(|it| it.as_str() == token)).count()
}

/// The examples of the documentation, in their order.
fn example(n: usize) -> &'static str {
    let source = include_str!("../../src/faults.rs");
    let text = source.split("/// ```toml\n").nth(n + 1).unwrap().split("/// ```").next().unwrap();
    Box::leak(text.replace("/// ", "").replace("///", "").into_boxed_str())
}

#[test]
fn example_a_proxy_answers_every_second_listing() {
    let emulator = emulator(example(0));
    for _ in 0..2 {
        assert_eq!(page(&listing(&emulator)).unwrap().jobs.len(), 48);
        let reply = listing(&emulator);
        assert_eq!(
            (reply.status().as_u16(), header(reply.headers(), "content-type")),
            (502, "text/html")
        );
        assert_eq!(reply.body(), b"<html><body><h1>502 Bad Gateway</h1></body></html>");
        assert!(!reply.headers().contains_key("x-cos-request-id"));
    }
}

#[test]
fn example_the_job_is_created_and_nobody_is_told() {
    let emulator = emulator(example(1));
    let (came, end) = all(&emulator, &signed_call(&emulator, &create("once")));
    assert!(came.is_empty() && is_reset(&end), "{came} {end:?}");
    assert_eq!(jobs_made_by(&emulator, "once"), 1);
    let error = call(&emulator, &create("once")).unwrap_err();
    assert_eq!(error.code, ErrorCode::InvalidRequest);
}

/// The counterpart: the connection ends the same, and there is no job.
#[test]
fn a_request_that_is_lost_creates_nothing() {
    let emulator = emulator("[[fault]]\ncall = \"CreateJob\"\nnth = 1\nlost = \"request\"");
    let (came, end) = all(&emulator, &signed_call(&emulator, &create("once")));
    assert!(came.is_empty() && is_reset(&end), "{came} {end:?}");
    assert_eq!(jobs_made_by(&emulator, "once"), 0);
    call(&emulator, &create("once")).unwrap();
    assert_eq!(jobs_made_by(&emulator, "once"), 1);
}

#[test]
fn example_a_request_that_comes_twice_has_the_second_answer() {
    let emulator = emulator(example(2));
    let error = call(&emulator, &create("once")).unwrap_err();
    assert_eq!((error.status.as_u16(), error.code), (400, ErrorCode::InvalidRequest));
    assert_eq!(jobs_made_by(&emulator, "once"), 1);
}

#[test]
fn example_a_cut_shows_or_does_not() {
    let emulator = emulator(example(3));
    let whole = signed(&emulator);
    for _ in 0..2 {
        let (came, end) = all(&emulator, &whole);
        let (head, body) = came.split_once("\r\n\r\n").unwrap();
        assert_eq!(body.len(), 300);
        let told = head.split("content-length: ").nth(1).unwrap().lines().next().unwrap();
        assert!(told.parse::<usize>().unwrap() > 10_000, "{told}");
        end.unwrap();
    }
    let mut connection = connect(emulator.address());
    let cut = ask(&mut connection, &whole);
    assert_eq!((cut.body().len(), header(cut.headers(), "content-length")), (300, "300"));
    // Nothing is missing, so the connection lives on.
    assert_eq!(page(&ask(&mut connection, &whole)).unwrap().jobs.len(), 48);
}

#[test]
fn example_a_slow_line_a_clock_that_is_off_a_header_that_is_gone() {
    let emulator = emulator(example(4));
    let jobs = page(&listing(&emulator)).unwrap().jobs;
    let describe = DescribeJob::new(jobs[0].job_id.clone());
    let begun = Instant::now();
    let reply = ask(&mut connect(emulator.address()), &signed_call(&emulator, &describe));
    let pieces = reply.body().len() / 64;
    assert!(begun.elapsed() > Duration::from_millis(5) * u32::try_from(pieces).unwrap());
    assert!(!reply.headers().contains_key("x-cos-request-id"));
    let date = parse_http_date(header(reply.headers(), "date")).unwrap();
    let off = (OffsetDateTime::now_utc() - date).whole_minutes();
    assert!((359..=361).contains(&off), "{off}");
    assert_eq!(decoded::<DescribeJob>(&reply).unwrap().job.job_id, jobs[0].job_id);
}

#[test]
fn example_some_are_refused_and_not_for_ever() {
    let emulator = emulator(example(5));
    let mut connection = connect(emulator.address());
    let replies: Vec<_> = (0..60).map(|_| ask(&mut connection, &signed(&emulator))).collect();
    let refusals: Vec<_> = replies.iter().filter(|reply| reply.status() == 503).collect();
    assert_eq!(refusals.len(), 3);
    for reply in refusals {
        refused(reply, 503, ErrorCode::SlowDown);
        assert_eq!(header(reply.headers(), "retry-after"), "1");
    }
}

#[test]
fn all_examples_are_run() {
    let examples = include_str!("../../src/faults.rs").matches("/// ```toml\n").count();
    let tests = include_str!("faults.rs").matches("emulator(example(").count() - 1;
    assert_eq!(examples, tests);
}

#[test]
fn an_answer_can_be_lost_in_three_ways() {
    let lost = |connection: &str| emulator(&format!("[[fault]]\nlost = \"answer\"\n{connection}"));
    let reset = lost("connection = \"reset\"");
    let (came, end) = all(&reset, &signed(&reset));
    assert!(came.is_empty() && is_reset(&end), "{came} {end:?}");
    let close = lost("connection = \"close\"");
    let (came, end) = all(&close, &signed(&close));
    assert!(came.is_empty() && end.is_ok(), "{came} {end:?}");

    let silent = lost("connection = \"silent\"");
    let mut connection = connect(silent.address());
    connection.get_mut().write_all(signed(&silent).as_bytes()).unwrap();
    connection.get_mut().set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    let error = connection.read(&mut [0; 1]).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
    // It ends once the client has had enough.
    connection.get_mut().shutdown(Shutdown::Write).unwrap();
    connection.get_mut().set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    assert_eq!(connection.read(&mut [0; 1]).unwrap(), 0);
}

#[test]
fn an_answer_can_be_cut_and_reset_or_fall_silent() {
    let cut = |connection: &str| emulator(&format!("[[fault]]\ncut = 10\n{connection}"));
    let reset = cut("connection = \"reset\"");
    let (came, end) = all(&reset, &signed(&reset));
    // What was on its way may be lost with the reset.
    assert!(came.len() < 1000 && is_reset(&end), "{came} {end:?}");
    let silent = cut("connection = \"silent\"");
    let mut connection = connect(silent.address());
    connection.get_mut().write_all(signed(&silent).as_bytes()).unwrap();
    connection.get_mut().set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    let mut came = Vec::new();
    let error = connection.read_to_end(&mut came).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
    let came = String::from_utf8(came).unwrap();
    assert_eq!(came.split_once("\r\n\r\n").unwrap().1.len(), 10);
}

#[test]
fn an_answer_can_come_late() {
    let emulator = emulator("[[fault]]\nnth = 1\ndelay = \"300ms\"");
    let begun = Instant::now();
    let mut late = connect(emulator.address());
    late.get_mut().write_all(signed(&emulator).as_bytes()).unwrap();
    // Others need not wait for it.
    while begun.elapsed() < Duration::from_millis(50) {}
    assert_eq!(listing(&emulator).status(), 200);
    assert_eq!(page(&reply(&mut late).unwrap()).unwrap().jobs.len(), 48);
    assert!(begun.elapsed() >= Duration::from_millis(300));
}

#[test]
fn headers_can_be_anything() {
    let emulator = emulator(
        "[[fault]]\nnth = 1\nheaders = { Server = \"proxy\", X-Own = \"1\" }\ndrop_headers = [\"date\"]\n\
         [[fault]]\nnth = 2\nheaders = { Content-Length = \"5\" }\n\
         [[fault]]\nnth = 3\ndrop_headers = [\"Content-Length\"]\n",
    );
    let changed = listing(&emulator);
    assert_eq!(page(&changed).unwrap().jobs.len(), 48);
    assert_eq!(header(changed.headers(), "server"), "proxy");
    assert_eq!(header(changed.headers(), "x-own"), "1");
    assert!(!changed.headers().contains_key("date"));
    // A length that is wrong, and none at all: the end of the connection is the end.
    for head_has in [true, false] {
        let (came, end) = all(&emulator, &signed(&emulator));
        let (head, body) = came.split_once("\r\n\r\n").unwrap();
        assert_eq!(head.contains("content-length: 5"), head_has);
        assert!(!head_has || head.matches("content-length").count() == 1, "{head}");
        assert!(body.ends_with("</ListJobsResult>"));
        end.unwrap();
    }
    assert_eq!(listing(&emulator).status(), 200);
}

#[test]
fn an_answer_of_ones_own_can_follow_what_was_done() {
    let emulator = emulator("[[fault]]\nnth = 1\nlost = \"answer\"\nstatus = 500");
    let reply = ask(&mut connect(emulator.address()), &signed_call(&emulator, &create("once")));
    assert_eq!((reply.status().as_u16(), reply.body().len()), (500, 0));
    assert_eq!(jobs_made_by(&emulator, "once"), 1);
}

/// A fault may befall what the service refuses, and never what is no HTTP.
#[test]
fn what_is_refused_can_be_changed() {
    let emulator = emulator("[[fault]]\nheaders = { Server = \"proxy\" }");
    let request = "GET /jobs HTTP/1.1\r\nHost: h\r\n\r\n";
    let reply = ask(&mut connect(emulator.address()), request);
    refused(&reply, 403, ErrorCode::AccessDenied);
    assert_eq!(header(reply.headers(), "server"), "proxy");
    let reply = ask(&mut connect(emulator.address()), "GET\r\n\r\n");
    assert_eq!(header(reply.headers(), "server"), "tencent-cos");
    let head = ask(&mut connect(emulator.address()), "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_eq!(header(head.headers(), "server"), "proxy");
}
