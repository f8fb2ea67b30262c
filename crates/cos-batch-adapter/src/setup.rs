use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use cos_batch::time::OffsetDateTime;
use cos_batch::{
    CreateJob, CreateOnce, Endpoint, Exchange, JobId, Limits, ListJobs, Operation, Pages, Retry,
    SignError, Signer, Watch,
};

use crate::observe::{Observed, Run};

type Signers = dyn Fn(OffsetDateTime) -> Result<Arc<Signer>, SignError> + Send + Sync;
type Observer = dyn Fn(u64, Observed<'_>) + Send + Sync;

/// Where calls go, who signs them, how often they are tried, who watches
///
/// What a client is beside its connections. Clones count their calls together.
#[derive(Clone)]
pub struct Setup {
    endpoint: Endpoint,
    signers: Arc<Signers>,
    observer: Option<Arc<Observer>>,
    retry: Retry,
    limits: Limits,
    max_pages: u32,
    /// How many calls and runs were begun.
    begun: Arc<AtomicU64>,
}

impl Setup {
    /// Calls that one signer signs.
    #[must_use]
    pub fn new(endpoint: Endpoint, signer: Signer) -> Self {
        let signer = Arc::new(signer);
        Self::rotating(endpoint, move |_| Ok(signer.clone()))
    }

    /// Calls that the signer of the moment signs: it is asked for before each attempt and each rest.
    #[must_use]
    pub fn rotating(
        endpoint: Endpoint,
        signers: impl Fn(OffsetDateTime) -> Result<Arc<Signer>, SignError> + Send + Sync + 'static,
    ) -> Self {
        Self {
            endpoint,
            signers: Arc::new(signers),
            observer: None,
            // Clients that fail together must not come back together.
            retry: Retry::new(RandomState::new().build_hasher().finish()),
            limits: Limits::default(),
            max_pages: Pages::MAX_PAGES,
            begun: Arc::default(),
        }
    }

    /// The same with other attempts, rests and deadline.
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

    /// The same, telling of each step: the number of the run it belongs to, and what it is.
    #[must_use]
    pub fn with_observer(
        self,
        observer: impl Fn(u64, Observed<'_>) + Send + Sync + 'static,
    ) -> Self {
        Self { observer: Some(Arc::new(observer)), ..self }
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

    /// How large a response may be.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The signer of the moment.
    ///
    /// # Errors
    ///
    /// Those of the source it comes from.
    pub fn signer(&self, now: OffsetDateTime) -> Result<Arc<Signer>, SignError> {
        (self.signers)(now)
    }

    /// A call that has not been sent yet.
    #[must_use]
    pub fn exchange<O: Operation>(&self, operation: O) -> Exchange<O> {
        Exchange::new(self.endpoint.clone(), operation, self.next_retry()).with_limits(self.limits)
    }

    /// A listing that has not been begun yet.
    #[must_use]
    pub fn pages(&self, list: ListJobs) -> Pages {
        Pages::new(self.endpoint.clone(), list, self.next_retry())
            .with_limits(self.limits)
            .with_max_pages(self.max_pages)
    }

    /// A watch over a job that has not been begun yet.
    #[must_use]
    pub fn watch(&self, job_id: JobId<'static>, deadline: OffsetDateTime) -> Watch {
        Watch::new(self.endpoint.clone(), job_id, deadline, self.next_retry())
            .with_limits(self.limits)
    }

    /// A job that has not been asked for yet.
    #[must_use]
    pub fn create_once(&self, create: CreateJob, now: OffsetDateTime) -> CreateOnce {
        CreateOnce::new(self.endpoint.clone(), create, now, self.next_retry())
            .with_limits(self.limits)
    }

    /// A run that begins, to be told of its steps.
    pub fn begin(&self) -> Run<'_> {
        Run::new(self, self.next())
    }

    pub(crate) fn observer(&self) -> Option<&Observer> {
        self.observer.as_deref()
    }

    /// The conditions of the next call: calls that fail together must not come back together.
    fn next_retry(&self) -> Retry {
        let mut retry = self.retry.clone();
        retry.seed = retry.seed.wrapping_add(self.next());
        retry
    }

    fn next(&self) -> u64 {
        self.begun.fetch_add(1, Ordering::Relaxed)
    }
}

impl fmt::Debug for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setup")
            .field("endpoint", &self.endpoint)
            .field("retry", &self.retry)
            .field("limits", &self.limits)
            .field("max_pages", &self.max_pages)
            .finish_non_exhaustive()
    }
}
