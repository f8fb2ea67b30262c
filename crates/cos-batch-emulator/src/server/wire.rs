//! What a connection says: hyper's words, or others in their place
//!
//! hyper knows HTTP and refuses by itself what is none, without the headers that every answer of
//! the service has. Faults want what no server would say. Both are put in place here, under hyper:
//! it writes an answer, and other bytes leave.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use cos_batch::http::{Response, StatusCode, header};
use serde::Deserialize;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

/// An answer as bytes, and how they leave.
#[derive(Debug, Default)]
pub(crate) struct Outgoing {
    /// Absent where there is none.
    pub(crate) status: Option<StatusCode>,
    pub(crate) bytes: Vec<u8>,
    pub(crate) drip: Option<Drip>,
    pub(crate) end: End,
}

/// So many bytes at a time, and how long to wait before each further piece.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Drip {
    pub(crate) bytes: usize,
    pub(crate) every: Duration,
}

/// What becomes of the connection after an answer.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum End {
    #[default]
    #[serde(skip)]
    Open,
    Close,
    Reset,
    Silent,
}

impl Outgoing {
    /// An answer as it stands; the connection ends where its end would not be seen otherwise.
    pub(crate) fn of(response: &Response<Vec<u8>>, head_only: bool) -> Self {
        let status = response.status();
        let reason = status.canonical_reason().unwrap_or_default();
        let mut bytes = format!("HTTP/1.1 {} {reason}\r\n", status.as_u16()).into_bytes();
        for (name, value) in response.headers() {
            bytes.extend_from_slice(name.as_str().as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value.as_bytes());
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"\r\n");
        let has_no_body = head_only || status == StatusCode::NO_CONTENT;
        if !has_no_body {
            bytes.extend_from_slice(response.body());
        }
        let told = response.headers().get(header::CONTENT_LENGTH).and_then(|it| it.to_str().ok());
        let whole = has_no_body || told == Some(&response.body().len().to_string());
        Self {
            status: Some(status),
            bytes,
            drip: None,
            end: if whole { End::Open } else { End::Close },
        }
    }
}

/// What is to be said next, shared by a connection and whoever answers its requests.
#[derive(Clone, Default)]
pub(crate) struct Turn(Arc<Mutex<Say>>);

#[derive(Default)]
enum Say {
    /// Nobody has answered: hyper speaks for itself.
    #[default]
    Nothing,
    /// hyper's words are the answer.
    Theirs { begun: bool },
    /// These bytes are said in place of hyper's.
    Ours(Sending),
    /// What to say in place of hyper's words is not known yet.
    Asking(Refusal),
}

pub(crate) type Refusal = Pin<Box<dyn Future<Output = Outgoing> + Send>>;

struct Sending {
    outgoing: Outgoing,
    sent: usize,
    rest: Option<Pin<Box<Sleep>>>,
}

impl Turn {
    /// The answer goes out as hyper writes it.
    pub(crate) fn let_pass(&self) {
        *self.say() = Say::Theirs { begun: false };
    }

    /// This goes out instead of what hyper writes.
    pub(crate) fn put(&self, outgoing: Outgoing) {
        *self.say() = Say::Ours(Sending { outgoing, sent: 0, rest: None });
    }

    fn say(&self) -> MutexGuard<'_, Say> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection under hyper.
pub(crate) struct Wire<R> {
    stream: TcpStream,
    turn: Turn,
    refuse: R,
}

impl<R: Fn(StatusCode) -> Refusal + Unpin> Wire<R> {
    /// `refuse` makes an answer of a status with which hyper refuses by itself.
    pub(crate) fn new(stream: TcpStream, turn: Turn, refuse: R) -> Self {
        Self { stream, turn, refuse }
    }
}

impl<R: Unpin> AsyncRead for Wire<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<R: Fn(StatusCode) -> Refusal + Unpin> AsyncWrite for Wire<R> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let mut say = this.turn.say();
        match &mut *say {
            Say::Theirs { begun } => *begun = true,
            Say::Nothing => {
                // A continuation is no answer.
                if let Some(status) = status(bytes).filter(|status| !status.is_informational()) {
                    *say = Say::Asking((this.refuse)(status));
                    return Poll::Ready(Ok(bytes.len()));
                }
            }
            // It leaves with the next flush.
            Say::Ours(_) | Say::Asking(_) => return Poll::Ready(Ok(bytes.len())),
        }
        Pin::new(&mut this.stream).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let mut say = this.turn.say();
        loop {
            match &mut *say {
                Say::Asking(refusal) => {
                    let outgoing = ready!(refusal.as_mut().poll(context));
                    *say = Say::Ours(Sending { outgoing, sent: 0, rest: None });
                }
                Say::Ours(sending) => {
                    ready!(sending.poll(&mut this.stream, context))?;
                    *say = Say::Nothing;
                }
                Say::Theirs { begun: true } => *say = Say::Nothing,
                Say::Theirs { begun: false } | Say::Nothing => {
                    return Pin::new(&mut this.stream).poll_flush(context);
                }
            }
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.as_mut().poll_flush(context))?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// The status of an answer, by its first bytes.
fn status(bytes: &[u8]) -> Option<StatusCode> {
    StatusCode::from_bytes(bytes.get(9..12)?).ok()
}

impl Sending {
    /// Writes all of it, and ends the connection if it is to end: in an error, so that hyper lets
    /// go of it.
    fn poll(&mut self, stream: &mut TcpStream, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(left) = self.outgoing.bytes.get(self.sent..).filter(|it| !it.is_empty()) {
            let most = self.outgoing.drip.map_or(left.len(), |drip| drip.bytes.min(left.len()));
            if let Some(rest) = &mut self.rest {
                ready!(rest.as_mut().poll(context));
            }
            let piece = left.get(..most).unwrap_or(left);
            let written = ready!(Pin::new(&mut *stream).poll_write(context, piece))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.sent += written;
            self.rest = self.outgoing.drip.map(|drip| Box::pin(sleep(drip.every)));
        }
        match self.outgoing.end {
            End::Open => Poll::Ready(Ok(())),
            End::Close => {
                ready!(Pin::new(stream).poll_shutdown(context))?;
                Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()))
            }
            End::Reset => {
                stream.set_zero_linger()?;
                Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
            }
            End::Silent => {
                // Until the client has had enough.
                let mut byte = [0; 1];
                match ready!(stream.poll_peek(context, &mut ReadBuf::new(&mut byte)))? {
                    0 => Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into())),
                    _ => Poll::Pending,
                }
            }
        }
    }
}
