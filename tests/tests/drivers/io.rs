//! What the drivers are given: a script for a network, a clock that only rests move, a log

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use cos_batch::drive::{self, Failed};
use cos_batch::http::{Request, Response};
use cos_batch::time::{self, OffsetDateTime};
use cos_batch::{
    CreateJob, Credentials, Endpoint, Exchange, JobOperation, ListJobs, Lost, Machine, Manifest,
    ManifestField, ManifestLocation, Report, ReportScope, Retry, SignError, Signer,
};

pub const PAGE: &str = "<ListJobsResult><Jobs/></ListJobsResult>";
pub const CREATED: &str = "<CreateJobResult><JobId>a</JobId></CreateJobResult>";

pub type Outcome = Result<(u16, &'static str), Lost>;

pub fn endpoint() -> Endpoint {
    Endpoint::custom("http", "127.0.0.1:9000", "1250000000".parse().unwrap()).unwrap()
}

pub fn list() -> Exchange<ListJobs> {
    Exchange::new(endpoint(), ListJobs::new(), Retry::new(7))
}

pub fn create() -> Exchange<CreateJob> {
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
pub struct Io {
    pub script: RefCell<VecDeque<Outcome>>,
    pub log: RefCell<String>,
    pub now: Cell<OffsetDateTime>,
    /// How many signers there are.
    pub signers: Cell<u32>,
    pub signer: Arc<Signer>,
}

impl Io {
    pub fn new(script: &[Outcome]) -> Self {
        let credentials = Credentials::new("AKIDEXAMPLE", "SECRETEXAMPLE").unwrap();
        Self {
            script: RefCell::new(script.iter().copied().collect()),
            log: RefCell::default(),
            now: Cell::new(OffsetDateTime::UNIX_EPOCH + time::Duration::seconds(1_557_902_800)),
            signers: Cell::new(u32::MAX),
            signer: Arc::new(Signer::new(credentials)),
        }
    }

    pub fn note(&self, line: impl fmt::Display) {
        self.log.borrow_mut().push_str(&format!("{line}\n"));
    }

    pub fn signer(&self) -> Result<Arc<Signer>, SignError> {
        let left = self.signers.get().checked_sub(1);
        self.signers.set(left.unwrap_or_default());
        left.map(|_| self.signer.clone())
            .ok_or(SignError::Expired { at: OffsetDateTime::UNIX_EPOCH })
    }

    pub fn begin(&self, request: &Request<Vec<u8>>) {
        assert!(request.headers()["authorization"].to_str().unwrap().contains("AKIDEXAMPLE"));
        self.note(format_args!("send {} {}", request.method(), request.uri().path()));
    }

    pub fn end(&self) -> Result<Response<Vec<u8>>, (Lost, String)> {
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

    pub fn rest(&self, rest: Duration) {
        self.now.set(self.now.get() + rest);
        self.note(format_args!("slept {} ms", rest.as_millis()));
    }

    pub fn came<T: fmt::Debug>(&self, run: &Result<Option<T>, Failed<String>>) {
        match run {
            Ok(Some(_)) => self.note("an item"),
            Ok(None) => self.note("done"),
            Err(failed) => self.note(format_args!("failed: {failed}")),
        }
    }

    pub fn blocking<M: Machine + ?Sized>(
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
    pub fn asynchronous<M: Machine + ?Sized>(
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
pub async fn pause() {
    let mut paused = false;
    poll_fn(|_| if std::mem::replace(&mut paused, true) { Poll::Ready(()) } else { Poll::Pending })
        .await;
}

/// The log of a run to the end: by both drivers, which must agree.
pub fn by_both<M: Machine + Clone>(machine: &M, script: &[Outcome]) -> String
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
