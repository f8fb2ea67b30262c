use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::thread::{self, JoinHandle};

use cos_batch::time::OffsetDateTime;
use cos_batch::{AppId, Credentials, Endpoint, Job};
use tokio::sync::watch;

use crate::account::Account;
use crate::engine::Engine;
use crate::jobs::{SAMPLE_JOBS, sample_jobs};
use crate::server;
use crate::settings::Settings;

/// A running service, on a thread and a runtime of its own
///
/// It stops when it is dropped: requests under way are answered, connections that are still open
/// a second later are cut.
#[derive(Debug)]
pub struct Emulator {
    address: SocketAddr,
    endpoint: Endpoint,
    account: Account,
    stop: StopHandle,
    thread: Option<JoinHandle<()>>,
}

impl Emulator {
    /// The APPID of its endpoint. A request may carry any other.
    pub const APP_ID: &str = "1250000000";

    /// A service on a free port of 127.0.0.1, with [`SAMPLE_JOBS`] sample jobs and the account
    /// [`Account::default`]
    ///
    /// # Errors
    ///
    /// Where no port is free or no thread can be had.
    pub fn start() -> io::Result<Self> {
        Self::builder().start()
    }

    /// A service that is told where to listen, whom to let in and which jobs to have.
    pub fn builder() -> Builder {
        Builder {
            listen: SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0),
            accounts: Vec::new(),
            jobs: None,
            settings: Settings::default(),
        }
    }

    /// Where it listens, with the port it was given.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where a client on this machine finds it: by HTTP, at its address, or at the loopback
    /// address where it listens on all.
    #[must_use]
    pub fn endpoint(&self) -> Endpoint {
        self.endpoint.clone()
    }

    /// What a client signs with: those of its first account.
    #[must_use]
    pub fn credentials(&self) -> Credentials {
        self.account.credentials().clone()
    }

    /// A handle that stops it from anywhere.
    #[must_use]
    pub fn stop_handle(&self) -> StopHandle {
        self.stop.clone()
    }

    /// Stops it, and returns once it has stopped; that takes a second or so at most.
    pub fn stop(self) {
        drop(self);
    }

    /// Returns once it has stopped, which somebody with a [`StopHandle`] must tell it.
    pub fn wait(mut self) {
        self.join();
    }

    fn join(&mut self) {
        if let Some(thread) = self.thread.take() {
            // A panic over there has been told on stderr.
            let _ = thread.join();
        }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.stop.stop();
        self.join();
    }
}

/// Stops an [`Emulator`] from another thread, such as that of a signal handler
///
/// Any number of them may exist, and outlive it. Dropping one stops nothing.
#[derive(Clone, Debug)]
pub struct StopHandle(watch::Sender<bool>);

impl StopHandle {
    /// Tells it to stop, and returns at once; telling it twice is telling it once.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

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
}

impl Builder {
    /// Where to listen; port 0 is any free one.
    pub fn listen(self, listen: SocketAddr) -> Self {
        Self { listen, ..self }
    }

    /// Lets in this account besides those named before; with none, [`Account::default`] is let in.
    pub fn account(mut self, account: Account) -> Self {
        self.accounts.push(account);
        self
    }

    /// The jobs to have, instead of [`SAMPLE_JOBS`] sample jobs.
    pub fn jobs(self, jobs: impl IntoIterator<Item = Job<'static>>) -> Self {
        Self { jobs: Some(jobs.into_iter().collect()), ..self }
    }

    /// How to behave where there is a choice.
    pub fn settings(self, settings: Settings) -> Self {
        Self { settings, ..self }
    }

    /// Starts it; once this returns, connections are accepted
    ///
    /// # Errors
    ///
    /// Where the address cannot be listened on, or no thread can be had.
    pub fn start(self) -> io::Result<Emulator> {
        let listener = TcpListener::bind(self.listen)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let endpoint = endpoint(address)?;
        let accounts =
            if self.accounts.is_empty() { vec![Account::default()] } else { self.accounts };
        let account = accounts.first().cloned().unwrap_or_default();

        let mut engine = Engine::new(self.settings);
        accounts.into_iter().for_each(|account| engine.add_account(account));
        self.jobs
            .unwrap_or_else(|| sample_jobs(OffsetDateTime::now_utc(), SAMPLE_JOBS))
            .into_iter()
            .for_each(|job| engine.add_job(job));

        let (sender, receiver) = watch::channel(false);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = {
            let _entered = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        let thread = thread::Builder::new()
            .name("cos-batch-emulator".to_owned())
            .spawn(move || runtime.block_on(server::serve(listener, engine, receiver)))?;
        Ok(Emulator { address, endpoint, account, stop: StopHandle(sender), thread: Some(thread) })
    }
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
