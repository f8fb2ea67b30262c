//! Runs that are dropped, in every pause: the truth after every cancellation

use std::fmt;

use cos_batch::{Error, Lost, Machine};
use insta::assert_snapshot;

use crate::io::{CREATED, Io, Outcome, PAGE, create, list};

/// The log of a run that is dropped in its n-th pause, and of another run to the end.
fn dropped<M: Machine>(mut machine: M, pauses: usize, script: &[Outcome]) -> String
where
    M::Item: fmt::Debug,
{
    let io = Io::new(script);
    assert!(io.asynchronous(&mut machine, pauses).is_none(), "it ends before:\n{}", io.log.take());
    io.asynchronous(&mut machine, usize::MAX);
    io.log.take()
}

#[test]
fn a_listing_that_was_dropped_is_retried() {
    assert_snapshot!(dropped(list(), 1, &[Ok((200, PAGE))]), @"
    send GET /jobs
    dropped
    slept 77 ms
    send GET /jobs
    reply 200
    an item
    ");
}

#[test]
fn a_rest_that_was_dropped_is_taken_anew() {
    assert_snapshot!(dropped(list(), 2, &[Ok((503, "")), Ok((200, PAGE))]), @"
    send GET /jobs
    reply 503
    dropped
    slept 77 ms
    send GET /jobs
    reply 200
    an item
    ");
}

#[test]
fn a_creation_that_was_dropped_does_not_forget() {
    let refused = "<Error><Code>InvalidRequest</Code></Error>";
    assert_snapshot!(dropped(create(), 1, &[Ok((400, refused))]), @"
    send POST /jobs
    dropped
    slept 77 ms
    send POST /jobs
    reply 400
    failed: the request may or may not have been carried out: the service refused: InvalidRequest (HTTP 400)
    ");
    let unsent = [Err(Lost::BeforeSending), Err(Lost::BeforeSending)];
    assert_snapshot!(dropped(create(), 3, &unsent), @"
    send POST /jobs
    the request could not be sent
    slept 77 ms
    send POST /jobs
    dropped
    slept 6 ms
    send POST /jobs
    the request could not be sent
    failed: the request may or may not have been carried out: the request could not be sent: the cable was cut
    ");
    assert_snapshot!(dropped(create(), 1, &[Ok((200, CREATED))]), @"
    send POST /jobs
    dropped
    slept 77 ms
    send POST /jobs
    reply 200
    an item
    ");
}

#[test]
fn a_creation_that_is_dropped_at_its_last_attempt_is_unknown() {
    let mut machine = create();
    let io = Io::new(&[Err(Lost::BeforeSending), Err(Lost::BeforeSending)]);
    assert!(io.asynchronous(&mut machine, 5).is_none());
    let failed = io.blocking(&mut machine).unwrap_err();
    assert_eq!(
        failed.error,
        Error::OutcomeUnknown { cause: Box::new(Error::Lost(Lost::AfterSending)) }
    );
}

#[test]
fn wherever_it_is_dropped_nothing_is_certain_that_was_sent() {
    let script = [Ok((503, "<Error><Code>SlowDown</Code></Error>")); 3];
    for pauses in 1..=5 {
        let mut machine = create();
        let io = Io::new(&script);
        assert!(io.asynchronous(&mut machine, pauses).is_none());
        let run = io.asynchronous(&mut machine, usize::MAX).unwrap();
        // The odd pauses are those of the sends.
        let unknown = matches!(run.unwrap_err().error, Error::OutcomeUnknown { .. });
        assert_eq!(unknown, pauses % 2 == 1, "{}", io.log.take());
    }
}

#[test]
fn a_future_that_was_never_polled_has_sent_nothing() {
    let mut machine = create();
    let io = Io::new(&[]);
    assert!(io.asynchronous(&mut machine, 0).is_none());
    assert_eq!((machine.attempts(), io.log.take().as_str()), (0, "dropped\n"));
}
