use std::fmt;
use std::time::Duration;

use cos_batch::drive::Failed;
use cos_batch::http::{Method, Request, Response, StatusCode};
use cos_batch::{Error, Lost, op};

use crate::error::SendError;
use crate::setup::Setup;

/// A step of a run: what an observer is told
///
/// A run drives a machine to its next item: a call, a page of a listing, an answer of a watch. None
/// of it holds a header, a query, a body or anything of the credentials.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Observed<'a> {
    /// A request is sent.
    #[non_exhaustive]
    Send {
        /// Its method.
        method: &'a Method,
        /// The host it goes to, with its port if that is told.
        host: &'a str,
        /// Its path, without the query.
        path: &'a str,
        /// The time left of the machine's deadline.
        within: Option<Duration>,
    },
    /// A response came, whatever its status.
    #[non_exhaustive]
    Reply {
        /// Its status.
        status: StatusCode,
        /// The service's id of the request, for its support.
        request_id: Option<&'a str>,
        /// How many bytes of its body came.
        length: usize,
    },
    /// No response came.
    #[non_exhaustive]
    Lost {
        /// Can the service have seen the request?
        lost: Lost,
        /// What happened.
        cause: &'a SendError,
    },
    /// It rests before it goes on.
    Sleep(Duration),
    /// It ended with an item.
    Item,
    /// It ended, for the machine is done.
    Done,
    /// It ended in an error.
    Failed(&'a Error),
    /// It was given up: a future that was dropped, or a panic.
    Dropped,
}

impl fmt::Display for Observed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send { method, host, path, .. } => write!(f, "send {method} {host}{path}"),
            Self::Reply { status, request_id: Some(id), length } => {
                write!(f, "reply {}, {length} bytes, request {id}", status.as_u16())
            }
            Self::Reply { status, length, .. } => {
                write!(f, "reply {}, {length} bytes", status.as_u16())
            }
            Self::Lost { lost, cause } => write!(f, "lost: {lost}: {cause}"),
            Self::Sleep(rest) => write!(f, "sleep {rest:?}"),
            Self::Item => f.write_str("item"),
            Self::Done => f.write_str("done"),
            Self::Failed(error) => write!(f, "failed: {error}"),
            Self::Dropped => f.write_str("dropped"),
        }
    }
}

/// A run under way, which tells the observer of its steps
///
/// Dropped before [`ends`](Self::ends), it says [`Observed::Dropped`].
#[derive(Debug)]
#[must_use = "a run that is dropped was given up"]
pub struct Run<'a> {
    setup: &'a Setup,
    number: u64,
    ended: bool,
    #[cfg(feature = "tracing")]
    span: tracing::Span,
}

impl<'a> Run<'a> {
    pub(crate) fn new(setup: &'a Setup, number: u64) -> Self {
        Self {
            setup,
            number,
            ended: false,
            #[cfg(feature = "tracing")]
            span: tracing::debug_span!("cos_batch", run = number),
        }
    }

    /// A request is sent.
    pub fn sends<B>(&self, request: &Request<B>, within: Option<Duration>) {
        let uri = request.uri();
        let host = uri.authority().map_or("", |authority| authority.as_str());
        self.tell(Observed::Send { method: request.method(), host, path: uri.path(), within });
    }

    /// A response came, or none.
    pub fn receives(&self, outcome: &Result<Response<Vec<u8>>, (Lost, SendError)>) {
        self.tell(match outcome {
            Ok(reply) => Observed::Reply {
                status: reply.status(),
                request_id: op::request_id(reply.headers()),
                length: reply.body().len(),
            },
            Err((lost, cause)) => Observed::Lost { lost: *lost, cause },
        });
    }

    /// It rests.
    pub fn rests(&self, rest: Duration) {
        self.tell(Observed::Sleep(rest));
    }

    /// It ended.
    pub fn ends<T>(mut self, ended: &Result<Option<T>, Failed<SendError>>) {
        self.ended = true;
        self.tell(match ended {
            Ok(Some(_)) => Observed::Item,
            Ok(None) => Observed::Done,
            Err(failed) => Observed::Failed(&failed.error),
        });
    }

    fn tell(&self, step: Observed<'_>) {
        if let Some(observer) = self.setup.observer() {
            observer(self.number, step);
        }
        #[cfg(feature = "tracing")]
        match step {
            Observed::Lost { .. } | Observed::Failed(_) | Observed::Dropped => {
                tracing::warn!(parent: &self.span, "{step}");
            }
            _ => tracing::debug!(parent: &self.span, "{step}"),
        }
    }
}

impl Drop for Run<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.tell(Observed::Dropped);
        }
    }
}
