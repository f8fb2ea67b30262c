//! A script that a machine runs against, in virtual time
//!
//! The world answers what the machine sends, line by line from a script, lets time pass while the
//! machine rests, and writes down every step. On each turn it asks twice what to do, and fails
//! where the answers differ; at the end it makes sure that the end stays the end.
//!
//! ```
//! use cos_batch::{Endpoint, Exchange, ListJobs, Retry};
//! use cos_batch_testkit::world::World;
//!
//! let endpoint = Endpoint::custom("http", "127.0.0.1:9000", "1250000000".parse()?)?;
//! let mut exchange = Exchange::new(endpoint, ListJobs::new(), Retry::new(7));
//! let run = World::new()
//!     .reply(503, &[("retry-after", "3")], "")
//!     .reply(200, &[], "<ListJobsResult/>")
//!     .run(&mut exchange);
//! assert_eq!(run.log, "\
//! send GET /jobs
//! reply 503
//! sleep 3s
//! send GET /jobs
//! reply 200
//! page 0 jobs
//! done
//! ");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::collections::VecDeque;
use std::time::Duration;

use cos_batch::http::{Request, Response, header};
use cos_batch::time::{self, OffsetDateTime};
use cos_batch::{
    CreateJobResult, Creation, Credentials, DescribeJobResult, Error, Event, ListJobsResult, Lost,
    Machine, Signer, Step, UpdateJobPriorityResult, UpdateJobStatusResult,
};

/// What happens to a request, or to the clock
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_enums, reason = "what can happen to a machine")]
pub enum Outcome {
    /// It is answered.
    Reply(Response<Vec<u8>>),
    /// It is lost.
    Lost(Lost),
    /// During the next step, be it a send or a rest, the clock jumps by this much.
    Jump(time::Duration),
}

/// A world with a clock, a signer and a script
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct World {
    /// The time.
    pub now: OffsetDateTime,
    /// Signs what the machine sends.
    pub signer: Signer,
    /// What is still to happen.
    pub script: VecDeque<Outcome>,
    /// After so many steps a machine counts as one that never ends. 100 unless told.
    pub most_steps: usize,
}

/// What came of a machine
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Run<T> {
    /// What it brought.
    pub items: Vec<T>,
    /// Every step, one a line.
    pub log: String,
    /// How it ended.
    pub end: Result<(), Error>,
    /// How many requests it sent.
    pub sends: usize,
    /// How long it rested in all.
    pub slept: Duration,
}

/// An item as the log shows it
pub trait Logged {
    /// One line, without its end.
    fn line(&self) -> String;
}

impl Logged for ListJobsResult<'_> {
    fn line(&self) -> String {
        let mut line = match self.jobs.len() {
            1 => "page 1 job".to_owned(),
            count => format!("page {count} jobs"),
        };
        for (at, job) in self.jobs.iter().enumerate() {
            line.push_str(if at == 0 { ": " } else { " " });
            line.push_str(job.job_id.as_str());
        }
        line
    }
}

impl Logged for CreateJobResult<'_> {
    fn line(&self) -> String {
        format!("created {}", self.job_id)
    }
}

impl Logged for Creation {
    fn line(&self) -> String {
        format!("{self:?}")
    }
}

/// For calls that answer with nothing.
impl Logged for () {
    fn line(&self) -> String {
        "nothing".to_owned()
    }
}

impl Logged for DescribeJobResult<'_> {
    fn line(&self) -> String {
        format!("job {} is {}", self.job.job_id, self.job.status)
    }
}

impl Logged for UpdateJobPriorityResult<'_> {
    fn line(&self) -> String {
        format!("job {} has priority {}", self.job_id, self.priority)
    }
}

impl Logged for UpdateJobStatusResult<'_> {
    fn line(&self) -> String {
        format!("job {} is {}", self.job_id, self.status)
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

impl World {
    /// A world in which nothing happens yet, at 2019-05-15T06:46:40Z, with the keys `AKIDEXAMPLE`
    /// and `SECRETEXAMPLE`.
    #[must_use]
    #[expect(clippy::expect_used, reason = "the credentials are legal")]
    pub fn new() -> Self {
        let credentials =
            Credentials::new("AKIDEXAMPLE", "SECRETEXAMPLE").expect("legal credentials");
        Self {
            now: OffsetDateTime::UNIX_EPOCH + time::Duration::seconds(1_557_902_800),
            signer: Signer::new(credentials),
            script: VecDeque::new(),
            most_steps: 100,
        }
    }

    /// The same with an answer behind what its script has.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a script is written by hand")]
    pub fn reply(self, status: u16, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Self {
        let mut reply = Response::builder().status(status);
        for (name, value) in headers {
            reply = reply.header(*name, *value);
        }
        self.then(Outcome::Reply(reply.body(body.into()).expect("a legal status and headers")))
    }

    /// The same with a loss behind what its script has.
    #[must_use]
    pub fn lost(self, lost: Lost) -> Self {
        self.then(Outcome::Lost(lost))
    }

    /// The same with a jump of the clock behind what its script has.
    #[must_use]
    pub fn jump(self, by: time::Duration) -> Self {
        self.then(Outcome::Jump(by))
    }

    /// The same with an outcome behind what its script has.
    #[must_use]
    pub fn then(mut self, outcome: Outcome) -> Self {
        self.script.push_back(outcome);
        self
    }

    /// Runs a machine to its end
    ///
    /// # Panics
    ///
    /// Where the machine asked twice answers differently, sends after its deadline, wants more than
    /// the script has, does not end, or goes on after its end.
    pub fn run<M>(&mut self, machine: &mut M) -> Run<M::Item>
    where
        M: Machine + ?Sized,
        M::Item: Logged,
    {
        let mut run = Run {
            items: Vec::new(),
            log: String::new(),
            end: Ok(()),
            sends: 0,
            slept: Duration::ZERO,
        };
        for _ in 0..self.most_steps {
            let event = match self.ask(machine, &run.log) {
                Ok(Step::Send { request, within }) => {
                    run.sends += 1;
                    assert_ne!(within, Some(Duration::ZERO), "too late to send:\n{}", run.log);
                    run.note(&self.send_line(&request, within));
                    match self.answer(&mut run) {
                        Ok(reply) => {
                            run.note(&format!("reply {}", reply.status().as_u16()));
                            let (parts, body) = reply.into_parts();
                            let reply = Response::from_parts(parts, body.as_slice());
                            machine.receive(Event::Reply(reply), self.now)
                        }
                        Err(lost) => {
                            run.note(match lost {
                                Lost::BeforeSending => "lost before sending",
                                Lost::AfterSending => "lost after sending",
                            });
                            machine.receive(Event::Lost(lost), self.now)
                        }
                    }
                }
                Ok(Step::Sleep(rest)) => {
                    run.slept = run.slept.saturating_add(rest);
                    run.note(&format!("sleep {}", whole_milliseconds(rest)));
                    self.pass(rest);
                    self.jumps(&mut run);
                    machine.receive(Event::Woke, self.now)
                }
                Ok(Step::Done) => {
                    run.note("done");
                    self.stays(machine, &run);
                    return run;
                }
                Err(error) => {
                    let mendable = is_mendable(&error);
                    let run = run.failed(error);
                    if !mendable {
                        self.stays(machine, &run);
                    }
                    return run;
                }
            };
            match event {
                Ok(None) => {}
                Ok(Some(item)) => {
                    run.note(&item.line());
                    run.items.push(item);
                }
                Err(error) => {
                    let run = run.failed(error);
                    self.stays(machine, &run);
                    return run;
                }
            }
        }
        panic!("the machine does not end after {} steps:\n{}", self.most_steps, run.log);
    }

    /// What to do now, asked twice.
    fn ask<M: Machine + ?Sized>(&self, machine: &M, log: &str) -> Result<Step, Error> {
        let one = machine.next(&self.signer, self.now);
        let other = machine.next(&self.signer, self.now);
        assert!(
            is_same(&one, &other),
            "asked twice, a machine must say the same:\n{one:?}\n{other:?}\nafter\n{log}"
        );
        one
    }

    /// What comes of a request.
    fn answer<T>(&mut self, run: &mut Run<T>) -> Result<Response<Vec<u8>>, Lost> {
        self.jumps(run);
        match self.script.pop_front() {
            Some(Outcome::Reply(reply)) => Ok(reply),
            Some(Outcome::Lost(lost)) => Err(lost),
            Some(Outcome::Jump(_)) | None => {
                panic!("the script has ended, the machine has not:\n{}", run.log)
            }
        }
    }

    fn jumps<T>(&mut self, run: &mut Run<T>) {
        while let Some(Outcome::Jump(by)) = self.script.front() {
            self.now = self.now.saturating_add(*by);
            run.note(&format!("clock {:+}s", by.whole_seconds()));
            self.script.pop_front();
        }
    }

    fn pass(&mut self, rest: Duration) {
        let rest = time::Duration::try_from(rest).unwrap_or(time::Duration::MAX);
        self.now = self.now.saturating_add(rest);
    }

    fn send_line(&self, request: &Request<Vec<u8>>, within: Option<Duration>) -> String {
        let target = request.uri().path_and_query().map_or("", |target| target.as_str());
        let mut line = format!("send {} {target}", request.method());
        match self.signed_for(request) {
            None => line.push_str(" unsigned"),
            Some(0) => {}
            Some(ahead) => line.push_str(&format!(" signed {ahead:+}s")),
        }
        if let Some(within) = within {
            line.push_str(&format!(" within {}", whole_milliseconds(within)));
        }
        line
    }

    /// How far ahead of the clock the moment of signing is, in seconds, for signatures that begin
    /// to hold a minute before it.
    fn signed_for(&self, request: &Request<Vec<u8>>) -> Option<i64> {
        let authorization = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
        let (_, rest) = authorization.split_once("q-sign-time=")?;
        let start: i64 = rest.split_once(';')?.0.parse().ok()?;
        Some(start + 60 - self.now.unix_timestamp())
    }

    /// Is the end the end, whatever still happens?
    fn stays<M: Machine + ?Sized>(&self, machine: &mut M, run: &Run<M::Item>) {
        let ended = |machine: &M| match (machine.next(&self.signer, self.now), &run.end) {
            (Ok(Step::Done), Ok(())) => true,
            (Err(error), Err(end)) => error == *end,
            _ => false,
        };
        assert!(ended(machine), "the machine goes on after\n{}", run.log);
        let stray = [
            Event::Woke,
            Event::Lost(Lost::BeforeSending),
            Event::Lost(Lost::AfterSending),
            Event::Reply(Response::new(b"<ListJobsResult/>")),
            Event::Reply(Response::new(b"")),
        ];
        for event in stray {
            let shown = format!("{event:?}");
            let ignored = matches!(machine.receive(event, self.now), Ok(None));
            assert!(ignored && ended(machine), "{shown} brings back to life\n{}", run.log);
        }
    }
}

impl<T> Run<T> {
    fn note(&mut self, line: &str) {
        self.log.push_str(line);
        self.log.push('\n');
    }

    fn failed(mut self, error: Error) -> Self {
        self.note(&format!("failed: {error}"));
        self.end = Err(error);
        self
    }
}

/// May the machine go on once the cause is mended? An error of `next` has changed nothing.
fn is_mendable(error: &Error) -> bool {
    match error {
        // Also where nobody knows what became of an attempt before.
        Error::OutcomeUnknown { cause } => matches!(**cause, Error::DeadlinePassed { .. }),
        error => {
            matches!(error, Error::Build(_) | Error::Sign(_) | Error::DeadlinePassed { .. })
        }
    }
}

fn is_same(one: &Result<Step, Error>, other: &Result<Step, Error>) -> bool {
    match (one, other) {
        (Err(one), Err(other)) => one == other,
        (Ok(Step::Done), Ok(Step::Done)) => true,
        (Ok(Step::Sleep(one)), Ok(Step::Sleep(other))) => one == other,
        (
            Ok(Step::Send { request: one, within: left }),
            Ok(Step::Send { request: other, within: still_left }),
        ) => {
            one.method() == other.method()
                && one.uri() == other.uri()
                && one.headers() == other.headers()
                && one.body() == other.body()
                && left == still_left
        }
        _ => false,
    }
}

fn whole_milliseconds(rest: Duration) -> String {
    format!("{:?}", rest - Duration::from_nanos(u64::from(rest.subsec_nanos()) % 1_000_000))
}
