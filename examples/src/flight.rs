use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use cos_batch::Lost;
use cos_batch::http::Response;
use cos_batch_adapter::{SendError, SendErrorKind, Stage};

use crate::http1::{Http1, NotHttp};
use crate::network::Idle;

type Outcome = Result<Response<Vec<u8>>, (Lost, SendError)>;

/// A request under way
///
/// Dropped, its connection is closed.
#[derive(Debug)]
#[must_use = "it goes on only while it is asked"]
pub struct Flight {
    host: String,
    stream: Option<TcpStream>,
    is_connected: bool,
    /// What is left to be written.
    output: Vec<u8>,
    http: Http1,
    within: Duration,
    begun: Instant,
    idle: Idle,
}

impl Flight {
    pub(crate) fn new(
        host: String,
        stream: TcpStream,
        output: Vec<u8>,
        http: Http1,
        within: Duration,
        idle: Idle,
    ) -> Self {
        let begun = Instant::now();
        let stream = Some(stream);
        Self { host, stream, is_connected: false, output, http, within, begun, idle }
    }

    /// Goes as far as it can at once: what came of the request, once something did.
    pub fn poll(&mut self) -> Option<Outcome> {
        let mut stream = self.stream.take()?;
        let outcome = self.go_on(&mut stream);
        let outcome =
            outcome.or_else(|| (self.begun.elapsed() >= self.within).then(|| self.late()));
        let Some(outcome) = outcome else {
            self.stream = Some(stream);
            return None;
        };
        if outcome.is_ok() && self.http.is_open() {
            self.idle.put(std::mem::take(&mut self.host), stream);
        }
        Some(outcome)
    }

    fn late(&self) -> Outcome {
        let stage = if self.is_connected { Stage::Sent } else { Stage::Connecting };
        Err(match self.http.came() {
            Some(came) => SendError::late_body(&self.host, self.within, came),
            None => SendError::late(stage, &self.host, self.within),
        })
    }

    /// Connects, writes and reads, as far as none of it blocks.
    fn go_on(&mut self, stream: &mut TcpStream) -> Option<Outcome> {
        if !self.is_connected {
            if let Some(error) = stream.take_error().unwrap_or_else(Some) {
                return Some(Err(SendError::io(Stage::Connecting, &self.host, error)));
            }
            stream.peer_addr().ok()?;
            self.is_connected = true;
        }
        while !self.output.is_empty() {
            match passing(stream.write(&self.output))? {
                Ok(count) => drop(self.output.drain(..count)),
                Err(error) => return Some(self.ended(error)),
            }
        }
        let mut buffer = [0; 16 * 1024];
        // A peer that writes without end does not keep us from looking at the clock.
        for _ in 0..16 {
            let count = match passing(stream.read(&mut buffer))? {
                Ok(count) => count,
                Err(error) => return Some(self.ended(error)),
            };
            match self.http.read(buffer.get(..count).unwrap_or_default()) {
                Ok(false) if count > 0 => {}
                Ok(_) => return Some(self.ended(ErrorKind::UnexpectedEof.into())),
                Err(error) => return Some(Err(self.not_http(error))),
            }
        }
        None
    }

    /// Nothing more will come: the response as far as it did.
    fn ended(&mut self, error: io::Error) -> Outcome {
        self.http.response().ok_or_else(|| SendError::io(Stage::Sent, &self.host, error))
    }

    fn not_http(&self, error: NotHttp) -> (Lost, SendError) {
        let (lost, failure) = SendError::new(Stage::Sent, SendErrorKind::NotHttp, &self.host);
        match error {
            NotHttp::Malformed(error) => (lost, failure.because(error)),
            NotHttp::TooLong => (lost, failure.because("the head is too long")),
        }
    }
}

/// Nothing where it would block.
fn passing(result: io::Result<usize>) -> Option<io::Result<usize>> {
    match result {
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {
            None
        }
        result => Some(result),
    }
}
