//! Requests as they go over the wire, and the texts that requests and answers are made of

use cos_batch::serve::AnyRequest;
use cos_batch::{
    DeleteJob, DescribeJob, Endpoint, JobStatus, ListJobs, Priority, RequestedJobStatus,
    StatusForm, UpdateJobPriority, UpdateJobStatus,
};

use super::Seed;
use super::values::{self, must, parsed};
use crate::calls;

fn requests() -> Vec<(String, AnyRequest)> {
    let mut list = ListJobs::new();
    list.max_results = Some(parsed("1000"));
    list.next_token = Some(parsed("a b+c/中"));
    let mut requests = vec![
        ("list".to_owned(), AnyRequest::ListJobs(ListJobs::new())),
        ("list-page".to_owned(), AnyRequest::ListJobs(list)),
        ("describe".to_owned(), AnyRequest::DescribeJob(DescribeJob::new(parsed("a")))),
        ("delete".to_owned(), AnyRequest::DeleteJob(DeleteJob::new(parsed("a")))),
    ];
    for priority in [Priority::MIN, Priority::MAX] {
        let update = UpdateJobPriority::new(parsed("a"), priority);
        requests.push((format!("priority-{priority}"), AnyRequest::UpdateJobPriority(update)));
    }
    for status in RequestedJobStatus::LISTED {
        let mut update = UpdateJobStatus::new(parsed("a"), status.clone());
        update.status_update_reason = Some("because (中)".into());
        requests.push((format!("status-{status}"), AnyRequest::UpdateJobStatus(update)));
    }
    for form in [StatusForm::Repeated, StatusForm::Joined] {
        let mut list = ListJobs::new();
        (list.status_form, list.job_statuses) = (form, JobStatus::LISTED.into());
        requests.push((format!("list-{form:?}"), AnyRequest::ListJobs(list)));
    }
    for (name, operation) in values::operations() {
        let create = AnyRequest::CreateJob(Box::new(values::create(operation)));
        requests.push((format!("create-{name}"), create));
    }
    requests
}

/// Every call, unsigned: the oracle signs it.
pub(super) fn on_the_wire() -> Vec<Seed> {
    let endpoint = must(Endpoint::custom("http", "127.0.0.1:9000", parsed("1250000000")));
    let seed = |(name, any): (String, AnyRequest)| {
        let request = must(calls::encode(&any, &endpoint));
        let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
        let mut wire = format!("{} {target}\n", request.method()).into_bytes();
        for (name, value) in request.headers() {
            wire.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\n"].concat());
        }
        wire.push(b'\n');
        wire.extend_from_slice(request.body());
        Seed::new("server", &name, wire)
    };
    requests().into_iter().map(seed).collect()
}

/// What stands in the place of each text of a job that is created, its operation aside.
const JOB: &str = "qcs::cos:r::b-1/k|e|v|VersionId|qcs::cos:r::b-1|p|t";

/// Texts of requests, the call first, and texts of answers.
pub(super) fn texts() -> Vec<Seed> {
    const CALLS: &[(&str, &str)] = &[
        ("list", "ListJobs|"),
        ("list-repeated", "ListJobs|New;Active;Suspended|10|a b"),
        ("list-joined", "ListJobs|New,Active|1000|中+/%"),
        ("describe", "DescribeJob|53dc6228"),
        ("delete", "DeleteJob|53dc6228"),
        ("priority", "UpdateJobPriority|a|2147483647"),
        ("status-ready", "UpdateJobStatus|a|Ready|a reason"),
        ("status-cancelled", "UpdateJobStatus|a|Cancelled|中&=+ %"),
    ];
    const OPERATIONS: &[(&str, &str)] = &[
        ("delete", "COSDeleteObject"),
        ("restore", "COSInitiateRestoreObject|365|Standard"),
        ("other", "<A b='1'>&lt;<C/></A>"),
        ("tagging", "Replaced|k|v"),
        ("copy", "|qcs::cos:r::c-1|old/|new/|qcs::cam::uin/1:uin/2|n|a|b|c|d|e|k|v|t|w"),
    ];
    const PLACES: &[(&str, &str)] = &[
        ("", "1250000000|127.0.0.1:9000|AKID|KEY"),
        ("-region", "1|ap-chengdu|a/b|k|a token"),
        ("-least", "|||"),
    ];
    let mut seeds = Vec::new();
    for (place, texts) in PLACES {
        let places = texts.split('|').chain([""; 5]).take(5).collect::<Vec<_>>().join("|");
        let mut add = |name: &str, call: &str, texts: &str| {
            let bytes = format!("{call}|{places}|{texts}");
            seeds.push(Seed::new("request_round", &format!("{name}{place}"), bytes));
        };
        for (name, texts) in CALLS {
            let (call, texts) = texts.split_once('|').unwrap_or((texts, ""));
            add(name, call, texts);
        }
        for (name, texts) in OPERATIONS {
            add(&format!("create-{name}"), "CreateJob", &format!("{JOB}|{texts}|r|d"));
        }
    }
    for (name, texts) in OPERATIONS {
        let texts = format!("{JOB}|{texts}|r|d|{}", "x|y|".repeat(8));
        seeds.push(Seed::new("reply_round", &format!("create-{name}"), texts));
    }
    seeds.push(Seed::new(
        "reply_round",
        "page",
        "f|a|COSPutObjectCopy|Active|d|token|AccessDenied|s|m",
    ));
    seeds.push(Seed::new("reply_round", "forbidden", "\u{1}|\u{fffe}|\r|]]>|&#0;|<"));
    seeds
}
