//! The face of an adapter for a driver without one: over sockets of std

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use cos_batch::drive::Failed;
use cos_batch::http::{Request, Response};
use cos_batch::time::OffsetDateTime;
use cos_batch::{
    CreateJob, Creation, DescribeJobResult, Endpoint, Exchange, JobId, Limits, ListJobs, Lost,
    Machine, NextToken, Operation, Pages, Retry, SignError, Signer, Watch,
};
use cos_batch_adapter::{Observed, SendError, Setup};
use cos_batch_examples::{Flight, Network};

/// What the network calls itself.
pub(crate) const NAME: &str = "cos-batch-examples";

/// What it says to headers without end.
pub(crate) const TOO_BIG: &str = "the head is too long";

/// A client of everything but `run`, which is the driver's.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) setup: Setup,
    pub(crate) network: Network,
}

impl Client {
    pub(crate) fn new(endpoint: Endpoint, signer: Signer) -> Self {
        Self { setup: Setup::new(endpoint, signer), network: network() }
    }

    pub(crate) fn rotating(
        endpoint: Endpoint,
        signers: impl Fn(OffsetDateTime) -> Result<Arc<Signer>, SignError> + Send + Sync + 'static,
    ) -> Self {
        Self { setup: Setup::rotating(endpoint, signers), network: network() }
    }

    pub(crate) fn with_timeout(self, timeout: Duration) -> Self {
        Self { network: Network::new(timeout), ..self }
    }

    pub(crate) fn with_retry(self, retry: Retry) -> Self {
        Self { setup: self.setup.with_retry(retry), ..self }
    }

    pub(crate) fn with_limits(self, limits: Limits) -> Self {
        Self { setup: self.setup.with_limits(limits), ..self }
    }

    pub(crate) fn with_max_pages(self, max_pages: u32) -> Self {
        Self { setup: self.setup.with_max_pages(max_pages), ..self }
    }

    pub(crate) fn with_observer(
        self,
        observer: impl Fn(u64, Observed<'_>) + Send + Sync + 'static,
    ) -> Self {
        Self { setup: self.setup.with_observer(observer), ..self }
    }

    pub(crate) fn retry(&self) -> &Retry {
        self.setup.retry()
    }

    pub(crate) fn exchange<O: Operation>(&self, operation: O) -> Exchange<O> {
        self.setup.exchange(operation)
    }

    pub(crate) fn call<O: Operation>(
        &self,
        operation: O,
    ) -> Result<O::Output<'static>, Failed<SendError>> {
        self.run(&mut self.exchange(operation)).map(|answer| answer.expect("an answer"))
    }

    pub(crate) fn create_once(&self, create: CreateJob) -> Result<Creation, Failed<SendError>> {
        let mut machine = self.setup.create_once(create, OffsetDateTime::now_utc());
        self.run(&mut machine).map(|creation| creation.expect("an answer"))
    }

    pub(crate) fn pages(&self, list: ListJobs) -> Items<Pages> {
        Items { client: self.clone(), machine: self.setup.pages(list), ended: false }
    }

    pub(crate) fn watch(&self, job_id: JobId<'static>, deadline: OffsetDateTime) -> Items<Watch> {
        Items { client: self.clone(), machine: self.setup.watch(job_id, deadline), ended: false }
    }
}

fn network() -> Network {
    Network::new(Duration::from_secs(30))
}

/// Waits for the end of a flight.
pub(crate) fn wait(mut flight: Flight) -> Result<Response<Vec<u8>>, (Lost, SendError)> {
    loop {
        if let Some(outcome) = flight.poll() {
            return outcome;
        }
        thread::sleep(Duration::from_millis(1));
    }
}

pub(crate) struct Items<M> {
    client: Client,
    machine: M,
    ended: bool,
}

impl Items<Pages> {
    pub(crate) fn pages(&self) -> u32 {
        self.machine.pages()
    }

    pub(crate) fn resume_token(&self) -> Option<&NextToken<'static>> {
        self.machine.resume_token()
    }
}

impl Items<Watch> {
    pub(crate) fn with_intervals(self, first: Duration, longest: Duration) -> Self {
        Self { machine: self.machine.with_intervals(first, longest), ..self }
    }

    pub(crate) fn last_answer(&self) -> Option<&DescribeJobResult<'static>> {
        self.machine.last()
    }

    pub(crate) fn until_suspended(self) -> Self {
        Self { machine: self.machine.until_suspended(), ..self }
    }
}

impl<M: Machine> Iterator for Items<M> {
    type Item = Result<M::Item, Failed<SendError>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let item = self.client.run(&mut self.machine).transpose();
        self.ended = !matches!(item, Some(Ok(_)));
        item
    }
}

pub(crate) struct Transport(Network);

impl Transport {
    pub(crate) fn new() -> Self {
        Self(network())
    }

    pub(crate) fn send(
        &self,
        request: Request<Vec<u8>>,
        within: Option<Duration>,
        limits: &Limits,
    ) -> Result<Response<Vec<u8>>, (Lost, SendError)> {
        self.0.send(request, within, limits).and_then(wait)
    }
}
