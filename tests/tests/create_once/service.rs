//! A service of a few lines, in virtual time, to which requests can come late

use cos_batch::http::{Request, Response};
use cos_batch::serve::AnyRequest;
use cos_batch::time::{Duration, OffsetDateTime};
use cos_batch::{
    CreateJob, CreateJobResult, DescribeJob, DescribeJobResult, ErrorCode, Job, JobId,
    JobOperation, JobStatus, JobSummary, Limits, ListJobs, ListJobsResult, Operation,
    OperationName, Priority, ServiceError,
};

use super::TOKEN;

/// What the service allows a signature at its end, and before it begins.
pub const LEEWAY: Duration = Duration::minutes(14);

/// What the kinds of services differ in
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// DescribeJob shows the token.
    pub echoes: bool,
    /// Replies have a `Date`.
    pub dated: bool,
    /// There is a job just like ours that is another's.
    pub stranger: bool,
    /// How far its clock is ahead of the client's.
    pub ahead: Duration,
    /// When a job is listed after it was created.
    pub lag: Duration,
}

#[derive(Clone, Debug)]
pub struct Service {
    pub kind: Kind,
    pub now: OffsetDateTime,
    /// When our job was created.
    pub created: Option<OffsetDateTime>,
    /// How many jobs were created with our token.
    pub jobs: u32,
    start: OffsetDateTime,
    /// Requests that are still on their way, with the time of their arrival.
    late: Vec<Late>,
}

/// A request on its way
#[derive(Clone, Debug)]
struct Late {
    at: OffsetDateTime,
    request: Request<Vec<u8>>,
    /// What `Debug` of the request does not show.
    #[expect(dead_code, reason = "two services that look alike in `Debug` must be alike")]
    window: (OffsetDateTime, OffsetDateTime),
}

pub fn ours() -> JobId<'static> {
    "ours".parse().unwrap()
}

/// When the signature of a request begins and ceases to hold.
pub fn window(request: &Request<Vec<u8>>) -> (OffsetDateTime, OffsetDateTime) {
    let authorization = request.headers()["authorization"].to_str().unwrap();
    let (_, rest) = authorization.split_once("q-key-time=").unwrap();
    let (start, end) = rest.split_once('&').unwrap().0.split_once(';').unwrap();
    let at = |seconds: &str| OffsetDateTime::from_unix_timestamp(seconds.parse().unwrap());
    (at(start).unwrap(), at(end).unwrap())
}

impl Service {
    pub fn new(kind: Kind, now: OffsetDateTime) -> Self {
        let now = now + kind.ahead;
        Self { kind, now, created: None, jobs: 0, start: now, late: Vec::new() }
    }

    /// Lets time pass, and what is on its way arrive.
    pub fn pass(&mut self, time: Duration) {
        let then = self.now.saturating_add(time);
        self.late.sort_by_key(|late| late.at);
        while self.late.first().is_some_and(|late| late.at <= then) {
            let late = self.late.remove(0);
            self.now = late.at.max(self.now);
            self.answer(&late.request);
        }
        self.now = then;
    }

    /// A request arrives later.
    pub fn later(&mut self, at: OffsetDateTime, request: &Request<Vec<u8>>) {
        self.late.push(Late { at, request: request.clone(), window: window(request) });
    }

    pub fn answer(&mut self, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
        let mut reply = self.decide(request);
        if self.kind.dated {
            let weekday = &self.now.weekday().to_string()[..3];
            let month = &self.now.month().to_string()[..3];
            let (day, year) = (self.now.day(), self.now.year());
            let (hour, minute, second) = self.now.to_hms();
            let date =
                format!("{weekday}, {day:02} {month} {year} {hour:02}:{minute:02}:{second:02} GMT");
            reply.headers_mut().insert("date", date.parse().unwrap());
        }
        reply
    }

    fn decide(&mut self, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
        let (start, end) = window(request);
        if self.now < start - LEEWAY || self.now > end + LEEWAY {
            return refusal(403, ErrorCode::RequestTimeTooSkewed);
        }
        let request = request.clone();
        let (parts, body) = request.into_parts();
        let request = Request::from_parts(parts, body.as_slice());
        match AnyRequest::decode(&request, &Limits::default()).unwrap() {
            AnyRequest::CreateJob(create) => {
                assert_eq!(create.client_request_token.as_str(), TOKEN);
                if self.created.is_some() {
                    return refusal(400, ErrorCode::InvalidRequest);
                }
                self.created = Some(self.now);
                self.jobs += 1;
                CreateJob::encode_response(&CreateJobResult::new(ours())).unwrap()
            }
            AnyRequest::ListJobs(_) => {
                let jobs = self.jobs().filter(|(_, at)| *at + self.kind.lag <= self.now);
                let jobs = jobs.map(|(id, at)| summary(id, at)).collect();
                ListJobs::encode_response(&ListJobsResult::new(jobs)).unwrap()
            }
            AnyRequest::DescribeJob(describe) => {
                let (id, at) = self.jobs().find(|(id, _)| *id == describe.job_id).unwrap();
                let token = if id == ours() { TOKEN } else { "another" };
                let mut job =
                    Job::new(id, JobOperation::DeleteObject, Priority::MIN, JobStatus::New, at);
                job.client_request_token = self.kind.echoes.then(|| token.parse().unwrap());
                DescribeJob::encode_response(&DescribeJobResult::new(job)).unwrap()
            }
            other => panic!("{other:?}"),
        }
    }

    fn jobs(&self) -> impl Iterator<Item = (JobId<'static>, OffsetDateTime)> {
        let stranger = self.kind.stranger.then(|| ("stranger".parse().unwrap(), self.start));
        // Long before, one that looks the same.
        let old = ("old".parse().unwrap(), self.start - Duration::HOUR);
        self.created.map(|at| (ours(), at)).into_iter().chain(stranger).chain([old])
    }
}

fn summary(id: JobId<'static>, at: OffsetDateTime) -> JobSummary<'static> {
    let operation = OperationName::CosDeleteObject;
    let mut job = JobSummary::new(id, operation, Priority::MAX, JobStatus::New, at);
    job.description = Some("tidy up".into());
    job
}

pub fn refusal(status: u16, code: ErrorCode) -> Response<Vec<u8>> {
    ServiceError::new(status.try_into().unwrap(), code).encode()
}
