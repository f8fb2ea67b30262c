//! What is measured: the same pages and the same call in every harness

use cos_batch::http::{Request, Response};
use cos_batch::op::decode_reply;
use cos_batch::time::OffsetDateTime;
use cos_batch::{
    Credentials, Endpoint, JobStatus, Limits, ListJobs, ListJobsResult, Operation, Signer,
    SigningKey,
};
use cos_batch_testkit::corpus::{Content, Layout, page};

/// The pages, by name: how they are laid out and what they hold.
pub const PAGES: [(&str, Layout, Content); 4] = [
    ("tabs-mixed", Layout::Tabs, Content::Mixed),
    ("compact-plain", Layout::Compact, Content::Plain),
    ("tabs-plain", Layout::Tabs, Content::Plain),
    ("compact-mixed", Layout::Compact, Content::Mixed),
];

/// A page of `jobs` jobs, always the same.
pub fn page_of(jobs: usize, layout: Layout, content: Content) -> Vec<u8> {
    page(7, jobs, layout, content)
}

/// Different pages of `jobs` jobs each, `all_jobs` together, always the same.
pub fn pages_of(jobs: usize, all_jobs: usize, layout: Layout, content: Content) -> Vec<Vec<u8>> {
    (1..).map(|seed| page(seed, jobs, layout, content)).take(all_jobs.div_ceil(jobs)).collect()
}

/// Reads a page as `ListJobs` does, and panics where it cannot.
pub fn read(page: &[u8]) -> ListJobsResult<'_> {
    ListJobs::decode_response(&Response::new(page), &Limits::bytes(usize::MAX)).unwrap()
}

/// Reads a page with the reader alone.
pub fn read_by_reader(page: &[u8]) -> ListJobsResult<'_> {
    let reply = Response::new(page);
    let limits = Limits::bytes(usize::MAX);
    decode_reply(&reply, &limits, "ListJobsResult", ListJobsResult::decode).unwrap()
}

/// A ListJobs with three parameters, and who signs it.
pub struct Call {
    pub endpoint: Endpoint,
    pub list: ListJobs,
    pub signer: Signer,
    pub key: SigningKey,
    pub now: OffsetDateTime,
}

impl Call {
    pub const SECRET_ID: &str = "AKIDQjz3ltompVjBni5LitkWHFlFpwkn9U5q";
    pub const SECRET_KEY: &str = "BQYIM75p8x0iWVFSIgqEKwFprpRSVHlz";

    #[expect(clippy::new_without_default, reason = "it is not the default of anything")]
    pub fn new() -> Self {
        let now = OffsetDateTime::from_unix_timestamp(1_557_902_860).unwrap();
        let credentials = Credentials::new(Self::SECRET_ID, Self::SECRET_KEY).unwrap();
        let signer = Signer::new(credentials);
        let mut list = ListJobs::new();
        list.job_statuses.push(JobStatus::Suspended);
        list.max_results = Some("2".parse().unwrap());
        list.next_token = Some("066d919e-49b9-429e-b844-e17ea7b16421".parse().unwrap());
        Self {
            endpoint: Endpoint::new(
                &"100000000001".parse().unwrap(),
                &"ap-chengdu".parse().unwrap(),
                "1250000000".parse().unwrap(),
            ),
            list,
            key: signer.key(now),
            signer,
            now,
        }
    }

    /// The request, not signed.
    pub fn build(&self) -> Request<Vec<u8>> {
        self.list.encode_request(&self.endpoint).unwrap()
    }
}
