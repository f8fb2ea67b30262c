//! `cosbatch wait`

mod judge;
mod waited;

use std::io::{self, BufWriter};
use std::num::NonZeroU32;
use std::time::Duration;

use clap::Args;
use cos_batch::{DescribeJob, Job, JobId, printable};

use self::judge::{Allowed, Goal, Judge, Verdict};
use self::waited::Waited;
use crate::arguments::{Global, duration};
use crate::exit::Exit;
use crate::failure::{Failure, Kind};
use crate::follow::{End, Follow, Pace, Seen, Then};
use crate::ids;
use crate::output::{self, Printer};
use crate::service::{Service, after};

#[derive(Args, Debug)]
pub(crate) struct Wait {
    /// The jobs; - for ids on stdin, one a line or as the job_id of an object a line
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,

    /// Until they have ended (terminal) or are in this status, or beyond it on the way
    #[arg(long = "for", value_name = "terminal|STATUS", default_value = "terminal")]
    goal: Goal,

    /// Look again after this time [default: 2s, then twice as long each time, up to 30s]
    #[arg(long, value_name = "D", value_parser = duration)]
    interval: Option<Duration>,

    /// Give up after so many looks
    #[arg(long, value_name = "N")]
    max_polls: Option<NonZeroU32>,

    /// One of them is enough
    #[arg(long)]
    any: bool,

    /// How many tasks may fail, in number or in percent of all; more end the wait at once
    #[arg(long, value_name = "N|PCT%", default_value = "0")]
    allow_failed: Allowed,
}

pub(crate) fn run(arguments: &Wait, global: &Global) -> Result<Exit, Failure> {
    let ids = ids::named(&arguments.ids)?;
    let service = Service::find(global)?.with_usual_timeout();
    let mut shown = false;
    for id in &ids {
        shown = service.shows(DescribeJob::new(id.clone()))?;
    }
    if shown {
        return Ok(Exit::Good);
    }
    let limits = [global.target.timeout, global.target.deadline];
    let end = limits.into_iter().flatten().min().map(after);
    let service = service.with_deadline(end);
    let several = ids.len() > 1;
    let mut printer = Printer::new(BufWriter::new(io::stdout().lock()), &global.output)?;
    let mut waiting = Waiting::new(arguments.judge(), arguments.any, several, global);
    let follow = Follow {
        service: &service,
        jobs: ids,
        pace: arguments.interval.map_or(Pace::SLOWER, Pace::steady),
        end,
        rounds: arguments.max_polls.map(NonZeroU32::get),
    };
    let exit = waiting.run(follow, |waited| {
        output::written(printer.write(waited).and_then(|()| printer.flush())).map(drop)
    });
    output::written(printer.finish())?;
    exit
}

/// Waits for the end of a job that was just created, and says how it ended on stderr.
pub(crate) fn until_ended(
    job_id: JobId<'static>,
    service: &Service,
    global: &Global,
) -> Result<Exit, Failure> {
    let judge = Judge { goal: Goal::Ended, allowed: Allowed::NONE };
    let end = global.target.deadline.map(after);
    let follow = Follow { service, jobs: vec![job_id], pace: Pace::SLOWER, end, rounds: None };
    Waiting::new(judge, false, false, global).run(follow, |waited| {
        global.output.talk().note(&waited.sentence());
        Ok(())
    })
}

impl Wait {
    fn judge(&self) -> Judge {
        Judge { goal: self.goal.clone(), allowed: self.allow_failed }
    }
}

/// What is waited for, and what has come of it
struct Waiting<'a> {
    judge: Judge,
    any: bool,
    several: bool,
    seen: Seen<'a>,
    /// One of them has reached the goal.
    reached: bool,
    /// How each job was seen last that has not.
    last: Vec<(JobId<'static>, String)>,
}

impl<'a> Waiting<'a> {
    fn new(judge: Judge, any: bool, several: bool, global: &'a Global) -> Self {
        let seen = Seen::new(&global.output);
        Self { judge, any, several, seen, reached: false, last: Vec::new() }
    }

    fn run(
        &mut self,
        mut follow: Follow<'_>,
        mut tell: impl FnMut(Waited) -> Result<(), Failure>,
    ) -> Result<Exit, Failure> {
        let end = follow.run(|id, job| self.look(id, job, &mut tell));
        self.seen.bars.clear();
        match end? {
            End::Seen if self.any && self.reached => Ok(Exit::Good),
            End::Seen => Ok(self.seen.exit),
            End::TimeUp => Err(self.time_up(&follow.jobs)),
        }
    }

    fn look(
        &mut self,
        id: &JobId<'static>,
        job: Result<Job<'static>, Failure>,
        tell: &mut impl FnMut(Waited) -> Result<(), Failure>,
    ) -> Result<Then, Failure> {
        let Some(job) = self.seen.job(id, job) else { return Ok(Then::Enough) };
        self.last.retain(|(other, _)| other != id);
        let Some(verdict) = self.judge.of(&job) else {
            self.last.push((id.clone(), printable(job.status.as_str(), 64)));
            return Ok(Then::Again);
        };
        let waited = Waited::new(job, verdict, self.judge.allowed, self.several);
        self.seen.bars.aside(|| tell(waited))?;
        if verdict == Verdict::Reached {
            self.reached = true;
            if self.any {
                return Ok(Then::Stop);
            }
        } else {
            self.seen.worse(Exit::Bad);
        }
        Ok(Then::Enough)
    }

    fn time_up(&self, pending: &[JobId<'static>]) -> Failure {
        let (count, are) = match pending.len() {
            1 => ("the job".to_owned(), "is"),
            many => (format!("{many} jobs"), "are"),
        };
        let message = format!("{count} {are} not there yet, and time is up");
        let failure = Failure::new(Kind::TIME_UP, message);
        let seen = |id: &JobId<'_>| {
            let last = self.last.iter().find(|(other, _)| other == id);
            last.map_or_else(|| "not seen".to_owned(), |(_, status)| status.clone())
        };
        let facts = pending.iter().map(|id| format!("job {id}: {}", seen(id)));
        let failure = facts.fold(failure, Failure::fact);
        let exit = self.seen.exit as u8;
        let failure = match self.seen.exit {
            Exit::Good => failure,
            _ => failure.fact(format!("others have ended otherwise, with exit code {exit}")),
        };
        failure.help("wait again: nothing was changed; or give more --timeout")
    }
}
