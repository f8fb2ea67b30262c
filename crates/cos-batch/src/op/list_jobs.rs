mod plain;

use http::{Method, Request, Response};

use super::elements::{text, time, timestamp, value};
use super::route::{Call, JOBS, route};
use super::{Operation, Repeat, decode_reply, query, xml_response};
use crate::endpoint::Endpoint;
use crate::error::{BuildError, ReplyError, RequestError, XmlError};
use crate::model::{JobStatus, JobSummary, MaxResults, NextToken, ProgressSummary, UnknownFields};
use crate::text::{Digits, Query};
use crate::value::{IntoOwned, ValueError};
use crate::xml::{Field, Limits, Reader, Writer};

const ROOT: &str = "ListJobsResult";

/// ListJobs: the jobs of the last 90 days, page by page
///
/// | parameter | on the wire | range | default |
/// | --- | --- | --- | --- |
/// | `job_statuses` | `jobStatuses` | the 13 statuses | all jobs |
/// | `max_results` | `maxResults` | 1 to 1000 | 1000 |
/// | `next_token` | `nextToken` | 1 to 64 bytes | the first page |
///
/// The page in English says that `nextToken` is required. It cannot be: the first page of a
/// listing has no token to give. The page in Chinese says that it is not, and every working client
/// leaves it out.
///
/// [`Pages`](crate::Pages) reads a whole listing.
///
/// Page: [ListJobs](https://www.tencentcloud.com/document/product/436/33783).
///
/// ```
/// use cos_batch::{Endpoint, JobStatus, Limits, ListJobs, Operation};
///
/// let endpoint = Endpoint::custom("http", "127.0.0.1:9000", "1250000000".parse()?)?;
/// let mut list = ListJobs::new();
/// list.job_statuses.push(JobStatus::Suspended);
/// list.max_results = Some("2".parse()?);
/// let request = list.encode_request(&endpoint)?;
/// assert_eq!(request.uri(), "http://127.0.0.1:9000/jobs?jobStatuses=Suspended&maxResults=2");
///
/// let reply: http::Response<&[u8]> = http::Response::new(b"<ListJobsResult>
///   <Jobs>
///     <member>
///       <CreationTime>2019-12-19T11:05:40Z</CreationTime>
///       <Description>copy 2019 logs</Description>
///       <JobId>021140d8-67ca-4e89-8089-0de9a1e40943</JobId>
///       <Operation>COSPutObjectCopy</Operation>
///       <Priority>10</Priority>
///       <ProgressSummary>
///         <NumberOfTasksFailed>0</NumberOfTasksFailed>
///         <NumberOfTasksSucceeded>10</NumberOfTasksSucceeded>
///         <TotalNumberOfTasks>10</TotalNumberOfTasks>
///       </ProgressSummary>
///       <Status>Complete</Status>
///       <TerminationDate>2019-12-19T11:05:56Z</TerminationDate>
///     </member>
///   </Jobs>
///   <NextToken>066d919e-49b9-429e-b844-e17ea7b16421</NextToken>
/// </ListJobsResult>");
/// let page = ListJobs::decode_response(&reply, &Limits::default())?;
/// assert_eq!(page.jobs[0].status, JobStatus::Complete);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct ListJobs {
    /// List jobs in one of these only; empty for all.
    pub job_statuses: Vec<JobStatus>,
    /// How several statuses are written.
    pub status_form: StatusForm,
    /// The most jobs on one page.
    pub max_results: Option<MaxResults>,
    /// Where the page begins: the `next_token` of the page before.
    pub next_token: Option<NextToken<'static>>,
}

/// How several statuses are written in one request
///
/// The docs type `jobStatuses` as one string and nothing says how several are joined, or whether
/// they may be. One status goes out the same way in both forms.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum StatusForm {
    /// `jobStatuses=Active&jobStatuses=Ready`, as the API's twin has it.
    #[default]
    Repeated,
    /// `jobStatuses=Active%2CReady`, the one form that every SDK can sign.
    Joined,
}

impl ListJobs {
    /// The first page of all jobs.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Operation for ListJobs {
    const NAME: &'static str = "ListJobs";
    const REPEAT: Repeat = Repeat::Safe;
    type Output<'a> = ListJobsResult<'a>;

    fn encode_request(&self, endpoint: &Endpoint) -> Result<Request<Vec<u8>>, BuildError> {
        let max_results = self.max_results.map(|number| Digits::of(number.value()));
        let mut query = Query::default();
        match self.status_form {
            StatusForm::Repeated => {
                for status in &self.job_statuses {
                    query.push("jobStatuses", status.as_str());
                }
            }
            StatusForm::Joined if self.job_statuses.is_empty() => {}
            StatusForm::Joined => {
                let names: Vec<_> = self.job_statuses.iter().map(JobStatus::as_str).collect();
                query.push("jobStatuses", names.join(","));
            }
        }
        if let Some(max_results) = &max_results {
            query.push("maxResults", max_results.as_str());
        }
        if let Some(next_token) = &self.next_token {
            query.push("nextToken", next_token.as_str());
        }
        endpoint.request(Method::GET, JOBS, &query)
    }

    fn decode_response<'a>(
        reply: &Response<&'a [u8]>,
        limits: &Limits,
    ) -> Result<ListJobsResult<'a>, ReplyError> {
        match plain::page(reply.body(), limits) {
            Some(page) => Ok(page),
            None => decode_reply(reply, limits, ROOT, ListJobsResult::decode),
        }
    }

    fn decode_request(request: &Request<&[u8]>, _: &Limits) -> Result<Self, RequestError> {
        let Call::ListJobs = route(request)? else { return Err(RequestError::OtherCall) };
        let query = query(request)?;
        let mut list = Self::new();
        for value in query.all("jobStatuses") {
            if value.contains(',') {
                list.status_form = StatusForm::Joined;
            }
            for name in value.split(',') {
                list.job_statuses.push(listed_status(name)?);
            }
        }
        list.max_results = query.one("maxResults")?;
        list.next_token = query.one("nextToken")?;
        Ok(list)
    }

    fn encode_response(output: &ListJobsResult<'_>) -> Result<Response<Vec<u8>>, BuildError> {
        let mut writer = Writer::new();
        output.encode(&mut writer)?;
        Ok(xml_response(writer.finish()))
    }
}

/// A status that the docs list; any other is an invalid `jobStatuses`.
fn listed_status(name: &str) -> Result<JobStatus, RequestError> {
    match name.parse() {
        Ok(JobStatus::Other(_)) | Err(_) => Err(RequestError::InvalidArgument {
            name: "jobStatuses",
            error: ValueError::new("one of the 13 job statuses", name),
        }),
        Ok(status) => Ok(status),
    }
}

/// One page of a listing
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub struct ListJobsResult<'a> {
    /// The jobs, in the order of the service.
    pub jobs: Vec<JobSummary<'a>>,
    /// Where the next page begins; absent at the end of the listing.
    pub next_token: Option<NextToken<'a>>,
}

impl<'a> ListJobsResult<'a> {
    /// A page of `jobs`, the last one.
    #[must_use]
    pub fn new(jobs: Vec<JobSummary<'a>>) -> Self {
        Self { jobs, next_token: None }
    }

    /// Reads the children of a `<ListJobsResult>` that was entered with [`Reader::root`]
    ///
    /// [`ListJobs::decode_response`] gives the same for the same page, and is faster where that is
    /// plain: without comments, CDATA, attributes and elements that the docs do not have.
    ///
    /// # Errors
    ///
    /// [`XmlErrorKind`](crate::XmlErrorKind), where the page is wrong.
    pub fn decode(reader: &mut Reader<'a>) -> Result<Self, XmlError> {
        let mut jobs = Field::default();
        let mut next_token = Field::default();
        while let Some(name) = reader.child()? {
            match name {
                "Jobs" => {
                    jobs.read(reader, |reader| {
                        reader.list("member", JobSummary::decode).map(Some)
                    })?;
                }
                "NextToken" => next_token.read(reader, value)?,
                _ => reader.skip()?,
            }
        }
        Ok(Self {
            // How an empty list is written is undocumented; an absent one is taken for one.
            jobs: jobs.optional().unwrap_or_default(),
            next_token: next_token.optional(),
        })
    }

    fn encode(&self, writer: &mut Writer) -> Result<(), BuildError> {
        writer.element(ROOT, |writer| {
            writer.element("Jobs", |writer| {
                self.jobs.iter().try_for_each(|job| job.encode(writer))
            })?;
            writer.text("NextToken", self.next_token.as_ref().map_or("", NextToken::as_str))
        })
    }
}

impl IntoOwned for ListJobsResult<'_> {
    type Owned = ListJobsResult<'static>;

    fn into_owned(self) -> ListJobsResult<'static> {
        ListJobsResult { jobs: self.jobs.into_owned(), next_token: self.next_token.into_owned() }
    }
}

impl<'a> JobSummary<'a> {
    fn decode(reader: &mut Reader<'a>) -> Result<Self, XmlError> {
        let mut creation_time = Field::default();
        let mut description = Field::default();
        let mut job_id = Field::default();
        let mut operation = Field::default();
        let mut priority = Field::default();
        let mut progress_summary = Field::default();
        let mut status = Field::default();
        let mut termination_date = Field::default();
        let mut unknown = UnknownFields::default();
        while let Some(name) = reader.child()? {
            match name {
                "CreationTime" => creation_time.read(reader, time)?,
                "Description" => description.read(reader, text)?,
                "JobId" => job_id.read(reader, value)?,
                "Operation" => operation.read(reader, value)?,
                "Priority" => priority.read(reader, value)?,
                "ProgressSummary" => progress_summary.read(reader, ProgressSummary::decode)?,
                "Status" => status.read(reader, value)?,
                "TerminationDate" => termination_date.read(reader, time)?,
                _ => unknown.read(reader, name)?,
            }
        }
        Ok(Self {
            creation_time: creation_time.require(reader, "CreationTime")?,
            description: description.optional(),
            job_id: job_id.require(reader, "JobId")?,
            operation: operation.require(reader, "Operation")?,
            priority: priority.require(reader, "Priority")?,
            progress_summary: progress_summary.optional(),
            status: status.require(reader, "Status")?,
            termination_date: termination_date.optional(),
            unknown,
        })
    }

    fn encode(&self, writer: &mut Writer) -> Result<(), BuildError> {
        writer.element("member", |writer| {
            timestamp(writer, "CreationTime", Some(self.creation_time))?;
            writer.text("Description", self.description.as_deref().unwrap_or_default())?;
            writer.text("JobId", self.job_id.as_str())?;
            writer.text("Operation", self.operation.as_str())?;
            writer.value("Priority", self.priority)?;
            if let Some(progress_summary) = &self.progress_summary {
                progress_summary.encode(writer)?;
            }
            writer.text("Status", self.status.as_str())?;
            timestamp(writer, "TerminationDate", self.termination_date)?;
            self.unknown.encode(writer);
            Ok(())
        })
    }
}
