use cos_batch::http::{HeaderMap, HeaderName, HeaderValue, Request};
use cos_batch::serve::AnyRequest;
use cos_batch::time::OffsetDateTime;
use cos_batch::{APPID_HEADER, Limits, Signer, VerifyPolicy, verify};

use super::check::must;
use super::drawn::Drawn;
use super::server::NOW;
use crate::{calls, strategies};

/// A request of any call, to any endpoint, signed by any credentials: all drawn from the bytes
///
/// - It is read back as the call it was made of.
/// - Signing changes nothing of it but adds headers, and what was signed is accepted by the strict
///   policy.
/// - Another digit in the signature, another account, another path: none is accepted.
///
/// # Panics
///
/// Where that does not hold.
pub fn request_round(data: &[u8]) {
    // Nothing: the input stands for no request.
    let _: Option<()> = round(&mut Drawn::from(data));
}

fn round(drawn: &mut Drawn) -> Option<()> {
    let (any, endpoint) =
        (drawn.next(strategies::any_request())?, drawn.next(strategies::endpoint())?);
    let credentials = drawn.next(strategies::credentials())?;
    let request = must(calls::encode(&any, &endpoint));
    let read = must(AnyRequest::decode(&calls::borrowed(&request), &Limits::default()));
    assert_eq!(read, any, "read back from {request:?}");

    let now = must(OffsetDateTime::from_unix_timestamp(NOW));
    let mut signed = request.clone();
    must(Signer::new(credentials.clone()).sign(&mut signed, now));
    assert_eq!(signed.uri(), request.uri(), "signing changes no target");
    assert_eq!(signed.body(), request.body());
    for (name, value) in request.headers() {
        assert_eq!(signed.headers().get(name), Some(value), "signing changes no header");
    }
    let accepts = |request: &Request<Vec<u8>>| {
        let key_of = |id: &str, _: Option<&str>| {
            (id == credentials.secret_id()).then(|| credentials.secret_key().clone())
        };
        let mut policy = VerifyPolicy::default();
        policy.strict = true;
        verify(request, key_of, &policy, now).is_ok()
    };
    assert!(accepts(&signed), "{signed:?}");

    let changed = |change: &dyn Fn(&mut Request<Vec<u8>>)| {
        let mut request = signed.clone();
        change(&mut request);
        request
    };
    let target = signed.uri().to_string();
    let to = |target: String| {
        move |request: &mut Request<Vec<u8>>| *request.uri_mut() = must(target.parse())
    };
    let longer = match target.split_once('?') {
        Some((path, query)) => format!("{path}x?{query}"),
        None => format!("{target}x"),
    };
    let others = [
        changed(&|request| other_account(request.headers_mut())),
        changed(&|request| other_digit(request.headers_mut())),
        changed(&to(longer)),
    ];
    for other in others {
        assert!(!accepts(&other), "{other:?}");
    }
    Some(())
}

fn other_account(headers: &mut HeaderMap) {
    headers.insert(APPID_HEADER, HeaderValue::from_static("another"));
}

/// Another last digit of the signature.
fn other_digit(headers: &mut HeaderMap) {
    let name = HeaderName::from_static("authorization");
    let Some(value) = headers.get(&name).and_then(|value| value.to_str().ok()) else { return };
    let (start, digit) = value.split_at(value.len().saturating_sub(1));
    let digit = if digit == "0" { "1" } else { "0" };
    headers.insert(name, must(HeaderValue::try_from(format!("{start}{digit}"))));
}
