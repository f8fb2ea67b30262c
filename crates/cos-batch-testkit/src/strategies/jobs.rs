use std::borrow::Cow;

use cos_batch::{Job, JobFailure, JobSummary, ProgressSummary};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::elements::unknown_fields;
use super::ids::{client_request_token, job_id, job_status, operation_name, priority};
use super::operations::job_operation;
use super::parts::{manifest, report, timestamp};
use super::resources::role_arn;
use super::texts::{optional_text, xml_text};

/// A description: none, or a text that is not empty; in one of sixteen cases of 256 bytes
pub fn description() -> impl Strategy<Value = Option<Cow<'static, str>>> {
    optional_text(256)
}

/// A summary of tasks
pub fn progress_summary() -> impl Strategy<Value = ProgressSummary<'static>> {
    let count = || prop_oneof![3 => 0..100_000_u64, 1 => any::<u64>()];
    (count(), count(), count(), option::of(xml_text(1, 12)))
        .prop_map(|(succeeded, failed, total, auto_manifest_status)| {
            let mut summary = ProgressSummary::new(succeeded, failed, total);
            summary.auto_manifest_status = auto_manifest_status.map(Cow::Owned);
            summary
        })
        .boxed()
}

/// A job of a listing
pub fn job_summary() -> impl Strategy<Value = JobSummary<'static>> {
    let required = (job_id(), operation_name(), priority(), job_status(), timestamp());
    let progress = option::of(progress_summary());
    let optional = (description(), progress, option::of(timestamp()), unknown_fields());
    (required, optional)
        .prop_map(|((id, operation, priority, status, created), optional)| {
            let mut job = JobSummary::new(id, operation, priority, status, created);
            (job.description, job.progress_summary, job.termination_date, job.unknown) = optional;
            job
        })
        .boxed()
}

/// A job with all that is told of it, or some
pub fn job() -> impl Strategy<Value = Job<'static>> {
    let required = (job_id(), job_operation(), priority(), job_status(), timestamp());
    let created = (option::of(client_request_token()), option::of(any::<bool>()), description());
    let parts = (option::of(manifest()), option::of(report()), option::of(role_arn()));
    let course = (option::of(progress_summary()), vec(job_failure(), 0..3));
    let reasons = (optional_text(256), optional_text(256));
    let rest = (option::of(timestamp()), option::of(timestamp()), unknown_fields());
    (required, created, parts, course, reasons, rest)
        .prop_map(
            |((id, operation, priority, status, time), created, parts, course, reasons, rest)| {
                let mut job = Job::new(id, operation, priority, status, time);
                (job.client_request_token, job.confirmation_required, job.description) = created;
                (job.manifest, job.report, job.role_arn) = parts;
                (job.progress_summary, job.failure_reasons) = course;
                (job.status_update_reason, job.suspended_cause) = reasons;
                (job.suspended_date, job.termination_date, job.unknown) = rest;
                job
            },
        )
        .boxed()
}

/// Why a job failed; nothing in it too, as a job that succeeded has it
pub fn job_failure() -> impl Strategy<Value = JobFailure<'static>> {
    (optional_text(64), optional_text(64)).prop_map(|(code, reason)| {
        let mut failure = JobFailure::default();
        (failure.failure_code, failure.failure_reason) = (code, reason);
        failure
    })
}
