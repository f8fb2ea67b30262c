//! All error types, by whose fault it is
//!
//! | type | at fault |
//! | --- | --- |
//! | [`BuildError`], [`SignError`] | the caller |
//! | [`Lost`] | the network |
//! | [`ReplyError`] | the service, or whatever answered in its place |
//! | [`RequestError`], [`VerifyError`] | the client, seen from a server |
//! | [`Error`] | any of these, as a machine reports it |
//!
//! Every error is plain data: it can be cloned, compared, stored and printed, and holds no secret.

mod code;
mod machine;
mod reply;
mod request;
mod xml;

pub use code::ErrorCode;
pub use machine::{Error, Lost};
pub use reply::{NotCos, ReplyError, ServiceError};
pub use request::{RequestError, VerifyError};
pub use xml::{XmlError, XmlErrorKind};

use std::fmt;

use crate::date::format_timestamp;
use crate::value::ValueError;

/// A request that cannot be built from its parameters
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum BuildError {
    /// A parameter holds a value that the wire cannot carry.
    Value {
        /// The parameter or element, in the docs' spelling.
        name: &'static str,
        /// What is wrong with it.
        error: ValueError,
    },
    /// The scheme, authority and path do not make a URI.
    Uri(Box<str>),
    /// A text holds a character that XML 1.0 cannot carry.
    Forbidden {
        /// The element that should hold the text.
        element: Box<str>,
        /// The first such character.
        character: char,
    },
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value { name, error } => write!(f, "{name}: {error}"),
            Self::Uri(uri) => write!(f, "not a URI: {uri}"),
            Self::Forbidden { element, character } => {
                write!(f, "{element}: XML cannot carry the character {character:?}; remove it")
            }
        }
    }
}

impl std::error::Error for BuildError {}

/// A request that cannot be signed
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum SignError {
    /// The secret id, secret key or security token is malformed; says which and why, and never
    /// shows it.
    Credentials {
        /// `secret id`, `secret key` or `security token`.
        part: &'static str,
        /// What a legal value looks like.
        expected: &'static str,
    },
    /// The credentials had expired at the time of signing.
    Expired {
        /// When they expired.
        at: time::OffsetDateTime,
    },
    /// The signing key does not hold at the time of signing: its window is over, or yet to come.
    NotInWindow,
    /// The request has neither a `Host` header nor an authority in its URI, or more than one host,
    /// or one that is not ASCII.
    NoHost,
    /// The query of a request that is to be presigned has a signature, or a security token, already.
    AlreadySigned,
    /// The request cannot carry the signature in its URI.
    Uri,
}

impl fmt::Display for SignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Credentials { part, expected } => {
                write!(f, "the {part} is malformed: expected {expected}")
            }
            Self::Expired { at } => {
                let at = format_timestamp(*at).unwrap_or_else(|_| at.to_string());
                write!(f, "the credentials expired at {at}; renew them and try again")
            }
            Self::NotInWindow => {
                f.write_str("the signing key does not hold now; make another and sign again")
            }
            Self::NoHost => f.write_str("the request does not name one host to sign"),
            Self::AlreadySigned => f.write_str(
                "the query already has q-* or sign, or a security token; presign the bare request",
            ),
            Self::Uri => f.write_str("the request's URI cannot carry a signature"),
        }
    }
}

impl std::error::Error for SignError {}
