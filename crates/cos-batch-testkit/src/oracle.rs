//! What must hold for any bytes: the bodies of the fuzz targets
//!
//! They return where it holds and panic where it does not.
//!
//! # Replies
//!
//! The first byte of a reply chooses its status and whether it has headers, odd ones; the second
//! the call that it answers; the rest is the body:
//!
//! | status | 204 | 206 | 200 | 301 | 403 | 503 | 404 | 500 |
//! | --- | --- | --- | --- | --- | --- | --- | --- | --- |
//! | without headers | `0` | `1` | `2` | `3` | `4` | `5` | `6` | `7` |
//! | with headers | `8` | `9` | `:` | `;` | `<` | `=` | `>` | `?` |
//!
//! | call | `C` | `X` | `D` | `P` | `S` | `J` | any other |
//! | --- | --- | --- | --- | --- | --- | --- | --- |
//! | | CreateJob | DeleteJob | DescribeJob | UpdateJobPriority | UpdateJobStatus | no reply but a job in a file | ListJobs, `L` |
//!
//! # Requests
//!
//! A request is written as it goes over the wire, with line feeds alone:
//!
//! ```text
//! GET /jobs?maxResults=10
//! host: 127.0.0.1:9000
//! x-cos-appid: 1250000000
//!
//! ```

mod check;
mod course;
mod csv;
mod machine;
mod request_round;
mod server;
mod texts;
mod xml_diff;

pub use csv::csv;
pub use machine::{MACHINES, machine};
pub use request_round::request_round;
pub use server::{NOW, request_of, server};
pub use texts::reply_round;
pub use xml_diff::xml_diff;

use std::fmt::Debug;

use cos_batch::http::{HeaderValue, Response, StatusCode, header};
use cos_batch::op::{REQUEST_ID_HEADER, TRACE_ID_HEADER, decode_reply};
use cos_batch::{
    CreateJob, DeleteJob, DescribeJob, IntoOwned, Limits, ListJobs, ListJobsResult, Operation,
    ReplyError, UpdateJobPriority, UpdateJobStatus, XmlErrorKind,
};

pub(crate) use check::must;
use check::{check_error, is_blank, shown};

/// A reply to any of the calls, or a job in a file, whatever it is
///
/// - Reading it gives a value or an error, the same each time, and never panics.
/// - An error points into the body, and all of its texts are short and printable.
/// - What was read is equal to its detached copy, can be written, and is read back as it was;
///   written again it gives the same bytes.
/// - Where the body is larger than the limit, that is what the error says.
///
/// # Panics
///
/// Where that does not hold.
pub fn reply(data: &[u8]) {
    let (reply, call) = reply_of(data);
    match call {
        b'C' => answer::<CreateJob>(&reply),
        b'X' => answer::<DeleteJob>(&reply),
        b'D' => answer::<DescribeJob>(&reply),
        b'P' => answer::<UpdateJobPriority>(&reply),
        b'S' => answer::<UpdateJobStatus>(&reply),
        b'J' => {
            let read = |body: &[u8], limits: &Limits| Ok(CreateJob::from_xml(body, limits)?);
            if let Some(create) = look(reply.body(), read) {
                job(&create);
            }
        }
        _ => answer::<ListJobs>(&reply),
    }
}

fn answer<O>(reply: &Response<&[u8]>)
where
    O: Operation,
    O::Output<'static>: Clone + Debug + PartialEq,
{
    let read = |body: &[u8], limits: &Limits| {
        let reply = reply.clone().map(|_| body);
        let output = O::decode_response(&reply, limits)?;
        let written = must(O::encode_response(&output)).into_body();
        let output = output.into_owned();
        let detached = must(O::encode_response(&output)).into_body();
        assert_eq!(shown(&detached), shown(&written), "the detached copy has another form");
        Ok(output)
    };
    if let Some(output) = look(reply.body(), read) {
        round::<O>(&output);
    }
}

/// A page of a listing, whatever it is: read as a reply it gives what a reader gives, of the same
/// page, under the same limit
///
/// A reply takes a way of its own where its page is plain; a reader is the measure. The two bytes
/// before the body are those of any reply.
///
/// # Panics
///
/// Where that does not hold.
pub fn plain_page(data: &[u8]) {
    let (reply, _) = reply_of(data);
    let length = reply.body().len();
    for limits in
        [Limits::default(), Limits::bytes(length), Limits::bytes(length.saturating_sub(1))]
    {
        let by_reader = decode_reply(&reply, &limits, "ListJobsResult", ListJobsResult::decode);
        assert_eq!(
            ListJobs::decode_response(&reply, &limits),
            by_reader,
            "{}",
            shown(reply.body())
        );
    }
}

/// What can be read of a body, by all that holds for reading.
fn look<T>(body: &[u8], read: impl Fn(&[u8], &Limits) -> Result<T, ReplyError>) -> Option<T>
where
    T: Debug + PartialEq,
{
    let result = read(body, &Limits::default());
    assert_eq!(result, read(body, &Limits::default()));
    if !is_blank(body) {
        let limit = body.len() - 1;
        let Err(ReplyError::Xml(error)) = read(body, &Limits::bytes(limit)) else {
            panic!("a body of {} bytes passes a limit of {limit}", body.len());
        };
        assert_eq!(error.kind(), &XmlErrorKind::TooLarge { limit });
    }
    match result {
        Ok(value) => Some(value),
        Err(error) => {
            check_error(&error, body);
            None
        }
    }
}

/// Writes an answer and reads it back, twice.
fn round<O>(output: &O::Output<'static>)
where
    O: Operation,
    O::Output<'static>: Debug + PartialEq,
{
    let written = must(O::encode_response(output)).into_body();
    let reply = Response::new(written.as_slice());
    let read = must(O::decode_response(&reply, &Limits::default())).into_owned();
    assert_eq!(&read, output, "read back from {}", shown(&written));
    let again = must(O::encode_response(&read)).into_body();
    assert_eq!(shown(&again), shown(&written), "the canonical form has another");
}

/// Writes a job into a file and reads it back, twice.
fn job(create: &CreateJob) {
    let written = must(create.to_xml());
    let read = must(CreateJob::from_xml(&written, &Limits::default()));
    assert_eq!(&read, create, "read back from {}", shown(&written));
    assert_eq!(shown(&must(read.to_xml())), shown(&written), "the canonical form has another");
}

/// An answer or a job in a file, cut off after each byte
///
/// Until its root has ended a document that is cut is cut, from then on it is the whole document
/// or cut in what follows the root. Documents of more than [`MOST_CUT`] bytes and what cannot be
/// read are not looked at, nor are the answers to DeleteJob, which may be empty.
///
/// # Panics
///
/// Where that does not hold.
pub fn truncate(data: &[u8]) {
    let (reply, call) = reply_of(data);
    match call {
        b'C' => cut_answer::<CreateJob>(&reply),
        b'X' => {}
        b'D' => cut_answer::<DescribeJob>(&reply),
        b'P' => cut_answer::<UpdateJobPriority>(&reply),
        b'S' => cut_answer::<UpdateJobStatus>(&reply),
        b'J' => cut(reply.body(), "CreateJobRequest", false, |body| {
            Ok(CreateJob::from_xml(body, &Limits::default())?)
        }),
        _ => cut_answer::<ListJobs>(&reply),
    }
}

/// The most bytes of a document that [`truncate`] cuts: it takes the square of their time.
pub const MOST_CUT: usize = 4096;

fn cut_answer<O>(reply: &Response<&[u8]>)
where
    O: Operation,
    O::Output<'static>: Debug + PartialEq,
{
    // An error status without a body is complete.
    let is_failure = !reply.status().is_success();
    cut(reply.body(), &format!("{}Result", O::NAME), is_failure, |body| {
        let reply = reply.clone().map(|_| body);
        O::decode_response(&reply, &Limits::default()).map(IntoOwned::into_owned)
    });
}

fn cut<T>(body: &[u8], root: &str, is_failure: bool, read: impl Fn(&[u8]) -> Result<T, ReplyError>)
where
    T: Debug + PartialEq,
{
    if body.len() > MOST_CUT {
        return;
    }
    let Ok(document) = read(body) else { return };
    // Within a byte order mark nothing tells yet what will follow.
    let start = if body.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let mut root_ended = false;
    for end in start..body.len() {
        let (cut, _) = body.split_at(end);
        match read(cut) {
            Ok(whole) => {
                assert!(root_ended || ends_root(cut, root), "passes: {}", shown(cut));
                assert_eq!(whole, document, "the rest has changed it: {}", shown(body));
                root_ended = true;
            }
            Err(ReplyError::Xml(error)) if *error.kind() == XmlErrorKind::Truncated => {
                assert!(error.offset() <= cut.len(), "{error}: {}", shown(cut));
            }
            Err(ReplyError::NotCos(_)) if is_blank(cut) && is_failure => {}
            Err(error) => panic!("cut, and not taken for cut: {error}: {}", shown(cut)),
        }
    }
}

/// Does a document cut here end in the end of its root?
fn ends_root(cut: &[u8], root: &str) -> bool {
    let tag = cut.iter().rposition(|byte| *byte == b'<').and_then(|at| cut.get(at..));
    tag.is_some_and(|tag| tag.ends_with(b">") && shown(tag).contains(root))
}

/// The reply that an input stands for, and the letter of its call.
#[must_use]
pub fn reply_of(data: &[u8]) -> (Response<&[u8]>, u8) {
    let (choice, rest) = data.split_first().unwrap_or((&b'2', &[]));
    let (call, body) = rest.split_first().unwrap_or((&b'L', &[]));
    let mut reply = Response::new(body);
    *reply.status_mut() = match choice % 8 {
        0 => StatusCode::NO_CONTENT,
        1 => StatusCode::PARTIAL_CONTENT,
        2 => StatusCode::OK,
        3 => StatusCode::MOVED_PERMANENTLY,
        4 => StatusCode::FORBIDDEN,
        5 => StatusCode::SERVICE_UNAVAILABLE,
        6 => StatusCode::NOT_FOUND,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    if choice & 8 != 0 {
        let headers = reply.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=\"x"));
        headers.insert(REQUEST_ID_HEADER, HeaderValue::from_static("NWNhMTU5 \"\\&<"));
        if let Ok(id) = HeaderValue::from_bytes(b"\xff\xe4\xb8") {
            headers.insert(TRACE_ID_HEADER, id);
        }
    }
    (reply, *call)
}
