use cos_batch::{Job, JobId, JobStatus, printable};
use serde::Serialize;

use super::judge::{Allowed, Verdict};
use crate::output::{Column, Record, grouped, span};

/// What came of waiting for one job
#[derive(Serialize)]
pub(super) struct Waited {
    job_id: JobId<'static>,
    result: &'static str,
    status: JobStatus,
    succeeded: u64,
    failed: u64,
    total: u64,
    /// What `--allow-failed` says.
    allowed_to_fail: String,
    /// From its creation to its end, in seconds, once it has ended.
    seconds: Option<i64>,
    /// Is its id worth saying?
    #[serde(skip)]
    named: bool,
}

impl Waited {
    pub(super) fn new(job: Job<'static>, verdict: Verdict, allowed: Allowed, named: bool) -> Self {
        let progress = job.progress_summary.unwrap_or_default();
        let seconds = job.termination_date.map(|end| (end - job.creation_time).whole_seconds());
        Self {
            job_id: job.job_id,
            result: match verdict {
                Verdict::Reached => "reached",
                Verdict::Missed => "missed",
                Verdict::TooManyFailed => "too_many_failed",
            },
            status: job.status,
            succeeded: progress.number_of_tasks_succeeded,
            failed: progress.number_of_tasks_failed,
            total: progress.total_number_of_tasks,
            allowed_to_fail: allowed.to_string(),
            seconds,
            named,
        }
    }

    /// `Complete in 41m: 12,369 succeeded, 31 failed (allowed: 0)`
    pub(super) fn sentence(&self) -> String {
        let id = if self.named { format!("{}  ", self.job_id) } else { String::new() };
        let status = printable(self.status.as_str(), 64);
        let time = self.seconds.map(cos_batch::time::Duration::seconds);
        let time = time.map(|time| format!(" in {}", span(time))).unwrap_or_default();
        let allowed = match self.failed {
            0 => String::new(),
            _ => format!(" (allowed: {})", self.allowed_to_fail),
        };
        let [succeeded, failed] = [self.succeeded, self.failed].map(grouped);
        format!("{id}{status}{time}: {succeeded} succeeded, {failed} failed{allowed}")
    }
}

impl Record for Waited {
    const NAME: &'static str = "results";

    const COLUMNS: &'static [Column<Self>] = &[
        Column::<Self>::new("job_id", "JOB ID", |it, _| it.job_id.to_string()).whole(),
        Column::<Self>::new("result", "RESULT", |it, _| it.result.to_owned()),
        Column::<Self>::new("status", "STATUS", |it, look| look.text(it.status.as_str())),
        Column::<Self>::new("succeeded", "SUCCEEDED", |it, look| look.count(it.succeeded)).right(),
        Column::<Self>::new("failed", "FAILED", |it, look| look.count(it.failed)).right(),
        Column::<Self>::new("total", "TOTAL", |it, look| look.count(it.total)).right(),
        Column::<Self>::new("seconds", "SECONDS", |it, look| {
            it.seconds.map_or_else(|| look.absent(), |seconds| seconds.to_string())
        })
        .right(),
    ];

    const LINE: &'static [&'static str] =
        &["job_id", "result", "status", "succeeded", "failed", "total", "seconds"];

    const SENTENCE: Option<fn(&Self) -> String> = Some(Self::sentence);

    const ID: Option<fn(&Self) -> String> = Some(|it| it.job_id.to_string());
}
