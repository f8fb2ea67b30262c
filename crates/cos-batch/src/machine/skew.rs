//! Clocks that are off

use http::{HeaderMap, header};
use time::{Duration, OffsetDateTime};

use crate::date::parse_http_date;

/// What two clocks may differ by without being corrected.
const TOLERATED: Duration = Duration::seconds(30);

/// What no clock is corrected by: a `Date` so far away is no clock's.
const CAP: Duration = Duration::days(1);

/// How far the service's clock is ahead of ours, where its `Date` says that `known` is not it.
pub(super) fn offset(
    headers: &HeaderMap,
    now: OffsetDateTime,
    known: Duration,
) -> Option<Duration> {
    let date = parse_http_date(headers.get(header::DATE)?.to_str().ok()?)?;
    let offset = date - now;
    let matters = (date - corrected(now, known)).abs() > TOLERATED;
    (matters && offset.abs() <= CAP).then_some(offset)
}

/// `now` as the service's clock shows it.
pub(super) fn corrected(now: OffsetDateTime, offset: Duration) -> OffsetDateTime {
    now.saturating_add(offset)
}
