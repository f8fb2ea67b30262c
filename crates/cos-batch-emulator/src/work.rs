//! What is to be done outside the engine, and what came of it: plain data
//!
//! [`Engine::advance`](crate::Engine::advance) hands out work, a runner does it where the objects
//! are, [`Engine::finish`](crate::Engine::finish) hears of it. A job has one piece of work under
//! way at a time:
//!
//! ```text
//! Prepare ─▶ Prepared { tasks }
//! Tasks { from, most } ─▶ Ran { checkpoint }     again and again, each from the checkpoint before
//! Report { checkpoint } ─▶ Reported
//!        any ─▶ Failed(why)
//! ```
//!
//! A [`Checkpoint`] is durable before the next turn begins. A runner that was killed in the middle
//! of a turn is asked for the same turn again: it cuts the parts of the report to the lengths of
//! the checkpoint and runs the tasks once more, so nothing is lost or told twice.
//!
//! ```
//! use cos_batch_emulator::work::{Outcome, Work};
//! use cos_batch_emulator::{Account, Engine, Runner, Settings};
//! # use cos_batch::time::OffsetDateTime;
//! # use cos_batch::{CreateJob, Endpoint, JobOperation, Manifest, ManifestField, ManifestLocation};
//! # use cos_batch::{Operation, Report, ReportScope, Signer, http::Request};
//!
//! let mut settings = Settings::default();
//! settings.runner = Runner::Outside;
//! let mut engine = Engine::new(settings);
//! engine.add_account(Account::default());
//! # let mut now = OffsetDateTime::from_unix_timestamp(1_557_902_800)?;
//! # let bucket = "qcs::cos:ap-chengdu::src-1250000000";
//! # let location = ManifestLocation::new(format!("{bucket}/list.csv").parse()?, "15150651828f");
//! # let create = CreateJob::new(
//! #     "token".parse()?,
//! #     Manifest::csv(location, [ManifestField::Bucket, ManifestField::Key]),
//! #     JobOperation::DeleteObject,
//! #     "10".parse()?,
//! #     Report::new(bucket.parse()?, ReportScope::AllTasks),
//! #     "qcs::cam::uin/100000000001:roleName/COS_Batch_QcsRole".parse()?,
//! # );
//! # let endpoint = Endpoint::custom("http", "127.0.0.1:9000", "1250000000".parse()?)?;
//! # let mut request = create.encode_request(&endpoint)?;
//! # Signer::new(Account::default().credentials().clone()).sign(&mut request, now)?;
//! # let (parts, body) = request.into_parts();
//! # let request = Request::from_parts(parts, body.as_slice());
//! assert_eq!(engine.handle(&request, now).status(), 200);
//!
//! let mut asked = Vec::new();
//! while let Some(event) = engine.next_event() {
//!     now = now.max(event);
//!     for work in engine.advance(now) {
//!         let (name, outcome) = match &work {
//!             Work::Prepare { .. } => ("prepare", Outcome::Prepared { tasks: 3 }),
//!             Work::Tasks { from, .. } => {
//!                 let mut checkpoint = *from;
//!                 checkpoint.succeeded += 2;
//!                 checkpoint.failed += 1;
//!                 ("tasks", Outcome::Ran { checkpoint })
//!             }
//!             Work::Report { .. } => ("report", Outcome::Reported),
//!         };
//!         asked.push(name);
//!         engine.finish(work.job_id(), outcome, now);
//!     }
//! }
//! assert_eq!(asked, ["prepare", "tasks", "report"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod imagined;

use cos_batch::{Job, JobFailure, JobId};
use serde::{Deserialize, Serialize};

pub use imagined::Imagined;

/// What is to be done for a job
///
/// The job is as DescribeJob would show it now: its manifest, its operation, its report.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a runner handles all three")]
pub enum Work {
    /// Read the manifest: is it there, is it readable, how many tasks does it make?
    ///
    /// It changes nothing. Answered by [`Outcome::Prepared`].
    Prepare {
        /// The job.
        job: Box<Job<'static>>,
    },
    /// Run the next tasks and append to the parts of the report.
    ///
    /// Answered by [`Outcome::Ran`], once all of it would survive a crash.
    Tasks {
        /// The job.
        job: Box<Job<'static>>,
        /// Where the turn begins.
        from: Checkpoint,
        /// How many tasks to run at most; 1 at least. Fewer are fine, but none only where the
        /// manifest has no more.
        most: u64,
    },
    /// Finish the report, if one is enabled: what the parts hold up to the checkpoint is all there
    /// is. What was kept for the job is needed no more.
    ///
    /// Asked for where at least one task ran. Answered by [`Outcome::Reported`].
    Report {
        /// The job.
        job: Box<Job<'static>>,
        /// How far the job came.
        checkpoint: Checkpoint,
    },
}

impl Work {
    /// The job that it is for.
    #[must_use]
    pub fn job(&self) -> &Job<'static> {
        match self {
            Self::Prepare { job } | Self::Tasks { job, .. } | Self::Report { job, .. } => job,
        }
    }

    /// The id of the job that it is for.
    #[must_use]
    pub fn job_id(&self) -> &JobId<'static> {
        &self.job().job_id
    }
}

/// What came of work
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a runner says one of the four")]
pub enum Outcome {
    /// The manifest was read.
    Prepared {
        /// How many tasks it makes.
        tasks: u64,
    },
    /// Tasks ran, up to here.
    Ran {
        /// Where the next turn begins.
        checkpoint: Checkpoint,
    },
    /// The report is whole.
    Reported,
    /// It cannot be done, and the job fails of it. A task that fails is none of these: it is
    /// counted in [`Outcome::Ran`].
    Failed(JobFailure<'static>),
}

/// How far a job came: all that is needed to go on from there
///
/// `Default` is the start.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Checkpoint {
    /// Tasks that succeeded.
    pub succeeded: u64,
    /// Tasks that failed.
    pub failed: u64,
    /// Where the next row of the manifest is.
    pub place: Place,
    /// How long the parts of the report are.
    pub report: ReportLengths,
}

impl Checkpoint {
    /// Tasks that were run.
    #[must_use]
    pub fn executed(&self) -> u64 {
        self.succeeded.saturating_add(self.failed)
    }
}

/// A place in a manifest, in terms of whoever reads it
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Place {
    /// Which of its files, from 0 on.
    pub file: u64,
    /// How many rows of that file were read.
    pub row: u64,
    /// How many bytes of that file were read.
    pub byte: u64,
}

/// The lengths of a report's parts, in bytes
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ReportLengths {
    /// Of the part with the tasks that succeeded.
    pub succeeded: u64,
    /// Of the part with the tasks that failed.
    pub failed: u64,
}
