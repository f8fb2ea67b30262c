use clap::Args;
use cos_batch::{
    Job, JobId, JobStatus, RequestedJobStatus, UpdateJobStatus, UpdateJobStatusResult,
};

use super::{Change, Jobs, Seen};
use crate::arguments::Global;
use crate::exit::Exit;
use crate::failure::Failure;

#[derive(Args, Debug)]
pub(crate) struct SetStatus {
    /// Why, for people; at most 256 bytes
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,

    /// Do not ask whether to do it
    #[arg(long, short)]
    yes: bool,

    #[command(flatten)]
    jobs: Jobs,
}

pub(crate) fn confirm(arguments: &SetStatus, global: &Global) -> Result<Exit, Failure> {
    run(arguments, RequestedJobStatus::Ready, global)
}

pub(crate) fn cancel(arguments: &SetStatus, global: &Global) -> Result<Exit, Failure> {
    run(arguments, RequestedJobStatus::Cancelled, global)
}

fn run(
    arguments: &SetStatus,
    requested: RequestedJobStatus,
    global: &Global,
) -> Result<Exit, Failure> {
    let update = Update { requested, reason: arguments.reason.as_deref() };
    super::run(&update, &arguments.jobs, !arguments.yes, global)
}

/// Another status, by confirmation or cancellation
struct Update<'a> {
    requested: RequestedJobStatus,
    reason: Option<&'a str>,
}

impl Update<'_> {
    fn confirms(&self) -> bool {
        self.requested == RequestedJobStatus::Ready
    }
}

impl Change for Update<'_> {
    type Call = UpdateJobStatus;

    fn name(&self) -> &'static str {
        if self.confirms() { "confirm" } else { "cancel" }
    }

    fn call(&self, job_id: JobId<'static>) -> UpdateJobStatus {
        let mut call = UpdateJobStatus::new(job_id, self.requested.clone());
        call.status_update_reason = self.reason.map(|reason| reason.to_owned().into());
        call
    }

    fn before(&self, job: &Job<'_>) -> String {
        job.status.to_string()
    }

    fn after(&self, answer: UpdateJobStatusResult<'static>) -> String {
        answer.status.to_string()
    }

    /// A job that waits for nobody any more was confirmed.
    fn seen(&self, job: Option<&Job<'_>>) -> Seen {
        use JobStatus::{Cancelled, Cancelling, Failed, Failing, New, Preparing, Suspended};
        let Some(job) = job else { return Seen::Never };
        let confirms = self.confirms();
        match &job.status {
            Cancelled | Cancelling if !confirms => Seen::Done(job.status.to_string()),
            New | Preparing | Suspended => Seen::NotYet,
            Cancelled | Cancelling | Failed | Failing => Seen::Never,
            _ if confirms => Seen::Done(job.status.to_string()),
            status if status.is_terminal() => Seen::Never,
            _ => Seen::NotYet,
        }
    }
}
