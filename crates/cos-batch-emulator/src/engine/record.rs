use cos_batch::time::OffsetDateTime;
use cos_batch::{AppId, ClientRequestToken, Job, JobFailure, JobId};
use serde::{Deserialize, Serialize};

use crate::work::Checkpoint;

/// What changed, and must be durable before anybody hears of it
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Change {
    /// The job.
    pub job_id: JobId<'static>,
    /// All of it as it is now, in place of what was kept before; `None` where nothing is left to
    /// keep.
    pub record: Option<Record>,
}

/// All that the service knows of a job, to be kept across a restart
///
/// Made by [`Engine::take_changes`](crate::Engine::take_changes), taken back by
/// [`Engine::restore`](crate::Engine::restore). It is serialized with its version, and does not
/// deserialize from another; the format must be one that describes itself, such as JSON.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Record {
    version: Version,
    #[serde(flatten)]
    pub(super) kept: Kept,
}

impl Record {
    pub(super) fn new(kept: Kept) -> Self {
        Self { version: Version::V1, kept }
    }
}

/// The versions of a record that this crate reads.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
enum Version {
    #[serde(rename = "1")]
    V1,
}

/// What is left of a job.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kept {
    /// All of it.
    Job(Box<Life>),
    /// Its token, for a while after the job was deleted.
    Token(Spent),
}

/// A job, and where it is in its life.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(super) struct Life {
    /// The job as DescribeJob shows it, its token included.
    pub(super) job: Job<'static>,
    /// Whose it is; a job that nobody created is everybody's.
    pub(super) app_id: Option<AppId>,
    /// In which order it came, for those of the same second.
    pub(super) order: u64,
    /// When it came into its status.
    #[serde(with = "cos_batch::time::serde::rfc3339")]
    pub(super) since: OffsetDateTime,
    /// How far it came.
    pub(super) checkpoint: Checkpoint,
    /// Was its manifest read?
    pub(super) prepared: bool,
    /// Was it confirmed before it had to wait for that?
    pub(super) confirmed: bool,
    /// What it is about to fail of.
    pub(super) failure: Option<JobFailure<'static>>,
    /// Was its report written, if it has one, or given up?
    pub(super) reported: bool,
    /// Are its tasks imagined, rather than run by somebody?
    pub(super) imagined: bool,
    /// When the turn of imagined tasks that is under way began.
    #[serde(with = "cos_batch::time::serde::rfc3339")]
    pub(super) turn: OffsetDateTime,
    /// Does it stand still until somebody touches it?
    pub(super) still: bool,
}

/// The token of a job that is no more.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(super) struct Spent {
    /// The id of the job.
    pub(super) job_id: JobId<'static>,
    pub(super) token: ClientRequestToken<'static>,
    pub(super) app_id: Option<AppId>,
    /// When the job was deleted.
    #[serde(with = "cos_batch::time::serde::rfc3339")]
    pub(super) since: OffsetDateTime,
}
