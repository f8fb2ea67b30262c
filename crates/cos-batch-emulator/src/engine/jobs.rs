//! All jobs, and what follows from them

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use cos_batch::time::OffsetDateTime;
use cos_batch::{AppId, ClientRequestToken, JobId, JobStatus, Priority};

use super::life::Need;
use super::record::{Change, Kept, Life, Record, Spent};
use crate::moment::checked_after;
use crate::settings::Settings;
use crate::work::Work;

/// The jobs, and the order in which they come to their turns
///
/// A job changes in [`Jobs::with`] alone, which keeps the order in step with it.
#[derive(Clone, Debug, Default)]
pub(super) struct Jobs {
    /// In the order in which they are listed: that of the bytes of their ids.
    all: BTreeMap<JobId<'static>, Entry>,
    /// What is left of jobs that are no more.
    spent: BTreeMap<JobId<'static>, Spent>,
    /// The tokens that are used.
    tokens: BTreeSet<Token>,
    /// In which order the jobs came.
    orders: BTreeSet<u64>,
    /// When there is something to do for a job, or with what is left of one.
    due: BTreeSet<Due>,
    /// Those that wait for their turn, the next one first.
    pub(super) waiting: BTreeSet<Rank>,
    /// Those that run, or have a turn of tasks under way still.
    pub(super) running: BTreeSet<Running>,
    /// When to look again at who waits and who runs.
    pub(super) reschedule: Option<OffsetDateTime>,
    /// Those that changed since somebody asked.
    changed: BTreeSet<JobId<'static>>,
}

/// A token, unique for an APPID or for all.
type Token = (Option<AppId>, ClientRequestToken<'static>);

type Due = (OffsetDateTime, JobId<'static>);

/// Where a job is in the line: the larger priority goes first, then the older job, of the same
/// second the one that came first.
pub(super) type Rank = (Reverse<Priority>, OffsetDateTime, u64, JobId<'static>);

/// A job that runs, with its priority, which may change meanwhile.
pub(super) type Running = (JobId<'static>, Priority);

/// A job, and what need not outlive the process.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) life: Life,
    /// What somebody does for it now.
    pub(super) under_way: Option<Need>,
    /// Does it wait for its turn?
    pub(super) waits: bool,
}

/// Where the order has a job.
#[derive(Eq, PartialEq)]
struct Links {
    due: Option<Due>,
    waits: Option<Rank>,
    runs: Option<Running>,
}

impl Jobs {
    pub(super) fn get(&self, job_id: &JobId<'static>) -> Option<&Life> {
        self.all.get(job_id).map(|entry| &entry.life)
    }

    /// The jobs behind a place in the order of a listing.
    pub(super) fn behind(&self, place: Bound<JobId<'static>>) -> impl Iterator<Item = &Life> {
        self.all.range((place, Bound::Unbounded)).map(|(_, entry)| &entry.life)
    }

    /// How many jobs there are that have not ended.
    pub(super) fn open(&self) -> usize {
        self.all.values().filter(|entry| !entry.life.has_ended()).count()
    }

    /// Was the token used by a job that is there, or was until lately?
    pub(super) fn is_used(
        &self,
        settings: &Settings,
        app_id: &AppId,
        token: &ClientRequestToken<'static>,
    ) -> bool {
        self.tokens.contains(&unique(settings, Some(app_id), token))
    }

    /// Is there a job with this id, or was there until lately?
    pub(super) fn is_known(&self, job_id: &JobId<'static>) -> bool {
        self.all.contains_key(job_id) || self.spent.contains_key(job_id)
    }

    /// Adds a job, in place of one with its id.
    pub(super) fn insert(&mut self, settings: &Settings, mut life: Life) {
        life.order = self.orders.last().map_or(0, |last| last.saturating_add(1));
        self.changed.insert(life.job.job_id.clone());
        self.put(settings, life);
    }

    /// Takes back what was kept.
    pub(super) fn restore(&mut self, settings: &Settings, record: Record) {
        match record.kept {
            Kept::Job(life) => self.put(settings, *life),
            Kept::Token(spent) => self.keep_token(settings, spent),
        }
    }

    fn put(&mut self, settings: &Settings, life: Life) {
        let job_id = life.job.job_id.clone();
        self.take(settings, &job_id);
        self.forget_token(settings, &job_id);
        self.orders.insert(life.order);
        self.tokens.extend(token(settings, &life));
        let entry = Entry { life, under_way: None, waits: false };
        self.link(entry.links(settings));
        self.all.insert(job_id, entry);
    }

    /// Takes a job out of all but the record of what changed.
    fn take(&mut self, settings: &Settings, job_id: &JobId<'static>) -> Option<Life> {
        let entry = self.all.remove(job_id)?;
        self.unlink(&entry.links(settings));
        self.orders.remove(&entry.life.order);
        if let Some(token) = token(settings, &entry.life) {
            self.tokens.remove(&token);
        }
        Some(entry.life)
    }

    /// Deletes a job, but for its token.
    pub(super) fn delete(
        &mut self,
        settings: &Settings,
        job_id: &JobId<'static>,
        now: OffsetDateTime,
    ) {
        let Some(life) = self.take(settings, job_id) else { return };
        self.changed.insert(job_id.clone());
        self.reschedule = Some(now);
        if let Some(token) = life.job.client_request_token
            && !settings.token_kept.is_zero()
        {
            let (job_id, app_id) = (job_id.clone(), life.app_id);
            self.keep_token(settings, Spent { job_id, token, app_id, since: now });
        }
    }

    fn keep_token(&mut self, settings: &Settings, spent: Spent) {
        self.tokens.insert(unique(settings, spent.app_id.as_ref(), &spent.token));
        self.due.extend(spent.due(settings));
        self.spent.insert(spent.job_id.clone(), spent);
    }

    /// Forgets what was left of a job; `false` where nothing was.
    fn forget_token(&mut self, settings: &Settings, job_id: &JobId<'static>) -> bool {
        let Some(spent) = self.spent.remove(job_id) else { return false };
        spent.due(settings).map(|due| self.due.remove(&due));
        self.tokens.remove(&unique(settings, spent.app_id.as_ref(), &spent.token));
        self.changed.insert(job_id.clone());
        true
    }

    /// Forgets a job that ended long ago, or what was left of it.
    pub(super) fn forget(
        &mut self,
        settings: &Settings,
        job_id: &JobId<'static>,
        now: OffsetDateTime,
    ) {
        if !self.forget_token(settings, job_id) {
            self.delete(settings, job_id, now);
        }
    }

    /// Does something with a job, and keeps the order in step with it; `None` where there is no
    /// such job.
    pub(super) fn with<T>(
        &mut self,
        settings: &Settings,
        job_id: &JobId<'static>,
        now: OffsetDateTime,
        act: impl FnOnce(&mut Entry) -> T,
    ) -> Option<T> {
        let entry = self.all.get_mut(job_id)?;
        let before = entry.links(settings);
        let result = act(entry);
        let links = entry.links(settings);
        if (&before.waits, &before.runs) != (&links.waits, &links.runs) {
            self.reschedule = Some(now);
        }
        if before != links {
            self.unlink(&before);
            self.link(links);
        }
        Some(result)
    }

    /// The same where the job is another afterwards.
    pub(super) fn change<T>(
        &mut self,
        settings: &Settings,
        job_id: &JobId<'static>,
        now: OffsetDateTime,
        act: impl FnOnce(&mut Entry) -> T,
    ) -> Option<T> {
        let result = self.with(settings, job_id, now, act)?;
        self.mark(job_id);
        Some(result)
    }

    /// The job is another than it was.
    pub(super) fn mark(&mut self, job_id: &JobId<'static>) {
        self.changed.insert(job_id.clone());
    }

    fn link(&mut self, links: Links) {
        self.due.extend(links.due);
        self.waiting.extend(links.waits);
        self.running.extend(links.runs);
    }

    fn unlink(&mut self, links: &Links) {
        links.due.as_ref().map(|due| self.due.remove(due));
        links.waits.as_ref().map(|rank| self.waiting.remove(rank));
        links.runs.as_ref().map(|running| self.running.remove(running));
    }

    /// Those for whom there is something to do, in the order in which it came up.
    pub(super) fn due(&self, now: OffsetDateTime) -> Vec<JobId<'static>> {
        let due = self.due.iter().take_while(|(time, _)| *time <= now);
        due.map(|(_, job_id)| job_id.clone()).collect()
    }

    /// When there is something to do next.
    pub(super) fn next_event(&self) -> Option<OffsetDateTime> {
        let due = self.due.first().map(|(time, _)| *time);
        [due, self.reschedule].into_iter().flatten().min()
    }

    /// What changed since this was last asked.
    pub(super) fn take_changes(&mut self) -> Vec<Change> {
        let changed = std::mem::take(&mut self.changed).into_iter();
        let change = |job_id: JobId<'static>| {
            let life = self.get(&job_id).map(|life| Kept::Job(Box::new(life.clone())));
            let kept = life.or_else(|| self.spent.get(&job_id).cloned().map(Kept::Token));
            Change { job_id, record: kept.map(Record::new) }
        };
        changed.map(change).collect()
    }
}

impl Entry {
    /// The work that the job needs, which is under way from now on; none where it is already.
    pub(super) fn ask(&mut self, settings: &Settings) -> Option<Work> {
        if self.life.imagined || self.life.still || self.under_way.is_some() {
            return None;
        }
        self.under_way = self.life.need();
        self.under_way.map(|need| self.life.work(need, settings))
    }

    fn links(&self, settings: &Settings) -> Links {
        let job = &self.life.job;
        let has_slot = matches!(job.status, JobStatus::Active | JobStatus::Pausing);
        let runs = has_slot && !self.life.still || self.under_way == Some(Need::Tasks);
        Links {
            due: self.due(settings).map(|time| (time, job.job_id.clone())),
            waits: self.waits.then(|| {
                (Reverse(job.priority), job.creation_time, self.life.order, job.job_id.clone())
            }),
            runs: runs.then(|| (job.job_id.clone(), job.priority)),
        }
    }

    /// When there is something to do for the job.
    fn due(&self, settings: &Settings) -> Option<OffsetDateTime> {
        let life = &self.life;
        if let Some(end) = life.job.termination_date.filter(|_| life.has_ended()) {
            return checked_after(end, settings.kept_for);
        }
        if life.still || self.waits || self.under_way.is_some() {
            return None;
        }
        match life.need() {
            Some(_) if !life.imagined => Some(life.since),
            Some(Need::Tasks) => life.imagined_turn(settings).map(|(_, end)| end),
            _ => life.moves_at(settings),
        }
    }
}

impl Spent {
    /// When it is forgotten, if ever.
    fn due(&self, settings: &Settings) -> Option<Due> {
        let until = checked_after(self.since, settings.token_kept)?;
        Some((until, self.job_id.clone()))
    }
}

fn unique(
    settings: &Settings,
    app_id: Option<&AppId>,
    token: &ClientRequestToken<'static>,
) -> Token {
    (app_id.filter(|_| settings.by_app_id).cloned(), token.clone())
}

fn token(settings: &Settings, life: &Life) -> Option<Token> {
    let token = life.job.client_request_token.as_ref();
    token.map(|token| unique(settings, life.app_id.as_ref(), token))
}
