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

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use socket2::SockRef;

/// How often a step that waits looks whether the peer was dropped.
const TICK: Duration = Duration::from_millis(20);

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

fn accept(listener: &TcpListener, scripts: Vec<Script>, shared: &Arc<Shared>) {
    let mut scripts = scripts.into_iter();
    let mut connections = Vec::new();
    while connections.len() < Peer::MAX_CONNECTIONS {
        let Ok((stream, _)) = listener.accept() else { break };
        if shared.stopped.load(Ordering::SeqCst) {
            break;
        }
        shared.connections.fetch_add(1, Ordering::SeqCst);
        shared.open.fetch_add(1, Ordering::SeqCst);
        let script = scripts.next().unwrap_or_else(|| Script::new().request());
        let shared = shared.clone();
        connections.push(thread::spawn(move || {
            let end = Instant::now() + Peer::LONGEST;
            let connection = Connection { stream, shared: &shared, end, read: Vec::new() };
            // A client that goes away in the middle is what the peer is for.
            drop(connection.run(script));
            shared.open.fetch_sub(1, Ordering::SeqCst);
        }));
    }
    for connection in connections {
        drop(connection.join());
    }
}

struct Connection<'a> {
    stream: TcpStream,
    shared: &'a Shared,
    end: Instant,
    /// What was read and belongs to no request yet.
    read: Vec<u8>,
}

impl Connection<'_> {
    fn run(mut self, script: Script) -> io::Result<()> {
        self.stream.set_nodelay(true)?;
        self.stream.set_read_timeout(Some(TICK))?;
        self.stream.set_write_timeout(Some(TICK))?;
        for step in script.steps {
            match step {
                Step::Request => self.request()?,
                Step::Any => drop(self.fill()?),
                Step::Write { bytes, times, pause } => {
                    for _ in 0..times {
                        self.write(&bytes)?;
                        self.pause(pause)?;
                    }
                }
                Step::Pause(rest) => self.pause(rest)?,
                Step::Reset => return SockRef::from(&self.stream).set_linger(Some(Duration::ZERO)),
            }
        }
        self.close()
    }

    fn request(&mut self) -> io::Result<()> {
        let length = loop {
            if let Some(length) = request_length(&self.read) {
                break length;
            }
            if self.read.len() > Peer::MAX_REQUEST || self.fill()? == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
        };
        let rest = self.read.split_off(length);
        let request = std::mem::replace(&mut self.read, rest);
        self.shared.requests.lock().unwrap_or_else(PoisonError::into_inner).push(request);
        Ok(())
    }

    /// Reads once; nothing is the end.
    fn fill(&mut self) -> io::Result<usize> {
        let mut buffer = [0; 16 * 1024];
        let count = self.retry(|mut stream| stream.read(&mut buffer))?;
        self.read.extend_from_slice(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }

    fn write(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let count = self.retry(|mut stream| stream.write(bytes))?;
            self.shared.written.fetch_add(count as u64, Ordering::SeqCst);
            bytes = bytes.get(count..).unwrap_or_default();
        }
        Ok(())
    }

    fn pause(&self, rest: Duration) -> io::Result<()> {
        let end = Instant::now() + rest;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            self.go_on()?;
            thread::sleep(left.min(TICK));
        }
    }

    fn close(self) -> io::Result<()> {
        self.stream.shutdown(Shutdown::Write)?;
        // What is closed with bytes unread is reset.
        self.stream.set_nonblocking(true)?;
        let mut buffer = [0; 16 * 1024];
        while matches!((&self.stream).read(&mut buffer), Ok(count) if count > 0) {}
        Ok(())
    }

    /// Does something with the stream until it works, fails, or the time is over.
    fn retry(&self, mut io: impl FnMut(&TcpStream) -> io::Result<usize>) -> io::Result<usize> {
        loop {
            self.go_on()?;
            match io(&self.stream) {
                Err(error) if is_passing(error.kind()) => {}
                result => return result,
            }
        }
    }

    fn go_on(&self) -> io::Result<()> {
        if self.shared.stopped.load(Ordering::SeqCst) || Instant::now() >= self.end {
            return Err(ErrorKind::TimedOut.into());
        }
        Ok(())
    }
}

fn is_passing(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}

/// The length of the request that `bytes` begin with, once it is there.
fn request_length(bytes: &[u8]) -> Option<usize> {
    let head = find(bytes, b"\r\n\r\n")?;
    let text = String::from_utf8_lossy(bytes.get(..head)?);
    let header = |name: &str| {
        let headers = text.lines().filter_map(|line| line.split_once(':'));
        headers.filter(|header| header.0.eq_ignore_ascii_case(name)).map(|header| header.1).next()
    };
    let body = match (header("transfer-encoding"), header("content-length")) {
        // The last chunk begins a line, be it the first one.
        (Some(_), _) => find(bytes.get(head - 2..)?, b"\r\n0\r\n\r\n")? - 2,
        (None, Some(length)) => length.trim().parse().ok()?,
        (None, None) => 0,
    };
    let length = head.checked_add(body)?;
    (length <= bytes.len()).then_some(length)
}

/// Where a part that stands in `bytes` ends.
fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    let start = bytes.windows(part.len()).position(|window| window == part)?;
    Some(start + part.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_ends_with_its_body() {
        let length = |text: &str| request_length(text.as_bytes());
        assert_eq!(length("GET / HTTP/1.1\r\n"), None);
        assert_eq!(length("GET / HTTP/1.1\r\n\r\nGET"), Some(18));
        assert_eq!(length("POST / HTTP/1.1\r\ncontent-LENGTH: 4\r\n\r\nbod"), None);
        assert_eq!(length("POST / HTTP/1.1\r\ncontent-LENGTH: 4\r\n\r\nbodyGET"), Some(42));
        let chunked = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n";
        assert_eq!(length(chunked), Some(chunked.len()));
        assert_eq!(length(chunked.trim_end()), None);
    }

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
