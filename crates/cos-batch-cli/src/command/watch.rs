//! `cosbatch watch`

use std::collections::HashMap;
use std::io::{self, BufWriter, IsTerminal, StdoutLock};
use std::time::Duration;

use clap::{Args, ValueEnum};
use cos_batch::{DescribeJob, Job, JobId, JobStatus, ListJobs};

use crate::arguments::{Global, duration};
use crate::exit::Exit;
use crate::failure::{Failure, Kind};
use crate::follow::{End, Follow, Pace, Seen, Then};
use crate::ids;
use crate::listing;
use crate::output::{self, Format, Listed, Printer};
use crate::service::{Service, after};

#[derive(Args, Debug)]
pub(crate) struct Watch {
    /// The jobs, all that have not ended unless some are named; - for ids on stdin
    #[arg(value_name = "ID")]
    ids: Vec<String>,

    /// Look again after this time
    #[arg(long, value_name = "D", value_parser = duration, default_value = "2s")]
    interval: Duration,

    /// When to stop
    #[arg(long, value_name = "WHEN", default_value = "all-terminal")]
    until: Until,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Until {
    /// All of them have ended
    AllTerminal,
    /// One of them fails, or all have ended
    AnyFailed,
}

pub(crate) fn run(arguments: &Watch, global: &Global) -> Result<Exit, Failure> {
    let named = match arguments.ids.as_slice() {
        [] => None,
        ids => Some(ids::named(ids)?),
    };
    let service = Service::find(global)?;
    let ids = match named {
        Some(ids) => ids,
        None if service.shows(ListJobs::new())? => return Ok(Exit::Good),
        None => not_ended(&service)?,
    };
    let mut shown = false;
    for id in &ids {
        shown = service.shows(DescribeJob::new(id.clone()))?;
    }
    if shown {
        return Ok(Exit::Good);
    }
    let mut watching = Watching::new(arguments.until, global)?;
    if ids.is_empty() {
        global.output.talk().note("all jobs have ended");
        return watching.finish(End::Seen);
    }
    let mut follow = Follow {
        service: &service,
        jobs: ids,
        pace: Pace::steady(arguments.interval),
        end: global.target.deadline.map(after),
        rounds: None,
    };
    let end = follow.run(|id, job| watching.look(id, job));
    watching.finish(end?)
}

/// The jobs that have not ended.
fn not_ended(service: &Service) -> Result<Vec<JobId<'static>>, Failure> {
    let mut ids = Vec::new();
    for page in listing::all(service, ListJobs::new()) {
        let jobs = page?.into_iter().filter(|job| !job.status.is_terminal());
        ids.extend(jobs.map(|job| job.job_id));
    }
    Ok(ids)
}

/// What is shown, and what has been seen
struct Watching<'a> {
    until: Until,
    seen: Seen<'a>,
    /// What is written on each change; where there are bars, only what has ended.
    printer: Printer<Listed, BufWriter<StdoutLock<'static>>>,
    last: HashMap<JobId<'static>, Job<'static>>,
    /// In the order in which they were looked at first.
    order: Vec<JobId<'static>>,
    /// Somebody reads it.
    read: bool,
}

impl<'a> Watching<'a> {
    fn new(until: Until, global: &'a Global) -> Result<Self, Failure> {
        let options = &global.output;
        // A pipe gets a line for each change; a terminal gets bars, and a table at the end.
        let of_stdout = if io::stdout().is_terminal() { Format::Table } else { Format::Jsonl };
        let format = options.format.unwrap_or(of_stdout);
        let out = BufWriter::new(io::stdout().lock());
        Ok(Self {
            until,
            seen: Seen::new(options),
            printer: Printer::with_format(out, options, format)?,
            last: HashMap::new(),
            order: Vec::new(),
            read: true,
        })
    }

    fn look(
        &mut self,
        id: &JobId<'static>,
        job: Result<Job<'static>, Failure>,
    ) -> Result<Then, Failure> {
        let Some(job) = self.seen.job(id, job) else { return Ok(Then::Enough) };
        let failed = matches!(job.status, JobStatus::Failed | JobStatus::Failing);
        let tasks_failed =
            job.progress_summary.as_ref().is_some_and(|it| it.number_of_tasks_failed > 0);
        let (ended, complete) = (job.status.is_terminal(), job.status == JobStatus::Complete);
        if ended && (!complete || tasks_failed) || failed {
            self.seen.worse(Exit::Bad);
        }
        self.tell(id, job)?;
        Ok(match () {
            () if !self.read => Then::Stop,
            () if failed && self.until == Until::AnyFailed => Then::Stop,
            () if ended => Then::Enough,
            () => Then::Again,
        })
    }

    /// Writes a job that is not as it was.
    fn tell(&mut self, id: &JobId<'static>, job: Job<'static>) -> Result<(), Failure> {
        if self.last.get(id) == Some(&job) {
            return Ok(());
        }
        // A table has each job once, as it is at the end.
        if self.printer.format() != Format::Table {
            let listed = Listed::try_from(&job)?;
            let printer = &mut self.printer;
            let written =
                self.seen.bars.aside(|| printer.write(listed).and_then(|()| printer.flush()));
            self.read = output::written(written)?;
        }
        if self.last.insert(id.clone(), job).is_none() {
            self.order.push(id.clone());
        }
        Ok(())
    }

    fn finish(mut self, end: End) -> Result<Exit, Failure> {
        self.seen.bars.clear();
        if self.printer.format() == Format::Table {
            for job in self.order.iter().filter_map(|id| self.last.get(id)) {
                output::written(self.printer.write(Listed::try_from(job)?))?;
            }
        }
        output::written(self.printer.finish())?;
        match end {
            End::Seen => Ok(self.seen.exit),
            End::TimeUp => {
                Err(Failure::new(Kind::TIME_UP, "not all jobs have ended, and time is up")
                    .help("watch again: nothing was changed; or give more --deadline"))
            }
        }
    }
}
