//! A peer on the loopback that follows a script, byte by byte
//!
//! No HTTP library sends half a header, a byte a second or a reset in the middle of a body. The
//! peer does: each connection has a [`Script`] of what to read, what to write and how to end. It
//! knows nothing of HTTP but where a request ends, and keeps the requests as they came.
//!
//! ```
//! use std::io::{Read, Write};
//! use std::net::TcpStream;
//! use std::time::Duration;
//! use cos_batch_testkit::peer::{Peer, Script};
//!
//! let peer = Peer::start([
//!     // The first connection: an answer, a pause, and half of another answer.
//!     Script::new()
//!         .answer("503 Service Unavailable\r\nRetry-After: 1", "")
//!         .request()
//!         .pause(Duration::from_millis(10))
//!         .write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<List"),
//!     // The second: a reset instead of an answer.
//!     Script::new().request().reset(),
//! ])?;
//!
//! let mut stream = TcpStream::connect(peer.address())?;
//! stream.write_all(b"GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n")?;
//! let mut answers = String::new();
//! stream.read_to_string(&mut answers)?;
//! assert!(answers.ends_with("<List"));
//!
//! let mut stream = TcpStream::connect(peer.address())?;
//! stream.write_all(b"POST /3 HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody")?;
//! assert!(stream.read_to_string(&mut answers).is_err());
//!
//! assert_eq!(peer.connections(), 2);
//! assert_eq!(peer.requests()[1], b"GET /2 HTTP/1.1\r\n\r\n");
//! assert!(peer.requests()[2].ends_with(b"body"));
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! For a client that keeps connections, put answers that follow each other into one script, or
//! have them say `Connection: close`: whether a client notices in time that an idle connection was
//! closed is a race.

mod connection;

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use connection::accept;

/// What the peer does on one connection, step by step; at its end it closes the connection
#[derive(Clone, Debug, Default)]
pub struct Script {
    steps: Vec<Step>,
}

#[derive(Clone, Debug)]
enum Step {
    Request,
    Any,
    Write { bytes: Vec<u8>, times: u64, pause: Duration },
    Pause(Duration),
    Reset,
}

impl Script {
    /// Closes the connection at once.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a whole request, body included, and keeps it.
    #[must_use]
    pub fn request(self) -> Self {
        self.then(Step::Request)
    }

    /// Reads once, whatever comes, and forgets it: for a client that does not speak HTTP.
    #[must_use]
    pub fn any(self) -> Self {
        self.then(Step::Any)
    }

    /// Writes bytes.
    #[must_use]
    pub fn write(self, bytes: impl Into<Vec<u8>>) -> Self {
        self.repeat(bytes, 1, Duration::ZERO)
    }

    /// Writes the same bytes so many times, and rests after each.
    #[must_use]
    pub fn repeat(self, bytes: impl Into<Vec<u8>>, times: u64, pause: Duration) -> Self {
        self.then(Step::Write { bytes: bytes.into(), times, pause })
    }

    /// Reads a whole request and answers it. `status` is what stands behind `HTTP/1.1`; further
    /// header lines may follow it. `Content-Length` is added.
    #[must_use]
    pub fn answer(self, status: &str, body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n", body.len());
        self.request().write([head.as_bytes(), body].concat())
    }

    /// Rests.
    #[must_use]
    pub fn pause(self, rest: Duration) -> Self {
        self.then(Step::Pause(rest))
    }

    /// Resets the connection instead of closing it: the client's next read fails.
    #[must_use]
    pub fn reset(self) -> Self {
        self.then(Step::Reset)
    }

    fn then(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }
}

/// A listener on a free port of 127.0.0.1 that gives each connection a script
///
/// The first connection gets the first script, and so on; connections beyond the last script have
/// a request read and are closed, so that a client that tries too often is seen. Connections are
/// served side by side.
///
/// It is bounded: [`MAX_CONNECTIONS`](Self::MAX_CONNECTIONS), [`LONGEST`](Self::LONGEST) for each
/// and [`MAX_REQUEST`](Self::MAX_REQUEST). Dropping it ends everything.
#[derive(Debug)]
pub struct Peer {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    stopped: AtomicBool,
    connections: AtomicUsize,
    open: AtomicUsize,
    written: AtomicU64,
    requests: Mutex<Vec<Vec<u8>>>,
}

impl Peer {
    /// How many connections are accepted.
    pub const MAX_CONNECTIONS: usize = 256;

    /// How long a connection is held open at most.
    pub const LONGEST: Duration = Duration::from_secs(60);

    /// How large a request may be; a larger one ends the connection.
    pub const MAX_REQUEST: usize = 4 * 1024 * 1024;

    /// Listens, with a script for each connection.
    ///
    /// # Errors
    ///
    /// Where the loopback has no free port.
    pub fn start(scripts: impl IntoIterator<Item = Script>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::default());
        let scripts: Vec<_> = scripts.into_iter().collect();
        let acceptor = thread::spawn({
            let shared = shared.clone();
            move || accept(&listener, scripts, &shared)
        });
        Ok(Self { address, shared, acceptor: Some(acceptor) })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The requests that were read whole, as they came, in the order of their ends.
    #[must_use]
    pub fn requests(&self) -> Vec<Vec<u8>> {
        self.shared.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many connections were accepted.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// How many connections are open: their script has not ended, and the client has not gone away
    /// as far as reading and writing show.
    #[must_use]
    pub fn open(&self) -> usize {
        self.shared.open.load(Ordering::SeqCst)
    }

    /// How many bytes were written on all connections.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.shared.written.load(Ordering::SeqCst)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        // The acceptor waits for a connection: here is its last. If it has ended, there is none.
        drop(TcpStream::connect_timeout(&self.address, Duration::from_secs(1)));
        if let Some(acceptor) = self.acceptor.take() {
            drop(acceptor.join());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn it_ends_when_it_is_dropped() {
        let script = Script::new().write("x").pause(Peer::LONGEST).request();
        let peer = Peer::start([script]).expect("a free port");
        let mut stream = TcpStream::connect(peer.address()).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout");
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("a byte");
        drop(peer);
        assert_eq!(stream.read(&mut byte).expect("the end"), 0);
    }
}
