//! Rule by rule, as logs of a scripted world

use std::time::Duration as Rest;

use cos_batch::http::{Response, StatusCode};
use cos_batch::time::Duration;
use cos_batch::{
    CreateOnce, Creation, Error, Event, Limits, Lost, Machine, OperationName, Retry, Step,
};
use cos_batch_testkit::world::World;
use insta::assert_snapshot;

use super::scripted::{
    created, described, duplicate, like_ours, once, page, page_before, refusal, until,
};
use super::service::window;
use super::{TOKEN, create, endpoint};

#[test]
fn an_answer_settles_it() {
    let run = World::new().lost(Lost::AfterSending).reply(200, &[], created()).run(&mut once());
    assert_snapshot!(run.log, @r#"
    send POST /jobs
    lost after sending
    sleep 77ms
    send POST /jobs
    reply 200
    Created(JobId("a"))
    done
    "#);
}

#[test]
fn what_was_refused_or_never_sent_is_an_error() {
    let run = World::new()
        .lost(Lost::BeforeSending)
        .reply(400, &[], refusal("InvalidArgument"))
        .run(&mut once());
    assert_snapshot!(run.log, @"
    send POST /jobs
    lost before sending
    sleep 77ms
    send POST /jobs
    reply 400
    failed: the service refused: InvalidArgument (HTTP 400)
    ");
    let run = World::new().reply(500, &[], refusal("TooManyJobs")).run(&mut once());
    assert_snapshot!(run.log, @"
    send POST /jobs
    reply 500
    failed: the service refused: TooManyJobs (HTTP 500)
    ");
}

#[test]
fn a_refusal_may_be_of_a_copy_and_stands_where_no_job_is_found() {
    let refused = || World::new().reply(400, &[], refusal("InvalidRequest"));
    let run = refused()
        .reply(200, &[], page(vec![like_ours("a")]))
        .reply(200, &[], described("a", Some(TOKEN)))
        .run(&mut once());
    assert_snapshot!(run.log, @r#"
    send POST /jobs
    reply 400
    send GET /jobs?maxResults=1000
    reply 200
    send GET /jobs/a
    reply 200
    Created(JobId("a"))
    done
    "#);
    let run = refused()
        .reply(200, &[], page(vec![like_ours("a")]))
        .reply(200, &[], described("a", Some("another")))
        .run(&mut once());
    assert_snapshot!(run.log, @"
    send POST /jobs
    reply 400
    send GET /jobs?maxResults=1000
    reply 200
    send GET /jobs/a
    reply 200
    failed: the service refused: InvalidRequest (HTTP 400)
    ");
}

#[test]
fn a_job_that_echoes_our_token_is_ours_and_one_with_another_is_not() {
    let mut machine = once();
    let run = duplicate()
        .reply(200, &[], page(vec![like_ours("a"), like_ours("b"), like_ours("c")]))
        .reply(200, &[], described("a", Some("another")))
        .reply(200, &[], described("b", None))
        .reply(200, &[], described("c", Some(TOKEN)))
        .run(&mut machine);
    assert_snapshot!(run.log, @r#"
    send POST /jobs
    lost after sending
    sleep 77ms
    send POST /jobs
    reply 400
    send GET /jobs?maxResults=1000
    reply 200
    send GET /jobs/a
    reply 200
    send GET /jobs/b
    reply 200
    send GET /jobs/c
    reply 200
    Created(JobId("c"))
    done
    "#);
    assert!(matches!(machine.cause(), Some(Error::Reply(_))));
}

#[test]
fn jobs_that_show_no_token_and_jobs_that_cannot_be_looked_at_are_candidates() {
    let run = duplicate()
        .reply(200, &[], page(vec![like_ours("a"), like_ours("b"), like_ours("c")]))
        .reply(404, &[], refusal("NoSuchJob"))
        .reply(200, &[], described("b", Some("another")))
        .reply(200, &[], described("c", None))
        .run(&mut once());
    assert_snapshot!(run.log, @r#"
    send POST /jobs
    lost after sending
    sleep 77ms
    send POST /jobs
    reply 400
    send GET /jobs?maxResults=1000
    reply 200
    send GET /jobs/a
    reply 404
    send GET /jobs/b
    reply 200
    send GET /jobs/c
    reply 200
    Unknown { candidates: [JobId("a"), JobId("c")] }
    done
    "#);
}

#[test]
fn what_cannot_be_ours_is_not_looked_at() {
    let mut old = like_ours("old");
    old.creation_time -= Duration::minutes(17);
    let mut described = like_ours("described");
    described.description = None;
    let mut copying = like_ours("copying");
    copying.operation = OperationName::CosPutObjectCopy;
    let strangers = page(vec![old, described, copying]);
    let run =
        duplicate().reply(200, &[], strangers.clone()).reply(200, &[], strangers).run(&mut once());
    assert_snapshot!(run.log, @"
    send POST /jobs
    lost after sending
    sleep 77ms
    send POST /jobs
    reply 400
    send GET /jobs?maxResults=1000
    reply 200
    sleep 2701s
    send GET /jobs?maxResults=1000
    reply 200
    NotCreated
    done
    ");
}

#[test]
fn nothing_is_certain_before_the_signature_has_run_out_by_the_service_clock() {
    let listed = |date| {
        duplicate()
            .reply(200, &[("date", "Wed, 15 May 2019 06:46:42 GMT")], page(vec![]))
            .reply(200, &[("date", date)], page(vec![]))
            .run(&mut once())
            .log
    };
    assert_snapshot!(listed("Wed, 15 May 2019 07:15:41 GMT"), @"
    send POST /jobs
    lost after sending
    sleep 77ms
    send POST /jobs
    reply 400
    send GET /jobs?maxResults=1000
    reply 200
    sleep 1739.077s
    send GET /jobs?maxResults=1000
    reply 200
    NotCreated
    done
    ");
    assert!(listed("Wed, 15 May 2019 07:15:39 GMT").contains("Unknown { candidates: [] }"));
}

#[test]
fn without_a_date_a_rest_decides_whatever_the_clock_says() {
    let run = duplicate()
        .jump(Duration::days(30))
        .reply(200, &[], page(vec![]))
        .jump(Duration::days(-60))
        .reply(200, &[], page(vec![]))
        .run(&mut once());
    assert_snapshot!(run.log, @"
    send POST /jobs
    lost after sending
    sleep 77ms
    send POST /jobs
    reply 400
    send GET /jobs?maxResults=1000
    clock +2592000s
    reply 200
    sleep 2701s
    clock -5184000s
    send GET /jobs?maxResults=1000
    reply 200
    NotCreated
    done
    ");
}

#[test]
fn a_job_that_appears_later_is_found() {
    let run = duplicate()
        .reply(200, &[], page(vec![]))
        .reply(200, &[], page(vec![like_ours("a")]))
        .reply(200, &[], described("a", Some(TOKEN)))
        .run(&mut once());
    assert_snapshot!(run.log, @r#"
    send POST /jobs
    lost after sending
    sleep 77ms
    send POST /jobs
    reply 400
    send GET /jobs?maxResults=1000
    reply 200
    sleep 2701s
    send GET /jobs?maxResults=1000
    reply 200
    send GET /jobs/a
    reply 200
    Created(JobId("a"))
    done
    "#);
}

#[test]
fn a_job_on_a_later_page_is_found() {
    let run = duplicate()
        .reply(200, &[], page_before(vec![like_ours("a")]))
        .reply(200, &[], page(vec![like_ours("b")]))
        .reply(200, &[], described("a", Some("another")))
        .reply(200, &[], described("b", Some(TOKEN)))
        .run(&mut once());
    assert_snapshot!(run.log, @r#"
    send POST /jobs
    lost after sending
    sleep 77ms
    send POST /jobs
    reply 400
    send GET /jobs?maxResults=1000
    reply 200
    send GET /jobs?maxResults=1000&nextToken=a
    reply 200
    send GET /jobs/a
    reply 200
    send GET /jobs/b
    reply 200
    Created(JobId("b"))
    done
    "#);
}

#[test]
fn a_deadline_leaves_it_unknown() {
    // It comes before the rest is over.
    let run =
        World::new().lost(Lost::AfterSending).reply(200, &[], page(vec![])).run(&mut until(60));
    assert_snapshot!(run.log, @"
    send POST /jobs within 60s
    lost after sending
    send GET /jobs?maxResults=1000 within 60s
    reply 200
    Unknown { candidates: [] }
    done
    ");
    // It passes while jobs are looked at.
    let run = World::new()
        .lost(Lost::AfterSending)
        .reply(200, &[], page(vec![like_ours("a"), like_ours("b")]))
        .jump(Duration::HOUR)
        .reply(200, &[], described("a", None))
        .run(&mut until(60));
    assert_snapshot!(run.log, @r#"
    send POST /jobs within 60s
    lost after sending
    send GET /jobs?maxResults=1000 within 60s
    reply 200
    send GET /jobs/a within 60s
    clock +3600s
    reply 200
    sleep 0ns
    Unknown { candidates: [JobId("a"), JobId("b")] }
    done
    "#);
    // It passes while the job is created.
    let mut machine = until(60);
    let run = World::new().jump(Duration::HOUR).lost(Lost::AfterSending).run(&mut machine);
    assert_snapshot!(run.log, @"
    send POST /jobs within 60s
    clock +3600s
    lost after sending
    sleep 0ns
    Unknown { candidates: [] }
    done
    ");
    assert_eq!(machine.cause(), Some(&Error::Lost(Lost::AfterSending)));
    // Nothing was sent.
    assert_snapshot!(World::new().run(&mut until(-1)).log, @"failed: the deadline passed");
}

#[test]
fn a_deadline_between_two_attempts_leaves_it_unknown() {
    let mut retry = Retry::new(7);
    retry.deadline = Some(World::new().now + Duration::MINUTE);
    let mut machine = CreateOnce::new(endpoint(), create(), World::new().now, retry);
    let run = World::new().lost(Lost::AfterSending).jump(Duration::HOUR).run(&mut machine);
    assert_snapshot!(run.log, @"
    send POST /jobs within 60s
    lost after sending
    sleep 77ms
    clock +3600s
    Unknown { candidates: [] }
    done
    ");
}

#[test]
fn a_deadline_before_anything_arrived_is_an_error() {
    let mut retry = Retry::new(7);
    retry.deadline = Some(World::new().now + Duration::MINUTE);
    let mut machine = CreateOnce::new(endpoint(), create(), World::new().now, retry);
    let run = World::new().lost(Lost::BeforeSending).jump(Duration::HOUR).run(&mut machine);
    let Err(Error::DeadlinePassed { cause }) = run.end else { panic!("{}", run.log) };
    assert_eq!(cause.as_deref(), Some(&Error::Lost(Lost::BeforeSending)));
}

#[test]
fn a_listing_that_fails_leaves_it_unknown() {
    let run = duplicate().reply(403, &[], refusal("AccessDenied")).run(&mut once());
    assert_snapshot!(run.log, @"
    send POST /jobs
    lost after sending
    sleep 77ms
    send POST /jobs
    reply 400
    send GET /jobs?maxResults=1000
    reply 403
    Unknown { candidates: [] }
    done
    ");
}

#[test]
fn pages_and_candidates_are_bounded() {
    let mut machine = once().with_max_pages(1);
    let run = duplicate().reply(200, &[], page_before(vec![like_ours("a")])).run(&mut machine);
    assert_snapshot!(run.log, @r#"
    send POST /jobs
    lost after sending
    sleep 77ms
    send POST /jobs
    reply 400
    send GET /jobs?maxResults=1000
    reply 200
    Unknown { candidates: [JobId("a")] }
    done
    "#);
    // A hundred are looked at, one more are too many.
    let many = |last| (0..=last).map(|n| like_ours(&format!("job-{n}"))).collect();
    let run = duplicate()
        .reply(200, &[], page(many(99)))
        .reply(200, &[], described("job-0", Some(TOKEN)))
        .run(&mut once());
    assert_eq!(run.items, [Creation::Created("job-0".parse().unwrap())], "{}", run.log);
    let many = many(100);
    let run = duplicate().reply(200, &[], page(many)).run(&mut once());
    let [Creation::Unknown { candidates }] = &run.items[..] else { panic!("{}", run.log) };
    assert_eq!(candidates.len(), 100);
}

#[test]
fn creation_is_signed_for_as_long_as_the_machine_says() {
    let World { signer, now, .. } = World::new();
    let life = |once: CreateOnce| {
        let Step::Send { request, .. } = once.next(&signer, now).unwrap() else { panic!("a send") };
        let (start, end) = window(&request);
        (now - start, end - start)
    };
    assert_eq!(life(once()), (Duration::MINUTE, Duration::minutes(15)));
    let short = once().with_signature_life(Rest::from_secs(90));
    assert_eq!(life(short), (Duration::MINUTE, Duration::seconds(90)));
}

#[test]
fn an_answer_that_nobody_waited_for_is_kept() {
    let mut machine = until(60);
    let mut world = World::new().lost(Lost::AfterSending).reply(200, &[], page(vec![]));
    world.run(&mut machine);
    let unknown = Creation::Unknown { candidates: vec![] };
    assert_eq!(machine.clone().creation(), Some(&unknown));
    let object: Box<dyn Machine<Item = Creation> + Send + Sync> = Box::new(machine);
    assert!(matches!(object.next(&world.signer, world.now), Ok(Step::Done)));
}

#[test]
fn what_it_is_told_before_it_begins_holds_for_all_it_does() {
    let run =
        World::new().reply(200, &[], created()).run(&mut once().with_clock_offset(Duration::HOUR));
    assert_snapshot!(run.log, @r#"
    send POST /jobs signed +3600s
    reply 200
    Created(JobId("a"))
    done
    "#);
    // Answers of 11 bytes are too large, the listing's too.
    let mut machine = once().with_limits(Limits::bytes(10));
    let run = World::new().reply(200, &[], created()).reply(200, &[], page(vec![]));
    assert_snapshot!({ run }.run(&mut machine).log, @"
    send POST /jobs
    reply 200
    send GET /jobs?maxResults=1000
    reply 200
    Unknown { candidates: [] }
    done
    ");
}

#[test]
fn nothing_but_its_end_ends_a_rest() {
    let world = World::new();
    let mut machine = once();
    let (signer, now) = (&world.signer, world.now);
    machine.receive(Event::Lost(Lost::AfterSending), now).unwrap();
    let refused = refusal("InvalidRequest");
    let mut refused = Response::new(refused.as_bytes());
    *refused.status_mut() = StatusCode::BAD_REQUEST;
    machine.receive(Event::Woke, now).unwrap();
    machine.receive(Event::Reply(refused), now).unwrap();
    let none = page(vec![]);
    machine.receive(Event::Reply(Response::new(&none)), now).unwrap();
    let Ok(Step::Sleep(rest)) = machine.next(signer, now) else { panic!("{machine:?}") };
    machine.receive(Event::Lost(Lost::AfterSending), now).unwrap();
    machine.receive(Event::Reply(Response::new(&none)), now).unwrap();
    assert!(matches!(machine.next(signer, now), Ok(Step::Sleep(still)) if still == rest));
    machine.receive(Event::Woke, now + rest).unwrap();
    assert!(matches!(machine.next(signer, now + rest), Ok(Step::Send { .. })));
}
