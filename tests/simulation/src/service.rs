use std::collections::BTreeMap;

use cos_batch::http::{Request, Response};
use cos_batch::time::{Duration, OffsetDateTime};
use cos_batch::{JobFailure, JobId};
use cos_batch_emulator::work::{Outcome, Work};
use cos_batch_emulator::{Account, Engine, Runner, Settings};
use fastrand::Rng;

use crate::check::Ledger;
use crate::plan::random;

/// The service: an engine that may be killed, and a store that is not
pub(crate) struct Service {
    seed: u64,
    settings: Settings,
    accounts: Vec<Account>,
    /// `None` while it is down.
    engine: Option<Engine>,
    /// All that is durable: a record of each job, as text.
    store: BTreeMap<JobId<'static>, String>,
    /// What is true of the jobs, by what was made durable.
    pub(crate) ledger: Ledger,
    /// Counts its lives: what an earlier one has asked for is nothing to a later one.
    pub(crate) life: u64,
    rng: Rng,
}

/// Work that was begun: when it ends, and how.
pub(crate) struct Begun {
    pub(crate) takes: Duration,
    pub(crate) job_id: JobId<'static>,
    pub(crate) outcome: Outcome,
}

impl Service {
    pub(crate) fn new(seed: u64, account: Account) -> Self {
        let mut rng = random(seed, u64::MAX, 0);
        let mut settings = Settings::default();
        settings.seed = seed;
        settings.always_next_token = rng.bool();
        settings.describe_token = rng.bool();
        settings.delete_running = rng.bool();
        settings.ended_is_gone = rng.bool();
        settings.jobs_at_once = rng.usize(1..3);
        settings.job_limit = rng.bool().then(|| rng.usize(1..4));
        settings.runner = if rng.bool() { Runner::Imagined } else { Runner::Outside };
        let mut service = Self {
            seed,
            settings,
            accounts: vec![account],
            engine: None,
            store: BTreeMap::new(),
            ledger: Ledger::default(),
            life: 0,
            rng,
        };
        service.start();
        service
    }

    /// Comes up, with what its store has.
    pub(crate) fn start(&mut self) {
        let mut engine = Engine::new(self.settings.clone());
        self.accounts.iter().cloned().for_each(|account| engine.add_account(account));
        engine.restore(self.store.values().map(|record| serde_json::from_str(record).unwrap()));
        self.engine = Some(engine);
        self.life += 1;
    }

    /// Is killed: all is lost that is not in the store.
    pub(crate) fn kill(&mut self) {
        self.engine = None;
    }

    pub(crate) fn is_up(&self) -> bool {
        self.engine.is_some()
    }

    /// Lets another account in; the others are let in until the next start.
    pub(crate) fn rotate(&mut self, account: Account) {
        if let Some(engine) = &mut self.engine {
            engine.add_account(account.clone());
        }
        self.accounts = vec![account];
    }

    /// Answers a request; where it is `doomed` it is killed before anything of it is durable.
    pub(crate) fn answer(
        &mut self,
        request: &Request<Vec<u8>>,
        now: OffsetDateTime,
        doomed: bool,
    ) -> Option<Response<Vec<u8>>> {
        let (parts, body) = request.clone().into_parts();
        let request = Request::from_parts(parts, body.as_slice());
        let reply = self.engine.as_mut()?.handle(&request, now);
        if doomed {
            self.kill();
            return None;
        }
        self.keep(now);
        Some(reply)
    }

    /// Lets time move the jobs, and begins the work that they need.
    pub(crate) fn advance(&mut self, now: OffsetDateTime) -> Vec<Begun> {
        let Some(engine) = &mut self.engine else { return Vec::new() };
        let work = engine.advance(now);
        self.keep(now);
        work.iter().map(|work| self.begin(work)).collect()
    }

    pub(crate) fn finish(
        &mut self,
        job_id: &JobId<'static>,
        outcome: Outcome,
        now: OffsetDateTime,
    ) {
        if let Some(engine) = &mut self.engine {
            engine.finish(job_id, outcome, now);
            self.keep(now);
        }
    }

    pub(crate) fn next_event(&self) -> Option<OffsetDateTime> {
        self.engine.as_ref()?.next_event()
    }

    /// Makes durable what has changed.
    fn keep(&mut self, now: OffsetDateTime) {
        let changes = self.engine.as_mut().map(Engine::take_changes).unwrap_or_default();
        for change in changes {
            match change.record {
                Some(record) => {
                    let text = serde_json::to_string(&record).unwrap();
                    self.ledger.keep(&change.job_id, &text, now);
                    self.store.insert(change.job_id, text);
                }
                None => {
                    self.ledger.forget(&change.job_id, now);
                    self.store.remove(&change.job_id);
                }
            }
        }
    }

    /// A runner of a few lines: what a job is like follows from its id.
    fn begin(&mut self, work: &Work) -> Begun {
        let job_id = work.job_id().clone();
        let name =
            job_id.as_str().bytes().fold(0_u64, |sum, byte| sum.rotate_left(7) ^ u64::from(byte));
        let mut of_job = random(self.seed, name, 1);
        let (tasks, failing) = (of_job.choice([0, 3, 40, 1500]).unwrap(), of_job.u64(..80));
        let broken = of_job.u32(..100) < 5;
        let fails = || Outcome::Failed(JobFailure::default());
        let outcome = match work {
            Work::Prepare { .. } if broken => fails(),
            Work::Prepare { .. } => Outcome::Prepared { tasks },
            Work::Tasks { from, most, .. } => {
                let turn = self.rng.u64(1..=*most).min(tasks - from.executed());
                let mut checkpoint = *from;
                checkpoint.failed += turn * failing / 100;
                checkpoint.succeeded += turn - turn * failing / 100;
                Outcome::Ran { checkpoint }
            }
            Work::Report { .. } if broken => fails(),
            Work::Report { .. } => Outcome::Reported,
        };
        Begun { takes: Duration::milliseconds(self.rng.i64(1..5_000)), job_id, outcome }
    }
}
