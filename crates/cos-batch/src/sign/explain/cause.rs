use std::fmt;

use time::OffsetDateTime;
use time::format_description::well_known::{Rfc2822, Rfc3339};

use super::Trace;
use crate::error::ServiceError;

/// What likely made two signatures of one request differ
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Cause {
    /// The service gave nothing to compare with.
    Unknown,
    /// All that is signed is equal: the secret key is another.
    SecretKey,
    /// The service does not know the secret id.
    SecretId,
    /// The token of the temporary credentials has expired.
    ExpiredToken,
    /// The clocks differ.
    Clock {
        /// How far ours is ahead, negative where it is behind, where the service tells its time.
        ahead: Option<time::Duration>,
    },
    /// The signature's window was over when the service read it.
    Expired {
        /// For how long, where the service tells its time.
        late: Option<time::Duration>,
    },
    /// The signature's times were changed.
    Times,
    /// The method was changed.
    Method,
    /// The path was changed.
    Path,
    /// A prefix was put before the path, or taken away.
    PathPrefix,
    /// A space became a plus, or a plus a space.
    PlusForSpace,
    /// The case of escapes was changed: `%2F` and `%2f`.
    EscapeCase,
    /// Escaped once more, or once less.
    Escapes,
    /// Only the case of letters differs.
    LetterCase,
    /// Only space differs: cut off or collapsed.
    Whitespace,
    /// The host has a port on one side only, or another one.
    HostPort,
    /// The service did not find a parameter or header that we signed, or not in the list of those.
    Missing,
    /// The service found one that we did not sign.
    Added,
    /// A value was changed.
    Value,
    /// The same parameters or headers, in another order.
    Order,
    /// What the service hashed is not what we hashed, and it does not show why.
    Hash,
}

impl Cause {
    pub(super) fn clock(trace: &Trace, refusal: &ServiceError) -> Self {
        // It was signed at about the start; a service within the window has nothing to complain of.
        let ahead = window(trace).zip(server_time(refusal));
        let ahead = ahead.filter(|((start, end), server)| !(start..=end).contains(&server));
        let ahead = ahead.map(|((start, _), server)| start.saturating_sub(server));
        let ahead = ahead.map(time::Duration::seconds);
        Self::Clock { ahead }
    }

    pub(super) fn expired(trace: &Trace, refusal: &ServiceError) -> Self {
        let late = window(trace).zip(server_time(refusal));
        let late = late.map(|((_, end), server)| server.saturating_sub(end));
        Self::Expired { late: late.filter(|late| *late > 0).map(time::Duration::seconds) }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "the service does not say what it computed: nothing to compare with",
            Self::SecretKey => {
                "all that is signed is equal: the secret key is not that of the secret id"
            }
            Self::SecretId => "the service does not know the secret id",
            Self::ExpiredToken => "the temporary credentials have expired: renew them",
            Self::Clock { ahead: None } => {
                "our clock differs from the service's by more than it allows: set the clock"
            }
            Self::Clock { ahead: Some(ahead) } => {
                let side = if ahead.is_negative() { "behind" } else { "ahead of" };
                let by = Span(*ahead);
                return write!(f, "our clock is about {by} {side} the service's: set the clock");
            }
            Self::Expired { late: None } => {
                "the signature's time was over: it was sent too late, or our clock is behind"
            }
            Self::Expired { late: Some(late) } => {
                return write!(
                    f,
                    "the signature's time was over for {}: it was sent too late, or our clock is \
                     behind",
                    Span(*late),
                );
            }
            Self::Times => "the signature's times were changed on the way",
            Self::Method => "the method was changed on the way, as by a redirect",
            Self::Path => "the path was changed on the way",
            Self::PathPrefix => "a prefix was put before the path or taken away, as by a proxy",
            Self::PlusForSpace => {
                "a plus and a space were taken for each other: write a space as %20 and a plus as \
                 %2B"
            }
            Self::EscapeCase => "the case of escapes was changed on the way, as by a proxy",
            Self::Escapes => "escaped once more on one side than on the other",
            Self::LetterCase => "the case of letters was changed on the way",
            Self::Whitespace => "space was added, cut off or collapsed on the way",
            Self::HostPort => "the host has a port on one side only, or another one",
            Self::Missing => "the service misses what we signed: it was removed on the way",
            Self::Added => "the service has what we did not sign: it was added on the way",
            Self::Value => "a value was changed on the way",
            Self::Order => "the same, in another order: lists are sorted by name, then by value",
            Self::Hash => "the service hashed another request than ours and does not show which",
        })
    }
}

/// A span of time in its largest unit.
struct Span(time::Duration);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.whole_seconds().unsigned_abs();
        let units = [(86_400, "days"), (3600, "hours"), (60, "minutes")];
        let unit = units.into_iter().find(|(unit, _)| seconds >= 2 * unit);
        let (unit, name) = unit.unwrap_or((1, "seconds"));
        write!(f, "{} {name}", (seconds + unit / 2) / unit)
    }
}

fn window(trace: &Trace) -> Option<(i64, i64)> {
    let (start, end) = trace.key_time.split_once(';')?;
    // A window may be as long as anyone likes.
    let seconds =
        |text: &str| text.parse::<u64>().ok().map(|it| i64::try_from(it).unwrap_or(i64::MAX));
    Some((seconds(start)?, seconds(end)?))
}

/// The service's clock. The form of its text is undocumented: the usual three are read.
fn server_time(refusal: &ServiceError) -> Option<i64> {
    let text = refusal.server_time.as_deref()?.trim();
    let time = OffsetDateTime::parse(text, &Rfc3339)
        .or_else(|_| OffsetDateTime::parse(text, &Rfc2822))
        .ok()
        .map(OffsetDateTime::unix_timestamp);
    time.or_else(|| text.parse().ok())
}
