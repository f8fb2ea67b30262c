//! Machines that take more than one call: a watch, and a job that is created once

use std::time::Duration;

use cos_batch::time::OffsetDateTime;
use cos_batch::{
    Creation, DescribeJob, DescribeJobResult, Error, Job, JobId, JobOperation, JobStatus,
    JobSummary, ListJobs, ListJobsResult, Operation, OperationName, Priority, ReplyError,
};
use cos_batch_testkit::peer::{Peer, Script};

use crate::support::{TOKEN, bounded, client, create, failure, peer};

fn id(text: &str) -> JobId<'static> {
    text.parse().expect("an id")
}

/// The answer of DescribeJob for a job that shows our token.
pub(crate) fn described(job_id: &str, status: &str) -> Vec<u8> {
    let status = status.parse().expect("a status");
    let now = OffsetDateTime::now_utc();
    let mut job = Job::new(id(job_id), JobOperation::DeleteObject, Priority::MIN, status, now);
    job.client_request_token = Some(TOKEN.parse().expect("a token"));
    DescribeJob::encode_response(&DescribeJobResult::new(job)).expect("a reply").into_body()
}

/// A page of jobs that were created now.
pub(crate) fn listed(job_ids: &[&str]) -> Vec<u8> {
    let now = OffsetDateTime::now_utc();
    let jobs = job_ids.iter().map(|job_id| {
        let operation = OperationName::CosDeleteObject;
        JobSummary::new(id(job_id), operation, Priority::MIN, JobStatus::New, now)
    });
    ListJobs::encode_response(&ListJobsResult::new(jobs.collect())).expect("a reply").into_body()
}

/// The methods and paths of all requests.
fn lines(peer: &Peer) -> Vec<String> {
    let requests = peer.requests();
    let lines = requests.iter().map(|request| {
        let request = String::from_utf8_lossy(request);
        let line = request.lines().next().expect("a request line");
        let target = line.trim_end_matches(" HTTP/1.1");
        target.split('?').next().unwrap_or_default().to_owned()
    });
    lines.collect()
}

fn soon() -> OffsetDateTime {
    OffsetDateTime::now_utc() + Duration::from_secs(40)
}

const QUICK: Duration = Duration::from_millis(2);

#[test]
fn a_watch_goes_to_the_end_of_its_job() {
    bounded(|| {
        let script = Script::new()
            .answer("200 OK", described("job-1", "Active"))
            .answer("503 Slow Down", "")
            .answer("200 OK", described("job-1", "Active"))
            .answer("200 OK", described("job-1", "Complete"));
        let peer = peer([script]);
        let watch = client(&peer).watch(id("job-1"), soon()).with_intervals(QUICK, QUICK);
        let seen: Vec<_> = watch.map(|answer| answer.expect("an answer").job.status).collect();
        assert_eq!(seen, [JobStatus::Active, JobStatus::Active, JobStatus::Complete]);
        assert_eq!(lines(&peer), ["GET /jobs/job-1"; 4]);
    });
}

#[test]
fn a_watch_ends_where_a_person_is_waited_for_if_asked() {
    bounded(|| {
        let peer = peer([Script::new().answer("200 OK", described("job-1", "Suspended"))]);
        let watch = client(&peer).watch(id("job-1"), soon()).until_suspended();
        let answers: Vec<_> = watch.collect();
        assert!(matches!(&answers[..], [Ok(_)]), "{answers:?}");
        assert_eq!(peer.requests().len(), 1);
    });
}

#[test]
fn a_watch_over_no_job_ends_in_that() {
    bounded(|| {
        let gone = "<Error><Code>NoSuchJob</Code></Error>";
        let peer = peer([Script::new().answer("404 Not Found", gone)]);
        let mut watch = client(&peer).watch(id("job-1"), soon());
        let failed = failure(watch.next().expect("an end"));
        assert!(matches!(failed.error, Error::Reply(ReplyError::Service(_))), "{failed:?}");
        assert!(watch.next().is_none());
        assert_eq!(peer.requests().len(), 1);
    });
}

#[test]
fn a_watch_is_over_at_its_deadline() {
    bounded(|| {
        let active = || described("job-1", "Active");
        let script = (0..1000).fold(Script::new(), |script, _| script.answer("200 OK", active()));
        let peer = peer([script]);
        let deadline = OffsetDateTime::now_utc() + Duration::from_millis(400);
        let rest = Duration::from_millis(20);
        let mut watch = client(&peer).watch(id("job-1"), deadline).with_intervals(rest, rest);
        let mut answers: Vec<_> = watch.by_ref().collect();
        let last = watch.last_answer().expect("an answer");
        assert_eq!(last.job.status, JobStatus::Active);
        let failed = failure(answers.pop().expect("an end"));
        assert!(matches!(failed.error, Error::DeadlinePassed { .. }), "{failed:?}");
        assert!(!answers.is_empty() && answers.iter().all(Result::is_ok), "{answers:?}");
    });
}

#[test]
fn a_job_is_created_with_one_request_where_nothing_goes_wrong() {
    bounded(|| {
        let created = "<CreateJobResult><JobId>job-1</JobId></CreateJobResult>";
        let peer = peer([Script::new().answer("200 OK", created)]);
        let creation = client(&peer).create_once(create()).expect("an end");
        assert_eq!(creation, Creation::Created(id("job-1")));
        assert_eq!(lines(&peer), ["POST /jobs"]);
    });
}

#[test]
fn a_job_whose_answer_was_lost_is_found() {
    bounded(|| {
        // The service has created it, and the network breaks: before the answer, in it, in time.
        let known = "<Error><Code>InvalidRequest</Code></Error>";
        let half = "HTTP/1.1 200 OK\r\nContent-Length: 70\r\n\r\n<CreateJobResult><JobId>jo";
        for lost in [
            Script::new().request().reset(),
            Script::new().request(),
            Script::new().request().write(half),
            Script::new().request().write("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"),
        ] {
            let found = Script::new()
                .answer("400 Bad Request", known)
                .answer("200 OK", listed(&["stranger", "job-1"]))
                .answer("200 OK", described("stranger", "New").replaced(TOKEN, "another"))
                .answer("200 OK", described("job-1", "New"));
            let peer = peer([lost, found]);
            let creation = client(&peer).create_once(create()).expect("an end");
            assert_eq!(creation, Creation::Created(id("job-1")));
            let expected = ["POST /jobs", "POST /jobs", "GET /jobs", "GET /jobs/stranger"];
            assert_eq!(lines(&peer)[..4], expected);
            // Both attempts carry the one token.
            let tokens = peer.requests().iter().filter(|sent| contains(sent, TOKEN)).count();
            assert_eq!(tokens, 2);
        }
    });
}

#[test]
fn a_job_that_nobody_can_settle_in_time_is_unknown() {
    bounded(|| {
        let lost = || Script::new().request().reset();
        let nothing = Script::new().answer("200 OK", listed(&[]));
        let peer = peer([lost(), lost(), lost(), nothing]);
        let client = client(&peer);
        let mut retry = client.retry().clone();
        retry.deadline = Some(soon());
        let creation = client.with_retry(retry).create_once(create()).expect("an end");
        assert_eq!(creation, Creation::Unknown { candidates: Vec::new() });
        assert_eq!(lines(&peer), ["POST /jobs", "POST /jobs", "POST /jobs", "GET /jobs"]);
    });
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

trait Replaced {
    /// The same with another text in place of one that it has.
    fn replaced(self, from: &str, to: &str) -> Self;
}

impl Replaced for Vec<u8> {
    fn replaced(self, from: &str, to: &str) -> Self {
        let text = String::from_utf8(self).expect("UTF-8");
        assert!(text.contains(from));
        text.replace(from, to).into_bytes()
    }
}
