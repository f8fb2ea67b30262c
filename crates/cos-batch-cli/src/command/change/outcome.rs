use cos_batch::JobId;
use serde::Serialize;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Column, Record};

/// What came of a change to one job
#[derive(Serialize)]
pub(super) struct Outcome {
    job_id: JobId<'static>,
    result: Ending,
    /// What was to be changed, before.
    before: Option<String>,
    /// The same, after.
    after: Option<String>,
    /// Why it was not changed.
    reason: Option<String>,
    #[serde(skip)]
    exit: Exit,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
enum Ending {
    Done,
    Skipped,
    Failed,
    Unknown,
}

impl Outcome {
    pub(super) fn done(job_id: JobId<'static>, before: String, after: String) -> Self {
        let (before, after) = (Some(before), Some(after));
        Self { job_id, result: Ending::Done, before, after, reason: None, exit: Exit::Good }
    }

    /// The job is not as it should be.
    pub(super) fn skipped(job_id: JobId<'static>, before: String, reason: String) -> Self {
        let (before, reason) = (Some(before), Some(reason));
        Self { job_id, result: Ending::Skipped, before, after: None, reason, exit: Exit::Bad }
    }

    pub(super) fn failed(
        job_id: JobId<'static>,
        before: Option<String>,
        failure: &Failure,
    ) -> Self {
        let (kind, exit) = (failure.kind(), failure.exit());
        let result = match exit {
            Exit::OutcomeUnknown => Ending::Unknown,
            _ => Ending::Failed,
        };
        let reason = Some(format!("{} {}", kind.code(), kind.name));
        Self { job_id, result, before, after: None, reason, exit }
    }

    pub(super) fn exit(&self) -> Exit {
        self.exit
    }
}

impl Ending {
    fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }
}

impl Record for Outcome {
    const NAME: &'static str = "results";

    const COLUMNS: &'static [Column<Self>] = &[
        Column::<Self>::new("job_id", "JOB ID", |it, _| it.job_id.to_string()).whole(),
        Column::<Self>::new("result", "RESULT", |it, _| it.result.name().to_owned()),
        Column::<Self>::new("before", "BEFORE", |it, look| look.optional(it.before.as_deref())),
        Column::<Self>::new("after", "AFTER", |it, look| look.optional(it.after.as_deref())),
        Column::<Self>::new("reason", "REASON", |it, look| look.optional(it.reason.as_deref())),
    ];

    const LINE: &'static [&'static str] = &["job_id", "result", "before", "after", "reason"];

    /// `53dc6228-…  Suspended -> Ready`
    const SENTENCE: Option<fn(&Self) -> String> = Some(|it| {
        let said = match (&it.before, &it.after, &it.reason) {
            (Some(before), Some(after), _) => format!("{before} -> {after}"),
            (_, _, Some(reason)) => format!("{}: {reason}", it.result.name()),
            _ => it.result.name().to_owned(),
        };
        format!("{}  {said}", it.job_id)
    });

    const ID: Option<fn(&Self) -> String> = Some(|it| it.job_id.to_string());
}
