//! What the tests of all adapters share

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use cos_batch::drive::Failed;
use cos_batch::http::{Method, Request, Response};
use cos_batch::text::Query;
use cos_batch::{
    BuildError, CreateJob, Credentials, Endpoint, Error, JobId, JobOperation, JobSummary, Limits,
    ListJobs, ListJobsResult, Lost, Manifest, ManifestField, ManifestLocation, Operation, Repeat,
    ReplyError, Report, ReportScope, RequestError, Signer, XmlErrorKind,
};
use cos_batch_adapter::{SendError, SendErrorKind};
use cos_batch_testkit::corpus::{self, Content, Layout};
use cos_batch_testkit::peer::{Peer, Script};

use crate::support::Client;

/// What no test may take.
const LONGEST: Duration = Duration::from_secs(60);

/// Runs a test that must end.
pub(crate) fn bounded(test: impl FnOnce() + Send + 'static) {
    let (done, ended) = mpsc::channel();
    let running = thread::spawn(move || {
        test();
        done.send(()).ok();
    });
    match ended.recv_timeout(LONGEST) {
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("not over after {LONGEST:?}"),
        Ok(()) | Err(mpsc::RecvTimeoutError::Disconnected) => {
            if let Err(panic) = running.join() {
                std::panic::resume_unwind(panic);
            }
        }
    }
}

pub(crate) fn peer(scripts: impl IntoIterator<Item = Script>) -> Peer {
    Peer::start(scripts).expect("a free port")
}

pub(crate) fn endpoint(scheme: &str, authority: impl ToString) -> Endpoint {
    let app_id = "1250000000".parse().expect("an APPID");
    Endpoint::custom(scheme, &authority.to_string(), app_id).expect("an endpoint")
}

pub(crate) fn signer(secret_id: &str) -> Signer {
    Signer::new(Credentials::new(secret_id, "SECRETEXAMPLE").expect("credentials"))
}

/// The kind of an error that is one of the document.
pub(crate) fn xml(error: &Error) -> &XmlErrorKind {
    match error {
        Error::Reply(ReplyError::Xml(error)) => error.kind(),
        other => panic!("{other:?}"),
    }
}

/// The class of a loss, its kind, and what a person reads.
pub(crate) fn loss(client: &Client) -> (Lost, SendErrorKind, String) {
    let failed = failure(list(client));
    let Error::Lost(lost) = failed.error else { panic!("{failed:?}") };
    let cause = failed.cause.clone().expect("a cause");
    let shown = format!("{failed} {failed:?} {cause:?}");
    for secret in ["SECRETEXAMPLE", "q-signature", "AKIDEXAMPLE"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    (lost, cause.kind(), failed.to_string())
}

/// A client that tries three times in quick succession.
pub(crate) fn client_of(endpoint: Endpoint) -> Client {
    let client = Client::new(endpoint, signer("AKIDEXAMPLE"));
    let mut retry = client.retry().clone();
    retry.base = Duration::from_millis(2);
    client.with_retry(retry).with_timeout(Duration::from_secs(20))
}

pub(crate) fn client(peer: &Peer) -> Client {
    client_of(endpoint("http", peer.address()))
}

pub(crate) fn list(client: &Client) -> Result<ListJobsResult<'static>, Failed<SendError>> {
    client.call(ListJobs::new())
}

pub(crate) fn failure<T: std::fmt::Debug>(
    result: Result<T, Failed<SendError>>,
) -> Failed<SendError> {
    result.expect_err("a failure")
}

/// Waits for something that must become true.
pub(crate) fn wait_for(what: &str, check: impl Fn() -> bool) {
    let start = Instant::now();
    while !check() {
        assert!(start.elapsed() < LONGEST / 2, "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// A page of two jobs, different for each seed, with the token after it.
pub(crate) fn page(seed: u64, next_token: Option<&str>) -> Vec<u8> {
    let bytes = corpus::page(seed, 2, Layout::Compact, Content::Plain);
    let reply = Response::new(bytes.as_slice());
    let mut page = ListJobs::decode_response(&reply, &Limits::default()).expect("a page");
    page.next_token = next_token.map(|token| token.parse().expect("a token"));
    ListJobs::encode_response(&page).expect("a reply").into_body()
}

pub(crate) fn ids(jobs: &[JobSummary<'_>]) -> Vec<String> {
    jobs.iter().map(|job| job.job_id.to_string()).collect()
}

/// A call without a body but with a length, as the updates have.
#[derive(Debug)]
pub(crate) struct Touch;

impl Operation for Touch {
    const NAME: &'static str = "Touch";
    const REPEAT: Repeat = Repeat::Safe;
    type Output<'a> = Option<JobId<'a>>;

    fn encode_request(&self, endpoint: &Endpoint) -> Result<Request<Vec<u8>>, BuildError> {
        let mut query = Query::default();
        query.push("note", "a b+c");
        let mut request = endpoint.request(Method::POST, "/jobs/7%2F8/touch", &query)?;
        request.headers_mut().insert("content-length", 0.into());
        Ok(request)
    }

    fn decode_response<'a>(
        reply: &Response<&'a [u8]>,
        limits: &Limits,
    ) -> Result<Option<JobId<'a>>, ReplyError> {
        cos_batch::op::decode_reply(reply, limits, "Touched", |reader| {
            while reader.child()?.is_some() {
                reader.skip()?;
            }
            Ok(None)
        })
    }

    fn decode_request(_: &Request<&[u8]>, _: &Limits) -> Result<Self, RequestError> {
        Ok(Self)
    }

    fn encode_response(_: &Option<JobId<'_>>) -> Result<Response<Vec<u8>>, BuildError> {
        Ok(cos_batch::op::xml_response(b"<Touched/>".to_vec()))
    }
}

/// The token of [`create`].
pub(crate) const TOKEN: &str = "184ce261-18af-5e3d-3e30-253723cfd937";

/// A job to be created.
pub(crate) fn create() -> CreateJob {
    let bucket = "qcs::cos:ap-chengdu:uid/1250000000:src-1250000000";
    let list = format!("{bucket}/list.csv").parse().expect("a resource");
    CreateJob::new(
        TOKEN.parse().expect("a token"),
        Manifest::csv(
            ManifestLocation::new(list, "15150651"),
            [ManifestField::Bucket, ManifestField::Key],
        ),
        JobOperation::DeleteObject,
        "10".parse().expect("a priority"),
        Report::new(bucket.parse().expect("a resource"), ReportScope::AllTasks),
        "qcs::cam::uin/100000000001:roleName/COS_Batch_QcsRole".parse().expect("a role"),
    )
}
