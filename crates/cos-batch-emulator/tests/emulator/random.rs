//! Random calls, outcomes and times: what holds whatever happens

use std::collections::{BTreeMap, BTreeSet};

use cos_batch::time::Duration;
use cos_batch::{
    DeleteJob, Job, JobFailure, JobId, JobStatus, RequestedJobStatus, UpdateJobPriority,
    UpdateJobStatus,
};
use cos_batch_emulator::work::{Outcome, Work};
use cos_batch_emulator::{Change, Engine, Record, Runner, Settings};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use serde::Deserialize;

use JobStatus::*;

use crate::stage::*;
use crate::support::*;

/// What happens next.
#[derive(Clone, Debug)]
enum Act {
    Create {
        confirm: bool,
        priority: u32,
    },
    Request(Index, RequestedJobStatus),
    Prioritise(Index, u32),
    Delete(Index),
    /// So many milliseconds pass.
    Pass(u16),
    /// Some work ends, so or so.
    Finish(Index, Fate),
}

#[derive(Clone, Copy, Debug)]
enum Fate {
    Well,
    Badly,
    /// Work of another kind was asked for.
    Otherwise,
    Impossible,
}

fn act() -> impl Strategy<Value = Act> {
    let fate = prop_oneof![
        12 => Just(Fate::Well),
        2 => Just(Fate::Badly),
        1 => Just(Fate::Otherwise),
        1 => Just(Fate::Impossible),
    ];
    let requested =
        prop_oneof![Just(RequestedJobStatus::Ready), Just(RequestedJobStatus::Cancelled)];
    prop_oneof![
        3 => (any::<bool>(), 0..4_u32).prop_map(|(confirm, priority)| Act::Create { confirm, priority }),
        2 => (any::<Index>(), requested).prop_map(|(job, requested)| Act::Request(job, requested)),
        1 => (any::<Index>(), 0..4_u32).prop_map(|(job, priority)| Act::Prioritise(job, priority)),
        1 => any::<Index>().prop_map(Act::Delete),
        12 => (0..300_u16).prop_map(Act::Pass),
        8 => (any::<Index>(), fate).prop_map(|(work, fate)| Act::Finish(work, fate)),
    ]
}

fn settings() -> impl Strategy<Value = Settings> {
    let lasts = prop_oneof![Just(0), 0..200_u64];
    (0..3_usize, any::<bool>(), any::<bool>(), lasts, any::<u64>(), any::<bool>()).prop_map(
        |(jobs_at_once, outside, delete_running, lasts, seed, deadline)| {
            let mut settings = Settings::default();
            settings.jobs_at_once = jobs_at_once;
            settings.runner = if outside { Runner::Outside } else { Runner::Imagined };
            settings.delete_running = delete_running;
            settings.status_lasts = std::time::Duration::from_millis(lasts);
            settings.suspended_for = deadline.then_some(std::time::Duration::from_millis(500));
            settings.imagined.tasks = 0..=3000;
            settings.imagined.failed_of_1000 = 0..=1000;
            settings.imagined.per_second = 1000;
            settings.token_kept = std::time::Duration::from_secs(2);
            settings.kept_for = std::time::Duration::from_secs(5);
            settings.seed = seed;
            settings
        },
    )
}

/// Everything that can be seen of a world, and everything that it is made of.
struct Run {
    stage: Stage,
    /// What was created, there or not.
    jobs: Vec<JobId<'static>>,
    /// What was asked for and has not ended.
    under_way: Vec<Work>,
    /// What a store would hold.
    store: BTreeMap<JobId<'static>, String>,
    /// The jobs as DescribeJob shows them.
    seen: BTreeMap<JobId<'static>, Job<'static>>,
}

impl Run {
    fn new(settings: Settings) -> Self {
        let stage = Stage::new(settings);
        let (jobs, under_way) = (Vec::new(), Vec::new());
        Self { stage, jobs, under_way, store: BTreeMap::new(), seen: BTreeMap::new() }
    }

    fn act(&mut self, act: &Act) {
        let pick = |jobs: &[JobId<'static>], index: &Index| {
            (!jobs.is_empty()).then(|| index.get(jobs).clone())
        };
        match act {
            Act::Create { confirm, priority } => {
                let mut create = urgent(&format!("token {}", self.jobs.len()), *priority);
                create.confirmation_required = Some(*confirm);
                self.jobs.push(self.stage.create(&create));
            }
            Act::Request(job, requested) => {
                if let Some(job_id) = pick(&self.jobs, job) {
                    let _ = self.stage.ask(&UpdateJobStatus::new(job_id, requested.clone()));
                }
            }
            Act::Prioritise(job, priority) => {
                if let Some(job_id) = pick(&self.jobs, job) {
                    let priority = (*priority).try_into().unwrap();
                    let _ = self.stage.ask(&UpdateJobPriority::new(job_id, priority));
                }
            }
            Act::Delete(job) => {
                if let Some(job_id) = pick(&self.jobs, job) {
                    let _ = self.stage.ask(&DeleteJob::new(job_id));
                }
            }
            Act::Pass(milliseconds) => {
                self.stage.now += Duration::milliseconds((*milliseconds).into());
                self.under_way.extend(self.stage.engine.advance(self.stage.now));
            }
            Act::Finish(_, _) if self.under_way.is_empty() => {}
            Act::Finish(work, fate) => {
                let work = self.under_way.swap_remove(work.index(self.under_way.len()));
                let outcome = match fate {
                    Fate::Well => done(&work, 1),
                    Fate::Badly => done(&work, 9),
                    Fate::Otherwise => match work {
                        Work::Report { .. } => Outcome::Prepared { tasks: 1 },
                        _ => Outcome::Reported,
                    },
                    Fate::Impossible => {
                        let mut failure = JobFailure::default();
                        failure.failure_code = Some("Impossible".into());
                        Outcome::Failed(failure)
                    }
                };
                self.stage.finish(work.job_id(), outcome);
            }
        }
        self.keep();
    }

    /// Stores what changed, as a service does. A record holds the job as it is shown.
    fn keep(&mut self) {
        for Change { job_id, record, .. } in self.stage.engine.take_changes() {
            self.store.remove(&job_id);
            self.seen.remove(&job_id);
            let Some(record) = record else { continue };
            let record = serde_json::to_value(&record).unwrap();
            self.store.insert(job_id.clone(), record.to_string());
            if let Some(job) = record.pointer("/job/job") {
                self.seen.insert(job_id, Job::deserialize(job).unwrap());
            }
        }
    }

    /// The engine is lost, and made again from what was stored.
    fn crash(&mut self) {
        let settings = self.stage.settings.clone();
        let mut engine: Engine = engine(settings, Vec::new());
        engine.restore(
            self.store.values().map(|record| serde_json::from_str::<Record>(record).unwrap()),
        );
        assert_eq!(engine.take_changes(), []);
        self.stage.engine = engine;
    }
}

/// The documented moves, and ours: a deadline for a confirmation, a report that cannot be written.
fn may_follow(from: &JobStatus, to: &JobStatus) -> bool {
    let next: &[JobStatus] = match from {
        New => &[Preparing, Cancelled],
        Preparing => &[Ready, Suspended, Failing, Cancelled],
        Suspended => &[Ready, Failing, Cancelled],
        Ready => &[Active, Cancelled],
        Active => &[Completing, Failing, Pausing, Cancelling],
        Pausing => &[Paused, Cancelling],
        Paused => &[Active, Cancelling],
        Completing => &[Complete, Failing],
        Cancelling => &[Cancelled],
        Failing => &[Failed],
        _ => &[],
    };
    next.contains(to)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn statuses_move_as_documented(settings in settings(), acts in vec(act(), 0..120)) {
        let mut run = Run::new(settings);
        for act in &acts {
            let before = run.seen.clone();
            run.act(act);
            for job in run.seen.values() {
                if let Some(before) = before.get(&job.job_id) {
                    if before.status != job.status {
                        let moved = may_follow(&before.status, &job.status);
                        prop_assert!(moved, "{} to {} by {act:?}", before.status, job.status);
                    }
                    prop_assert!(!before.status.is_terminal() || before == job);
                }
                prop_assert_eq!(job.termination_date.is_some(), job.status.is_terminal());
                let reasons = job.failure_reasons.iter();
                let told = reasons.filter(|failure| failure.failure_code.is_some()).count();
                prop_assert_eq!(told, usize::from(job.status == Failed), "{:?}", job);
                if let Some(progress) = &job.progress_summary {
                    let done = progress.number_of_tasks_failed + progress.number_of_tasks_succeeded;
                    prop_assert!(done <= progress.total_number_of_tasks, "{job:?}");
                    prop_assert!(job.status != Complete || done == progress.total_number_of_tasks);
                }
            }
            // No more run than may, and work is asked for once.
            let running = run.seen.values().filter(|job| matches!(job.status, Active | Pausing));
            prop_assert!(running.count() <= run.stage.settings.jobs_at_once);
            let ids: BTreeSet<_> = run.under_way.iter().map(Work::job_id).collect();
            prop_assert_eq!(ids.len(), run.under_way.len());
            // What there is to do by now is done in a few steps: nobody is kept busy for nothing.
            let mut steps = 0;
            while run.stage.engine.next_event().is_some_and(|time| time <= run.stage.now) {
                run.act(&Act::Pass(0));
                steps += 1;
                prop_assert!(steps < 100, "{:?}", run.stage.engine.next_event());
            }
        }
        // A record is what is shown.
        for (job_id, job) in run.seen.clone() {
            prop_assert_eq!(run.stage.job(&job_id), job);
        }
    }

    /// Two worlds, one of which is made again from its records now and then.
    #[test]
    fn a_restored_engine_goes_on_as_if_it_had_never_stopped(
        mut settings in settings(),
        acts in vec((act(), any::<bool>()), 0..120),
    ) {
        settings.runner = Runner::Imagined;
        let (mut one, mut other) = (Run::new(settings.clone()), Run::new(settings));
        for (act, crashes) in &acts {
            one.act(act);
            other.act(act);
            if *crashes {
                other.crash();
            }
            for (kept, again) in one.store.values().zip(other.store.values()) {
                prop_assert_eq!(kept, again);
            }
            prop_assert_eq!(one.store.len(), other.store.len());
        }
    }

    /// Whoever runs the tasks is lost with the engine, in the middle of a turn, and cuts what it
    /// wrote to the checkpoint when it is asked again.
    #[test]
    fn no_task_is_lost_or_run_twice(
        mut settings in settings(),
        acts in vec((act(), 0..20_u8), 0..120),
    ) {
        settings.runner = Runner::Outside;
        settings.jobs_at_once += 1;
        settings.kept_for = std::time::Duration::MAX;
        let mut run = Run::new(settings);
        let mut reports: BTreeMap<JobId<'static>, Vec<u64>> = BTreeMap::new();
        for (act, chance) in &acts {
            // All that is under way has half of its effects, and then all of them.
            for work in &run.under_way {
                write(&mut reports, work, 2);
            }
            if let Act::Finish(..) = act {
                run.under_way.iter().for_each(|work| write(&mut reports, work, 1));
            }
            run.act(act);
            if *chance == 0 {
                run.crash();
                run.under_way.clear();
            }
        }
        for _ in 0..1000 {
            for job in run.seen.clone().into_values() {
                if job.status == Suspended {
                    run.stage.request(&job.job_id, RequestedJobStatus::Ready).unwrap();
                }
            }
            run.act(&Act::Pass(200));
            for work in std::mem::take(&mut run.under_way) {
                write(&mut reports, &work, 1);
                run.stage.finish(work.job_id(), done(&work, 1));
            }
            if run.seen.values().all(|job| job.status.is_terminal()) {
                break;
            }
        }
        for job in run.seen.into_values() {
            prop_assert!(job.status.is_terminal(), "{:?}", job);
            let progress = job.progress_summary.unwrap_or_default();
            let done = progress.number_of_tasks_succeeded + progress.number_of_tasks_failed;
            let mut report = reports.remove(&job.job_id).unwrap_or_default();
            // What a turn wrote whose end nobody heard of is cut off with the report.
            report.truncate(usize::try_from(done).unwrap());
            prop_assert_eq!(report, (0..done).collect::<Vec<_>>());
        }
    }
}

/// What a turn of tasks writes: from its checkpoint on, the whole or a part of it.
fn write(reports: &mut BTreeMap<JobId<'static>, Vec<u64>>, work: &Work, part: u64) {
    let Work::Tasks { from, .. } = work else { return };
    let Outcome::Ran { checkpoint } = done(work, 0) else { return };
    let (from, to) = (from.executed(), checkpoint.executed());
    let report = reports.entry(work.job_id().clone()).or_default();
    assert!(report.len() as u64 >= from, "something is lost before {from}");
    report.truncate(usize::try_from(from).unwrap());
    report.extend(from..from + (to - from) / part);
}
