//! The two forms in which the wire writes a time
//!
//! Documents have `2019-12-19T11:05:40Z`, headers have `Wed, 29 May 2019 04:10:12 GMT`. Both are
//! kept as whole seconds in UTC, in the years 0 to 9999.

use std::borrow::Cow;

use time::format_description::well_known::Rfc3339;
use time::{Date, Month, OffsetDateTime, Time, UtcOffset};

use crate::value::ValueError;

/// Reads a timestamp of a document
///
/// The service writes `YYYY-MM-DDTHH:MM:SSZ`; a fraction is accepted and cut off, another offset
/// is converted to UTC.
///
/// # Errors
///
/// [`ValueError`] where the text is no such time.
pub fn parse_timestamp(text: Cow<'_, str>) -> Result<OffsetDateTime, ValueError> {
    if let Some(time) = text.as_bytes().try_into().ok().and_then(plain_timestamp) {
        return Ok(time);
    }
    // `time` takes any byte between date and time.
    let separated = text.as_bytes().get(10).is_some_and(|byte| matches!(byte, b'T' | b't'));
    OffsetDateTime::parse(&text, &Rfc3339)
        .ok()
        .filter(|_| separated)
        .and_then(|time| time.checked_to_offset(UtcOffset::UTC))
        .and_then(|time| time.replace_nanosecond(0).ok())
        .filter(|time| (0..=9999).contains(&time.year()))
        .ok_or_else(|| ValueError::new("a time such as 2019-12-19T11:05:40Z", &text))
}

/// A timestamp in the one form that the service writes; `None` for any other, and for no time.
#[inline(always)]
pub(crate) fn plain_timestamp(text: &[u8; 20]) -> Option<OffsetDateTime> {
    const DATE: Form = Form::new(b"0000-00-");
    const CLOCK: Form = Form::new(b"00T00:00");
    const END: Form = Form::new(b"0:00:00Z");
    let ([date, clock], _) = text.as_chunks() else { return None };
    let [century, _, year, _, _, month, _, _] = DATE.pairs(*date)?;
    let [day, _, _, hour, _, _, _, _] = CLOCK.pairs(*clock)?;
    let [_, _, minute, _, _, second, _, _] = END.pairs(*text.last_chunk()?)?;
    let month = *MONTHS.get(usize::from(month).checked_sub(1)?)?;
    let date = Date::from_calendar_date(100 * i32::from(century) + i32::from(year), month, day);
    Some(OffsetDateTime::new_utc(date.ok()?, Time::from_hms(hour, minute, second).ok()?))
}

/// Digits and what stands between them, eight bytes at a time.
struct Form {
    bytes: u64,
    /// All bits of each byte that is no digit.
    fixed: u64,
}

impl Form {
    /// A form whose digits are written as zeros.
    const fn new(text: &[u8; 8]) -> Self {
        let bytes = u64::from_le_bytes(*text);
        let other = bytes ^ 0x3030_3030_3030_3030;
        let mut fixed = 0;
        let mut shift = 0;
        while shift < 64 {
            if other >> shift & 0xff != 0 {
                fixed |= 0xff << shift;
            }
            shift += 8;
        }
        Self { bytes, fixed }
    }

    /// For each byte the number that its digit and the next make; `None` where the form is another.
    #[inline]
    const fn pairs(&self, text: [u8; 8]) -> Option<[u8; 8]> {
        let digits = u64::from_le_bytes(text) ^ self.bytes;
        let above_nine = digits.wrapping_add(0x7676_7676_7676_7676) | digits;
        if above_nine & 0x8080_8080_8080_8080 != 0 || digits & self.fixed != 0 {
            return None;
        }
        Some((10 * digits + (digits >> 8)).to_le_bytes())
    }
}

/// Writes a timestamp for a document; a fraction of a second is cut off
///
/// # Errors
///
/// [`ValueError`] where the year in UTC is not from 0 to 9999.
pub fn format_timestamp(time: OffsetDateTime) -> Result<String, ValueError> {
    let illegal = || ValueError::new("a year from 0 to 9999", &time.year().to_string());
    let time = time.checked_to_offset(UtcOffset::UTC).ok_or_else(illegal)?;
    if !(0..=9999).contains(&time.year()) {
        return Err(illegal());
    }
    let (date, clock) = (time.date(), time.time());
    Ok(format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        date.year(),
        u8::from(date.month()),
        date.day(),
        clock.hour(),
        clock.minute(),
        clock.second(),
    ))
}

/// Reads the one form of an HTTP date that is still sent, `Wed, 29 May 2019 04:10:12 GMT`
///
/// The name of the day is not held against the date.
#[must_use]
pub fn parse_http_date(text: &str) -> Option<OffsetDateTime> {
    let (weekday, rest) = text.split_once(", ")?;
    let rest = rest.strip_suffix(" GMT")?;
    let mut parts = rest.split(' ');
    let (day, month, year, clock) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let mut clock = clock.split(':');
    let (hour, minute, second) = (clock.next()?, clock.next()?, clock.next()?);
    if weekday.len() != 3 || parts.next().is_some() || clock.next().is_some() {
        return None;
    }
    let month = MONTH_NAMES.iter().position(|name| *name == month)?;
    let month = Month::try_from(u8::try_from(month + 1).ok()?).ok()?;
    let date = Date::from_calendar_date(digits(year, 4)?, month, digits(day, 2)?).ok()?;
    // A leap second is the second before it.
    let second = digits::<u8>(second, 2)?;
    let second = if second == 60 { 59 } else { second };
    let clock = Time::from_hms(digits(hour, 2)?, digits(minute, 2)?, second).ok()?;
    Some(OffsetDateTime::new_utc(date, clock))
}

/// Writes an HTTP date
#[must_use]
pub fn format_http_date(time: OffsetDateTime) -> String {
    let time = time.checked_to_offset(UtcOffset::UTC).unwrap_or(time);
    let weekday = time.weekday().to_string();
    let month = time.month().to_string();
    format!(
        "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
        weekday.get(..3).unwrap_or_default(),
        time.day(),
        month.get(..3).unwrap_or_default(),
        time.year(),
        time.hour(),
        time.minute(),
        time.second(),
    )
}

const MONTHS: [Month; 12] = [
    Month::January,
    Month::February,
    Month::March,
    Month::April,
    Month::May,
    Month::June,
    Month::July,
    Month::August,
    Month::September,
    Month::October,
    Month::November,
    Month::December,
];
const MONTH_NAMES: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Exactly `count` decimal digits.
fn digits<T: std::str::FromStr>(text: &str, count: usize) -> Option<T> {
    let legal = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| legal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Option<String> {
        parse_timestamp(text.into()).ok().and_then(|time| format_timestamp(time).ok())
    }

    #[test]
    fn timestamps_are_read_as_whole_seconds_in_utc() {
        assert_eq!(parse("2019-12-19T11:05:40Z").as_deref(), Some("2019-12-19T11:05:40Z"));
        assert_eq!(parse("2019-12-19T11:05:40.999Z").as_deref(), Some("2019-12-19T11:05:40Z"));
        assert_eq!(parse("2019-12-19T19:05:40+08:00").as_deref(), Some("2019-12-19T11:05:40Z"));
        assert_eq!(parse("0000-01-01T00:00:00Z").as_deref(), Some("0000-01-01T00:00:00Z"));
        assert_eq!(parse("9999-12-31T23:59:59Z").as_deref(), Some("9999-12-31T23:59:59Z"));
    }

    #[test]
    fn what_is_no_timestamp_is_refused() {
        for text in [
            "",
            "2019-12-19",
            "2019-12-19 11:05:40Z",
            "2019-12-19\u{1}11:05:40Z",
            "2019-12-19T11:05:40",
            "2019-13-19T11:05:40Z",
            "2019-02-29T11:05:40Z",
            "2019-12-19T24:00:00Z",
            "0000-01-01T00:00:00+08:00",
            "9999-12-31T23:59:59-08:00",
            "1576753540",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn http_dates_are_read_and_written() {
        let text = "Wed, 29 May 2019 04:10:12 GMT";
        let time = parse_http_date(text).expect("a date");
        assert_eq!(time.unix_timestamp(), 1_559_103_012);
        assert_eq!(format_http_date(time), text);
        for text in [
            "",
            "Wed, 29 May 2019 04:10:12",
            "Wed, 29 May 2019 04:10:12 UTC",
            "Wednesday, 29-May-19 04:10:12 GMT",
            "Wed May 29 04:10:12 2019",
            "Wed, 31 Feb 2019 04:10:12 GMT",
            "Wed, 29 May 2019 +4:10:12 GMT",
            "Wednesday, 29 May 2019 04:10:12 GMT",
            "Wed, 29 May 2019 04:10:12 AD GMT",
            "Wed, 29 May 2019 04:10:12:13 GMT",
        ] {
            assert_eq!(parse_http_date(text), None, "{text}");
        }
    }
}
