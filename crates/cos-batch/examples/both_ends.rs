//! A client and a server in one function, without a network, a runtime or a clock
//!
//! ```console
//! cargo run -p cos-batch --example both_ends
//! ```
//!
//! It runs wherever the core does, so it is also what is built for WebAssembly to see that the core
//! asks nothing of its host.

use cos_batch::http::{Request, Response};
use cos_batch::serve::AnyRequest;
use cos_batch::time::{Duration, OffsetDateTime};
use cos_batch::{
    Credentials, Endpoint, Event, JobStatus, JobSummary, Limits, ListJobs, ListJobsResult, Machine,
    Operation, OperationName, Pages, Priority, RequestError, Retry, SecretKey, ServiceError,
    Signer, Step, VerifyPolicy, verify,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut now = OffsetDateTime::UNIX_EPOCH + Duration::days(20_000);
    let endpoint = Endpoint::custom("https", "batch.example", "1250000000".parse()?)?;
    let signer = Signer::new(Credentials::new("AKIDEXAMPLE", "SECRETEXAMPLE")?);

    let id = "53dc6228-c50b-46f7-8ad7-65e7159f1aae".parse()?;
    let operation = OperationName::CosPutObjectCopy;
    let job = JobSummary::new(id, operation, Priority::MIN, JobStatus::Active, now);

    let mut pages = Pages::new(endpoint, ListJobs::new(), Retry::new(7));
    loop {
        match pages.next(&signer, now)? {
            Step::Send { request, .. } => {
                let (parts, body) = serve(&request, &job, now).into_parts();
                let reply = Event::Reply(Response::from_parts(parts, &body));
                if let Some(page) = pages.receive(reply, now)? {
                    for job in page.jobs {
                        println!("{} {} {}", job.job_id, job.status, job.operation);
                    }
                }
            }
            Step::Sleep(rest) => {
                now += rest;
                pages.receive(Event::Woke, now)?;
            }
            Step::Done => return Ok(()),
        }
    }
}

/// The other end of the wire, which has one job.
fn serve(
    request: &Request<Vec<u8>>,
    job: &JobSummary<'static>,
    now: OffsetDateTime,
) -> Response<Vec<u8>> {
    let (parts, body) = request.clone().into_parts();
    let request = Request::from_parts(parts, body.as_slice());
    answer(&request, job, now).unwrap_or_else(|refusal| refusal.encode())
}

fn answer(
    request: &Request<&[u8]>,
    job: &JobSummary<'static>,
    now: OffsetDateTime,
) -> Result<Response<Vec<u8>>, Box<ServiceError>> {
    let refused = |error: RequestError| Box::new(error.to_service_error());
    let key_of = |id: &str, _token: Option<&str>| {
        SecretKey::new("SECRETEXAMPLE").ok().filter(|_| id == "AKIDEXAMPLE")
    };
    verify(request, key_of, &VerifyPolicy::default(), now)
        .map_err(|error| Box::new(error.to_service_error()))?;
    let asked = AnyRequest::decode(request, &Limits::default());
    let page = match asked.map_err(refused)? {
        AnyRequest::ListJobs(_) => ListJobsResult::new(vec![job.clone()]),
        _ => return Err(refused(RequestError::NoSuchCall)),
    };
    ListJobs::encode_response(&page).map_err(|_| refused(RequestError::NoSuchCall))
}
