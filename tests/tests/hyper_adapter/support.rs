//! The adapter with a blocking face

use std::sync::Arc;
use std::time::Duration;

use cos_batch::drive::Failed;
use cos_batch::http::{Request, Response};
use cos_batch::time::OffsetDateTime;
use cos_batch::{
    Endpoint, Exchange, Limits, ListJobs, ListJobsResult, Lost, Machine, NextToken, Operation,
    Retry, SignError, Signer,
};
pub(crate) use cos_batch_hyper::SendErrorKind;
use cos_batch_hyper::{self as hyper, Connections, Connector, SendError};
use cos_batch_testkit::peer::Peer;
use tokio::runtime::{Builder, Runtime};

pub(crate) use crate::shared::{Touch, bounded, endpoint, ids, page, peer, signer, xml};

/// What the adapter calls itself.
pub(crate) const NAME: &str = "cos-batch-hyper";

/// What it says to headers without end.
pub(crate) const TOO_BIG: &str = "message head is too large";

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
    crate::shared::wait_until(what, || {
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

    pub(crate) fn with_connect_timeout(self, timeout: Duration) -> Self {
        Self(self.0.with_connect_timeout(timeout))
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

    pub(crate) fn pages(&self, list: ListJobs) -> Listing {
        Listing(self.0.pages(list))
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

/// A client that tries three times in quick succession.
pub(crate) fn client_of(endpoint: Endpoint) -> Client {
    let client = Client::new(endpoint, signer("AKIDEXAMPLE"));
    let mut retry = client.retry().clone();
    retry.base = Duration::from_millis(2);
    client.with_retry(retry).with_timeout(Duration::from_secs(20))
}

pub(crate) fn client(peer: &Peer) -> Client {
    client_of(endpoint("http", peer.address()))
}

pub(crate) fn list(client: &Client) -> Result<ListJobsResult<'static>, Failed<SendError>> {
    client.call(ListJobs::new())
}

pub(crate) fn failure<T: std::fmt::Debug>(
    result: Result<T, Failed<SendError>>,
) -> Failed<SendError> {
    result.expect_err("a failure")
}
