use cos_batch::http::StatusCode;
use cos_batch::{BuildError, ErrorCode, JobStatus, RequestError, ServiceError, printable};

/// A request that is not done, and the answer to it.
pub(super) type Refusal = Box<ServiceError>;

/// What the request alone is refused for.
pub(super) fn request(error: &RequestError) -> Refusal {
    Box::new(error.to_service_error())
}

/// The documented answer where a reply cannot be written.
pub(super) fn unwritable(error: &BuildError) -> Refusal {
    let message = format!("the reply cannot be written: {error}");
    refusal(StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::InternalError, message)
}

pub(super) fn too_large(limit: usize) -> Refusal {
    let message = format!("the body has more than {limit} bytes");
    refusal(StatusCode::BAD_REQUEST, ErrorCode::XmlSizeLimit, message)
}

pub(super) fn no_digest() -> Refusal {
    let message = "Content-MD5 is missing";
    refusal(StatusCode::BAD_REQUEST, ErrorCode::MissingContentMd5, message)
}

/// A part of the body that names what no page documents.
pub(super) fn undocumented(part: &str, value: &str) -> Refusal {
    let message = format!("{part}: {} is not among the documented values", printable(value, 64));
    refusal(StatusCode::BAD_REQUEST, ErrorCode::MalformedXml, message)
}

pub(super) fn token_used() -> Refusal {
    let message = "ClientRequestToken was used before";
    refusal(StatusCode::BAD_REQUEST, ErrorCode::InvalidRequest, message)
}

pub(super) fn too_many_jobs(limit: usize) -> Refusal {
    let message = format!("there are {limit} jobs that have not ended, and may not be more");
    refusal(StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::TooManyJobs, message)
}

/// The documented answer where a new job cannot be created.
pub(super) fn no_id() -> Refusal {
    let message = "no id is free for a new job";
    refusal(StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::ServiceUnavailable, message)
}

pub(super) fn no_such_job() -> Refusal {
    refusal(StatusCode::NOT_FOUND, ErrorCode::NoSuchJob, "there is no such job")
}

/// A job that has ended, for a call to which it is as good as gone.
pub(super) fn ended(status: &JobStatus) -> Refusal {
    let message = format!("the job has ended: it is {status}");
    refusal(StatusCode::NOT_FOUND, ErrorCode::NoSuchJob, message)
}

/// A change that the job's status does not allow.
pub(super) fn illegal(status: &JobStatus, change: &str) -> Refusal {
    let message = format!("a job that is {status} cannot be {change}");
    refusal(StatusCode::BAD_REQUEST, ErrorCode::InvalidRequest, message)
}

fn refusal(status: StatusCode, code: ErrorCode, message: impl Into<Box<str>>) -> Refusal {
    let mut refusal = ServiceError::new(status, code);
    refusal.message = Some(message.into());
    Box::new(refusal)
}
