//! The jobs of a listing, as rows

use anstyle::{AnsiColor, Style};
use cos_batch::{
    IntoOwned, Job, JobStatus, JobSummary, ListJobs, ListJobsResult, Operation, ProgressSummary,
    Region,
};
use serde::Serialize;

use super::look::grouped;
use super::record::Encode;
use super::{Column, Format, Layout, Look, Record};
use crate::failure::{Failure, Kind};

/// A job as it is listed
#[derive(Serialize)]
pub(crate) struct Listed {
    /// Where jobs of several regions are listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) region: Option<Region>,
    #[serde(flatten)]
    pub(crate) job: JobSummary<'static>,
}

impl Listed {
    /// The usual columns, and the region before them.
    pub(crate) fn columns_with_region(format: Format) -> Vec<String> {
        let columns = match format {
            Format::Table => &["job_id", "status", "priority", "short_progress", "created"],
            _ => Self::LINE,
        };
        ["region"].iter().chain(columns).map(|name| (*name).to_owned()).collect()
    }
}

impl From<JobSummary<'static>> for Listed {
    fn from(job: JobSummary<'static>) -> Self {
        Self { region: None, job }
    }
}

/// The parts of a job that a listing shows.
impl TryFrom<&Job<'_>> for Listed {
    type Error = Failure;

    fn try_from(job: &Job<'_>) -> Result<Self, Failure> {
        job.summary().map(|summary| summary.into_owned().into()).map_err(|error| {
            let message = format!("the job's operation has no name for a line: {error}");
            Failure::new(Kind::UNREADABLE, message).help("choose -o json")
        })
    }
}

impl Record for Listed {
    const NAME: &'static str = "jobs";

    const COLUMNS: &'static [Column<Self>] = &[
        Column::<Self>::new("region", "REGION", |it, look| {
            look.optional(it.region.as_ref().map(|region| region.as_str()))
        }),
        Column::<Self>::new("job_id", "JOB ID", |it, _| it.job.job_id.to_string()).whole(),
        Column::<Self>::new("status", "STATUS", |it, look| look.text(it.job.status.as_str()))
            .styled(style),
        Column::<Self>::new("priority", "PRI", |it, _| it.job.priority.to_string()).right(),
        Column::<Self>::new("operation", "OPERATION", |it, look| {
            look.text(it.job.operation.as_str())
        }),
        Column::<Self>::new("progress", "PROGRESS", |it, look| {
            progress(&it.job, look, full_progress)
        }),
        Column::<Self>::new("short_progress", "PROGRESS", |it, look| {
            progress(&it.job, look, short_progress)
        }),
        Column::<Self>::new("succeeded", "SUCCEEDED", |it, look| {
            count(&it.job, look, |progress| progress.number_of_tasks_succeeded)
        })
        .right(),
        Column::<Self>::new("failed", "FAILED", |it, look| {
            count(&it.job, look, |progress| progress.number_of_tasks_failed)
        })
        .right(),
        Column::<Self>::new("total", "TOTAL", |it, look| {
            count(&it.job, look, |progress| progress.total_number_of_tasks)
        })
        .right(),
        Column::<Self>::new("created", "CREATED", |it, look| look.time(Some(it.job.creation_time)))
            .relative("AGE")
            .right(),
        Column::<Self>::new("ended", "ENDED", |it, look| look.time(it.job.termination_date))
            .right(),
        Column::<Self>::new("description", "DESCRIPTION", |it, look| {
            look.text(it.job.description.as_deref().unwrap_or_default())
        }),
    ];

    const LINE: &'static [&'static str] = &[
        "job_id",
        "status",
        "priority",
        "operation",
        "succeeded",
        "failed",
        "total",
        "created",
        "ended",
        "description",
    ];

    /// Descriptions go first, how many failed last, ids never.
    const TABLES: &'static [Layout] = &[
        Layout {
            columns: &[
                "job_id",
                "status",
                "priority",
                "operation",
                "progress",
                "created",
                "description",
            ],
            cut: "description",
            least: 12,
        },
        Layout {
            columns: &["job_id", "status", "priority", "operation", "progress", "created"],
            cut: "operation",
            least: 16,
        },
        Layout {
            columns: &["job_id", "status", "priority", "operation", "short_progress", "created"],
            cut: "operation",
            least: 16,
        },
        Layout {
            columns: &["job_id", "status", "priority", "short_progress", "created"],
            cut: "",
            least: 0,
        },
        Layout {
            columns: &["job_id", "status", "short_progress", "created"],
            cut: "short_progress",
            least: 0,
        },
    ];

    const ID: Option<fn(&Self) -> String> = Some(|it| it.job.job_id.to_string());

    const XML: Option<Encode<Self>> = Some(|jobs| {
        let page = ListJobsResult::new(jobs.iter().map(|it| it.job.clone()).collect());
        ListJobs::encode_response(&page).map(|reply| reply.into_body())
    });
}

/// What asks for attention is red or yellow.
fn style(it: &Listed) -> Style {
    match it.job.status {
        JobStatus::Failed | JobStatus::Failing => AnsiColor::Red.on_default(),
        JobStatus::Suspended | JobStatus::Paused => AnsiColor::Yellow.on_default(),
        JobStatus::Complete => AnsiColor::Green.on_default(),
        JobStatus::Active => AnsiColor::Cyan.on_default(),
        _ => Style::new(),
    }
}

fn count(job: &JobSummary<'_>, look: &Look, count: fn(&ProgressSummary<'_>) -> u64) -> String {
    let progress = job.progress_summary.as_ref();
    progress.map_or_else(|| look.absent(), |progress| look.count(count(progress)))
}

fn progress(job: &JobSummary<'_>, look: &Look, show: fn(&ProgressSummary<'_>) -> String) -> String {
    job.progress_summary.as_ref().map_or_else(|| look.absent(), show)
}

/// `12,400/50,000 (24.8%, 31 failed)`
fn full_progress(progress: &ProgressSummary<'_>) -> String {
    let (done, total) = (done(progress), progress.total_number_of_tasks);
    if total == 0 && done == 0 {
        return "-".to_owned();
    }
    let notes = notes(progress).join(", ");
    let notes = if notes.is_empty() { notes } else { format!(" ({notes})") };
    format!("{}/{}{notes}", grouped(done), grouped(total))
}

/// `24.8% 31 failed`
fn short_progress(progress: &ProgressSummary<'_>) -> String {
    let notes = notes(progress).join(" ");
    if notes.is_empty() { full_progress(progress) } else { notes }
}

/// How many tasks were tried.
fn done(progress: &ProgressSummary<'_>) -> u64 {
    progress.number_of_tasks_succeeded.saturating_add(progress.number_of_tasks_failed)
}

fn notes(progress: &ProgressSummary<'_>) -> Vec<String> {
    let failed = progress.number_of_tasks_failed;
    let total = progress.total_number_of_tasks;
    let mut notes = Vec::new();
    if total > 0 {
        // In tenths of a percent, cut off: 100.0% is all of them.
        let tenths = u128::from(done(progress)) * 1000 / u128::from(total);
        notes.push(format!("{}.{}%", tenths / 10, tenths % 10));
    }
    if failed > 0 {
        notes.push(format!("{} failed", grouped(failed)));
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_says_what_failed() {
        let shown = |succeeded, failed, total| {
            full_progress(&ProgressSummary::new(succeeded, failed, total))
        };
        assert_eq!(shown(12_369, 31, 50_000), "12,400/50,000 (24.8%, 31 failed)");
        assert_eq!(shown(0, 0, 0), "-");
        assert_eq!(shown(10, 0, 10), "10/10 (100.0%)");
        assert_eq!(shown(999_999, 0, 1_000_000), "999,999/1,000,000 (99.9%)");
        assert_eq!(shown(5, 0, 0), "5/0");
        assert_eq!(
            shown(u64::MAX, u64::MAX, 1),
            "18,446,744,073,709,551,615/1 (1844674407370955161500.0%, 18,446,744,073,709,551,615 failed)"
        );
    }

    #[test]
    fn short_progress_says_what_failed() {
        let shown = |succeeded, failed, total| {
            short_progress(&ProgressSummary::new(succeeded, failed, total))
        };
        assert_eq!(shown(12_369, 31, 50_000), "24.8% 31 failed");
        assert_eq!(shown(10, 0, 10), "100.0%");
        assert_eq!(shown(0, 0, 0), "-");
        assert_eq!(shown(5, 0, 0), "5/0");
    }
}
