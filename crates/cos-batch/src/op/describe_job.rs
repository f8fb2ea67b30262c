use http::{Method, Request, Response};

use super::elements::{boolean, text, time, timestamp, value};
use super::route::{self, Call, route};
use super::{Operation, Repeat, decode_reply, xml_response};
use crate::endpoint::Endpoint;
use crate::error::{BuildError, ReplyError, RequestError, XmlError};
use crate::model::{
    Job, JobFailure, JobId, JobOperation, Manifest, ProgressSummary, Report, UnknownFields,
};
use crate::text::Query;
use crate::value::IntoOwned;
use crate::xml::{Field, Limits, Reader, Writer};

const ROOT: &str = "DescribeJobResult";

/// DescribeJob: one job, with all that the service tells of it
///
/// An unknown id is refused with `NoSuchJob`, 404.
///
/// Page: [DescribeJob](https://www.tencentcloud.com/document/product/436/33782).
///
/// ```
/// use cos_batch::{DescribeJob, Endpoint, JobStatus, Limits, Operation};
///
/// let endpoint = Endpoint::custom("http", "127.0.0.1:9000", "1250000000".parse()?)?;
/// let request = DescribeJob::new("53dc6228".parse()?).encode_request(&endpoint)?;
/// assert_eq!(request.uri(), "http://127.0.0.1:9000/jobs/53dc6228");
///
/// let reply: http::Response<&[u8]> = http::Response::new(b"<DescribeJobResult>
///   <Job>
///     <CreationTime>2019-12-19T18:00:30Z</CreationTime>
///     <JobId>53dc6228</JobId>
///     <Operation><COSDeleteObject></COSDeleteObject></Operation>
///     <Priority>10</Priority>
///     <Status>Active</Status>
///   </Job>
/// </DescribeJobResult>");
/// let described = DescribeJob::decode_response(&reply, &Limits::default())?;
/// assert_eq!(described.job.status, JobStatus::Active);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct DescribeJob {
    /// The job.
    pub job_id: JobId<'static>,
}

impl DescribeJob {
    /// The description of a job.
    #[must_use]
    pub fn new(job_id: JobId<'static>) -> Self {
        Self { job_id }
    }
}

impl Operation for DescribeJob {
    const NAME: &'static str = "DescribeJob";
    const REPEAT: Repeat = Repeat::Safe;
    type Output<'a> = DescribeJobResult<'a>;

    fn encode_request(&self, endpoint: &Endpoint) -> Result<Request<Vec<u8>>, BuildError> {
        endpoint.request(Method::GET, &route::job(&self.job_id), &Query::default())
    }

    fn decode_response<'a>(
        reply: &Response<&'a [u8]>,
        limits: &Limits,
    ) -> Result<DescribeJobResult<'a>, ReplyError> {
        decode_reply(reply, limits, ROOT, |reader| {
            let mut job = Field::default();
            while let Some(name) = reader.child()? {
                match name {
                    "Job" => job.read(reader, |reader| Job::decode(reader).map(Some))?,
                    _ => reader.skip()?,
                }
            }
            Ok(DescribeJobResult { job: job.require(reader, "Job")? })
        })
    }

    fn decode_request(request: &Request<&[u8]>, _: &Limits) -> Result<Self, RequestError> {
        match route(request)? {
            Call::DescribeJob(job_id) => Ok(Self { job_id }),
            _ => Err(RequestError::OtherCall),
        }
    }

    fn encode_response(output: &DescribeJobResult<'_>) -> Result<Response<Vec<u8>>, BuildError> {
        output.to_xml(Writer::new()).map(xml_response)
    }
}

/// One job, with all that the service tells of it
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub struct DescribeJobResult<'a> {
    /// The job.
    pub job: Job<'a>,
}

impl<'a> DescribeJobResult<'a> {
    /// The answer, as a server.
    #[must_use]
    pub fn new(job: Job<'a>) -> Self {
        Self { job }
    }

    /// The document, by a writer that indents it or not
    ///
    /// # Errors
    ///
    /// [`BuildError`] where a value holds what XML cannot carry.
    pub fn to_xml(&self, mut writer: Writer) -> Result<Vec<u8>, BuildError> {
        writer.element(ROOT, |writer| self.job.encode(writer))?;
        Ok(writer.finish())
    }
}

impl IntoOwned for DescribeJobResult<'_> {
    type Owned = DescribeJobResult<'static>;

    fn into_owned(self) -> DescribeJobResult<'static> {
        DescribeJobResult { job: self.job.into_owned() }
    }
}

impl<'a> Job<'a> {
    fn decode(reader: &mut Reader<'a>) -> Result<Self, XmlError> {
        let (mut token, mut confirmation_required, mut creation_time) =
            (Field::default(), Field::default(), Field::default());
        let (mut description, mut failure_reasons, mut job_id) =
            (Field::default(), Field::default(), Field::default());
        let (mut manifest, mut operation, mut priority) =
            (Field::default(), Field::default(), Field::default());
        let (mut progress_summary, mut report, mut role_arn) =
            (Field::default(), Field::default(), Field::default());
        let (mut status, mut status_update_reason, mut suspended_cause) =
            (Field::default(), Field::default(), Field::default());
        let (mut suspended_date, mut termination_date) = (Field::default(), Field::default());
        let mut unknown = UnknownFields::default();
        while let Some(name) = reader.child()? {
            match name {
                "ClientRequestToken" => token.read(reader, value)?,
                "ConfirmationRequired" => confirmation_required.read(reader, boolean)?,
                "CreationTime" => creation_time.read(reader, time)?,
                "Description" => description.read(reader, text)?,
                "FailureReasons" => failure_reasons.read(reader, |reader| {
                    reader.list("JobFailure", JobFailure::decode).map(Some)
                })?,
                "JobId" => job_id.read(reader, value)?,
                "Manifest" => manifest.read(reader, |reader| Manifest::decode(reader).map(Some))?,
                "Operation" => {
                    operation.read(reader, |reader| JobOperation::decode(reader).map(Some))?;
                }
                "Priority" => priority.read(reader, value)?,
                "ProgressSummary" => progress_summary.read(reader, ProgressSummary::decode)?,
                "Report" => report.read(reader, |reader| Report::decode(reader).map(Some))?,
                "RoleArn" => role_arn.read(reader, value)?,
                "Status" => status.read(reader, value)?,
                "StatusUpdateReason" => status_update_reason.read(reader, text)?,
                "SuspendedCause" => suspended_cause.read(reader, text)?,
                "SuspendedDate" => suspended_date.read(reader, time)?,
                "TerminationDate" => termination_date.read(reader, time)?,
                _ => unknown.read(reader, name)?,
            }
        }
        Ok(Self {
            client_request_token: token.optional(),
            confirmation_required: confirmation_required.optional(),
            creation_time: creation_time.require(reader, "CreationTime")?,
            description: description.optional(),
            failure_reasons: failure_reasons.optional().unwrap_or_default(),
            job_id: job_id.require(reader, "JobId")?,
            manifest: manifest.optional(),
            operation: operation.require(reader, "Operation")?,
            priority: priority.require(reader, "Priority")?,
            progress_summary: progress_summary.optional(),
            report: report.optional(),
            role_arn: role_arn.optional(),
            status: status.require(reader, "Status")?,
            status_update_reason: status_update_reason.optional(),
            suspended_cause: suspended_cause.optional(),
            suspended_date: suspended_date.optional(),
            termination_date: termination_date.optional(),
            unknown,
        })
    }

    /// In the order of the docs, which is alphabetical; what they do not have is last.
    fn encode(&self, writer: &mut Writer) -> Result<(), BuildError> {
        writer.element("Job", |writer| {
            let token = self.client_request_token.as_ref().map(AsRef::as_ref);
            writer.optional("ClientRequestToken", token)?;
            if let Some(confirmation_required) = self.confirmation_required {
                writer.value("ConfirmationRequired", confirmation_required)?;
            }
            timestamp(writer, "CreationTime", Some(self.creation_time))?;
            writer.optional("Description", self.description.as_deref())?;
            writer.element("FailureReasons", |writer| {
                self.failure_reasons.iter().try_for_each(|failure| failure.encode(writer))
            })?;
            writer.text("JobId", self.job_id.as_str())?;
            self.manifest.as_ref().map_or(Ok(()), |manifest| manifest.encode(writer))?;
            self.operation.encode(writer)?;
            writer.value("Priority", self.priority)?;
            self.progress_summary.as_ref().map_or(Ok(()), |progress| progress.encode(writer))?;
            self.report.as_ref().map_or(Ok(()), |report| report.encode(writer))?;
            writer.optional("RoleArn", self.role_arn.as_ref().map(AsRef::as_ref))?;
            writer.text("Status", self.status.as_str())?;
            writer.optional("StatusUpdateReason", self.status_update_reason.as_deref())?;
            writer.optional("SuspendedCause", self.suspended_cause.as_deref())?;
            timestamp(writer, "SuspendedDate", self.suspended_date)?;
            timestamp(writer, "TerminationDate", self.termination_date)?;
            self.unknown.encode(writer);
            Ok(())
        })
    }
}

impl<'a> JobFailure<'a> {
    fn decode(reader: &mut Reader<'a>) -> Result<Self, XmlError> {
        let (mut code, mut reason) = (Field::default(), Field::default());
        while let Some(name) = reader.child()? {
            match name {
                "FailureCode" => code.read(reader, text)?,
                "FailureReason" => reason.read(reader, text)?,
                _ => reader.skip()?,
            }
        }
        Ok(Self { failure_code: code.optional(), failure_reason: reason.optional() })
    }

    /// What is absent is an empty element here, as in the sample of a job that succeeded.
    fn encode(&self, writer: &mut Writer) -> Result<(), BuildError> {
        writer.element("JobFailure", |writer| {
            let texts =
                [("FailureCode", &self.failure_code), ("FailureReason", &self.failure_reason)];
            for (name, text) in texts {
                match text {
                    Some(text) => writer.text(name, text)?,
                    None => writer.empty(name),
                }
            }
            Ok(())
        })
    }
}
