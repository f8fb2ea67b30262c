//! Requests to an engine, and what came of them

use cos_batch::http::{HeaderMap, Request, Response, StatusCode};
use cos_batch::time::OffsetDateTime;
use cos_batch::{
    Endpoint, ErrorCode, IntoOwned, Job, Limits, ListJobs, ListJobsResult, Operation, ReplyError,
    ServiceError, Signer,
};
use cos_batch_emulator::{Account, Engine, Settings, sample_jobs};

/// The account of the batch vectors.
pub(crate) const SECRET_ID: &str = "AKIDQjz3ltompVjBni5LitkWHFlFpwkn9U5q";
pub(crate) const SECRET_KEY: &str = "BQYIM75p8x0iWVFSIgqEKwFprpRSVHlz";
/// Their time: the first and the last second at which they hold.
pub(crate) const START: i64 = 1_557_902_800;
pub(crate) const END: i64 = 1_557_910_000;
pub(crate) const HOST: (&str, &str) = ("host", "100000000001.cos-control.ap-chengdu.myqcloud.com");
pub(crate) const APPID: (&str, &str) = ("x-cos-appid", "1250000000");

pub(crate) fn at(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(seconds).unwrap()
}

pub(crate) fn account() -> Account {
    Account::new(SECRET_ID, SECRET_KEY).unwrap()
}

/// An engine with the account of the vectors and some jobs.
pub(crate) fn engine(settings: Settings, jobs: Vec<Job<'static>>) -> Engine {
    let mut engine = Engine::new(settings);
    engine.add_account(account());
    jobs.into_iter().for_each(|job| engine.add_job(job));
    engine
}

/// The same with the sample jobs, at the start of the vectors' time.
pub(crate) fn sample_engine() -> Engine {
    engine(Settings::default(), sample_jobs(at(START), 48))
}

pub(crate) fn endpoint() -> Endpoint {
    Endpoint::custom("http", "127.0.0.1:9000", APPID.1.parse().unwrap()).unwrap()
}

pub(crate) fn signer() -> Signer {
    Signer::new(account().credentials().clone())
}

/// A request as it comes over the wire.
pub(crate) fn wire(method: &str, target: &str, headers: &[(&str, &str)]) -> Request<&'static [u8]> {
    let mut request = Request::builder().method(method).uri(target);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(&b""[..]).unwrap()
}

/// A signed `GET` of `target`.
pub(crate) fn signed_get(target: &str, now: OffsetDateTime) -> Request<&'static [u8]> {
    let mut request = wire("GET", target, &[HOST, APPID]);
    signer().sign(&mut request, now).unwrap();
    request
}

/// What a reply to a call says, or the refusal.
pub(crate) fn decoded<O: Operation>(
    reply: &Response<Vec<u8>>,
) -> Result<O::Output<'static>, Box<ServiceError>> {
    let mut borrowed = Response::new(reply.body().as_slice());
    *borrowed.status_mut() = reply.status();
    *borrowed.headers_mut() = reply.headers().clone();
    match O::decode_response(&borrowed, &Limits::default()) {
        Ok(output) => Ok(output.into_owned()),
        Err(ReplyError::Service(error)) => Err(error),
        Err(error) => panic!("{error}"),
    }
}

/// The page in a reply, or the refusal.
pub(crate) fn page(
    reply: &Response<Vec<u8>>,
) -> Result<ListJobsResult<'static>, Box<ServiceError>> {
    decoded::<ListJobs>(reply)
}

/// What the engine says to a call.
pub(crate) fn ask<O: Operation>(
    engine: &mut Engine,
    call: &O,
    now: OffsetDateTime,
) -> Result<O::Output<'static>, Box<ServiceError>> {
    let mut request = call.encode_request(&endpoint()).unwrap();
    signer().sign(&mut request, now).unwrap();
    let (parts, body) = request.into_parts();
    decoded::<O>(&engine.handle(&Request::from_parts(parts, &body), now))
}

/// The jobs that a call lists.
pub(crate) fn list(
    engine: &mut Engine,
    list: &ListJobs,
    now: OffsetDateTime,
) -> ListJobsResult<'static> {
    ask(engine, list, now).unwrap()
}

/// The ids on a page, in its order.
pub(crate) fn ids(page: &ListJobsResult<'_>) -> Vec<String> {
    page.jobs.iter().map(|job| job.job_id.to_string()).collect()
}

#[track_caller]
pub(crate) fn refused(
    reply: &Response<Vec<u8>>,
    status: u16,
    code: ErrorCode,
) -> Box<ServiceError> {
    let error = page(reply).expect_err("a refusal");
    assert_eq!((error.status.as_u16(), &error.code), (status, &code), "{error}");
    assert_eq!(reply.status(), StatusCode::from_u16(status).unwrap());
    error
}

pub(crate) fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).unwrap_or_else(|| panic!("no {name}")).to_str().unwrap()
}
