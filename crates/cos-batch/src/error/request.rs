use std::fmt;

use http::StatusCode;

use super::{ErrorCode, ServiceError, XmlError, XmlErrorKind};
use crate::value::{HttpString, ValueError};

/// A request that a server cannot take for the call it is meant for
///
/// Each has the status and code that the docs give it; [`RequestError::to_service_error`] makes
/// the answer.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum RequestError {
    /// No call has this path.
    NoSuchCall,
    /// The path is that of a call, the method is not.
    MethodNotAllowed,
    /// The request is for another call than the one it was decoded as.
    OtherCall,
    /// A header is missing or empty.
    MissingHeader(&'static str),
    /// A query parameter or header holds an illegal value.
    InvalidArgument {
        /// The parameter or header, as it is written on the wire.
        name: &'static str,
        /// What is wrong with it.
        error: ValueError,
    },
    /// The path names no job.
    NoJobId,
    /// The query names no priority.
    NoPriority,
    /// The body is empty.
    NoBody,
    /// `Content-MD5` is not that of the body.
    BadDigest,
    /// `Content-MD5` is not the Base64 of 16 bytes.
    InvalidDigest,
    /// A query parameter that may stand once stands twice.
    Repeated(&'static str),
    /// The query is not percent-encoded UTF-8.
    Query,
    /// The body is not the document that the call takes.
    Body(XmlError),
}

impl RequestError {
    /// The code that the docs give it.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::NoSuchCall
            | Self::OtherCall
            | Self::NoJobId
            | Self::NoPriority
            | Self::NoBody => ErrorCode::InvalidRequest,
            Self::BadDigest => ErrorCode::BadDigest,
            Self::InvalidDigest => ErrorCode::InvalidDigest,
            Self::MethodNotAllowed => ErrorCode::MethodNotAllowed,
            Self::MissingHeader(_)
            | Self::InvalidArgument { .. }
            | Self::Repeated(_)
            | Self::Query => ErrorCode::InvalidArgument,
            Self::Body(error) => body_code(error),
        }
    }

    /// The status that the docs give it.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NoSuchCall => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    /// The answer to such a request.
    #[must_use]
    pub fn to_service_error(&self) -> ServiceError {
        let mut answer = ServiceError::new(self.status(), self.code());
        answer.message = Some(self.to_string().into());
        answer
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchCall => f.write_str("no call has this path"),
            Self::MethodNotAllowed => f.write_str("this path does not take this method"),
            Self::OtherCall => f.write_str("the request is for another call"),
            Self::MissingHeader(name) => write!(f, "{name} is missing or empty"),
            Self::InvalidArgument { name, error } => write!(f, "{name}: {error}"),
            Self::NoJobId => f.write_str("the path names no job"),
            Self::NoPriority => f.write_str("no priority is given"),
            Self::NoBody => f.write_str("the request has no body"),
            Self::BadDigest => f.write_str("Content-MD5 is not that of the body"),
            Self::InvalidDigest => f.write_str("Content-MD5 is not the Base64 of 16 bytes"),
            Self::Repeated(name) => write!(f, "{name} is given more than once"),
            Self::Query => f.write_str("the query is not percent-encoded UTF-8"),
            Self::Body(error) => write!(f, "the body cannot be read: {error}"),
        }
    }
}

impl std::error::Error for RequestError {}

/// `MalformedXML` for a document that is none, and for what is wrong in `Manifest`, `Operation` or
/// `Report`; `InvalidArgument` for any other parameter that is empty or invalid.
fn body_code(error: &XmlError) -> ErrorCode {
    let parameter = error.path().split('/').nth(1).unwrap_or_default();
    let is_part = ["Manifest", "Operation", "Report"].contains(&parameter);
    match error.kind() {
        XmlErrorKind::TooLarge { .. } => ErrorCode::XmlSizeLimit,
        XmlErrorKind::Missing | XmlErrorKind::BadValue(_) if !is_part => ErrorCode::InvalidArgument,
        _ => ErrorCode::MalformedXml,
    }
}

/// A request whose signature a server does not accept
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum VerifyError {
    /// The request carries no signature.
    Unsigned,
    /// The signature is not seven `key=value` pairs with the algorithm `sha1`; says what is wrong.
    Malformed(&'static str),
    /// Nobody has this secret id, or not with this token.
    UnknownId,
    /// The signature's time lies in the future by more than the tolerance.
    NotYetValid,
    /// The signature's time is over.
    Expired,
    /// The policy demands that this header be signed.
    HeaderNotSigned(&'static str),
    /// The policy demands that every parameter be signed, and one is not.
    ParameterNotSigned,
    /// The signature is not the one that the request's parts give.
    Mismatch {
        /// The `HttpString` that the request's parts give.
        format_string: HttpString,
        /// The `StringToSign` that follows from it.
        string_to_sign: Box<str>,
    },
}

impl VerifyError {
    /// The code for the answer. That of a malformed or missing signature is undocumented;
    /// `AccessDenied` is our choice.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Unsigned
            | Self::Malformed(_)
            | Self::Expired
            | Self::HeaderNotSigned(_)
            | Self::ParameterNotSigned => ErrorCode::AccessDenied,
            Self::UnknownId => ErrorCode::InvalidAccessKeyId,
            Self::NotYetValid => ErrorCode::RequestTimeTooSkewed,
            Self::Mismatch { .. } => ErrorCode::SignatureDoesNotMatch,
        }
    }

    /// The answer to such a request.
    #[must_use]
    pub fn to_service_error(&self) -> ServiceError {
        let mut answer = ServiceError::new(StatusCode::FORBIDDEN, self.code());
        answer.message = Some(match self {
            // The one message text that is documented, and that clients act upon.
            Self::Expired => ServiceError::EXPIRED.into(),
            _ => self.to_string().into(),
        });
        if let Self::Mismatch { format_string, string_to_sign } = self {
            answer.format_string = Some(format_string.clone());
            answer.string_to_sign = Some(string_to_sign.clone());
        }
        answer
    }
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsigned => f.write_str("the request is not signed"),
            Self::Malformed(what) => write!(f, "the signature is malformed: {what}"),
            Self::UnknownId => f.write_str("the secret id is unknown"),
            Self::NotYetValid => f.write_str("the signature's time lies in the future"),
            Self::Expired => f.write_str("the signature has expired"),
            Self::HeaderNotSigned(name) => write!(f, "the header {name} must be signed"),
            Self::ParameterNotSigned => f.write_str("every query parameter must be signed"),
            Self::Mismatch { .. } => f.write_str("the signature does not match the request"),
        }
    }
}

impl std::error::Error for VerifyError {}
