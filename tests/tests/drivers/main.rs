//! The two drivers: the same steps by both, and the truth after every cancellation

mod dropped;
mod io;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use cos_batch::drive;
use cos_batch::http::Response;
use cos_batch::time::OffsetDateTime;
use cos_batch::{Error, ListJobs, Lost, Machine, Pages, Retry, SignError};
use insta::assert_snapshot;

use io::{CREATED, Io, PAGE, by_both, create, endpoint, list, pause};

#[test]
fn both_do_the_same() {
    let script = [
        Err(Lost::BeforeSending),
        Ok((503, "")),
        Ok((200, "<ListJobsResult><Jobs/><NextToken/></ListJobsResult>")),
    ];
    assert_snapshot!(by_both(&list(), &script), @"
    send GET /jobs
    the request could not be sent
    slept 77 ms
    send GET /jobs
    reply 503
    slept 6 ms
    send GET /jobs
    reply 200
    an item
    done
    ");
    let lost = [Err(Lost::AfterSending), Err(Lost::AfterSending), Err(Lost::BeforeSending)];
    assert_snapshot!(by_both(&list(), &lost), @"
    send GET /jobs
    the request was sent, but no complete response came back
    slept 77 ms
    send GET /jobs
    the request was sent, but no complete response came back
    slept 6 ms
    send GET /jobs
    the request could not be sent
    failed: the request could not be sent: the cable was cut
    ");
    assert_snapshot!(by_both(&create(), &[Ok((200, CREATED))]), @"
    send POST /jobs
    reply 200
    an item
    done
    ");
}

#[test]
fn a_cause_belongs_to_a_loss() {
    let io = Io::new(&[Err(Lost::AfterSending), Ok((400, "<Error><Code>New</Code></Error>"))]);
    let failed = io.blocking(&mut list()).unwrap_err();
    assert_eq!(failed.cause, None);
    assert_eq!(failed.to_string(), "the service refused: New (HTTP 400)");
}

#[test]
fn a_send_that_panics_may_have_arrived() {
    let mut machine = create();
    let io = Io::new(&[]);
    let panicked = catch_unwind(AssertUnwindSafe(|| io.blocking(&mut machine)));
    assert!(panicked.is_err());
    assert_eq!(machine.attempts(), 1);
}

#[test]
fn a_rest_and_an_end_need_no_signer() {
    let io = Io::new(&[Ok((503, "")), Ok((200, PAGE))]);
    io.signers.set(1);
    let mut machine = list();
    let refused = io.blocking(&mut machine).unwrap_err();
    assert!(matches!(refused.error, Error::Sign(SignError::Expired { .. })));
    assert_snapshot!(io.log.borrow(), @"
    send GET /jobs
    reply 503
    slept 77 ms
    failed: the credentials expired at 1970-01-01T00:00:00Z; renew them and try again
    ");
    io.log.take();
    io.signers.set(1);
    assert!(io.blocking(&mut machine).unwrap().is_some());
    assert!(io.blocking(&mut machine).unwrap().is_none());
    assert!(io.asynchronous(&mut machine, 1).unwrap().unwrap().is_none());

    let io = Io::new(&[Ok((403, "<Error><Code>AccessDenied</Code></Error>"))]);
    io.signers.set(1);
    let mut machine = list();
    let denied = io.blocking(&mut machine).unwrap_err();
    assert_eq!(io.blocking(&mut machine).unwrap_err().error, denied.error);
}

#[test]
fn machines_are_driven_as_objects() {
    let mut pages: Box<dyn Machine<Item = _>> =
        Box::new(Pages::new(endpoint(), ListJobs::new(), Retry::new(7)));
    let io = Io::new(&[Ok((200, PAGE))]);
    assert!(io.asynchronous(&mut *pages, 2).unwrap().unwrap().is_some());
    assert!(io.blocking(&mut *pages).unwrap().is_none());
}

#[test]
fn the_future_can_be_given_to_an_executor_of_many_threads() {
    fn spawn<T: Future + Send + 'static>(_: T) {}
    let signer = Io::new(&[]).signer;
    let client = Arc::new("a pool of connections".to_owned());
    let mut machine = list();
    spawn(async move {
        drive::asynchronous(
            &mut machine,
            || OffsetDateTime::UNIX_EPOCH,
            |_| Ok(signer.clone()),
            async |_, _| {
                pause().await;
                Err::<Response<Vec<u8>>, _>((Lost::BeforeSending, client.len()))
            },
            async |_| pause().await,
        )
        .await
        .is_ok()
    });
}
