//! A line for every request, on a thread of its own

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use cos_batch::date::format_timestamp;
use cos_batch::http::{Method, Uri};
use cos_batch::text::decode_query;
use cos_batch::time::OffsetDateTime;
use serde::Serialize;

use crate::call::call_of;

/// How many lines may wait to be written. More are left out, and counted.
const WAITING: usize = 4096;
/// How long the end may take.
const GRACE: Duration = Duration::from_secs(1);

/// Where a service notes each request that it answered: a JSON object a line
///
/// | member | what it is |
/// | --- | --- |
/// | `time` | when the answer was ready, real time |
/// | `peer` | the client's address |
/// | `method`, `path` | of the request |
/// | `query` | its query; only the parameters that the calls document have their values |
/// | `call` | the call's name; absent where there is none |
/// | `status` | of the answer; absent where a fault has lost it |
/// | `request_id` | of the answer, as the service gave it |
/// | `bytes` | how long the body of the request was |
/// | `milliseconds` | how long it took, from the head of the request on |
/// | `fault` | which fault of the file befell it, from 1 on; absent where none did |
///
/// No signature, no token and no key is in it. Nobody waits for it: where lines come faster than they
/// can be written, some are left out, and the next has `left_out` with their number.
#[derive(Debug)]
pub struct AccessLog {
    lines: Option<SyncSender<String>>,
    left_out: AtomicU64,
    /// Ends when all is written.
    written: Mutex<Receiver<()>>,
}

impl AccessLog {
    /// Appends to a file, which is made where it is not there.
    ///
    /// # Errors
    ///
    /// Where the file cannot be opened or no thread can be had.
    pub fn append(file: impl AsRef<Path>) -> io::Result<Self> {
        Self::to(OpenOptions::new().append(true).create(true).open(file)?)
    }

    /// Writes to whatever can be written to, such as stdout.
    ///
    /// # Errors
    ///
    /// Where no thread can be had.
    pub fn to(out: impl Write + Send + 'static) -> io::Result<Self> {
        let (sender, lines) = sync_channel(WAITING);
        let (writing, written) = sync_channel(0);
        thread::Builder::new().name("cos-batch-log".to_owned()).spawn(move || {
            write(&lines, out);
            drop(writing);
        })?;
        let written = Mutex::new(written);
        Ok(Self { lines: Some(sender), left_out: AtomicU64::new(0), written })
    }

    pub(crate) fn note(&self, mut entry: Entry<'_>) {
        entry.left_out = self.left_out.swap(0, Ordering::Relaxed);
        let Ok(line) = serde_json::to_string(&entry) else { return };
        if self.lines.as_ref().is_some_and(|lines| lines.try_send(line + "\n").is_err()) {
            self.left_out.fetch_add(entry.left_out + 1, Ordering::Relaxed);
        }
    }
}

/// What was noted is written once it is dropped, unless that takes longer than a second.
impl Drop for AccessLog {
    fn drop(&mut self) {
        self.lines = None;
        let written = self.written.get_mut().unwrap_or_else(PoisonError::into_inner);
        // It ends without a word.
        let _ = written.recv_timeout(GRACE);
    }
}

/// Writes what comes; what came is out whenever nothing else waits.
fn write(lines: &Receiver<String>, mut out: impl Write) {
    let mut waiting = String::new();
    while let Ok(line) = lines.recv() {
        waiting.push_str(&line);
        waiting.extend(lines.try_iter().take(WAITING));
        // A file that cannot be written now may be later.
        let _ = out.write_all(waiting.as_bytes()).and_then(|()| out.flush());
        waiting.clear();
    }
}

/// A request, and what came of it.
#[derive(Serialize)]
pub(crate) struct Entry<'a> {
    time: String,
    peer: Option<SocketAddr>,
    method: &'a str,
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    query: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    call: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) request_id: Option<String>,
    pub(crate) bytes: usize,
    milliseconds: u128,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fault: Option<usize>,
    #[serde(skip_serializing_if = "is_zero")]
    left_out: u64,
}

impl<'a> Entry<'a> {
    /// A request that came at `begun`, and is answered now.
    pub(crate) fn new(
        peer: Option<SocketAddr>,
        method: &'a Method,
        uri: &'a Uri,
        begun: Instant,
    ) -> Self {
        Self {
            time: format_timestamp(OffsetDateTime::now_utc()).unwrap_or_default(),
            peer,
            method: method.as_str(),
            path: uri.path(),
            query: uri.query().map(shown),
            call: call_of(method, uri.path()),
            status: None,
            request_id: None,
            bytes: 0,
            milliseconds: begun.elapsed().as_millis(),
            fault: None,
            left_out: 0,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks like this")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// The parameters of the calls. Whatever else stands in a query may be a secret.
const DOCUMENTED: [&[u8]; 6] = [
    b"jobStatuses",
    b"maxResults",
    b"nextToken",
    b"priority",
    b"requestedJobStatus",
    b"statusUpdateReason",
];

/// A query with the values of what the calls document, and names alone of what they do not.
fn shown(query: &str) -> String {
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if !DOCUMENTED.contains(&&*decode_query(name)) => format!("{name}=…"),
        None if !DOCUMENTED.contains(&&*decode_query(pair)) => "…".to_owned(),
        _ => pair.to_owned(),
    });
    pairs.collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    /// A file that is slow to take anything.
    struct Slow(Receiver<()>, Arc<Mutex<Vec<u8>>>);

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.0.recv();
            self.1.lock().expect("a buffer").extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn note(log: &AccessLog, target: &str) {
        let uri = target.parse().expect("a target");
        log.note(Entry::new(None, &Method::GET, &uri, Instant::now()));
    }

    #[test]
    fn a_slow_file_holds_up_nobody_and_what_is_left_out_is_counted() {
        let (go, wait) = std::sync::mpsc::channel();
        let written = Arc::<Mutex<Vec<u8>>>::default();
        let log = AccessLog::to(Slow(wait, Arc::clone(&written))).expect("a thread");
        let most = 2 * WAITING + 200;
        (0..most).for_each(|_| note(&log, "/jobs"));
        drop(go);
        // Once something was written there is room again.
        while written.lock().expect("a buffer").is_empty() {
            thread::yield_now();
        }
        let left_out = log.left_out.load(Ordering::Relaxed);
        assert!(left_out > 0);
        note(&log, "/jobs");
        drop(log);
        let written = written.lock().expect("a buffer");
        let lines = written.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let lines: Vec<serde_json::Value> =
            lines.map(|line| serde_json::from_slice(line).expect("JSON")).collect();
        let told: u64 = lines.iter().filter_map(|line| line["left_out"].as_u64()).sum();
        assert_eq!(lines.len() as u64 + told, most as u64 + 1);
    }

    #[test]
    fn what_no_call_documents_is_not_shown() {
        for (query, as_shown) in [
            ("maxResults=10&nextToken=a%2Fb", "maxResults=10&nextToken=a%2Fb"),
            ("q-signature=5ecret&q-ak=5ecret", "q-signature=…&q-ak=…"),
            ("sign=5ecret", "sign=…"),
            ("x-cos-security-token=5ecret&priority=1", "x-cos-security-token=…&priority=1"),
            ("q%2Dsignature=5ecret&Sign=5ecret", "q%2Dsignature=…&Sign=…"),
            ("5ecret", "…"),
            ("max%52esults=1&&=5ecret", "max%52esults=1&…&=…"),
        ] {
            assert_eq!(shown(query), as_shown);
        }
    }
}
