//! Which jobs are meant: the filters that commands share

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use clap::Args;
use cos_batch::date::{format_timestamp, parse_timestamp};
use cos_batch::time::OffsetDateTime;
use cos_batch::{JobStatus, JobSummary, ListJobs, OperationName};
use jiff::Span;
use jiff::fmt::friendly::{Designator, Spacing, SpanPrinter};
use regex::Regex;

use crate::arguments::duration;

/// What a job must be like
#[derive(Args, Debug)]
#[command(next_help_heading = "Which jobs")]
pub(crate) struct Filter {
    /// In these statuses; a group of them: active (not ended), terminal (ended) or attention
    /// (Suspended, Paused, Failing, Failed); behind ^, not in them
    #[arg(long, value_name = "S[,S…]", value_delimiter = ',')]
    status: Vec<StatusTerm>,

    /// Created since then: a time such as 7d ago, a date, or a time in RFC 3339
    #[arg(long, value_name = "D|T", value_parser = moment)]
    since: Option<Moment>,

    /// Created before then
    #[arg(long, value_name = "D|T", value_parser = moment)]
    until: Option<Moment>,

    /// With this operation: copy, restore, delete, tagging or a name in the service's words
    #[arg(long, value_name = "OP", value_parser = operation)]
    operation: Option<OperationName>,

    /// With an id or a description that this expression is found in
    #[arg(long = "match", value_name = "REGEX")]
    pattern: Option<Regex>,
}

impl Filter {
    /// Does it leave anything out?
    pub(crate) fn is_open(&self) -> bool {
        self.status.is_empty()
            && self.since.is_none()
            && self.until.is_none()
            && self.operation.is_none()
            && self.pattern.is_none()
    }

    /// What the service is asked for: one status it filters itself, all else is filtered here.
    pub(crate) fn list(&self) -> ListJobs {
        let mut list = ListJobs::new();
        list.job_statuses.extend(self.asked().cloned());
        list
    }

    /// The status that the service filters itself, if there is one.
    pub(crate) fn asked(&self) -> Option<&JobStatus> {
        match &*self.status {
            [StatusTerm { not: false, which: Which::One(status) }] => Some(status),
            _ => None,
        }
    }

    /// Is more left out here than what was created at another time?
    pub(crate) fn chooses(&self) -> bool {
        let by_status = !self.status.is_empty() && self.asked().is_none();
        by_status || self.operation.is_some() || self.pattern.is_some()
    }

    /// Are the jobs meant that somebody has to look at?
    pub(crate) fn is_attention(&self) -> bool {
        matches!(&*self.status, [StatusTerm { not: false, which: Which::Attention }])
    }

    /// The time in which jobs were created, in words: ` in the last 7 days`; empty where it is any.
    pub(crate) fn time_in_words(&self) -> String {
        match (&self.since, &self.until) {
            (None, None) => String::new(),
            (Some(Moment { ago: Some(ago), .. }), None) => format!(" in the last {ago}"),
            (Some(since), None) => format!(" since {since}"),
            (None, Some(until)) => format!(" before {until}"),
            (Some(since), Some(until)) => format!(" since {since} and before {until}"),
        }
    }

    /// Was the job created at the time that is meant?
    pub(crate) fn takes_time(&self, job: &JobSummary<'_>) -> bool {
        self.since.as_ref().is_none_or(|since| job.creation_time >= since.time)
            && self.until.as_ref().is_none_or(|until| job.creation_time < until.time)
    }

    pub(crate) fn takes(&self, job: &JobSummary<'_>) -> bool {
        let found = |pattern: &Regex| {
            pattern.is_match(job.job_id.as_str())
                || job.description.as_deref().is_some_and(|text| pattern.is_match(text))
        };
        self.takes_status(&job.status)
            && self.takes_time(job)
            && self.operation.as_ref().is_none_or(|operation| job.operation == *operation)
            && self.pattern.as_ref().is_none_or(found)
    }

    /// In one of those that are named, or in any where none is; in none of those behind a ^.
    fn takes_status(&self, status: &JobStatus) -> bool {
        let (out, of): (Vec<_>, Vec<_>) = self.status.iter().partition(|term| term.not);
        let among = |terms: &[&StatusTerm]| terms.iter().any(|term| term.which.holds(status));
        (of.is_empty() || among(&of)) && !among(&out)
    }
}

/// `Active`, `attention`, `^Complete`
#[derive(Clone, Debug)]
struct StatusTerm {
    not: bool,
    which: Which,
}

#[derive(Clone, Debug)]
enum Which {
    One(JobStatus),
    Active,
    Terminal,
    Attention,
}

impl Which {
    fn holds(&self, status: &JobStatus) -> bool {
        use JobStatus::{Failed, Failing, Paused, Suspended};
        match self {
            Self::One(one) => status == one,
            Self::Active => !status.is_terminal(),
            Self::Terminal => status.is_terminal(),
            Self::Attention => matches!(status, Suspended | Paused | Failing | Failed),
        }
    }
}

impl FromStr for StatusTerm {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (not, name) = match text.strip_prefix('^') {
            Some(name) => (true, name),
            None => (false, text),
        };
        let which = match name {
            "active" => Which::Active,
            "terminal" => Which::Terminal,
            "attention" => Which::Attention,
            name => Which::One(listed_status(name).map_err(|expected| {
                format!("{expected}, or a group: active, terminal, attention")
            })?),
        };
        Ok(Self { not, which })
    }
}

/// A status that the docs list.
pub(crate) fn listed_status(name: &str) -> Result<JobStatus, String> {
    match name.parse() {
        Ok(status) if JobStatus::LISTED.contains(&status) => Ok(status),
        _ => {
            let names: Vec<_> = JobStatus::LISTED.iter().map(JobStatus::as_str).collect();
            Err(format!("expected one of {}", names.join(", ")))
        }
    }
}

fn operation(name: &str) -> Result<OperationName, String> {
    match name {
        "copy" => Ok(OperationName::CosPutObjectCopy),
        "restore" => Ok(OperationName::CosInitiateRestoreObject),
        "delete" => Ok(OperationName::CosDeleteObject),
        "tagging" => Ok(OperationName::CosPutObjectTagging),
        name => name.parse().map_err(|error| format!("{error}")),
    }
}

/// A moment, and how long ago it is where that is how it was said: `7 days`
#[derive(Clone, Debug)]
struct Moment {
    time: OffsetDateTime,
    ago: Option<String>,
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.ago {
            Some(ago) => write!(f, "{ago} ago"),
            None => f.write_str(&format_timestamp(self.time).unwrap_or_default()),
        }
    }
}

/// A moment: so long ago, a day's beginning in UTC, or a time.
fn moment(text: &str) -> Result<Moment, String> {
    let ago = |ago: Duration| {
        let span = cos_batch::time::Duration::try_from(ago).ok()?;
        let time = OffsetDateTime::now_utc().checked_sub(span)?;
        Some(Moment { time, ago: in_words(text) })
    };
    let time =
        |text: &str| parse_timestamp(text.into()).ok().map(|time| Moment { time, ago: None });
    let span = duration(text).ok().and_then(ago);
    span.or_else(|| time(text))
        .or_else(|| time(&format!("{text}T00:00:00Z")))
        .ok_or_else(|| "expected 7d, 2026-11-22 or 2026-11-22T13:44:54Z".to_owned())
}

/// `7d` as `7 days`.
fn in_words(span: &str) -> Option<String> {
    let printer = SpanPrinter::new()
        .designator(Designator::Verbose)
        .spacing(Spacing::BetweenUnitsAndDesignators);
    Some(printer.span_to_string(&span.parse::<Span>().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_in_words() {
        for (span, words) in
            [("7d", "7 days"), ("1d", "1 day"), ("12h", "12 hours"), ("1h30m", "1 hour 30 minutes")]
        {
            assert_eq!(in_words(span).as_deref(), Some(words));
        }
        let said = |text: &str| moment(text).map(|it| it.to_string());
        assert_eq!(said("30d"), Ok("30 days ago".to_owned()));
        assert_eq!(said("2026-11-22"), Ok("2026-11-22T00:00:00Z".to_owned()));
    }
}
