//! After a crash: what another machine has left behind

use cos_batch::time::Duration;
use cos_batch::{CreateOnce, Creation, Retry};
use cos_batch_testkit::world::World;
use insta::assert_snapshot;

use super::scripted::{described, like_ours, page, refusal};
use super::{TOKEN, create, endpoint};

/// A machine that goes on an hour later, of which nothing was heard since.
fn resuming(world: &World, ahead: Duration) -> CreateOnce {
    let now = world.now;
    let begun = now - Duration::HOUR - ahead;
    CreateOnce::resuming(endpoint(), create(), begun, now - ahead, Retry::new(7))
}

#[test]
fn the_job_is_looked_for_and_none_is_asked_for() {
    let world = World::new();
    let run = world
        .reply(200, &[], page(vec![like_ours("a")]))
        .reply(200, &[], described("a", Some(TOKEN)))
        .run(&mut resuming(&World::new(), Duration::ZERO));
    assert_snapshot!(run.log, @r#"
    send GET /jobs?maxResults=1000
    reply 200
    send GET /jobs/a
    reply 200
    Created(JobId("a"))
    done
    "#);
}

#[test]
fn it_may_still_arrive_as_long_as_a_signature_of_just_now_holds() {
    let run = World::new()
        .reply(200, &[("date", "Wed, 15 May 2019 06:46:40 GMT")], page(vec![]))
        .reply(200, &[("date", "Wed, 15 May 2019 07:16:40 GMT")], page(vec![]))
        .run(&mut resuming(&World::new(), Duration::ZERO));
    assert_snapshot!(run.log, @"
    send GET /jobs?maxResults=1000
    reply 200
    sleep 1741s
    send GET /jobs?maxResults=1000
    reply 200
    NotCreated
    done
    ");
}

/// The other machine knew that its clock was ten hours ahead, and this one learns it.
#[test]
fn a_job_is_as_old_as_the_service_says_by_its_own_clock() {
    let mut world = World::new();
    let mut machine = resuming(&world, Duration::hours(-10));
    world.now += Duration::hours(10);
    let date = [("date", "Wed, 15 May 2019 06:46:40 GMT")];
    let run = world
        .reply(403, &date, refusal("RequestTimeTooSkewed"))
        .reply(200, &date, page(vec![like_ours("a")]))
        .reply(200, &date, described("a", Some(TOKEN)))
        .run(&mut machine);
    assert_snapshot!(run.log, @r#"
    send GET /jobs?maxResults=1000
    reply 403
    send GET /jobs?maxResults=1000 signed -36000s
    reply 200
    send GET /jobs/a signed -36000s
    reply 200
    Created(JobId("a"))
    done
    "#);
    assert_eq!(machine.creation(), Some(&Creation::Created("a".parse().unwrap())));
}

#[test]
fn what_one_walk_learned_of_the_clock_the_next_one_knows() {
    let run = World::new()
        .reply(403, &[("date", "Wed, 15 May 2019 07:46:40 GMT")], refusal("RequestTimeTooSkewed"))
        .reply(200, &[("date", "Wed, 15 May 2019 07:46:40 GMT")], page(vec![]))
        .reply(200, &[("date", "Wed, 15 May 2019 08:16:42 GMT")], page(vec![]))
        .run(&mut resuming(&World::new(), Duration::ZERO));
    assert_snapshot!(run.log, @"
    send GET /jobs?maxResults=1000
    reply 403
    send GET /jobs?maxResults=1000 signed +3600s
    reply 200
    sleep 1741s
    send GET /jobs?maxResults=1000 signed +3600s
    reply 200
    NotCreated
    done
    ");
}
