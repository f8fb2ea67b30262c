//! Every error that the tool knows, by its code

use crate::exit::Exit;

/// A kind of failure: `E0603 clock-skew` is the third of exit code 6
///
/// Scripts read the code, so it stays what it is: a new kind gets the next number of its exit code,
/// and the number of one that is gone is not given again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Kind {
    pub(crate) exit: Exit,
    pub(crate) number: u8,
    pub(crate) name: &'static str,
}

impl Kind {
    /// `E0603`
    pub(crate) fn code(self) -> String {
        format!("E{:02}{:02}", self.exit as u8, self.number)
    }
}

macro_rules! kinds {
    ($($konst:ident = $exit:ident $number:literal $name:literal,)+) => {
        impl Kind {
            $(pub(crate) const $konst: Self =
                Self { exit: Exit::$exit, number: $number, name: $name };)+

            /// All of them.
            #[cfg(test)]
            const ALL: &[Self] = &[$(Self::$konst,)+];
        }
    };
}

kinds! {
    BAD_PREFLIGHT = Bad 1 "bad-preflight",

    BAD_ENDPOINT_FLAG = Usage 1 "bad-endpoint",
    BAD_PARAMETER = Usage 2 "bad-parameter",
    NO_INPUT = Usage 3 "no-input",
    BAD_KEY = Usage 4 "bad-key",
    PORT_FILE = Usage 5 "port-file",
    TWO_PLACES = Usage 6 "two-places",
    BAD_FAULTS = Usage 7 "bad-faults",
    ACCESS_LOG = Usage 8 "access-log",
    BAD_KEYS = Usage 9 "bad-keys",
    NO_SUCH_FORM = Usage 10 "no-such-form",
    NO_SUCH_COLUMN = Usage 11 "no-such-column",
    NO_BODY = Usage 12 "no-body",
    BAD_ROW = Usage 13 "bad-row",
    NO_OUTPUT = Usage 14 "no-output",
    SEVERAL_REGIONS = Usage 15 "several-regions",
    BAD_ID = Usage 16 "bad-id",
    NO_IDS = Usage 17 "no-ids",
    NOT_CONFIRMED = Usage 18 "not-confirmed",
    BAD_DOCUMENT = Usage 19 "bad-document",
    NOT_REFUSED = Usage 20 "not-refused",
    NO_SUCH_TYPE = Usage 21 "no-such-type",
    BAD_JOB = Usage 22 "bad-job",
    NO_REGION = Usage 23 "no-region",

    NO_ACCOUNT = Configuration 1 "no-account",
    NO_CREDENTIALS = Configuration 2 "no-credentials",
    BAD_CREDENTIALS = Configuration 3 "bad-credentials",
    BAD_SETTING = Configuration 4 "bad-setting",
    BAD_ENVIRONMENT = Configuration 5 "bad-environment",
    BAD_ENDPOINT = Configuration 6 "bad-endpoint",
    BAD_FILE = Configuration 7 "bad-file",
    NO_PROFILE = Configuration 8 "no-profile",
    CREDENTIAL_PROCESS = Configuration 9 "credential-process",
    NO_ROLE = Configuration 10 "no-role",
    BAD_DATA = Configuration 11 "bad-data",
    BAD_BUCKETS = Configuration 12 "bad-buckets",

    REFUSED = Refused 1 "refused",
    TOO_MANY_JOBS = Refused 2 "too-many-jobs",

    NO_SUCH_JOB = NoSuchJob 1 "no-such-job",

    DENIED = Identity 1 "denied",
    SIGNATURE = Identity 2 "signature",
    CLOCK_SKEW = Identity 3 "clock-skew",
    EXPIRED_CREDENTIALS = Identity 4 "expired-credentials",

    NO_REPLY = Transport 1 "no-reply",
    SERVICE_FAULT = Transport 2 "service-fault",
    DEADLINE = Transport 4 "deadline",
    NO_LOCAL_SERVICE = Transport 5 "no-local-service",
    OUTPUT = Transport 6 "output",
    NO_SIGNALS = Transport 7 "no-signals",
    NO_ROOM = Transport 8 "no-room",

    TIME_UP = TimedOut 1 "time-up",

    NOT_COS = NotUnderstood 1 "not-cos",
    CUT_OFF = NotUnderstood 2 "cut-off",
    MALFORMED = NotUnderstood 3 "malformed",
    TOO_LARGE = NotUnderstood 4 "too-large",
    CIRCULAR_LISTING = NotUnderstood 5 "circular-listing",
    NO_END = NotUnderstood 6 "no-end",
    UNREADABLE = NotUnderstood 7 "unreadable",

    OUTCOME_UNKNOWN = OutcomeUnknown 1 "outcome-unknown",
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_code_is_given_twice() {
        let codes: BTreeSet<_> = Kind::ALL.iter().map(|kind| kind.code()).collect();
        assert_eq!(codes.len(), Kind::ALL.len());
        assert!(codes.contains("E0603") && codes.contains("E1001"));
    }
}
