//! Which jobs are meant: the filters that commands share

use std::str::FromStr;
use std::time::Duration;

use clap::Args;
use cos_batch::date::parse_timestamp;
use cos_batch::time::OffsetDateTime;
use cos_batch::{JobStatus, JobSummary, ListJobs, OperationName};
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
    since: Option<OffsetDateTime>,

    /// Created before then
    #[arg(long, value_name = "D|T", value_parser = moment)]
    until: Option<OffsetDateTime>,

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
        if let [StatusTerm { not: false, which: Which::One(status) }] = &*self.status {
            list.job_statuses.push(status.clone());
        }
        list
    }

    pub(crate) fn takes(&self, job: &JobSummary<'_>) -> bool {
        let found = |pattern: &Regex| {
            pattern.is_match(job.job_id.as_str())
                || job.description.as_deref().is_some_and(|text| pattern.is_match(text))
        };
        self.takes_status(&job.status)
            && self.since.is_none_or(|since| job.creation_time >= since)
            && self.until.is_none_or(|until| job.creation_time < until)
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

/// A moment: so long ago, a day's beginning in UTC, or a time.
fn moment(text: &str) -> Result<OffsetDateTime, String> {
    let ago = |ago: Duration| {
        let ago = cos_batch::time::Duration::try_from(ago).ok()?;
        OffsetDateTime::now_utc().checked_sub(ago)
    };
    let time = |text: &str| parse_timestamp(text.into()).ok();
    let span = duration(text).ok().and_then(ago);
    span.or_else(|| time(text))
        .or_else(|| time(&format!("{text}T00:00:00Z")))
        .ok_or_else(|| "expected 7d, 2026-11-22 or 2026-11-22T13:44:54Z".to_owned())
}
