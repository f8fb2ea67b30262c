//! No secret is shown, whatever is printed

use std::fmt::Debug;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use cos_batch::http::{HeaderValue, Request};
use cos_batch::serve::AnyRequest;
use cos_batch::text::push_encoded;
use cos_batch::time::{Duration, OffsetDateTime};
use cos_batch::{
    Credentials, Endpoint, Exchange, Limits, ListJobs, Machine, Operation, Pages, Retry, Signer,
    Trace, VerifyPolicy, explain, verify,
};
use cos_batch_testkit::{calls, strategies};
use proptest::prelude::*;

use super::cases;

/// The forms in which a secret could come to light.
fn forms(secret: &str) -> Vec<String> {
    let mut encoded = String::new();
    push_encoded(&mut encoded, secret.as_bytes());
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    vec![
        secret.to_owned(),
        secret.escape_debug().to_string(),
        encoded.to_lowercase(),
        encoded,
        hex.to_uppercase(),
        hex,
        BASE64_STANDARD.encode(secret).trim_end_matches('=').to_owned(),
        format!("{:?}", secret.as_bytes()),
    ]
}

/// What a machine shows of itself and of its next step.
fn machine<O>(call: &O, endpoint: &Endpoint, signer: &Signer, now: OffsetDateTime) -> String
where
    O: Operation + Clone + Debug,
{
    let exchange = Exchange::new(endpoint.clone(), call.clone(), Retry::new(7));
    format!("{exchange:?} {:?}\n", exchange.next(signer, now))
}

fn machines(any: &AnyRequest, endpoint: &Endpoint, signer: &Signer, now: OffsetDateTime) -> String {
    match any {
        AnyRequest::CreateJob(call) => machine(&**call, endpoint, signer, now),
        AnyRequest::DeleteJob(call) => machine(call, endpoint, signer, now),
        AnyRequest::DescribeJob(call) => machine(call, endpoint, signer, now),
        AnyRequest::ListJobs(call) => {
            let pages = Pages::new(endpoint.clone(), call.clone(), Retry::new(7));
            let shown = format!("{pages:?} {:?}\n", pages.next(signer, now));
            shown + &machine(call, endpoint, signer, now)
        }
        AnyRequest::UpdateJobPriority(call) => machine(call, endpoint, signer, now),
        AnyRequest::UpdateJobStatus(call) => machine(call, endpoint, signer, now),
        other => panic!("{} is none of the six", other.name()),
    }
}

/// What a server that finds a signature wrong shows, what it answers, and what the client makes of
/// the answer.
fn refusal(request: &Request<Vec<u8>>, credentials: &Credentials, trace: &Trace) -> String {
    let now = OffsetDateTime::UNIX_EPOCH + Duration::days(18_000);
    let key_of = |_: &str, _: Option<&str>| Some(credentials.secret_key().clone());
    let error = verify(request, key_of, &VerifyPolicy::default(), now).unwrap_err();
    let answer = error.to_service_error();
    let reply = answer.encode();
    let read = ListJobs::decode_response(&calls::received(&reply), &Limits::default()).unwrap_err();
    let explanation = explain(trace, &answer);
    format!("{error} {error:?} {answer} {answer:?} {read} {read:?} {explanation} {explanation:?}\n")
}

proptest! {
    #![proptest_config(cases(1))]

    #[test]
    fn no_secret_is_shown(
        (id, key, token) in strategies::secrets(),
        any in strategies::any_request(),
        endpoint in strategies::endpoint(),
    ) {
        let now = OffsetDateTime::UNIX_EPOCH + Duration::days(18_000);
        let mut credentials = Credentials::new(id, key.clone()).unwrap();
        if let Some(token) = &token {
            credentials = credentials.with_token(token.clone()).unwrap();
        }
        let signer = Signer::new(credentials.clone());
        let mut request = calls::encode(&any, &endpoint).unwrap();
        let plain = request.clone();
        signer.sign(&mut request, now).unwrap();
        let trace = signer.trace(&request, now);
        let mut shown = format!(
            "{request:?}\n{signer:?}\n{credentials:?}\n{:?}\n{trace:?}\n",
            credentials.secret_key(),
        );
        prop_assert!(!shown.contains(&trace.signature), "{shown}");

        let expired = Signer::new(credentials.clone().with_expiry(now));
        let error = expired.sign(&mut request.clone(), now).unwrap_err();
        shown.push_str(&format!("{error} {error:?} {expired:?}\n"));
        for malformed in [
            Credentials::new("id", format!("{key} ")),
            credentials.clone().with_token(format!("{} ", token.as_deref().unwrap_or(&key))),
        ] {
            let error = malformed.unwrap_err();
            shown.push_str(&format!("{error} {error:?}\n"));
        }

        shown.push_str(&machines(&any, &endpoint, &signer, now));

        // Signed in the headers and in the query, and another host in the end.
        let mut presigned = plain.clone();
        *presigned.uri_mut() = signer.presign(&plain, now).unwrap();
        let again = signer.presign(&presigned, now).unwrap_err();
        shown.push_str(&format!("{again} {again:?}\n"));
        for mut request in [request, presigned] {
            request.headers_mut().insert("host", HeaderValue::from_static("none"));
            shown.push_str(&refusal(&request, &credentials, &trace));
        }

        for secret in [Some(key), token].into_iter().flatten() {
            for form in forms(&secret) {
                prop_assert!(!shown.contains(&form), "{form} in {shown}");
            }
        }
    }

    #[test]
    fn a_place_with_a_password_is_refused_without_it(password in "[a-z]{12,20}") {
        let authority = format!("user:{password}@host");
        let error = Endpoint::custom("http", &authority, "1".parse().unwrap());
        let error = error.unwrap_err();
        prop_assert!(!format!("{error} {error:?}").contains(&password), "{error:?}");
    }

    #[test]
    fn a_request_shows_what_it_asks_for(any in strategies::any_request()) {
        // Masked, not mute: what is no secret can be read.
        let endpoint = Endpoint::custom("http", "h", "1250000000".parse().unwrap());
        let mut request = calls::encode(&any, &endpoint.unwrap()).unwrap();
        let signer = Signer::new(Credentials::new("AKIDEXAMPLE", "SECRETEXAMPLE").unwrap());
        let now = OffsetDateTime::UNIX_EPOCH;
        signer.sign(&mut request, now).unwrap();
        let (trace, key) = (signer.trace(&request, now), signer.key(now));
        for shown in [format!("{trace:?}"), format!("{key:?}")] {
            prop_assert!(shown.contains("key_time: \"0;3600\""), "{shown}");
        }
        let shown = format!("{request:?} {signer:?}");
        prop_assert!(shown.contains("1250000000") && shown.contains("AKIDEXAMPLE"), "{shown}");
        prop_assert!(shown.contains(request.uri().query().unwrap_or_default()), "{shown}");
    }
}
