use std::time::Duration;

use time::OffsetDateTime;

use super::{Event, Exchange, Machine, Retry, Step, retry};
use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::model::{JobId, JobStatus};
use crate::op::{DescribeJob, DescribeJobResult};
use crate::sign::Signer;
use crate::xml::Limits;

/// One job to its end
///
/// ```text
///   ┌──▶ describing ── the job has ended ──▶ done
///   │        │  └───── an error ───────────▶ failed
///   │        ▼
///   └──── resting        at the deadline ──▶ Error::DeadlinePassed
/// ```
///
/// - It brings every answer of DescribeJob; the one before [`Step::Done`] is the last, with a
///   status that [is terminal](JobStatus::is_terminal). A `Suspended` job waits for a person: one
///   more answer, or with [`until_suspended`](Self::until_suspended) the last.
/// - Between two answers it rests: 2 seconds at first, twice as long each time, at most 30 seconds;
///   each rest is shortened at random by up to a half. [`with_intervals`](Self::with_intervals)
///   sets the two.
/// - Each answer is an [`Exchange`] of its own with all attempts. Its error is the watch's: an
///   unknown job ends it with `NoSuchJob`.
/// - No rest goes beyond the deadline. Once it has passed, the watch is over with
///   [`Error::DeadlinePassed`], whatever the job does; [`last`](Self::last) has the last answer.
///   So it is once its rests add up to the time that was left at its first event, for a clock that
///   stands still never reaches a deadline.
///
/// ```
/// use std::time::Duration;
/// use cos_batch::{
///     Credentials, Endpoint, Event, JobStatus, Machine, Retry, Signer, Step, Watch,
/// };
/// use time::OffsetDateTime;
///
/// let endpoint = Endpoint::custom("http", "127.0.0.1:9000", "1250000000".parse()?)?;
/// let signer = Signer::new(Credentials::new("AKIDEXAMPLE", "SECRETEXAMPLE")?);
/// let mut now = OffsetDateTime::UNIX_EPOCH;
///
/// let deadline = now + Duration::from_secs(3600);
/// let mut watch = Watch::new(endpoint, "53dc6228".parse()?, deadline, Retry::new(7));
/// let mut statuses = ["Active", "Complete"].into_iter();
/// let mut seen = Vec::new();
/// loop {
///     match watch.next(&signer, now)? {
///         Step::Send { request, .. } => {
///             assert_eq!(request.uri(), "http://127.0.0.1:9000/jobs/53dc6228");
///             let body = format!(
///                 "<DescribeJobResult><Job><CreationTime>2019-12-19T18:00:30Z</CreationTime>\
///                  <JobId>53dc6228</JobId><Operation><COSDeleteObject/></Operation>\
///                  <Priority>10</Priority><Status>{}</Status></Job></DescribeJobResult>",
///                 statuses.next().unwrap(),
///             );
///             let reply = Event::Reply(http::Response::new(body.as_bytes()));
///             if let Some(described) = watch.receive(reply, now)? {
///                 seen.push(described.job.status);
///             }
///         }
///         Step::Sleep(rest) => {
///             now += rest;
///             watch.receive(Event::Woke, now)?;
///         }
///         Step::Done => break,
///     }
/// }
/// assert_eq!(seen, [JobStatus::Active, JobStatus::Complete]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Watch {
    /// The answer that is being waited for; in a rest, and at the end, the last one.
    exchange: Exchange<DescribeJob>,
    state: State,
    until_suspended: bool,
    interval: Duration,
    longest: Duration,
    answers: u32,
    last: Option<DescribeJobResult<'static>>,
    /// What its rests may still add up to; known from its first event on.
    patience: Option<Duration>,
}

#[derive(Clone, Debug)]
enum State {
    Describing,
    Resting(Duration),
    /// The deadline has passed, whatever the clock says.
    Late,
    Done,
}

/// What even the shortest rest takes.
const SHORTEST: Duration = Duration::from_millis(1);

impl Watch {
    /// A watch over a job, until the deadline at the latest; where `retry` has one too, the earlier
    /// of the two holds.
    #[must_use]
    pub fn new(
        endpoint: Endpoint,
        job_id: JobId<'static>,
        deadline: OffsetDateTime,
        mut retry: Retry,
    ) -> Self {
        retry.deadline = Some(retry.deadline.map_or(deadline, |other| other.min(deadline)));
        Self {
            exchange: Exchange::new(endpoint, DescribeJob::new(job_id), retry),
            state: State::Describing,
            until_suspended: false,
            interval: Duration::from_secs(2),
            longest: Duration::from_secs(30),
            answers: 0,
            last: None,
            patience: None,
        }
    }

    /// The same with another first rest and another longest one, a millisecond at least; the same
    /// for both is a steady pace.
    #[must_use]
    pub fn with_intervals(self, first: Duration, longest: Duration) -> Self {
        Self { interval: first, longest, ..self }
    }

    /// The same, ending also where the job is `Suspended`, for that waits for a confirmation.
    #[must_use]
    pub fn until_suspended(self) -> Self {
        Self { until_suspended: true, ..self }
    }

    /// The same with other limits for its replies.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { exchange: self.exchange.with_limits(limits), ..self }
    }

    /// The same with a clock known to be off: the service's time minus ours.
    #[must_use]
    pub fn with_clock_offset(self, clock_offset: time::Duration) -> Self {
        Self { exchange: self.exchange.with_clock_offset(clock_offset), ..self }
    }

    /// The last answer, if there was one: what is known when the deadline has passed.
    #[must_use]
    pub fn last(&self) -> Option<&DescribeJobResult<'static>> {
        self.last.as_ref()
    }

    /// The answer that is being waited for, as a call of its own: its attempts, the offset of its
    /// clock, the id of its last request.
    #[must_use]
    pub fn exchange(&self) -> &Exchange<DescribeJob> {
        &self.exchange
    }

    /// What an answer leads to.
    fn after(&self, status: &JobStatus, now: OffsetDateTime) -> State {
        if status.is_terminal() || self.until_suspended && *status == JobStatus::Suspended {
            return State::Done;
        }
        let retry = self.exchange.retry();
        let whole = retry::doubled(self.interval, self.answers).min(self.longest);
        let rest = whole.saturating_sub(retry.part_of(whole / 2, self.answers)).max(SHORTEST);
        let left = retry.left(now).into_iter().chain(self.patience).fold(rest, Duration::min);
        State::Resting(left)
    }
}

impl Machine for Watch {
    type Item = DescribeJobResult<'static>;

    fn next(&self, signer: &Signer, now: OffsetDateTime) -> Result<Step, Error> {
        match self.state {
            State::Describing => self.exchange.next(signer, now),
            State::Resting(rest) => Ok(Step::Sleep(rest)),
            State::Late => Err(self.exchange.deadline_passed()),
            State::Done => Ok(Step::Done),
        }
    }

    fn receive(
        &mut self,
        event: Event<'_>,
        now: OffsetDateTime,
    ) -> Result<Option<Self::Item>, Error> {
        if self.patience.is_none() {
            self.patience = self.exchange.retry().left(now);
        }
        match (&self.state, event) {
            (State::Describing, event) => {
                let described = self.exchange.receive(event, now)?;
                if let Some(described) = &described {
                    self.answers = self.answers.saturating_add(1);
                    self.state = self.after(&described.job.status, now);
                    self.last = Some(described.clone());
                }
                Ok(described)
            }
            (State::Resting(rest), Event::Woke) => {
                self.patience = self.patience.map(|left| left.saturating_sub(*rest));
                if self.patience.is_some_and(|left| left.is_zero()) {
                    self.state = State::Late;
                    return Ok(None);
                }
                self.exchange = self.exchange.renewed(self.exchange.operation().clone());
                self.state = State::Describing;
                Ok(None)
            }
            _ => Ok(None),
        }
    }
}
