mod calls;
mod jobs;
mod life;
mod record;
mod refusal;
mod schedule;

use cos_batch::date::format_http_date;
use cos_batch::http::{HeaderValue, Request, Response, StatusCode, header};
use cos_batch::op::{REQUEST_ID_HEADER, TRACE_ID_HEADER};
use cos_batch::time::OffsetDateTime;
use cos_batch::{Job, JobId, ServiceError, verify};

use crate::account::Account;
use crate::ids;
use crate::settings::Settings;
use crate::work::{Outcome, Work};
use jobs::Jobs;
use record::Life;
pub use record::{Change, Record};
use refusal::Refusal;

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
/// Whoever drives it tells it the time and does what it asks for:
///
/// | when | call | then |
/// | --- | --- | --- |
/// | a request came | [`handle`](Self::handle) | keep the changes, send the reply |
/// | [`next_event`](Self::next_event) has come | [`advance`](Self::advance) | keep the changes, do the work |
/// | work is done | [`finish`](Self::finish) | keep the changes |
/// | it starts again | [`restore`](Self::restore) | what was kept |
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
    jobs: Jobs,
    /// How many requests were answered.
    answered: u64,
}

impl Engine {
    /// A service without accounts, which refuses everybody, and without jobs.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self { settings, accounts: Vec::new(), jobs: Jobs::default(), answered: 0 }
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
        self.jobs.insert(&self.settings, Life::found(job));
    }

    /// Takes back what an earlier engine gave to be kept, in any order: this one goes on where that
    /// one stood
    ///
    /// Of each job the last record is wanted. Work that was under way is asked for again, from the
    /// last checkpoint. Time went on meanwhile; where the settings are others, they hold from now
    /// on.
    pub fn restore(&mut self, records: impl IntoIterator<Item = Record>) {
        records.into_iter().for_each(|record| self.jobs.restore(&self.settings, record));
    }

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
    /// To be called again and again once [`next_event`](Self::next_event) has come, until that lies
    /// ahead; earlier or later is harmless. Work is handed out once: whoever takes it sees to it
    /// that [`finish`](Self::finish) hears of it.
    pub fn advance(&mut self, now: OffsetDateTime) -> Vec<Work> {
        self.jobs.advance(&self.settings, now)
    }

    /// Hears what came of the work that was under way for a job
    ///
    /// The job moves on with the next [`advance`](Self::advance). What nobody asked for is
    /// ignored.
    pub fn finish(&mut self, job_id: &JobId<'static>, outcome: Outcome, now: OffsetDateTime) {
        self.jobs.finish(&self.settings, job_id, outcome, now);
    }

    /// When there is something to [`advance`](Self::advance), if nothing else happens before;
    /// `None` where time alone moves nothing. It may have passed already.
    #[must_use]
    pub fn next_event(&self) -> Option<OffsetDateTime> {
        self.jobs.next_event()
    }

    /// What changed since it was last asked, one change for a job
    ///
    /// To be asked after [`handle`](Self::handle), [`advance`](Self::advance) and
    /// [`finish`](Self::finish), and to be made durable before the reply leaves or the work
    /// begins.
    pub fn take_changes(&mut self) -> Vec<Change> {
        self.jobs.take_changes()
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
        &mut self,
        request: &Request<&[u8]>,
        signed: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Result<Response<Vec<u8>>, Refusal> {
        let key_of = |secret_id: &str, token: Option<&str>| {
            self.accounts.iter().find_map(|account| account.key_of(secret_id, token))
        };
        verify(request, key_of, &self.settings.verify, signed)
            .map_err(|error| Box::new(error.to_service_error()))?;
        self.call(request, now)
    }

    /// Adds to an answer what every answer has.
    fn complete(
        &mut self,
        answer: Result<Response<Vec<u8>>, Refusal>,
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
            headers.push((header::ALLOW.as_str(), allowed(path).to_owned()));
        }
        for (name, value) in headers {
            if let Ok(value) = HeaderValue::try_from(value) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

/// The methods that a call's path takes.
fn allowed(path: &str) -> &'static str {
    match path.split('/').count() {
        0..=2 => "GET, POST",
        3 => "DELETE, GET",
        _ => "POST",
    }
}
