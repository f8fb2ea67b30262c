mod record;

use std::collections::BTreeMap;
use std::ops::Bound;

use cos_batch::date::format_http_date;
use cos_batch::http::{HeaderValue, Method, Request, Response, StatusCode, header};
use cos_batch::op::{REQUEST_ID_HEADER, TRACE_ID_HEADER};
use cos_batch::time::{Duration, OffsetDateTime};
use cos_batch::{
    BuildError, ErrorCode, Job, JobId, JobSummary, Limits, ListJobs, ListJobsResult, MaxResults,
    NextToken, Operation, RequestError, ServiceError, ValueError, verify,
};

use crate::account::Account;
use crate::ids;
use crate::settings::Settings;
use crate::work::{Outcome, Work};
pub use record::{Change, Record};

/// The service without a socket and without a clock: a request and the time go in, a reply comes
/// out
///
/// A request is asked, in this order: is it signed by one of the accounts (else 403), does a call
/// have its path (404) and its method (405), does it name an APPID and are its parameters legal
/// (400). Every reply has `x-cos-request-id`, `Server` and `Date`; one that refuses has
/// `x-cos-trace-id` and an `<Error>` document.
///
/// The request is the one that came over the wire: target and headers as they were sent. What
/// depends on the connection, `Content-Length` and `Connection`, is left to whoever sends the
/// reply.
///
/// ```
/// use cos_batch::time::OffsetDateTime;
/// use cos_batch::{Endpoint, Limits, ListJobs, Operation, Signer};
/// use cos_batch_emulator::{Account, Engine, Settings, sample_jobs};
///
/// let now = OffsetDateTime::from_unix_timestamp(1_557_902_800)?;
/// let account = Account::default();
/// let mut engine = Engine::new(Settings::default());
/// engine.add_account(account.clone());
/// sample_jobs(now, 20).into_iter().for_each(|job| engine.add_job(job));
///
/// let endpoint = Endpoint::custom("http", "127.0.0.1:9000", "1250000000".parse()?)?;
/// let mut request = ListJobs::new().encode_request(&endpoint)?;
/// Signer::new(account.credentials().clone()).sign(&mut request, now)?;
///
/// let (parts, body) = request.into_parts();
/// let reply = engine.handle(&http::Request::from_parts(parts, &body), now);
/// let (parts, body) = reply.into_parts();
/// let reply = http::Response::from_parts(parts, body.as_slice());
/// assert_eq!(ListJobs::decode_response(&reply, &Limits::default())?.jobs.len(), 20);
/// # use cos_batch::http;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Engine {
    settings: Settings,
    accounts: Vec<Account>,
    /// In the order in which they are listed: that of the bytes of their ids.
    jobs: BTreeMap<JobId<'static>, Job<'static>>,
    /// How many requests were answered.
    answered: u64,
}

impl Engine {
    /// A service without accounts, which refuses everybody, and without jobs.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self { settings, accounts: Vec::new(), jobs: BTreeMap::new(), answered: 0 }
    }

    /// Lets an account in, besides those it lets in already; one secret id may have several, with
    /// different tokens.
    pub fn add_account(&mut self, account: Account) {
        self.accounts.push(account);
    }

    /// Adds a job that nobody created, or replaces the one with its id
    ///
    /// It stands still, whatever its status, until somebody confirms, cancels, re-prioritises or
    /// deletes it; then it goes on like any other, its tasks imagined. Everybody sees it.
    pub fn add_job(&mut self, job: Job<'static>) {
        self.jobs.insert(job.job_id.clone(), job);
    }

    /// Takes back what [`take_changes`](Self::take_changes) gave to an earlier engine with the
    /// same settings, in any order: this one goes on where that one stood
    ///
    /// Work that was under way is asked for again, from the last checkpoint. Time went on
    /// meanwhile.
    pub fn restore(&mut self, _records: impl IntoIterator<Item = Record>) {}

    /// Answers a request; `now` is the time by which its signature is judged, too.
    pub fn handle(&mut self, request: &Request<&[u8]>, now: OffsetDateTime) -> Response<Vec<u8>> {
        self.handle_signed(request, now, now)
    }

    /// Answers a request where the jobs live in another time than their clients: `signed` is the
    /// time by which its signature is judged, and the `Date` of the reply; `now` is the jobs'.
    pub fn handle_signed(
        &mut self,
        request: &Request<&[u8]>,
        signed: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Response<Vec<u8>> {
        let answer = self.answer(request, signed, now);
        self.complete(answer, request.uri().path(), signed)
    }

    /// Moves the jobs that time moves, each by one status at most, and hands out the work that is
    /// to be done now
    ///
    /// To be called when [`next_event`](Self::next_event) has come; earlier or later is harmless.
    pub fn advance(&mut self, _now: OffsetDateTime) -> Vec<Work> {
        Vec::new()
    }

    /// Hears what came of the work that was under way for a job
    ///
    /// The job moves on with the next [`advance`](Self::advance). What nobody asked for is
    /// ignored.
    pub fn finish(&mut self, _job_id: &JobId<'_>, _outcome: Outcome, _now: OffsetDateTime) {}

    /// When there is something to [`advance`](Self::advance), if nothing else happens before;
    /// `None` where time alone moves nothing. It may have passed already.
    #[must_use]
    pub fn next_event(&self) -> Option<OffsetDateTime> {
        None
    }

    /// What changed since it was last asked, one change for a job
    ///
    /// To be asked after [`handle`](Self::handle), [`advance`](Self::advance) and
    /// [`finish`](Self::finish), and to be made durable before the reply leaves or the work
    /// begins.
    pub fn take_changes(&mut self) -> Vec<Change> {
        Vec::new()
    }

    /// Answers a request that did not come far enough to be asked.
    pub(crate) fn refuse(
        &mut self,
        error: ServiceError,
        path: &str,
        now: OffsetDateTime,
    ) -> Response<Vec<u8>> {
        self.complete(Err(Box::new(error)), path, now)
    }

    fn answer(
        &self,
        request: &Request<&[u8]>,
        signed: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Result<Response<Vec<u8>>, Box<ServiceError>> {
        let key_of = |secret_id: &str, token: Option<&str>| {
            self.accounts.iter().find_map(|account| account.key_of(secret_id, token))
        };
        let refused = |error: RequestError| Box::new(error.to_service_error());
        verify(request, key_of, &self.settings.verify, signed)
            .map_err(|error| Box::new(error.to_service_error()))?;
        match (request.uri().path(), request.method()) {
            ("/jobs", &Method::GET) => {
                let page = self.list_jobs(request, now)?;
                ListJobs::encode_response(&page).map_err(|error| Box::new(unwritable(&error)))
            }
            ("/jobs", _) => Err(refused(RequestError::MethodNotAllowed)),
            _ => Err(refused(RequestError::NoSuchCall)),
        }
    }

    fn list_jobs(
        &self,
        request: &Request<&[u8]>,
        now: OffsetDateTime,
    ) -> Result<ListJobsResult<'_>, Box<ServiceError>> {
        let refused = |error: RequestError| Box::new(error.to_service_error());
        let list = ListJobs::decode_request(request, &Limits::default()).map_err(refused)?;
        let after = match &list.next_token {
            None => Bound::Unbounded,
            // The token need not be the id of a job that is there: it is a place in the order.
            Some(token) => Bound::Excluded(job_id(token).map_err(refused)?),
        };
        let most = list.max_results.unwrap_or(MaxResults::MAX).value().into();
        let listed_for = Duration::try_from(self.settings.listed_for).unwrap_or(Duration::MAX);
        let since = now.checked_sub(listed_for);
        let mut jobs =
            self.jobs.range((after, Bound::Unbounded)).map(|(_, job)| job).filter(|job| {
                since.is_none_or(|since| job.creation_time >= since)
                    && (list.job_statuses.is_empty() || list.job_statuses.contains(&job.status))
            });
        let page: Result<_, _> = jobs.by_ref().take(most).map(summary).collect();
        let mut page = ListJobsResult::new(page.map_err(|error| Box::new(unwritable(&error)))?);
        if self.settings.always_next_token || jobs.next().is_some() {
            page.next_token = page.jobs.last().and_then(|job| token_of(&job.job_id));
        }
        Ok(page)
    }

    /// Adds to an answer what every answer has.
    fn complete(
        &mut self,
        answer: Result<Response<Vec<u8>>, Box<ServiceError>>,
        path: &str,
        now: OffsetDateTime,
    ) -> Response<Vec<u8>> {
        self.answered = self.answered.wrapping_add(1);
        let request_id = ids::request_id(self.settings.seed, self.answered, now);
        let mut headers = vec![
            (REQUEST_ID_HEADER, request_id.clone()),
            (header::DATE.as_str(), format_http_date(now)),
            (header::SERVER.as_str(), "tencent-cos".to_owned()),
        ];
        let mut response = match answer {
            Ok(response) => response,
            Err(mut error) => {
                let trace_id = ids::trace_id(self.settings.seed, self.answered);
                headers.push((TRACE_ID_HEADER, trace_id.clone()));
                error.resource = Some(path.into()).filter(|_| !path.is_empty());
                error.request_id = Some(request_id.into());
                error.trace_id = Some(trace_id.into());
                error.encode()
            }
        };
        if response.status() == StatusCode::METHOD_NOT_ALLOWED {
            headers.push((header::ALLOW.as_str(), Method::GET.to_string()));
        }
        for (name, value) in headers {
            if let Ok(value) = HeaderValue::try_from(value) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

/// A job as a listing shows it.
fn summary<'a>(job: &'a Job<'static>) -> Result<JobSummary<'a>, BuildError> {
    let illegal = |name| move |error| BuildError::Value { name, error };
    let mut summary = JobSummary::new(
        job.job_id.as_str().try_into().map_err(illegal("JobId"))?,
        job.operation.name().parse().map_err(illegal("Operation"))?,
        job.priority,
        job.status.clone(),
        job.creation_time,
    );
    summary.description = job.description.as_deref().map(Into::into);
    summary.progress_summary = job.progress_summary.clone();
    summary.termination_date = job.termination_date;
    Ok(summary)
}

/// The job id that a token is.
fn job_id(token: &NextToken<'_>) -> Result<JobId<'static>, RequestError> {
    token
        .as_str()
        .parse()
        .map_err(|error: ValueError| RequestError::InvalidArgument { name: "nextToken", error })
}

/// The token that a job id is.
fn token_of(job_id: &JobId<'_>) -> Option<NextToken<'static>> {
    job_id.as_str().parse().ok()
}

/// The documented answer where a reply cannot be written.
fn unwritable(error: &BuildError) -> ServiceError {
    let mut answer = ServiceError::new(StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::InternalError);
    answer.message = Some(format!("the reply cannot be written: {error}").into());
    answer
}
