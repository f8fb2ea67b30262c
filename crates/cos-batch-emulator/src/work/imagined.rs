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

#[cfg(test)]
mod tests {
    use super::*;

    /// The turns of a job of so many tasks: how many, where they end, and after what time.
    fn turns(imagined: &Imagined, total: u64) -> (u64, Checkpoint, Duration) {
        let job_id = "job".parse().expect("an id");
        let (mut turns, mut at, mut took) = (0, Checkpoint::default(), Duration::ZERO);
        while at.executed() < total {
            let (to, turn) = imagined.turn(7, &job_id, at, total);
            assert!(to.executed() > at.executed() && to.failed >= at.failed, "{to:?}");
            (turns, at, took) = (turns + 1, to, took + turn);
        }
        (turns, at, took)
    }

    #[test]
    fn turns_last_a_second_and_are_never_too_many() {
        let imagined = Imagined { failed_of_1000: 250..=250, ..Imagined::default() };
        for (total, expected, seconds) in [
            (0, 0, 0.0),
            (1, 1, 0.01),
            (250, 3, 2.5),
            (1_000_000, 10_000, 10_000.0),
            (5_000_000, 10_000, 50_000.0),
            (4_000_000_000, 10_000, 40_000_000.0),
        ] {
            let (turns, end, took) = turns(&imagined, total);
            assert_eq!((turns, end.executed(), end.failed), (expected, total, total / 4));
            assert_eq!(took.as_secs_f64(), seconds, "{total}");
        }
    }

    #[test]
    fn extreme_numbers_come_to_an_end() {
        for per_second in [0, 1, u64::MAX] {
            let failed_of_1000 = u64::MAX..=u64::MAX;
            let imagined = Imagined { failed_of_1000, per_second, ..Imagined::default() };
            let (turns, end, _) = turns(&imagined, u64::MAX);
            assert!(turns <= MOST_TURNS + 1, "{turns}");
            assert_eq!(end.failed, u64::MAX, "all of them, as told");
        }
    }

    #[test]
    fn numbers_are_those_of_the_range() {
        for (range, random, expected) in
            [(3..=5, 0, 3), (3..=5, 5, 5), (3..=5, 6, 3), (7..=7, 99, 7), (0..=u64::MAX, 99, 99)]
        {
            assert_eq!(within(&range, random), expected, "{range:?}");
        }
        #[expect(clippy::reversed_empty_ranges, reason = "somebody may set one")]
        let empty = 5..=3;
        assert_eq!(within(&empty, 99), 5);
    }
}
