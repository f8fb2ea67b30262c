//! An engine with its clock, and whoever runs its tasks

use cos_batch::time::OffsetDateTime;
use cos_batch::{
    CreateJob, DescribeJob, Job, JobId, JobOperation, JobStatus, Manifest, ManifestField,
    ManifestLocation, Operation, Priority, Report, ReportScope, RequestedJobStatus, ServiceError,
    UpdateJobPriority, UpdateJobStatus,
};
use cos_batch_emulator::work::{Checkpoint, Outcome, Work};
use cos_batch_emulator::{Engine, Runner, Settings};

use crate::support::*;

/// Settings with which tasks are run by whoever holds the stage.
pub(crate) fn outside() -> Settings {
    let mut settings = Settings::default();
    settings.runner = Runner::Outside;
    settings
}

/// A job to create: a deletion that writes a report.
pub(crate) fn create(token: &str) -> CreateJob {
    let bucket = "qcs::cos:ap-chengdu:uid/1250000000:src-1250000000";
    let list = format!("{bucket}/list.csv").parse().unwrap();
    CreateJob::new(
        token.parse().unwrap(),
        Manifest::csv(
            ManifestLocation::new(list, "15150651828fa9cdcb8356b6d1c7638b"),
            [ManifestField::Bucket, ManifestField::Key],
        ),
        JobOperation::DeleteObject,
        10.try_into().unwrap(),
        Report::new(bucket.parse().unwrap(), ReportScope::AllTasks),
        "qcs::cam::uin/100000000001:roleName/COS_Batch_QcsRole".parse().unwrap(),
    )
}

pub(crate) fn waiting(token: &str) -> CreateJob {
    let mut create = create(token);
    create.confirmation_required = Some(true);
    create
}

pub(crate) fn urgent(token: &str, priority: u32) -> CreateJob {
    let mut create = create(token);
    create.priority = priority.try_into().unwrap();
    create
}

/// So many tasks that were run, as a checkpoint.
pub(crate) fn ran(succeeded: u64, failed: u64) -> Outcome {
    let mut checkpoint = Checkpoint::default();
    (checkpoint.succeeded, checkpoint.failed) = (succeeded, failed);
    Outcome::Ran { checkpoint }
}

pub(crate) struct Stage {
    pub(crate) engine: Engine,
    pub(crate) settings: Settings,
    pub(crate) now: OffsetDateTime,
}

impl Stage {
    pub(crate) fn new(settings: Settings) -> Self {
        let engine = engine(settings.clone(), Vec::new());
        Self { engine, settings, now: at(START) }
    }

    pub(crate) fn ask<O: Operation>(
        &mut self,
        call: &O,
    ) -> Result<O::Output<'static>, Box<ServiceError>> {
        ask(&mut self.engine, call, self.now)
    }

    pub(crate) fn create(&mut self, create: &CreateJob) -> JobId<'static> {
        self.ask(create).unwrap().job_id
    }

    pub(crate) fn job(&mut self, job_id: &JobId<'static>) -> Job<'static> {
        self.ask(&DescribeJob::new(job_id.clone())).unwrap().job
    }

    pub(crate) fn status(&mut self, job_id: &JobId<'static>) -> JobStatus {
        self.job(job_id).status
    }

    pub(crate) fn request(
        &mut self,
        job_id: &JobId<'static>,
        requested: RequestedJobStatus,
    ) -> Result<JobStatus, Box<ServiceError>> {
        let update = UpdateJobStatus::new(job_id.clone(), requested);
        self.ask(&update).map(|updated| updated.status)
    }

    pub(crate) fn prioritise(&mut self, job_id: &JobId<'static>, priority: u32) {
        let priority = Priority::try_from(priority).unwrap();
        let updated = self.ask(&UpdateJobPriority::new(job_id.clone(), priority)).unwrap();
        assert_eq!(updated.priority, priority);
    }

    /// Goes on by as much time as a status lasts.
    pub(crate) fn tick(&mut self) -> Vec<Work> {
        self.now += self.settings.status_lasts;
        self.engine.advance(self.now)
    }

    /// Goes on until a job has a status; gives the last work that was handed out.
    #[track_caller]
    pub(crate) fn until(&mut self, job_id: &JobId<'static>, status: &JobStatus) -> Option<Work> {
        let mut last = None;
        for _ in 0..10 {
            if self.status(job_id) == *status {
                return last;
            }
            last = self.tick().pop().or(last);
        }
        panic!("{status} does not come after {}", self.status(job_id));
    }

    pub(crate) fn finish(&mut self, job_id: &JobId<'static>, outcome: Outcome) {
        self.engine.finish(job_id, outcome, self.now);
    }

    /// A job that runs, with so many tasks, the first of which are under way.
    #[track_caller]
    pub(crate) fn active(&mut self, create: &CreateJob, tasks: u64) -> JobId<'static> {
        let job_id = self.create(create);
        self.until(&job_id, &JobStatus::Preparing);
        self.finish(&job_id, Outcome::Prepared { tasks });
        self.until(&job_id, &JobStatus::Active);
        job_id
    }

    /// The statuses that a job goes through by itself from now on, all work done at once.
    #[track_caller]
    pub(crate) fn rest(&mut self, job_id: &JobId<'static>) -> Vec<JobStatus> {
        let mut seen = vec![self.status(job_id)];
        for _ in 0..200 {
            for work in self.tick() {
                let outcome = done(&work, 0);
                self.finish(work.job_id(), outcome);
            }
            let status = self.status(job_id);
            if seen.last() != Some(&status) {
                seen.push(status);
            }
            if seen.last().is_some_and(JobStatus::is_terminal) {
                return seen;
            }
        }
        panic!("no end: {seen:?}");
    }
}

/// The outcome of work all of which can be done, with a share of failures.
pub(crate) fn done(work: &Work, failed_of_10: u64) -> Outcome {
    match work {
        Work::Prepare { .. } => Outcome::Prepared { tasks: 2500 },
        Work::Tasks { job, from, most } => {
            let total = job.progress_summary.as_ref().unwrap().total_number_of_tasks;
            let tasks = (total - from.executed()).min(*most);
            let failed = tasks * failed_of_10 / 10;
            let mut checkpoint = *from;
            checkpoint.failed += failed;
            checkpoint.succeeded += tasks - failed;
            checkpoint.place.row += tasks;
            Outcome::Ran { checkpoint }
        }
        Work::Report { .. } => Outcome::Reported,
    }
}
