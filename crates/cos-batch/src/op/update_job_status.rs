use std::borrow::Cow;

use http::{HeaderValue, Method, Request, Response, header};

use super::elements::{AtMost, text, value};
use super::route::{self, Call, route};
use super::{Operation, Repeat, decode_reply, query, xml_response};
use crate::endpoint::Endpoint;
use crate::error::{BuildError, ReplyError, RequestError};
use crate::model::{JobId, JobStatus, RequestedJobStatus};
use crate::text::Query;
use crate::value::{IntoOwned, ValueError};
use crate::xml::{Field, Limits, Writer};

const ROOT: &str = "UpdateJobStatusResult";
const REASON: &str = "statusUpdateReason";
const REQUESTED: &str = "requestedJobStatus";

/// UpdateJobStatus: confirm a job that waits, or cancel one
///
/// The docs give a completed job both `InvalidRequest`, 400, and `NoSuchJob`, 404: take either for
/// "cannot be changed any more". Any other illegal change is `InvalidRequest`.
///
/// Page: [UpdateJobStatus](https://www.tencentcloud.com/document/product/436/33785).
///
/// ```
/// use cos_batch::{Endpoint, JobStatus, Limits, Operation, RequestedJobStatus, UpdateJobStatus};
///
/// let endpoint = Endpoint::custom("http", "127.0.0.1:9000", "1250000000".parse()?)?;
/// let mut update = UpdateJobStatus::new("53dc6228".parse()?, RequestedJobStatus::Ready);
/// update.status_update_reason = Some("reviewed by ops".into());
/// let request = update.encode_request(&endpoint)?;
/// assert_eq!(
///     request.uri().query(),
///     Some("requestedJobStatus=Ready&statusUpdateReason=reviewed%20by%20ops"),
/// );
///
/// let reply: http::Response<&[u8]> = http::Response::new(b"<UpdateJobStatusResult>
///   <JobId>53dc6228</JobId><Status>Ready</Status><StatusUpdateReason/>
/// </UpdateJobStatusResult>");
/// let updated = UpdateJobStatus::decode_response(&reply, &Limits::default())?;
/// assert_eq!(updated.status, JobStatus::Ready);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct UpdateJobStatus {
    /// The job.
    pub job_id: JobId<'static>,
    /// What it is to become.
    pub requested_job_status: RequestedJobStatus,
    /// Why, for people; at most 256 bytes.
    pub status_update_reason: Option<Cow<'static, str>>,
}

impl UpdateJobStatus {
    /// Another status for a job, without a reason.
    #[must_use]
    pub fn new(job_id: JobId<'static>, requested_job_status: RequestedJobStatus) -> Self {
        Self { job_id, requested_job_status, status_update_reason: None }
    }
}

impl Operation for UpdateJobStatus {
    const NAME: &'static str = "UpdateJobStatus";
    const REPEAT: Repeat = Repeat::AnswerMayDiffer;
    type Output<'a> = UpdateJobStatusResult<'a>;

    fn encode_request(&self, endpoint: &Endpoint) -> Result<Request<Vec<u8>>, BuildError> {
        let mut query = Query::default();
        query.push(REQUESTED, self.requested_job_status.as_str());
        if let Some(reason) = &self.status_update_reason {
            AtMost::BYTES_256
                .check(reason)
                .map_err(|error| BuildError::Value { name: REASON, error })?;
            query.push(REASON, &**reason);
        }
        let path = format!("{}/status", route::job(&self.job_id));
        let mut request = endpoint.request(Method::POST, &path, &query)?;
        request.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        Ok(request)
    }

    fn decode_response<'a>(
        reply: &Response<&'a [u8]>,
        limits: &Limits,
    ) -> Result<UpdateJobStatusResult<'a>, ReplyError> {
        decode_reply(reply, limits, ROOT, |reader| {
            let (mut job_id, mut status, mut reason) =
                (Field::default(), Field::default(), Field::default());
            while let Some(name) = reader.child()? {
                match name {
                    "JobId" => job_id.read(reader, value)?,
                    "Status" => status.read(reader, value)?,
                    "StatusUpdateReason" => reason.read(reader, text)?,
                    _ => reader.skip()?,
                }
            }
            Ok(UpdateJobStatusResult {
                job_id: job_id.require(reader, "JobId")?,
                status: status.require(reader, "Status")?,
                status_update_reason: reason.optional(),
            })
        })
    }

    fn decode_request(request: &Request<&[u8]>, _: &Limits) -> Result<Self, RequestError> {
        let Call::UpdateJobStatus(job_id) = route(request)? else {
            return Err(RequestError::OtherCall);
        };
        let query = query(request)?;
        let illegal = |name, error| RequestError::InvalidArgument { name, error };
        let requested_job_status = match query.one(REQUESTED)? {
            Some(status @ (RequestedJobStatus::Cancelled | RequestedJobStatus::Ready)) => status,
            other => {
                let found = other.as_ref().map_or("", RequestedJobStatus::as_str);
                let error = ValueError::new("Ready or Cancelled", found);
                return Err(illegal(REQUESTED, error));
            }
        };
        let mut reasons = query.all(REASON);
        let reason = reasons.next().filter(|reason| !reason.is_empty());
        if reasons.next().is_some() {
            return Err(RequestError::Repeated(REASON));
        }
        AtMost::BYTES_256
            .check(reason.unwrap_or_default())
            .map_err(|error| illegal(REASON, error))?;
        let status_update_reason = reason.map(|reason| Cow::Owned(reason.to_owned()));
        Ok(Self { job_id, requested_job_status, status_update_reason })
    }

    fn encode_response(
        output: &UpdateJobStatusResult<'_>,
    ) -> Result<Response<Vec<u8>>, BuildError> {
        let mut writer = Writer::new();
        writer.element(ROOT, |writer| {
            writer.text("JobId", output.job_id.as_str())?;
            writer.text("Status", output.status.as_str())?;
            let reason = output.status_update_reason.as_deref();
            writer.text("StatusUpdateReason", reason.unwrap_or_default())
        })?;
        Ok(xml_response(writer.finish()))
    }
}

/// The status that a job has now
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub struct UpdateJobStatusResult<'a> {
    /// The job.
    pub job_id: JobId<'a>,
    /// Its status: `Ready` after a confirmation, `Cancelling` or `Cancelled` after a cancellation.
    pub status: JobStatus,
    /// The reason that was given.
    pub status_update_reason: Option<Cow<'a, str>>,
}

impl<'a> UpdateJobStatusResult<'a> {
    /// The answer, as a server, without a reason.
    #[must_use]
    pub fn new(job_id: JobId<'a>, status: JobStatus) -> Self {
        Self { job_id, status, status_update_reason: None }
    }
}

impl IntoOwned for UpdateJobStatusResult<'_> {
    type Owned = UpdateJobStatusResult<'static>;

    fn into_owned(self) -> UpdateJobStatusResult<'static> {
        UpdateJobStatusResult {
            job_id: self.job_id.into_owned(),
            status: self.status,
            status_update_reason: self.status_update_reason.into_owned(),
        }
    }
}
