//! Values with every name that a closed list has, and with all that may be left out

use std::collections::BTreeMap;
use std::fmt::{Debug, Display};
use std::str::FromStr;

use cos_batch::http::StatusCode;
use cos_batch::time::OffsetDateTime;
use cos_batch::{
    CannedAccessControlList, CreateJob, Directive, ErrorCode, Grant, Grantee,
    InitiateRestoreObject, Job, JobFailure, JobOperation, JobStatus, JobSummary, JobTier, Manifest,
    ManifestField, ManifestLocation, OperationName, Permission, Priority, ProgressSummary,
    PutObjectCopy, PutObjectTagging, Report, ReportScope, ServiceError, SseAlgorithm, StorageClass,
    Tag, UnknownFields, UserMetadata,
};

pub(super) use crate::oracle::must;

const BUCKET: &str = "qcs::cos:ap-chengdu:uid/1250000000:b-1250000000";
/// What has to be escaped somewhere.
const AWKWARD: &str = "a&b<c>\"'\r\n\t]]>中";

pub(super) fn parsed<T: FromStr<Err: Debug>>(text: &str) -> T {
    must(text.parse())
}

/// The value in this place of a list that begins again at its end, in the end one that is on no list.
fn nth<T: Clone + FromStr<Err: Debug>>(list: &[T], at: usize) -> T {
    list.iter().cloned().chain([parsed("Other")]).cycle().nth(at).unwrap_or_else(|| parsed("Other"))
}

/// So many that each value of each list that an operation has is in one of them.
const VARIANTS: usize = 4;

/// Each operation with each value that it may have.
pub(super) fn operations() -> Vec<(String, JobOperation<'static>)> {
    let mut operations = vec![
        ("delete".to_owned(), JobOperation::DeleteObject),
        (
            "other".to_owned(),
            JobOperation::Other(must("<A b=\"&lt;\"><C/>d</A>".to_owned().try_into())),
        ),
        ("copy-short".to_owned(), copy_short()),
    ];
    for at in 0..VARIANTS {
        let copy = JobOperation::PutObjectCopy(Box::new(copy(at)));
        operations.push((format!("copy-{at}"), copy));
        let tags = [Tag::new("k", AWKWARD), Tag::new("l", "")];
        let tagging = PutObjectTagging::new(nth(Directive::LISTED, at), tags.into());
        operations.push((format!("tagging-{at}"), JobOperation::PutObjectTagging(tagging)));
        let days = if at.is_multiple_of(2) { "1" } else { "365" };
        let restore = InitiateRestoreObject::new(parsed(days), nth(JobTier::LISTED, at));
        operations.push((format!("restore-{at}"), JobOperation::InitiateRestoreObject(restore)));
    }
    operations
}

pub(super) fn copy_short() -> JobOperation<'static> {
    JobOperation::PutObjectCopy(Box::new(PutObjectCopy::new(parsed(BUCKET))))
}

fn copy(at: usize) -> PutObjectCopy<'static> {
    let moment = OffsetDateTime::UNIX_EPOCH;
    let mut copy = PutObjectCopy::new(parsed(BUCKET));
    copy.access_control_directive = Some(nth(Directive::LISTED, at));
    copy.metadata_directive = Some(nth(Directive::LISTED, at + 1));
    copy.tagging_directive = Some(nth(Directive::LISTED, at + 2));
    let mut grantee = Grantee::new(parsed("qcs::cam::uin/1:uin/2"));
    grantee.display_name = Some(AWKWARD.into());
    copy.access_control_grants = vec![Grant::new(grantee, nth(Permission::LISTED, at))];
    copy.canned_access_control_list = Some(nth(CannedAccessControlList::LISTED, at));
    copy.storage_class = Some(nth(StorageClass::LISTED, at));
    copy.prefix_replace = Some(at.is_multiple_of(2));
    copy.resources_prefix = Some("old/".into());
    copy.target_key_prefix = Some("new/".into());
    copy.modified_since_constraint = Some(moment);
    copy.un_modified_since_constraint = Some(moment);
    let metadata = &mut copy.new_object_metadata;
    metadata.cache_control = Some("max-age=600".into());
    metadata.content_disposition = Some("attachment".into());
    metadata.content_encoding = Some("gzip".into());
    metadata.content_type = Some("text/plain".into());
    metadata.http_expires_date = Some("Thu, 16 May 2019 06:45:51 GMT".into());
    metadata.sse_algorithm = Some(nth(SseAlgorithm::LISTED, at));
    metadata.user_metadata = vec![UserMetadata::new("k", AWKWARD)];
    copy.new_object_tagging = vec![Tag::new("k", "v")];
    copy
}

/// A job with an operation; the manifest's format and the report's scope go by the length of its name.
pub(super) fn create(operation: JobOperation<'static>) -> CreateJob {
    let mut location = ManifestLocation::new(parsed(&format!("{BUCKET}/m.csv")), "\"e\"");
    let is_odd = !operation.name().len().is_multiple_of(2);
    let manifest = if is_odd {
        Manifest::inventory(location)
    } else {
        location.object_version_id = Some("v".into());
        Manifest::csv(location, ManifestField::LISTED)
    };
    let mut report = Report::new(parsed(BUCKET), nth(ReportScope::LISTED, is_odd.into()));
    report.prefix = Some("p".into());
    report.enabled = is_odd;
    let role = parsed("qcs::cam::uin/1:roleName/R");
    let mut create = CreateJob::new(parsed("t"), manifest, operation, Priority::MIN, report, role);
    create.confirmation_required = Some(is_odd);
    create.description = Some(AWKWARD.into());
    create
}

/// A job without anything that may be left out.
pub(super) fn least() -> Job<'static> {
    let (status, now) = (JobStatus::New, OffsetDateTime::UNIX_EPOCH);
    Job::new(parsed("a"), JobOperation::DeleteObject, Priority::MAX, status, now)
}

/// A job with everything there is, and a plain copy.
pub(super) fn described_short() -> Job<'static> {
    described(copy_short())
}

pub(super) fn described(operation: JobOperation<'static>) -> Job<'static> {
    let create = create(operation);
    let mut job = least();
    job.client_request_token = Some(create.client_request_token);
    job.confirmation_required = create.confirmation_required;
    job.description = create.description;
    job.manifest = Some(create.manifest);
    job.operation = create.operation;
    job.report = Some(create.report);
    job.role_arn = Some(create.role_arn);
    job.progress_summary = Some(progress());
    job.status = JobStatus::Suspended;
    job.status_update_reason = Some("because".into());
    job.suspended_cause = Some("why".into());
    job.suspended_date = Some(OffsetDateTime::UNIX_EPOCH);
    job.termination_date = Some(OffsetDateTime::UNIX_EPOCH);
    let mut failure = JobFailure::default();
    failure.failure_code = Some("NoSuchKey".into());
    failure.failure_reason = Some(AWKWARD.into());
    job.failure_reasons = vec![failure, JobFailure::default()];
    job.unknown = unknown();
    job
}

fn progress() -> ProgressSummary<'static> {
    let mut progress = ProgressSummary::new(0, 1, u64::MAX);
    progress.auto_manifest_status = Some("Failed".into());
    progress
}

/// A job of a page with everything there is.
pub(super) fn summary(status: &JobStatus) -> JobSummary<'static> {
    let now = OffsetDateTime::UNIX_EPOCH;
    let mut job = JobSummary::new(
        parsed("a"),
        OperationName::CosPutObjectCopy,
        Priority::MIN,
        status.clone(),
        now,
    );
    job.description = Some("d".into());
    job.progress_summary = Some(progress());
    job.termination_date = Some(now);
    job
}

/// Elements that no page documents, one of them with more than a text.
fn unknown() -> UnknownFields<'static> {
    let fields = [("Colour", "red"), ("Size", "<x:Size unit='cm'><A/>7</x:Size>")];
    must(BTreeMap::from(fields.map(|(name, value)| (name.into(), value.into()))).try_into())
}

/// A page for each status and each operation, and one without jobs.
pub(super) fn pages() -> Vec<(String, Vec<JobSummary<'static>>)> {
    let named = |name: &dyn Display| format!("of-{name}");
    let statuses = JobStatus::LISTED.iter().map(|status| (named(status), vec![summary(status)]));
    let operations = OperationName::LISTED.iter().map(|operation| {
        let mut job = summary(&JobStatus::Active);
        job.operation = operation.clone();
        job.description = Some(AWKWARD.into());
        job.unknown = unknown();
        let now = OffsetDateTime::UNIX_EPOCH;
        let least =
            JobSummary::new(parsed("b"), operation.clone(), Priority::MAX, JobStatus::New, now);
        (named(operation), vec![job, least])
    });
    statuses.chain(operations).chain([("empty".to_owned(), Vec::new())]).collect()
}

/// A refusal with everything there is.
pub(super) fn refusal() -> ServiceError {
    let mut refusal = ServiceError::new(StatusCode::FORBIDDEN, ErrorCode::AccessDenied);
    refusal.format_string = Some("get\n/jobs\n\n\n".to_owned().into());
    refusal.message = Some(AWKWARD.into());
    refusal.resource = Some("h/jobs".into());
    refusal.request_id = Some("NWNhMTU5".into());
    refusal.trace_id = Some("OGVm".into());
    refusal.string_to_sign = Some("sha1\n1;2\n00\n".into());
    refusal.server_time = Some("2019-05-15T06:46:40Z".into());
    refusal
}
