//! What every command can be told: how long, whose clock, how much is said, and when to stop

use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use cos_batch_testkit::peer::{Peer, Script};
use insta::assert_snapshot;
use serde_json::Value;

use crate::schema::are;
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
    let ran = list_at(&peer, "--clock system").fails(6);
    ran.says("error[E0603 clock-skew]").says("\n  correction is off (--clock system)\n");
    ran.says("\n  help: use --clock auto, or set this machine's clock right\n");
    assert_eq!(peer.requests().len(), 1);
}

#[test]
fn a_clock_that_is_refused_is_said_to_be_off_by_how_much() {
    let now = cos_batch::time::OffsetDateTime::now_utc();
    let later = now + Duration::from_secs(6 * 3600 + 600);
    let time = cos_batch::date::format_timestamp(later).expect("a time");
    let refused = refusal("RequestTimeTooSkewed")
        .replace("</Error>", &format!("<ServerTime>{time}</ServerTime></Error>"));
    // Without a date there is nothing to correct it by; with one it is tried once.
    let date = cos_batch::date::format_http_date(later);
    for (head, tried) in [(String::new(), false), (format!("\r\nDate: {date}"), true)] {
        let answer = answer(&format!("403 Forbidden{head}"), &refused);
        let peer = one_by_one([answer.clone(), answer]);
        let ran = list_at(&peer, "").fails(6);
        ran.says("\n  this clock is 6h behind the service's\n")
            .says(&format!("server time: {time}"));
        let said = "\n  this clock is 6h behind the service's, whose time was used\n";
        assert_eq!(ran.stderr.contains(said), tried, "{ran:?}");
    }
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
fn twice_as_much_tells_who_asks_and_how_it_ends() {
    let peer = one_by_one([answer("200 OK", page(&[], ""))]);
    let ran = list_at(&peer, "-vv --deadline 1h").run();
    let said = ran.screen();
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(lines[0], "ask http://127.0.0.1:PORT as AKID…0001 from TENCENTCLOUD_SECRET_ID");
    assert!(lines[1].starts_with("send GET 127.0.0.1:PORT/jobs, 3"), "{said}");
    assert!(lines[1].ends_with("s left"), "{said}");
    assert_eq!(lines[2..], ["reply 200, 69 bytes", "item", "done"]);
}

#[test]
fn what_is_said_is_json_where_that_is_asked_for() {
    let fault = answer("503 Service Unavailable\r\nx-cos-request-id: NWRm", refusal("SlowDown"));
    let lost = Script::new().request().reset();
    let peer = one_by_one([fault, lost, answer("404 Not Found", refusal("NoSuchJob"))]);
    let ran = list_at(&peer, "-vv --log-format json").fails(5);
    let objects: Vec<Value> =
        ran.stderr.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    let kinds: Vec<_> = objects.iter().filter_map(|it| it["step"]["kind"].as_str()).collect();
    assert_eq!(
        kinds.into_iter().filter(|kind| *kind != "sleep").collect::<Vec<_>>(),
        ["ask", "send", "reply", "send", "lost", "send", "reply", "failed"]
    );
    let (error, steps) = objects.split_last().expect("one at least");
    assert_eq!(error["error"]["name"], "no-such-job");
    are("step", steps);
    let reply = &objects.iter().find(|it| it["step"]["kind"] == "reply").expect("one")["step"];
    assert_eq!((&reply["status"], &reply["request_id"]), (&503.into(), &"NWRm".into()));

    // A note is an object too, and the form of the output decides unless told.
    let note = "{\"note\":\"0 jobs in 1 page\"}\n";
    for (form, said) in [("json", note), ("text", "0 jobs in 1 page\n")] {
        let peer = one_by_one([answer("200 OK", page(&[], ""))]);
        let ran = list_at(&peer, &format!("-o table --log-format {form}")).run();
        assert_eq!((ran.code, &*ran.stderr), (Some(0), said));
    }
    let peer = one_by_one([answer("404 Not Found", refusal("NoSuchJob"))]);
    list_at(&peer, "-o json --log-format text").fails(5).says("error[E0501 no-such-job]: ");
    let peer = one_by_one([answer("200 OK", page(&[], ""))]);
    let ran = list_at(&peer, "-o json -v").run();
    assert!(ran.stderr.lines().all(|line| line.starts_with("{\"step\":{")), "{ran:?}");
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
