use cos_batch::date::format_timestamp;
use cos_batch::printable;
use cos_batch::time::{Duration, OffsetDateTime};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Format, Options, TimeForm};

/// How values look in cells
pub(crate) struct Look {
    /// For people: counts are grouped, and what is absent is a dash.
    pub(crate) people: bool,
    time: TimeForm,
    now: OffsetDateTime,
    zone: TimeZone,
}

impl Look {
    pub(crate) fn new(options: &Options, format: Format) -> Self {
        let people = format == Format::Table;
        let usual = if people { TimeForm::Relative } else { TimeForm::Utc };
        let time = options.time.unwrap_or(usual);
        let zone = if time == TimeForm::Local { TimeZone::system() } else { TimeZone::UTC };
        Self { people, time, now: OffsetDateTime::now_utc(), zone }
    }

    /// Are times shown as ages?
    pub(crate) fn has_ages(&self) -> bool {
        self.time == TimeForm::Relative
    }

    /// What stands for nothing.
    pub(crate) fn absent(&self) -> String {
        (if self.people { "-" } else { "" }).to_owned()
    }

    /// A text from anywhere: it steers no terminal.
    pub(crate) fn text(&self, text: &str) -> String {
        printable(text, if self.people { 200 } else { usize::MAX })
    }

    pub(crate) fn optional(&self, text: Option<&str>) -> String {
        text.map_or_else(|| self.absent(), |text| self.text(text))
    }

    pub(crate) fn count(&self, count: u64) -> String {
        if self.people { grouped(count) } else { count.to_string() }
    }

    pub(crate) fn time(&self, time: Option<OffsetDateTime>) -> String {
        let Some(time) = time else { return self.absent() };
        let utc = || format_timestamp(time).unwrap_or_default();
        match self.time {
            TimeForm::Relative => span(self.now - time),
            TimeForm::Utc => utc(),
            TimeForm::Unix => time.unix_timestamp().to_string(),
            TimeForm::Local => match Timestamp::from_second(time.unix_timestamp()) {
                Ok(time) => {
                    let time = time.to_zoned(self.zone.clone());
                    time.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
                }
                Err(_) => utc(),
            },
        }
    }
}

/// `12400` as `12,400`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A time in its largest unit: `45s`, `12m`, `2h`, `3d`. A negative one is none.
pub(crate) fn span(span: Duration) -> String {
    let (days, hours, minutes) = (span.whole_days(), span.whole_hours(), span.whole_minutes());
    match () {
        () if days > 0 => format!("{days}d"),
        () if hours > 0 => format!("{hours}h"),
        () if minutes > 0 => format!("{minutes}m"),
        () => format!("{}s", span.whole_seconds().max(0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped() {
        let shown = [0, 999, 1000, 12_400, 1_234_567].map(grouped);
        assert_eq!(shown, ["0", "999", "1,000", "12,400", "1,234,567"]);
        assert_eq!(grouped(u64::MAX), "18,446,744,073,709,551,615");
    }

    #[test]
    fn spans_have_one_unit() {
        let shown =
            [-5, 0, 45, 60, 3599, 7200, 86_399, 259_200].map(|s| span(Duration::seconds(s)));
        assert_eq!(shown, ["0s", "0s", "45s", "1m", "59m", "2h", "23h", "3d"]);
    }
}
