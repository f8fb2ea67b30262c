//! What the service writes into a job
//!
//! `Job complete` is the docs' own; all else is undocumented, and the emulator's.

use std::borrow::Cow;

use cos_batch::{JobFailure, printable};

/// The status update reason of a job that is complete.
pub(crate) const COMPLETE: &str = "Job complete";
/// The cause of a suspension.
pub(crate) const SUSPENDED: &str = "The job waits for confirmation";

/// The failure of a job that nobody confirmed in time.
pub(crate) fn not_confirmed() -> JobFailure<'static> {
    failure("ConfirmationTimeout", "the job was not confirmed in time")
}

/// The failure of a job of which too many tasks failed.
pub(crate) fn threshold(failed: u64, executed: u64) -> JobFailure<'static> {
    let reason = format!("{failed} of {executed} tasks failed, more than half of them");
    failure("FailureRateExceeded", reason)
}

/// The failure of a job whose manifest cannot be read.
pub(crate) fn unreadable(why: &'static str) -> JobFailure<'static> {
    failure("InvalidManifest", why)
}

/// The failure of a job whose manifest turned out to be shorter than it was.
pub(crate) fn ended_early(executed: u64, total: u64) -> JobFailure<'static> {
    failure(
        "ManifestChanged",
        format!("the manifest had {total} tasks, and ended after {executed}"),
    )
}

/// The failure of a job whose runner answered what nobody asked.
pub(crate) fn misanswered() -> JobFailure<'static> {
    failure("InternalError", "the answer to another kind of work came")
}

fn failure(code: &'static str, reason: impl Into<Cow<'static, str>>) -> JobFailure<'static> {
    let mut failure = JobFailure::default();
    failure.failure_code = Some(code.into());
    failure.failure_reason = Some(reason.into());
    failure
}

/// A failure as it can be shown: printable, and within the bounds of the docs.
pub(crate) fn bounded(failure: &JobFailure<'_>) -> JobFailure<'static> {
    let text = |text: &Option<Cow<'_, str>>, bytes| {
        text.as_deref().map(|text| start(printable(text, bytes), bytes).into())
    };
    let mut shown = JobFailure::default();
    shown.failure_code = text(&failure.failure_code, 64);
    shown.failure_reason = text(&failure.failure_reason, 256);
    shown
}

/// The start of a text, cut between two characters.
fn start(mut text: String, bytes: usize) -> String {
    while text.len() > bytes {
        text.pop();
    }
    text
}
