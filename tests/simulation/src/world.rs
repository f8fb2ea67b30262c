use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::fmt::Write;
use std::time::Duration as Rest;

use cos_batch::http::{HeaderValue, Request, Response, StatusCode};
use cos_batch::time::{Duration, OffsetDateTime};
use cos_batch::{APPID_HEADER, Credentials, Error, Event, JobId, Lost, Signer, Step};
use cos_batch_emulator::Account;
use cos_batch_emulator::work::Outcome;
use fastrand::Rng;

use crate::client::{Client, is_counted, told};
use crate::plan::{ClientPlan, Fault, Kind, Plan, random};
use crate::service::Service;

/// What a run came to
pub(crate) struct Ran {
    /// The rule that was broken, if one was.
    pub(crate) broken: Option<String>,
    /// Every step, if asked for.
    pub(crate) transcript: String,
    pub(crate) requests: u64,
    pub(crate) jobs: u64,
}

/// Runs a plan to its end, in virtual time.
pub(crate) fn run(plan: &Plan, with_transcript: bool) -> Ran {
    let mut world = World::new(plan, with_transcript);
    world.begin();
    while world.service.ledger.broken.is_none() && !world.is_settled() {
        let Some(Reverse(timed)) = world.queue.pop() else { break };
        if timed.at - START > LONGEST {
            world.service.ledger.breaks("it does not end");
            break;
        }
        world.now = timed.at;
        let happening = world.happenings.remove(&timed.number).unwrap();
        world.happens(happening);
    }
    world.settle();
    Ran {
        broken: world.service.ledger.broken.clone(),
        jobs: world.service.ledger.jobs().count() as u64,
        transcript: world.transcript.unwrap_or_default(),
        requests: world.requests,
    }
}

const START: OffsetDateTime = OffsetDateTime::UNIX_EPOCH.saturating_add(Duration::days(20_000));

/// No run takes longer.
const LONGEST: Duration = Duration::days(5);

/// How long a client waits for a reply at most.
const TIMEOUT: Duration = Duration::seconds(10);

struct World<'a> {
    plan: &'a Plan,
    now: OffsetDateTime,
    queue: BinaryHeap<Reverse<Timed>>,
    happenings: BTreeMap<u64, Happening>,
    number: u64,
    service: Service,
    clients: BTreeMap<u64, Client>,
    signer: Signer,
    intruder: Signer,
    /// Requests that are on their way.
    under_way: u32,
    /// Requests that found nobody listening, by client and turn.
    never_sent: BTreeSet<(u64, u64)>,
    /// The service is killed by the next request that would change something.
    doomed: bool,
    /// When the service was asked to look at its jobs next.
    looks_at: Option<OffsetDateTime>,
    requests: u64,
    transcript: Option<String>,
}

#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
struct Timed {
    at: OffsetDateTime,
    /// In this order, if at the same time.
    number: u64,
}

enum Happening {
    Begins(usize),
    Arrives(Box<Arrival>),
    Reply { client: u64, turn: u64, reply: Box<Response<Vec<u8>>> },
    Lost { client: u64, turn: u64, lost: Lost },
    Wakes { client: u64, turn: u64 },
    Jumps { client: u64, by: Duration },
    Looks,
    Finishes { life: u64, job_id: JobId<'static>, outcome: Outcome },
    Dies { at_a_request: bool },
    Starts,
    Rotates(u32),
}

/// A request, or a copy of it, at the service's door.
struct Arrival {
    client: u64,
    turn: u64,
    request: Request<Vec<u8>>,
    copy: Copy,
    rng: Rng,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Copy {
    Original,
    Again,
    Tampered,
}

fn account(generation: u32) -> Account {
    Account::new(format!("AKID{generation}"), format!("SECRET{generation}")).unwrap()
}

fn signer(account: &Account) -> Signer {
    Signer::new(account.credentials().clone())
}

impl<'a> World<'a> {
    fn new(plan: &'a Plan, with_transcript: bool) -> Self {
        let credentials = Credentials::new("AKID0", "NOTTHESECRET").unwrap();
        Self {
            plan,
            now: START,
            queue: BinaryHeap::new(),
            happenings: BTreeMap::new(),
            number: 0,
            service: Service::new(plan.seed, account(0)),
            clients: BTreeMap::new(),
            signer: signer(&account(0)),
            intruder: Signer::new(credentials),
            under_way: 0,
            never_sent: BTreeSet::new(),
            doomed: false,
            looks_at: None,
            requests: 0,
            transcript: with_transcript.then(String::new),
        }
    }

    /// All that does not follow from something else.
    fn begin(&mut self) {
        for (at, client) in self.plan.clients.iter().enumerate() {
            self.after(client.begins, Happening::Begins(at));
        }
        let mut rng = random(self.plan.seed, u64::MAX, 1);
        for generation in 1..4 {
            let (dies, rotates) = (rng.i64(0..200_000), rng.i64(0..200_000));
            let at_a_request = rng.bool();
            if self.plan.faults.contains(&Fault::Crash) {
                let happening = Happening::Dies { at_a_request };
                self.after(Duration::milliseconds(dies), happening);
            }
            if self.plan.faults.contains(&Fault::Rotate) {
                let happening = Happening::Rotates(generation);
                self.after(Duration::milliseconds(rotates), happening);
            }
        }
    }

    fn after(&mut self, time: Duration, happening: Happening) {
        let at = self.now + time;
        self.number += 1;
        self.queue.push(Reverse(Timed { at, number: self.number }));
        self.happenings.insert(self.number, happening);
    }

    fn note(&mut self, line: impl FnOnce() -> String) {
        if let Some(transcript) = &mut self.transcript {
            let at = (self.now - START).as_seconds_f64();
            writeln!(transcript, "{at:>10.3} {}", line()).unwrap();
        }
    }

    /// Has every client ended, and every request arrived?
    fn is_settled(&self) -> bool {
        self.under_way == 0
            && self.clients.len() == self.plan.clients.len()
            && self.clients.values().all(|client| client.ended)
    }

    fn settle(&mut self) {
        if self.service.ledger.broken.is_some() {
            return;
        }
        for client in self.clients.values() {
            if let Err(rule) = client.settled(&self.service.ledger) {
                self.service.ledger.breaks(format!("client {}: {rule}", client.plan.number));
                return;
            }
        }
    }

    fn happens(&mut self, happening: Happening) {
        match happening {
            Happening::Begins(at) => self.begins(at),
            Happening::Arrives(arrival) => self.arrives(*arrival),
            Happening::Reply { client, turn, reply } => {
                let (parts, body) = reply.into_parts();
                let reply = Response::from_parts(parts, body.as_slice());
                self.tell(client, turn, Event::Reply(reply));
            }
            Happening::Lost { client, turn, lost } => self.tell(client, turn, Event::Lost(lost)),
            Happening::Wakes { client, turn } => self.tell(client, turn, Event::Woke),
            Happening::Jumps { client, by } => {
                self.note(|| format!("{client} has its clock jump by {by}"));
                if let Some(client) = self.clients.get_mut(&client) {
                    client.offset = client.offset.saturating_add(by);
                }
            }
            Happening::Looks => {
                self.looks_at = None;
                let life = self.service.life;
                for begun in self.service.advance(self.now) {
                    let (job_id, outcome) = (begun.job_id, begun.outcome);
                    self.after(begun.takes, Happening::Finishes { life, job_id, outcome });
                }
            }
            Happening::Finishes { life, job_id, outcome } => {
                if life == self.service.life {
                    self.service.finish(&job_id, outcome, self.now);
                }
            }
            Happening::Dies { at_a_request: true } => self.doomed = true,
            Happening::Dies { at_a_request: false } => self.dies(),
            Happening::Starts => {
                self.note(|| "the service is back".to_owned());
                self.service.start();
            }
            Happening::Rotates(generation) => {
                self.note(|| format!("credentials {generation} are in use"));
                let account = account(generation);
                self.signer = signer(&account);
                self.service.rotate(account);
            }
        }
        self.look_when_due();
    }

    fn look_when_due(&mut self) {
        let Some(at) = self.service.next_event().map(|at| at.max(self.now)) else { return };
        if self.looks_at.is_none_or(|looks_at| at < looks_at) {
            self.looks_at = Some(at);
            self.after(at - self.now, Happening::Looks);
        }
    }

    fn dies(&mut self) {
        self.note(|| "the service is killed".to_owned());
        self.service.kill();
        self.looks_at = None;
        let mut rng = random(self.plan.seed, u64::MAX, 1 + self.service.life);
        self.after(Duration::milliseconds(rng.i64(1..20_000)), Happening::Starts);
    }

    fn begins(&mut self, at: usize) {
        let plan = self.plan.clients[at];
        let mut rng = random(self.plan.seed, plan.number, u64::MAX);
        let skewed = self.plan.strikes(Fault::Skew, 50, &mut rng);
        let offset = Duration::seconds(rng.i64(-72_000..72_000));
        let offset = if skewed { offset } else { Duration::ZERO };
        let when = rng.i64(0..60_000);
        self.may_jump(50, when, plan, &mut rng);
        self.note(|| format!("{} begins: {:?}, its clock off by {offset}", plan.number, plan.kind));
        let ledger = &self.service.ledger;
        let is_steady = !self.plan.faults.contains(&Fault::Jump);
        let client = Client::new(self.plan.seed, plan, offset, is_steady, self.now, ledger);
        self.clients.insert(plan.number, client);
        self.step(plan.number);
    }

    /// Has a client's clock jump in so many of a hundred cases.
    fn may_jump(&mut self, percent: u32, millis: i64, plan: ClientPlan, rng: &mut Rng) {
        let (jumps, by) = (self.plan.strikes(Fault::Jump, percent, rng), rng.i64(-7_200..7_200));
        if jumps {
            // A creation is promised to be told right while its clock is not set back.
            let by = if plan.kind == Kind::Create { by.abs() } else { by };
            let happening = Happening::Jumps { client: plan.number, by: Duration::seconds(by) };
            self.after(Duration::milliseconds(millis), happening);
        }
    }

    /// A client does what its machine says.
    fn step(&mut self, number: u64) {
        let Some(client) = self.clients.get_mut(&number) else { return };
        let signer = if client.plan.kind == Kind::Intrude { &self.intruder } else { &self.signer };
        let step = client.next(signer, self.now, &mut self.service.ledger);
        let turn = client.turn;
        let line = step.as_ref().map_or_else(|error| format!("fails: {error}"), told);
        self.note(|| format!("{number} {line}"));
        match step {
            Ok(Step::Send { request, within }) => self.send(number, turn, request, within),
            Ok(Step::Sleep(rest)) => {
                let rest = Duration::try_from(rest).unwrap();
                self.after(rest, Happening::Wakes { client: number, turn });
            }
            Ok(Step::Done) => self.ends(number, &Ok(())),
            Err(error) => self.ends(number, &Err(error)),
        }
    }

    /// A client hears what came of what it did, if it still waits for that.
    fn tell(&mut self, number: u64, turn: u64, event: Event<'_>) {
        let Some(client) = self.clients.get_mut(&number) else { return };
        if client.ended || client.turn != turn {
            return;
        }
        let line = match &event {
            Event::Reply(reply) => format!("hears {}", reply.status().as_u16()),
            Event::Lost(lost) => format!("hears nothing: {lost:?}"),
            Event::Woke => "wakes".to_owned(),
        };
        let plan = client.plan;
        let received = client.receive(event, self.now, &mut self.service.ledger);
        self.note(|| format!("{number} {line}"));
        self.may_jump(10, 0, plan, &mut random(self.plan.seed, number, turn ^ u64::MAX));
        match received {
            Ok(()) => self.step(number),
            Err(error) => {
                self.note(|| format!("{number} fails: {error}"));
                self.ends(number, &Err(error));
            }
        }
    }

    fn ends(&mut self, number: u64, end: &Result<(), Error>) {
        if let Some(client) = self.clients.get_mut(&number) {
            client.end(end, &self.signer, self.now, &mut self.service.ledger);
        }
    }

    /// A request goes out, into whatever the network does to it.
    fn send(&mut self, client: u64, turn: u64, request: Request<Vec<u8>>, within: Option<Rest>) {
        self.requests += 1;
        let mut rng = random(self.plan.seed, client, turn);
        let timeout = within
            .map_or(TIMEOUT, |within| Duration::try_from(within).unwrap_or(TIMEOUT).min(TIMEOUT));
        let lost = Happening::Lost { client, turn, lost: Lost::AfterSending };
        self.after(timeout, lost);
        if self.plan.strikes(Fault::Drop, 3, &mut rng) {
            self.note(|| format!("{client} does not get through"));
            let lost = Happening::Lost { client, turn, lost: Lost::BeforeSending };
            return self.after(Duration::milliseconds(5), lost);
        }
        if self.plan.strikes(Fault::Proxy, 4, &mut rng) {
            let mut reply = Response::new(b"<html><hr>busy</html>".to_vec());
            *reply.status_mut() = StatusCode::BAD_GATEWAY;
            let latency = self.latency(&mut rng);
            self.after(latency, Happening::Reply { client, turn, reply: Box::new(reply) });
            if rng.bool() {
                return;
            }
        }
        if self.plan.strikes(Fault::Drop, 8, &mut rng) {
            return self.note(|| format!("the request of {client} is lost"));
        }
        let latency = self.latency(&mut rng);
        let again = self.plan.strikes(Fault::Duplicate, 10, &mut rng);
        let tampered = self.plan.strikes(Fault::Tamper, 8, &mut rng);
        let mut arrive = |world: &mut Self, latency, request, copy| {
            world.under_way += 1;
            let arrival = Arrival { client, turn, request, copy, rng: rng.fork() };
            world.after(latency, Happening::Arrives(Box::new(arrival)));
        };
        if again {
            arrive(self, latency * 2, request.clone(), Copy::Again);
        }
        if tampered {
            arrive(self, latency / 2, tamper(&request), Copy::Tampered);
        }
        arrive(self, latency, request, Copy::Original);
    }

    fn latency(&self, rng: &mut Rng) -> Duration {
        let usual = Duration::milliseconds(rng.i64(1..200));
        let (long, longest) = (rng.i64(1..40), rng.i64(1..45));
        if self.plan.strikes(Fault::Delay, 2, rng) {
            Duration::minutes(longest)
        } else if self.plan.strikes(Fault::Delay, 10, rng) {
            Duration::seconds(long)
        } else {
            usual
        }
    }

    fn arrives(&mut self, arrival: Arrival) {
        self.under_way -= 1;
        let Arrival { client, turn, request, copy, mut rng } = arrival;
        if self.never_sent.contains(&(client, turn)) {
            return;
        }
        if !self.service.is_up() {
            if copy == Copy::Original {
                // What was never sent has no copies.
                self.never_sent.insert((client, turn));
                let lost = Happening::Lost { client, turn, lost: Lost::BeforeSending };
                self.after(Duration::milliseconds(1), lost);
            }
            return;
        }
        let is_counted = is_counted(request.method().as_str());
        let is_doomed = self.doomed && is_counted;
        // It may die before what was done is durable, or after.
        let forgets = rng.bool();
        let reply = self.service.answer(&request, self.now, is_doomed && forgets);
        let status = reply.as_ref().map(|reply| reply.status().as_u16());
        self.note(|| format!("the service answers {client} {copy:?}: {status:?}"));
        if is_doomed {
            self.doomed = false;
            self.dies();
        }
        let Some(mut reply) = reply else { return };
        let is_intruder =
            self.plan.clients.iter().any(|it| it.number == client && it.kind == Kind::Intrude);
        if (is_intruder || copy == Copy::Tampered) && reply.status() != StatusCode::FORBIDDEN {
            let status = reply.status();
            self.service
                .ledger
                .breaks(format!("a wrong signature of {client} is let in: {status}"));
        }
        if copy != Copy::Original {
            return;
        }
        if let Some(client) = self.clients.get_mut(&client)
            && is_counted
            && reply.status().is_success()
        {
            client.carried_out = true;
        }
        if is_doomed || self.plan.strikes(Fault::Drop, 8, &mut rng) {
            return;
        }
        let at = rng.usize(..=reply.body().len());
        if self.plan.strikes(Fault::Truncate, 8, &mut rng) && at < reply.body().len() {
            reply.body_mut().truncate(at);
        }
        let latency = self.latency(&mut rng);
        self.after(latency, Happening::Reply { client, turn, reply: Box::new(reply) });
    }
}

/// The same request for another account.
fn tamper(request: &Request<Vec<u8>>) -> Request<Vec<u8>> {
    let mut request = request.clone();
    request.headers_mut().insert(APPID_HEADER, HeaderValue::from_static("1250000001"));
    request
}
