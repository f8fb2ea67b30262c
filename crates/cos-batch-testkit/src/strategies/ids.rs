use std::fmt::Debug;
use std::str::FromStr;

use cos_batch::{
    AppId, ClientRequestToken, ErrorCode, ExpirationInDays, JobId, JobStatus, MaxResults,
    NextToken, OperationName, Priority, Region, Uin,
};
use proptest::char::range;
use proptest::prelude::*;
use proptest::sample::select;

use super::texts::{bounded, bounded_text, chars, parsed, text, xml_char};

pub(super) const DIGITS: &str = "0123456789";
const ID: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

/// The id of a job
pub fn job_id() -> impl Strategy<Value = JobId<'static>> {
    parsed(bounded(chars(ID), 64))
}

/// A token, also one that a document cannot carry
pub fn next_token() -> impl Strategy<Value = NextToken<'static>> {
    let c = || prop_oneof![4 => xml_char(), 1 => range('\0', ' '), 1 => any::<char>()];
    parsed(text(c(), 1, 64).prop_map(|text| super::texts::fitting(text, 64)))
}

/// A token that a document can carry
pub fn xml_next_token() -> impl Strategy<Value = NextToken<'static>> {
    parsed(bounded_text(64))
}

/// What makes a request unique
pub fn client_request_token() -> impl Strategy<Value = ClientRequestToken<'static>> {
    parsed(bounded_text(64))
}

/// An APPID
pub fn app_id() -> impl Strategy<Value = AppId> {
    parsed(bounded(chars(DIGITS), 64))
}

/// A UIN
pub fn uin() -> impl Strategy<Value = Uin> {
    parsed(bounded(chars(DIGITS), 63))
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

/// How many days a restored copy lives
pub fn expiration_in_days() -> impl Strategy<Value = ExpirationInDays> {
    (1..=365_u32).prop_map(|number| number.try_into().expect("in its range"))
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
pub fn unlisted() -> impl Strategy<Value = String> {
    let c = xml_char().prop_filter("a name's character", |c| *c != ',' && !c.is_control());
    text(c, 1, 24).prop_filter("no space around a name", |name| name.trim() == name)
}

/// A value of a closed list, or one that stands on none
pub fn listed_or<T>(listed: &'static [T]) -> impl Strategy<Value = T>
where
    T: Clone + Debug + FromStr<Err: Debug>,
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
