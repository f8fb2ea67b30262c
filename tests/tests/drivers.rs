//! The two drivers: the same steps by both, and the truth after every cancellation

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use cos_batch::drive::{self, Failed};
use cos_batch::http::{Request, Response};
use cos_batch::time::{self, OffsetDateTime};
use cos_batch::{
    CreateJob, Credentials, Endpoint, Error, Exchange, JobOperation, ListJobs, Lost, Machine,
    Manifest, ManifestField, ManifestLocation, Pages, Report, ReportScope, Retry, SignError,
    Signer,
};
use insta::assert_snapshot;

const PAGE: &str = "<ListJobsResult><Jobs/></ListJobsResult>";
const CREATED: &str = "<CreateJobResult><JobId>a</JobId></CreateJobResult>";

type Outcome = Result<(u16, &'static str), Lost>;

fn endpoint() -> Endpoint {
    Endpoint::custom("http", "127.0.0.1:9000", "1250000000".parse().unwrap()).unwrap()
}

fn list() -> Exchange<ListJobs> {
    Exchange::new(endpoint(), ListJobs::new(), Retry::new(7))
}

fn create() -> Exchange<CreateJob> {
    let bucket = "qcs::cos:ap-chengdu:uid/1250000000:src-1250000000";
    let list = ManifestLocation::new(format!("{bucket}/list.csv").parse().unwrap(), "15150651");
    let create = CreateJob::new(
        "184ce261".parse().unwrap(),
        Manifest::csv(list, [ManifestField::Bucket, ManifestField::Key]),
        JobOperation::DeleteObject,
        "10".parse().unwrap(),
        Report::new(bucket.parse().unwrap(), ReportScope::AllTasks),
        "qcs::cam::uin/100000000001:roleName/COS_Batch_QcsRole".parse().unwrap(),
    );
    Exchange::new(endpoint(), create, Retry::new(7))
}

/// The I/O of a driver: a script, a clock, a signer that may fail, a log
struct Io {
    script: RefCell<VecDeque<Outcome>>,
    log: RefCell<String>,
    now: Cell<OffsetDateTime>,
    /// How many signers there are.
    signers: Cell<u32>,
    signer: Arc<Signer>,
}

impl Io {
    fn new(script: &[Outcome]) -> Self {
        let credentials = Credentials::new("AKIDEXAMPLE", "SECRETEXAMPLE").unwrap();
        Self {
            script: RefCell::new(script.iter().copied().collect()),
            log: RefCell::default(),
            now: Cell::new(OffsetDateTime::UNIX_EPOCH + time::Duration::seconds(1_557_902_800)),
            signers: Cell::new(u32::MAX),
            signer: Arc::new(Signer::new(credentials)),
        }
    }

    fn note(&self, line: impl fmt::Display) {
        self.log.borrow_mut().push_str(&format!("{line}\n"));
    }

    fn signer(&self) -> Result<Arc<Signer>, SignError> {
        let left = self.signers.get().checked_sub(1);
        self.signers.set(left.unwrap_or_default());
        left.map(|_| self.signer.clone())
            .ok_or(SignError::Expired { at: OffsetDateTime::UNIX_EPOCH })
    }

    fn begin(&self, request: &Request<Vec<u8>>) {
        assert!(request.headers()["authorization"].to_str().unwrap().contains("AKIDEXAMPLE"));
        self.note(format_args!("send {} {}", request.method(), request.uri().path()));
    }

    fn end(&self) -> Result<Response<Vec<u8>>, (Lost, String)> {
        match self.script.borrow_mut().pop_front().expect("a longer script") {
            Ok((status, body)) => {
                self.note(format_args!("reply {status}"));
                Ok(Response::builder().status(status).body(body.into()).unwrap())
            }
            Err(lost) => {
                self.note(lost);
                Err((lost, "the cable was cut".to_owned()))
            }
        }
    }

    fn rest(&self, rest: Duration) {
        self.now.set(self.now.get() + rest);
        self.note(format_args!("slept {} ms", rest.as_millis()));
    }

    fn came<T: fmt::Debug>(&self, run: &Result<Option<T>, Failed<String>>) {
        match run {
            Ok(Some(_)) => self.note("an item"),
            Ok(None) => self.note("done"),
            Err(failed) => self.note(format_args!("failed: {failed}")),
        }
    }

    fn blocking<M: Machine + ?Sized>(
        &self,
        machine: &mut M,
    ) -> Result<Option<M::Item>, Failed<String>>
    where
        M::Item: fmt::Debug,
    {
        let run = drive::blocking(
            machine,
            || self.now.get(),
            |_| self.signer(),
            |request, _| {
                self.begin(&request);
                self.end()
            },
            |rest| self.rest(rest),
        );
        self.came(&run);
        run
    }

    /// As `blocking`, with a pause in every send and in every rest; `None` where it is dropped in
    /// the last of `pauses`.
    fn asynchronous<M: Machine + ?Sized>(
        &self,
        machine: &mut M,
        pauses: usize,
    ) -> Option<Result<Option<M::Item>, Failed<String>>>
    where
        M::Item: fmt::Debug,
    {
        let mut future = pin!(drive::asynchronous(
            machine,
            || self.now.get(),
            |_| self.signer(),
            async |request, _| {
                self.begin(&request);
                pause().await;
                self.end()
            },
            async |rest| {
                pause().await;
                self.rest(rest);
            },
        ));
        for _ in 0..pauses {
            if let Poll::Ready(run) = future.as_mut().poll(&mut Context::from_waker(Waker::noop()))
            {
                self.came(&run);
                return Some(run);
            }
        }
        self.note("dropped");
        None
    }
}

/// Is pending once.
async fn pause() {
    let mut paused = false;
    poll_fn(|_| if std::mem::replace(&mut paused, true) { Poll::Ready(()) } else { Poll::Pending })
        .await;
}

/// The log of a run to the end: by both drivers, which must agree.
fn by_both<M: Machine + Clone>(machine: &M, script: &[Outcome]) -> String
where
    M::Item: fmt::Debug,
{
    let (blocking, asynchronous) = (Io::new(script), Io::new(script));
    let (mut one, mut other) = (machine.clone(), machine.clone());
    loop {
        let run = blocking.blocking(&mut one);
        asynchronous.asynchronous(&mut other, usize::MAX);
        if !matches!(run, Ok(Some(_))) {
            break;
        }
    }
    assert_eq!(*blocking.log.borrow(), *asynchronous.log.borrow());
    blocking.log.take()
}

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
