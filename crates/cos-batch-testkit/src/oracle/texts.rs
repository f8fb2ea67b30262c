use std::borrow::Cow;
use std::fmt::Debug;
use std::str::FromStr;

use cos_batch::http::StatusCode;
use cos_batch::time::OffsetDateTime;
use cos_batch::{
    BuildError, CreateJob, DescribeJob, DescribeJobResult, Directive, Grant, Grantee,
    InitiateRestoreObject, Job, JobFailure, JobOperation, JobSummary, Limits, ListJobs,
    ListJobsResult, Manifest, ManifestField, ManifestLocation, Operation, Permission, Priority,
    ProgressSummary, PutObjectCopy, PutObjectTagging, ReplyError, Report, ReportScope,
    ServiceError, Tag, UserMetadata,
};

use super::check::{must, shown};
use super::{job, round};

/// Values whose texts are made of the bytes: a page, a job, a job in a file and a refusal are read
/// back as they were written
///
/// `|` stands between two texts. A text that is illegal where it should stand is replaced. A
/// character that XML forbids is refused in a value; a refusal can always be written.
///
/// # Panics
///
/// Where that does not hold.
pub fn reply_round(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut texts = Texts::of(&text);

    let page = page(&mut texts, data.len() as u64);
    match ListJobs::encode_response(&page) {
        Ok(_) => round::<ListJobs>(&page),
        Err(error) => check_forbidden(&error, &text),
    }
    let refusal = refusal(&mut texts);
    let reply = refusal.encode();
    let reply = crate::calls::received(&reply);
    let read = ListJobs::decode_response(&reply, &Limits::default());
    if !text.contains(is_forbidden) {
        assert_eq!(read, Err(refusal.into()), "read back from {}", shown(reply.body()));
    } else {
        let is_one = matches!(read, Err(ReplyError::Service(_)));
        assert!(is_one, "read back from {}", shown(reply.body()));
    }

    // From the first text on: few texts are enough for all of it.
    let create = create_job(&mut Texts::of(&text));
    match create.to_xml() {
        Ok(_) => job(&create),
        Err(error) => check_forbidden(&error, &text),
    }
    let described = DescribeJobResult::new(described(create, &mut texts));
    match DescribeJob::encode_response(&described) {
        Ok(_) => round::<DescribeJob>(&described),
        Err(error) => check_forbidden(&error, &text),
    }
}

/// What is left of the texts.
pub(super) struct Texts<'t>(std::collections::VecDeque<&'t str>);

impl<'t> Texts<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self(text.split('|').collect())
    }

    /// The next text, if it is not empty.
    pub(super) fn some(&mut self) -> Option<String> {
        self.0.pop_front().filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// The next text, if it is neither empty nor longer than so many bytes.
    pub(super) fn short(&mut self, most: usize) -> Option<Cow<'static, str>> {
        self.some().filter(|text| text.len() <= most).map(Cow::Owned)
    }

    /// The next text as a value, or that of another text.
    pub(super) fn parsed<T: FromStr<Err: Debug>>(&mut self, or: &str) -> T {
        let text = self.some();
        text.and_then(|text| text.parse().ok()).unwrap_or_else(|| must(or.parse()))
    }

    /// The value that the next text names, or the first one.
    pub(super) fn listed<T: Clone + std::fmt::Display>(&mut self, values: &[T]) -> T {
        let text = self.some().unwrap_or_default();
        let named = values.iter().find(|value| value.to_string() == text).or(values.first());
        named.cloned().unwrap_or_else(|| panic!("a list has values"))
    }

    fn tags(&mut self) -> Vec<Tag<'static>> {
        let (key, value) = (self.some(), self.some().unwrap_or_default());
        key.map(|key| Tag::new(key, value)).into_iter().collect()
    }
}

fn page(texts: &mut Texts<'_>, count: u64) -> ListJobsResult<'static> {
    let mut summary = ProgressSummary::new(count, 0, u64::MAX);
    summary.auto_manifest_status = texts.some().map(Cow::Owned);
    let mut job = JobSummary::new(
        texts.parsed("a"),
        texts.parsed("COSDeleteObject"),
        Priority::MAX,
        texts.parsed("New"),
        OffsetDateTime::UNIX_EPOCH,
    );
    job.description = texts.some().map(Cow::Owned);
    job.progress_summary = Some(summary);
    let mut page = ListJobsResult::new(vec![job]);
    page.next_token = texts.some().and_then(|text| text.try_into().ok());
    page
}

fn refusal(texts: &mut Texts<'_>) -> ServiceError {
    let mut refusal = ServiceError::new(StatusCode::FORBIDDEN, texts.parsed("AccessDenied"));
    refusal.format_string = texts.some().map(Into::into);
    for field in [
        &mut refusal.message,
        &mut refusal.resource,
        &mut refusal.request_id,
        &mut refusal.trace_id,
        &mut refusal.string_to_sign,
        &mut refusal.server_time,
    ] {
        *field = texts.some().map(Into::into);
    }
    refusal
}

pub(super) fn create_job(texts: &mut Texts<'_>) -> CreateJob {
    let mut location = ManifestLocation::new(
        texts.parsed("qcs::cos:r::b-1/k"),
        texts.short(1024).unwrap_or(Cow::Borrowed("e")),
    );
    location.object_version_id = texts.short(1024);
    let manifest = match texts.parsed("Ignore") {
        ManifestField::Bucket => Manifest::inventory(location),
        column => Manifest::csv(location, [ManifestField::Key, column, ManifestField::Bucket]),
    };
    let mut report = Report::new(texts.parsed("qcs::cos:r::b-1"), ReportScope::AllTasks);
    report.prefix = texts.short(256);
    let mut create = CreateJob::new(
        texts.parsed("t"),
        manifest,
        operation(texts),
        Priority::MIN,
        report,
        texts.parsed("qcs::cam::uin/1:roleName/R"),
    );
    create.description = texts.short(256);
    create
}

/// A deletion or a restoration where the next text is its name, an unknown operation where it is one,
/// else a tagging where it is a directive, else a copy.
fn operation(texts: &mut Texts<'_>) -> JobOperation<'static> {
    let text = texts.some().unwrap_or_default();
    if text == "COSDeleteObject" {
        return JobOperation::DeleteObject;
    }
    if text == "COSInitiateRestoreObject" {
        let (days, tier) = (texts.parsed("1"), texts.parsed("Bulk"));
        return JobOperation::InitiateRestoreObject(InitiateRestoreObject::new(days, tier));
    }
    if let Ok(other) = text.clone().try_into() {
        return JobOperation::Other(other);
    }
    if let Ok(directive @ (Directive::Add | Directive::Copy | Directive::Replaced)) = text.parse() {
        return JobOperation::PutObjectTagging(PutObjectTagging::new(directive, texts.tags()));
    }
    let mut copy = PutObjectCopy::new(texts.parsed("qcs::cos:r::b-1"));
    copy.resources_prefix = texts.short(1024);
    copy.target_key_prefix = texts.short(1024);
    let mut grantee = Grantee::new(texts.parsed("qcs::cam::uin/1:uin/2"));
    grantee.display_name = texts.some().map(Cow::Owned);
    copy.access_control_grants = vec![Grant::new(grantee, Permission::Read)];
    let metadata = &mut copy.new_object_metadata;
    for field in [
        &mut metadata.cache_control,
        &mut metadata.content_disposition,
        &mut metadata.content_encoding,
        &mut metadata.content_type,
        &mut metadata.http_expires_date,
    ] {
        *field = texts.some().map(Cow::Owned);
    }
    if let (Some(key), value) = (texts.some(), texts.some()) {
        metadata.user_metadata = vec![UserMetadata::new(key, value.unwrap_or_default())];
    }
    copy.new_object_tagging = texts.tags();
    JobOperation::PutObjectCopy(Box::new(copy))
}

/// A job with the parts of the one that was to be created.
fn described(create: CreateJob, texts: &mut Texts<'_>) -> Job<'static> {
    let mut job = Job::new(
        texts.parsed("a"),
        create.operation,
        create.priority,
        texts.parsed("New"),
        OffsetDateTime::UNIX_EPOCH,
    );
    job.client_request_token = Some(create.client_request_token);
    job.description = create.description;
    job.manifest = Some(create.manifest);
    job.report = Some(create.report);
    job.role_arn = Some(create.role_arn);
    job.status_update_reason = texts.some().map(Cow::Owned);
    job.suspended_cause = texts.some().map(Cow::Owned);
    let mut failure = JobFailure::default();
    failure.failure_code = texts.some().map(Cow::Owned);
    failure.failure_reason = texts.some().map(Cow::Owned);
    job.failure_reasons = vec![failure, JobFailure::default()];
    job
}

/// Is it because of a character that is there, and that XML forbids?
pub(super) fn check_forbidden(error: &BuildError, text: &str) {
    let BuildError::Forbidden { character, .. } = error else { panic!("{error}") };
    assert!(is_forbidden(*character) && text.contains(*character), "{error}");
}

/// May no XML document hold it?
fn is_forbidden(c: char) -> bool {
    matches!(c, '\0'..' ' | '\u{fffe}' | '\u{ffff}') && !matches!(c, '\t' | '\n' | '\r')
}
