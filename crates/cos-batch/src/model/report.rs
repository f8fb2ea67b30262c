use std::borrow::Cow;

use super::BucketArn;
use crate::value::{IntoOwned, closed_list};

/// The report that a job writes when it ends
///
/// A request always says all of it; a reply may leave out all but `enabled` where there is no
/// report.
///
/// Page: [common elements](https://www.tencentcloud.com/document/product/436/33786).
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub struct Report<'a> {
    /// The bucket that it is written to.
    pub bucket: Option<BucketArn<'a>>,
    /// Is there a report at all?
    pub enabled: bool,
    /// Its format.
    pub format: Option<ReportFormat>,
    /// What its key begins with, 0 to 256 bytes.
    pub prefix: Option<Cow<'a, str>>,
    /// The tasks that it shows.
    pub report_scope: Option<ReportScope>,
}

impl<'a> Report<'a> {
    /// A report to a bucket, or, with `enabled` taken back, the settings of none.
    #[must_use]
    pub fn new(bucket: BucketArn<'a>, report_scope: ReportScope) -> Self {
        Self {
            bucket: Some(bucket),
            enabled: true,
            format: Some(ReportFormat::ReportCsvV1),
            prefix: None,
            report_scope: Some(report_scope),
        }
    }
}

closed_list! {
    /// The format of a report
    pub enum ReportFormat("a report format") {
        /// CSV. Its columns are undocumented.
        ReportCsvV1 = "Report_CSV_V1",
    }
}

closed_list! {
    /// The tasks that a report shows
    pub enum ReportScope("a report scope") {
        /// All of them.
        AllTasks = "AllTasks",
        /// Those that failed.
        FailedTasksOnly = "FailedTasksOnly",
    }
}

impl IntoOwned for Report<'_> {
    type Owned = Report<'static>;

    fn into_owned(self) -> Report<'static> {
        Report {
            bucket: self.bucket.into_owned(),
            enabled: self.enabled,
            format: self.format,
            prefix: self.prefix.into_owned(),
            report_scope: self.report_scope,
        }
    }
}
