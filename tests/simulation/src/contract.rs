//! What every machine keeps to, whatever it is told

use cos_batch::http::{Request, header};
use cos_batch::time::{Duration, OffsetDateTime};
use cos_batch::{ErrorCode, Event, Limits, ListJobs, Operation, ReplyError, Step};

/// How far the beginning of a signature may be from the time: it is a minute early, and the reply
/// that told the time was on its way for ten seconds at most.
const NEAR: Duration = Duration::seconds(75);

/// What was seen of a machine so far
#[derive(Default)]
pub(crate) struct Contract {
    /// By its own clock.
    pub(crate) deadline: Option<OffsetDateTime>,
    /// It is one call, not several.
    pub(crate) one_call: bool,
    /// Its clock may be off, and does not jump.
    is_steady: bool,
    /// It has just woken.
    woke: bool,
    /// Its time was refused just now; how often it was.
    refused_time: bool,
    refused_times: u32,
    /// A call was refused for good.
    refused: bool,
    /// There were too many jobs.
    pub(crate) met_a_limit: bool,
    /// There is more behind the last page it was shown.
    pub(crate) has_not_seen_all: bool,
}

impl Contract {
    pub(crate) fn new(is_steady: bool, deadline: Option<OffsetDateTime>) -> Self {
        Self { is_steady, deadline, ..Self::default() }
    }

    /// What it does next, by its clock and by the true time.
    pub(crate) fn step(
        &mut self,
        step: &Step,
        clock: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Result<(), String> {
        let woke = std::mem::take(&mut self.woke);
        let refused_time = std::mem::take(&mut self.refused_time);
        match step {
            Step::Send { request, .. } => self.send(request, refused_time, clock, now),
            Step::Sleep(_) if woke => Err("it rests again where it woke".to_owned()),
            Step::Sleep(rest) if self.is_steady && self.is_past_deadline(clock + *rest) => {
                Err("it rests beyond its deadline".to_owned())
            }
            Step::Sleep(_) | Step::Done => Ok(()),
        }
    }

    fn send(
        &self,
        request: &Request<Vec<u8>>,
        refused_time: bool,
        clock: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Result<(), String> {
        let signed = signed_at(request).ok_or("it sends what is not signed")?;
        let right = if self.refused_times > 0 { now } else { clock };
        if self.is_steady && (signed - right).abs() > NEAR {
            return Err(format!("it signs for {signed} at {right}"));
        }
        if self.is_past_deadline(clock) {
            return Err("it sends when its deadline has passed".to_owned());
        }
        if self.one_call && refused_time && self.refused_times > 1 {
            return Err("it corrects its clock again".to_owned());
        }
        if self.refused && (self.one_call || request.method() == "POST") {
            return Err("it asks again what was refused for good".to_owned());
        }
        Ok(())
    }

    fn is_past_deadline(&self, clock: OffsetDateTime) -> bool {
        self.deadline.is_some_and(|deadline| clock > deadline)
    }

    /// What it hears.
    pub(crate) fn hears(&mut self, event: &Event<'_>) {
        match event {
            Event::Woke => self.woke = true,
            Event::Lost(_) => {}
            // Whatever it was asked for, a refusal is read alike.
            Event::Reply(reply) => match ListJobs::decode_response(reply, &Limits::default()) {
                Ok(page) => {
                    self.has_not_seen_all = page.next_token.is_some() && !page.jobs.is_empty();
                }
                Err(ReplyError::Service(refusal)) if refusal.is_clock_skew() => {
                    self.refused_time = true;
                    self.refused_times += 1;
                }
                Err(ReplyError::Service(refusal)) => {
                    self.refused |= is_for_good(&refusal.code);
                    self.met_a_limit |= refusal.code == ErrorCode::TooManyJobs;
                }
                Err(_) => {}
            },
        }
    }
}

/// Whose repetition can come to nothing else.
fn is_for_good(code: &ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::InvalidArgument
            | ErrorCode::InvalidRequest
            | ErrorCode::NoSuchJob
            | ErrorCode::SignatureDoesNotMatch
            | ErrorCode::TooManyJobs
    )
}

/// From when on its signature holds.
fn signed_at(request: &Request<Vec<u8>>) -> Option<OffsetDateTime> {
    let authorization = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let time = authorization.split('&').find_map(|part| part.strip_prefix("q-sign-time="))?;
    let start = time.split(';').next()?.parse().ok()?;
    OffsetDateTime::from_unix_timestamp(start).ok()
}
