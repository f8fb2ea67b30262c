//! No secret is shown, whatever is printed

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use cos_batch::http::HeaderValue;
use cos_batch::text::push_encoded;
use cos_batch::time::{Duration, OffsetDateTime};
use cos_batch::{
    Credentials, Exchange, Machine, Operation, Pages, Retry, Signer, VerifyPolicy, verify,
};
use cos_batch_testkit::strategies;
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

proptest! {
    #![proptest_config(cases(1))]

    #[test]
    fn no_secret_is_shown(
        (id, key, token) in strategies::secrets(),
        list in strategies::list_jobs(),
        endpoint in strategies::endpoint(),
    ) {
        let now = OffsetDateTime::UNIX_EPOCH + Duration::days(18_000);
        let mut credentials = Credentials::new(id, key.clone()).unwrap();
        if let Some(token) = &token {
            credentials = credentials.with_token(token.clone()).unwrap();
        }
        let signer = Signer::new(credentials.clone());
        let mut request = list.encode_request(&endpoint).unwrap();
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

        let exchange = Exchange::new(endpoint.clone(), list.clone(), Retry::new(7));
        let pages = Pages::new(endpoint, list, Retry::new(7));
        let steps = (exchange.next(&signer, now), pages.next(&signer, now));
        shown.push_str(&format!("{exchange:?} {pages:?} {steps:?}\n"));

        // A server that finds the signature wrong, and the answer it makes.
        request.headers_mut().insert("x-cos-appid", HeaderValue::from_static("none"));
        let key_of = |_: &str, _: Option<&str>| Some(credentials.secret_key().clone());
        let error = verify(&request, key_of, &VerifyPolicy::default(), now).unwrap_err();
        let answer = error.to_service_error();
        shown.push_str(&format!("{error} {error:?} {answer} {answer:?}\n"));

        for secret in [Some(key), token].into_iter().flatten() {
            for form in forms(&secret) {
                prop_assert!(!shown.contains(&form), "{form} in {shown}");
            }
        }
    }

    #[test]
    fn a_place_with_a_password_is_refused_without_it(password in "[a-z]{12,20}") {
        let authority = format!("user:{password}@host");
        let error = cos_batch::Endpoint::custom("http", &authority, "1".parse().unwrap());
        let error = error.unwrap_err();
        prop_assert!(!format!("{error} {error:?}").contains(&password), "{error:?}");
    }

    #[test]
    fn a_request_shows_what_it_asks_for(list in strategies::list_jobs()) {
        // Masked, not mute: what is no secret can be read.
        let endpoint = cos_batch::Endpoint::custom("http", "h", "1250000000".parse().unwrap());
        let mut request = list.encode_request(&endpoint.unwrap()).unwrap();
        let signer = Signer::new(Credentials::new("AKIDEXAMPLE", "SECRETEXAMPLE").unwrap());
        signer.sign(&mut request, OffsetDateTime::UNIX_EPOCH).unwrap();
        let shown = format!("{request:?} {signer:?}");
        prop_assert!(shown.contains("1250000000") && shown.contains("AKIDEXAMPLE"), "{shown}");
        prop_assert!(shown.contains(request.uri().query().unwrap_or_default()), "{shown}");
    }
}
