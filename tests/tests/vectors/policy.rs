//! What a server refuses

use http::StatusCode;

use cos_batch::ErrorCode;

use super::*;

fn signed() -> (Vector, Request<&'static str>) {
    let vector = vector("V2c");
    let request = vector.signed();
    (vector, request)
}

fn at<B>(request: &Request<B>, seconds: i64, policy: &VerifyPolicy) -> Result<(), VerifyError> {
    let key_of = |_: &str, _: Option<&str>| SecretKey::new(KEY).ok();
    let now = OffsetDateTime::from_unix_timestamp(seconds).expect("a time");
    verify(request, key_of, policy, now).map(drop)
}

#[test]
fn a_signature_holds_for_its_window_and_a_tolerance_before() {
    let (vector, request) = signed();
    let [start, end] = vector.window;
    let policy = VerifyPolicy::default();
    assert_eq!(at(&request, start - 901, &policy), Err(VerifyError::NotYetValid));
    assert_eq!(at(&request, start - 900, &policy), Ok(()));
    assert_eq!(at(&request, end, &policy), Ok(()));
    assert_eq!(at(&request, end + 1, &policy), Err(VerifyError::Expired));
    let mut exact = VerifyPolicy::default();
    exact.skew = Duration::ZERO;
    assert_eq!(at(&request, start - 1, &exact), Err(VerifyError::NotYetValid));
}

#[test]
fn a_strict_server_demands_that_host_and_app_id_are_signed() {
    let (own, request) = signed();
    assert_eq!(at(&request, own.window[0], &VerifyPolicy::strict()), Ok(()));
    for (id, missing) in [("V12", "host"), ("V13", "host")] {
        let vector = vector(id);
        let request = vector.signed();
        assert_eq!(at(&request, vector.window[0], &VerifyPolicy::default()), Ok(()));
        let refused = at(&request, vector.window[0], &VerifyPolicy::strict());
        assert_eq!(refused, Err(VerifyError::HeaderNotSigned(missing)));
    }
}

#[test]
fn a_strict_server_demands_that_all_parameters_are_signed() {
    let (vector, mut request) = signed();
    let target = format!("{}&other=1", vector.target);
    *request.uri_mut() = target.parse().expect("a target");
    assert_eq!(at(&request, vector.window[0], &VerifyPolicy::default()), Ok(()));
    let refused = at(&request, vector.window[0], &VerifyPolicy::strict());
    assert_eq!(refused, Err(VerifyError::ParameterNotSigned));
}

#[test]
fn malformed_signatures_are_told_apart() {
    let (vector, mut request) = signed();
    let whole = vector.authorization();
    let mut refused = |authorization: &str| {
        let value = HeaderValue::from_str(authorization).expect("a value");
        request.headers_mut().insert("authorization", value);
        at(&request, vector.window[0], &VerifyPolicy::default()).expect_err("refused")
    };
    for (index, part) in whole.split('&').enumerate() {
        let without: Vec<_> = whole.split('&').filter(|other| *other != part).collect();
        let error = refused(&without.join("&"));
        assert!(matches!(error, VerifyError::Malformed(_)), "part {index}: {error}");
    }
    for authorization in ["", "Bearer x", "q-sign-algorithm", &whole.replace("sha1", "md5")] {
        assert!(matches!(refused(authorization), VerifyError::Malformed(_)), "{authorization}");
    }
    for times in ["1557902800", "a;b", ";", "1557902800;-1", "99999999999999999999;1"] {
        let changed = whole.replace("1557902800;1557910000", times);
        assert!(matches!(refused(&changed), VerifyError::Malformed(_)), "{times}");
    }
    assert!(matches!(refused(&format!("{whole}&q-ak=other")), VerifyError::Malformed(_)));
    assert!(matches!(refused(&whole.to_uppercase()), VerifyError::Malformed(_)));
    request.headers_mut().remove("authorization");
    let error = at(&request, vector.window[0], &VerifyPolicy::default());
    assert_eq!(error, Err(VerifyError::Unsigned));
}

#[test]
fn a_strict_server_demands_content_md5_of_a_body() {
    let unsigned = Vector {
        signed: Some(&["host", "x-cos-appid", "content-length", "content-type"]),
        ..vector("V3")
    };
    let mut request = unsigned.request();
    unsigned.signer().sign(&mut request, unsigned.start()).expect("signed");
    assert_eq!(unsigned.verify(&request), Ok(()));
    let refused = unsigned.verify_by(&VerifyPolicy::strict(), &request);
    assert_eq!(refused, Err(VerifyError::HeaderNotSigned("content-md5")));
    for id in ["V3", "V3n", "V6", "V6n", "V7", "V8"] {
        let vector = vector(id);
        assert_eq!(vector.verify_by(&VerifyPolicy::strict(), &vector.signed()), Ok(()), "{id}");
    }
}

#[test]
fn a_strict_server_demands_every_value_of_a_repeated_parameter() {
    let vector = Vector::batch("once", "/jobs?jobStatuses=Ready");
    let mut request = vector.request();
    vector.signer().sign(&mut request, vector.start()).expect("signed");
    *request.uri_mut() = "/jobs?jobStatuses=Ready&jobStatuses=Active".parse().expect("a target");
    assert_eq!(vector.verify(&request), Ok(()));
    let refused = vector.verify_by(&VerifyPolicy::strict(), &request);
    assert!(matches!(refused, Err(VerifyError::Mismatch { .. })), "{refused:?}");

    // A third value of a name that is listed twice is signed by nobody.
    let vector = super::vector("V9");
    let mut request = vector.signed();
    assert_eq!(vector.verify_by(&VerifyPolicy::strict(), &request), Ok(()));
    let target = format!("{}&jobStatuses=Zzz", vector.target);
    *request.uri_mut() = target.parse().expect("a target");
    assert_eq!(vector.verify(&request), Ok(()));
    let refused = vector.verify_by(&VerifyPolicy::strict(), &request);
    assert_eq!(refused, Err(VerifyError::ParameterNotSigned));
}

#[test]
fn each_refusal_has_its_code() {
    let (vector, request) = signed();
    let [start, end] = vector.window;
    let policy = VerifyPolicy::default();
    let bare = vector.request();
    let mut malformed = vector.request();
    malformed.headers_mut().insert("authorization", HeaderValue::from_static("q-ak=x"));
    let mut mismatch = vector.signed();
    *mismatch.method_mut() = Method::DELETE;
    let nobody = |_: &str, _: Option<&str>| None;
    let unknown = verify(&request, nobody, &policy, vector.start()).map(drop);
    for (refused, code) in [
        (unknown, ErrorCode::InvalidAccessKeyId),
        (at(&bare, start, &policy), ErrorCode::AccessDenied),
        (at(&malformed, start, &policy), ErrorCode::AccessDenied),
        (at(&request, start - 901, &policy), ErrorCode::RequestTimeTooSkewed),
        (at(&request, end + 1, &policy), ErrorCode::AccessDenied),
        (at(&mismatch, start, &policy), ErrorCode::SignatureDoesNotMatch),
    ] {
        let refused = refused.expect_err("refused");
        assert!(!refused.to_string().is_empty(), "{refused:?}");
        let answer = refused.to_service_error();
        assert_eq!((answer.status, &answer.code), (StatusCode::FORBIDDEN, &code));
        let mismatch = code == ErrorCode::SignatureDoesNotMatch;
        assert_eq!(answer.format_string.is_some(), mismatch);
        assert_eq!(answer.string_to_sign.is_some(), mismatch);
    }
    let expired = at(&request, end + 1, &policy).expect_err("refused").to_service_error();
    assert_eq!(expired.message.as_deref(), Some("Request has expired"));
    assert!(expired.is_clock_skew());
}

#[test]
fn a_second_authorization_is_refused() {
    let (vector, mut request) = signed();
    let again = request.headers()["authorization"].clone();
    request.headers_mut().append("authorization", again);
    let refused = at(&request, vector.window[0], &VerifyPolicy::default());
    assert!(matches!(refused, Err(VerifyError::Malformed(_))), "{refused:?}");
}

#[test]
fn a_path_that_is_not_utf_8_is_told_from_another() {
    let vector = Vector::batch("not UTF-8", "/jobs/%ff");
    let mut request = vector.request();
    vector.signer().sign(&mut request, vector.start()).expect("signed");
    assert_eq!(vector.verify(&request), Ok(()));
    *request.uri_mut() = "/jobs/%fe".parse().expect("a target");
    assert!(matches!(vector.verify(&request), Err(VerifyError::Mismatch { .. })));
}
