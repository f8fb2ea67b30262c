//! Valid values of every type, made through public constructors only
//!
//! Texts are full of what codecs stumble over: characters with a meaning in XML, in a query or in
//! a signature, line ends, several bytes a character, and now and then as many bytes as there may
//! be. All values are those that a codec gives back as they were: an optional text is absent or
//! not empty, a time is a whole second in UTC.

#![expect(clippy::expect_used, reason = "a strategy that makes an illegal value is to be mended")]

mod around;
mod calls;
mod elements;
mod ids;
mod jobs;
mod operations;
mod parts;
mod requests;
mod resources;
mod texts;

pub use around::{credentials, endpoint, secrets, service_error};
pub use calls::{
    any_request, create_job, create_job_result, delete_job, describe_job, describe_job_result,
    list_jobs, list_jobs_result, update_job_priority, update_job_priority_result,
    update_job_status, update_job_status_result,
};
pub use elements::unknown_fields;
pub use ids::{
    app_id, client_request_token, error_code, expiration_in_days, job_id, job_status,
    listed_job_status, listed_or, max_results, next_token, operation_name, priority, region, uin,
    unlisted, xml_next_token,
};
pub use jobs::{description, job, job_failure, job_summary, progress_summary};
pub use operations::{
    initiate_restore_object, job_operation, other_operation, put_object_copy, put_object_tagging,
};
pub use parts::{manifest, report, tag, timestamp};
pub use requests::{drawn, wire_request};
pub use resources::{bucket_arn, object_arn, role_arn, user_arn};
pub use texts::{bounded_text, xml_text};
