use crate::value::closed_list;

closed_list! {
    /// Where a job stands
    ///
    /// ```text
    /// New ─▶ Preparing ─▶ Ready ◀──▶ Active ─▶ Completing ─▶ Complete
    ///            │          ▲        │ │  ▲
    ///            ▼          │        │ │  └── Paused ◀── Pausing ◀─┐
    ///        Suspended ─────┘        │ └──────────────────────────┘
    ///      (until confirmed)         ├─▶ Cancelling ─▶ Cancelled
    ///                                └─▶ Failing ────▶ Failed
    /// ```
    ///
    /// Page: [managing jobs](https://www.tencentcloud.com/document/product/436/32961).
    pub enum JobStatus("a job status: a name without commas or control characters") {
        /// Tasks are running.
        Active = "Active",
        /// Cancelled; nothing can be changed any more.
        Cancelled = "Cancelled",
        /// On the way to `Cancelled`.
        Cancelling = "Cancelling",
        /// All tasks were tried, whether they succeeded or failed.
        Complete = "Complete",
        /// Listed among the values, and in no table; taken as the way to `Complete`.
        Completing = "Completing",
        /// Failed; the reasons are in DescribeJob and in the report.
        Failed = "Failed",
        /// On the way to `Failed`.
        Failing = "Failing",
        /// Just created.
        New = "New",
        /// Stopped while a job of higher priority runs; goes on by itself.
        Paused = "Paused",
        /// On the way to `Paused`.
        Pausing = "Pausing",
        /// The manifest and the settings are being parsed.
        Preparing = "Preparing",
        /// About to run; stays here while a job of higher priority runs.
        Ready = "Ready",
        /// Parsed, and waiting for confirmation.
        Suspended = "Suspended",
    }
}

closed_list! {
    /// What a job can be asked to become
    ///
    /// Page: [UpdateJobStatus](https://www.tencentcloud.com/document/product/436/33785).
    pub enum RequestedJobStatus("Ready or Cancelled") {
        /// Cancel it.
        Cancelled = "Cancelled",
        /// Confirm it, so that it runs.
        Ready = "Ready",
    }
}

impl JobStatus {
    /// Has the job ended, for good or ill? A status that no page documents has not.
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        matches!(self, Self::Cancelled | Self::Complete | Self::Failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_13_are_listed_and_read_back() {
        assert_eq!(JobStatus::LISTED.len(), 13);
        for status in JobStatus::LISTED {
            assert_eq!(status.as_str().parse().as_ref(), Ok(status));
        }
    }

    #[test]
    fn an_unknown_status_survives_and_never_equals_a_known_one() {
        let status: JobStatus = "Hibernating".parse().expect("a status");
        assert!(matches!(&status, JobStatus::Other(other) if other.as_str() == "Hibernating"));
        assert_eq!(status.to_string(), "Hibernating");
        assert_eq!("Active".parse(), Ok(JobStatus::Active));
        for text in ["", "A,B", " A", "A ", "A\nB", "A\u{7f}", "A\u{ffff}"] {
            assert!(text.parse::<JobStatus>().is_err(), "{text:?}");
        }
    }
}
