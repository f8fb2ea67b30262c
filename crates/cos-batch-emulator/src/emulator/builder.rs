use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use cos_batch::time::OffsetDateTime;
use cos_batch::{AppId, Endpoint, Job};
use tokio::sync::watch;

use super::{Emulator, StartError, StopHandle};
use crate::access_log::AccessLog;
use crate::account::Account;
use crate::buckets::Buckets;
use crate::clock::Clock;
use crate::driver::Driver;
use crate::engine::Engine;
use crate::faults::{Chooser, Faults};
use crate::jobs::{SAMPLE_JOBS, sample_jobs};
use crate::server::{self, Server};
use crate::settings::{Runner, Settings};
use crate::store::{Kept, Store};

/// How many connections there may be unless told: fewer than a process may have files open, where
/// that is 1024 as usual.
const CONNECTIONS: usize = 512;
/// How long a client may take unless told.
const PATIENCE: Duration = Duration::from_secs(30);

/// An [`Emulator`] that is not running yet
///
/// ```
/// use cos_batch_emulator::{Account, Emulator, Settings};
///
/// let mut settings = Settings::default();
/// settings.always_next_token = true;
/// let emulator = Emulator::builder()
///     .listen("127.0.0.1:0".parse()?)
///     .account(Account::new("AKIDEXAMPLE", "SECRETEXAMPLE")?)
///     .jobs([])
///     .settings(settings)
///     .start()?;
/// assert_eq!(emulator.credentials().secret_id(), "AKIDEXAMPLE");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "it does not run until it is started"]
pub struct Builder {
    listen: SocketAddr,
    accounts: Vec<Account>,
    jobs: Option<Vec<Job<'static>>>,
    settings: Settings,
    data: Option<PathBuf>,
    buckets: Option<Arc<Buckets>>,
    clock: Clock,
    control: bool,
    faults: Faults,
    access_log: Option<Arc<AccessLog>>,
    connections: usize,
    patience: Duration,
}

impl Builder {
    pub(super) fn new() -> Self {
        Self {
            listen: SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0),
            accounts: Vec::new(),
            jobs: None,
            settings: Settings::default(),
            data: None,
            buckets: None,
            clock: Clock::Real,
            control: false,
            faults: Faults::default(),
            access_log: None,
            connections: CONNECTIONS,
            patience: PATIENCE,
        }
    }

    /// Where to listen; port 0 is any free one.
    pub fn listen(self, listen: SocketAddr) -> Self {
        Self { listen, ..self }
    }

    /// Lets in this account besides those named before; with none, [`Account::default`] is let in.
    pub fn account(mut self, account: Account) -> Self {
        self.accounts.push(account);
        self
    }

    /// The jobs to begin with, instead of [`SAMPLE_JOBS`] sample jobs; a folder for the data that
    /// was used before has its own.
    pub fn jobs(self, jobs: impl IntoIterator<Item = Job<'static>>) -> Self {
        Self { jobs: Some(jobs.into_iter().collect()), ..self }
    }

    /// How to behave where there is a choice.
    pub fn settings(self, settings: Settings) -> Self {
        Self { settings, ..self }
    }

    /// Keeps the jobs in this folder, which is made where it is not there
    ///
    /// What was acknowledged survives the end of the process, whatever its kind; a service that is
    /// started on the folder later goes on from there. Only one can use it at a time. Without a
    /// folder the jobs are gone when the service ends.
    pub fn data(self, folder: impl Into<PathBuf>) -> Self {
        Self { data: Some(folder.into()), ..self }
    }

    /// Has the tasks of jobs run on these buckets: objects are really copied, deleted, tagged and
    /// restored, and reports really written
    ///
    /// Without buckets the tasks of a new job are imagined; those of jobs that were created with
    /// buckets wait until a service has them again.
    pub fn buckets(self, buckets: Buckets) -> Self {
        Self { buckets: Some(Arc::new(buckets)), ..self }
    }

    /// How time passes for the jobs.
    pub fn clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// Adds an endpoint that tells the time of the jobs and puts it forward, for clients in other
    /// processes on the same machine. It is not signed.
    ///
    /// | request | what it does |
    /// | --- | --- |
    /// | `GET /_control/clock` | tells the time |
    /// | `POST /_control/advance?by=1h` | puts the clock forward, as [`Emulator::advance`] |
    /// | `POST /_control/step` | puts it forward to the next event, as [`Emulator::step`] |
    ///
    /// Each answers with the time it is then, `{"clock":"manual","now":"2019-12-19T11:05:40Z"}`.
    pub fn control(self, control: bool) -> Self {
        Self { control, ..self }
    }

    /// What goes wrong on purpose.
    pub fn faults(self, faults: Faults) -> Self {
        Self { faults, ..self }
    }

    /// Where each request is noted.
    pub fn access_log(self, log: AccessLog) -> Self {
        Self { access_log: Some(Arc::new(log)), ..self }
    }

    /// How many connections there may be, 512 unless told
    ///
    /// When one more comes, the one that has been idle longest is closed for it.
    pub fn connections(self, most: usize) -> Self {
        Self { connections: most, ..self }
    }

    /// How long a client may take for the head of a request, for its body, and between two
    /// requests: 30 seconds unless told; then its connection is closed, after a refusal with
    /// `RequestTimeout` where a body is late.
    pub fn patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Starts it; once this returns, connections are accepted
    ///
    /// # Errors
    ///
    /// Where the address cannot be listened on, the folder for the data cannot be used, or no
    /// thread can be had.
    pub fn start(mut self) -> Result<Emulator, StartError> {
        if self.buckets.is_some() {
            self.settings.runner = Runner::Outside;
        }
        let listen = self.listen;
        let (listener, address, endpoint) =
            bind(listen).map_err(|error| StartError::Listen { listen, error })?;
        let accounts =
            if self.accounts.is_empty() { vec![Account::default()] } else { self.accounts };
        let account = accounts.first().cloned().unwrap_or_default();
        let (seed, body_limit) = (self.settings.seed, self.settings.body_limit);
        let (store, kept) = match &self.data {
            Some(folder) => Store::open(folder)?,
            None => (Store::memory(), Kept::default()),
        };
        let now = OffsetDateTime::now_utc();
        let start = kept.latest.unwrap_or(now).max(now);
        let mut engine = Engine::new(self.settings);
        accounts.into_iter().for_each(|account| engine.add_account(account));
        if kept.latest.is_none() {
            let jobs = self.jobs.unwrap_or_else(|| sample_jobs(start, SAMPLE_JOBS));
            jobs.into_iter().for_each(|job| engine.add_job(job));
        }
        let records = kept.jobs.iter().map(|(job_id, record)| {
            serde_json::from_slice(record).map_err(|error| store.damaged(job_id, error))
        });
        engine.restore(records.collect::<Result<Vec<_>, _>>()?);

        let (mut driver, service) = Driver::new(engine, store, self.clock, start, self.buckets)
            .map_err(StartError::Thread)?;
        driver.keep()?;
        let driver = thread::Builder::new()
            .name("cos-batch-engine".to_owned())
            .spawn(move || driver.run())
            .map_err(StartError::Thread)?;
        let server = Server {
            service: service.clone(),
            faults: Mutex::new(Chooser::new(self.faults, seed)),
            body_limit,
            patience: self.patience,
            access_log: self.access_log,
            control: self.control,
        };
        let (sender, stop) = watch::channel(false);
        let server = spawn(listener, server, self.connections, stop).map_err(StartError::Thread)?;
        Ok(Emulator {
            address,
            endpoint,
            account,
            service,
            stop: StopHandle(sender),
            threads: vec![server, driver],
        })
    }
}

fn bind(listen: SocketAddr) -> io::Result<(TcpListener, SocketAddr, Endpoint)> {
    let listener = TcpListener::bind(listen)?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    Ok((listener, address, endpoint(address)?))
}

/// Serves on a thread and a runtime of its own.
fn spawn(
    listener: TcpListener,
    server: Server,
    connections: usize,
    stop: watch::Receiver<bool>,
) -> io::Result<JoinHandle<()>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let listener = {
        let _entered = runtime.enter();
        tokio::net::TcpListener::from_std(listener)?
    };
    thread::Builder::new()
        .name("cos-batch-emulator".to_owned())
        .spawn(move || runtime.block_on(server::serve(listener, server, connections, stop)))
}

/// Where a client on this machine finds a service that listens there.
fn endpoint(mut address: SocketAddr) -> io::Result<Endpoint> {
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    let app_id: AppId = Emulator::APP_ID.parse().map_err(io::Error::other)?;
    Endpoint::custom("http", &address.to_string(), app_id).map_err(io::Error::other)
}
