//! The adapter with a blocking face

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use cos_batch::drive::Failed;
use cos_batch::http::{Request, Response};
use cos_batch::time::OffsetDateTime;
use cos_batch::{
    CreateJob, Creation, DescribeJobResult, Endpoint, Exchange, JobId, Limits, ListJobs,
    ListJobsResult, Lost, Machine, NextToken, Operation, Retry, SignError, Signer,
};
pub(crate) use cos_batch_hyper::SendErrorKind;
use cos_batch_hyper::{self as hyper, Connections, Connector, Observed, SendError};
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

pub(crate) use crate::shared::*;

/// What the adapter calls itself.
pub(crate) const NAME: &str = "cos-batch-hyper";

/// What it says to headers without end.
pub(crate) const TOO_BIG: &str = "message head is too large";

/// What it says to a proxy that wants to be paid.
pub(crate) const PROXY_REFUSED: &str = "proxy authorization required";

thread_local! {
    /// One for each test, of one thread: what happens at once happens in one order.
    static RUNTIME: Runtime =
        Builder::new_current_thread().enable_all().build().expect("a runtime");
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    RUNTIME.with(|runtime| runtime.block_on(future))
}

/// Runs a future as a task: it can change threads.
pub(crate) fn awaited<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> T {
    block_on(async { tokio::spawn(future).await.expect("no panic") })
}

/// Waits for something that must become true, while the runtime goes on.
pub(crate) fn wait_until(what: &str, check: impl Fn() -> bool) {
    wait_for(what, || {
        block_on(async { tokio::time::sleep(Duration::from_millis(1)).await });
        check()
    });
}

#[derive(Clone, Debug)]
pub(crate) struct Client(pub(crate) hyper::Client);

impl Client {
    pub(crate) fn new(endpoint: Endpoint, signer: Signer) -> Self {
        Self(hyper::Client::new(endpoint, signer))
    }

    pub(crate) fn rotating(
        endpoint: Endpoint,
        signers: impl Fn(OffsetDateTime) -> Result<Arc<Signer>, SignError> + Send + Sync + 'static,
    ) -> Self {
        Self(hyper::Client::rotating(endpoint, signers))
    }

    pub(crate) fn with_timeout(self, timeout: Duration) -> Self {
        Self(self.0.with_timeout(timeout))
    }

    pub(crate) fn with_proxy_from_env(self) -> Self {
        Self(self.0.with_proxy_from_env())
    }

    pub(crate) fn with_observer(
        self,
        observer: impl Fn(u64, Observed<'_>) + Send + Sync + 'static,
    ) -> Self {
        Self(self.0.with_observer(observer))
    }

    pub(crate) fn with_retry(self, retry: Retry) -> Self {
        Self(self.0.with_retry(retry))
    }

    pub(crate) fn with_limits(self, limits: Limits) -> Self {
        Self(self.0.with_limits(limits))
    }

    pub(crate) fn with_max_pages(self, max_pages: u32) -> Self {
        Self(self.0.with_max_pages(max_pages))
    }

    pub(crate) fn retry(&self) -> &Retry {
        self.0.retry()
    }

    pub(crate) fn exchange<O: Operation>(&self, operation: O) -> Exchange<O> {
        self.0.exchange(operation)
    }

    pub(crate) fn run<M: Machine>(
        &self,
        machine: &mut M,
    ) -> Result<Option<M::Item>, Failed<SendError>> {
        block_on(self.0.run(machine))
    }

    pub(crate) fn call<O: Operation>(
        &self,
        operation: O,
    ) -> Result<O::Output<'static>, Failed<SendError>> {
        block_on(self.0.call(operation))
    }

    pub(crate) fn create_once(&self, create: CreateJob) -> Result<Creation, Failed<SendError>> {
        block_on(self.0.create_once(create))
    }

    pub(crate) fn pages(&self, list: ListJobs) -> Listing {
        Listing(self.0.pages(list))
    }

    pub(crate) fn watch(&self, job_id: JobId<'static>, deadline: OffsetDateTime) -> Watching {
        Watching(self.0.watch(job_id, deadline))
    }

    /// Runs a machine and gives up once something has become true, which it must before the end.
    pub(crate) fn run_until<M: Machine>(&self, machine: &mut M, check: impl Fn() -> bool) {
        block_on(until(pin!(self.0.run(machine)), check));
    }
}

/// Awaits a future until something has become true, which it must before the future ends.
pub(crate) async fn until<T>(
    mut future: Pin<&mut impl Future<Output = T>>,
    check: impl Fn() -> bool,
) {
    while !check() {
        let ended = timeout(Duration::from_millis(5), future.as_mut()).await;
        assert!(ended.is_err(), "it ended too soon");
    }
}

pub(crate) struct Watching(hyper::Watching);

impl Watching {
    pub(crate) fn with_intervals(self, first: Duration, longest: Duration) -> Self {
        Self(self.0.with_intervals(first, longest))
    }

    pub(crate) fn last_answer(&self) -> Option<&DescribeJobResult<'static>> {
        self.0.last_answer()
    }

    pub(crate) fn until_suspended(self) -> Self {
        Self(self.0.until_suspended())
    }
}

impl Iterator for Watching {
    type Item = Result<DescribeJobResult<'static>, Failed<SendError>>;

    fn next(&mut self) -> Option<Self::Item> {
        block_on(self.0.next())
    }
}

pub(crate) struct Listing(hyper::Listing);

impl Listing {
    pub(crate) fn pages(&self) -> u32 {
        self.0.pages()
    }

    pub(crate) fn resume_token(&self) -> Option<&NextToken<'static>> {
        self.0.resume_token()
    }
}

impl Iterator for Listing {
    type Item = Result<ListJobsResult<'static>, Failed<SendError>>;

    fn next(&mut self) -> Option<Self::Item> {
        block_on(self.0.next())
    }
}

pub(crate) struct Transport(hyper::Transport<Connections>);

impl Transport {
    pub(crate) fn new() -> Self {
        Self(hyper::Transport::new())
    }

    pub(crate) fn with_connect_timeout(self, timeout: Duration) -> Self {
        let connector = Connector::new().with_timeout(timeout);
        Self(hyper::Transport::over(Connections::by(connector)))
    }

    pub(crate) fn send(
        &self,
        request: Request<Vec<u8>>,
        within: Option<Duration>,
        limits: &Limits,
    ) -> Result<Response<Vec<u8>>, (Lost, SendError)> {
        block_on(self.0.send(request, within, limits))
    }
}
