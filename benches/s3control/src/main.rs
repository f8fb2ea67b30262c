//! A page of jobs as the AWS SDK for S3 Control reads it, whose pages have the same form: its whole
//! call but for the network, signed, without retries and timeouts
//!
//! `cargo run --release -- [ROUNDS]`: 51 rounds unless told. Prints tables in Markdown.

#[path = "../../compare/src/measure.rs"]
mod measure;

use aws_sdk_s3control::Client;
use aws_sdk_s3control::config::retry::RetryConfig;
use aws_sdk_s3control::config::timeout::TimeoutConfig;
use aws_sdk_s3control::config::{
    BehaviorVersion, Config, Credentials, IdentityCache, Region, StalledStreamProtectionConfig,
};
use aws_sdk_s3control::operation::list_jobs::ListJobsOutput;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::{Response, StatusCode};
use aws_smithy_types::body::SdkBody;
use cos_batch_benches::{PAGES, page_of, read, read_by_reader};

use measure::{Case, measure, table};

fn main() {
    let rounds = std::env::args().nth(1).map_or(51, |rounds| rounds.parse().expect("rounds"));
    for (name, layout, content) in PAGES {
        let page = page_of(1000, layout, content);
        let sdk = client(page.clone());
        let none = client(page_of(0, layout, content));
        agree(&page, &call(&sdk));
        assert!(call(&none).jobs().is_empty());
        let cases = [
            Case::new("plain page", || read(&page)),
            Case::new("reader", || read_by_reader(&page)),
            Case::new("aws-sdk-s3control, a whole call", || call(&sdk)),
            Case::new("aws-sdk-s3control, a page without jobs", || call(&none)),
        ];
        let title = format!("1000 jobs, {name}, {} bytes", page.len());
        table(&title, &measure(&cases, rounds), &["plain page", "reader"]);
    }
}

/// Both read the same jobs.
fn agree(page: &[u8], theirs: &ListJobsOutput) {
    let ours = read(page);
    assert_eq!(theirs.jobs().len(), ours.jobs.len());
    for (their, our) in theirs.jobs().iter().zip(&ours.jobs) {
        let progress = their.progress_summary().unwrap();
        let count = our.progress_summary.as_ref().unwrap().number_of_tasks_succeeded;
        assert_eq!(their.job_id(), Some(our.job_id.as_str()));
        assert_eq!(their.creation_time().unwrap().secs(), our.creation_time.unix_timestamp());
        assert_eq!(their.status().unwrap().as_str(), our.status.as_str());
        assert_eq!(their.priority() as u32, our.priority.value());
        assert_eq!(progress.number_of_tasks_succeeded(), Some(count as i64));
    }
}

fn call(client: &Client) -> ListJobsOutput {
    pollster::block_on(client.list_jobs().account_id("125000000000").send()).unwrap()
}

/// A client whose every request is answered with this page.
fn client(page: Vec<u8>) -> Client {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url("http://localhost")
        .credentials_provider(Credentials::new("AKIDEXAMPLE", "SECRETEXAMPLE", None, None, "bench"))
        .identity_cache(IdentityCache::no_cache())
        .retry_config(RetryConfig::disabled())
        .timeout_config(TimeoutConfig::disabled())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .http_client(Answering(page))
        .build();
    Client::from_conf(config)
}

/// Instead of a network.
#[derive(Clone, Debug)]
struct Answering(Vec<u8>);

impl HttpConnector for Answering {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        let body = SdkBody::from(self.0.as_slice());
        HttpConnectorFuture::ready(Ok(Response::new(StatusCode::try_from(200).unwrap(), body)))
    }
}

impl HttpClient for Answering {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
