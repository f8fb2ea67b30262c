//! Every schedule of a few decisions, with every kind of service: is any answer wrong?

use std::collections::BTreeMap;
use std::thread;

use cos_batch::http::{Request, Response};
use cos_batch::time::{Duration, OffsetDateTime};
use cos_batch::{
    CreateOnce, Creation, Credentials, Error, ErrorCode, Event, Lost, Machine, Retry, Signer, Step,
};

use super::service::{Kind, LEEWAY, Service, ours, refusal, window};
use super::{create, endpoint};

/// How many requests have a fate to choose; the others are simply answered.
const DEPTH: usize = 6;

/// What happens to a request that creates a job.
const FATES: [Fate; 12] = [
    Fate::Answered,
    Fate::NeverSent,
    Fate::Swallowed,
    Fate::Late(When::Soon),
    Fate::Late(When::AtTheEnd),
    Fate::Late(When::AfterTheEnd),
    Fate::AnswerLost,
    Fate::AnswerCut,
    Fate::FailsAfterCommit,
    Fate::FailsBefore,
    Fate::Refused,
    Fate::Twice,
];

/// What happens to any other.
const OTHERS: [Fate; 3] = [Fate::Answered, Fate::AnswerLost, Fate::Denied];

#[derive(Clone, Copy, Debug)]
enum Fate {
    Answered,
    NeverSent,
    /// Sent, and never arrived.
    Swallowed,
    /// Sent, and given up before it arrives.
    Late(When),
    AnswerLost,
    AnswerCut,
    FailsAfterCommit,
    FailsBefore,
    Refused,
    Denied,
    /// Answered, and another copy arrives later.
    Twice,
}

#[derive(Clone, Copy, Debug)]
enum When {
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
        Fate::Late(when) => {
            let end = window(request).1 + LEEWAY;
            let at = match when {
                When::Soon => service.now + Duration::milliseconds(1),
                When::AtTheEnd => end,
                When::AfterTheEnd => end + Duration::SECOND,
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
        Fate::Twice => {
            let reply = service.answer(request);
            service.later(service.now + Duration::milliseconds(1), request);
            Ok(reply)
        }
    }
}

/// A run up to a choice: the machine, the service, and how it came there.
#[derive(Clone)]
struct Run<'a> {
    signer: &'a Signer,
    now: OffsetDateTime,
    once: CreateOnce,
    service: Service,
    fates: Vec<Fate>,
}

impl Run<'_> {
    /// Goes on to the end, in as many ways as there are choices, and counts the answers.
    fn go_on(mut self, answers: &mut BTreeMap<&'static str, u32>) {
        let end = loop {
            assert!(self.fates.len() < 40, "it does not end: {:?}", self.fates);
            let received = match self.once.next(self.signer, self.now) {
                Ok(Step::Send { request, .. }) => {
                    let fates = match request.method().as_str() {
                        _ if self.fates.len() >= DEPTH => &FATES[..1],
                        "POST" => &FATES[..],
                        _ => &OTHERS[..],
                    };
                    for other in &fates[1..] {
                        let mut run = self.clone();
                        match run.send(*other, &request) {
                            Ok(None) => run.go_on(answers),
                            Ok(Some(creation)) => run.ended(Ok(creation), answers),
                            Err(error) => run.ended(Err(error), answers),
                        }
                    }
                    self.send(fates[0], &request)
                }
                Ok(Step::Sleep(rest)) => {
                    let rest = Duration::try_from(rest).unwrap();
                    self.now += rest;
                    self.service.pass(rest);
                    self.once.receive(Event::Woke, self.now)
                }
                Ok(Step::Done) => panic!("done without an answer"),
                Err(error) => Err(error),
            };
            match received {
                Ok(None) => {}
                Ok(Some(creation)) => break Ok(creation),
                Err(error) => break Err(error),
            }
        };
        self.ended(end, answers);
    }

    fn send(
        &mut self,
        chosen: Fate,
        request: &Request<Vec<u8>>,
    ) -> Result<Option<Creation>, Error> {
        self.fates.push(chosen);
        match fate(chosen, request, &mut self.service) {
            Ok(reply) => {
                let (parts, body) = reply.into_parts();
                let reply = Response::from_parts(parts, body.as_slice());
                self.once.receive(Event::Reply(reply), self.now)
            }
            Err(lost) => self.once.receive(Event::Lost(lost), self.now),
        }
    }

    /// Is the answer right?
    fn ended(mut self, end: Result<Creation, Error>, answers: &mut BTreeMap<&'static str, u32>) {
        // All that is still on its way arrives.
        self.service.pass(Duration::DAY);
        let Self { service, fates, .. } = self;
        let told = || format!("{end:?} with {:?} after {fates:?}", service.kind);
        assert!(service.jobs <= 1, "{}", told());
        let right = match &end {
            Ok(Creation::Created(id)) => *id == ours() && service.jobs == 1,
            Ok(Creation::Unknown { .. }) => true,
            Err(Error::OutcomeUnknown { .. } | Error::DeadlinePassed { .. }) => false,
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
        *answers.entry(answer).or_default() += 1;
    }
}

fn all(kind: Kind) -> BTreeMap<&'static str, u32> {
    let signer = Signer::new(Credentials::new("AKIDEXAMPLE", "SECRETEXAMPLE").unwrap());
    let now = OffsetDateTime::from_unix_timestamp(1_557_902_800).unwrap();
    let mut answers = BTreeMap::new();
    let run = Run {
        signer: &signer,
        now,
        once: CreateOnce::new(endpoint(), create(), now, Retry::new(7)),
        service: Service::new(kind, now),
        fates: Vec::new(),
    };
    run.go_on(&mut answers);
    answers
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
    ];
    let runs = kinds.map(|kind| (kind, thread::spawn(move || all(kind))));
    for (kind, run) in runs {
        let answers = run.join().unwrap();
        println!("{} schedules with {kind:?}: {answers:?}", answers.values().sum::<u32>());
    }
}
