//! The server's side: which call is a request, and what are its parameters?
//!
//! ```
//! use cos_batch::serve::AnyRequest;
//! use cos_batch::{ErrorCode, Limits, ListJobs, ListJobsResult, Operation, ServiceError};
//! use http::StatusCode;
//!
//! let request = http::Request::get("/jobs?maxResults=10").header("x-cos-appid", "1250000000");
//! let request = request.body(&b""[..])?;
//! let reply = match AnyRequest::decode(&request, &Limits::default()) {
//!     Ok(AnyRequest::ListJobs(_list)) => ListJobs::encode_response(&ListJobsResult::default())?,
//!     Ok(other) => {
//!         let mut refusal = ServiceError::new(StatusCode::NOT_IMPLEMENTED, ErrorCode::NotImplemented);
//!         refusal.message = Some(format!("{} is not served here", other.name()).into());
//!         refusal.encode()
//!     }
//!     Err(refused) => refused.to_service_error().encode(),
//! };
//! assert_eq!(reply.status(), 200);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use http::Request;

use crate::error::RequestError;
use crate::op::{
    Call, CreateJob, DeleteJob, DescribeJob, ListJobs, Operation, UpdateJobPriority,
    UpdateJobStatus, route,
};
use crate::xml::Limits;

/// A request for any of the calls
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum AnyRequest {
    /// `POST /jobs`
    CreateJob(Box<CreateJob>),
    /// `DELETE /jobs/<JobId>`
    DeleteJob(DeleteJob),
    /// `GET /jobs/<JobId>`
    DescribeJob(DescribeJob),
    /// `GET /jobs`
    ListJobs(ListJobs),
    /// `POST /jobs/<JobId>/priority`
    UpdateJobPriority(UpdateJobPriority),
    /// `POST /jobs/<JobId>/status`
    UpdateJobStatus(UpdateJobStatus),
}

impl AnyRequest {
    /// Reads a request by its method and path
    ///
    /// The signature is not looked at: that is [`verify`](crate::verify)'s.
    ///
    /// # Errors
    ///
    /// [`RequestError`] with the documented code and status for all that can be decided from the
    /// request alone.
    pub fn decode(request: &Request<&[u8]>, limits: &Limits) -> Result<Self, RequestError> {
        match route(request)? {
            Call::CreateJob => {
                CreateJob::decode_request(request, limits).map(Box::new).map(Self::CreateJob)
            }
            Call::DeleteJob(_) => DeleteJob::decode_request(request, limits).map(Self::DeleteJob),
            Call::DescribeJob(_) => {
                DescribeJob::decode_request(request, limits).map(Self::DescribeJob)
            }
            Call::ListJobs => ListJobs::decode_request(request, limits).map(Self::ListJobs),
            Call::UpdateJobPriority(_) => {
                UpdateJobPriority::decode_request(request, limits).map(Self::UpdateJobPriority)
            }
            Call::UpdateJobStatus(_) => {
                UpdateJobStatus::decode_request(request, limits).map(Self::UpdateJobStatus)
            }
        }
    }

    /// The name of the call in the docs.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::CreateJob(_) => CreateJob::NAME,
            Self::DeleteJob(_) => DeleteJob::NAME,
            Self::DescribeJob(_) => DescribeJob::NAME,
            Self::ListJobs(_) => ListJobs::NAME,
            Self::UpdateJobPriority(_) => UpdateJobPriority::NAME,
            Self::UpdateJobStatus(_) => UpdateJobStatus::NAME,
        }
    }
}
