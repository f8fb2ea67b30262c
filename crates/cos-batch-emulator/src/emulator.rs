//! A service that runs

mod builder;
mod error;

use std::net::SocketAddr;
use std::sync::mpsc::channel;
use std::thread::JoinHandle;
use std::time::Duration;

use cos_batch::time::OffsetDateTime;
use cos_batch::{Credentials, Endpoint};
use tokio::sync::watch;

use crate::account::Account;
use crate::driver::{Service, TellThem};
pub use builder::Builder;
pub use error::StartError;

/// A running service, on threads of its own
///
/// It stops when it is dropped: requests under way are answered, connections that are still open
/// a second later are cut.
#[derive(Debug)]
pub struct Emulator {
    address: SocketAddr,
    endpoint: Endpoint,
    account: Account,
    service: Service,
    stop: StopHandle,
    /// The server's first: once it has ended there is nobody to ask the driver.
    threads: Vec<JoinHandle<()>>,
}

impl Emulator {
    /// The APPID of its endpoint. A request may carry any other.
    pub const APP_ID: &str = "1250000000";

    /// A service on a free port of 127.0.0.1, with [`SAMPLE_JOBS`](crate::SAMPLE_JOBS) sample jobs
    /// and the account [`Account::default`]
    ///
    /// # Errors
    ///
    /// Where no port is free or no thread can be had.
    pub fn start() -> Result<Self, StartError> {
        Self::builder().start()
    }

    /// A service that is told more.
    pub fn builder() -> Builder {
        Builder::new()
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

    /// What time it is for its jobs.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        told(|them| self.service.tell(them))
    }

    /// Puts the clock forward by so much, whatever clock it is, and returns the new time once all
    /// that is to happen until then has happened
    ///
    /// Time goes from event to event: tasks that take their time are carried out as if it had
    /// passed.
    pub fn advance(&self, by: Duration) -> OffsetDateTime {
        told(|them| self.service.advance(Some(by), them))
    }

    /// Puts the clock forward to the next event, which moves a job by one status or one turn of
    /// its tasks, and returns the new time; where nothing is to happen, the time it was
    pub fn step(&self) -> OffsetDateTime {
        told(|them| self.service.advance(None, them))
    }

    /// A handle that stops it from anywhere.
    #[must_use]
    pub fn stop_handle(&self) -> StopHandle {
        self.stop.clone()
    }

    /// Stops it, and returns once it has stopped; that takes a second or so at most, or as long as
    /// the turn of tasks does that is under way on its buckets.
    pub fn stop(self) {
        drop(self);
    }

    /// Returns once it has stopped, which somebody with a [`StopHandle`] must tell it.
    pub fn wait(mut self) {
        self.join();
    }

    /// The server ends by itself or at a signal, the driver once there is nobody to ask it.
    fn join(&mut self) {
        let mut threads = self.threads.drain(..);
        // A panic over there has been told on stderr.
        let _ = threads.next().map(JoinHandle::join);
        self.service.stop();
        threads.for_each(|thread| drop(thread.join()));
    }
}

/// Waits for what the driver tells, which lives as long as the emulator.
fn told(ask: impl FnOnce(TellThem)) -> OffsetDateTime {
    let (sender, told) = channel();
    ask(Box::new(move |told| {
        // Who asked waits for it.
        let _ = sender.send(told);
    }));
    told.recv().map_or(OffsetDateTime::UNIX_EPOCH, |told| told.now)
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
