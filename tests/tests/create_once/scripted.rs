//! A scripted world for `CreateOnce`, and the replies that its scripts are made of

use cos_batch::time::Duration;
use cos_batch::{
    CreateJob, CreateJobResult, CreateOnce, DescribeJob, DescribeJobResult, Job, JobOperation,
    JobStatus, JobSummary, ListJobs, ListJobsResult, Lost, Operation, OperationName, Priority,
    Retry,
};
use cos_batch_testkit::world::World;

use super::{create, endpoint};

pub fn once() -> CreateOnce {
    CreateOnce::new(endpoint(), create(), World::new().now, Retry::new(7))
}

/// A machine that tries once, until so many seconds from now.
pub fn until(seconds: i64) -> CreateOnce {
    let mut retry = Retry::new(7);
    retry.attempts = 1;
    retry.deadline = Some(World::new().now + Duration::seconds(seconds));
    CreateOnce::new(endpoint(), create(), World::new().now, retry)
}

/// A world in which the first attempt is lost after sending, and the second is refused.
pub fn duplicate() -> World {
    World::new().lost(Lost::AfterSending).reply(400, &[], refusal("InvalidRequest"))
}

pub fn refusal(code: &str) -> String {
    format!("<Error><Code>{code}</Code></Error>")
}

pub fn created() -> Vec<u8> {
    CreateJob::encode_response(&CreateJobResult::new("a".parse().unwrap())).unwrap().into_body()
}

/// A job like ours.
pub fn like_ours(id: &str) -> JobSummary<'static> {
    let (operation, now) = (OperationName::CosDeleteObject, World::new().now);
    let id = id.to_owned().try_into().unwrap();
    let mut job = JobSummary::new(id, operation, Priority::MAX, JobStatus::New, now);
    job.description = Some("tidy up".into());
    job
}

pub fn page(jobs: Vec<JobSummary<'static>>) -> Vec<u8> {
    ListJobs::encode_response(&ListJobsResult::new(jobs)).unwrap().into_body()
}

/// A page that is not the last.
pub fn page_before(jobs: Vec<JobSummary<'static>>) -> Vec<u8> {
    let mut page = ListJobsResult::new(jobs);
    page.next_token = Some("a".parse().unwrap());
    ListJobs::encode_response(&page).unwrap().into_body()
}

pub fn described(id: &'static str, token: Option<&'static str>) -> Vec<u8> {
    let (id, now) = (id.parse().unwrap(), World::new().now);
    let mut job = Job::new(id, JobOperation::DeleteObject, Priority::MAX, JobStatus::New, now);
    job.client_request_token = token.map(|token| token.parse().unwrap());
    DescribeJob::encode_response(&DescribeJobResult::new(job)).unwrap().into_body()
}
