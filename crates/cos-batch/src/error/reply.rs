use std::fmt;

use http::StatusCode;

use super::{ErrorCode, XmlError, XmlErrorKind};
use crate::value::{HttpString, printable};

/// A reply that is not the answer asked for
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ReplyError {
    /// The service refused, with an `<Error>` document, whatever the status.
    Service(Box<ServiceError>),
    /// The reply is no COS document: a proxy's HTML page, an error status without a readable
    /// `<Error>`.
    NotCos(Box<NotCos>),
    /// The reply is a document, but cut off, malformed, of another kind, or with a value that
    /// makes no sense.
    Xml(XmlError),
}

/// What the service says of a refused request
///
/// ```xml
/// <Error>
///   <Code>NoSuchJob</Code>
///   <Message>text</Message>
///   <Resource>text</Resource>
///   <RequestId>same as x-cos-request-id</RequestId>
///   <TraceId>same as x-cos-trace-id</TraceId>
/// </Error>
/// ```
///
/// Page: <https://www.tencentcloud.com/document/product/436/33787>.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ServiceError {
    /// The status of the response. Not part of the document.
    pub status: StatusCode,
    /// The code, which decides what to do.
    pub code: ErrorCode,
    /// A text for people; its wording is undocumented.
    pub message: Option<Box<str>>,
    /// The requested resource.
    pub resource: Option<Box<str>>,
    /// Identifies the request to the service's support; from the body, else from
    /// `x-cos-request-id`.
    pub request_id: Option<Box<str>>,
    /// Identifies the failure to the service's support; from the body, else from
    /// `x-cos-trace-id`.
    pub trace_id: Option<Box<str>>,
    /// The `HttpString` that the service computed, on `SignatureDoesNotMatch`.
    pub format_string: Option<HttpString>,
    /// The `StringToSign` that the service computed, on `SignatureDoesNotMatch`.
    pub string_to_sign: Option<Box<str>>,
    /// The service's clock, on clock errors. Its format is undocumented.
    pub server_time: Option<Box<str>>,
}

impl ServiceError {
    /// The message of an [`ErrorCode::AccessDenied`] that means an expired signature: the one
    /// message text that is documented.
    pub const EXPIRED: &'static str = "Request has expired";

    /// A refusal with `status` and `code`, all else absent.
    #[must_use]
    pub fn new(status: StatusCode, code: ErrorCode) -> Self {
        Self {
            status,
            code,
            message: None,
            resource: None,
            request_id: None,
            trace_id: None,
            format_string: None,
            string_to_sign: None,
            server_time: None,
        }
    }

    /// May the same request succeed when sent again later, signed anew?
    ///
    /// Known codes decide; for a code that no page documents the status does (429 and the 5xx
    /// that mean a passing fault).
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self.code {
            ErrorCode::Other(_) => is_transient_status(self.status),
            ref code => code.is_transient(),
        }
    }

    /// Does the refusal say that the client's clock is off, or that the signature came too late?
    #[must_use]
    pub fn is_clock_skew(&self) -> bool {
        let expired =
            self.code == ErrorCode::AccessDenied && self.message.as_deref() == Some(Self::EXPIRED);
        expired || self.code.is_clock_skew()
    }
}

impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (HTTP {})", printable(self.code.as_str(), 64), self.status.as_u16())?;
        if let Some(message) = &self.message {
            write!(f, ": {}", printable(message, 512))?;
        }
        for (name, id) in [("request", &self.request_id), ("trace", &self.trace_id)] {
            if let Some(id) = id {
                write!(f, ", {name} {}", printable(id, 128))?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for ServiceError {}

/// A reply that did not come from COS, or says nothing but its status
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct NotCos {
    /// The status of the response.
    pub status: StatusCode,
    /// Its `Content-Type`, if it has a readable one.
    pub content_type: Option<Box<str>>,
    /// Its `x-cos-request-id`. Where it is absent the reply did not come from COS.
    pub request_id: Option<Box<str>>,
    /// The start of the body, at most [`NotCos::SHOWN`] characters, printable, with tokens and
    /// signatures masked.
    pub start: Box<str>,
    /// The length of the body, in bytes.
    pub length: usize,
}

impl NotCos {
    /// How many characters of the body are kept.
    pub const SHOWN: usize = 200;
}

impl fmt::Display for NotCos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the reply is no COS document (HTTP {}", self.status.as_u16())?;
        if let Some(content_type) = &self.content_type {
            write!(f, ", {}", printable(content_type, 128))?;
        }
        if self.length == 0 {
            f.write_str(", empty)")
        } else {
            write!(f, ", {} bytes: \"{}\")", self.length, self.start)
        }
    }
}

impl std::error::Error for NotCos {}

impl ReplyError {
    /// May the same request succeed when sent again later, signed anew?
    ///
    /// A cut document is transient whatever its status; a document that is wrong in another way
    /// would come again.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Service(error) => error.is_transient(),
            Self::NotCos(reply) => is_transient_status(reply.status),
            Self::Xml(error) => matches!(error.kind(), XmlErrorKind::Truncated),
        }
    }

    /// The id under which the service's support finds the request, where the reply has one.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Service(error) => error.request_id.as_deref(),
            Self::NotCos(reply) => reply.request_id.as_deref(),
            Self::Xml(_) => None,
        }
    }
}

/// The statuses that mean a passing fault where no code says more.
fn is_transient_status(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS
            | StatusCode::INTERNAL_SERVER_ERROR
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
    )
}

impl From<ServiceError> for ReplyError {
    fn from(error: ServiceError) -> Self {
        Self::Service(Box::new(error))
    }
}

impl From<XmlError> for ReplyError {
    fn from(error: XmlError) -> Self {
        Self::Xml(error)
    }
}

impl fmt::Display for ReplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Service(error) => write!(f, "the service refused: {error}"),
            Self::NotCos(reply) => reply.fmt(f),
            Self::Xml(error) => write!(f, "the reply cannot be read: {error}"),
        }
    }
}

impl std::error::Error for ReplyError {}
