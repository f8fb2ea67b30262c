//! One job's way through its statuses
//!
//! | status | before it moves on | where to, by itself |
//! | --- | --- | --- |
//! | New | | Preparing |
//! | Preparing | the manifest is read | Ready; Suspended to wait for confirmation; Failing |
//! | Suspended | | nowhere; Failing where confirmation took too long |
//! | Ready | | Active, once it is its turn |
//! | Active | all tasks are run | Completing; Failing |
//! | Pausing | the turn under way ends | Paused |
//! | Paused | | Active, once it is its turn |
//! | Completing | the report is written, if there is one | Complete; Failing where it cannot be |
//! | Cancelling | the turn under way ends, then as above | Cancelled |
//! | Failing | the turn under way ends, then as above | Failed |
//!
//! Whose turn it is, is not a job's to know.
//!
//! Page: [managing jobs](https://www.tencentcloud.com/document/product/436/32961).

use std::borrow::Cow;

use cos_batch::time::OffsetDateTime;
use cos_batch::{
    AppId, CreateJob, Job, JobFailure, JobId, JobStatus, ProgressSummary, RequestedJobStatus,
};

use super::record::Life;
use crate::moment::{after, checked_after, whole_second};
use crate::settings::{Runner, Settings};
use crate::texts;
use crate::work::{Checkpoint, Outcome, Work};

/// A job fails once more than half of its tasks have failed, if it has more tasks than this.
const THRESHOLD_TASKS: u64 = 1000;

/// What a job needs to have done for it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Need {
    Prepare,
    Tasks,
    Report,
}

/// What time has done to a job.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Advanced {
    /// Nothing.
    No,
    /// It has another status.
    Moved,
    /// It could run, if it were its turn.
    Waits,
}

impl Life {
    /// A job that was just created.
    pub(super) fn created(
        create: CreateJob,
        job_id: JobId<'static>,
        app_id: AppId,
        runner: Runner,
        now: OffsetDateTime,
    ) -> Self {
        let (operation, priority) = (create.operation, create.priority);
        let mut job = Job::new(job_id, operation, priority, JobStatus::New, whole_second(now));
        job.client_request_token = Some(create.client_request_token);
        job.confirmation_required = Some(create.confirmation_required.unwrap_or(false));
        job.description = create.description;
        job.manifest = Some(create.manifest);
        job.report = Some(create.report);
        job.role_arn = Some(create.role_arn);
        Self {
            job,
            app_id: Some(app_id),
            order: 0,
            since: now,
            checkpoint: Checkpoint::default(),
            prepared: false,
            confirmed: false,
            failure: None,
            reported: false,
            imagined: runner == Runner::Imagined,
            turn: now,
            still: false,
        }
    }

    /// A job that nobody created, as it is found in its status.
    pub(super) fn found(job: Job<'static>) -> Self {
        let progress = job.progress_summary.clone().unwrap_or_default();
        let checkpoint = Checkpoint {
            succeeded: progress.number_of_tasks_succeeded,
            failed: progress.number_of_tasks_failed,
            ..Checkpoint::default()
        };
        let unread = matches!(job.status, JobStatus::New | JobStatus::Preparing);
        let failure = (job.status == JobStatus::Failing).then(|| match checkpoint.executed() {
            0 => texts::unreadable("the manifest cannot be read"),
            executed => texts::threshold(checkpoint.failed, executed),
        });
        Self {
            since: job.suspended_date.unwrap_or(job.creation_time),
            turn: job.creation_time,
            job,
            app_id: None,
            order: 0,
            checkpoint,
            prepared: !unread,
            confirmed: false,
            failure,
            reported: false,
            imagined: true,
            still: true,
        }
    }

    pub(super) fn has_ended(&self) -> bool {
        self.job.status.is_terminal()
    }

    /// A job that stood still does so no longer.
    pub(super) fn touch(&mut self, now: OffsetDateTime) {
        if self.still {
            self.still = false;
            self.since = now;
            self.turn = now;
        }
    }

    /// What must be done for the job before it moves on from its status.
    pub(super) fn need(&self) -> Option<Need> {
        use JobStatus::{Active, Cancelling, Completing, Failing, Preparing};
        let is_reported = self.reported || self.checkpoint.executed() == 0;
        match self.job.status {
            Preparing if !self.prepared && self.failure.is_none() => Some(Need::Prepare),
            Active if self.left() > 0 && self.failure.is_none() => Some(Need::Tasks),
            Completing | Cancelling | Failing if !is_reported => Some(Need::Report),
            _ => None,
        }
    }

    /// Where the job goes by itself, once all is done that it needs.
    pub(super) fn next(&self) -> Option<JobStatus> {
        use JobStatus::{
            Active, Cancelled, Cancelling, Complete, Completing, Failed, Failing, New, Paused,
            Pausing, Preparing, Ready, Suspended,
        };
        let waits = self.job.confirmation_required == Some(true) && !self.confirmed;
        match self.job.status {
            New => Some(Preparing),
            Preparing | Suspended | Active | Completing if self.failure.is_some() => Some(Failing),
            Preparing if waits => Some(Suspended),
            Preparing => Some(Ready),
            Ready | Paused => Some(Active),
            Active => Some(Completing),
            Pausing => Some(Paused),
            Completing => Some(Complete),
            Cancelling => Some(Cancelled),
            Failing => Some(Failed),
            _ => None,
        }
    }

    /// When the job was in its status for long enough to move on.
    pub(super) fn lasted(&self, settings: &Settings) -> OffsetDateTime {
        after(self.since, settings.status_lasts)
    }

    /// When the job moves on by itself, once all is done that it needs.
    pub(super) fn moves_at(&self, settings: &Settings) -> Option<OffsetDateTime> {
        let lasted = self.lasted(settings);
        match self.job.status {
            JobStatus::Suspended => {
                let until = checked_after(self.since, settings.suspended_for?)?;
                Some(until.max(lasted))
            }
            _ => self.next().map(|_| lasted),
        }
    }

    /// Moves on, where it is time and all is done that the job needs.
    pub(super) fn advance(&mut self, settings: &Settings, now: OffsetDateTime) -> Advanced {
        if self.need().is_some() || self.moves_at(settings).is_none_or(|time| time > now) {
            return Advanced::No;
        }
        if self.job.status == JobStatus::Suspended {
            self.failure = Some(texts::not_confirmed());
        }
        match self.next() {
            None => Advanced::No,
            Some(JobStatus::Active) => Advanced::Waits,
            Some(status) => {
                self.enter(status, now);
                Advanced::Moved
            }
        }
    }

    /// A new status, with all that comes with it.
    pub(super) fn enter(&mut self, status: JobStatus, now: OffsetDateTime) {
        self.since = now;
        let job = &mut self.job;
        match status {
            JobStatus::Preparing => job.progress_summary = Some(ProgressSummary::default()),
            JobStatus::Suspended => {
                job.suspended_cause = Some(texts::SUSPENDED.into());
                job.suspended_date = Some(whole_second(now));
            }
            JobStatus::Active => self.turn = now,
            // So it is in the docs' sample.
            JobStatus::Complete => {
                job.failure_reasons = vec![JobFailure::default()];
                job.status_update_reason = Some(texts::COMPLETE.into());
            }
            JobStatus::Failed => job.failure_reasons.extend(self.failure.take()),
            _ => {}
        }
        if status.is_terminal() {
            job.termination_date = Some(whole_second(now));
        }
        job.status = status;
    }

    /// The status that the job has after a request for another; `None` where that is illegal.
    pub(super) fn requested(&self, requested: &RequestedJobStatus) -> Option<JobStatus> {
        use JobStatus::{Active, Cancelled, Cancelling, New, Paused, Pausing, Preparing, Ready};
        match (requested, &self.job.status) {
            // Confirmed in advance, it need not wait.
            (RequestedJobStatus::Ready, Preparing) => Some(Preparing),
            (RequestedJobStatus::Ready, JobStatus::Suspended) => Some(Ready),
            (RequestedJobStatus::Cancelled, New | Preparing | JobStatus::Suspended | Ready) => {
                Some(Cancelled)
            }
            (RequestedJobStatus::Cancelled, Active | Pausing | Paused) => Some(Cancelling),
            _ => None,
        }
    }

    /// Does as requested.
    pub(super) fn become_requested(
        &mut self,
        status: JobStatus,
        reason: Option<Cow<'static, str>>,
        now: OffsetDateTime,
    ) {
        self.touch(now);
        self.job.status_update_reason = reason;
        match status {
            JobStatus::Preparing => self.confirmed = true,
            status => self.enter(status, now),
        }
    }

    /// The work that a need is.
    pub(super) fn work(&self, need: Need, settings: &Settings) -> Work {
        let job = Box::new(self.job.clone());
        match need {
            Need::Prepare => Work::Prepare { job },
            Need::Tasks => {
                let most = settings.tasks_per_turn.max(1);
                Work::Tasks { job, from: self.checkpoint, most }
            }
            Need::Report => Work::Report { job, checkpoint: self.checkpoint },
        }
    }

    /// What came of the work that was under way.
    pub(super) fn hear(&mut self, need: Need, outcome: Outcome) {
        if self.has_ended() {
            return;
        }
        match (need, outcome) {
            (Need::Prepare, Outcome::Prepared { tasks }) => {
                self.prepared = true;
                self.job.progress_summary = Some(ProgressSummary::new(0, 0, tasks));
            }
            (Need::Tasks, Outcome::Ran { checkpoint }) => self.ran(checkpoint),
            (Need::Report, Outcome::Reported) => self.reported = true,
            (need, outcome) => {
                self.reported |= need == Need::Report;
                self.failure.get_or_insert_with(|| match outcome {
                    Outcome::Failed(failure) => texts::bounded(&failure),
                    _ => texts::misanswered(),
                });
            }
        }
    }

    fn ran(&mut self, checkpoint: Checkpoint) {
        let (executed, total) = (checkpoint.executed(), self.total().max(checkpoint.executed()));
        if executed <= self.checkpoint.executed() {
            self.failure.get_or_insert_with(|| texts::ended_early(executed, total));
            return;
        }
        self.checkpoint = checkpoint;
        let (succeeded, failed) = (checkpoint.succeeded, checkpoint.failed);
        self.job.progress_summary = Some(ProgressSummary::new(succeeded, failed, total));
        if total > THRESHOLD_TASKS && failed > executed / 2 {
            self.failure.get_or_insert_with(|| texts::threshold(failed, executed));
        }
    }

    /// Does by itself what is imagined, as far as it is done by `now`.
    pub(super) fn imagine(&mut self, settings: &Settings, now: OffsetDateTime) {
        // A turn ends when it ends, whenever somebody looks.
        while let Some((checkpoint, end)) =
            self.imagined_turn(settings).filter(|(_, end)| *end <= now)
        {
            self.turn = end;
            self.hear(Need::Tasks, Outcome::Ran { checkpoint });
        }
        if self.lasted(settings) <= now {
            match self.need() {
                Some(need @ Need::Prepare) => {
                    let tasks = settings.imagined.tasks(settings.seed, &self.job.job_id);
                    self.hear(need, Outcome::Prepared { tasks });
                }
                Some(need @ Need::Report) => self.hear(need, Outcome::Reported),
                Some(Need::Tasks) | None => {}
            }
        }
    }

    /// The imagined turn that is under way: where it ends, and when.
    pub(super) fn imagined_turn(
        &self,
        settings: &Settings,
    ) -> Option<(Checkpoint, OffsetDateTime)> {
        let is_running = self.imagined && self.need() == Some(Need::Tasks);
        is_running.then(|| {
            let (job_id, from) = (&self.job.job_id, self.checkpoint);
            let (to, took) = settings.imagined.turn(settings.seed, job_id, from, self.total());
            (to, after(self.turn, took))
        })
    }

    fn total(&self) -> u64 {
        self.job.progress_summary.as_ref().map_or(0, |progress| progress.total_number_of_tasks)
    }

    fn left(&self) -> u64 {
        self.total().saturating_sub(self.checkpoint.executed())
    }
}
