use std::borrow::Cow;

use time::OffsetDateTime;

use super::{JobId, JobStatus, Priority};
use crate::value::{IntoOwned, closed_list};

closed_list! {
    /// What a job does to its objects, by name
    ///
    /// ListJobs shows the name of the operation only; DescribeJob has its parameters.
    ///
    /// Page: [common elements](https://www.tencentcloud.com/document/product/436/33786).
    pub enum OperationName("an operation's name without commas or control characters") {
        /// Delete.
        CosDeleteObject = "COSDeleteObject",
        /// Restore from an archive.
        CosInitiateRestoreObject = "COSInitiateRestoreObject",
        /// Copy.
        CosPutObjectCopy = "COSPutObjectCopy",
        /// Tag.
        CosPutObjectTagging = "COSPutObjectTagging",
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
