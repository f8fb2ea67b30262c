//! What a machine is told before it begins holds for all it does

use cos_batch::time::Duration;
use cos_batch::{Error, Limits, ReplyError, Retry, Watch, XmlErrorKind};
use cos_batch_testkit::world::World;
use insta::assert_snapshot;

use super::{endpoint, exchange, page, pages, refusal};

fn watch() -> Watch {
    let deadline = World::new().now + Duration::HOUR;
    Watch::new(endpoint(), "a".parse().unwrap(), deadline, Retry::new(7))
}

/// The limit that a reply went over.
#[track_caller]
fn limit(end: Result<(), Error>) -> usize {
    let Err(Error::Reply(ReplyError::Xml(error))) = end else { panic!("{end:?}") };
    let XmlErrorKind::TooLarge { limit } = error.kind() else { panic!("{error:?}") };
    *limit
}

#[test]
fn a_reply_over_the_limit_is_refused() {
    let limits = Limits::bytes(10);
    let large = || World::new().reply(200, &[], page(&["a"], ""));
    assert_eq!(limit(large().run(&mut exchange().with_limits(limits)).end), 10);
    assert_eq!(limit(large().run(&mut pages().with_limits(limits)).end), 10);
    assert_eq!(limit(large().run(&mut watch().with_limits(limits)).end), 10);
}

#[test]
fn a_clock_that_is_known_to_be_off_is_corrected_from_the_first_request_on() {
    let ahead = Duration::HOUR;
    let run = World::new()
        .reply(200, &[], page(&["a"], "a"))
        .reply(200, &[], page(&["b"], ""))
        .run(&mut pages().with_clock_offset(ahead));
    assert_snapshot!(run.log, @"
    send GET /jobs signed +3600s
    reply 200
    page 1 job: a
    send GET /jobs?nextToken=a signed +3600s
    reply 200
    page 1 job: b
    done
    ");
    let run = World::new().reply(404, &[], refusal("NoSuchJob"));
    assert_snapshot!({ run }.run(&mut watch().with_clock_offset(ahead)).log, @"
    send GET /jobs/a signed +3600s within 3600s
    reply 404
    failed: the service refused: NoSuchJob (HTTP 404)
    ");
}

#[test]
fn the_last_answer_has_an_id() {
    let id = |id| [("x-cos-request-id", id)];
    let mut machine = exchange();
    assert_eq!(machine.request_id(), None);
    let run = World::new()
        .reply(503, &id("r-1"), refusal("SlowDown"))
        .reply(403, &id("r-2"), refusal("AccessDenied"))
        .run(&mut machine);
    assert_eq!(machine.request_id(), Some("r-2"));
    let Err(Error::Reply(error)) = run.end else { panic!("{}", run.log) };
    assert_eq!(error.request_id(), Some("r-2"));
    let run = World::new().reply(404, &id("r-3"), "").run(&mut exchange());
    assert!(matches!(run.end, Err(Error::Reply(error)) if error.request_id() == Some("r-3")));
}
