//! What may happen to a machine, told by bytes: another byte is another event
//!
//! Where the bytes have ended every choice is the first one, and the first event is an answer under 200
//! with nothing odd about it: a course of any length can be told by any bytes.

use std::time::Duration as Rest;

use arbitrary::{Result, Unstructured};
use cos_batch::http::{HeaderValue, Response, StatusCode};
use cos_batch::time::Duration;
use cos_batch::{Lost, Operation, Retry};

use super::check::must;
use crate::world::{Outcome, World};

type Bytes<'b> = Unstructured<'b>;

/// What happens, more of it than so many calls can use up.
pub(super) fn course(
    bytes: &mut Bytes<'_>,
    answer: impl Fn(&mut Bytes<'_>) -> Result<String>,
    calls: u32,
) -> Result<Vec<Outcome>> {
    let mut course = Vec::new();
    let mut sends = calls * (MOST_ATTEMPTS + 1);
    while sends > 0 {
        let outcome = match bytes.int_in_range(0..=9)? {
            0..=5 => reply(bytes, &answer)?,
            6 => Outcome::Lost(Lost::BeforeSending),
            7 => Outcome::Lost(Lost::AfterSending),
            _ => Outcome::Jump(jump(bytes)?),
        };
        sends -= u32::from(!matches!(outcome, Outcome::Jump(_)));
        course.push(outcome);
    }
    Ok(course)
}

/// Answers to half of the calls that are answered at all, whole; what else a reply may hold.
fn reply(
    bytes: &mut Bytes<'_>,
    answer: impl Fn(&mut Bytes<'_>) -> Result<String>,
) -> Result<Outcome> {
    const CODES: &[&str] = &[
        "SlowDown",
        "InternalError",
        "RequestTimeTooSkewed",
        "Request has expired",
        "NoSuchJob",
        "InvalidRequest",
        "New",
    ];
    const STATUSES: &[u16] = &[200, 200, 200, 204, 301, 400, 403, 404, 429, 500, 502, 503, 504];
    const HEADERS: &[(&str, &str)] = &[
        ("x-cos-request-id", "NWNhMTU5"),
        ("retry-after", "0"),
        ("retry-after", "2"),
        ("retry-after", "99999999999999999999"),
        ("retry-after", "Wed, 15 May 2019 06:47:00 GMT"),
        ("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT"),
        ("retry-after", "soon"),
        ("date", "Wed, 15 May 2019 06:46:40 GMT"),
        ("date", "Wed, 15 May 2019 09:46:40 GMT"),
        ("date", "Sat, 01 Jan 0000 00:00:00 GMT"),
    ];
    let body = match bytes.int_in_range(0..=14)? {
        0..=7 => answer(bytes)?.into_bytes(),
        8..=11 => format!("<Error><Code>{}</Code></Error>", bytes.choose(CODES)?).into_bytes(),
        12 => {
            let mut cut = answer(bytes)?.into_bytes();
            cut.truncate(bytes.int_in_range(0..=cut.len())?);
            cut
        }
        13 => b"<html>busy</html>".to_vec(),
        _ => {
            let length = bytes.int_in_range(0..=40_usize)?;
            bytes.bytes(length.min(bytes.len()))?.to_vec()
        }
    };
    let mut reply = Response::new(body);
    *reply.status_mut() = must(StatusCode::from_u16(*bytes.choose(STATUSES)?));
    for _ in 0..bytes.int_in_range(0..=2)? {
        let (name, value) = bytes.choose(HEADERS)?;
        reply.headers_mut().insert(*name, HeaderValue::from_static(value));
    }
    Ok(Outcome::Reply(reply))
}

/// A jump of the clock, of any size.
fn jump(bytes: &mut Bytes<'_>) -> Result<Duration> {
    let jumps = [Duration::ZERO, Duration::SECOND, Duration::DAY, Duration::MAX, Duration::MIN];
    Ok(match bytes.int_in_range(0..=9)? {
        at @ 0..5 => *jumps.get(at).unwrap_or(&Duration::ZERO),
        _ => Duration::milliseconds(bytes.int_in_range(-100_000..=100_000)?),
    })
}

/// How often a call is tried.
const MOST_ATTEMPTS: u32 = 4;

/// How often, how long and until when: also never, for ever and long ago.
pub(super) fn retry(bytes: &mut Bytes<'_>) -> Result<Retry> {
    let rest = |bytes: &mut Bytes<'_>| -> Result<Rest> {
        Ok(match bytes.int_in_range(0..=9)? {
            0..=6 => Rest::from_millis(bytes.int_in_range(0..=100_000)?),
            7 => Rest::ZERO,
            8 => Rest::from_nanos(1),
            _ => Rest::MAX,
        })
    };
    let mut retry = Retry::new(bytes.arbitrary()?);
    retry.attempts = bytes.int_in_range(0..=MOST_ATTEMPTS)?;
    (retry.base, retry.cap, retry.patience) = (rest(bytes)?, rest(bytes)?, rest(bytes)?);
    let seconds = match bytes.int_in_range(0..=9)? {
        0..=5 => return Ok(retry),
        6..=8 => bytes.int_in_range(0..=100)?,
        _ => bytes.arbitrary()?,
    };
    retry.deadline = Some(World::new().now.saturating_add(Duration::seconds(seconds)));
    Ok(retry)
}

/// How far off a clock is.
pub(super) fn offset(bytes: &mut Bytes<'_>) -> Result<Duration> {
    Ok(Duration::seconds(bytes.int_in_range(-100_000..=100_000)?))
}

/// A page with jobs or none, a token or none; of few different ones, so that they come again.
pub(super) fn page(bytes: &mut Bytes<'_>) -> Result<String> {
    const STATUSES: &[&str] = &["New", "Active", "Complete"];
    const TOKENS: &[&str] = &["", "a", "b", "c", "d", "e", "\u{9b}2J"];
    let mut jobs = String::new();
    for _ in 0..bytes.int_in_range(0..=2)? {
        let (id, status) = (bytes.choose(&["a", "b", "c"])?, bytes.choose(STATUSES)?);
        jobs.push_str(&format!(
            "<member><CreationTime>2019-12-19T11:05:40Z</CreationTime><JobId>{id}</JobId>\
             <Operation>COSDeleteObject</Operation><Priority>1</Priority><Status>{status}</Status></member>"
        ));
    }
    let token = bytes.choose(TOKENS)?;
    Ok(format!(
        "<ListJobsResult><Jobs>{jobs}</Jobs><NextToken>{token}</NextToken></ListJobsResult>"
    ))
}

/// The answer to DescribeJob for a job that is under way, held or done; it may have the token of the
/// job that is to be created.
pub(super) fn described(bytes: &mut Bytes<'_>) -> Result<String> {
    let status = bytes.choose(&["Active", "Suspended", "New", "Complete"])?;
    let token = bytes.choose(&["", "t", "u"])?;
    Ok(format!(
        "<DescribeJobResult><Job><ClientRequestToken>{token}</ClientRequestToken>\
         <CreationTime>2019-12-19T18:00:30Z</CreationTime><JobId>a</JobId>\
         <Operation><COSDeleteObject/></Operation><Priority>1</Priority><Status>{status}</Status>\
         </Job></DescribeJobResult>"
    ))
}

/// An answer to any call, as text.
pub(super) fn written<O: Operation>(answer: &O::Output<'_>) -> String {
    must(String::from_utf8(must(O::encode_response(answer)).into_body()))
}
