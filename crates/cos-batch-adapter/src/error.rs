use std::error::Error as StdError;
use std::fmt;
use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::time::Duration;

use cos_batch::Lost;

/// Why a request brought no response, in words
///
/// It names the host, and nothing else of the request: no header, no path, no secret.
#[derive(Clone, Debug)]
pub struct SendError {
    kind: SendErrorKind,
    text: Box<str>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// The kinds of [`SendError`]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum SendErrorKind {
    /// The name of the host was not found.
    NameNotFound,
    /// Nothing listens at the host and port.
    Refused,
    /// There is no way to the host.
    Unreachable,
    /// No TLS connection: the certificate was refused, or the other side does not speak TLS.
    Handshake,
    /// The proxy cannot be reached, or would not connect.
    Proxy,
    /// Time ran out.
    TimedOut,
    /// The connection was closed or reset before the response.
    Closed,
    /// What came is not HTTP, or more of it than is read.
    NotHttp,
    /// The request cannot be sent as it is.
    Request,
    /// Anything else.
    Other,
}

/// How far a request had come when it failed
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "there are no other stages")]
pub enum Stage {
    /// Its host's name was being looked up.
    Resolving,
    /// A connection was being made, TLS included.
    Connecting,
    /// A connection was being made by a proxy.
    Proxying,
    /// There was a connection: the request may have left.
    Sent,
}

impl Stage {
    /// Can the service have seen the request?
    #[must_use]
    pub fn lost(self) -> Lost {
        if self == Self::Sent { Lost::AfterSending } else { Lost::BeforeSending }
    }
}

/// An error from before a request left, marked with how far that was
///
/// For what an HTTP library calls to look up names and to connect: the library hands it back, and
/// the mark tells such an error from one of the exchange itself. It shows as the error in it.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "it is a mark and nothing else")]
pub struct Unsent {
    /// How far the request had come.
    pub stage: Stage,
    /// What happened.
    pub error: Box<dyn StdError + Send + Sync>,
}

impl fmt::Display for Unsent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl StdError for Unsent {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.error)
    }
}

impl SendErrorKind {
    /// What an I/O error means at a stage.
    #[must_use]
    pub fn of(error: ErrorKind, stage: Stage) -> Self {
        // Data, or an end, in a connection that is being made: that of the handshake.
        let ended = matches!(
            error,
            ErrorKind::UnexpectedEof
                | ErrorKind::ConnectionReset
                | ErrorKind::ConnectionAborted
                | ErrorKind::BrokenPipe
        );
        match (stage, error) {
            (_, ErrorKind::TimedOut) => Self::TimedOut,
            (Stage::Resolving, _) => Self::NameNotFound,
            (Stage::Connecting | Stage::Proxying, ErrorKind::InvalidData) => Self::Handshake,
            (Stage::Proxying, _) => Self::Proxy,
            (Stage::Connecting, ErrorKind::ConnectionRefused) => Self::Refused,
            (Stage::Connecting, _) if ended => Self::Handshake,
            (Stage::Connecting, _) => Self::Unreachable,
            (Stage::Sent, _) if ended => Self::Closed,
            (Stage::Sent, _) => Self::Other,
        }
    }
}

impl SendError {
    /// What kind of failure it is.
    #[must_use]
    pub fn kind(&self) -> SendErrorKind {
        self.kind
    }

    /// A failure of a kind, at a stage.
    #[must_use]
    pub fn new(stage: Stage, kind: SendErrorKind, host: &str) -> (Lost, Self) {
        let text = match kind {
            SendErrorKind::NameNotFound => format!("the name of {host} was not found"),
            SendErrorKind::Refused => format!("{host} refused the connection"),
            SendErrorKind::Unreachable => format!("{host} cannot be reached"),
            SendErrorKind::Handshake => format!("no TLS connection with {host}"),
            SendErrorKind::Proxy => format!("no connection with {host} by the proxy"),
            SendErrorKind::TimedOut => format!("{} in time", late(stage, host)),
            SendErrorKind::Closed => format!("{host} ended the connection before it answered"),
            SendErrorKind::NotHttp => format!("{host} did not answer in HTTP"),
            SendErrorKind::Request => "the request cannot be sent".to_owned(),
            SendErrorKind::Other => format!("the exchange with {host} failed"),
        };
        (stage.lost(), Self { kind, text: text.into(), source: None })
    }

    /// An I/O error at a stage.
    #[must_use]
    pub fn io(stage: Stage, host: &str, error: io::Error) -> (Lost, Self) {
        let (lost, failure) = Self::new(stage, SendErrorKind::of(error.kind(), stage), host);
        (lost, failure.because(error))
    }

    /// Time ran out at a stage.
    #[must_use]
    pub fn late(stage: Stage, host: &str, within: Duration) -> (Lost, Self) {
        let text = format!("{} within {within:?}", late(stage, host));
        (stage.lost(), Self { kind: SendErrorKind::TimedOut, text: text.into(), source: None })
    }

    /// Time ran out in the response's body, of which `came` bytes are there.
    #[must_use]
    pub fn late_body(host: &str, within: Duration, came: usize) -> (Lost, Self) {
        let text = format!(
            "the response of {host} was not complete within {within:?}: {came} bytes of its body came"
        );
        let kind = SendErrorKind::TimedOut;
        (Lost::AfterSending, Self { kind, text: text.into(), source: None })
    }

    /// A request that was not sent, for it cannot be: says why.
    #[must_use]
    pub fn request(why: &str) -> (Lost, Self) {
        let kind = SendErrorKind::Request;
        (Lost::BeforeSending, Self { kind, text: why.into(), source: None })
    }

    /// The same with the error underneath, whose words and whose sources' are added.
    ///
    /// They must hold nothing of the request: an error that shows a URI or a header is no source.
    #[must_use]
    pub fn because(self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.because_of(source, |_| true)
    }

    /// As [`because`](Self::because), with the words of those errors only that say something.
    #[must_use]
    pub fn because_of(
        self,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
        says_something: impl Fn(&(dyn StdError + 'static)) -> bool,
    ) -> Self {
        let source: Arc<dyn StdError + Send + Sync> = Arc::from(source.into());
        let mut text = String::from(self.text);
        let mut last = String::new();
        let mut cause: Option<&(dyn StdError + 'static)> = Some(&*source);
        while let Some(error) = cause {
            cause = source_of(error);
            let said = error.to_string();
            if !says_something(error) || last == said {
                continue;
            }
            text.push_str(": ");
            text.push_str(&said);
            last = said;
        }
        Self { kind: self.kind, text: text.into(), source: Some(source) }
    }
}

fn late(stage: Stage, host: &str) -> String {
    match stage {
        Stage::Resolving => format!("the name of {host} was not found"),
        Stage::Connecting => format!("no connection with {host}"),
        Stage::Proxying => format!("no connection with {host} by the proxy"),
        Stage::Sent => format!("no response from {host}"),
    }
}

/// The error under an error: that of an I/O error is the error in it, which it skips itself.
#[must_use]
pub fn source_of<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl StdError for SendError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_ref().map(|source| &**source as _)
    }
}
