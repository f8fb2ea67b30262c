//! Every schedule of a few decisions, with every kind of service: is any answer wrong?

use std::collections::{BTreeMap, HashMap};
use std::thread;

use cos_batch::http::{Request, Response};
use cos_batch::time::{Duration, OffsetDateTime};
use cos_batch::{
    CreateOnce, Creation, Credentials, Error, ErrorCode, Event, Lost, Machine, Retry, Signer, Step,
};

use super::service::{Kind, LEEWAY, Service, ours, refusal, window};
use super::{create, endpoint};

/// How many requests have a fate to choose; the others are simply answered.
const DEPTH: usize = 8;

/// How long nobody is there after a crash: less than a signature may hold, with the service's leeway.
const DOWNTIME: Duration = Duration::minutes(10);

/// What happens to a request that creates a job.
const FATES: [Fate; 15] = [
    Fate::Answered,
    Fate::NeverSent,
    Fate::Swallowed,
    Fate::Late(Arrival::Soon),
    Fate::Late(Arrival::AtTheEnd),
    Fate::Late(Arrival::AfterTheEnd),
    Fate::AnswerLost,
    Fate::AnswerCut,
    Fate::FailsAfterCommit,
    Fate::FailsBefore,
    Fate::Refused,
    Fate::Twice,
    Fate::SecondOfTwo,
    Fate::Crash(Arrival::Now),
    Fate::Crash(Arrival::AtTheEnd),
];

/// What happens to any other.
const OTHERS: [Fate; 4] =
    [Fate::Answered, Fate::AnswerLost, Fate::Denied, Fate::Crash(Arrival::Now)];

#[derive(Clone, Copy, Debug)]
enum Fate {
    Answered,
    NeverSent,
    /// Sent, and never arrived.
    Swallowed,
    /// Sent, and given up before it arrives.
    Late(Arrival),
    AnswerLost,
    AnswerCut,
    FailsAfterCommit,
    FailsBefore,
    Refused,
    Denied,
    /// Answered, and another copy arrives later.
    Twice,
    /// Something on the way sends two, and hands on the answer to the second.
    SecondOfTwo,
    /// The client is gone before an answer comes, and another goes on later.
    Crash(Arrival),
}

/// When a request arrives
#[derive(Clone, Copy, Debug)]
enum Arrival {
    Now,
    Soon,
    /// As late as the service takes it.
    AtTheEnd,
    AfterTheEnd,
}

/// The reply to a request, or its loss.
fn fate(
    fate: Fate,
    request: &Request<Vec<u8>>,
    service: &mut Service,
) -> Result<Response<Vec<u8>>, Lost> {
    match fate {
        Fate::Answered => Ok(service.answer(request)),
        Fate::NeverSent => Err(Lost::BeforeSending),
        Fate::Swallowed => Err(Lost::AfterSending),
        Fate::Late(arrival) | Fate::Crash(arrival) => {
            let end = window(request).1 + LEEWAY;
            let at = match arrival {
                Arrival::Now => service.now,
                Arrival::Soon => service.now + Duration::milliseconds(1),
                Arrival::AtTheEnd => end,
                Arrival::AfterTheEnd => end + Duration::SECOND,
            };
            service.later(at, request);
            Err(Lost::AfterSending)
        }
        Fate::AnswerLost => {
            service.answer(request);
            Err(Lost::AfterSending)
        }
        Fate::AnswerCut => {
            let mut reply = service.answer(request);
            reply.body_mut().pop();
            Ok(reply)
        }
        Fate::FailsAfterCommit => {
            service.answer(request);
            Ok(refusal(500, ErrorCode::InternalError))
        }
        Fate::FailsBefore => Ok(refusal(500, ErrorCode::ServiceUnavailable)),
        Fate::Refused => Ok(refusal(500, ErrorCode::TooManyJobs)),
        Fate::Denied => Ok(refusal(403, ErrorCode::AccessDenied)),
        Fate::SecondOfTwo => {
            service.answer(request);
            Ok(service.answer(request))
        }
        Fate::Twice => {
            let reply = service.answer(request);
            service.later(service.now + Duration::milliseconds(1), request);
            Ok(reply)
        }
    }
}

/// How many schedules end in each answer.
type Answers = BTreeMap<&'static str, u64>;

/// What was seen already: two runs that have come to the same state, to `Debug`, go on alike.
type Seen = HashMap<String, Answers>;

/// A run up to a choice: the machine, the service, and how it came there.
#[derive(Clone)]
struct Run<'a> {
    signer: &'a Signer,
    begun: OffsetDateTime,
    now: OffsetDateTime,
    once: CreateOnce,
    service: Service,
    fates: Vec<Fate>,
}

impl Run<'_> {
    /// Goes on to the end, in as many ways as there are choices, and counts the answers.
    fn go_on(self, seen: &mut Seen) -> Answers {
        let Self { now, once, service, fates, .. } = &self;
        let state = format!("{} {now} {once:?} {service:?}", fates.len());
        if let Some(answers) = seen.get(&state) {
            return answers.clone();
        }
        let answers = self.step(seen);
        seen.insert(state, answers.clone());
        answers
    }

    fn step(mut self, seen: &mut Seen) -> Answers {
        assert!(self.fates.len() < 40, "it does not end: {:?}", self.fates);
        match self.once.next(self.signer, self.now) {
            Ok(Step::Send { request, .. }) => {
                let fates = match request.method().as_str() {
                    _ if self.fates.len() >= DEPTH => &FATES[..1],
                    "POST" => &FATES[..],
                    _ => &OTHERS[..],
                };
                let mut answers = Answers::new();
                for fate in fates {
                    let mut run = self.clone();
                    let received = run.send(*fate, &request);
                    for (answer, count) in run.received(received, seen) {
                        *answers.entry(answer).or_default() += count;
                    }
                }
                answers
            }
            Ok(Step::Sleep(rest)) => {
                self.pass(Duration::try_from(rest).unwrap());
                let received = self.once.receive(Event::Woke, self.now);
                self.received(received, seen)
            }
            Ok(Step::Done) => panic!("done without an answer"),
            Err(error) => self.ended(Err(error)),
        }
    }

    fn received(self, received: Result<Option<Creation>, Error>, seen: &mut Seen) -> Answers {
        match received {
            Ok(None) => self.go_on(seen),
            Ok(Some(creation)) => self.ended(Ok(creation)),
            Err(error) => self.ended(Err(error)),
        }
    }

    fn send(
        &mut self,
        chosen: Fate,
        request: &Request<Vec<u8>>,
    ) -> Result<Option<Creation>, Error> {
        self.fates.push(chosen);
        let answer = fate(chosen, request, &mut self.service);
        if let Fate::Crash(_) = chosen {
            self.pass(DOWNTIME);
            let Self { begun, now, .. } = *self;
            self.once = CreateOnce::resuming(endpoint(), create(), begun, now, Retry::new(7));
            return Ok(None);
        }
        match answer {
            Ok(reply) => {
                let (parts, body) = reply.into_parts();
                let reply = Response::from_parts(parts, body.as_slice());
                self.once.receive(Event::Reply(reply), self.now)
            }
            Err(lost) => self.once.receive(Event::Lost(lost), self.now),
        }
    }

    /// Time passes, for the client and the service.
    fn pass(&mut self, time: Duration) {
        self.now += time;
        self.service.pass(time);
    }

    /// Is the answer right?
    fn ended(mut self, end: Result<Creation, Error>) -> Answers {
        // All that is still on its way arrives.
        self.service.pass(Duration::DAY);
        let Self { service, fates, .. } = self;
        let told = || format!("{end:?} with {:?} after {fates:?}", service.kind);
        assert!(service.jobs <= 1, "{}", told());
        let is_of_two = fates.iter().any(|fate| matches!(fate, Fate::SecondOfTwo));
        let right = match &end {
            Ok(Creation::Created(id)) => *id == ours() && service.jobs == 1,
            Ok(Creation::Unknown { .. }) => true,
            Err(Error::OutcomeUnknown { .. } | Error::DeadlinePassed { .. }) => false,
            // Of a copy nobody knows but the service, which may be slow to list what it made.
            Err(_) if service.kind.lag > Duration::ZERO && is_of_two => true,
            Ok(Creation::NotCreated) | Err(_) => service.jobs == 0,
        };
        assert!(right, "{}", told());
        let answer = match end {
            Ok(Creation::Created(_)) => "created",
            Ok(Creation::NotCreated) => "not created",
            Ok(Creation::Unknown { candidates }) if candidates.is_empty() => "unknown",
            Ok(Creation::Unknown { .. }) => "unknown, with candidates",
            Err(_) => "an error",
        };
        Answers::from([(answer, 1)])
    }
}

fn all(kind: Kind) -> Answers {
    let signer = Signer::new(Credentials::new("AKIDEXAMPLE", "SECRETEXAMPLE").unwrap());
    let now = OffsetDateTime::from_unix_timestamp(1_557_902_800).unwrap();
    let run = Run {
        signer: &signer,
        begun: now,
        now,
        once: CreateOnce::new(endpoint(), create(), now, Retry::new(7)),
        service: Service::new(kind, now),
        fates: Vec::new(),
    };
    run.go_on(&mut Seen::new())
}

#[test]
fn no_schedule_makes_a_second_job_or_a_wrong_answer() {
    let minutes = Duration::minutes;
    let kind = |echoes, dated, stranger, ahead, lag| Kind { echoes, dated, stranger, ahead, lag };
    let kinds = [
        kind(false, true, false, Duration::ZERO, Duration::ZERO),
        kind(true, true, true, Duration::ZERO, Duration::SECOND * 30),
        kind(false, false, false, minutes(-14), Duration::ZERO),
        kind(true, true, false, minutes(14), Duration::SECOND * 30),
        kind(true, true, false, minutes(-600), Duration::ZERO),
        kind(false, true, false, minutes(600), Duration::ZERO),
    ];
    let runs = kinds.map(|kind| (kind, thread::spawn(move || all(kind))));
    for (kind, run) in runs {
        let answers = run.join().unwrap();
        println!("{} schedules with {kind:?}: {answers:?}", answers.values().sum::<u64>());
    }
}
