use std::collections::BTreeSet;
use std::time::Duration as Rest;

use cos_batch::time::{Duration, OffsetDateTime};
use cos_batch::{
    CreateJob, CreateOnce, Creation, DeleteJob, DescribeJobResult, Endpoint, Error, Event,
    Exchange, JobId, JobOperation, JobStatus, ListJobs, ListJobsResult, Machine, Manifest,
    ManifestField, ManifestLocation, Pages, Priority, Report, ReportScope, RequestedJobStatus,
    Retry, Signer, Step, UpdateJobPriority, UpdateJobPriorityResult, UpdateJobStatus,
    UpdateJobStatusResult, Watch,
};

use crate::check::{Ledger, can_become};
use crate::contract::Contract;
use crate::plan::{ClientPlan, Kind, random};

/// A client: a machine, a clock of its own, and what it was told
pub(crate) struct Client {
    pub(crate) plan: ClientPlan,
    task: Task,
    contract: Contract,
    /// Its clock minus the time.
    pub(crate) offset: Duration,
    /// Counts what it has waited for: a reply, or the end of a rest.
    pub(crate) turn: u64,
    /// How many requests it sent, and how many at most.
    sends: u32,
    most_sends: u32,
    /// Was a request of its own carried out, other than by a copy?
    pub(crate) carried_out: bool,
    first_sent: Option<OffsetDateTime>,
    seen: Vec<JobId<'static>>,
    last: Option<JobStatus>,
    pub(crate) ended: bool,
}

/// What it does.
enum Task {
    Create(Box<CreateOnce>),
    List(Box<Pages>),
    Watch(Box<Watch>),
    Priority(Box<Exchange<UpdateJobPriority>>),
    Status(Box<Exchange<UpdateJobStatus>>),
    Delete(Box<Exchange<DeleteJob>>),
}

/// What it was told.
enum Told {
    Creation(Creation),
    Page(ListJobsResult<'static>),
    Job(Box<DescribeJobResult<'static>>),
    Priority(UpdateJobPriorityResult<'static>),
    Status(UpdateJobStatusResult<'static>),
    Deleted,
}

impl Client {
    /// A client that begins now, and knows of the jobs that there are.
    pub(crate) fn new(
        seed: u64,
        plan: ClientPlan,
        offset: Duration,
        is_steady: bool,
        now: OffsetDateTime,
        ledger: &Ledger,
    ) -> Self {
        let mut rng = random(seed, plan.number, 0);
        let endpoint = endpoint();
        let now = now.saturating_add(offset);
        let mut retry = Retry::new(rng.u64(..));
        retry.attempts = rng.u32(1..6);
        if rng.u32(..4) == 0 {
            retry.deadline = Some(now + Duration::seconds(rng.i64(1..300)));
        }
        let once = retry.attempts + 1;
        let mut contract = Contract::new(is_steady, retry.deadline);
        let jobs: Vec<_> = ledger.jobs().map(|(job_id, _)| job_id.clone()).collect();
        let job_id = rng.choice(jobs).unwrap_or_else(|| "unknown".parse().unwrap());
        let (task, most_sends) = match plan.kind {
            Kind::Create => {
                let create = create(token(plan), rng.bool());
                (Task::Create(Box::new(CreateOnce::new(endpoint, create, now, retry))), 60 * once)
            }
            Kind::List | Kind::ListStatus | Kind::Intrude => {
                let mut list = ListJobs::new();
                list.max_results = Some(rng.i64(1..4).to_string().parse().unwrap());
                if plan.kind == Kind::ListStatus {
                    let status = rng.choice(JobStatus::LISTED).unwrap();
                    list.job_statuses.push(status.clone());
                }
                (Task::List(Box::new(Pages::new(endpoint, list, retry))), 20 * once)
            }
            Kind::Watch => {
                let deadline = now + Duration::seconds(rng.i64(10..400));
                contract.deadline = Some(retry.deadline.map_or(deadline, |it| it.min(deadline)));
                let watch = Watch::new(endpoint, job_id, deadline, retry);
                (Task::Watch(Box::new(watch)), 400 * once)
            }
            Kind::Priority => {
                let priority = Priority::try_from(rng.u32(..100)).unwrap();
                let update = UpdateJobPriority::new(job_id, priority);
                (Task::Priority(Box::new(Exchange::new(endpoint, update, retry))), once)
            }
            Kind::Confirm | Kind::Cancel => {
                let requested = match plan.kind {
                    Kind::Confirm => RequestedJobStatus::Ready,
                    _ => RequestedJobStatus::Cancelled,
                };
                let update = UpdateJobStatus::new(job_id, requested);
                (Task::Status(Box::new(Exchange::new(endpoint, update, retry))), once)
            }
            Kind::Delete => {
                let delete = DeleteJob::new(job_id);
                (Task::Delete(Box::new(Exchange::new(endpoint, delete, retry))), once)
            }
        };
        contract.one_call = matches!(task, Task::Priority(_) | Task::Status(_) | Task::Delete(_));
        Self {
            plan,
            task,
            contract,
            offset,
            turn: 0,
            sends: 0,
            most_sends,
            carried_out: false,
            first_sent: None,
            seen: Vec::new(),
            last: None,
            ended: false,
        }
    }

    /// What it does now.
    pub(crate) fn next(
        &mut self,
        signer: &Signer,
        now: OffsetDateTime,
        ledger: &mut Ledger,
    ) -> Result<Step, Error> {
        let clock = now.saturating_add(self.offset);
        let step = self.ask(signer, clock);
        let kept = match &step {
            Ok(step) => self.contract.step(step, clock, now),
            Err(_) => Ok(()),
        };
        // Not each time: signing is most of what a run takes.
        let kept = kept.and_then(|()| match self.turn.is_multiple_of(4) {
            true => same(&step, &self.ask(signer, clock)),
            false => Ok(()),
        });
        if let Err(rule) = kept {
            ledger.breaks(format!("client {}: {rule}", self.plan.number));
        }
        self.turn += 1;
        if let Ok(Step::Send { .. }) = step {
            self.sends += 1;
            self.first_sent.get_or_insert(now);
        }
        step
    }

    fn ask(&self, signer: &Signer, clock: OffsetDateTime) -> Result<Step, Error> {
        match &self.task {
            Task::Create(machine) => machine.next(signer, clock),
            Task::List(machine) => machine.next(signer, clock),
            Task::Watch(machine) => machine.next(signer, clock),
            Task::Priority(machine) => machine.next(signer, clock),
            Task::Status(machine) => machine.next(signer, clock),
            Task::Delete(machine) => machine.next(signer, clock),
        }
    }

    /// Hears what came of it; what it is told must be true.
    pub(crate) fn receive(
        &mut self,
        event: Event<'_>,
        now: OffsetDateTime,
        ledger: &mut Ledger,
    ) -> Result<(), Error> {
        let clock = now.saturating_add(self.offset);
        self.turn += 1;
        self.contract.hears(&event);
        let told = match &mut self.task {
            Task::Create(machine) => machine.receive(event, clock)?.map(Told::Creation),
            Task::List(machine) => machine.receive(event, clock)?.map(Told::Page),
            Task::Watch(machine) => {
                machine.receive(event, clock)?.map(|job| Told::Job(Box::new(job)))
            }
            Task::Priority(machine) => machine.receive(event, clock)?.map(Told::Priority),
            Task::Status(machine) => machine.receive(event, clock)?.map(Told::Status),
            Task::Delete(machine) => machine.receive(event, clock)?.map(|()| Told::Deleted),
        };
        if let Some(Err(rule)) = told.map(|told| self.hear(told, ledger)) {
            ledger.breaks(format!("client {}: {rule}", self.plan.number));
        }
        Ok(())
    }

    fn hear(&mut self, told: Told, ledger: &Ledger) -> Result<(), String> {
        let entry = |job_id: &JobId<'_>| {
            ledger.get(job_id).ok_or_else(|| format!("it was told of {job_id}, which never was"))
        };
        match told {
            Told::Creation(Creation::Created(job_id)) => {
                if ledger.with_token(&token(self.plan)) != [&job_id] {
                    return Err(format!("{job_id} is not the job that was created for it"));
                }
            }
            Told::Creation(Creation::NotCreated) if self.contract.has_not_seen_all => {
                return Err("it did not look at all jobs".to_owned());
            }
            Told::Creation(Creation::NotCreated) => {}
            Told::Creation(Creation::Unknown { candidates }) => {
                candidates.iter().try_for_each(|job_id| entry(job_id).map(|_| ()))?;
            }
            Told::Page(page) => {
                for job in page.jobs {
                    if !entry(&job.job_id)?.statuses.contains(&job.status) {
                        return Err(format!("{} never was {}", job.job_id, job.status));
                    }
                    if self.seen.contains(&job.job_id) {
                        return Err(format!("{} was listed twice", job.job_id));
                    }
                    self.seen.push(job.job_id);
                }
            }
            Told::Job(described) => {
                let (job_id, status) = (&described.job.job_id, described.job.status.clone());
                if !entry(job_id)?.statuses.contains(&status) {
                    return Err(format!("{job_id} never was {status}"));
                }
                let last = self.last.replace(status.clone());
                if last.is_some_and(|last| !can_become(&last, &status)) {
                    return Err(format!("{job_id} was seen to become {status} out of turn"));
                }
            }
            Told::Priority(updated) => {
                if !entry(&updated.job_id)?.priorities.contains(&updated.priority) {
                    return Err(format!("{} never had that priority", updated.job_id));
                }
            }
            Told::Status(updated) => {
                if !entry(&updated.job_id)?.statuses.contains(&updated.status) {
                    return Err(format!("{} never was {}", updated.job_id, updated.status));
                }
            }
            Told::Deleted => {
                let Task::Delete(delete) = &self.task else { return Ok(()) };
                if entry(&delete.operation().job_id)?.gone.is_none() {
                    return Err("a job that is said to be deleted is there".to_owned());
                }
            }
        }
        Ok(())
    }

    /// Its machine has ended: what that says must be true now, and stay so.
    pub(crate) fn end(
        &mut self,
        end: &Result<(), Error>,
        signer: &Signer,
        now: OffsetDateTime,
        ledger: &mut Ledger,
    ) {
        self.ended = true;
        let stays = self
            .receive(Event::Woke, now, ledger)
            .map_err(|error| format!("it fails after its end: {error}"))
            .and_then(|()| {
                let end = end.clone().map(|()| Step::Done);
                same(&end, &self.ask(signer, now.saturating_add(self.offset)))
            });
        if let Err(rule) = stays.and_then(|()| self.ends_well(end, now, ledger)) {
            ledger.breaks(format!("client {}: {rule}", self.plan.number));
        }
    }

    fn ends_well(
        &self,
        end: &Result<(), Error>,
        now: OffsetDateTime,
        ledger: &Ledger,
    ) -> Result<(), String> {
        if self.sends > self.most_sends {
            return Err(format!("it sent {} requests, {} at most", self.sends, self.most_sends));
        }
        let is_unknown = matches!(end, Err(Error::OutcomeUnknown { .. }));
        match (self.plan.kind, end) {
            (Kind::Intrude, Ok(())) => Err("it was let in".to_owned()),
            (Kind::List, Ok(())) => self.listed_all(now, ledger),
            (Kind::Watch, Ok(())) if !self.last.as_ref().is_some_and(JobStatus::is_terminal) => {
                Err("the watch ended before the job".to_owned())
            }
            (Kind::Confirm | Kind::Cancel | Kind::Delete, Err(error))
                if self.carried_out && !is_unknown =>
            {
                Err(format!("it was done, and is said to have failed: {error}"))
            }
            (Kind::Create, Err(error)) if is_unknown => Err(format!("it did not look: {error}")),
            (Kind::List | Kind::ListStatus | Kind::Watch | Kind::Priority, Err(error))
                if is_unknown =>
            {
                Err(format!("it is safe to ask again, and not known: {error}"))
            }
            _ => Ok(()),
        }
    }

    /// Every job that was there all along was listed.
    fn listed_all(&self, now: OffsetDateTime, ledger: &Ledger) -> Result<(), String> {
        let since = self.first_sent.unwrap_or(now);
        let all_along = ledger
            .jobs()
            .filter(|(_, entry)| entry.created <= since && entry.gone.is_none_or(|gone| gone > now))
            .map(|(job_id, _)| job_id);
        let seen: BTreeSet<_> = self.seen.iter().collect();
        match all_along.into_iter().find(|job_id| !seen.contains(job_id)) {
            Some(job_id) => Err(format!("{job_id} was there all along, and not listed")),
            None => Ok(()),
        }
    }

    /// When nothing can happen any more: what was said must still be true.
    pub(crate) fn settled(&self, ledger: &Ledger) -> Result<(), String> {
        let Task::Create(once) = &self.task else { return Ok(()) };
        let jobs = ledger.with_token(&token(self.plan));
        // Whoever deletes a job before it was looked for hides it.
        let is_there = jobs.iter().any(|id| ledger.get(id).is_some_and(|job| job.gone.is_none()));
        match once.creation() {
            Some(Creation::Created(job_id)) if jobs != [job_id] => {
                Err(format!("{job_id} is not the job that was created for it"))
            }
            // A limit that held for a request may not hold for a copy of it that comes later.
            None if self.contract.met_a_limit => Ok(()),
            Some(Creation::NotCreated) | None if is_there => {
                Err(format!("no job was said to be created, and {} was", jobs[0]))
            }
            _ => Ok(()),
        }
    }
}

/// Holds two answers to the same question against each other.
fn same(one: &Result<Step, Error>, other: &Result<Step, Error>) -> Result<(), String> {
    let is_same = match (one, other) {
        (Ok(Step::Send { request, .. }), Ok(Step::Send { request: again, .. })) => {
            request.uri() == again.uri()
                && request.headers() == again.headers()
                && request.body() == again.body()
        }
        (one, other) => format!("{one:?}") == format!("{other:?}"),
    };
    if is_same { Ok(()) } else { Err(format!("asked again, it says {other:?}, not {one:?}")) }
}

/// How a request is told in a transcript.
pub(crate) fn told(step: &Step) -> String {
    match step {
        Step::Send { request, within } => {
            let target = request.uri().path_and_query().map_or("", |target| target.as_str());
            match within {
                Some(within) => format!("sends {} {target} within {within:?}", request.method()),
                None => format!("sends {} {target}", request.method()),
            }
        }
        Step::Sleep(rest) => format!("rests {:?}", Rest::from_millis(rest.as_millis() as u64)),
        Step::Done => "is done".to_owned(),
    }
}

pub(crate) fn endpoint() -> Endpoint {
    Endpoint::custom("https", "batch.example", "1250000000".parse().unwrap()).unwrap()
}

fn token(plan: ClientPlan) -> String {
    format!("token-{}", plan.number)
}

fn create(token: String, confirmation: bool) -> CreateJob {
    let bucket = "qcs::cos:ap-chengdu:uid/1250000000:src-1250000000";
    let list = ManifestLocation::new(format!("{bucket}/list.csv").parse().unwrap(), "15150651");
    let mut create = CreateJob::new(
        token.parse().unwrap(),
        Manifest::csv(list, [ManifestField::Bucket, ManifestField::Key]),
        JobOperation::DeleteObject,
        "10".parse().unwrap(),
        Report::new(bucket.parse().unwrap(), ReportScope::AllTasks),
        "qcs::cam::uin/100000000001:roleName/COS_Batch_QcsRole".parse().unwrap(),
    );
    create.description = Some("simulated".into());
    create.confirmation_required = Some(confirmation);
    create
}

/// Does a request change something, and only once?
pub(crate) fn is_counted(method: &str) -> bool {
    matches!(method, "POST" | "DELETE")
}
