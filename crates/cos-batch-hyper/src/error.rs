use std::error::Error as StdError;
use std::fmt;
use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::time::Duration;

use cos_batch::Lost;
use hyper_util::client::legacy;

use crate::connections::ConnectTimedOut;
use crate::service::Unanswered;

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

    fn new(kind: SendErrorKind, text: impl Into<Box<str>>) -> Self {
        Self { kind, text: text.into(), source: None }
    }

    /// A request that was not sent because it contradicts itself.
    pub(crate) fn request(text: &str) -> (Lost, Self) {
        (Lost::BeforeSending, Self::new(SendErrorKind::Request, text))
    }

    /// Time ran out before there was a response, or even a connection.
    pub(crate) fn late(host: &str, within: Duration, is_unsent: bool) -> (Lost, Self) {
        let (lost, what) = if is_unsent {
            (Lost::BeforeSending, "connection with")
        } else {
            (Lost::AfterSending, "response from")
        };
        (lost, Self::new(SendErrorKind::TimedOut, format!("no {what} {host} within {within:?}")))
    }

    /// Time ran out in the response's body, of which `came` bytes are there.
    pub(crate) fn body(host: &str, within: Duration, came: usize) -> (Lost, Self) {
        let text = format!(
            "the response of {host} was not complete within {within:?}: {came} bytes of its body came"
        );
        (Lost::AfterSending, Self::new(SendErrorKind::TimedOut, text))
    }

    /// What a service says, and whether the request can have left.
    pub(crate) fn of(unanswered: Unanswered, host: &str) -> (Lost, Self) {
        let (ready, error) = match unanswered {
            Unanswered::NotReady(error) => (false, error),
            Unanswered::Failed(error) => (true, error),
        };
        let causes = causes(&*error);
        if let Some(ConnectTimedOut(within)) = find(&causes) {
            return Self::late(host, *within, true);
        }
        let connecting = find(&causes).is_some_and(legacy::Error::is_connect);
        let lost = if connecting || !ready { Lost::BeforeSending } else { Lost::AfterSending };
        let kind = if connecting { connecting_kind(&causes) } else { kind(&causes) };
        let mut text = match kind {
            SendErrorKind::NameNotFound => format!("the name of {host} was not found"),
            SendErrorKind::Refused => format!("{host} refused the connection"),
            SendErrorKind::Unreachable => format!("{host} cannot be reached"),
            SendErrorKind::Handshake => format!("no TLS connection with {host}"),
            SendErrorKind::TimedOut => format!("no response from {host} in time"),
            SendErrorKind::Closed => format!("{host} ended the connection before it answered"),
            SendErrorKind::NotHttp => format!("{host} did not answer in HTTP"),
            SendErrorKind::Request => "the request cannot be sent".to_owned(),
            SendErrorKind::Other => format!("the exchange with {host} failed"),
        };
        say(&causes, &mut text);
        (lost, Self { kind, text: text.into(), source: Some(error.into()) })
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

type Causes<'a> = Vec<&'a (dyn StdError + 'static)>;

/// An error and all that lies under it.
fn causes<'a>(error: &'a (dyn StdError + 'static)) -> Causes<'a> {
    let mut causes = vec![error];
    let mut last = error;
    while let Some(cause) = under(last) {
        causes.push(cause);
        last = cause;
    }
    causes
}

fn under<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    // The source of an I/O error is that of the error in it.
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

/// The lowest cause of a type.
fn find<'a, T: StdError + 'static>(causes: &Causes<'a>) -> Option<&'a T> {
    causes.iter().rev().find_map(|cause| cause.downcast_ref())
}

fn connecting_kind(causes: &Causes<'_>) -> SendErrorKind {
    // hyper-util's own error for it has no name.
    if causes.iter().any(|cause| cause.to_string() == "dns error") {
        return SendErrorKind::NameNotFound;
    }
    if find::<rustls::Error>(causes).is_some() {
        return SendErrorKind::Handshake;
    }
    match find(causes).map(io::Error::kind) {
        Some(ErrorKind::ConnectionRefused) => SendErrorKind::Refused,
        // A connection that is being made neither ends nor holds data; the handshake's does.
        Some(
            ErrorKind::InvalidData
            | ErrorKind::UnexpectedEof
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe,
        ) => SendErrorKind::Handshake,
        _ => SendErrorKind::Unreachable,
    }
}

fn kind(causes: &Causes<'_>) -> SendErrorKind {
    if let Some(error) = find::<hyper::Error>(causes) {
        if error.is_parse() {
            return SendErrorKind::NotHttp;
        }
        if error.is_incomplete_message() || error.is_canceled() || error.is_closed() {
            return SendErrorKind::Closed;
        }
    }
    match find(causes).map(io::Error::kind) {
        Some(
            ErrorKind::UnexpectedEof
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe,
        ) => SendErrorKind::Closed,
        Some(ErrorKind::TimedOut) => SendErrorKind::TimedOut,
        _ => SendErrorKind::Other,
    }
}

/// Adds the causes that say something, each once.
fn say(causes: &Causes<'_>, text: &mut String) {
    let mut last = String::new();
    for cause in causes {
        // "client error", over and over.
        if cause.is::<legacy::Error>() {
            continue;
        }
        let said = cause.to_string();
        if said != last {
            text.push_str(": ");
            text.push_str(&said);
            last = said;
        }
    }
}
