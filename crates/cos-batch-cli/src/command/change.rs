//! What the commands have in common that change jobs: which, whether, one by one, and what came of it

mod delete;
mod outcome;
mod priority;
mod status;

use std::io::{self, BufWriter};

use clap::Args;
use cos_batch::{DescribeJob, Job, JobId, JobStatus, Operation};

pub(crate) use self::delete::{Delete, run as delete};
use self::outcome::Outcome;
pub(crate) use self::priority::{SetPriority, run as priority};
pub(crate) use self::status::{SetStatus, cancel, confirm};
use crate::arguments::Global;
use crate::consent;
use crate::exit::Exit;
use crate::failure::{Failure, Kind};
use crate::filter::{Filter, listed_status};
use crate::ids;
use crate::listing;
use crate::output::{self, Printer};
use crate::service::Service;
use crate::signals::last_words;

/// A change to a job
pub(crate) trait Change {
    type Call: Operation;

    /// What it is called: `cancel`.
    fn name(&self) -> &'static str;

    fn call(&self, job_id: JobId<'static>) -> Self::Call;

    /// What it changes, as it is before.
    fn before(&self, job: &Job<'_>) -> String;

    /// The same as the answer has it.
    fn after(&self, answer: <Self::Call as Operation>::Output<'static>) -> String;

    /// What a job that was looked at afterwards says of it; `None` for a job that is not there.
    fn seen(&self, job: Option<&Job<'_>>) -> Seen;
}

/// What a look at a job says of a change whose answer was lost
pub(crate) enum Seen {
    /// It was carried out: this is how things are now.
    Done(String),
    /// It was not, and cannot be any more.
    Never,
    /// It was not yet.
    NotYet,
}

/// Which jobs
#[derive(Args, Debug)]
pub(crate) struct Jobs {
    /// The jobs; - for ids on stdin, one a line or as the job_id of an object a line
    #[arg(value_name = "ID", required_unless_present = "all_matching")]
    ids: Vec<String>,

    /// All jobs that the filters below take
    #[arg(long, conflicts_with = "ids")]
    all_matching: bool,

    /// Only if the job is in this status
    #[arg(long, value_name = "S", value_parser = listed_status)]
    if_status: Option<JobStatus>,

    #[command(flatten)]
    filter: Filter,
}

/// Makes the change to each job, and tells what came of it, job by job; the worst of it is the exit
/// code. `ask` for consent first, or have it.
pub(crate) fn run<C: Change>(
    change: &C,
    jobs: &Jobs,
    ask: bool,
    global: &Global,
) -> Result<Exit, Failure> {
    let service = Service::find(global)?;
    let Some(ids) = jobs.ids(&service)? else { return Ok(Exit::Good) };
    let mut shown = false;
    for id in &ids {
        shown = service.shows(change.call(id.clone()))?;
    }
    if shown {
        return Ok(Exit::Good);
    }
    let mut printer = Printer::new(BufWriter::new(io::stdout().lock()), &global.output)?;
    if ids.is_empty() {
        global.output.talk().note("no job matches");
        return output::done(printer.finish());
    }
    if ask && !consent::given(change.name(), &ids)? {
        global.output.talk().note("nothing was done");
        return Ok(Exit::Bad);
    }
    let mut exit = Exit::Good;
    for id in ids {
        let (outcome, failure) = jobs.change(change, &service, id);
        exit = exit.max(outcome.exit());
        if let Some(failure) = failure {
            global.output.talk().failure(&failure);
        }
        // Whoever reads it may have gone away: the jobs are changed all the same.
        output::written(printer.write(outcome).and_then(|()| printer.flush()))?;
    }
    output::written(printer.finish())?;
    Ok(exit)
}

impl Jobs {
    /// The ids that are named or found; `None` where the search was shown in place of being made.
    fn ids(&self, service: &Service) -> Result<Option<Vec<JobId<'static>>>, Failure> {
        if self.all_matching == self.filter.is_open() {
            let (message, help) = match self.all_matching {
                true => (
                    "--all-matching without a filter means all jobs there are",
                    "filter them, with --status for one",
                ),
                false => (
                    "filters choose among all jobs, and jobs are named",
                    "say --all-matching in place of ids",
                ),
            };
            return Err(Failure::new(Kind::NO_IDS, message).help(help));
        }
        if !self.all_matching {
            return ids::named(&self.ids).map(Some);
        }
        let list = self.filter.list();
        if service.shows(list.clone())? {
            return Ok(None);
        }
        let mut ids = Vec::new();
        for page in listing::all(service, list) {
            let jobs = page?.into_iter().filter(|job| self.filter.takes(job));
            ids.extend(jobs.map(|job| job.job_id));
        }
        Ok(Some(ids))
    }

    /// What comes of one job.
    fn change<C: Change>(
        &self,
        change: &C,
        service: &Service,
        id: JobId<'static>,
    ) -> (Outcome, Option<Failure>) {
        let of_job = |failure: Failure| failure.fact(format!("job {id}"));
        let job = match service.call(DescribeJob::new(id.clone())) {
            Ok(described) => described.job,
            Err(failure) => {
                let failure = of_job(failure).fact("nothing was changed");
                return (Outcome::failed(id.clone(), None, &failure), Some(failure));
            }
        };
        let before = change.before(&job);
        if let Some(status) = self.if_status.as_ref().filter(|status| **status != job.status) {
            let skipped = format!("{}, not {status}", job.status);
            return (Outcome::skipped(id, before, skipped), None);
        }
        last_words(Some(of_job(unknown(change.name()))));
        let answer = service.call(change.call(id.clone()));
        last_words(None);
        let failure = match answer {
            Ok(answer) => return (Outcome::done(id, before, change.after(answer)), None),
            Err(failure) => failure,
        };
        match look(change, service, &id, failure) {
            Ok(after) => (Outcome::done(id, before, after), None),
            Err(failure) => {
                let failure = of_job(failure).fact(format!("it was {} before", job.status));
                let failure = match is_open(failure.exit()) {
                    true => failure,
                    false => failure.fact("nothing was changed"),
                };
                (Outcome::failed(id.clone(), Some(before), &failure), Some(failure))
            }
        }
    }
}

/// What a job says of a change that failed, where it may have been carried out all the same.
fn look<C: Change>(
    change: &C,
    service: &Service,
    id: &JobId<'static>,
    failure: Failure,
) -> Result<String, Failure> {
    if !is_open(failure.exit()) {
        return Err(failure);
    }
    let seen = match service.call(DescribeJob::new(id.clone())) {
        Ok(described) => change.seen(Some(&described.job)),
        Err(other) if other.exit() == Exit::NoSuchJob => change.seen(None),
        Err(_) => return Err(failure.fact("what became of it cannot be found out now")),
    };
    match seen {
        Seen::Done(after) => Ok(after),
        Seen::Never => {
            let message = format!("{} came too late: the job has ended otherwise", change.name());
            Err(Failure::new(Kind::REFUSED, message).help("look at it with cosbatch describe"))
        }
        Seen::NotYet => Err(failure
            .fact("it has not happened so far, as the job shows, and may still")
            .help("ask again: to ask twice does no harm")),
    }
}

/// After a failure of this kind the change may have been carried out all the same.
fn is_open(exit: Exit) -> bool {
    matches!(exit, Exit::OutcomeUnknown | Exit::Transport | Exit::NotUnderstood)
}

fn unknown(what: &str) -> Failure {
    let message = format!("{what}: interrupted, it may or may not have happened");
    Failure::new(Kind::OUTCOME_UNKNOWN, message).help("look at it with cosbatch describe")
}
