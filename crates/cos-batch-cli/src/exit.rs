use std::process::ExitCode;

/// What an exit code says; of several, the largest is the worst
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Exit {
    /// Done, and the answer is good.
    Good = 0,
    /// Done, and the answer is bad: a check found errors, two things differ.
    Bad = 1,
    /// Usage: what was asked for makes no sense.
    Usage = 2,
    /// Configuration or credentials are missing or malformed.
    Configuration = 3,
    /// COS refused, for another reason than the ones below.
    Refused = 4,
    /// There is no such job.
    NoSuchJob = 5,
    /// Identity: 401 and 403, a signature, a clock, an expired token.
    Identity = 6,
    /// No connection, or a fault of the service after all retries.
    Transport = 7,
    /// What was waited for has not come in time.
    TimedOut = 8,
    /// The reply is not understood: HTML, cut XML.
    NotUnderstood = 9,
    /// A request may or may not have been carried out.
    OutcomeUnknown = 10,
    /// Interrupted, as the shell says it.
    Interrupted = 130,
    /// Terminated, as the shell says it.
    Terminated = 143,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
