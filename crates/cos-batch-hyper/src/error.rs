//! What the errors of a service say: did the request leave, and what happened?

use std::error::Error as StdError;
use std::io::{self, ErrorKind};

use cos_batch::Lost;
use cos_batch_adapter::{SendError, SendErrorKind, Stage, Unsent, source_of};
use hyper_util::client::legacy;

use crate::service::BoxError;

/// What a service says that had, or had not, taken the request.
pub(crate) fn send_error(lost: Lost, error: BoxError, host: &str) -> (Lost, SendError) {
    let causes = causes(&*error);
    let io = find(&causes).map_or(ErrorKind::Other, io::Error::kind);
    let (stage, kind) = if find(&causes).is_some_and(legacy::Error::is_connect) {
        (Stage::Connecting, connecting_kind(&causes, io))
    } else {
        (Stage::Sent, kind(&causes, io))
    };
    let (connected, failure) = SendError::new(stage, kind, host);
    let lost = if stage == Stage::Sent { lost } else { connected };
    // "client error", over and over.
    (lost, failure.because_of(error, |error| !error.is::<legacy::Error>()))
}

type Causes<'a> = Vec<&'a (dyn StdError + 'static)>;

/// An error and all that lies under it.
fn causes<'a>(error: &'a (dyn StdError + 'static)) -> Causes<'a> {
    std::iter::successors(Some(error), |error| source_of(*error)).collect()
}

/// The lowest cause of a type.
fn find<'a, T: StdError + 'static>(causes: &Causes<'a>) -> Option<&'a T> {
    causes.iter().rev().find_map(|cause| cause.downcast_ref())
}

fn connecting_kind(causes: &Causes<'_>, io: ErrorKind) -> SendErrorKind {
    if let Some(unsent) = find::<Unsent>(causes) {
        SendErrorKind::of(ErrorKind::Other, unsent.stage)
    } else if find::<rustls::Error>(causes).is_some() {
        SendErrorKind::Handshake
    } else if causes.iter().any(|cause| cause.to_string() == "dns error") {
        // hyper-util's own error for it has no name.
        SendErrorKind::NameNotFound
    } else {
        SendErrorKind::of(io, Stage::Connecting)
    }
}

fn kind(causes: &Causes<'_>, io: ErrorKind) -> SendErrorKind {
    match find::<hyper::Error>(causes) {
        Some(error) if error.is_parse() => SendErrorKind::NotHttp,
        Some(error)
            if error.is_incomplete_message() || error.is_canceled() || error.is_closed() =>
        {
            SendErrorKind::Closed
        }
        _ => SendErrorKind::of(io, Stage::Sent),
    }
}
