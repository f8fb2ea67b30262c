//! Why a whole job fails

use std::fmt;

use cos_batch::JobFailure;

/// The codes of a job's failure. COS's are undocumented: these are the emulator's own.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Code {
    ManifestNotFound,
    ManifestNotReadable,
    ManifestETagMismatch,
    ManifestChecksumMismatch,
    ManifestMalformed,
    OperationUnknown,
    ReportNotWritable,
    InternalError,
}

/// The most bytes of a reason.
const REASON: usize = 256;

/// A failure, with a reason that fits and that XML can carry.
pub(super) fn failure(code: Code, reason: impl fmt::Display) -> JobFailure<'static> {
    let mut fitting = String::new();
    for c in reason.to_string().chars() {
        let c = if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
        if fitting.len() + c.len_utf8() > REASON {
            break;
        }
        fitting.push(c);
    }
    let mut failure = JobFailure::default();
    failure.failure_code = Some(format!("{code:?}").into());
    failure.failure_reason = Some(fitting.into());
    failure
}
