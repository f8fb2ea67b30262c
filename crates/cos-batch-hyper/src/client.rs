use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cos_batch::drive::{self, Failed};
use cos_batch::time::OffsetDateTime;
use cos_batch::{
    Endpoint, Exchange, Limits, ListJobs, Machine, Operation, Pages, Retry, SignError, Signer,
};
use hyper_util::client::legacy::connect::Connect;

use crate::connections::Connections;
use crate::error::SendError;
use crate::listing::Listing;
use crate::service::HttpService;
use crate::transport::Transport;

type Signers = dyn Fn(OffsetDateTime) -> Result<Arc<Signer>, SignError> + Send + Sync;

/// Calls the service and awaits the answer
///
/// Clones share their connections; a clone with other settings is how one call gets a deadline of
/// its own.
///
/// ```
/// use std::time::Duration;
/// use cos_batch::{ListJobs, Signer};
/// use cos_batch_emulator::Emulator;
/// use cos_batch_hyper::Client;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let emulator = Emulator::start()?;
/// let client = Client::new(emulator.endpoint(), Signer::new(emulator.credentials()))
///     .with_timeout(Duration::from_secs(5));
///
/// let mut retry = client.retry().clone();
/// retry.attempts = 5;
/// let page = client.with_retry(retry).call(ListJobs::new()).await?;
/// assert!(page.next_token.is_none());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client<S = Connections> {
    endpoint: Endpoint,
    signers: Arc<Signers>,
    transport: Transport<S>,
    retry: Retry,
    limits: Limits,
    max_pages: u32,
    /// How many calls were begun.
    calls: Arc<AtomicU64>,
}

impl Client {
    /// A client that signs with one signer.
    #[must_use]
    pub fn new(endpoint: Endpoint, signer: Signer) -> Self {
        let signer = Arc::new(signer);
        Self::rotating(endpoint, move |_| Ok(signer.clone()))
    }

    /// A client that asks for the signer of the moment before each attempt and each rest
    ///
    /// It is asked often, and asked to answer at once: a source that is slow keeps what it has
    /// until that nears its end.
    #[must_use]
    pub fn rotating(
        endpoint: Endpoint,
        signers: impl Fn(OffsetDateTime) -> Result<Arc<Signer>, SignError> + Send + Sync + 'static,
    ) -> Self {
        Self {
            endpoint,
            signers: Arc::new(signers),
            transport: Transport::new(),
            // Clients that fail together must not come back together.
            retry: Retry::new(RandomState::new().build_hasher().finish()),
            limits: Limits::default(),
            max_pages: Pages::MAX_PAGES,
            calls: Arc::default(),
        }
    }
}

impl<C: Connect + Clone> Client<Connections<C>> {
    /// The same with another time to connect, 10 seconds unless told; see
    /// [`Connections::with_connect_timeout`].
    #[must_use]
    pub fn with_connect_timeout(self, timeout: Duration) -> Self {
        Self { transport: self.transport.with_connect_timeout(timeout), ..self }
    }
}

impl<S> Client<S> {
    /// The same over another service: a tower of one's own, or [`Connections::by`] a connector of
    /// one's own
    ///
    /// See [`Transport::over`] for what is asked of it.
    #[must_use]
    pub fn over<T: HttpService>(self, service: T) -> Client<T> {
        Client {
            endpoint: self.endpoint,
            signers: self.signers,
            transport: self.transport.with_service(service),
            retry: self.retry,
            limits: self.limits,
            max_pages: self.max_pages,
            calls: self.calls,
        }
    }

    /// The same with another time for one request, 30 seconds unless told. A call may send several.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { transport: self.transport.with_timeout(timeout), ..self }
    }

    /// The same with other attempts, rests and deadline; begin from [`retry`](Self::retry), whose
    /// seed is this client's own.
    #[must_use]
    pub fn with_retry(self, retry: Retry) -> Self {
        Self { retry, ..self }
    }

    /// The same with other limits for responses.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// The same with at most this many pages in a listing.
    #[must_use]
    pub fn with_max_pages(self, max_pages: u32) -> Self {
        Self { max_pages, ..self }
    }

    /// Where the requests go.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// How often, how long and until when it tries.
    #[must_use]
    pub fn retry(&self) -> &Retry {
        &self.retry
    }

    /// A call that has not been sent yet, for [`run`](Self::run): it knows the id of its request
    /// and the number of its attempts afterwards.
    #[must_use]
    pub fn exchange<O: Operation>(&self, operation: O) -> Exchange<O> {
        Exchange::new(self.endpoint.clone(), operation, self.next_retry()).with_limits(self.limits)
    }

    /// The conditions of the next call: calls that fail together must not come back together.
    fn next_retry(&self) -> Retry {
        let mut retry = self.retry.clone();
        retry.seed = retry.seed.wrapping_add(self.calls.fetch_add(1, Ordering::Relaxed));
        retry
    }
}

impl<S: HttpService> Client<S> {
    /// Makes a call, again where that can help
    ///
    /// Dropped, it is given up, wherever it was; where that must be known, [`run`](Self::run) an
    /// [`exchange`](Self::exchange) instead.
    ///
    /// # Errors
    ///
    /// [`Failed`], with the [`Exchange`]'s error.
    #[expect(clippy::expect_used, reason = "an exchange brings its answer before it is done")]
    pub async fn call<O: Operation>(
        &self,
        operation: O,
    ) -> Result<O::Output<'static>, Failed<SendError>> {
        let answer = self.run(&mut self.exchange(operation)).await?;
        Ok(answer.expect("an exchange that is not done has an answer or an error"))
    }

    /// Reads a whole listing, page by page.
    pub fn pages(&self, list: ListJobs) -> Listing<S> {
        let pages = Pages::new(self.endpoint.clone(), list, self.next_retry())
            .with_limits(self.limits)
            .with_max_pages(self.max_pages);
        Listing::new(self.clone(), pages)
    }

    /// Runs any machine to its next item; `None` once it is done
    ///
    /// The future may be dropped at any time: the machine then knows that a request which was
    /// under way may have arrived, and can be run again.
    ///
    /// # Errors
    ///
    /// [`Failed`], with the machine's error.
    pub async fn run<M: Machine>(
        &self,
        machine: &mut M,
    ) -> Result<Option<M::Item>, Failed<SendError>> {
        drive::asynchronous(
            machine,
            OffsetDateTime::now_utc,
            |now| (self.signers)(now),
            |request, within| self.transport.send(request, within, &self.limits),
            tokio::time::sleep,
        )
        .await
    }
}

impl<S> fmt::Debug for Client<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("endpoint", &self.endpoint)
            .field("retry", &self.retry)
            .field("limits", &self.limits)
            .field("max_pages", &self.max_pages)
            .finish_non_exhaustive()
    }
}
