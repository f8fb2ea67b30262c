use std::borrow::Cow;

use time::OffsetDateTime;

use super::{
    ClientRequestToken, JobId, JobOperation, JobStatus, Manifest, OperationName, Priority, Report,
    RoleArn, UnknownFields,
};
use crate::value::{IntoOwned, ValueError};

/// One job, with all that the service tells of it
///
/// What a job always has is plain, everything else optional. `Manifest`, `Report` and `RoleArn`
/// are in every sample; a manifest that the service makes itself may well be in none.
///
/// Page: [DescribeJob](https://www.tencentcloud.com/document/product/436/33782).
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub struct Job<'a> {
    /// The token it was created with. In the docs' table, and in none of their samples.
    pub client_request_token: Option<ClientRequestToken<'a>>,
    /// Does it wait for confirmation before it runs?
    pub confirmation_required: Option<bool>,
    /// When it was created.
    #[cfg_attr(feature = "serde", serde(with = "time::serde::rfc3339"))]
    pub creation_time: OffsetDateTime,
    /// What its creator wrote about it.
    pub description: Option<Cow<'a, str>>,
    /// Why it failed. A job that succeeded has one with nothing in it.
    #[cfg_attr(feature = "serde", serde(default))]
    pub failure_reasons: Vec<JobFailure<'a>>,
    /// Its id.
    pub job_id: JobId<'a>,
    /// The list of its objects.
    pub manifest: Option<Manifest<'a>>,
    /// What it does with them.
    pub operation: JobOperation<'a>,
    /// How urgent it is.
    pub priority: Priority,
    /// How far it is.
    pub progress_summary: Option<ProgressSummary<'a>>,
    /// Where it writes its report.
    pub report: Option<Report<'a>>,
    /// The role that COS assumes for it.
    pub role_arn: Option<RoleArn<'a>>,
    /// Where it stands.
    pub status: JobStatus,
    /// Why it stands there, as its owner or the service wrote.
    pub status_update_reason: Option<Cow<'a, str>>,
    /// Why it was suspended; the wording is undocumented.
    pub suspended_cause: Option<Cow<'a, str>>,
    /// When it was suspended.
    #[cfg_attr(feature = "serde", serde(default, with = "time::serde::rfc3339::option"))]
    pub suspended_date: Option<OffsetDateTime>,
    /// When it ended.
    #[cfg_attr(feature = "serde", serde(default, with = "time::serde::rfc3339::option"))]
    pub termination_date: Option<OffsetDateTime>,
    /// What no page documents. In JSON only where there is something.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "UnknownFields::is_empty"))]
    pub unknown: UnknownFields<'a>,
}

impl<'a> Job<'a> {
    /// A job with what every job has, all else absent.
    #[must_use]
    pub fn new(
        job_id: JobId<'a>,
        operation: JobOperation<'a>,
        priority: Priority,
        status: JobStatus,
        creation_time: OffsetDateTime,
    ) -> Self {
        Self {
            client_request_token: None,
            confirmation_required: None,
            creation_time,
            description: None,
            failure_reasons: Vec::new(),
            job_id,
            manifest: None,
            operation,
            priority,
            progress_summary: None,
            report: None,
            role_arn: None,
            status,
            status_update_reason: None,
            suspended_cause: None,
            suspended_date: None,
            termination_date: None,
            unknown: UnknownFields::default(),
        }
    }

    /// What a listing shows of it
    ///
    /// ```
    /// use cos_batch::time::OffsetDateTime;
    /// use cos_batch::{Job, JobOperation, JobStatus, Priority};
    ///
    /// let created = OffsetDateTime::UNIX_EPOCH;
    /// let operation = JobOperation::DeleteObject;
    /// let mut job = Job::new("j-1".parse()?, operation, Priority::MIN, JobStatus::New, created);
    /// job.description = Some("spring cleaning".into());
    /// let summary = job.summary()?;
    /// assert_eq!(summary.operation.as_str(), "COSDeleteObject");
    /// assert_eq!(summary.description.as_deref(), Some("spring cleaning"));
    /// # Ok::<(), cos_batch::ValueError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Where its operation has a name that no listing can hold.
    pub fn summary(&self) -> Result<JobSummary<'_>, ValueError> {
        Ok(JobSummary {
            creation_time: self.creation_time,
            description: self.description.as_deref().map(Cow::Borrowed),
            job_id: self.job_id.as_str().try_into()?,
            operation: self.operation.name().parse()?,
            priority: self.priority,
            progress_summary: self.progress_summary.clone(),
            status: self.status.clone(),
            termination_date: self.termination_date,
            unknown: UnknownFields::default(),
        })
    }
}

/// Why a job failed
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub struct JobFailure<'a> {
    /// A code; which there are is undocumented.
    pub failure_code: Option<Cow<'a, str>>,
    /// A text for people.
    pub failure_reason: Option<Cow<'a, str>>,
}

impl IntoOwned for Job<'_> {
    type Owned = Job<'static>;

    fn into_owned(self) -> Job<'static> {
        Job {
            client_request_token: self.client_request_token.into_owned(),
            confirmation_required: self.confirmation_required,
            creation_time: self.creation_time,
            description: self.description.into_owned(),
            failure_reasons: self.failure_reasons.into_owned(),
            job_id: self.job_id.into_owned(),
            manifest: self.manifest.into_owned(),
            operation: self.operation.into_owned(),
            priority: self.priority,
            progress_summary: self.progress_summary.into_owned(),
            report: self.report.into_owned(),
            role_arn: self.role_arn.into_owned(),
            status: self.status,
            status_update_reason: self.status_update_reason.into_owned(),
            suspended_cause: self.suspended_cause.into_owned(),
            suspended_date: self.suspended_date,
            termination_date: self.termination_date,
            unknown: self.unknown.into_owned(),
        }
    }
}

impl IntoOwned for JobFailure<'_> {
    type Owned = JobFailure<'static>;

    fn into_owned(self) -> JobFailure<'static> {
        JobFailure {
            failure_code: self.failure_code.into_owned(),
            failure_reason: self.failure_reason.into_owned(),
        }
    }
}

/// One job of a listing: a `member` of [`ListJobsResult`](crate::ListJobsResult)
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub struct JobSummary<'a> {
    /// When it was created.
    #[cfg_attr(feature = "serde", serde(with = "time::serde::rfc3339"))]
    pub creation_time: OffsetDateTime,
    /// What its creator wrote about it; 0 to 256 bytes by the docs. `None` or not empty.
    pub description: Option<Cow<'a, str>>,
    /// Its id.
    pub job_id: JobId<'a>,
    /// What it does.
    pub operation: OperationName,
    /// How urgent it is.
    pub priority: Priority,
    /// How far it is.
    pub progress_summary: Option<ProgressSummary<'a>>,
    /// Where it stands.
    pub status: JobStatus,
    /// When it ended.
    #[cfg_attr(feature = "serde", serde(with = "time::serde::rfc3339::option"))]
    #[cfg_attr(feature = "serde", serde(default))]
    pub termination_date: Option<OffsetDateTime>,
    /// What no page documents. In JSON only where there is something.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "UnknownFields::is_empty"))]
    pub unknown: UnknownFields<'a>,
}

impl<'a> JobSummary<'a> {
    /// A job with what every listing shows, all else absent.
    #[must_use]
    pub fn new(
        job_id: JobId<'a>,
        operation: OperationName,
        priority: Priority,
        status: JobStatus,
        creation_time: OffsetDateTime,
    ) -> Self {
        Self {
            creation_time,
            description: None,
            job_id,
            operation,
            priority,
            progress_summary: None,
            status,
            termination_date: None,
            unknown: UnknownFields::default(),
        }
    }
}

impl IntoOwned for JobSummary<'_> {
    type Owned = JobSummary<'static>;

    fn into_owned(self) -> JobSummary<'static> {
        JobSummary {
            creation_time: self.creation_time,
            description: self.description.into_owned(),
            job_id: self.job_id.into_owned(),
            operation: self.operation,
            priority: self.priority,
            progress_summary: self.progress_summary.into_owned(),
            status: self.status,
            termination_date: self.termination_date,
            unknown: self.unknown.into_owned(),
        }
    }
}

/// How many tasks a job has, and how they fared
///
/// Page: [common elements](https://www.tencentcloud.com/document/product/436/33786).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub struct ProgressSummary<'a> {
    /// On the page of 2025 only, and without an explanation there: presumably the state of a
    /// manifest that the service makes. Carried as it comes; `Failed` is the one value seen.
    pub auto_manifest_status: Option<Cow<'a, str>>,
    /// Tasks that failed.
    pub number_of_tasks_failed: u64,
    /// Tasks that succeeded.
    pub number_of_tasks_succeeded: u64,
    /// All tasks.
    pub total_number_of_tasks: u64,
}

impl ProgressSummary<'_> {
    /// A summary of counts.
    #[must_use]
    pub fn new(succeeded: u64, failed: u64, total: u64) -> Self {
        Self {
            auto_manifest_status: None,
            number_of_tasks_failed: failed,
            number_of_tasks_succeeded: succeeded,
            total_number_of_tasks: total,
        }
    }
}

impl IntoOwned for ProgressSummary<'_> {
    type Owned = ProgressSummary<'static>;

    fn into_owned(self) -> ProgressSummary<'static> {
        ProgressSummary {
            auto_manifest_status: self.auto_manifest_status.into_owned(),
            number_of_tasks_failed: self.number_of_tasks_failed,
            number_of_tasks_succeeded: self.number_of_tasks_succeeded,
            total_number_of_tasks: self.total_number_of_tasks,
        }
    }
}
