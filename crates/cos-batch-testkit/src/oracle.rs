//! What must hold for any bytes: the bodies of the fuzz targets
//!
//! They return where it holds and panic where it does not. The first byte of an input chooses the
//! status of a reply and whether it has headers, odd ones; the rest is the body:
//!
//! | status | 204 | 206 | 200 | 301 | 403 | 503 | 404 | 500 |
//! | --- | --- | --- | --- | --- | --- | --- | --- | --- |
//! | without headers | `0` | `1` | `2` | `3` | `4` | `5` | `6` | `7` |
//! | with headers | `8` | `9` | `:` | `;` | `<` | `=` | `>` | `?` |

use std::borrow::Cow;
use std::fmt::Debug;
use std::str::FromStr;

use cos_batch::http::{HeaderValue, Response, StatusCode, header};
use cos_batch::op::{REQUEST_ID_HEADER, TRACE_ID_HEADER};
use cos_batch::time::OffsetDateTime;
use cos_batch::{
    BuildError, IntoOwned, JobSummary, Limits, ListJobs, ListJobsResult, NotCos, Operation,
    Priority, ProgressSummary, ReplyError, ServiceError, XmlError, XmlErrorKind, printable,
};

/// A reply to ListJobs, whatever it is
///
/// - Reading it gives a value or an error, the same each time, and never panics.
/// - An error points into the body, and all of its texts are short and printable.
/// - A page that was read is equal to its detached copy, can be written, and is read back as it
///   was; written again it gives the same bytes.
/// - Where the body is larger than the limit, that is what the error says.
///
/// # Panics
///
/// Where that does not hold.
pub fn reply(data: &[u8]) {
    let reply = reply_of(data);
    let body = *reply.body();
    let result = ListJobs::decode_response(&reply, &Limits::default());
    assert_eq!(result, ListJobs::decode_response(&reply, &Limits::default()));
    match &result {
        Ok(page) => round(page),
        Err(error) => check_error(error, body),
    }
    if !is_blank(body) {
        let limit = body.len() - 1;
        let Err(ReplyError::Xml(error)) = ListJobs::decode_response(&reply, &Limits::bytes(limit))
        else {
            panic!("a body of {} bytes passes a limit of {limit}", body.len());
        };
        assert_eq!(error.kind(), &XmlErrorKind::TooLarge { limit });
    }
}

/// A page of ListJobs, cut off after each byte
///
/// Until its root has ended a cut page is cut, from then on it is the whole page or cut in what
/// follows the root. Pages of more than [`MOST_CUT`] bytes and what is no page are not looked at.
///
/// # Panics
///
/// Where that does not hold.
pub fn truncate(data: &[u8]) {
    let reply = reply_of(data);
    let body = *reply.body();
    if body.len() > MOST_CUT {
        return;
    }
    let Ok(page) = ListJobs::decode_response(&reply, &Limits::default()) else { return };
    // An error status without a body is complete.
    let is_failure = !reply.status().is_success();
    // Within a byte order mark nothing tells yet what will follow.
    let start = if body.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let mut root_ended = false;
    for end in start..body.len() {
        let (cut, _) = body.split_at(end);
        match ListJobs::decode_response(&reply.clone().map(|_| cut), &Limits::default()) {
            Ok(whole) => {
                assert!(root_ended || ends_root(cut), "passes for a page: {}", shown(cut));
                assert_eq!(whole, page, "the rest has changed the page: {}", shown(body));
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

/// The most bytes of a page that [`truncate`] cuts: it takes the square of their time.
pub const MOST_CUT: usize = 4096;

/// A page and a refusal whose texts are made of the bytes: read back as they were written
///
/// `|` stands between two texts. A text that is illegal where it should stand is replaced. A
/// character that XML forbids is refused in a page; a refusal can always be written.
///
/// # Panics
///
/// Where that does not hold.
pub fn reply_round(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut texts = text.split('|').chain(std::iter::repeat(""));
    let mut next = || texts.next().unwrap_or_default();
    let mut some = || Some(next()).filter(|text| !text.is_empty());

    let mut summary = ProgressSummary::new(data.len() as u64, 0, u64::MAX);
    summary.auto_manifest_status = some().map(Cow::from);
    let mut job = JobSummary::new(
        parsed(some(), "a"),
        parsed(some(), "COSDeleteObject"),
        Priority::MAX,
        parsed(some(), "New"),
        OffsetDateTime::UNIX_EPOCH,
    );
    job.description = some().map(Cow::from);
    job.progress_summary = Some(summary);
    let mut page = ListJobsResult::new(vec![job]);
    page.next_token = some().and_then(|text| text.try_into().ok());
    match ListJobs::encode_response(&page) {
        Ok(_) => round(&page),
        Err(error) => check_forbidden(&error, &text),
    }

    let mut refusal = ServiceError::new(StatusCode::FORBIDDEN, parsed(some(), "AccessDenied"));
    refusal.format_string = some().map(|text| text.to_owned().into());
    for field in [
        &mut refusal.message,
        &mut refusal.resource,
        &mut refusal.request_id,
        &mut refusal.trace_id,
        &mut refusal.string_to_sign,
        &mut refusal.server_time,
    ] {
        *field = some().map(Into::into);
    }
    let (parts, body) = refusal.encode().into_parts();
    let reply = Response::from_parts(parts, body.as_slice());
    let read = ListJobs::decode_response(&reply, &Limits::default());
    if !text.contains(is_forbidden) {
        assert_eq!(read, Err(refusal.into()), "read back from {}", shown(&body));
    } else {
        assert!(matches!(read, Err(ReplyError::Service(_))), "read back from {}", shown(&body));
    }
}

fn parsed<T: FromStr<Err: Debug>>(text: Option<&str>, else_from: &str) -> T {
    text.and_then(|text| text.parse().ok()).unwrap_or_else(|| must(else_from.parse()))
}

/// Is it because of a character that is there, and that XML forbids?
fn check_forbidden(error: &BuildError, text: &str) {
    let BuildError::Forbidden { character, .. } = error else { panic!("{error}") };
    assert!(is_forbidden(*character) && text.contains(*character), "{error}");
}

/// May no XML document hold it?
fn is_forbidden(c: char) -> bool {
    matches!(c, '\0'..' ' | '\u{fffe}' | '\u{ffff}') && !matches!(c, '\t' | '\n' | '\r')
}

/// Writes a page and reads it back, twice.
fn round(page: &ListJobsResult<'_>) {
    assert_eq!(&page.clone().into_owned(), page, "detached");
    let written = must(ListJobs::encode_response(page)).into_body();
    let reply = Response::new(written.as_slice());
    let read = must(ListJobs::decode_response(&reply, &Limits::default()));
    assert_eq!(&read, page, "read back from {}", shown(&written));
    let again = must(ListJobs::encode_response(&read)).into_body();
    assert_eq!(shown(&again), shown(&written), "the canonical form has another");
}

fn check_error(error: &ReplyError, body: &[u8]) {
    check_text(&error.to_string(), usize::MAX);
    match error {
        ReplyError::Xml(error) => check_xml_error(error, body),
        ReplyError::NotCos(reply) => {
            check_text(&reply.start, LONGEST_ESCAPE * NotCos::SHOWN + 1);
            assert_eq!(reply.length, body.len());
        }
        // Code 64, message 512, two ids of 128, and the words between.
        ReplyError::Service(error) => {
            check_text(&error.to_string(), LONGEST_ESCAPE * (64 + 512 + 2 * 128) + 100);
            assert!(
                !matches!(error.message.as_deref(), Some("")),
                "an empty text is an absent one"
            );
        }
        error => panic!("an error that nobody has looked at: {error}"),
    }
}

fn check_xml_error(error: &XmlError, body: &[u8]) {
    assert!(error.offset() <= body.len(), "{error} in {} bytes", body.len());
    // Names of the document, and an index at each of its levels.
    check_text(error.path(), body.len() + Limits::DEPTH * "/[4294967295]".len());
    match error.kind() {
        XmlErrorKind::UnexpectedRoot { found, .. } => check_text(found, LONGEST_ESCAPE * 64 + 1),
        XmlErrorKind::BadValue(error) => check_text(&error.found, LONGEST_ESCAPE * 64 + 1),
        _ => {}
    }
}

/// `\u{10ffff}`
const LONGEST_ESCAPE: usize = 10;

fn check_text(text: &str, most: usize) {
    assert_eq!(printable(text, usize::MAX), text, "fit for a terminal");
    assert!(text.chars().count() <= most, "{} characters: {text}", text.chars().count());
}

/// Nothing but a byte order mark and space: an empty body, however long.
fn is_blank(body: &[u8]) -> bool {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii().is_empty()
}

/// Does a page cut here end in the end of its root?
fn ends_root(cut: &[u8]) -> bool {
    let tag = cut.iter().rposition(|byte| *byte == b'<').and_then(|at| cut.get(at..));
    tag.is_some_and(|tag| tag.ends_with(b">") && shown(tag).contains("ListJobsResult"))
}

/// The reply that an input stands for.
#[must_use]
pub fn reply_of(data: &[u8]) -> Response<&[u8]> {
    let (choice, body) = data.split_first().unwrap_or((&b'2', &[]));
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
    reply
}

fn must<T, E: Debug>(result: Result<T, E>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("this cannot fail: {error:?}"),
    }
}

fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
