use std::borrow::Cow;

use cos_batch::serve::AnyRequest;
use cos_batch::{
    CreateJob, CreateJobResult, DeleteJob, DescribeJob, DescribeJobResult, ListJobs,
    ListJobsResult, RequestedJobStatus, StatusForm, UpdateJobPriority, UpdateJobPriorityResult,
    UpdateJobStatus, UpdateJobStatusResult,
};
use proptest::char::range;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::ids::{
    client_request_token, job_id, job_status, listed_job_status, max_results, next_token, priority,
    xml_next_token,
};
use super::jobs::{description, job, job_summary};
use super::operations::job_operation;
use super::parts::{manifest, report};
use super::resources::role_arn;
use super::texts::{bounded, optional_text, xml_char};

/// A request for any of the calls
pub fn any_request() -> impl Strategy<Value = AnyRequest> {
    prop_oneof![
        create_job().prop_map(Box::new).prop_map(AnyRequest::CreateJob),
        delete_job().prop_map(AnyRequest::DeleteJob),
        describe_job().prop_map(AnyRequest::DescribeJob),
        list_jobs().prop_map(AnyRequest::ListJobs),
        update_job_priority().prop_map(AnyRequest::UpdateJobPriority),
        update_job_status().prop_map(AnyRequest::UpdateJobStatus),
    ]
}

/// A request for a new job
pub fn create_job() -> impl Strategy<Value = CreateJob> {
    let required = (client_request_token(), manifest(), job_operation(), priority(), report());
    (required, role_arn(), option::of(any::<bool>()), description())
        .prop_map(
            |((token, manifest, operation, priority, report), role_arn, confirm, description)| {
                let mut create =
                    CreateJob::new(token, manifest, operation, priority, report, role_arn);
                (create.confirmation_required, create.description) = (confirm, description);
                create
            },
        )
        .boxed()
}

/// The job that was created
pub fn create_job_result() -> impl Strategy<Value = CreateJobResult<'static>> {
    job_id().prop_map(CreateJobResult::new)
}

/// A request to delete a job
pub fn delete_job() -> impl Strategy<Value = DeleteJob> {
    job_id().prop_map(DeleteJob::new)
}

/// A request for all of a job
pub fn describe_job() -> impl Strategy<Value = DescribeJob> {
    job_id().prop_map(DescribeJob::new)
}

/// All of a job
pub fn describe_job_result() -> impl Strategy<Value = DescribeJobResult<'static>> {
    job().prop_map(DescribeJobResult::new)
}

/// A request for a page
///
/// [`StatusForm::Joined`] stands with two statuses or more only: fewer look the same in both
/// forms. The statuses are listed ones: a server refuses others.
pub fn list_jobs() -> impl Strategy<Value = ListJobs> {
    let statuses = vec(listed_job_status(), 0..5);
    (statuses, any::<bool>(), option::of(max_results()), option::of(next_token())).prop_map(
        |(job_statuses, joined, max_results, next_token)| {
            let mut list = ListJobs::new();
            if joined && job_statuses.len() > 1 {
                list.status_form = StatusForm::Joined;
            }
            list.job_statuses = job_statuses;
            list.max_results = max_results;
            list.next_token = next_token;
            list
        },
    )
}

/// A page of a listing, of few jobs
pub fn list_jobs_result() -> impl Strategy<Value = ListJobsResult<'static>> {
    (vec(job_summary(), 0..4), option::of(xml_next_token())).prop_map(|(jobs, next_token)| {
        let mut page = ListJobsResult::new(jobs);
        page.next_token = next_token;
        page
    })
}

/// A request for another priority
pub fn update_job_priority() -> impl Strategy<Value = UpdateJobPriority> {
    (job_id(), priority()).prop_map(|(id, priority)| UpdateJobPriority::new(id, priority))
}

/// The priority that a job has now
pub fn update_job_priority_result() -> impl Strategy<Value = UpdateJobPriorityResult<'static>> {
    (job_id(), priority()).prop_map(|(id, priority)| UpdateJobPriorityResult::new(id, priority))
}

/// A request for another status, one that a server takes, with a reason or without
///
/// The reason is also one that a document cannot carry.
pub fn update_job_status() -> impl Strategy<Value = UpdateJobStatus> {
    let c = prop_oneof![8 => xml_char(), 1 => range('\0', ' '), 1 => any::<char>()].boxed();
    let reason = option::of(bounded(c, 256).prop_map(Cow::Owned));
    (job_id(), select(RequestedJobStatus::LISTED), reason).prop_map(|(id, status, reason)| {
        let mut update = UpdateJobStatus::new(id, status);
        update.status_update_reason = reason;
        update
    })
}

/// The status that a job has now
pub fn update_job_status_result() -> impl Strategy<Value = UpdateJobStatusResult<'static>> {
    (job_id(), job_status(), optional_text(256)).prop_map(|(id, status, reason)| {
        let mut result = UpdateJobStatusResult::new(id, status);
        result.status_update_reason = reason;
        result
    })
}
