use std::time::Duration;

use http::Response;
use time::OffsetDateTime;

use super::{Event, Machine, Retry, Step, retry, skew};
use crate::endpoint::Endpoint;
use crate::error::{Error, ErrorCode, Lost, ReplyError};
use crate::op::{Operation, Repeat, request_id};
use crate::sign::Signer;
use crate::value::IntoOwned;
use crate::xml::Limits;

/// One call, sent again where that can help
///
/// ```text
///           ┌──────── refused for its time, once ────────┐
///           ▼                                            │
///   ┌──▶ sending ── the answer ──▶ done ◀── nothing more │
///   │       │  └──────────────────────────────────────── ┤
///   │       ├── lost, or a passing fault, attempts left  │
///   │       ▼                                            │
///   └──── resting                                        │
///           └─────────── else ──▶ failed ◀───────────────┘
/// ```
///
/// - What is sent again: requests lost on the way, cut replies, and refusals whose code (or, where
///   no page documents the code, whose status) means a passing fault. Each attempt is signed anew.
/// - A refusal for the time of the signature, with a `Date` that shows the time we signed with to be
///   off by more than 30 seconds, and our clock by at most a day, is signed again once with the
///   service's time, unless [`Retry::correct_clock`] says no; that costs no attempt. [`clock_offset`](Self::clock_offset) tells the offset,
///   [`with_clock_offset`](Self::with_clock_offset) takes it over into the next machine.
/// - Once an attempt may have been carried out, a call that must not be repeated blindly ends in
///   [`Error::OutcomeUnknown`] unless its answer comes.
#[derive(Clone, Debug)]
pub struct Exchange<O> {
    endpoint: Endpoint,
    operation: O,
    retry: Retry,
    limits: Limits,
    attempts: u32,
    state: State,
    /// How the last attempt failed.
    last: Option<Error>,
    /// An attempt may have been carried out without our knowing.
    may_have_arrived: bool,
    clock_offset: time::Duration,
    clock_corrected: bool,
    request_id: Option<Box<str>>,
}

#[derive(Clone, Debug)]
enum State {
    Sending,
    Resting(Duration),
    Done,
    Failed(Error),
}

impl<O: Operation> Exchange<O> {
    /// A call that has not been sent yet.
    #[must_use]
    pub fn new(endpoint: Endpoint, operation: O, retry: Retry) -> Self {
        Self {
            endpoint,
            operation,
            retry,
            limits: Limits::default(),
            attempts: 0,
            state: State::Sending,
            last: None,
            may_have_arrived: false,
            clock_offset: time::Duration::ZERO,
            clock_corrected: false,
            request_id: None,
        }
    }

    /// The same with other limits for its replies.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// The same with a clock known to be off: the service's time minus ours.
    #[must_use]
    pub fn with_clock_offset(self, clock_offset: time::Duration) -> Self {
        Self { clock_offset, ..self }
    }

    /// Takes over what another machine has learned of the clock.
    pub(super) fn set_clock_offset(&mut self, clock_offset: time::Duration) {
        self.clock_offset = clock_offset;
    }

    /// The service's time minus ours, as far as it is known; zero where it never mattered.
    #[must_use]
    pub fn clock_offset(&self) -> time::Duration {
        self.clock_offset
    }

    /// How many attempts have ended.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// The id of the last request that was answered, for the service's support.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Another call under the same conditions, not sent yet.
    pub(super) fn renewed<P: Operation>(&self, operation: P) -> Exchange<P> {
        Exchange::new(self.endpoint.clone(), operation, self.retry.clone())
            .with_limits(self.limits)
            .with_clock_offset(self.clock_offset)
    }

    /// The call.
    #[must_use]
    pub fn operation(&self) -> &O {
        &self.operation
    }

    /// How the last attempt that failed ended.
    pub(super) fn last_error(&self) -> Option<&Error> {
        self.last.as_ref()
    }

    /// May an attempt have been carried out without our knowing?
    pub(super) fn may_have_arrived(&self) -> bool {
        self.may_have_arrived
    }

    /// How it tries.
    pub(super) fn retry(&self) -> &Retry {
        &self.retry
    }

    fn reply(
        &mut self,
        reply: &Response<&[u8]>,
        now: OffsetDateTime,
    ) -> Result<Option<O::Output<'static>>, Error> {
        self.request_id = request_id(reply.headers()).map(Into::into);
        let error = match O::decode_response(reply, &self.limits) {
            Ok(output) => {
                self.state = State::Done;
                return Ok(Some(output.into_owned()));
            }
            Err(error) => error,
        };
        if let ReplyError::Service(refusal) = &error
            && refusal.is_clock_skew()
            && self.retry.correct_clock
            && !self.clock_corrected
            && let Some(offset) = skew::offset(reply.headers(), now, self.clock_offset)
        {
            self.clock_corrected = true;
            self.clock_offset = offset;
            return Ok(None);
        }
        if !is_refusal(&error) {
            self.may_have_arrived = true;
        }
        let transient = error.is_transient();
        let asked_for =
            retry::retry_after(reply.headers(), skew::corrected(now, self.clock_offset));
        self.again(transient, asked_for, error.into(), now)
    }

    /// An attempt has failed: rest and try again, or fail.
    fn again<T>(
        &mut self,
        transient: bool,
        asked_for: Option<Duration>,
        cause: Error,
        now: OffsetDateTime,
    ) -> Result<Option<T>, Error> {
        self.attempts = self.attempts.saturating_add(1);
        self.last = Some(cause.clone());
        let error = match self.retry.rest(self.attempts, asked_for).filter(|_| transient) {
            Some(rest) if self.retry.left(now).is_none_or(|left| rest < left) => {
                self.state = State::Resting(rest);
                return Ok(None);
            }
            Some(_) => self.ending(self.deadline_passed()),
            None => self.ending(cause),
        };
        self.state = State::Failed(error.clone());
        Err(error)
    }

    /// The end of a call whose deadline has passed.
    pub(super) fn deadline_passed(&self) -> Error {
        Error::DeadlinePassed { cause: self.last.clone().map(Box::new) }
    }

    /// An error as the end of this call: does anyone know whether it was carried out?
    fn ending(&self, error: Error) -> Error {
        if self.may_have_arrived && O::REPEAT != Repeat::Safe {
            Error::OutcomeUnknown { cause: Box::new(error) }
        } else {
            error
        }
    }
}

impl<O: Operation> Machine for Exchange<O> {
    type Item = O::Output<'static>;

    fn next(&self, signer: &Signer, now: OffsetDateTime) -> Result<Step, Error> {
        match &self.state {
            State::Sending => {
                let within = self.retry.left(now);
                if within.is_some_and(|left| left.is_zero()) {
                    return Err(self.ending(self.deadline_passed()));
                }
                let mut request = self.operation.encode_request(&self.endpoint)?;
                signer.sign(&mut request, skew::corrected(now, self.clock_offset))?;
                Ok(Step::Send { request, within })
            }
            State::Resting(rest) => Ok(Step::Sleep(*rest)),
            State::Done => Ok(Step::Done),
            State::Failed(error) => Err(error.clone()),
        }
    }

    fn receive(
        &mut self,
        event: Event<'_>,
        now: OffsetDateTime,
    ) -> Result<Option<Self::Item>, Error> {
        match (&self.state, event) {
            (State::Sending, Event::Reply(reply)) => self.reply(&reply, now),
            (State::Sending, Event::Lost(lost)) => {
                self.may_have_arrived |= lost == Lost::AfterSending;
                self.again(true, None, Error::Lost(lost), now)
            }
            (State::Resting(_), Event::Woke) => {
                self.state = State::Sending;
                Ok(None)
            }
            _ => Ok(None),
        }
    }
}

/// Does an error say that the request was not carried out?
///
/// A refusal with a status of 4xx does, and so do the documented refusals under 5xx that stand for
/// a limit. Anything else may have come after the deed.
fn is_refusal(error: &ReplyError) -> bool {
    match error {
        ReplyError::Service(refusal) => {
            refusal.status.is_client_error()
                || matches!(refusal.code, ErrorCode::SlowDown | ErrorCode::TooManyJobs)
        }
        ReplyError::NotCos(_) | ReplyError::Xml(_) => false,
    }
}
