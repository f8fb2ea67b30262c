//! What every command can be told: how long, whose clock, how much is said, and when to stop

use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use cos_batch_testkit::peer::{Peer, Script};
use insta::assert_snapshot;

use crate::stage::Stage;
use crate::support::{answer, cosbatch, end, list_at, one_by_one, page, refusal};

#[test]
fn a_deadline_bounds_all_calls_together() {
    let slow = || answer("503 Service Unavailable\r\nRetry-After: 30", refusal("SlowDown"));
    let peer = one_by_one([slow(), slow()]);
    let start = Instant::now();
    let ran = list_at(&peer, "--retries 5 --deadline 5s").fails(7);
    assert!(start.elapsed() < Duration::from_secs(20));
    assert_eq!(peer.requests().len(), 1, "a rest that ends too late is not begun");
    ran.says("COS refused ListJobs: SlowDown");
    let silent = one_by_one([Script::new().request().pause(Peer::LONGEST)]);
    let ran = list_at(&silent, "--deadline 300ms").fails(7);
    ran.says("no response from 127.0.0.1:");
}

#[test]
fn a_clock_that_is_off_is_corrected_unless_told() {
    // Six hours: what the service says of the time of our signature.
    let now = cos_batch::time::OffsetDateTime::now_utc();
    let date = cos_batch::date::format_http_date(now + Duration::from_secs(6 * 3600));
    let skewed = answer(&format!("403 Forbidden\r\nDate: {date}"), refusal("RequestTimeTooSkewed"));
    let good = answer("200 OK", page(&[], ""));
    let peer = one_by_one([skewed.clone(), good]);
    let ran = list_at(&peer, "").run();
    assert_eq!((ran.code, peer.requests().len()), (Some(0), 2), "{ran:?}");
    let peer = one_by_one([skewed]);
    list_at(&peer, "--clock system").fails(6).says("error[E0603 clock-skew]");
    assert_eq!(peer.requests().len(), 1);
}

#[test]
fn each_step_is_told_where_it_is_asked_for() {
    let fault = answer("503 Service Unavailable\r\nx-cos-request-id: NWRm", refusal("SlowDown"));
    let peer = one_by_one([fault, answer("200 OK", page(&[], ""))]);
    let ran = list_at(&peer, "-v").run();
    let said = ran.screen();
    let lines: Vec<_> = said.lines().filter(|line| !line.starts_with("sleep ")).collect();
    assert_snapshot!(lines.join("\n"), @"
    send GET 127.0.0.1:PORT/jobs
    reply 503, 166 bytes, request NWRm
    send GET 127.0.0.1:PORT/jobs
    reply 200, 69 bytes
    ");
}

#[test]
fn a_dry_run_of_a_listing() {
    let stage = Stage::still();
    let ran = stage.cosbatch("list --dry-run --status Active --page-size 7 -v").run();
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""), "nothing is sent");
    let host = stage.emulator.address().to_string();
    assert_snapshot!(ran.stdout.replace(&host, "HOST"), @"
    GET /jobs?jobStatuses=Active&maxResults=7 HTTP/1.1
    host: HOST
    x-cos-appid: 1250000000
    x-cos-security-token: (not shown)
    authorization: (not shown)
    ");
}

#[test]
#[cfg(unix)]
fn a_signal_ends_it_with_its_own_code() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let peer = one_by_one([Script::new().request().pause(Peer::LONGEST)]);
        let endpoint = format!("http://{}", peer.address());
        let mut child = cosbatch(&format!("list --endpoint {endpoint} --app-id 1"))
            .credentials("a", "b")
            .spawn();
        while peer.requests().is_empty() {
            thread::sleep(Duration::from_millis(2));
        }
        let kill = Command::new("kill").args(["-s", signal, &child.id().to_string()]).status();
        assert!(kill.expect("kill").success());
        assert_eq!(end(&mut child), Some(code));
    }
}
