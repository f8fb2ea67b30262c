use clap::Args;
use cos_batch::{Job, JobId, Priority, UpdateJobPriority, UpdateJobPriorityResult};

use super::{Change, Jobs, Seen};
use crate::arguments::Global;
use crate::exit::Exit;
use crate::failure::Failure;

#[derive(Args, Debug)]
pub(crate) struct SetPriority {
    /// The new priority, 0 to 2147483647: larger runs first
    #[arg(value_name = "N")]
    priority: Priority,

    #[command(flatten)]
    jobs: Jobs,
}

pub(crate) fn run(arguments: &SetPriority, global: &Global) -> Result<Exit, Failure> {
    super::run(arguments, &arguments.jobs, false, global)
}

impl Change for SetPriority {
    type Call = UpdateJobPriority;

    fn name(&self) -> &'static str {
        "priority"
    }

    fn call(&self, job_id: JobId<'static>) -> UpdateJobPriority {
        UpdateJobPriority::new(job_id, self.priority)
    }

    fn before(&self, job: &Job<'_>) -> String {
        job.priority.to_string()
    }

    fn after(&self, answer: UpdateJobPriorityResult<'static>) -> String {
        answer.priority.to_string()
    }

    fn seen(&self, job: Option<&Job<'_>>) -> Seen {
        match job {
            Some(job) if job.priority == self.priority => Seen::Done(job.priority.to_string()),
            Some(job) if !job.status.is_terminal() => Seen::NotYet,
            None | Some(_) => Seen::Never,
        }
    }
}
