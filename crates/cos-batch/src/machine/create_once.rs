mod walk;

use std::time::Duration;

use time::OffsetDateTime;

use super::{Event, Exchange, Machine, Retry, Step, skew};
use crate::endpoint::Endpoint;
use crate::error::{Error, ErrorCode, ReplyError};
use crate::model::JobId;
use crate::op::CreateJob;
use crate::sign::Signer;
use crate::xml::Limits;
use walk::{Found, Walk};

/// How long before the time of signing a signature begins to hold.
const BEFORE: Duration = Duration::from_secs(60);

/// What the service may allow a signature at either end, and take to carry out a request.
const TOLERANCE: Duration = Duration::from_secs(15 * 60);

/// A job, never two
///
/// CreateJob cannot be repeated blindly: where its answer is lost, a second try with the same token
/// is refused and names no job, and one with another token may make a second job. This machine
/// sends one token only, and then finds out what became of it, where that can be found out.
///
/// ```text
///   creating ── the answer ───────────────────────────────▶ Created
///      │ └───── refused, or never sent ───────────────────▶ failed
///      ▼ the outcome is unknown
///   looking ─── a job echoes our token ───────────────────▶ Created
///    ▲  │ └──── jobs that may be ours, or no way to look ─▶ Unknown
///    │  ├────── nothing, and no signature holds any more ─▶ NotCreated
///    │  ▼ nothing yet
///   resting, until no signature of ours holds any more
/// ```
///
/// A program that was killed meanwhile goes on with [`resuming`](Self::resuming), which begins by
/// looking and creates nothing; it needs what was to be created, and when that was begun.
///
/// - It looks by ListJobs over all pages, and DescribeJob of each job that may be ours: one that was
///   created since, with the same operation and description. (The priority may have been changed
///   since.) A job that shows another token is not ours. The docs list the token in DescribeJob's
///   answer, and no sample has it: where the service does not show it, a job that may be ours can be
///   told from a stranger's by a person only.
/// - `InvalidRequest` has it look, too: that is what the second copy of a request gets, where
///   something on the way made two of one. Where no such job is listed by then the refusal stands.
/// - A request that is lost may still arrive as long as its signature holds. So that the end of that
///   is known, CreateJob is signed for 15 minutes, whatever the signer's window;
///   [`with_signature_life`](Self::with_signature_life) sets it. The service's `Date` says whether
///   that time, and 15 minutes more, are over; where there is none, a rest of that time and 30
///   minutes more does.
/// - It is `Unknown`, too, where the deadline of `retry` passes or comes before the end of that
///   rest, the listing fails or has more than 1000 pages, or more than 100 jobs may be ours.
/// - `NotCreated` holds as long as nobody deletes the job meanwhile, and the clock is not set back
///   while CreateJob is under way.
///
/// Whatever the answer is, a new job with a new token is safe after `NotCreated` only.
///
/// ```
/// use cos_batch::{
///     CreateJob, CreateOnce, Creation, Credentials, Endpoint, Event, JobOperation, Lost, Machine,
///     Manifest, ManifestField, ManifestLocation, Report, ReportScope, Retry, Signer, Step,
/// };
/// use time::OffsetDateTime;
///
/// let bucket = "qcs::cos:ap-chengdu:uid/1250000000:src-1250000000";
/// let list = ManifestLocation::new(
///     format!("{bucket}/list.csv").parse()?,
///     "15150651828fa9cdcb8356b6d1c7638b",
/// );
/// let create = CreateJob::new(
///     "184ce261-18af-5e3d-3e30-253723cfd937".parse()?,
///     Manifest::csv(list, [ManifestField::Bucket, ManifestField::Key]),
///     JobOperation::DeleteObject,
///     "10".parse()?,
///     Report::new(bucket.parse()?, ReportScope::AllTasks),
///     "qcs::cam::uin/100000000001:roleName/COS_Batch_QcsRole".parse()?,
/// );
/// let endpoint = Endpoint::custom("http", "127.0.0.1:9000", "1250000000".parse()?)?;
/// let signer = Signer::new(Credentials::new("AKIDEXAMPLE", "SECRETEXAMPLE")?);
/// let mut now = OffsetDateTime::UNIX_EPOCH;
///
/// // A network that loses every answer to a POST, and a service without jobs.
/// let mut once = CreateOnce::new(endpoint, create, now, Retry::new(7));
/// loop {
///     match once.next(&signer, now)? {
///         Step::Send { request, .. } => {
///             let event = if request.method() == "POST" {
///                 Event::Lost(Lost::AfterSending)
///             } else {
///                 Event::Reply(http::Response::new(b"<ListJobsResult></ListJobsResult>"))
///             };
///             once.receive(event, now)?;
///         }
///         Step::Sleep(rest) => {
///             now += rest;
///             once.receive(Event::Woke, now)?;
///         }
///         Step::Done => break,
///     }
/// }
/// assert_eq!(once.creation(), Some(&Creation::NotCreated));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct CreateOnce {
    create: Exchange<CreateJob>,
    /// The earliest time that was seen, by our clock.
    begun: OffsetDateTime,
    /// The latest time that an attempt may have been signed for.
    signed: OffsetDateTime,
    /// Were the attempts made by another machine, which may have known the service's clock?
    resumed: bool,
    signature_life: Duration,
    max_pages: u32,
    state: State,
    /// A refusal that may be of a copy of our request, while the job of another copy is looked for.
    refused: Option<Error>,
    /// Has every signature run out, as far as resting can tell?
    rested: bool,
}

#[derive(Clone, Debug)]
enum State {
    Creating,
    Looking(Box<Walk>),
    Resting(Duration),
    Done(Creation),
}

/// What became of a job that was to be created
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a caller handles all three")]
pub enum Creation {
    /// It was created, once.
    Created(JobId<'static>),
    /// It was not, and will not be.
    NotCreated,
    /// Nothing says whether it was, or may still be.
    Unknown {
        /// The jobs that may be it, as far as they were found.
        candidates: Vec<JobId<'static>>,
    },
}

impl CreateOnce {
    /// How many pages of the listing are read at most, unless told.
    pub const MAX_PAGES: u32 = 1000;

    /// A job that was not asked for before: no attempt at it is older than `now`.
    #[must_use]
    pub fn new(endpoint: Endpoint, create: CreateJob, now: OffsetDateTime, retry: Retry) -> Self {
        Self {
            create: Exchange::new(endpoint, create, retry),
            begun: now,
            signed: now,
            resumed: false,
            signature_life: Duration::from_secs(15 * 60),
            max_pages: Self::MAX_PAGES,
            state: State::Creating,
            refused: None,
            rested: false,
        }
    }

    /// What became of a job that another machine was to create, which is gone: by a crash, or a
    /// restart in between
    ///
    /// It asks for no job, it looks for the one that may be there. `begun` is when the other machine
    /// was made, by the same clock as `now`; its signatures must have had the same
    /// [life](Self::with_signature_life).
    ///
    /// ```
    /// # use cos_batch::{
    /// #     CreateJob, CreateOnce, Creation, Credentials, Endpoint, Event, JobOperation, Machine,
    /// #     Manifest, ManifestField, ManifestLocation, Report, ReportScope, Retry, Signer, Step,
    /// # };
    /// # use time::{Duration, OffsetDateTime};
    /// # let bucket = "qcs::cos:ap-chengdu:uid/1250000000:src-1250000000";
    /// # let list = ManifestLocation::new(format!("{bucket}/list.csv").parse()?, "15150651828fa9cd");
    /// # let create = CreateJob::new(
    /// #     "184ce261-18af-5e3d-3e30-253723cfd937".parse()?,
    /// #     Manifest::csv(list, [ManifestField::Bucket, ManifestField::Key]),
    /// #     JobOperation::DeleteObject,
    /// #     "10".parse()?,
    /// #     Report::new(bucket.parse()?, ReportScope::AllTasks),
    /// #     "qcs::cam::uin/100000000001:roleName/COS_Batch_QcsRole".parse()?,
    /// # );
    /// # let endpoint = Endpoint::custom("http", "127.0.0.1:9000", "1250000000".parse()?)?;
    /// # let signer = Signer::new(Credentials::new("AKIDEXAMPLE", "SECRETEXAMPLE")?);
    /// # let now = OffsetDateTime::UNIX_EPOCH;
    /// // An hour after the crash, and a service without jobs.
    /// let begun = now - Duration::HOUR;
    /// let mut once = CreateOnce::resuming(endpoint, create, begun, now, Retry::new(7));
    /// let mut now = now;
    /// loop {
    ///     match once.next(&signer, now)? {
    ///         Step::Send { request, .. } => {
    ///             assert_eq!(request.method(), "GET");
    ///             let reply = http::Response::new(b"<ListJobsResult></ListJobsResult>".as_slice());
    ///             once.receive(Event::Reply(reply), now)?;
    ///         }
    ///         Step::Sleep(rest) => {
    ///             now += rest;
    ///             once.receive(Event::Woke, now)?;
    ///         }
    ///         Step::Done => break,
    ///     }
    /// }
    /// assert_eq!(once.creation(), Some(&Creation::NotCreated));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn resuming(
        endpoint: Endpoint,
        create: CreateJob,
        begun: OffsetDateTime,
        now: OffsetDateTime,
        retry: Retry,
    ) -> Self {
        let mut once = Self::new(endpoint, create, now, retry);
        once.begun = begun.min(now);
        once.resumed = true;
        once.look();
        once
    }

    /// The same with other signatures of CreateJob; whole seconds. They begin to hold a minute
    /// before the time of signing.
    #[must_use]
    pub fn with_signature_life(self, signature_life: Duration) -> Self {
        Self { signature_life, ..self }
    }

    /// The same with at most this many pages of the listing; 0 counts as 1.
    #[must_use]
    pub fn with_max_pages(self, max_pages: u32) -> Self {
        Self { max_pages, ..self }.anew()
    }

    /// The same with other limits for its replies.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { create: self.create.with_limits(limits), ..self }.anew()
    }

    /// The same with a clock known to be off: the service's time minus ours.
    #[must_use]
    pub fn with_clock_offset(self, clock_offset: time::Duration) -> Self {
        Self { create: self.create.with_clock_offset(clock_offset), ..self }.anew()
    }

    /// The same machine, under the conditions it has been given since.
    fn anew(mut self) -> Self {
        if self.resumed {
            self.look();
        }
        self
    }

    /// What became of it, once that is settled; also where the item was not waited for.
    #[must_use]
    pub fn creation(&self) -> Option<&Creation> {
        match &self.state {
            State::Done(creation) => Some(creation),
            State::Creating | State::Looking(_) | State::Resting(_) => None,
        }
    }

    /// How the last attempt that failed ended, if one did: why the outcome is unknown.
    #[must_use]
    pub fn cause(&self) -> Option<&Error> {
        self.create.last_error()
    }

    /// The call itself: its attempts, the offset of its clock, the id of its last request.
    #[must_use]
    pub fn exchange(&self) -> &Exchange<CreateJob> {
        &self.create
    }

    fn is_late(&self, now: OffsetDateTime) -> bool {
        self.create.retry().left(now).is_some_and(|left| left.is_zero())
    }

    /// Takes down when an attempt may have been signed.
    fn note(&mut self, now: OffsetDateTime) {
        self.begun = self.begun.min(now);
        self.signed = self.signed.max(skew::corrected(now, self.create.clock_offset()));
    }

    fn look(&mut self) {
        let since = self.begun.saturating_sub(signed(BEFORE)).saturating_sub(signed(TOLERANCE));
        self.state = State::Looking(Box::new(Walk::new(&self.create, since, self.max_pages)));
    }

    fn create(&mut self, event: Event<'_>, now: OffsetDateTime) -> Result<Option<Creation>, Error> {
        self.note(now);
        let woke = matches!(event, Event::Woke);
        match self.create.receive(event, now) {
            Ok(Some(created)) => Ok(Some(Creation::Created(created.job_id))),
            Ok(None) if woke && self.is_late(now) && self.create.may_have_arrived() => {
                Ok(Some(Creation::Unknown { candidates: Vec::new() }))
            }
            Ok(None) => Ok(None),
            Err(Error::OutcomeUnknown { .. }) => {
                self.look();
                Ok(None)
            }
            Err(error) if is_ambiguous(&error) => {
                self.refused = Some(error);
                self.look();
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn found(&mut self, found: Found, now: OffsetDateTime) -> Result<Option<Creation>, Error> {
        let began = match found {
            Found::Ours(job_id) => return Ok(Some(Creation::Created(job_id))),
            Found::Perhaps(candidates) => return Ok(Some(Creation::Unknown { candidates })),
            Found::Nothing { began, clock_offset } => {
                self.create.set_clock_offset(clock_offset);
                began
            }
        };
        if let Some(refused) = self.refused.take() {
            // The call says so again whenever it is asked.
            self.state = State::Creating;
            return Err(refused);
        }
        // The other machine signed by our clock or by the service's, and no later than it shows.
        if let Some(began) = began.filter(|_| self.resumed && !self.rested) {
            self.signed = self.signed.max(began);
        }
        // Signatures hold by the service's clock, so it decides where it is shown.
        let whole = self.signature_life.saturating_add(TOLERANCE);
        let closes = self.signed.saturating_sub(signed(BEFORE)).saturating_add(signed(whole));
        let rest = match began {
            Some(began) => Duration::try_from(closes - began).unwrap_or_default(),
            None if self.rested => Duration::ZERO,
            // The clock may be ahead by as much as lets a signature begin early.
            None => whole.saturating_add(TOLERANCE),
        };
        if rest.is_zero() {
            return Ok(Some(Creation::NotCreated));
        }
        let too_long = self.create.retry().left(now).is_some_and(|left| left <= rest)
            || rest > whole.saturating_add(TOLERANCE);
        if self.rested || too_long {
            return Ok(Some(Creation::Unknown { candidates: Vec::new() }));
        }
        // A second more, for `Date` has whole ones.
        self.state = State::Resting(rest.saturating_add(Duration::from_secs(1)));
        Ok(None)
    }
}

/// May a refusal mean that a job was created, by a copy of the request that came before it?
///
/// That the token was used before has no code of its own.
fn is_ambiguous(error: &Error) -> bool {
    matches!(
        error,
        Error::Reply(ReplyError::Service(refusal)) if refusal.code == ErrorCode::InvalidRequest
    )
}

/// A time that can be added to a date.
fn signed(duration: Duration) -> time::Duration {
    time::Duration::try_from(duration).unwrap_or(time::Duration::MAX)
}

impl Machine for CreateOnce {
    type Item = Creation;

    fn next(&self, signer: &Signer, now: OffsetDateTime) -> Result<Step, Error> {
        // A deadline is an end to be told of, by a rest of no time.
        let over = Ok(Step::Sleep(Duration::ZERO));
        match &self.state {
            State::Creating => {
                let signer = signer.clone().window(BEFORE, self.signature_life);
                match self.create.next(&signer, now) {
                    Err(Error::OutcomeUnknown { .. }) => over,
                    step => step,
                }
            }
            State::Looking(_) if self.is_late(now) => over,
            State::Looking(walk) => walk.next(signer, now),
            State::Resting(rest) => Ok(Step::Sleep(*rest)),
            State::Done(_) => Ok(Step::Done),
        }
    }

    fn receive(
        &mut self,
        event: Event<'_>,
        now: OffsetDateTime,
    ) -> Result<Option<Creation>, Error> {
        let woke = matches!(event, Event::Woke);
        let is_late = self.is_late(now);
        let settled = match &mut self.state {
            State::Creating => self.create(event, now)?,
            State::Looking(walk) if woke && is_late => {
                Some(Creation::Unknown { candidates: walk.given_up() })
            }
            State::Looking(walk) => match walk.receive(event, now) {
                Some(found) => self.found(found, now)?,
                None => None,
            },
            State::Resting(_) if woke => {
                self.rested = true;
                self.look();
                None
            }
            State::Resting(_) | State::Done(_) => None,
        };
        if let Some(creation) = &settled {
            self.state = State::Done(creation.clone());
        }
        Ok(settled)
    }
}
