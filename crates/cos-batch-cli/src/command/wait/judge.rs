use std::str::FromStr;

use cos_batch::{Job, JobStatus};

use crate::filter::listed_status;

/// What is waited for
#[derive(Clone, Debug)]
pub(super) enum Goal {
    /// Its end, which is good only where it is Complete.
    Ended,
    Status(JobStatus),
}

impl FromStr for Goal {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "terminal" | "Complete" => Ok(Self::Ended),
            name => listed_status(name)
                .map(Self::Status)
                .map_err(|expected| format!("{expected}, or terminal")),
        }
    }
}

/// How many tasks may fail
#[derive(Clone, Copy, Debug)]
pub(super) enum Allowed {
    Tasks(u64),
    Percent(u8),
}

impl Allowed {
    pub(super) const NONE: Self = Self::Tasks(0);

    fn allows(self, failed: u64, total: u64) -> bool {
        match self {
            Self::Tasks(tasks) => failed <= tasks,
            Self::Percent(percent) => {
                u128::from(failed) * 100 <= u128::from(total) * u128::from(percent)
            }
        }
    }
}

impl FromStr for Allowed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = || "expected a number, or a percentage from 0% to 100%".to_owned();
        match text.strip_suffix('%') {
            Some(percent) => {
                let percent = percent.parse().map_err(|_| expected())?;
                Some(percent).filter(|it| *it <= 100).map(Self::Percent).ok_or_else(expected)
            }
            None => text.parse().map(Self::Tasks).map_err(|_| expected()),
        }
    }
}

impl std::fmt::Display for Allowed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Tasks(tasks) => tasks.fmt(f),
            Self::Percent(percent) => write!(f, "{percent}%"),
        }
    }
}

/// When a wait is over, and whether well
#[derive(Clone, Debug)]
pub(super) struct Judge {
    pub(super) goal: Goal,
    pub(super) allowed: Allowed,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Verdict {
    Reached,
    /// It has ended otherwise, or gone by.
    Missed,
    /// More tasks have failed than may.
    TooManyFailed,
}

impl Judge {
    /// `None` while there is something to wait for.
    pub(super) fn of(&self, job: &Job<'_>) -> Option<Verdict> {
        let Goal::Status(goal) = &self.goal else { return self.of_end(job) };
        match &job.status {
            status if status == goal => Some(Verdict::Reached),
            // Not every job is suspended, and none twice.
            status if is_beyond(status, goal) && *goal == JobStatus::Suspended => {
                Some(Verdict::Missed)
            }
            status if is_beyond(status, goal) => Some(Verdict::Reached),
            status if status.is_terminal() => Some(Verdict::Missed),
            _ => None,
        }
    }

    fn of_end(&self, job: &Job<'_>) -> Option<Verdict> {
        let progress = job.progress_summary.as_ref();
        let (failed, total) =
            progress.map_or((0, 0), |it| (it.number_of_tasks_failed, it.total_number_of_tasks));
        match &job.status {
            _ if !self.allowed.allows(failed, total) => Some(Verdict::TooManyFailed),
            JobStatus::Complete => Some(Verdict::Reached),
            status if status.is_terminal() => Some(Verdict::Missed),
            _ => None,
        }
    }
}

/// Has a job of this status had the other on its way? Not every job is paused.
fn is_beyond(status: &JobStatus, goal: &JobStatus) -> bool {
    let on_every_way = !matches!(goal, JobStatus::Pausing | JobStatus::Paused);
    on_every_way && step(status).zip(step(goal)).is_some_and(|(status, goal)| status > goal)
}

/// How far it is on the way of a job that nothing stops.
fn step(status: &JobStatus) -> Option<u8> {
    Some(match status {
        JobStatus::New => 0,
        JobStatus::Preparing => 1,
        JobStatus::Suspended => 2,
        JobStatus::Ready => 3,
        JobStatus::Active => 4,
        JobStatus::Pausing | JobStatus::Paused => 5,
        JobStatus::Completing => 6,
        JobStatus::Complete => 7,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use cos_batch::time::OffsetDateTime;
    use cos_batch::{JobOperation, Priority, ProgressSummary};

    use super::*;

    fn verdict(goal: &str, allowed: &str, status: &JobStatus, failed: u64) -> Option<Verdict> {
        let id = "j".parse().expect("an id");
        let (priority, epoch) = (Priority::MIN, OffsetDateTime::UNIX_EPOCH);
        let mut job = Job::new(id, JobOperation::DeleteObject, priority, status.clone(), epoch);
        job.progress_summary = Some(ProgressSummary::new(100 - failed, failed, 1000));
        let allowed = allowed.parse().expect("a number");
        Judge { goal: goal.parse().expect("a goal"), allowed }.of(&job)
    }

    /// What each of the 13 statuses comes to, in the order of their names.
    fn all(goal: &str) -> String {
        let sign = |status| match verdict(goal, "0", status, 0) {
            Some(Verdict::Reached) => '+',
            Some(_) => '-',
            None => '.',
        };
        JobStatus::LISTED.iter().map(sign).collect()
    }

    #[test]
    fn every_goal_and_every_status() {
        // Active, Cancelled, Cancelling, Complete, Completing, Failed, Failing, New, Paused,
        // Pausing, Preparing, Ready, Suspended
        assert_eq!(all("terminal"), ".-.+.-.......");
        assert_eq!(all("Complete"), ".-.+.-.......");
        assert_eq!(all("Ready"), "+-.++-..++.+.");
        assert_eq!(all("Suspended"), "--.---..--.-+");
        assert_eq!(all("Active"), "+-.++-..++...");
        assert_eq!(all("Failed"), ".-.-.+.......");
        assert_eq!(all("Cancelled"), ".+.-.-.......");
        assert_eq!(all("Paused"), ".-.-.-..+....");
    }

    #[test]
    fn failed_tasks_are_counted_before_the_end() {
        let active = |allowed, failed| verdict("terminal", allowed, &JobStatus::Active, failed);
        assert_eq!(active("0", 1), Some(Verdict::TooManyFailed));
        assert_eq!(active("5", 5), None);
        assert_eq!(active("5", 6), Some(Verdict::TooManyFailed));
        // Of a thousand tasks.
        assert_eq!(active("1%", 10), None);
        assert_eq!(active("1%", 11), Some(Verdict::TooManyFailed));
        let complete = |allowed| verdict("terminal", allowed, &JobStatus::Complete, 31);
        assert_eq!(complete("0"), Some(Verdict::TooManyFailed));
        assert_eq!(complete("31"), Some(Verdict::Reached));
        for text in ["", "-1", "x", "101%", "%", "1.5%", "99999999999999999999"] {
            assert!(text.parse::<Allowed>().is_err(), "{text}");
        }
    }
}
