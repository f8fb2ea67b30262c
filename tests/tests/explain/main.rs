//! Why a signature is refused: each damage is named, and no text makes the explanation fail

mod damage;
mod texts;

use std::time::Duration;

use cos_batch::sign::{Cause, Part};
use cos_batch::time::OffsetDateTime;
use cos_batch::{
    Credentials, ErrorCode, Explanation, SecretKey, ServiceError, Signer, Trace, VerifyPolicy,
    explain, verify,
};
use http::{HeaderValue, Method, Request, StatusCode};

const TOKEN: &str = "T0KEN-EXAMPLE/with+special=chars";

fn at(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(seconds).expect("a time")
}

fn now() -> OffsetDateTime {
    at(1_557_902_860)
}

fn signer() -> Signer {
    let credentials = Credentials::new("AKIDEXAMPLE", "SECRETEXAMPLE").expect("credentials");
    Signer::new(credentials.with_token(TOKEN).expect("a token"))
}

/// A request with something for each damage: a space, a plus, an escape, a port.
fn request() -> Request<()> {
    let target = "/jobs/a%20b%252Fc/status?requestedJobStatus=Cancelled\
                  &statusUpdateReason=no%20longer+needed%2B%252F&tag=a&tag=b";
    let request = Request::post(target)
        .header("host", "batch.example:9000")
        .header("content-length", "0")
        .header("x-cos-appid", "1250000000")
        .header("x-cos-meta-x", "some  Text");
    request.body(()).expect("a request")
}

fn signed() -> Request<()> {
    let mut request = request();
    signer().sign(&mut request, now()).expect("signed");
    request
}

fn trace() -> Trace {
    signer().trace(&request(), now())
}

/// What the service says of a request, and why.
fn refused(request: &Request<()>, key: &str, now: OffsetDateTime) -> (ServiceError, Explanation) {
    let key_of = |id: &str, _: Option<&str>| {
        (id == "AKIDEXAMPLE").then(|| SecretKey::new(key).expect("a key"))
    };
    let refused = verify(request, key_of, &VerifyPolicy::default(), now).expect_err("refused");
    let refusal = refused.to_service_error();
    let explanation = explain(&trace(), &refusal);
    (refusal, explanation)
}

/// A refusal with this `FormatString`.
fn refusal(format_string: String) -> ServiceError {
    let mut refusal = ServiceError::new(StatusCode::FORBIDDEN, ErrorCode::SignatureDoesNotMatch);
    refusal.format_string = Some(format_string.into());
    refusal
}
