//! Arithmetic of times that never overflows

use std::time::Duration;

use cos_batch::time::{self, OffsetDateTime, UtcOffset};

/// The time without its fraction of a second, in UTC, as documents hold it.
pub(crate) fn whole_second(time: OffsetDateTime) -> OffsetDateTime {
    let time = time.checked_to_offset(UtcOffset::UTC).unwrap_or(time);
    time.replace_nanosecond(0).unwrap_or(time)
}

/// The time so much earlier, or the first there is.
pub(crate) fn before(time: OffsetDateTime, duration: Duration) -> OffsetDateTime {
    time.saturating_sub(time::Duration::try_from(duration).unwrap_or(time::Duration::MAX))
}

/// The time so much later, unless that is beyond all times.
pub(crate) fn checked_after(time: OffsetDateTime, duration: Duration) -> Option<OffsetDateTime> {
    time.checked_add(time::Duration::try_from(duration).ok()?)
}

/// The time so much later, or the last there is.
pub(crate) fn after(time: OffsetDateTime, duration: Duration) -> OffsetDateTime {
    time.saturating_add(time::Duration::try_from(duration).unwrap_or(time::Duration::MAX))
}
