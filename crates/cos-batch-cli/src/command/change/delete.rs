use clap::Args;
use cos_batch::{DeleteJob, Job, JobId};

use super::{Change, Jobs, Seen};
use crate::arguments::Global;
use crate::exit::Exit;
use crate::failure::Failure;

#[derive(Args, Debug)]
pub(crate) struct Delete {
    /// Do not ask whether to do it
    #[arg(long, short)]
    yes: bool,

    #[command(flatten)]
    jobs: Jobs,
}

pub(crate) fn run(arguments: &Delete, global: &Global) -> Result<Exit, Failure> {
    super::run(arguments, &arguments.jobs, !arguments.yes, global)
}

impl Change for Delete {
    type Call = DeleteJob;

    fn name(&self) -> &'static str {
        "delete"
    }

    fn call(&self, job_id: JobId<'static>) -> DeleteJob {
        DeleteJob::new(job_id)
    }

    fn before(&self, job: &Job<'_>) -> String {
        job.status.to_string()
    }

    fn after(&self, (): ()) -> String {
        "deleted".to_owned()
    }

    fn seen(&self, job: Option<&Job<'_>>) -> Seen {
        match job {
            None => Seen::Done("deleted".to_owned()),
            Some(_) => Seen::NotYet,
        }
    }
}
