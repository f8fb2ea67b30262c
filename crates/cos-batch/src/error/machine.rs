use std::fmt;

use super::{BuildError, ReplyError, SignError};
use crate::value::printable;

/// Why there is no response: can the service have seen the request?
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a driver must say one or the other")]
pub enum Lost {
    /// It cannot: the name was not resolved, the connection was refused, the handshake failed.
    BeforeSending,
    /// It can: the connection broke, or time ran out, after the first byte had left.
    AfterSending,
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BeforeSending => "the request could not be sent",
            Self::AfterSending => "the request was sent, but no complete response came back",
        })
    }
}

impl std::error::Error for Lost {}

/// Why a machine ended without what it was to bring
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// The request cannot be built. Nothing was sent.
    Build(BuildError),
    /// The request cannot be signed. Nothing was sent by this attempt; mend the cause and ask
    /// again.
    Sign(SignError),
    /// No response to any attempt.
    Lost(Lost),
    /// The last attempt brought a reply that is not the answer asked for.
    Reply(ReplyError),
    /// The deadline passed; the cause is what the last attempt brought, if there was one.
    DeadlinePassed {
        /// How the last attempt ended.
        cause: Option<Box<Self>>,
    },
    /// An attempt may have been carried out, and nothing says whether it was.
    OutcomeUnknown {
        /// How the last attempt ended.
        cause: Box<Self>,
    },
    /// The service gave a token again that it had given before: its listing goes round in a
    /// circle.
    RepeatedToken {
        /// The token.
        token: Box<str>,
    },
    /// The listing has more pages than the caller allowed.
    PageLimit {
        /// How many pages were read.
        pages: u32,
        /// The token that the next page begins with.
        token: Box<str>,
    },
}

impl Error {
    /// May the whole undertaking succeed when begun again later?
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Lost(_) => true,
            Self::Reply(error) => error.is_transient(),
            Self::DeadlinePassed { cause } => {
                cause.as_ref().is_none_or(|cause| cause.is_transient())
            }
            Self::Build(_)
            | Self::Sign(_)
            | Self::OutcomeUnknown { .. }
            | Self::RepeatedToken { .. }
            | Self::PageLimit { .. } => false,
        }
    }

    /// The error that an ending was caused by: itself, or what is inside `DeadlinePassed` and
    /// `OutcomeUnknown`.
    #[must_use]
    pub fn root_cause(&self) -> &Self {
        match self {
            Self::DeadlinePassed { cause: Some(cause) } | Self::OutcomeUnknown { cause } => {
                cause.root_cause()
            }
            _ => self,
        }
    }
}

impl From<BuildError> for Error {
    fn from(error: BuildError) -> Self {
        Self::Build(error)
    }
}

impl From<SignError> for Error {
    fn from(error: SignError) -> Self {
        Self::Sign(error)
    }
}

impl From<ReplyError> for Error {
    fn from(error: ReplyError) -> Self {
        Self::Reply(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Build(error) => error.fmt(f),
            Self::Sign(error) => error.fmt(f),
            Self::Lost(lost) => lost.fmt(f),
            Self::Reply(error) => error.fmt(f),
            Self::DeadlinePassed { cause: None } => f.write_str("the deadline passed"),
            Self::DeadlinePassed { cause: Some(cause) } => {
                write!(f, "the deadline passed; last of all, {cause}")
            }
            Self::OutcomeUnknown { cause } => {
                write!(f, "the request may or may not have been carried out: {cause}")
            }
            Self::RepeatedToken { token } => {
                let token = printable(token, 64);
                write!(f, "the listing goes round in a circle: the token \"{token}\" came twice")
            }
            Self::PageLimit { pages, token } => {
                let token = printable(token, 64);
                write!(
                    f,
                    "the listing goes on after {pages} pages; resume at the token \"{token}\""
                )
            }
        }
    }
}

impl std::error::Error for Error {}
