use http::{HeaderValue, Method, Request, Response, header};

use super::elements::value;
use super::route::{self, Call, route};
use super::{Operation, Repeat, decode_reply, query, xml_response};
use crate::endpoint::Endpoint;
use crate::error::{BuildError, ReplyError, RequestError};
use crate::model::{JobId, Priority};
use crate::text::{Digits, Query};
use crate::value::IntoOwned;
use crate::xml::{Field, Limits, Writer};

const ROOT: &str = "UpdateJobPriorityResult";

/// UpdateJobPriority: another priority for a job, also while it runs
///
/// A job that does not exist or has completed is refused with `NoSuchJob`, 404. What the service
/// says of a priority out of range is undocumented; a server of ours says `InvalidArgument`.
///
/// Page: [UpdateJobPriority](https://www.tencentcloud.com/document/product/436/33784).
///
/// ```
/// use cos_batch::{Endpoint, Limits, Operation, UpdateJobPriority};
///
/// let endpoint = Endpoint::custom("http", "127.0.0.1:9000", "1250000000".parse()?)?;
/// let update = UpdateJobPriority::new("53dc6228".parse()?, "10".parse()?);
/// let request = update.encode_request(&endpoint)?;
/// assert_eq!(request.uri(), "http://127.0.0.1:9000/jobs/53dc6228/priority?priority=10");
///
/// let reply: http::Response<&[u8]> = http::Response::new(b"<UpdateJobPriorityResult>
///   <JobId>53dc6228</JobId><Priority>10</Priority>
/// </UpdateJobPriorityResult>");
/// let updated = UpdateJobPriority::decode_response(&reply, &Limits::default())?;
/// assert_eq!(updated.priority.value(), 10);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct UpdateJobPriority {
    /// The job.
    pub job_id: JobId<'static>,
    /// Its new priority.
    pub priority: Priority,
}

impl UpdateJobPriority {
    /// Another priority for a job.
    #[must_use]
    pub fn new(job_id: JobId<'static>, priority: Priority) -> Self {
        Self { job_id, priority }
    }
}

impl Operation for UpdateJobPriority {
    const NAME: &'static str = "UpdateJobPriority";
    const REPEAT: Repeat = Repeat::Safe;
    type Output<'a> = UpdateJobPriorityResult<'a>;

    fn encode_request(&self, endpoint: &Endpoint) -> Result<Request<Vec<u8>>, BuildError> {
        let priority = Digits::of(self.priority.value());
        let mut query = Query::default();
        query.push("priority", priority.as_str());
        let path = format!("{}/priority", route::job(&self.job_id));
        let mut request = endpoint.request(Method::POST, &path, &query)?;
        request.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        Ok(request)
    }

    fn decode_response<'a>(
        reply: &Response<&'a [u8]>,
        limits: &Limits,
    ) -> Result<UpdateJobPriorityResult<'a>, ReplyError> {
        decode_reply(reply, limits, ROOT, |reader| {
            let (mut job_id, mut priority) = (Field::default(), Field::default());
            while let Some(name) = reader.child()? {
                match name {
                    "JobId" => job_id.read(reader, value)?,
                    "Priority" => priority.read(reader, value)?,
                    _ => reader.skip()?,
                }
            }
            Ok(UpdateJobPriorityResult {
                job_id: job_id.require(reader, "JobId")?,
                priority: priority.require(reader, "Priority")?,
            })
        })
    }

    fn decode_request(request: &Request<&[u8]>, _: &Limits) -> Result<Self, RequestError> {
        let Call::UpdateJobPriority(job_id) = route(request)? else {
            return Err(RequestError::OtherCall);
        };
        let priority = query(request)?.one("priority")?.ok_or(RequestError::NoPriority)?;
        Ok(Self { job_id, priority })
    }

    fn encode_response(
        output: &UpdateJobPriorityResult<'_>,
    ) -> Result<Response<Vec<u8>>, BuildError> {
        let mut writer = Writer::new();
        writer.element(ROOT, |writer| {
            writer.text("JobId", output.job_id.as_str())?;
            writer.value("Priority", output.priority)
        })?;
        Ok(xml_response(writer.finish()))
    }
}

/// The priority that a job has now
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub struct UpdateJobPriorityResult<'a> {
    /// The job.
    pub job_id: JobId<'a>,
    /// Its priority.
    pub priority: Priority,
}

impl<'a> UpdateJobPriorityResult<'a> {
    /// The answer, as a server.
    #[must_use]
    pub fn new(job_id: JobId<'a>, priority: Priority) -> Self {
        Self { job_id, priority }
    }
}

impl IntoOwned for UpdateJobPriorityResult<'_> {
    type Owned = UpdateJobPriorityResult<'static>;

    fn into_owned(self) -> UpdateJobPriorityResult<'static> {
        UpdateJobPriorityResult { job_id: self.job_id.into_owned(), priority: self.priority }
    }
}
