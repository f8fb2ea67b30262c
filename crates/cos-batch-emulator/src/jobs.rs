//! Jobs to begin with, as an operator may have them after some weeks

mod parts;
mod templates;

use std::ops::Range;

use cos_batch::time::{Duration, OffsetDateTime};
use cos_batch::{Job, JobFailure, JobStatus, Priority, ProgressSummary};

use crate::ids::mixed;
use crate::moment::whole_second;
use crate::texts;
use templates::{TEMPLATES, Template};

/// How many sample jobs an emulator has unless told.
pub const SAMPLE_JOBS: usize = TEMPLATES.len();

/// Any number of jobs that look like an operator's: copies, restores, deletions and taggings of the
/// last seven weeks, in every status
///
/// The same `now` and `count` give the same jobs, and another `now` moves their times only. A job
/// does not depend on how many follow it. The first 13 have one of each status, and all four
/// operations; from [`SAMPLE_JOBS`] on they repeat with other ids, times and counts.
///
/// ```
/// use cos_batch::time::OffsetDateTime;
/// use cos_batch_emulator::sample_jobs;
///
/// let now = OffsetDateTime::from_unix_timestamp(1_557_902_800)?;
/// assert_eq!(sample_jobs(now, 1000).len(), 1000);
/// assert_eq!(sample_jobs(now, 15), sample_jobs(now, 1000)[..15]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn sample_jobs(now: OffsetDateTime, count: usize) -> Vec<Job<'static>> {
    let now = whole_second(now);
    (0_u64..).zip(TEMPLATES.iter().cycle()).take(count).map(|(n, it)| job(n, it, now)).collect()
}

/// What is random about a job: one number of each for every job.
#[derive(Clone, Copy)]
enum Random {
    IdHigh,
    IdLow,
    Age,
    Tasks,
    Done,
    Pace,
    TokenHigh,
    TokenLow,
    Etag,
}

/// A number of `range` that looks random and is always the same.
fn random(n: u64, of: Random, range: Range<u64>) -> u64 {
    let width = range.end.saturating_sub(range.start).max(1);
    range.start + mixed(of as u64, n) % width
}

fn job(n: u64, template: &Template, now: OffsetDateTime) -> Job<'static> {
    let total = total(n, template);
    let age = random(n, Random::Age, age(&template.status));
    let mut job = Job::new(
        parts::id(n, [Random::IdHigh, Random::IdLow]),
        parts::operation(&template.operation),
        Priority::try_from(template.priority).unwrap_or(Priority::MIN),
        template.status.clone(),
        now.saturating_sub(seconds(age)),
    );
    job.client_request_token = Some(parts::id(n, [Random::TokenHigh, Random::TokenLow]));
    job.confirmation_required = Some(template.status == JobStatus::Suspended);
    job.description = template.description.map(Into::into);
    job.manifest = Some(parts::manifest(n));
    job.progress_summary = progress(n, template, total);
    job.report = Some(parts::report());
    job.role_arn = Some(parts::role());
    match template.status {
        JobStatus::Complete => {
            job.failure_reasons.push(JobFailure::default());
            job.status_update_reason = Some(texts::COMPLETE.into());
        }
        JobStatus::Failed => {
            let progress = job.progress_summary.as_ref();
            let failed = progress.map_or(0, |progress| progress.number_of_tasks_failed);
            let done = progress.map_or(0, |progress| progress.number_of_tasks_succeeded) + failed;
            job.failure_reasons.push(match total {
                0 => texts::unreadable("the manifest's ETag is not the one that the job names"),
                _ => texts::threshold(failed, done),
            });
        }
        JobStatus::Suspended => {
            job.suspended_cause = Some(texts::SUSPENDED.into());
            job.suspended_date = Some(job.creation_time.saturating_add(seconds(age / 60)));
        }
        _ => {}
    }
    if template.status.is_terminal() {
        let pace = random(n, Random::Pace, 50..450);
        let took = (20 + total / pace).min(age / 2);
        job.termination_date = Some(job.creation_time.saturating_add(seconds(took)));
    }
    job
}

/// How many seconds ago a job with this status may have been created.
fn age(status: &JobStatus) -> Range<u64> {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    match status {
        JobStatus::New => 3..MINUTE,
        JobStatus::Preparing => MINUTE..15 * MINUTE,
        JobStatus::Ready => 15 * MINUTE..6 * HOUR,
        JobStatus::Suspended => HOUR..13 * DAY,
        status if status.is_terminal() => 2 * HOUR..49 * DAY,
        _ => 30 * MINUTE..3 * DAY,
    }
}

/// All tasks of a job: those of its template, a little more on each repetition.
fn total(n: u64, template: &Template) -> u64 {
    let first = n < TEMPLATES.len() as u64;
    template.tasks + if first { 0 } else { random(n, Random::Tasks, 0..template.tasks / 4 + 1) }
}

/// How far a job is, as its status has it; nothing is known of a new one.
fn progress(n: u64, template: &Template, total: u64) -> Option<ProgressSummary<'static>> {
    let done = match template.status {
        JobStatus::New => return None,
        JobStatus::Preparing | JobStatus::Ready | JobStatus::Suspended => 0,
        JobStatus::Complete | JobStatus::Completing => total,
        _ => total * random(n, Random::Done, 4..92) / 100,
    };
    // A job fails once more than half of what it has done has failed.
    let failed = match template.status {
        JobStatus::Failed | JobStatus::Failing => (done / 2 + 1).min(done),
        _ => done * template.failed_of_1000 / 1000,
    };
    Some(ProgressSummary::new(done - failed, failed, total))
}

fn seconds(seconds: u64) -> Duration {
    Duration::seconds(i64::try_from(seconds).unwrap_or(i64::MAX))
}
