//! The calls: one file each, seen from both ends of the wire
//!
//! A call is a type that implements [`Operation`]: its fields are the parameters, its four
//! functions the four directions. Whoever adds a call, here or in a crate of their own, writes one
//! such file; [`decode_reply`] and [`xml_response`] are what they share.

mod create_job;
mod delete_job;
mod describe_job;
mod elements;
mod list_jobs;
mod route;
mod service_error;
mod update_job_priority;
mod update_job_status;

pub use create_job::{CreateJob, CreateJobResult};
pub use delete_job::DeleteJob;
pub use describe_job::{DescribeJob, DescribeJobResult};
pub use list_jobs::{ListJobs, ListJobsResult, StatusForm};
pub(crate) use route::{Call, route};
pub use update_job_priority::{UpdateJobPriority, UpdateJobPriorityResult};
pub use update_job_status::{UpdateJobStatus, UpdateJobStatusResult};

use http::{HeaderMap, HeaderValue, Request, Response, header};

use crate::endpoint::Endpoint;
use crate::error::{
    BuildError, NotCos, ReplyError, RequestError, ServiceError, XmlError, XmlErrorKind,
};
use crate::text::Query;
use crate::value::{IntoOwned, masked, printable};
use crate::xml::{Limits, Reader};

/// The header that identifies a request; every reply of COS has it.
pub const REQUEST_ID_HEADER: &str = "x-cos-request-id";

/// The header that identifies a failure; error replies have it.
pub const TRACE_ID_HEADER: &str = "x-cos-trace-id";

/// One API call, seen from both ends of the wire
///
/// A client uses `encode_request` and `decode_response`, a server `decode_request` and
/// `encode_response`; a test uses all four against each other. Open: implement it for calls of
/// your own.
pub trait Operation: Sized {
    /// The name in the docs, such as `ListJobs`.
    const NAME: &'static str;

    /// What sending it twice means.
    const REPEAT: Repeat;

    /// The answer, which borrows its texts from the reply.
    type Output<'a>: IntoOwned<Owned = Self::Output<'static>>;

    /// Makes the request, complete but for the signature
    ///
    /// # Errors
    ///
    /// [`BuildError`] where a parameter holds what the wire cannot carry.
    fn encode_request(&self, endpoint: &Endpoint) -> Result<Request<Vec<u8>>, BuildError>;

    /// Reads the reply
    ///
    /// # Errors
    ///
    /// [`ReplyError`] where it is anything but the complete answer.
    fn decode_response<'a>(
        reply: &Response<&'a [u8]>,
        limits: &Limits,
    ) -> Result<Self::Output<'a>, ReplyError>;

    /// Reads the request, as a server
    ///
    /// # Errors
    ///
    /// [`RequestError`], which knows the documented code and status.
    fn decode_request(request: &Request<&[u8]>, limits: &Limits) -> Result<Self, RequestError>;

    /// Makes the reply, as a server
    ///
    /// # Errors
    ///
    /// [`BuildError`] where a value holds what XML cannot carry.
    fn encode_response(output: &Self::Output<'_>) -> Result<Response<Vec<u8>>, BuildError>;
}

/// What sending a call twice means
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "what may be repeated must be decided for each")]
pub enum Repeat {
    /// Twice is once: ListJobs, DescribeJob, UpdateJobPriority.
    Safe,
    /// The service refuses the second: CreateJob.
    SameToken,
    /// Twice is once, but the second answer may be an error: DeleteJob, UpdateJobStatus.
    AnswerMayDiffer,
}

/// Reads a reply whose document has the root `root`, or says why it cannot
///
/// The root element decides what a reply is; its status is a hint:
///
/// | document | status | gives |
/// | --- | --- | --- |
/// | `root` | any | what `decode` makes of it |
/// | `<Error>` | any | [`ReplyError::Service`] |
/// | cut off | any | [`XmlErrorKind::Truncated`] |
/// | HTML, or no XML at all | any | [`ReplyError::NotCos`] |
/// | any other, or empty | not 2xx | [`ReplyError::NotCos`] |
/// | any other, or empty | 2xx | [`ReplyError::Xml`] |
///
/// # Errors
///
/// As in the table; [`XmlErrorKind::TooLarge`] where the body exceeds `limits`.
pub fn decode_reply<'a, T>(
    reply: &Response<&'a [u8]>,
    limits: &Limits,
    root: &'static str,
    decode: impl FnOnce(&mut Reader<'a>) -> Result<T, XmlError>,
) -> Result<T, ReplyError> {
    enum Document<T> {
        Answer(T),
        Error(ServiceError),
        Html,
    }
    let body = *reply.body();
    let read = || -> Result<Document<T>, XmlError> {
        let mut reader = Reader::new(body, limits)?;
        let document = match reader.root()? {
            name if name == root => Document::Answer(decode(&mut reader)?),
            "Error" => Document::Error(service_error::decode(
                &mut reader,
                reply.status(),
                reply.headers(),
            )?),
            name if name.eq_ignore_ascii_case("html") => return Ok(Document::Html),
            name => {
                let found = printable(name, 64).into();
                return Err(reader.error(XmlErrorKind::UnexpectedRoot { found, expected: root }));
            }
        };
        reader.finish()?;
        Ok(document)
    };
    let not_cos = || Err(ReplyError::NotCos(Box::new(not_cos(reply))));
    if body.len() <= limits.bytes && !looks_like_xml(body) {
        return not_cos();
    }
    match read() {
        Ok(Document::Answer(answer)) => Ok(answer),
        Ok(Document::Error(error)) => Err(error.into()),
        Ok(Document::Html) => not_cos(),
        Err(error) => match error.kind() {
            XmlErrorKind::TooLarge { .. } => Err(error.into()),
            _ if reply.status().is_success() => Err(error.into()),
            XmlErrorKind::Truncated if !is_empty(body) => Err(error.into()),
            _ => not_cos(),
        },
    }
}

/// Reads the reply to a call that answers with nothing: any status of 2xx
///
/// A document in it is not read, but an `<Error>` is one, and a page of HTML is no answer.
///
/// # Errors
///
/// As [`decode_reply`] has it.
pub fn decode_empty_reply(reply: &Response<&[u8]>, limits: &Limits) -> Result<(), ReplyError> {
    let is_silent = is_empty(reply.body()) && reply.status().is_success();
    match decode_reply(reply, limits, "", |_| Ok(())) {
        Ok(()) => Ok(()),
        Err(_) if is_silent => Ok(()),
        Err(ReplyError::Xml(error))
            if matches!(error.kind(), XmlErrorKind::UnexpectedRoot { .. }) =>
        {
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// The answer of a server: status 200 and a document
#[must_use]
pub fn xml_response(document: Vec<u8>) -> Response<Vec<u8>> {
    let mut response = Response::new(document);
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/xml"));
    response
}

/// The id of the request that a reply answers, for the service's support.
#[must_use]
pub fn request_id(headers: &HeaderMap) -> Option<&str> {
    text_header(headers, REQUEST_ID_HEADER)
}

/// The decoded query of a request.
pub(crate) fn query<'a>(request: &'a Request<&[u8]>) -> Result<Query<'a>, RequestError> {
    Query::decode(request.uri().query().unwrap_or_default())
}

/// A header that holds a text; an empty one is an absent one.
fn text_header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok()).filter(|value| !value.is_empty())
}

fn not_cos(reply: &Response<&[u8]>) -> NotCos {
    let body = *reply.body();
    // Four bytes make a character at most.
    let start = body.get(..4 * NotCos::SHOWN).unwrap_or(body);
    NotCos {
        status: reply.status(),
        content_type: reply
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .map(Into::into),
        request_id: request_id(reply.headers()).map(Into::into),
        start: printable(&masked(&String::from_utf8_lossy(start)), NotCos::SHOWN).into(),
        length: body.len(),
    }
}

fn is_empty(body: &[u8]) -> bool {
    trimmed(body).is_empty()
}

/// Can a body be an XML document? Nothing yet, or a tag that is not HTML's.
fn looks_like_xml(body: &[u8]) -> bool {
    let body = trimmed(body);
    let is_html = ["<!doctype html", "<html"].iter().any(|start| {
        body.get(..start.len()).is_some_and(|body| body.eq_ignore_ascii_case(start.as_bytes()))
    });
    body.is_empty() || (body.starts_with(b"<") && !is_html)
}

/// A body without a byte order mark, whole or cut, and the space before its first tag.
fn trimmed(body: &[u8]) -> &[u8] {
    const MARK: &[u8] = b"\xef\xbb\xbf";
    if MARK.starts_with(body) {
        return b"";
    }
    body.strip_prefix(MARK).unwrap_or(body).trim_ascii_start()
}
