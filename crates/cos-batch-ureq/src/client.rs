use std::sync::Arc;
use std::thread;
use std::time::Duration;

use cos_batch::drive::{self, Failed};
use cos_batch::time::OffsetDateTime;
use cos_batch::{
    CreateJob, Creation, Endpoint, Exchange, JobId, Limits, ListJobs, Machine, Operation, Retry,
    SignError, Signer, ValueError,
};
use cos_batch_adapter::{Observed, SendError, Setup};

use crate::items::{Items, Listing, Watching};
use crate::transport::Transport;

/// Calls the service and waits for the answer
///
/// Clones share their connections; a clone with other settings is how one call gets a deadline of
/// its own.
///
/// ```
/// use std::time::Duration;
/// use cos_batch::{ListJobs, Signer};
/// use cos_batch_emulator::Emulator;
/// use cos_batch_ureq::Client;
///
/// let emulator = Emulator::start()?;
/// let client = Client::new(emulator.endpoint(), Signer::new(emulator.credentials()))
///     .with_timeout(Duration::from_secs(5));
///
/// let mut retry = client.retry().clone();
/// retry.attempts = 5;
/// let page = client.with_retry(retry).call(ListJobs::new())?;
/// assert!(page.next_token.is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    setup: Setup,
    transport: Transport,
}

impl Client {
    /// A client that signs with one signer.
    #[must_use]
    pub fn new(endpoint: Endpoint, signer: Signer) -> Self {
        Self { setup: Setup::new(endpoint, signer), transport: Transport::new() }
    }

    /// A client that asks for the signer of the moment before each attempt and each rest
    ///
    /// It is asked often; a source that is slow keeps what it has until that nears its end.
    #[must_use]
    pub fn rotating(
        endpoint: Endpoint,
        signers: impl Fn(OffsetDateTime) -> Result<Arc<Signer>, SignError> + Send + Sync + 'static,
    ) -> Self {
        Self { setup: Setup::rotating(endpoint, signers), transport: Transport::new() }
    }

    /// The same with another time for one request, 30 seconds unless told. A call may send several.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { transport: self.transport.with_timeout(timeout), ..self }
    }

    /// The same with another time to find the name, and again to connect; 10 seconds unless told.
    #[must_use]
    pub fn with_connect_timeout(self, timeout: Duration) -> Self {
        Self { transport: self.transport.with_connect_timeout(timeout), ..self }
    }

    /// The same by the proxy that the environment names; see [`Transport::with_proxy_from_env`].
    #[must_use]
    pub fn with_proxy_from_env(self) -> Self {
        Self { transport: self.transport.with_proxy_from_env(), ..self }
    }

    /// The same trusting these certificates, in PEM, in place of the built-in ones; see
    /// [`Transport::with_root_certificates`].
    ///
    /// # Errors
    ///
    /// Where the PEM is malformed or has no certificate.
    pub fn with_root_certificates(self, pem: &[u8]) -> Result<Self, ValueError> {
        Ok(Self { transport: self.transport.with_root_certificates(pem)?, ..self })
    }

    /// The same with other attempts, rests and deadline; begin from [`retry`](Self::retry), whose
    /// seed is this client's own.
    #[must_use]
    pub fn with_retry(self, retry: Retry) -> Self {
        Self { setup: self.setup.with_retry(retry), ..self }
    }

    /// The same with other limits for responses.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { setup: self.setup.with_limits(limits), ..self }
    }

    /// The same with at most this many pages in a listing.
    #[must_use]
    pub fn with_max_pages(self, max_pages: u32) -> Self {
        Self { setup: self.setup.with_max_pages(max_pages), ..self }
    }

    /// The same, telling of each step: the number of the run it belongs to, and what it is
    ///
    /// The observer is called where the step happens, and must return at once. With the feature
    /// `tracing` every step is an event of [`tracing`](https://docs.rs/tracing) too.
    ///
    /// ```
    /// use std::sync::{Arc, Mutex};
    /// use cos_batch::{ListJobs, Signer};
    /// use cos_batch_emulator::Emulator;
    /// use cos_batch_ureq::Client;
    ///
    /// let emulator = Emulator::start()?;
    /// let steps = Arc::new(Mutex::new(Vec::new()));
    /// let client = Client::new(emulator.endpoint(), Signer::new(emulator.credentials()))
    ///     .with_observer({
    ///         let steps = steps.clone();
    ///         move |_run, step| steps.lock().unwrap().push(step.to_string())
    ///     });
    /// client.call(ListJobs::new())?;
    ///
    /// let steps = steps.lock().unwrap();
    /// assert!(steps[0].starts_with("send GET 127.0.0.1:") && steps[0].ends_with("/jobs"));
    /// assert!(steps[1].starts_with("reply 200, "));
    /// assert_eq!(steps[2], "item");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_observer(
        self,
        observer: impl Fn(u64, Observed<'_>) + Send + Sync + 'static,
    ) -> Self {
        Self { setup: self.setup.with_observer(observer), ..self }
    }

    /// Where the requests go.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        self.setup.endpoint()
    }

    /// How often, how long and until when it tries.
    #[must_use]
    pub fn retry(&self) -> &Retry {
        self.setup.retry()
    }

    /// Makes a call, again where that can help
    ///
    /// ```
    /// use cos_batch::{ListJobs, Signer};
    /// use cos_batch_emulator::Emulator;
    /// use cos_batch_ureq::Client;
    ///
    /// let emulator = Emulator::start()?;
    /// let client = Client::new(emulator.endpoint(), Signer::new(emulator.credentials()));
    /// assert!(!client.call(ListJobs::new())?.jobs.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Failed`], with the [`Exchange`]'s error.
    pub fn call<O: Operation>(
        &self,
        operation: O,
    ) -> Result<O::Output<'static>, Failed<SendError>> {
        self.settle(&mut self.exchange(operation))
    }

    /// Reads a whole listing, page by page
    ///
    /// ```
    /// use cos_batch::{ListJobs, Signer};
    /// use cos_batch_emulator::{Emulator, SAMPLE_JOBS};
    /// use cos_batch_ureq::Client;
    ///
    /// let emulator = Emulator::start()?;
    /// let client = Client::new(emulator.endpoint(), Signer::new(emulator.credentials()));
    /// let mut list = ListJobs::new();
    /// list.max_results = Some("15".parse()?);
    /// let mut count = 0;
    /// for page in client.pages(list) {
    ///     count += page?.jobs.len();
    /// }
    /// assert_eq!(count, SAMPLE_JOBS);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn pages(&self, list: ListJobs) -> Listing {
        self.items(self.setup.pages(list))
    }

    /// Follows one job to its end, or to the deadline; see [`Watch`](cos_batch::Watch).
    ///
    /// ```
    /// use std::time::Duration;
    /// use cos_batch::time::OffsetDateTime;
    /// use cos_batch::{JobStatus, ListJobs, Signer};
    /// use cos_batch_emulator::Emulator;
    /// use cos_batch_ureq::Client;
    ///
    /// let emulator = Emulator::start()?;
    /// let client = Client::new(emulator.endpoint(), Signer::new(emulator.credentials()));
    /// let jobs = client.call(ListJobs::new())?.jobs;
    /// let done = jobs.into_iter().find(|job| job.status == JobStatus::Complete).unwrap();
    ///
    /// let deadline = OffsetDateTime::now_utc() + Duration::from_secs(3600);
    /// let mut seen = Vec::new();
    /// for answer in client.watch(done.job_id, deadline) {
    ///     seen.push(answer?.job.status);
    /// }
    /// assert_eq!(seen, [JobStatus::Complete]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn watch(&self, job_id: JobId<'static>, deadline: OffsetDateTime) -> Watching {
        self.items(self.setup.watch(job_id, deadline))
    }

    /// Makes a job, never two, and finds out what became of it where the answer was lost; see
    /// [`CreateOnce`](cos_batch::CreateOnce)
    ///
    /// Where the answer is lost this may take as long as a signature holds, and 30 minutes more; the
    /// deadline of [`retry`](Self::retry) bounds it.
    ///
    /// ```
    /// use cos_batch::{CreateJob, Creation, JobOperation, Signer};
    /// # use cos_batch::{Manifest, ManifestField, ManifestLocation, Report, ReportScope};
    /// use cos_batch_emulator::Emulator;
    /// use cos_batch_ureq::Client;
    ///
    /// let emulator = Emulator::start()?;
    /// let client = Client::new(emulator.endpoint(), Signer::new(emulator.credentials()));
    /// # let bucket = "qcs::cos:ap-chengdu:uid/1250000000:src-1250000000";
    /// # let list = ManifestLocation::new(format!("{bucket}/list.csv").parse()?, "15150651828fa9cd");
    /// # let token = "184ce261-18af-5e3d-3e30-253723cfd937".parse()?;
    /// # let manifest = Manifest::csv(list, [ManifestField::Bucket, ManifestField::Key]);
    /// # let report = Report::new(bucket.parse()?, ReportScope::AllTasks);
    /// # let role = "qcs::cam::uin/100000000001:roleName/COS_Batch_QcsRole".parse()?;
    /// let priority = "10".parse()?;
    /// let operation = JobOperation::DeleteObject;
    /// let create = CreateJob::new(token, manifest, operation, priority, report, role);
    /// match client.create_once(create)? {
    ///     Creation::Created(job_id) => println!("{job_id}"),
    ///     Creation::NotCreated => println!("nothing was created: ask again"),
    ///     Creation::Unknown { candidates } => println!("look at {candidates:?} before asking again"),
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Failed`], with the error of a job that was refused, or never asked for.
    pub fn create_once(&self, create: CreateJob) -> Result<Creation, Failed<SendError>> {
        self.settle(&mut self.setup.create_once(create, OffsetDateTime::now_utc()))
    }

    /// A call that has not been sent yet, for [`run`](Self::run): it knows the id of its request
    /// and the number of its attempts afterwards.
    #[must_use]
    pub fn exchange<O: Operation>(&self, operation: O) -> Exchange<O> {
        self.setup.exchange(operation)
    }

    /// Runs any machine, item by item
    ///
    /// ```
    /// use cos_batch::{ListJobs, Pages, Signer};
    /// use cos_batch_emulator::Emulator;
    /// use cos_batch_ureq::Client;
    ///
    /// let emulator = Emulator::start()?;
    /// let client = Client::new(emulator.endpoint(), Signer::new(emulator.credentials()));
    /// // A listing that is asked to keep to its own bounds.
    /// let pages = Pages::new(client.endpoint().clone(), ListJobs::new(), client.retry().clone());
    /// let mut pages = client.items(pages.with_max_pages(10));
    /// for page in &mut pages {
    ///     println!("{} jobs", page?.jobs.len());
    /// }
    /// assert_eq!(pages.machine().pages(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn items<M: Machine>(&self, machine: M) -> Items<M> {
        Items::new(self.clone(), machine)
    }

    /// Runs any machine to its next item; `None` once it is done
    ///
    /// ```
    /// use cos_batch::{ListJobs, Signer};
    /// use cos_batch_emulator::Emulator;
    /// use cos_batch_ureq::Client;
    ///
    /// let emulator = Emulator::start()?;
    /// let client = Client::new(emulator.endpoint(), Signer::new(emulator.credentials()));
    /// let mut exchange = client.exchange(ListJobs::new());
    /// let page = client.run(&mut exchange)?;
    /// assert!(page.is_some());
    /// println!("request {}", exchange.request_id().unwrap_or("without an id"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Failed`], with the machine's error.
    pub fn run<M: Machine>(&self, machine: &mut M) -> Result<Option<M::Item>, Failed<SendError>> {
        let run = self.setup.begin();
        let ended = drive::blocking(
            machine,
            OffsetDateTime::now_utc,
            |now| self.setup.signer(now),
            |request, within| {
                run.sends(&request, within);
                let outcome = self.transport.send(request, within, self.setup.limits());
                run.receives(&outcome);
                outcome
            },
            |rest| {
                run.rests(rest);
                thread::sleep(rest);
            },
        );
        run.ends(&ended);
        ended
    }

    /// Runs a machine that brings one item before it is done.
    fn settle<M: Machine>(&self, machine: &mut M) -> Result<M::Item, Failed<SendError>> {
        loop {
            if let Some(item) = self.run(machine)? {
                return Ok(item);
            }
        }
    }
}
