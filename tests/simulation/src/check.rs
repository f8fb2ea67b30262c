//! What must hold, whatever happens

use std::collections::{BTreeMap, BTreeSet};

use cos_batch::time::OffsetDateTime;
use cos_batch::{IntoOwned, JobId, JobStatus, Priority};
use serde_json::Value;

/// What is true of the jobs, by what the service has made durable
#[derive(Default)]
pub(crate) struct Ledger {
    jobs: BTreeMap<JobId<'static>, Entry>,
    /// The jobs that were ever created with a token.
    by_token: BTreeMap<String, BTreeSet<JobId<'static>>>,
    /// The first rule that was broken.
    pub(crate) broken: Option<String>,
}

/// A job from its beginning on, also when it is gone.
pub(crate) struct Entry {
    pub(crate) created: OffsetDateTime,
    pub(crate) gone: Option<OffsetDateTime>,
    pub(crate) statuses: Vec<JobStatus>,
    pub(crate) priorities: BTreeSet<Priority>,
    executed: u64,
}

impl Ledger {
    pub(crate) fn breaks(&mut self, rule: impl Into<String>) {
        self.broken.get_or_insert(rule.into());
    }

    pub(crate) fn get(&self, job_id: &JobId<'_>) -> Option<&Entry> {
        self.jobs.get(&job_id.clone().into_owned())
    }

    pub(crate) fn jobs(&self) -> impl Iterator<Item = (&JobId<'static>, &Entry)> {
        self.jobs.iter()
    }

    /// The jobs that were ever created with a token.
    pub(crate) fn with_token(&self, token: &str) -> Vec<&JobId<'static>> {
        self.by_token.get(token).into_iter().flatten().collect()
    }

    /// A job is durable in another state.
    pub(crate) fn keep(&mut self, job_id: &JobId<'static>, record: &str, now: OffsetDateTime) {
        let record: Value = serde_json::from_str(record).unwrap();
        let Some(job) = record["job"]["job"].as_object() else { return self.forget(job_id, now) };
        let status: JobStatus = job["status"].as_str().unwrap().parse().unwrap();
        let priority: Priority = job["priority"].to_string().parse().unwrap();
        let count = |name: &str| record["job"]["checkpoint"][name].as_u64().unwrap();
        let executed = count("succeeded") + count("failed");
        let token = job["client_request_token"].as_str().unwrap().to_owned();

        let mut rules = Vec::new();
        let entry = self.jobs.entry(job_id.clone()).or_insert_with(|| Entry {
            created: now,
            gone: None,
            statuses: Vec::new(),
            priorities: BTreeSet::new(),
            executed: 0,
        });
        match entry.statuses.last() {
            None if status != JobStatus::New => rules.push(format!("{job_id} begins as {status}")),
            Some(last) if *last != status && !follows(last, &status) => {
                rules.push(format!("{job_id} goes from {last} to {status}"));
            }
            _ => {}
        }
        if entry.gone.is_some() {
            rules.push(format!("{job_id} was gone and is there again"));
        }
        if executed < entry.executed {
            rules.push(format!("{job_id} had run {} tasks, and now {executed}", entry.executed));
        }
        if entry.statuses.last() != Some(&status) {
            entry.statuses.push(status);
        }
        entry.priorities.insert(priority);
        entry.executed = executed;
        let jobs = self.by_token.entry(token.clone()).or_default();
        jobs.insert(job_id.clone());
        if jobs.len() > 1 {
            rules.push(format!("two jobs have the token {token}"));
        }
        rules.into_iter().for_each(|rule| self.breaks(rule));
    }

    /// A job is gone for good.
    pub(crate) fn forget(&mut self, job_id: &JobId<'static>, now: OffsetDateTime) {
        if let Some(entry) = self.jobs.get_mut(job_id) {
            entry.gone.get_or_insert(now);
        }
    }
}

/// The documented ways from one status to the next.
fn follows(last: &JobStatus, next: &JobStatus) -> bool {
    use JobStatus::{
        Active, Cancelled, Cancelling, Complete, Completing, Failed, Failing, New, Paused, Pausing,
        Preparing, Ready, Suspended,
    };
    let nexts: &[JobStatus] = match last {
        New => &[Preparing, Cancelled],
        Preparing => &[Ready, Suspended, Failing, Cancelled],
        Suspended => &[Ready, Failing, Cancelled],
        Ready => &[Active, Cancelled],
        Active => &[Completing, Failing, Pausing, Cancelling],
        Pausing => &[Paused, Cancelling, Failing],
        Paused => &[Active, Cancelling],
        Completing => &[Complete, Failing],
        Cancelling => &[Cancelled],
        Failing => &[Failed],
        _ => &[],
    };
    nexts.contains(next)
}

/// Can a job that was seen in one status be seen in another later?
pub(crate) fn can_become(earlier: &JobStatus, later: &JobStatus) -> bool {
    let all: Vec<JobStatus> = JobStatus::LISTED.to_vec();
    let mut reached = vec![earlier.clone()];
    let mut at = 0;
    while let Some(status) = reached.get(at).cloned() {
        if status == *later {
            return true;
        }
        for next in all.iter().filter(|next| follows(&status, next)) {
            if !reached.contains(next) {
                reached.push(next.clone());
            }
        }
        at += 1;
    }
    false
}
