//! Signatures in the query: made, and verified by a server

mod changes;
mod made;
mod read;

use std::time::Duration;

use cos_batch::time::OffsetDateTime;
use cos_batch::{Credentials, SecretKey, Signer, VerifyError, VerifyPolicy, verify};
use http::Request;

const ID: &str = "AKIDQjz3ltompVjBni5LitkWHFlFpwkn9U5q";
const KEY: &str = "BQYIM75p8x0iWVFSIgqEKwFprpRSVHlz";
const HOST: &str = "100000000001.cos-control.ap-chengdu.myqcloud.com";
const TOKEN: &str = "EXAMPLE-token/with+special=chars";

const V5A: &str = "/jobs?maxResults=10&q-sign-algorithm=sha1&q-ak=AKIDQjz3ltompVjBni5LitkWHFlFpwkn9U5q\
    &q-sign-time=1557902800%3B1557910000&q-key-time=1557902800%3B1557910000\
    &q-header-list=host%3Bx-cos-appid&q-url-param-list=maxresults\
    &q-signature=c65f115f56e7fa9c05893d3534db04a30da48594";
const V5B: &str = "/jobs?maxResults=10&x-cos-security-token=EXAMPLE-token%2Fwith%2Bspecial%3Dchars\
    &q-sign-algorithm=sha1&q-ak=AKIDQjz3ltompVjBni5LitkWHFlFpwkn9U5q\
    &q-sign-time=1557902800%3B1557910000&q-key-time=1557902800%3B1557910000\
    &q-header-list=host%3Bx-cos-appid&q-url-param-list=maxresults%3Bx-cos-security-token\
    &q-signature=a20cb33fe183b9056fe233ff106602b9a6605999";
const MERGED: &str = "/jobs?maxResults=10&sign=q-sign-algorithm%3Dsha1%26q-ak%3DAKIDQjz3ltompVjBni5LitkWHFlFpwkn9U5q\
    %26q-sign-time%3D1557902800%3B1557910000%26q-key-time%3D1557902800%3B1557910000\
    %26q-header-list%3Dhost%3Bx-cos-appid%26q-url-param-list%3Dmaxresults\
    %26q-signature%3Dc65f115f56e7fa9c05893d3534db04a30da48594";

fn at(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(seconds).expect("a time")
}

fn start() -> OffsetDateTime {
    at(1_557_902_800)
}

fn signer(token: Option<&str>) -> Signer {
    let mut credentials = Credentials::new(ID, KEY).expect("credentials");
    if let Some(token) = token {
        credentials = credentials.with_token(token).expect("a token");
    }
    Signer::new(credentials).window(Duration::ZERO, Duration::from_secs(7200))
}

/// A batch request to a target.
fn request(target: &str) -> Request<()> {
    let request = Request::get(target).header("host", HOST).header("x-cos-appid", "1250000000");
    request.body(()).expect("a request")
}

/// Verifies as a server that knows the id with any token.
fn verified(request: &Request<()>, policy: &VerifyPolicy) -> Result<(), VerifyError> {
    let key_of = |id: &str, _: Option<&str>| (id == ID).then(key);
    verify(request, key_of, policy, start()).map(drop)
}

fn accepted(target: &str) -> Result<(), VerifyError> {
    verified(&request(target), &VerifyPolicy::default())
}

fn strictly(target: &str) -> Result<(), VerifyError> {
    verified(&request(target), &VerifyPolicy::strict())
}

fn key() -> SecretKey {
    SecretKey::new(KEY).expect("a key")
}

fn is_mismatch(outcome: &Result<(), VerifyError>) -> bool {
    matches!(outcome, Err(VerifyError::Mismatch { .. }))
}

fn is_malformed(outcome: &Result<(), VerifyError>) -> bool {
    matches!(outcome, Err(VerifyError::Malformed(_)))
}
