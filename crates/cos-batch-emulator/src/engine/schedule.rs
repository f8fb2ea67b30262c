//! Who runs, who waits, and what is to be done now

use std::cmp::Reverse;

use cos_batch::time::OffsetDateTime;
use cos_batch::{JobId, JobStatus};

use super::jobs::Jobs;
use super::life::Advanced;
use crate::settings::Settings;
use crate::work::{Outcome, Work};

impl Jobs {
    /// Moves each job by one status at most, and says what is to be done.
    pub(super) fn advance(&mut self, settings: &Settings, now: OffsetDateTime) -> Vec<Work> {
        let mut work = Vec::new();
        for job_id in self.due(now) {
            if self.get(&job_id).is_none_or(|life| life.has_ended()) {
                self.forget(settings, &job_id, now);
                continue;
            }
            let done = self.with(settings, &job_id, now, |entry| {
                if entry.life.imagined {
                    entry.life.imagine(settings, now);
                }
                let advanced = entry.life.advance(settings, now);
                entry.waits = advanced == Advanced::Waits;
                let changed = entry.life.imagined || advanced == Advanced::Moved;
                (changed, entry.ask(settings))
            });
            let Some((changed, asked)) = done else { continue };
            if changed {
                self.mark(&job_id);
            }
            work.extend(asked);
        }
        if self.reschedule.is_some_and(|time| time <= now) {
            work.extend(self.schedule(settings, now));
        }
        work
    }

    /// Hears what came of the work that was under way for a job.
    pub(super) fn finish(
        &mut self,
        settings: &Settings,
        job_id: &JobId<'static>,
        outcome: Outcome,
        now: OffsetDateTime,
    ) {
        let heard = self.with(settings, job_id, now, |entry| {
            let need = entry.under_way.take();
            need.map(|need| entry.life.hear(need, outcome)).is_some()
        });
        if heard == Some(true) {
            self.mark(job_id);
        }
    }

    /// Lets those run whose turn it is, and pauses those that run before their turn.
    fn schedule(&mut self, settings: &Settings, now: OffsetDateTime) -> Vec<Work> {
        let mut work = Vec::new();
        let free = settings.jobs_at_once.saturating_sub(self.running.len());
        let turns: Vec<_> = self.waiting.iter().take(free).map(|(.., id)| id.clone()).collect();
        for job_id in turns {
            work.extend(self.change(settings, &job_id, now, |entry| {
                entry.waits = false;
                entry.life.enter(JobStatus::Active, now);
                entry.ask(settings)
            }));
        }
        let early = self.before_their_turn(settings);
        for job_id in early.iter().filter(|(_, lasted)| *lasted <= now).map(|(id, _)| id) {
            self.change(settings, job_id, now, |entry| entry.life.enter(JobStatus::Pausing, now));
        }
        // One that has just begun runs on for a moment.
        self.reschedule =
            early.into_iter().map(|(_, lasted)| lasted).filter(|time| *time > now).min();
        work.into_iter().flatten().collect()
    }

    /// Those that run while others of a larger priority wait, and when each of them will have been
    /// running for long enough to be paused.
    fn before_their_turn(&self, settings: &Settings) -> Vec<(JobId<'static>, OffsetDateTime)> {
        let active = self.running.iter().filter_map(|(job_id, _)| self.get(job_id));
        let mut active: Vec<_> =
            active.filter(|life| life.job.status == JobStatus::Active).collect();
        // The last is the first to stop: the smallest priority, and of those the youngest.
        active.sort_by_key(|life| (Reverse(life.job.priority), life.job.creation_time, life.order));
        let mut early = Vec::new();
        'waiting: for (turns, (Reverse(priority), ..)) in self.waiting.iter().enumerate() {
            // Whoever is pausing leaves room soon.
            while active.len() + turns >= settings.jobs_at_once {
                match active.pop_if(|life| life.job.priority < *priority) {
                    Some(life) => early.push((life.job.job_id.clone(), life.lasted(settings))),
                    None => break 'waiting,
                }
            }
        }
        early
    }
}
