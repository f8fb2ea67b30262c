//! `Watch`, step by step, as logs of a scripted world

use std::time::Duration;

use cos_batch::http::Response;
use cos_batch::time::{self, OffsetDateTime};
use cos_batch::{
    DescribeJob, DescribeJobResult, Endpoint, Error, Event, Job, JobOperation, JobStatus, Lost,
    Machine, Operation, Priority, Retry, Step, Watch,
};
use cos_batch_testkit::world::World;
use insta::assert_snapshot;

fn endpoint() -> Endpoint {
    Endpoint::custom("http", "127.0.0.1:9000", "1250000000".parse().unwrap()).unwrap()
}

/// A watch over the job `a` for so many seconds.
fn watch(seconds: i64) -> Watch {
    let deadline = World::new().now + time::Duration::seconds(seconds);
    Watch::new(endpoint(), "a".parse().unwrap(), deadline, Retry::new(7))
}

/// A watch at a pace that is easy to read: 4 seconds less a random part of up to 2.
fn steady(seconds: i64) -> Watch {
    watch(seconds).with_intervals(Duration::from_secs(4), Duration::from_secs(4))
}

fn job(status: &str) -> Vec<u8> {
    let job = Job::new(
        "a".parse().unwrap(),
        JobOperation::DeleteObject,
        Priority::MIN,
        status.parse().unwrap(),
        OffsetDateTime::UNIX_EPOCH,
    );
    DescribeJob::encode_response(&DescribeJobResult::new(job)).unwrap().into_body()
}

fn refusal(code: &str) -> String {
    format!("<Error><Code>{code}</Code></Error>")
}

fn describing(statuses: &[&str]) -> World {
    statuses.iter().fold(World::new(), |world, status| world.reply(200, &[], job(status)))
}

#[test]
fn every_answer_is_brought_and_the_last_is_terminal() {
    let mut watch = watch(3600);
    let statuses = ["New", "Preparing", "Ready", "Active", "Hibernating", "Completing", "Complete"];
    let run = describing(&statuses).run(&mut watch);
    assert_snapshot!(run.log, @"
    send GET /jobs/a within 3600s
    reply 200
    job a is New
    sleep 1.61s
    send GET /jobs/a within 3598.389s
    reply 200
    job a is Preparing
    sleep 3.966s
    send GET /jobs/a within 3594.423s
    reply 200
    job a is Ready
    sleep 4.396s
    send GET /jobs/a within 3590.026s
    reply 200
    job a is Active
    sleep 11.336s
    send GET /jobs/a within 3578.689s
    reply 200
    job a is Hibernating
    sleep 23.213s
    send GET /jobs/a within 3555.476s
    reply 200
    job a is Completing
    sleep 26.258s
    send GET /jobs/a within 3529.217s
    reply 200
    job a is Complete
    done
    ");
    assert_eq!(watch.last(), run.items.last());
    for end in ["Cancelled", "Failed"] {
        let run = describing(&[end]).run(&mut steady(3600));
        assert_eq!(run.items.len(), 1);
        assert_eq!(run.end, Ok(()));
    }
}

#[test]
fn suspended_is_an_answer_and_the_end_if_asked() {
    let run = describing(&["Suspended", "Active", "Complete"]).run(&mut steady(3600));
    assert_snapshot!(run.log, @"
    send GET /jobs/a within 3600s
    reply 200
    job a is Suspended
    sleep 3.22s
    send GET /jobs/a within 3596.779s
    reply 200
    job a is Active
    sleep 3.966s
    send GET /jobs/a within 3592.813s
    reply 200
    job a is Complete
    done
    ");
    let run = describing(&["Preparing", "Suspended"]).run(&mut steady(3600).until_suspended());
    assert_snapshot!(run.log, @"
    send GET /jobs/a within 3600s
    reply 200
    job a is Preparing
    sleep 3.22s
    send GET /jobs/a within 3596.779s
    reply 200
    job a is Suspended
    done
    ");
    let run = describing(&["Failed"]).run(&mut steady(3600).until_suspended());
    assert_eq!(run.end, Ok(()));
}

#[test]
fn no_rest_goes_beyond_the_deadline_which_leaves_the_last_answer() {
    let mut watch = steady(5);
    let run = describing(&["Ready", "Active"]).run(&mut watch);
    assert_snapshot!(run.log, @"
    send GET /jobs/a within 5s
    reply 200
    job a is Ready
    sleep 3.22s
    send GET /jobs/a within 1.779s
    reply 200
    job a is Active
    sleep 1.779s
    failed: the deadline passed
    ");
    assert_eq!(watch.last().map(|last| &last.job.status), Some(&JobStatus::Active));
    assert_eq!(run.end, Err(Error::DeadlinePassed { cause: None }));
}

#[test]
fn a_deadline_that_has_passed_sends_nothing() {
    let mut watch = watch(-1);
    assert_snapshot!(World::new().run(&mut watch).log, @"failed: the deadline passed");
    assert_eq!(watch.last(), None);
}

#[test]
fn the_earlier_deadline_holds() {
    let mut retry = Retry::new(7);
    retry.deadline = Some(World::new().now + time::Duration::seconds(3));
    let world = World::new();
    let deadline = world.now + time::Duration::HOUR;
    let watch = Watch::new(endpoint(), "a".parse().unwrap(), deadline, retry);
    let Step::Send { within, .. } = watch.next(&world.signer, world.now).unwrap() else {
        panic!("a request");
    };
    assert_eq!(within, Some(Duration::from_secs(3)));
}

#[test]
fn each_answer_has_all_attempts() {
    let run = World::new()
        .lost(Lost::AfterSending)
        .reply(503, &[], refusal("SlowDown"))
        .reply(200, &[], job("Active"))
        .reply(500, &[], refusal("InternalError"))
        .lost(Lost::BeforeSending)
        .reply(200, &[], job("Complete"))
        .run(&mut steady(3600));
    assert_snapshot!(run.log, @"
    send GET /jobs/a within 3600s
    lost after sending
    sleep 77ms
    send GET /jobs/a within 3599.922s
    reply 503
    sleep 6ms
    send GET /jobs/a within 3599.915s
    reply 200
    job a is Active
    sleep 3.22s
    send GET /jobs/a within 3596.694s
    reply 500
    sleep 77ms
    send GET /jobs/a within 3596.617s
    lost before sending
    sleep 6ms
    send GET /jobs/a within 3596.61s
    reply 200
    job a is Complete
    done
    ");
}

#[test]
fn an_answer_that_never_comes_ends_it() {
    let run = World::new()
        .reply(200, &[], job("Active"))
        .lost(Lost::AfterSending)
        .lost(Lost::AfterSending)
        .lost(Lost::AfterSending)
        .run(&mut steady(3600));
    assert_snapshot!(run.log, @"
    send GET /jobs/a within 3600s
    reply 200
    job a is Active
    sleep 3.22s
    send GET /jobs/a within 3596.779s
    lost after sending
    sleep 77ms
    send GET /jobs/a within 3596.701s
    lost after sending
    sleep 6ms
    send GET /jobs/a within 3596.694s
    lost after sending
    failed: the request was sent, but no complete response came back
    ");
}

#[test]
fn an_unknown_job_ends_it() {
    let run = World::new()
        .reply(200, &[], job("Active"))
        .reply(404, &[], refusal("NoSuchJob"))
        .run(&mut steady(3600));
    assert_snapshot!(run.log, @"
    send GET /jobs/a within 3600s
    reply 200
    job a is Active
    sleep 3.22s
    send GET /jobs/a within 3596.779s
    reply 404
    failed: the service refused: NoSuchJob (HTTP 404)
    ");
}

#[test]
fn a_clock_that_was_corrected_stays_corrected() {
    let date = ("date", "Wed, 15 May 2019 07:46:40 GMT");
    let mut watch = steady(3600);
    let run = World::new()
        .reply(403, &[date], refusal("RequestTimeTooSkewed"))
        .reply(200, &[], job("Active"))
        .reply(200, &[], job("Complete"))
        .run(&mut watch);
    assert_snapshot!(run.log, @"
    send GET /jobs/a within 3600s
    reply 403
    send GET /jobs/a signed +3600s within 3600s
    reply 200
    job a is Active
    sleep 3.22s
    send GET /jobs/a signed +3600s within 3596.779s
    reply 200
    job a is Complete
    done
    ");
    assert_eq!(watch.exchange().clock_offset(), time::Duration::HOUR);
}

#[test]
fn a_clock_that_jumps_prolongs_no_rest_and_may_end_it() {
    let run = World::new()
        .reply(200, &[], job("Active"))
        .jump(time::Duration::days(-30))
        .reply(200, &[], job("Active"))
        .jump(time::Duration::days(60))
        .run(&mut steady(3600));
    assert_snapshot!(run.log, @"
    send GET /jobs/a within 3600s
    reply 200
    job a is Active
    sleep 3.22s
    clock -2592000s
    send GET /jobs/a within 2595596.779s
    reply 200
    job a is Active
    sleep 3.966s
    clock +5184000s
    failed: the deadline passed
    ");
}

#[test]
fn a_clock_that_stands_still_prolongs_neither_a_rest_nor_the_watch() {
    let World { signer, now, .. } = World::new();
    let mut watch = steady(60);
    let mut rested = Duration::ZERO;
    let end = loop {
        match watch.next(&signer, now) {
            Ok(Step::Send { .. }) => {
                watch.receive(Event::Reply(Response::new(&job("Active"))), now).unwrap();
            }
            Ok(Step::Sleep(rest)) => {
                rested += rest;
                watch.receive(Event::Woke, now).unwrap();
            }
            Ok(Step::Done) => panic!("the job is active"),
            Err(error) => break error,
        }
    };
    assert_eq!(end, Error::DeadlinePassed { cause: None });
    assert_eq!(rested, Duration::from_secs(60));
}

#[test]
fn rests_grow_to_the_longest_and_are_never_less_than_half() {
    let mut world = describing(&["Active"; 40]).reply(200, &[], job("Complete"));
    let run = world.run(&mut watch(3600));
    let rests: Vec<f64> = run
        .log
        .lines()
        .filter_map(|line| line.strip_prefix("sleep "))
        .map(|rest| rest.trim_end_matches('s').parse().unwrap())
        .collect();
    let wholes = [2.0, 4.0, 8.0, 16.0].into_iter().chain([30.0; 36]);
    assert_eq!(rests.len(), 40);
    for (rest, whole) in rests.into_iter().zip(wholes) {
        assert!((whole / 2.0..=whole).contains(&rest), "{rest} of {whole}");
    }
}

#[test]
fn a_rest_that_never_ends_is_no_overflow() {
    let mut watch = watch(i64::from(u32::MAX)).with_intervals(Duration::MAX, Duration::MAX);
    let run = describing(&["Active"]).run(&mut watch);
    assert_eq!(run.end, Err(Error::DeadlinePassed { cause: None }));
    assert!(run.slept <= Duration::from_secs(u32::MAX.into()));
}

#[test]
fn it_can_be_kept_and_copied() {
    fn is_plain<T: Clone + std::fmt::Debug + Send + Sync + 'static>(_: &T) {}
    let watch = steady(60);
    is_plain(&watch);
    let mut object: Box<dyn Machine<Item = DescribeJobResult<'static>>> = Box::new(watch);
    assert_eq!(describing(&["Complete"]).run(&mut *object).items.len(), 1);
}
