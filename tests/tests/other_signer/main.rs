//! Ours and the signatures of `reqsign-tencent-cos`, over requests at random
//!
//! Where the two differ is told by name in [`differences`]; everything else is equal to the last digit.

mod differences;

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use cos_batch::http::{HeaderName, Request, header};
use cos_batch::time::OffsetDateTime;
use cos_batch::{Credentials, Signer};
use cos_batch_testkit::strategies;
use reqsign_core::SignRequest;
use reqsign_tencent_cos::{Credential, RequestSigner};

fn credential((id, key): (&str, &str)) -> Credential {
    let (secret_id, secret_key) = (id.to_owned(), key.to_owned());
    Credential { secret_id, secret_key, ..Credential::default() }
}

/// A request as the other one signs it, in its headers or in its query; it reads the clock.
fn signed(
    request: &Request<Vec<u8>>,
    credential: &Credential,
    expires: Option<Duration>,
) -> Request<()> {
    let (signer, context) = (RequestSigner::new(), reqsign_core::Context::new());
    let (mut parts, ()) = Request::new(()).into_parts();
    (parts.method, parts.uri) = (request.method().clone(), request.uri().clone());
    parts.headers = request.headers().clone();
    {
        let signing = pin!(signer.sign_request(&context, &mut parts, Some(credential), expires));
        let Poll::Ready(signed) = signing.poll(&mut Context::from_waker(Waker::noop())) else {
            panic!("signing waits for nothing");
        };
        signed.unwrap();
    }
    Request::from_parts(parts, ())
}

/// A signer of ours for the headers that the other one signs: all of them.
fn ours(request: &Request<Vec<u8>>, (id, key): (&str, &str), length: Duration) -> Signer {
    let names: Vec<HeaderName> = request.headers().keys().cloned().collect();
    let credentials = Credentials::new(id, key).unwrap();
    Signer::new(credentials).window(Duration::ZERO, length).headers(&names)
}

/// `Authorization` by the other one.
fn their_authorization(request: &Request<Vec<u8>>, keys: (&str, &str)) -> String {
    let signed = signed(request, &credential(keys), None);
    signed.headers()[header::AUTHORIZATION].to_str().unwrap().to_owned()
}

/// `Authorization` by us, for the window of another one.
fn our_authorization(request: &Request<Vec<u8>>, keys: (&str, &str), theirs: &str) -> String {
    let mut signed = request.clone();
    ours(request, keys, Duration::from_secs(3600)).sign(&mut signed, start(theirs)).unwrap();
    signed.headers()[header::AUTHORIZATION].to_str().unwrap().to_owned()
}

fn part<'t>(text: &'t str, name: &str) -> &'t str {
    text.split_once(name).unwrap().1.split('&').next().unwrap()
}

/// When the window of a signature begins.
fn start(signature: &str) -> OffsetDateTime {
    let start = part(signature, "q-sign-time=").split(';').next().unwrap();
    OffsetDateTime::from_unix_timestamp(start.parse().unwrap()).unwrap()
}

#[test]
fn ten_thousand_requests_have_equal_signatures() {
    let requests = strategies::drawn(7, (strategies::wire_request(), strategies::secrets()));
    let requests = requests.filter(|(request, _)| !differences::may_differ(request));
    for (request, (id, key, _)) in requests.take(10_000) {
        let keys = (id.as_str(), key.as_str());
        let theirs = their_authorization(&request, keys);
        assert_eq!(our_authorization(&request, keys, &theirs), theirs, "{request:?}");
    }
}

#[test]
fn and_so_have_two_thousand_presigned_ones() {
    let requests = strategies::drawn(8, (strategies::wire_request(), strategies::secrets()));
    let requests = requests.filter(|(request, _)| !differences::may_differ(request));
    let length = Duration::from_secs(300);
    for (request, (_, key, _)) in requests.take(2_000) {
        // An id is not encoded by the other one, and cannot be any text.
        let keys = ("AKIDEXAMPLE", key.as_str());
        let theirs = signed(&request, &credential(keys), Some(length)).uri().to_string();
        let ours = ours(&request, keys, length).presign(&request, start(&theirs)).unwrap();
        assert_eq!(
            part(&ours.to_string(), "q-signature="),
            part(&theirs, "q-signature="),
            "{request:?}"
        );
    }
}
