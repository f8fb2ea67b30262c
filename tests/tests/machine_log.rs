//! What the machines do, step by step, as logs of a scripted world

#[path = "machine_log/conditions.rs"]
mod conditions;
#[path = "machine_log/exchange.rs"]
mod exchange;
#[path = "machine_log/outcome.rs"]
mod outcome;
#[path = "machine_log/pages.rs"]
mod pages;

use cos_batch::time::OffsetDateTime;
use cos_batch::{
    Endpoint, Exchange, JobSummary, ListJobs, ListJobsResult, Operation, OperationName, Pages,
    Priority, Retry,
};

fn endpoint() -> Endpoint {
    Endpoint::custom("http", "127.0.0.1:9000", "1250000000".parse().unwrap()).unwrap()
}

fn exchange() -> Exchange<ListJobs> {
    Exchange::new(endpoint(), ListJobs::new(), Retry::new(7))
}

fn pages() -> Pages {
    Pages::new(endpoint(), ListJobs::new(), Retry::new(7))
}

/// A page of jobs that are `Active`, the last where `token` is empty.
fn page(ids: &[&str], token: &str) -> Vec<u8> {
    page_of(&ids.iter().map(|id| (*id, "Active")).collect::<Vec<_>>(), token)
}

/// A page of jobs, each with its status.
fn page_of(jobs: &[(&str, &str)], token: &str) -> Vec<u8> {
    let job = |(id, status): &(&str, &str)| {
        JobSummary::new(
            id.parse().unwrap(),
            OperationName::CosDeleteObject,
            Priority::MIN,
            status.parse().unwrap(),
            OffsetDateTime::UNIX_EPOCH,
        )
    };
    let mut page = ListJobsResult::new(jobs.iter().map(job).collect());
    page.next_token = (!token.is_empty()).then(|| token.parse().unwrap());
    ListJobs::encode_response(&page).unwrap().into_body()
}

fn refusal(code: &str) -> String {
    format!("<Error><Code>{code}</Code></Error>")
}
