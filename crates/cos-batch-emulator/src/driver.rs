//! The one place that owns the engine: it feeds it requests and the time, keeps what changes, has
//! its work done
//!
//! ```text
//!             ┌──────────────── the driver's thread ────────────────┐
//!  requests ─▶│ what waits ─▶ engine ─▶ changes ─▶ store, one fsync │─▶ answers
//!             │                 ▲                         │         │
//!             └─────────────────┼─────────────────────────┼─────────┘
//!                           outcomes ◀── worker ◀─── work ┘
//! ```
//!
//! All that waits is handled at once, and what it changes is written at once: 64 clients share one
//! fsync. An answer leaves after the changes of its batch are durable, also an answer that only
//! reads: nobody sees what a crash could take back.

mod service;
mod worker;

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;
use std::{io, mem};

use cos_batch::http::{Request, Response, StatusCode};
use cos_batch::time::OffsetDateTime;
use cos_batch::{ErrorCode, ServiceError};

use crate::buckets::Buckets;
use crate::clock::{Clock, Timeline};
use crate::engine::Engine;
use crate::moment::after;
use crate::store::{Changed, DataError, Store};
use crate::work::Work;
use service::{Answer, Order};
pub(crate) use service::{Service, TellThem, Told};
use worker::Worker;

/// How many requests share a commit at most.
const BATCH: usize = 1024;
/// How many steps of the engine share a commit at most. As many as the clock is fast: on a real one
/// each status of a job lasts a commit at least.
const STEPS: u32 = 64;
/// When to try again to store what could not be stored, if nobody asks for anything before.
const STORE_AGAIN: Duration = Duration::from_secs(1);

/// An engine, and all that it needs from outside.
pub(crate) struct Driver {
    engine: Engine,
    store: Store,
    timeline: Timeline,
    /// The latest moment that the engine has seen.
    seen: OffsetDateTime,
    orders: Receiver<Order>,
    worker: Worker,
    /// What is not durable yet.
    changed: Changed,
    /// What is to begin once it is.
    work: Vec<Work>,
    /// The clock is on its way to a later time.
    run: Option<Run>,
    /// Who wants to put it forward after that.
    runs: VecDeque<(Option<Duration>, TellThem)>,
}

/// A clock on its way to a later time, from event to event.
struct Run {
    until: OffsetDateTime,
    /// How many events it may still come by.
    steps: u64,
    told: TellThem,
}

/// Answers that wait for what they tell to be durable.
#[derive(Default)]
struct Answers(Vec<(Answer, String, Response<Vec<u8>>)>);

impl Driver {
    /// A driver that is not running yet, and how to talk to it.
    pub(crate) fn new(
        engine: Engine,
        store: Store,
        clock: Clock,
        start: OffsetDateTime,
        buckets: Option<Arc<Buckets>>,
    ) -> io::Result<(Self, Service)> {
        let (sender, orders) = channel();
        let driver = Self {
            engine,
            store,
            timeline: Timeline::new(clock, start),
            seen: start,
            orders,
            worker: Worker::start(buckets, &sender)?,
            changed: Changed::new(),
            work: Vec::new(),
            run: None,
            runs: VecDeque::new(),
        };
        Ok((driver, Service::new(sender)))
    }

    /// Runs until it is told to stop, or nobody can tell it anything any more.
    pub(crate) fn run(mut self) {
        while let Some(order) = self.next_order() {
            let mut answers = Answers::default();
            let mut stop = order.is_some_and(|order| self.follow(order, &mut answers));
            while !stop && answers.0.len() < BATCH {
                let Ok(order) = self.orders.try_recv() else { break };
                stop = self.follow(order, &mut answers);
            }
            self.advance();
            self.settle(answers);
            if stop {
                break;
            }
        }
        self.worker.stop();
        let mut answers = Answers::default();
        while let Ok(order) = self.orders.try_recv() {
            self.follow(order, &mut answers);
        }
        self.settle(answers);
    }

    /// Waits for an order, or for the time to move something: then it is `Some(None)`. `None` at
    /// the end.
    fn next_order(&self) -> Option<Option<Order>> {
        let patience = match self.engine.next_event() {
            _ if self.run.is_some() && self.worker.is_idle() => Some(Duration::ZERO),
            _ if self.run.is_none() && !self.runs.is_empty() => Some(Duration::ZERO),
            Some(event) if self.run.is_none() => self.timeline.until(event),
            _ => None,
        };
        let patience = match patience {
            // The disk may be full: no use in hurrying.
            _ if self.is_unsettled() => Some(STORE_AGAIN),
            patience => patience,
        };
        let order = match patience {
            Some(patience) => self.orders.recv_timeout(patience),
            None => self.orders.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match order {
            Ok(order) => Some(Some(order)),
            Err(RecvTimeoutError::Timeout) => Some(None),
            Err(RecvTimeoutError::Disconnected) => None,
        }
    }

    /// What time it is for the jobs: where time has moved nothing yet that it is to move, the time
    /// to move it.
    fn now(&self) -> OffsetDateTime {
        let now = match self.engine.next_event() {
            _ if self.run.is_some() => self.seen,
            Some(event) => event.min(self.timeline.now()),
            None => self.timeline.now(),
        };
        now.max(self.seen)
    }

    /// Does what it is told. Is it to stop?
    fn follow(&mut self, order: Order, answers: &mut Answers) -> bool {
        self.seen = self.now();
        match order {
            Order::Deliver { request, times, answer } => {
                let (parts, body) = request.into_parts();
                let request = Request::from_parts(parts, body.as_slice());
                let signed = OffsetDateTime::now_utc();
                let mut handle = || self.engine.handle_signed(&request, signed, self.seen);
                let first = handle();
                let response = (1..times).fold(first, |_, _| handle());
                answers.0.push((answer, request.uri().path().to_owned(), response));
            }
            Order::Refuse { error, path, answer } => {
                let response = self.engine.refuse(error, &path, OffsetDateTime::now_utc());
                answers.0.push((answer, path, response));
            }
            Order::Finish { job_id, outcome } => {
                self.worker.came_back();
                self.engine.finish(&job_id, outcome, self.seen);
            }
            Order::Tell { told } => told(self.told()),
            Order::Advance { by, told } => self.runs.push_back((by, told)),
            Order::Stop => return true,
        }
        false
    }

    fn told(&self) -> Told {
        Told { clock: self.timeline.clock(), now: self.seen }
    }

    /// Lets time move what it moves, a few steps at a time.
    fn advance(&mut self) {
        if self.run.is_none()
            && let Some((by, told)) = self.runs.pop_front()
        {
            let now = self.now();
            let event = self.engine.next_event().unwrap_or(now).max(now);
            self.run = Some(match by {
                Some(by) => Run { until: after(now, by), steps: u64::MAX, told },
                None => Run { until: event, steps: 1, told },
            });
        }
        let most = if self.run.is_some() { STEPS } else { self.timeline.clock().rate().min(STEPS) };
        for _ in 0..most {
            let until = match &self.run {
                // On the way to a later time nothing happens while work is under way.
                Some(_) if !(self.worker.is_idle() && self.work.is_empty()) => return,
                Some(run) => run.until,
                None => self.timeline.now(),
            };
            let may_step = self.run.as_ref().is_none_or(|run| run.steps > 0);
            match self.engine.next_event().filter(|event| *event <= until && may_step) {
                Some(event) => {
                    if let Some(run) = &mut self.run {
                        run.steps -= 1;
                    }
                    self.seen = event.max(self.seen);
                    self.work.extend(self.engine.advance(self.seen));
                }
                None => return self.end_run(),
            }
        }
    }

    /// The clock is where it was to be put.
    fn end_run(&mut self) {
        if let Some(run) = self.run.take() {
            self.seen = run.until.max(self.seen);
            self.timeline.set(self.seen);
            (run.told)(self.told());
        }
    }

    /// Makes durable what has changed; then answers leave and work begins.
    fn settle(&mut self, answers: Answers) {
        match self.keep() {
            Ok(()) => {
                for (answer, _, response) in answers.0 {
                    // Who asked may have gone.
                    let _ = answer.send(response);
                }
                for work in mem::take(&mut self.work) {
                    self.worker.begin(work, self.seen);
                }
            }
            Err(error) => {
                for (answer, path, _) in answers.0 {
                    let refusal = unstored(&error);
                    let response = self.engine.refuse(refusal, &path, OffsetDateTime::now_utc());
                    let _ = answer.send(response);
                }
            }
        }
    }

    /// Makes durable what has changed; where that fails, it is tried again with what comes next.
    pub(crate) fn keep(&mut self) -> Result<(), DataError> {
        for change in self.engine.take_changes() {
            if self.store.keeps() {
                let record = change.record.as_ref().map(serde_json::to_vec).transpose();
                let record = record.map_err(|error| self.store.damaged(&change.job_id, error))?;
                self.changed.insert(change.job_id.to_string(), record);
            }
        }
        if !self.changed.is_empty() {
            self.store.commit(&self.changed, self.seen)?;
            self.changed.clear();
        }
        Ok(())
    }

    /// Could something not be made durable?
    fn is_unsettled(&self) -> bool {
        !(self.changed.is_empty() && self.work.is_empty())
    }
}

/// The documented answer where data cannot be stored.
fn unstored(error: &DataError) -> ServiceError {
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    let mut refusal = ServiceError::new(status, ErrorCode::ServiceUnavailable);
    refusal.message = Some(error.to_string().into());
    refusal
}
