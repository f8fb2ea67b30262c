//! Clocks: what travels lives in the real time, the jobs in theirs

use std::time::{Duration, Instant};

use cos_batch::date::{parse_http_date, parse_timestamp};
use cos_batch::time::OffsetDateTime;
use cos_batch::{DescribeJob, Job, JobId, JobStatus, ListJobs};
use cos_batch_emulator::{Clock, Emulator};

use crate::server::{ask, call, connect, signed};
use crate::stage::create;
use crate::support::header;

fn emulator(clock: &str) -> Emulator {
    let builder = Emulator::builder().clock(clock.parse().unwrap()).jobs([]).control(true);
    builder.start().unwrap()
}

fn job(emulator: &Emulator, job_id: &JobId<'static>) -> Job<'static> {
    call(emulator, &DescribeJob::new(job_id.clone())).unwrap().job
}

#[test]
fn on_a_manual_clock_nothing_moves_until_it_is_told() {
    let emulator = emulator("manual");
    let start = emulator.now();
    let job_id = call(&emulator, &create("t")).unwrap().job_id;
    std::thread::sleep(Duration::from_millis(150));
    assert_eq!(job(&emulator, &job_id).status, JobStatus::New);
    assert_eq!(emulator.now(), start);

    // Step by step every status is seen.
    let mut seen = vec![JobStatus::New];
    let mut last = start;
    while seen.last() != Some(&JobStatus::Complete) {
        let now = emulator.step();
        assert!(now >= last);
        last = now;
        let status = job(&emulator, &job_id).status;
        if seen.last() != Some(&status) {
            seen.push(status);
        }
        assert!(seen.len() < 10, "{seen:?}");
    }
    let names: Vec<_> = seen.iter().map(JobStatus::as_str).collect();
    assert_eq!(names, ["New", "Preparing", "Ready", "Active", "Completing", "Complete"]);
    assert!(emulator.now() > start);
}

#[test]
fn a_clock_that_is_put_forward_carries_out_what_falls_in_between() {
    let emulator = emulator("manual");
    let start = emulator.now();
    let job_id = call(&emulator, &create("t")).unwrap().job_id;
    assert_eq!(emulator.advance(Duration::ZERO), start);
    assert_eq!(emulator.advance(Duration::from_secs(3600)), start + Duration::from_secs(3600));
    let job = job(&emulator, &job_id);
    assert_eq!(job.status, JobStatus::Complete);
    // It ended when it was done, not when the clock came to rest.
    let took = job.termination_date.unwrap() - job.creation_time;
    assert!((2..=60).contains(&took.whole_seconds()), "{took}");
    // 90 days later it is no longer listed.
    assert_eq!(call(&emulator, &ListJobs::new()).unwrap().jobs.len(), 1);
    emulator.advance(Duration::from_secs(90 * 24 * 3600));
    assert_eq!(call(&emulator, &ListJobs::new()).unwrap().jobs.len(), 0);
}

/// Each of the calls above was signed by the real time; so it is with a clock that is days ahead.
#[test]
fn a_fast_clock_takes_ordinary_signatures_and_tells_the_real_date() {
    let emulator = emulator("x1000000");
    let real = OffsetDateTime::now_utc();
    let job_id = call(&emulator, &create("t")).unwrap().job_id;
    let begun = Instant::now();
    while job(&emulator, &job_id).status != JobStatus::Complete {
        assert!(begun.elapsed() < Duration::from_secs(20));
    }
    emulator.advance(Duration::from_secs(24 * 3600));
    assert!(emulator.now() - real > Duration::from_secs(24 * 3600));
    let reply = ask(&mut connect(emulator.address()), &signed(&emulator));
    assert_eq!(reply.status(), 200);
    let date = parse_http_date(header(reply.headers(), "date")).unwrap();
    assert!((date - real).abs() < Duration::from_secs(60), "{date}");
}

#[test]
fn a_real_clock_can_be_put_forward_too() {
    let emulator = emulator("real");
    let job_id = call(&emulator, &create("t")).unwrap().job_id;
    let before = emulator.now();
    assert!(emulator.advance(Duration::from_secs(600)) >= before + Duration::from_secs(600));
    assert_eq!(job(&emulator, &job_id).status, JobStatus::Complete);
    assert!((emulator.now() - before).whole_seconds() < 640);
}

/// The status, and what JSON says.
fn control(emulator: &Emulator, line: &str) -> (u16, serde_json::Value) {
    let request = format!("{line} HTTP/1.1\r\nHost: h\r\n\r\n");
    let reply = ask(&mut connect(emulator.address()), &request);
    assert_eq!(header(reply.headers(), "content-type"), "application/json");
    (reply.status().as_u16(), serde_json::from_slice(reply.body()).unwrap())
}

#[test]
fn the_control_endpoint_tells_the_time_and_changes_it() {
    let emulator = emulator("manual");
    let now = |answer: &serde_json::Value| {
        parse_timestamp(answer["now"].as_str().unwrap().to_owned().into()).unwrap()
    };
    let (status, told) = control(&emulator, "GET /_control/clock");
    assert_eq!((status, &told["clock"]), (200, &serde_json::json!("manual")));
    let (status, later) = control(&emulator, "POST /_control/advance?by=1h30m");
    assert_eq!(
        (status, now(&later) - now(&told)),
        (200, Duration::from_secs(5400).try_into().unwrap())
    );
    assert_eq!(control(&emulator, "GET /_control/clock"), (200, later.clone()));

    let job_id = call(&emulator, &create("t")).unwrap().job_id;
    let (status, _) = control(&emulator, "POST /_control/step");
    assert_eq!((status, job(&emulator, &job_id).status), (200, JobStatus::Preparing));

    for (line, status) in [
        ("POST /_control/clock", 405),
        ("GET /_control/advance?by=1h", 405),
        ("POST /_control/advance", 400),
        ("POST /_control/advance?by=-1h", 400),
        ("POST /_control/advance?by=soon", 400),
        ("GET /_control/", 404),
        ("GET /_control/else", 404),
    ] {
        let (answered, said) = control(&emulator, line);
        assert_eq!(answered, status, "{line}");
        assert!(said["error"].as_str().unwrap().starts_with("expected "), "{line}: {said}");
    }
}

#[test]
fn the_control_endpoint_is_off_unless_asked_for() {
    let emulator = Emulator::builder().clock(Clock::Manual).start().unwrap();
    let before = emulator.now();
    for line in ["GET /_control/clock", "POST /_control/advance?by=1h"] {
        let request = format!("{line} HTTP/1.1\r\nHost: h\r\n\r\n");
        let reply = ask(&mut connect(emulator.address()), &request);
        assert_eq!(reply.status(), 403, "it is a request like any other, and not signed");
    }
    assert_eq!(emulator.now(), before);
}

#[test]
fn who_puts_the_clock_forward_at_once_waits_for_each_other() {
    let emulator = emulator("manual");
    let start = emulator.now();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| emulator.advance(Duration::from_secs(10)));
        }
    });
    assert_eq!(emulator.now(), start + Duration::from_secs(80));
}
