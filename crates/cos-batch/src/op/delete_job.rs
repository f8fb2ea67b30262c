use http::{Method, Request, Response, StatusCode};

use super::route::{self, Call, route};
use super::{Operation, Repeat, decode_empty_reply};
use crate::endpoint::Endpoint;
use crate::error::{BuildError, ReplyError, RequestError};
use crate::model::JobId;
use crate::text::Query;
use crate::xml::Limits;

/// DeleteJob: take a job out of the service
///
/// No page documents it; the Go SDK has it. The answer is any status of 2xx. Which jobs may be
/// deleted, and what the service says otherwise, is undocumented.
///
/// ```
/// use cos_batch::{DeleteJob, Endpoint, Limits, Operation};
///
/// let endpoint = Endpoint::custom("http", "127.0.0.1:9000", "1250000000".parse()?)?;
/// let request = DeleteJob::new("53dc6228".parse()?).encode_request(&endpoint)?;
/// assert_eq!((request.method().as_str(), request.uri().path()), ("DELETE", "/jobs/53dc6228"));
///
/// let reply = http::Response::builder().status(204).body(&b""[..])?;
/// DeleteJob::decode_response(&reply, &Limits::default())?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct DeleteJob {
    /// The job.
    pub job_id: JobId<'static>,
}

impl DeleteJob {
    /// The deletion of a job.
    #[must_use]
    pub fn new(job_id: JobId<'static>) -> Self {
        Self { job_id }
    }
}

impl Operation for DeleteJob {
    const NAME: &'static str = "DeleteJob";
    const REPEAT: Repeat = Repeat::AnswerMayDiffer;
    type Output<'a> = ();

    fn encode_request(&self, endpoint: &Endpoint) -> Result<Request<Vec<u8>>, BuildError> {
        endpoint.request(Method::DELETE, &route::job(&self.job_id), &Query::default())
    }

    fn decode_response(reply: &Response<&[u8]>, limits: &Limits) -> Result<(), ReplyError> {
        decode_empty_reply(reply, limits)
    }

    fn decode_request(request: &Request<&[u8]>, _: &Limits) -> Result<Self, RequestError> {
        match route(request)? {
            Call::DeleteJob(job_id) => Ok(Self { job_id }),
            _ => Err(RequestError::OtherCall),
        }
    }

    fn encode_response((): &()) -> Result<Response<Vec<u8>>, BuildError> {
        let mut response = Response::new(Vec::new());
        *response.status_mut() = StatusCode::NO_CONTENT;
        Ok(response)
    }
}
