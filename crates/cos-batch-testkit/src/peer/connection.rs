use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use socket2::SockRef;

use super::{Peer, Script, Shared, Step};

/// How often a step that waits looks whether the peer was dropped.
const TICK: Duration = Duration::from_millis(20);

pub(super) fn accept(listener: &TcpListener, scripts: Vec<Script>, shared: &Arc<Shared>) {
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
}
