use std::error::Error as StdError;
use std::fmt;
use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::time::Duration;

use cos_batch::Lost;
use ureq::{Error, Timeout};

use crate::stage::{Stage, stage_of};

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

impl SendError {
    /// What kind of failure it is.
    #[must_use]
    pub fn kind(&self) -> SendErrorKind {
        self.kind
    }

    /// A request that was not sent because it contradicts itself.
    pub(crate) fn request(text: &str) -> (Lost, Self) {
        (
            Lost::BeforeSending,
            Self { kind: SendErrorKind::Request, text: text.into(), source: None },
        )
    }

    /// Time ran out in the response's body, of which `came` bytes are there.
    pub(crate) fn body(host: &str, within: Duration, came: usize) -> (Lost, Self) {
        let text = format!(
            "the response of {host} was not complete within {within:?}: {came} bytes of its body came"
        );
        let kind = SendErrorKind::TimedOut;
        (Lost::AfterSending, Self { kind, text: text.into(), source: None })
    }

    /// What ureq says, and whether the request can have left.
    pub(crate) fn of(error: Error, host: &str, timeouts: Timeouts) -> (Lost, Self) {
        let (stage, error) = stage_of(error);
        let kind = kind(stage, &error);
        let lost = if stage != Stage::Sent || is_unsent(&error) {
            Lost::BeforeSending
        } else {
            Lost::AfterSending
        };
        let within = timeouts.of(&error);
        let source = source(error);
        let mut text = match kind {
            SendErrorKind::NameNotFound => format!("the name of {host} was not found"),
            SendErrorKind::Refused => format!("{host} refused the connection"),
            SendErrorKind::Unreachable => format!("{host} cannot be reached"),
            SendErrorKind::Handshake => format!("no TLS connection with {host}"),
            SendErrorKind::Proxy => format!("no connection with {host} by the proxy"),
            SendErrorKind::TimedOut => match stage {
                Stage::Resolving => format!("the name of {host} was not found within {within:?}"),
                Stage::Connecting => format!("no connection with {host} within {within:?}"),
                Stage::Proxying => {
                    format!("no connection with {host} by the proxy within {within:?}")
                }
                Stage::Sent => format!("no response from {host} within {within:?}"),
            },
            SendErrorKind::Closed => format!("{host} ended the connection before it answered"),
            SendErrorKind::NotHttp => format!("{host} did not answer in HTTP"),
            SendErrorKind::Request => "the request cannot be sent".to_owned(),
            SendErrorKind::Other => format!("the exchange with {host} failed"),
        };
        if let Some(source) = &source {
            text.push_str(": ");
            text.push_str(&source.to_string());
        }
        (lost, Self { kind, text: text.into(), source })
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

/// The times that ran.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timeouts {
    pub(crate) connect: Duration,
    pub(crate) total: Duration,
}

impl Timeouts {
    /// The one that has passed.
    fn of(self, error: &Error) -> Duration {
        match error {
            Error::Timeout(Timeout::Resolve | Timeout::Connect) => self.connect,
            _ => self.total,
        }
    }
}

/// Did time run out?
pub(crate) fn is_timeout(error: &io::Error) -> bool {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    matches!(inner, Some(Error::Timeout(_))) || error.kind() == ErrorKind::TimedOut
}

fn kind(stage: Stage, error: &Error) -> SendErrorKind {
    match (stage, error) {
        (_, Error::Timeout(_)) => SendErrorKind::TimedOut,
        (_, Error::Http(_) | Error::BadUri(_) | Error::RequireHttpsOnly(_)) => {
            SendErrorKind::Request
        }
        (_, Error::Tls(_) | Error::Rustls(_) | Error::TlsRequired) => SendErrorKind::Handshake,
        (Stage::Resolving, _) => SendErrorKind::NameNotFound,
        (Stage::Proxying, Error::Io(error)) if error.kind() == ErrorKind::InvalidData => {
            SendErrorKind::Handshake
        }
        (Stage::Proxying, _) | (_, Error::InvalidProxyUrl) => SendErrorKind::Proxy,
        (Stage::Connecting, Error::Io(error)) => connecting(error),
        (Stage::Connecting, _) => SendErrorKind::Unreachable,
        (Stage::Sent, Error::Protocol(_) | Error::LargeResponseHeader(..)) => {
            SendErrorKind::NotHttp
        }
        (Stage::Sent, Error::Io(error)) => sent(error),
        (Stage::Sent, _) => SendErrorKind::Other,
    }
}

fn connecting(error: &io::Error) -> SendErrorKind {
    match error.kind() {
        ErrorKind::ConnectionRefused => SendErrorKind::Refused,
        // A connection that is being made neither ends nor holds data; the handshake's does.
        ErrorKind::InvalidData
        | ErrorKind::UnexpectedEof
        | ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe => SendErrorKind::Handshake,
        _ => SendErrorKind::Unreachable,
    }
}

fn sent(error: &io::Error) -> SendErrorKind {
    match error.kind() {
        ErrorKind::UnexpectedEof
        | ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe => SendErrorKind::Closed,
        ErrorKind::TimedOut => SendErrorKind::TimedOut,
        _ => SendErrorKind::Other,
    }
}

/// Is an error without a mark one from before the first byte all the same?
fn is_unsent(error: &Error) -> bool {
    matches!(
        error,
        Error::Http(_)
            | Error::BadUri(_)
            | Error::RequireHttpsOnly(_)
            | Error::InvalidProxyUrl
            | Error::ConnectionFailed
            | Error::TlsRequired
    )
}

/// What lies under an error and says more than its kind.
fn source(error: Error) -> Option<Arc<dyn StdError + Send + Sync>> {
    match error {
        // The text of a URI may be a secret, and a timeout is told with its time.
        Error::BadUri(_) | Error::RequireHttpsOnly(_) | Error::Timeout(_) | Error::HostNotFound => {
            None
        }
        Error::Io(error) => Some(Arc::new(error)),
        error => Some(Arc::new(error)),
    }
}
