use std::fmt;
use std::str::FromStr;

use cos_batch::ValueError;

/// What became of one task of a job
///
/// No page of COS lists the values; these two are its twin's.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum TaskStatus {
    /// `succeeded`
    Succeeded,
    /// `failed`
    Failed,
    /// Another value, kept as it was written.
    Other(OtherStatus),
}

/// A task status that is neither `succeeded` nor `failed`
///
/// Made only by the `FromStr` of [`TaskStatus`], so it never equals one of these.
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct OtherStatus(Box<str>);

impl OtherStatus {
    /// The value as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for OtherStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl TaskStatus {
    /// The value as it is written in a report.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Other(other) => other.as_str(),
        }
    }
}

impl FromStr for TaskStatus {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        match text {
            "succeeded" => Ok(Self::Succeeded),
            "failed" => Ok(Self::Failed),
            _ if text.is_empty() || text.trim() != text || text.contains(char::is_control) => {
                let expected = "a task status: a name without control characters";
                Err(ValueError::new(expected, text))
            }
            _ => Ok(Self::Other(OtherStatus(text.into()))),
        }
    }
}

impl fmt::Display for TaskStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_status_survives_and_never_equals_a_known_one() {
        for known in [TaskStatus::Succeeded, TaskStatus::Failed] {
            assert_eq!(known.as_str().parse().as_ref(), Ok(&known));
        }
        let status: TaskStatus = "Skipped".parse().expect("a status");
        assert!(matches!(&status, TaskStatus::Other(other) if other.as_str() == "Skipped"));
        assert_eq!(status.to_string(), "Skipped");
        for text in ["", " failed", "failed ", "fai\nled"] {
            assert!(text.parse::<TaskStatus>().is_err(), "{text:?}");
        }
    }
}
