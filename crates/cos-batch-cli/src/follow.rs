//! Jobs that are looked at again and again

use std::thread;
use std::time::Duration;

use cos_batch::time::OffsetDateTime;
use cos_batch::{DescribeJob, Job, JobId};

use crate::bars::Bars;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Options;
use crate::service::Service;

/// Which jobs to look at, how often, and for how long
pub(crate) struct Follow<'a> {
    pub(crate) service: &'a Service,
    /// Those that are still of interest.
    pub(crate) jobs: Vec<JobId<'static>>,
    pub(crate) pace: Pace,
    /// When to give up.
    pub(crate) end: Option<OffsetDateTime>,
    /// After how many rounds to give up.
    pub(crate) rounds: Option<u32>,
}

/// The rests between two looks: each is twice the one before, up to the longest
#[derive(Clone, Copy)]
pub(crate) struct Pace {
    next: Duration,
    longest: Duration,
}

impl Pace {
    /// Soon at first, then less and less often.
    pub(crate) const SLOWER: Self =
        Self { next: Duration::from_secs(2), longest: Duration::from_secs(30) };

    pub(crate) fn steady(interval: Duration) -> Self {
        Self { next: interval, longest: interval }
    }

    fn rest(&mut self) -> Duration {
        let rest = self.next;
        self.next = rest.saturating_mul(2).min(self.longest);
        rest
    }
}

/// What follows from a look at a job
pub(crate) enum Then {
    /// Look at it again.
    Again,
    /// No more of this job.
    Enough,
    /// No more of any.
    Stop,
}

/// How it ended
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum End {
    /// There is nothing more to be seen.
    Seen,
    /// Time is up.
    TimeUp,
}

/// What is shown of the looks, and the worst of them
pub(crate) struct Seen<'a> {
    options: &'a Options,
    pub(crate) bars: Bars,
    pub(crate) exit: Exit,
}

impl<'a> Seen<'a> {
    pub(crate) fn new(options: &'a Options) -> Self {
        Self { options, bars: Bars::new(options), exit: Exit::Good }
    }

    /// The job, shown as it is now; `None` where it cannot be looked at, which is told.
    pub(crate) fn job(
        &mut self,
        id: &JobId<'static>,
        job: Result<Job<'static>, Failure>,
    ) -> Option<Job<'static>> {
        let shown = job.inspect(|job| self.bars.show(job, id));
        let tell = |failure: Failure| {
            self.worse(failure.exit());
            let talk = self.options.talk();
            let failure = failure.fact(format!("job {id}")).fact("it is not looked at again");
            self.bars.aside(|| talk.failure(&failure));
        };
        shown.map_err(tell).ok()
    }

    /// It was no better than this.
    pub(crate) fn worse(&mut self, exit: Exit) {
        self.exit = self.exit.max(exit);
    }
}

impl Follow<'_> {
    /// Hands on each look; a job that cannot be looked at is handed on with the reason.
    pub(crate) fn run(
        &mut self,
        mut look: impl FnMut(&JobId<'static>, Result<Job<'static>, Failure>) -> Result<Then, Failure>,
    ) -> Result<End, Failure> {
        for round in 1_u32.. {
            for id in std::mem::take(&mut self.jobs) {
                let described = self.service.call(DescribeJob::new(id.clone()));
                if described.is_err() && self.is_late() {
                    self.jobs.push(id);
                    return Ok(End::TimeUp);
                }
                match look(&id, described.map(|described| described.job))? {
                    Then::Again => self.jobs.push(id),
                    Then::Enough => {}
                    Then::Stop => return Ok(End::Seen),
                }
            }
            if self.jobs.is_empty() {
                return Ok(End::Seen);
            }
            if self.rounds.is_some_and(|rounds| round >= rounds) || !self.rest() {
                break;
            }
        }
        Ok(End::TimeUp)
    }

    fn is_late(&self) -> bool {
        self.end.is_some_and(|end| OffsetDateTime::now_utc() >= end)
    }

    /// Rests until the next look. Is there time for one?
    fn rest(&mut self) -> bool {
        let left = self.end.map(|end| end - OffsetDateTime::now_utc());
        let left = left.map_or(Duration::MAX, |left| left.try_into().unwrap_or_default());
        thread::sleep(self.pace.rest().min(left));
        !self.is_late()
    }
}
