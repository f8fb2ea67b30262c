//! Replies that are not the answer: nothing passes for a complete listing

use std::time::Duration;

use cos_batch_testkit::peer::Script;
use insta::assert_snapshot;

use crate::support::{always, answer, list_at, one_by_one, page};

const ONE: &str = "021140d8-67ca-4e89-8089-0de9a1e40943";
const TWO: &str = "066d919e-49b9-429e-b844-e17ea7b16421";
const THREE: &str = "53dc6228-c50b-46f7-8ad7-65e7159f1aae";

const FORMATS: [&str; 5] = ["table", "json", "jsonl", "tsv", "id"];

#[test]
fn a_page_of_a_proxy() {
    let html = "<html><body><h1>502 Bad Gateway</h1><hr></body></html>";
    let peer = always(9, "502 Bad Gateway\r\nContent-Type: text/html", html);
    let ran = list_at(&peer, "--retries 1").fails(9);
    assert_eq!((ran.stdout.as_str(), peer.requests().len()), ("", 2));
    assert_snapshot!(ran.screen(), @r#"
    error[E0901 not-cos]: ListJobs: the reply is no COS document (HTTP 502, text/html, 54 bytes: "<html><body><h1>502 Bad Gateway</h1><hr></body></html>")
      it has no x-cos-request-id: it did not come from COS
      nothing was listed
      host 127.0.0.1:PORT  attempt 2 of 2
      help: check the endpoint, and what stands between here and it: a proxy, a login page
    "#);
}

#[test]
fn a_login_page_is_no_listing() {
    let peer = always(1, "200 OK\r\nContent-Type: text/html", "<!DOCTYPE html><html></html>");
    list_at(&peer, "").fails(9).says("error[E0901 not-cos]").says("attempt 1 of 3");
}

#[test]
fn an_empty_answer() {
    let peer = always(2, "200 OK\r\nx-cos-request-id: NWRmYmJhMTU=", "");
    assert_snapshot!(list_at(&peer, "--retries 1").fails(9).screen(), @r#"
    error[E0902 cut-off]: the reply to ListJobs is empty
      nothing was listed
      request NWRmYmJhMTU=  host 127.0.0.1:PORT  attempt 2 of 2
      help: try again; if it stays so, check what stands between here and the service
    "#);
}

#[test]
fn an_answer_that_is_cut_off() {
    let whole = page(&[ONE, TWO], "");
    for kept in [whole.len() / 3, whole.len() / 2, whole.len() - 1] {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", whole.len());
        let cut = Script::new().request().write(head + &whole[..kept]);
        for format in FORMATS {
            let peer = one_by_one([cut.clone()]);
            let ran = list_at(&peer, &format!("--retries 0 -o {format}")).fails(9);
            ran.says("E0902").says("cut-off").says("nothing was listed");
            assert_eq!(ran.stdout, "", "{format}");
        }
    }
    let cut =
        Script::new().request().write("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n<ListJobsRes");
    let peer = one_by_one([cut.clone(), cut]);
    let ran = list_at(&peer, "--retries 1").fails(9);
    assert_eq!(peer.requests().len(), 2, "a cut answer is asked for again");
    assert_snapshot!(ran.screen(), @r#"
    error[E0902 cut-off]: the reply to ListJobs is not understood: the document is cut off at byte 12 in ListJobsRes
      nothing was listed
      host 127.0.0.1:PORT  attempt 2 of 2
      help: what came is not the whole answer, and was not used; try again
    "#);
}

#[test]
fn a_listing_that_is_cut_off_after_a_page_is_incomplete() {
    let cut = "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n<ListJobsResult><Jobs>";
    for format in FORMATS {
        let first = answer("200 OK", page(&[ONE, TWO], TWO));
        let peer = one_by_one([first, Script::new().request().write(cut)]);
        let ran = list_at(&peer, &format!("--retries 0 -o {format}")).fails(9);
        if format == "json" {
            assert_eq!(ran.stdout, "", "an array would be a whole one");
            ran.says("nothing was listed, though 2 jobs of 1 page came before this");
        } else {
            assert!(ran.stdout.contains(ONE) && ran.stdout.contains(TWO), "{ran:?}");
            ran.says("the listing is incomplete: 2 jobs of 1 page came before this");
        }
        if format == "table" {
            assert_snapshot!(ran.screen(), @r#"
            error[E0902 cut-off]: the reply to ListJobs is not understood: the document is cut off at byte 22 in ListJobsResult/Jobs
              the listing is incomplete: 2 jobs of 1 page came before this
              it goes on with --starting-token 066d919e-49b9-429e-b844-e17ea7b16421
              host 127.0.0.1:PORT  attempt 1 of 1
              help: what came is not the whole answer, and was not used; try again
            "#);
        }
    }
}

#[test]
fn an_answer_that_is_compressed() {
    let gzip = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xb3\xf1\xc9\x2c\x2e\xf1\xca\x4f\x2a";
    let peer = always(1, "200 OK\r\nContent-Encoding: gzip", gzip);
    let ran = list_at(&peer, "").fails(9);
    ran.says("E0901 not-cos").says("it seems to be compressed, which nobody asked for");
}

#[test]
fn a_redirect_is_not_followed() {
    let other = always(1, "200 OK", page(&[ONE], ""));
    for status in ["301 Moved Permanently", "302 Found", "307 Temporary Redirect"] {
        let status = format!("{status}\r\nLocation: http://{}/jobs", other.address());
        let peer = always(1, &status, "");
        let ran = list_at(&peer, "").fails(9);
        ran.says("error[E0901 not-cos]").says("\n  redirects are not followed\n");
        assert_eq!((ran.stdout.as_str(), peer.requests().len()), ("", 1));
    }
    assert_eq!(other.connections(), 0);
}

#[test]
fn an_answer_without_end_is_bounded() {
    let head = "HTTP/1.1 200 OK\r\n\r\n<ListJobsResult><Jobs><member><Description>";
    let endless =
        Script::new().request().write(head).repeat(vec![b'x'; 64 * 1024], u64::MAX, Duration::ZERO);
    let peer = one_by_one([endless]);
    let ran = list_at(&peer, "").fails(9);
    ran.says("error[E0904 too-large]").says("larger than the limit of 16777216 bytes");
    ran.says("  attempt 1 of 3\n");
    assert!(peer.written() < 64 * 1024 * 1024, "{}", peer.written());
}

#[test]
fn documents_that_make_no_sense() {
    for (body, told) in [
        ("<ListBucketResult></ListBucketResult>", "expected <ListJobsResult>, found"),
        ("<ListJobsResult><Jobs></ListJobsResult>", "error[E0903 malformed]"),
        ("{\"jobs\":[]}", "error[E0901 not-cos]"),
        (
            "<ListJobsResult><Jobs><member></member></Jobs></ListJobsResult>",
            "member[1]/CreationTime",
        ),
        ("<ListJobsResult></ListJobsResult><x/>", "error[E0903 malformed]"),
    ] {
        let peer = always(1, "200 OK", body);
        let ran = list_at(&peer, "").fails(9);
        ran.says(told);
        assert_eq!((ran.stdout.as_str(), peer.requests().len()), ("", 1));
    }
}

#[test]
fn a_token_that_comes_again_at_once_ends_the_listing() {
    let peer = one_by_one([
        answer("200 OK", page(&[ONE, TWO], TWO)),
        answer("200 OK", page(&[THREE], TWO)),
    ]);
    let ran = list_at(&peer, "-o id").run();
    assert_eq!((ran.code, ran.stdout), (Some(0), format!("{ONE}\n{TWO}\n{THREE}\n")));
    assert_eq!(peer.requests().len(), 2);
}

#[test]
fn a_listing_that_goes_round_in_a_circle_is_an_error() {
    let peer = one_by_one([
        answer("200 OK", page(&[ONE], ONE)),
        answer("200 OK", page(&[TWO], TWO)),
        answer("200 OK", page(&[THREE], ONE)),
    ]);
    let ran = list_at(&peer, "-o id").fails(9);
    assert_eq!(peer.requests().len(), 3);
    assert_eq!(ran.stdout, format!("{ONE}\n{TWO}\n"));
    assert_snapshot!(ran.screen(), @r#"
    error[E0905 circular-listing]: ListJobs: the listing goes round in a circle: the token "021140d8-67ca-4e89-8089-0de9a1e40943" came twice
      the listing is incomplete: 2 jobs of 2 pages came before this
      it goes on with --starting-token 066d919e-49b9-429e-b844-e17ea7b16421
      host 127.0.0.1:PORT  attempt 1 of 3
      help: the service's answers contradict each other; try again, or report it
    "#);
}
