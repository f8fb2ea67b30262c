//! The six calls: what they answer, what they refuse, what the settings change

use cos_batch::http::{Request, StatusCode};
use cos_batch::time::Duration;
use cos_batch::{
    CreateJob, DeleteJob, DescribeJob, Endpoint, ErrorCode, JobId, JobOperation, JobStatus,
    ListJobs, ManifestField, ManifestFormat, Operation, OperationName, ReportFormat, ReportScope,
    RequestedJobStatus, ServiceError, UpdateJobPriority, UpdateJobStatus,
};
use cos_batch_emulator::{Engine, Settings, sample_jobs};
use cos_batch_testkit::strategies;
use proptest::prelude::*;

use crate::stage::*;
use crate::support::*;

const XML: (&str, &str) = ("content-type", "application/xml");

/// What an engine with a suspended job `s`, and a complete one `c`, says to a signed request.
fn signed(method: &str, target: &str, body: &str) -> Result<StatusCode, Box<ServiceError>> {
    signed_to(&mut two_jobs(Settings::default()), method, target, body)
}

fn two_jobs(settings: Settings) -> Engine {
    let mut engine = engine(settings, Vec::new());
    for (id, status) in [("s", JobStatus::Suspended), ("c", JobStatus::Complete)] {
        let mut job =
            sample_jobs(at(START), 48).into_iter().find(|job| job.status == status).unwrap();
        job.job_id = id.parse().unwrap();
        job.client_request_token = Some(format!("token of {id}").parse().unwrap());
        engine.add_job(job);
    }
    engine
}

fn signed_to(
    engine: &mut Engine,
    method: &str,
    target: &str,
    body: &str,
) -> Result<StatusCode, Box<ServiceError>> {
    let mut request = wire(method, target, &[HOST, APPID, XML]).map(|_| body.as_bytes());
    signer().sign(&mut request, at(START)).unwrap();
    let reply = engine.handle(&request, at(START));
    if reply.status().is_success() { Ok(reply.status()) } else { Err(page(&reply).unwrap_err()) }
}

#[track_caller]
fn refused_as(answer: Result<StatusCode, Box<ServiceError>>, status: u16, code: ErrorCode) {
    let error = answer.expect_err("a refusal");
    assert_eq!((error.status.as_u16(), &error.code), (status, &code), "{error}");
    assert!(error.message.is_some() && error.request_id.is_some() && error.trace_id.is_some());
}

fn body(change: impl FnOnce(&mut CreateJob)) -> String {
    let mut create = create("token");
    change(&mut create);
    String::from_utf8(create.to_xml().unwrap()).unwrap()
}

#[test]
fn a_job_is_created_described_and_listed() {
    let mut stage = Stage::new(Settings::default());
    let mut create = waiting("184ce261-18af-5e3d-3e30-253723cfd937");
    create.description = Some("copy & <paste> \"中\"".into());
    let job_id = stage.create(&create);
    let id = job_id.as_str();
    assert_eq!(id.len(), 36);
    assert!(id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-')), "{id}");

    let job = stage.job(&job_id);
    assert_eq!(job.client_request_token.as_ref(), Some(&create.client_request_token));
    assert_eq!(job.confirmation_required, Some(true));
    assert_eq!(job.creation_time, at(START));
    assert_eq!((&job.description, job.priority), (&create.description, create.priority));
    assert_eq!(
        (job.manifest.as_ref(), &job.operation),
        (Some(&create.manifest), &create.operation)
    );
    assert_eq!(
        (job.report.as_ref(), job.role_arn.as_ref()),
        (Some(&create.report), Some(&create.role_arn))
    );
    assert_eq!((job.status, job.termination_date), (JobStatus::New, None));

    let page = list(&mut stage.engine, &ListJobs::new(), at(START));
    let [listed] = &page.jobs[..] else { panic!("{page:?}") };
    assert_eq!((&listed.job_id, &listed.description), (&job_id, &create.description));
    assert_eq!(listed.operation, OperationName::CosDeleteObject);
}

proptest! {
    /// What is not on a list of the docs is refused; all else is kept as it was given.
    #[test]
    fn what_is_created_is_what_is_described(create in strategies::create_job()) {
        let mut stage = Stage::new(Settings::default());
        let spec = &create.manifest.spec;
        let is_documented = !matches!(create.operation, JobOperation::Other(_))
            && !matches!(spec.format, ManifestFormat::Other(_))
            && !spec.fields.iter().any(|field| matches!(field, ManifestField::Other(_)))
            && !matches!(create.report.format, Some(ReportFormat::Other(_)))
            && !matches!(create.report.report_scope, Some(ReportScope::Other(_)));
        match stage.ask(&create) {
            Ok(created) => {
                prop_assert!(is_documented);
                let job = stage.job(&created.job_id);
                prop_assert_eq!(job.manifest, Some(create.manifest));
                prop_assert_eq!(job.operation, create.operation);
                prop_assert_eq!(job.report, Some(create.report));
                prop_assert_eq!(job.role_arn, Some(create.role_arn));
                prop_assert_eq!(job.description, create.description);
                prop_assert_eq!(job.priority, create.priority);
                prop_assert_eq!(job.client_request_token, Some(create.client_request_token));
            }
            Err(error) => {
                prop_assert!(!is_documented, "{}", error);
                prop_assert_eq!(error.code, ErrorCode::MalformedXml);
            }
        }
    }
}

#[test]
fn each_documented_error_of_a_creation() {
    let good = body(|_| {});
    assert_eq!(signed("POST", "/jobs", &good), Ok(StatusCode::OK));
    refused_as(signed("POST", "/jobs", ""), 400, ErrorCode::InvalidRequest);
    for (part, by, code) in [
        ("<Priority>10", "<Priority>-1", ErrorCode::InvalidArgument),
        ("<Priority>10", "<Priority>2147483648", ErrorCode::InvalidArgument),
        ("<Priority>10", "<Priority>high", ErrorCode::InvalidArgument),
        ("<Priority>10</Priority>", "<Priority/>", ErrorCode::InvalidArgument),
        ("<Priority>10</Priority>", "", ErrorCode::InvalidArgument),
        ("<ClientRequestToken>token", "<ClientRequestToken>", ErrorCode::InvalidArgument),
        (":roleName/", ":", ErrorCode::InvalidArgument),
        ("<Enabled>true", "<Enabled>maybe", ErrorCode::MalformedXml),
        ("<Format>Report_CSV_V1", "<Format>Report_CSV_V2", ErrorCode::MalformedXml),
        ("AllTasks", "SomeTasks", ErrorCode::MalformedXml),
        ("<Format>COSBatch", "<Format>S3Batch", ErrorCode::MalformedXml),
        ("<member>Key", "<member>Size", ErrorCode::MalformedXml),
        (
            "<member>Key</member>",
            "<member>Key</member><member>Size</member>",
            ErrorCode::MalformedXml,
        ),
        ("/list.csv", "", ErrorCode::MalformedXml),
        (
            "<COSDeleteObject>",
            "<COSDeleteObject></COSDeleteObject><COSDeleteObject>",
            ErrorCode::MalformedXml,
        ),
        ("<COSDeleteObject></COSDeleteObject>", "", ErrorCode::MalformedXml),
        ("<COSDeleteObject></COSDeleteObject>", "<COSLaunch></COSLaunch>", ErrorCode::MalformedXml),
        ("</CreateJobRequest>", "", ErrorCode::MalformedXml),
        ("CreateJobRequest", "CreateTaskRequest", ErrorCode::MalformedXml),
    ] {
        let bad = good.replace(part, by);
        assert_ne!(bad, good, "{part}");
        let mut engine = two_jobs(Settings::default());
        refused_as(signed_to(&mut engine, "POST", "/jobs", &bad), 400, code);
        // Nothing was created: the token is free.
        assert_eq!(signed_to(&mut engine, "POST", "/jobs", &good), Ok(StatusCode::OK));
    }
}

#[test]
fn a_token_is_used_once() {
    let mut stage = Stage::new(Settings::default());
    let job_id = stage.create(&create("token"));
    let error = stage.ask(&urgent("token", 5)).expect_err("used");
    assert_eq!((error.status.as_u16(), error.code), (400, ErrorCode::InvalidRequest));
    assert_ne!(stage.create(&create("another")), job_id);
    // Those of jobs that were found are used, too.
    let mut found = stage.job(&job_id);
    found.job_id = "found".parse().unwrap();
    found.client_request_token = Some("found".parse().unwrap());
    stage.engine.add_job(found);
    assert_eq!(stage.ask(&create("found")).unwrap_err().code, ErrorCode::InvalidRequest);
}

#[test]
fn the_token_of_a_deleted_job_stays_used_for_a_while() {
    for kept in [0, 1, 48 * 60 * 60] {
        let mut settings = Settings::default();
        assert_eq!(settings.token_kept.as_secs(), 48 * 60 * 60);
        settings.token_kept = std::time::Duration::from_secs(kept);
        let mut stage = Stage::new(settings);
        let job_id = stage.create(&create("token"));
        stage.request(&job_id, RequestedJobStatus::Cancelled).unwrap();
        stage.ask(&DeleteJob::new(job_id.clone())).unwrap();
        if kept > 0 {
            stage.now += Duration::seconds(kept.cast_signed()) - Duration::NANOSECOND;
            stage.engine.advance(stage.now);
            assert_eq!(stage.ask(&create("token")).unwrap_err().code, ErrorCode::InvalidRequest);
            stage.now += Duration::NANOSECOND;
            stage.engine.advance(stage.now);
        }
        let again = stage.create(&create("token"));
        assert_eq!(again == job_id, kept == 0, "an id follows from the token and the time");
    }
}

#[test]
fn ids_and_what_is_imagined_follow_from_the_seed() {
    let run = |seed| {
        let mut settings = Settings::default();
        settings.seed = seed;
        let mut stage = Stage::new(settings);
        let jobs = ["a", "b"].map(|token| stage.create(&create(token)));
        stage.until(&jobs[0], &JobStatus::Active);
        stage.now += Duration::MINUTE;
        stage.engine.advance(stage.now);
        jobs.map(|job_id| stage.job(&job_id))
    };
    let [first, second] = run(1);
    assert_eq!(run(1), [first.clone(), second.clone()]);
    assert_ne!(first.job_id, second.job_id);
    let [other, _] = run(2);
    assert_ne!(first.job_id, other.job_id);
    assert_ne!(first.progress_summary, other.progress_summary);
}

#[test]
fn there_may_be_a_limit_of_jobs() {
    let mut settings = Settings::default();
    assert_eq!(settings.job_limit, None);
    settings.job_limit = Some(2);
    let mut stage = Stage::new(settings);
    let first = stage.create(&create("1"));
    stage.create(&create("2"));
    let error = stage.ask(&create("3")).expect_err("one too many");
    assert_eq!((error.status.as_u16(), error.code), (500, ErrorCode::TooManyJobs));
    // One that has ended leaves its place.
    stage.request(&first, RequestedJobStatus::Cancelled).unwrap();
    stage.create(&create("3"));
    assert_eq!(stage.ask(&create("4")).unwrap_err().code, ErrorCode::TooManyJobs);
}

#[test]
fn a_body_has_a_limit_and_may_have_to_have_a_digest() {
    let good = body(|_| {});
    let mut settings = Settings::default();
    assert_eq!(settings.body_limit, 1024 * 1024);
    settings.body_limit = good.len();
    let mut engine = two_jobs(settings.clone());
    let larger = format!("{good} ");
    refused_as(signed_to(&mut engine, "POST", "/jobs", &larger), 400, ErrorCode::XmlSizeLimit);
    refused_as(signed_to(&mut engine, "GET", "/jobs", &larger), 400, ErrorCode::XmlSizeLimit);
    assert_eq!(signed_to(&mut engine, "POST", "/jobs", &good), Ok(StatusCode::OK));

    settings.require_content_md5 = true;
    let mut engine = two_jobs(settings);
    refused_as(signed_to(&mut engine, "POST", "/jobs", &good), 400, ErrorCode::MissingContentMd5);
    let priority = "/jobs/s/priority?priority=1";
    assert_eq!(signed_to(&mut engine, "POST", priority, ""), Ok(StatusCode::OK));
    assert!(ask(&mut engine, &create("token"), at(START)).is_ok());
}

#[test]
fn a_digest_is_held_against_the_body() {
    let good = body(|_| {});
    for (digest, code) in [
        ("JNTKndU/iEWUhhCpdJZV6Q==", ErrorCode::BadDigest),
        ("JNTKndU/iEWUhhCpdJZV", ErrorCode::InvalidDigest),
        ("???", ErrorCode::InvalidDigest),
    ] {
        let headers = [HOST, APPID, XML, ("content-md5", digest)];
        let mut request: Request<&[u8]> = wire("POST", "/jobs", &headers).map(|_| good.as_bytes());
        signer().sign(&mut request, at(START)).unwrap();
        refused(&sample_engine().handle(&request, at(START)), 400, code);
    }
}

#[test]
fn a_job_is_named_by_a_legal_id() {
    let long = format!("/jobs/{}", "a".repeat(65));
    for (method, target) in [
        ("GET", "/jobs/"),
        ("DELETE", "/jobs/"),
        ("POST", "/jobs//priority?priority=1"),
        ("POST", "/jobs//status?requestedJobStatus=Ready"),
    ] {
        refused_as(signed(method, target, ""), 400, ErrorCode::InvalidRequest);
    }
    for (method, target) in
        [("GET", "/jobs/a%2Fb"), ("GET", "/jobs/.."), ("DELETE", "/jobs/a%00"), ("GET", &*long)]
    {
        refused_as(signed(method, target, ""), 400, ErrorCode::InvalidArgument);
    }
}

#[test]
fn a_job_that_is_not_there() {
    let id = || "nobody".parse::<JobId<'static>>().unwrap();
    let mut stage = Stage::new(Settings::default());
    let gone = |error: Box<ServiceError>| {
        assert_eq!((error.status.as_u16(), error.code), (404, ErrorCode::NoSuchJob));
    };
    gone(stage.ask(&DescribeJob::new(id())).unwrap_err());
    gone(stage.ask(&DeleteJob::new(id())).unwrap_err());
    gone(stage.ask(&UpdateJobPriority::new(id(), 1.try_into().unwrap())).unwrap_err());
    gone(stage.ask(&UpdateJobStatus::new(id(), RequestedJobStatus::Ready)).unwrap_err());
    gone(stage.ask(&UpdateJobStatus::new(id(), RequestedJobStatus::Cancelled)).unwrap_err());
}

#[test]
fn each_documented_error_of_another_priority() {
    refused_as(signed("POST", "/jobs/s/priority", ""), 400, ErrorCode::InvalidRequest);
    for value in ["", "-1", "2147483648", "1.5", "high", "1&priority=1"] {
        let target = format!("/jobs/s/priority?priority={value}");
        refused_as(signed("POST", &target, ""), 400, ErrorCode::InvalidArgument);
    }
    // What has ended is as good as gone, and says so in no other way.
    refused_as(signed("POST", "/jobs/c/priority?priority=1", ""), 404, ErrorCode::NoSuchJob);
    assert_eq!(signed("POST", "/jobs/s/priority?priority=2147483647", ""), Ok(StatusCode::OK));
}

#[test]
fn each_documented_error_of_another_status() {
    let status = |query: &str| signed("POST", &format!("/jobs/s/status?{query}"), "");
    for requested in
        ["", "requestedJobStatus=", "requestedJobStatus=Active", "requestedJobStatus=ready"]
    {
        refused_as(status(requested), 400, ErrorCode::InvalidArgument);
    }
    let long = "a".repeat(257);
    for reason in [&*long, "a&statusUpdateReason=b", "%FF"] {
        let query = format!("requestedJobStatus=Ready&statusUpdateReason={reason}");
        refused_as(status(&query), 400, ErrorCode::InvalidArgument);
    }
    let ended = "/jobs/c/status?requestedJobStatus=Cancelled";
    refused_as(signed("POST", ended, ""), 400, ErrorCode::InvalidRequest);

    let mut settings = Settings::default();
    assert!(!settings.ended_is_gone);
    settings.ended_is_gone = true;
    refused_as(signed_to(&mut two_jobs(settings), "POST", ended, ""), 404, ErrorCode::NoSuchJob);
}

/// It could never be shown: a document would be no XML.
#[test]
fn a_reason_that_xml_cannot_carry_is_refused() {
    let status = |reason: &str| {
        let query = format!("requestedJobStatus=Ready&statusUpdateReason={reason}");
        signed("POST", &format!("/jobs/s/status?{query}"), "")
    };
    for reason in ["%00", "bell%07", "%1B%5B2J", "%EF%BF%BF"] {
        refused_as(status(reason), 400, ErrorCode::InvalidArgument);
    }
    for reason in ["", "%09%0A%0D", "%C2%85", "&%E4%B8%AD"] {
        assert_eq!(status(reason), Ok(StatusCode::OK), "{reason}");
    }
}

#[test]
fn a_job_that_has_ended_or_waits_for_confirmation_can_be_deleted() {
    for delete_running in [false, true] {
        for job in sample_jobs(at(START), 13) {
            let mut settings = Settings::default();
            assert!(!settings.delete_running);
            settings.delete_running = delete_running;
            let mut engine = engine(settings, vec![job.clone()]);
            let may_go =
                delete_running || job.status.is_terminal() || job.status == JobStatus::Suspended;
            let deleted = ask(&mut engine, &DeleteJob::new(job.job_id.clone()), at(START));
            let described = ask(&mut engine, &DescribeJob::new(job.job_id), at(START));
            if may_go {
                assert_eq!((deleted, described.unwrap_err().code), (Ok(()), ErrorCode::NoSuchJob));
                assert_eq!(list(&mut engine, &ListJobs::new(), at(START)).jobs.len(), 0);
            } else {
                let error = deleted.unwrap_err();
                assert_eq!((error.status.as_u16(), error.code), (400, ErrorCode::InvalidRequest));
                assert!(described.is_ok(), "{}", job.status);
            }
        }
    }
}

#[test]
fn the_token_need_not_be_shown() {
    for describe_token in [true, false] {
        let mut settings = Settings::default();
        assert!(settings.describe_token);
        settings.describe_token = describe_token;
        let mut stage = Stage::new(settings);
        let job_id = stage.create(&create("token"));
        assert_eq!(stage.job(&job_id).client_request_token.is_some(), describe_token);
        // It is used all the same.
        assert!(stage.ask(&create("token")).is_err());
    }
}

#[test]
fn jobs_may_be_those_of_one_appid() {
    for by_app_id in [false, true] {
        let mut settings = Settings::default();
        assert!(!settings.by_app_id);
        settings.by_app_id = by_app_id;
        let mut engine = engine(settings, sample_jobs(at(START), 1));
        let mut ask_as = |app_id: &str, call: &CreateJob| {
            let endpoint = Endpoint::custom("http", "127.0.0.1:9000", app_id.parse().unwrap());
            let mut request = call.encode_request(&endpoint.unwrap()).unwrap();
            signer().sign(&mut request, at(START)).unwrap();
            let (parts, body) = request.into_parts();
            decoded::<CreateJob>(&engine.handle(&Request::from_parts(parts, &body), at(START)))
        };
        let theirs = ask_as("1250000001", &create("token")).unwrap().job_id;
        // A token is unique among those that see each other.
        assert_eq!(ask_as("1250000000", &create("token")).is_ok(), by_app_id);
        assert!(ask_as("1250000001", &create("token")).is_err());

        // Jobs that nobody created are everybody's.
        let page = list(&mut engine, &ListJobs::new(), at(START));
        assert_eq!(page.jobs.len(), 2);
        assert_eq!(ids(&page).contains(&theirs.to_string()), !by_app_id);
        let described = ask(&mut engine, &DescribeJob::new(theirs.clone()), at(START));
        let cancel = UpdateJobStatus::new(theirs.clone(), RequestedJobStatus::Cancelled);
        let cancelled = ask(&mut engine, &cancel, at(START));
        let deleted = ask(&mut engine, &DeleteJob::new(theirs), at(START));
        let seen = [described.is_ok(), cancelled.is_ok(), deleted.is_ok()];
        assert_eq!(seen, [!by_app_id; 3]);
        if by_app_id {
            assert_eq!(deleted.unwrap_err().code, ErrorCode::NoSuchJob);
        }
    }
}

#[test]
fn a_job_is_forgotten_long_after_its_end() {
    let mut stage = Stage::new(Settings::default());
    assert_eq!(stage.settings.kept_for.as_secs(), 90 * 24 * 60 * 60);
    let job_id = stage.create(&create("token"));
    stage.request(&job_id, RequestedJobStatus::Cancelled).unwrap();
    stage.now += Duration::days(90) - Duration::SECOND;
    stage.engine.advance(stage.now);
    assert_eq!(stage.status(&job_id), JobStatus::Cancelled);
    stage.now += Duration::SECOND;
    assert_eq!(stage.engine.next_event(), Some(stage.now));
    stage.engine.advance(stage.now);
    assert!(stage.ask(&DescribeJob::new(job_id)).is_err());

    stage.settings.kept_for = std::time::Duration::MAX;
    let mut stage = Stage::new(stage.settings);
    let job_id = stage.create(&create("token"));
    stage.request(&job_id, RequestedJobStatus::Cancelled).unwrap();
    assert_eq!(stage.engine.next_event(), None);
    stage.now += Duration::days(100_000);
    stage.engine.advance(stage.now);
    assert_eq!(stage.status(&job_id), JobStatus::Cancelled);
}

/// The jobs' clock may be another than that of whoever signs.
#[test]
fn a_signature_is_judged_by_its_own_clock() {
    let mut engine = engine(Settings::default(), Vec::new());
    let request = signed_get("/jobs", at(START));
    let far = at(START) + Duration::days(5000);
    let reply = engine.handle_signed(&request, at(START), far);
    assert_eq!(
        (reply.status(), header(reply.headers(), "date")),
        (StatusCode::OK, "Wed, 15 May 2019 06:46:40 GMT")
    );
    refused(&engine.handle_signed(&request, far, at(START)), 403, ErrorCode::AccessDenied);

    let mut request = create("token").encode_request(&endpoint()).unwrap();
    signer().sign(&mut request, at(START)).unwrap();
    let (parts, body) = request.into_parts();
    let request = Request::from_parts(parts, body.as_slice());
    let reply = engine.handle_signed(&request, at(START), far);
    let job_id = decoded::<CreateJob>(&reply).unwrap().job_id;
    let job = ask(&mut engine, &DescribeJob::new(job_id), at(START)).unwrap().job;
    assert_eq!(job.creation_time, far);
}
