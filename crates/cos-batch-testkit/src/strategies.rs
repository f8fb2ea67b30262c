//! Valid values of every type, made through public constructors only
//!
//! Texts are full of what codecs stumble over: characters with a meaning in XML, in a query or in
//! a signature, line ends, several bytes a character.

#![expect(clippy::expect_used, reason = "a strategy that makes an illegal value is to be mended")]

use std::borrow::Cow;
use std::fmt::Debug;
use std::time::Duration;

use cos_batch::http::StatusCode;
use cos_batch::time::OffsetDateTime;
use cos_batch::{
    AppId, Credentials, Endpoint, ErrorCode, JobId, JobStatus, JobSummary, ListJobs,
    ListJobsResult, MaxResults, NextToken, OperationName, Priority, ProgressSummary, Region, Retry,
    ServiceError, StatusForm, Uin,
};
use proptest::char::range;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// What codecs stumble over and XML can carry.
const AWKWARD: &str = "&<>\"'%+/;=,?#\\ \t\r\n]中é😀\u{85}\u{a0}\u{2028}\u{feff}\u{fffd}\u{10ffff}";

/// A character that XML can carry.
fn xml_char() -> impl Strategy<Value = char> {
    let legal = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
    prop_oneof![
        4 => select(AWKWARD.chars().collect::<Vec<_>>()),
        4 => range(' ', '~'),
        1 => any::<char>().prop_map(move |c| if legal(c) { c } else { '\u{fffd}' }),
    ]
}

/// A text of `least` to `most` characters that XML can carry.
pub fn xml_text(least: usize, most: usize) -> impl Strategy<Value = String> {
    text(xml_char(), least, most)
}

fn text(
    c: impl Strategy<Value = char>,
    least: usize,
    most: usize,
) -> impl Strategy<Value = String> {
    vec(c, least..=most).prop_map(String::from_iter)
}

/// Characters of a list.
fn chars(list: &'static str) -> impl Strategy<Value = char> {
    select(list.chars().collect::<Vec<_>>())
}

/// A value parsed from its text.
fn parsed<T>(text: impl Strategy<Value = String>) -> impl Strategy<Value = T>
where
    T: std::str::FromStr<Err: Debug> + Debug,
{
    text.prop_map(|text| text.parse().expect("a legal text"))
}

/// The longest start of a text that fits an id's 64 bytes.
fn fitting(mut text: String) -> String {
    while text.len() > 64 {
        text.pop();
    }
    text
}

const DIGITS: &str = "0123456789";
const ID: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

/// The id of a job
pub fn job_id() -> impl Strategy<Value = JobId<'static>> {
    parsed(text(chars(ID), 1, 64))
}

/// A token, also one that a document cannot carry
pub fn next_token() -> impl Strategy<Value = NextToken<'static>> {
    let c = prop_oneof![4 => xml_char(), 1 => range('\0', ' '), 1 => any::<char>()];
    parsed(text(c, 1, 64).prop_map(fitting))
}

/// A token that a document can carry
pub fn xml_next_token() -> impl Strategy<Value = NextToken<'static>> {
    parsed(xml_text(1, 64).prop_map(fitting))
}

/// An APPID
pub fn app_id() -> impl Strategy<Value = AppId> {
    parsed(text(chars(DIGITS), 1, 64))
}

/// A UIN
pub fn uin() -> impl Strategy<Value = Uin> {
    parsed(text(chars(DIGITS), 1, 63))
}

/// A region
pub fn region() -> impl Strategy<Value = Region> {
    let inside = text(chars("abcdefghijklmnopqrstuvwxyz0123456789-"), 0, 61);
    let ends = || text(chars("az09"), 1, 1);
    parsed((ends(), inside, ends()).prop_map(|(start, inside, end)| start + &inside + &end))
}

/// How many jobs a page holds
pub fn max_results() -> impl Strategy<Value = MaxResults> {
    (1..=1000_u32).prop_map(|number| number.try_into().expect("in its range"))
}

/// A job's priority
pub fn priority() -> impl Strategy<Value = Priority> {
    prop_oneof![
        3 => 0..=2_147_483_647_u32,
        1 => select(vec![Priority::MIN, Priority::MAX]).prop_map(u32::from),
    ]
    .prop_map(|number| number.try_into().expect("in its range"))
}

/// A name on no list: what stands in an `Other`
fn unlisted() -> impl Strategy<Value = String> {
    let c = xml_char().prop_filter("a name's character", |c| *c != ',' && !c.is_control());
    text(c, 1, 24).prop_filter("no space around a name", |name| name.trim() == name)
}

/// A value of a closed list, or one that stands on none.
fn listed_or<T>(listed: &'static [T]) -> impl Strategy<Value = T>
where
    T: Clone + Debug + std::str::FromStr<Err: Debug>,
{
    prop_oneof![4 => select(listed), 1 => parsed(unlisted())]
}

/// A status that the docs list
pub fn listed_job_status() -> impl Strategy<Value = JobStatus> {
    select(JobStatus::LISTED)
}

/// A status, listed or not
pub fn job_status() -> impl Strategy<Value = JobStatus> {
    listed_or(JobStatus::LISTED)
}

/// The name of an operation, listed or not
pub fn operation_name() -> impl Strategy<Value = OperationName> {
    listed_or(OperationName::LISTED)
}

/// An error code, listed or not
pub fn error_code() -> impl Strategy<Value = ErrorCode> {
    listed_or(ErrorCode::LISTED)
}

/// A whole second in UTC of the years 0 to 9999
pub fn timestamp() -> impl Strategy<Value = OffsetDateTime> {
    const FIRST: i64 = -62_167_219_200;
    const LAST: i64 = 253_402_300_799;
    prop_oneof![
        4 => 1_500_000_000..1_900_000_000_i64,
        2 => FIRST..=LAST,
        1 => select(vec![FIRST, -1, 0, LAST]),
    ]
    .prop_map(|seconds| OffsetDateTime::from_unix_timestamp(seconds).expect("in its range"))
}

/// A description: none, or a text that is not empty
pub fn description() -> impl Strategy<Value = Option<Cow<'static, str>>> {
    option::of(xml_text(1, 40).prop_map(Cow::Owned))
}

/// A summary of tasks
pub fn progress_summary() -> impl Strategy<Value = ProgressSummary<'static>> {
    let count = || prop_oneof![3 => 0..100_000_u64, 1 => any::<u64>()];
    (count(), count(), count(), option::of(xml_text(1, 12))).prop_map(
        |(succeeded, failed, total, auto_manifest_status)| {
            let mut summary = ProgressSummary::new(succeeded, failed, total);
            summary.auto_manifest_status = auto_manifest_status.map(Cow::Owned);
            summary
        },
    )
}

/// A job of a listing
pub fn job_summary() -> impl Strategy<Value = JobSummary<'static>> {
    let required = (job_id(), operation_name(), priority(), job_status(), timestamp());
    let optional = (description(), option::of(progress_summary()), option::of(timestamp()));
    (required, optional).prop_map(|((id, operation, priority, status, created), optional)| {
        let mut job = JobSummary::new(id, operation, priority, status, created);
        (job.description, job.progress_summary, job.termination_date) = optional;
        job
    })
}

/// A page of a listing, of few jobs
pub fn list_jobs_result() -> impl Strategy<Value = ListJobsResult<'static>> {
    (vec(job_summary(), 0..4), option::of(xml_next_token())).prop_map(|(jobs, next_token)| {
        let mut page = ListJobsResult::new(jobs);
        page.next_token = next_token;
        page
    })
}

/// A request for a page
///
/// [`StatusForm::Joined`] stands with two statuses or more only: fewer look the same in both
/// forms.
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

/// A refusal
pub fn service_error() -> impl Strategy<Value = ServiceError> {
    let statuses = [200, 301, 400, 403, 404, 411, 500, 501, 502, 503];
    let status =
        select(statuses.map(|status| StatusCode::from_u16(status).expect("a status")).to_vec());
    let text = || option::of(xml_text(1, 24).prop_map(String::into_boxed_str));
    let texts = (text(), text(), text(), text(), text(), text(), text());
    (status, error_code(), texts).prop_map(|(status, code, texts)| {
        let mut error = ServiceError::new(status, code);
        let (message, resource, request_id, trace_id, format_string, string_to_sign, time) = texts;
        error.message = message;
        error.resource = resource;
        error.request_id = request_id;
        error.trace_id = trace_id;
        error.format_string = format_string.map(|text| text.into_string().into());
        error.string_to_sign = string_to_sign;
        error.server_time = time;
        error
    })
}

/// An endpoint: of an account in a region, or at a place of its own
pub fn endpoint() -> impl Strategy<Value = Endpoint> {
    const HOSTS: &[&str] = &["127.0.0.1", "[::1]", "localhost", "Batch.example.COM", "a-b_c.d"];
    let documented = (uin(), region(), app_id())
        .prop_map(|(uin, region, app_id)| Endpoint::new(&uin, &region, app_id));
    let port = option::of(any::<u16>()).prop_map(|port| port.map(|port| format!(":{port}")));
    let authority =
        (select(HOSTS), port).prop_map(|(host, port)| host.to_owned() + &port.unwrap_or_default());
    let custom = (select(vec!["http", "https"]), authority, app_id()).prop_map(
        |(scheme, authority, app_id)| {
            Endpoint::custom(scheme, &authority, app_id).expect("a legal place")
        },
    );
    prop_oneof![1 => documented, 2 => custom]
}

/// Credentials as their texts: a secret id, a secret key, a security token
///
/// Key and token are long enough not to stand in another text by chance.
pub fn secrets() -> impl Strategy<Value = (String, String, Option<String>)> {
    let visible = || range('!', '~');
    let id = text(visible().prop_filter("a secret id's", |c| !matches!(c, '&' | '=' | ';')), 1, 40);
    let token = (text(visible(), 10, 60), text(range(' ', '~'), 10, 60), text(visible(), 1, 9))
        .prop_map(|(start, inside, end)| start + &inside + &end);
    (id, text(visible(), 16, 40), option::of(token))
}

/// Credentials, of an account or temporary
pub fn credentials() -> impl Strategy<Value = Credentials> {
    secrets().prop_map(|(id, key, token)| {
        let credentials = Credentials::new(id, key).expect("legal credentials");
        match token {
            Some(token) => credentials.with_token(token).expect("a legal token"),
            None => credentials,
        }
    })
}

/// How often, how long and until when: also never, for ever and long ago
pub fn retry() -> impl Strategy<Value = Retry> {
    let rest = || {
        prop_oneof![
            4 => (0..100_000_u64).prop_map(Duration::from_millis),
            1 => select(vec![Duration::ZERO, Duration::from_nanos(1), Duration::MAX]),
        ]
    };
    let deadline = option::weighted(0.3, timestamp());
    (0..5_u32, rest(), rest(), rest(), any::<u64>(), deadline).prop_map(
        |(attempts, base, cap, patience, seed, deadline)| {
            let mut retry = Retry::new(seed);
            (retry.attempts, retry.base, retry.cap) = (attempts, base, cap);
            (retry.patience, retry.deadline) = (patience, deadline);
            retry
        },
    )
}
