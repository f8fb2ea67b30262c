//! Which call a request is for: method and path, both directions

use http::{Method, Request};

use super::text_header;
use crate::endpoint::APPID_HEADER;
use crate::error::RequestError;
use crate::model::{AppId, JobId};
use crate::text::decode_path;

/// The path of all jobs.
pub(super) const JOBS: &str = "/jobs";

/// The path of one job. An id holds nothing that must be encoded.
pub(super) fn job(job_id: &JobId<'_>) -> String {
    format!("{JOBS}/{job_id}")
}

/// A call, with what its path says.
#[derive(Debug)]
pub(crate) enum Call {
    CreateJob,
    DeleteJob(JobId<'static>),
    DescribeJob(JobId<'static>),
    ListJobs,
    UpdateJobPriority(JobId<'static>),
    UpdateJobStatus(JobId<'static>),
}

/// The call that a request is for, from a named account: what every server asks first
///
/// A path is cut at its slashes before anything is decoded, so no id can reach beyond its segment.
pub(crate) fn route(request: &Request<&[u8]>) -> Result<Call, RequestError> {
    let path = request.uri().path();
    let rest = path.strip_prefix(JOBS).ok_or(RequestError::NoSuchCall)?;
    let mut segments = rest.split('/');
    if segments.next() != Some("") {
        return Err(RequestError::NoSuchCall);
    }
    let method = request.method();
    let call = match (segments.next(), segments.next(), segments.next()) {
        (None, ..) => match *method {
            Method::GET => Call::ListJobs,
            Method::POST => Call::CreateJob,
            _ => return Err(RequestError::MethodNotAllowed),
        },
        (Some(id), None, _) => match *method {
            Method::GET => Call::DescribeJob(job_id(id)?),
            Method::DELETE => Call::DeleteJob(job_id(id)?),
            _ => return Err(RequestError::MethodNotAllowed),
        },
        (Some(id), Some("priority"), None) if method == Method::POST => {
            Call::UpdateJobPriority(job_id(id)?)
        }
        (Some(id), Some("status"), None) if method == Method::POST => {
            Call::UpdateJobStatus(job_id(id)?)
        }
        (Some(_), Some("priority" | "status"), None) => return Err(RequestError::MethodNotAllowed),
        _ => return Err(RequestError::NoSuchCall),
    };
    text_header(request.headers(), APPID_HEADER)
        .ok_or(RequestError::MissingHeader(APPID_HEADER))?
        .parse::<AppId>()
        .map_err(|error| RequestError::InvalidArgument { name: APPID_HEADER, error })?;
    Ok(call)
}

fn job_id(segment: &str) -> Result<JobId<'static>, RequestError> {
    if segment.is_empty() {
        return Err(RequestError::NoJobId);
    }
    String::from_utf8_lossy(&decode_path(segment))
        .parse()
        .map_err(|error| RequestError::InvalidArgument { name: "JobId", error })
}
