use std::ops::RangeInclusive;
use std::time::Duration;

use cos_batch::JobId;

use super::Checkpoint;
use crate::ids::{folded, mixed};

/// What the tasks of a job are like that nobody runs
///
/// How many there are and what share of them fails follows from the seed and the job's id. A share
/// above one half fails a job of more than 1000 tasks.
///
/// ```
/// use cos_batch_emulator::Settings;
///
/// let mut settings = Settings::default();
/// settings.imagined.tasks = 5_000..=5_000;
/// settings.imagined.failed_of_1000 = 600..=600;
/// settings.imagined.per_second = 1_000;
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Imagined {
    /// How many tasks a job has: 200 to 2000 unless told.
    pub tasks: RangeInclusive<u64>,
    /// Of a thousand tasks, how many fail: 0 to 20 unless told, 1000 at most.
    pub failed_of_1000: RangeInclusive<u64>,
    /// How many tasks of a job are done in a second of the clock: 100 unless told, 1 at least.
    pub per_second: u64,
}

/// How many turns a job has at most, or nearly so.
const MOST_TURNS: u64 = 10_000;

impl Default for Imagined {
    fn default() -> Self {
        Self { tasks: 200..=2000, failed_of_1000: 0..=20, per_second: 100 }
    }
}

impl Imagined {
    /// How many tasks a job has.
    pub(crate) fn tasks(&self, seed: u64, job_id: &JobId<'_>) -> u64 {
        within(&self.tasks, mixed(folded(seed, job_id.as_str()), 0))
    }

    /// Where the next turn of a job of so many tasks ends, and how long it takes: a second, longer
    /// in a job of very many tasks so that there are never too many turns, and shorter at the end.
    pub(crate) fn turn(
        &self,
        seed: u64,
        job_id: &JobId<'_>,
        from: Checkpoint,
        total: u64,
    ) -> (Checkpoint, Duration) {
        let per_second = self.per_second.max(1);
        let left = total.saturating_sub(from.executed());
        let tasks = per_second.max(total / MOST_TURNS).min(left);
        let share = within(&self.failed_of_1000, mixed(folded(seed, job_id.as_str()), 1)).min(1000);
        // What failed before another share held stays as it is.
        let expected = |executed: u64| {
            u64::try_from(u128::from(executed) * u128::from(share) / 1000).unwrap_or(executed)
        };
        let executed = from.executed();
        let failed = expected(executed.saturating_add(tasks)).saturating_sub(expected(executed));
        let failed = failed.min(tasks);
        let mut to = from;
        to.failed = from.failed.saturating_add(failed);
        to.succeeded = from.succeeded.saturating_add(tasks - failed);
        let nanoseconds = u128::from(tasks) * 1_000_000_000 / u128::from(per_second);
        (to, Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX)))
    }
}

/// A number of the range; its start where it is empty.
fn within(range: &RangeInclusive<u64>, random: u64) -> u64 {
    match range.end().checked_sub(*range.start()) {
        None => *range.start(),
        Some(u64::MAX) => random,
        Some(width) => range.start() + random % (width + 1),
    }
}
