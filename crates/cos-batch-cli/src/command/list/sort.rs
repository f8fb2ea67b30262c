use std::cmp::Reverse;

use clap::ValueEnum;
use clap::builder::PossibleValue;
use cos_batch::JobStatus;

use crate::output::Listed;

/// What jobs are sorted by; those that are alike stay as they came
#[derive(Clone, Copy, Debug)]
pub(super) enum Order {
    Created,
    CreatedLast,
    Priority,
    Status,
    Progress,
}

impl Order {
    pub(super) fn sort(self, jobs: &mut [Listed]) {
        match self {
            Self::Created => jobs.sort_by_key(|it| it.job.creation_time),
            Self::CreatedLast => jobs.sort_by_key(|it| Reverse(it.job.creation_time)),
            Self::Priority => jobs.sort_by_key(|it| Reverse(it.job.priority)),
            Self::Status => jobs.sort_by_key(|it| step(&it.job.status)),
            Self::Progress => jobs.sort_by_key(progress),
        }
    }
}

/// How far a job of this status has come, in the order of their lives.
fn step(status: &JobStatus) -> usize {
    use JobStatus::{
        Active, Cancelled, Cancelling, Complete, Completing, Failed, Failing, New, Paused, Pausing,
        Preparing, Ready, Suspended,
    };
    let order = [
        New, Preparing, Suspended, Ready, Active, Pausing, Paused, Completing, Complete,
        Cancelling, Cancelled, Failing, Failed,
    ];
    order.iter().position(|other| other == status).unwrap_or(order.len())
}

/// The part of its tasks that was tried, in millionths; nothing where that is not known.
fn progress(it: &Listed) -> u128 {
    let Some(progress) = &it.job.progress_summary else { return 0 };
    let done = u128::from(progress.number_of_tasks_succeeded)
        + u128::from(progress.number_of_tasks_failed);
    (done * 1_000_000).checked_div(progress.total_number_of_tasks.into()).unwrap_or_default()
}

impl ValueEnum for Order {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Created, Self::CreatedLast, Self::Priority, Self::Status, Self::Progress]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let (name, help) = match self {
            Self::Created => ("created", "the oldest first"),
            Self::CreatedLast => ("-created", "the newest first"),
            Self::Priority => ("priority", "the largest first"),
            Self::Status => ("status", "from New to Failed"),
            Self::Progress => ("progress", "the least first"),
        };
        Some(PossibleValue::new(name).help(help))
    }
}
