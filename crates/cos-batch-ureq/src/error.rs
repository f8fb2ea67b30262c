//! What ureq's errors say of a request: how far it came, and what happened

use std::time::Duration;

use cos_batch::Lost;
use cos_batch_adapter::{SendError, SendErrorKind, Stage};
use ureq::{Error, Timeout};

use crate::stage::stage_of;

/// The times that ran.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timeouts {
    pub(crate) connect: Duration,
    pub(crate) total: Duration,
}

/// What ureq says, and whether the request can have left.
pub(crate) fn send_error(error: Error, host: &str, timeouts: Timeouts) -> (Lost, SendError) {
    let (stage, error) = stage_of(error);
    let kind = match (stage, &error) {
        (_, Error::Timeout(Timeout::Resolve | Timeout::Connect)) => {
            return SendError::late(stage, host, timeouts.connect);
        }
        (_, Error::Timeout(_)) => return SendError::late(stage, host, timeouts.total),
        // The text of a URI may be a secret.
        (_, Error::Http(_) | Error::BadUri(_)) => {
            return SendError::request("the request is none that ureq sends");
        }
        (_, Error::Tls(_) | Error::Rustls(_) | Error::TlsRequired) => SendErrorKind::Handshake,
        (Stage::Sent, Error::Protocol(_) | Error::LargeResponseHeader(..)) => {
            SendErrorKind::NotHttp
        }
        (_, Error::Io(error)) => SendErrorKind::of(error.kind(), stage),
        _ => SendErrorKind::of(std::io::ErrorKind::Other, stage),
    };
    let (lost, failure) = SendError::new(stage, kind, host);
    match error {
        Error::HostNotFound => (lost, failure),
        Error::Io(error) => (lost, failure.because(error)),
        error => (lost, failure.because(error)),
    }
}
