//! The jobs of a listing, as rows

use anstyle::{AnsiColor, Style};
use cos_batch::{JobStatus, JobSummary, ListJobs, ListJobsResult, Operation, ProgressSummary};

use super::look::grouped;
use super::record::Encode;
use super::{Column, Layout, Look, Record};

type Job = JobSummary<'static>;

impl Record for Job {
    const NAME: &'static str = "jobs";

    const COLUMNS: &'static [Column<Self>] = &[
        Column::<Self>::new("job_id", "JOB ID", |job, _| job.job_id.to_string()).whole(),
        Column::<Self>::new("status", "STATUS", |job, look| look.text(job.status.as_str()))
            .styled(style),
        Column::<Self>::new("priority", "PRI", |job, _| job.priority.to_string()).right(),
        Column::<Self>::new("operation", "OPERATION", |job, look| {
            look.text(job.operation.as_str())
        }),
        Column::<Self>::new("progress", "PROGRESS", |job, look| progress(job, look, full_progress)),
        Column::<Self>::new("short_progress", "PROGRESS", |job, look| {
            progress(job, look, short_progress)
        }),
        Column::<Self>::new("succeeded", "SUCCEEDED", |job, look| {
            count(job, look, |progress| progress.number_of_tasks_succeeded)
        })
        .right(),
        Column::<Self>::new("failed", "FAILED", |job, look| {
            count(job, look, |progress| progress.number_of_tasks_failed)
        })
        .right(),
        Column::<Self>::new("total", "TOTAL", |job, look| {
            count(job, look, |progress| progress.total_number_of_tasks)
        })
        .right(),
        Column::<Self>::new("created", "CREATED", |job, look| look.time(Some(job.creation_time)))
            .relative("AGE")
            .right(),
        Column::<Self>::new("ended", "ENDED", |job, look| look.time(job.termination_date)).right(),
        Column::<Self>::new("description", "DESCRIPTION", |job, look| {
            look.text(job.description.as_deref().unwrap_or_default())
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

    /// Descriptions go first, ids never.
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
            cut: "short_progress",
            least: 0,
        },
    ];

    const ID: Option<fn(&Self) -> String> = Some(|job| job.job_id.to_string());

    const XML: Option<Encode<Self>> = Some(|jobs| {
        let page = ListJobsResult::new(jobs.to_vec());
        ListJobs::encode_response(&page).map(|reply| reply.into_body())
    });
}

/// What asks for attention is red or yellow.
fn style(job: &Job) -> Style {
    match job.status {
        JobStatus::Failed | JobStatus::Failing => AnsiColor::Red.on_default(),
        JobStatus::Suspended | JobStatus::Paused => AnsiColor::Yellow.on_default(),
        JobStatus::Complete => AnsiColor::Green.on_default(),
        JobStatus::Active => AnsiColor::Cyan.on_default(),
        _ => Style::new(),
    }
}

fn count(job: &Job, look: &Look, count: fn(&ProgressSummary<'_>) -> u64) -> String {
    let progress = job.progress_summary.as_ref();
    progress.map_or_else(|| look.absent(), |progress| look.count(count(progress)))
}

fn progress(job: &Job, look: &Look, show: fn(&ProgressSummary<'_>) -> String) -> String {
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
