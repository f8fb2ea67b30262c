//! Where clients disagree, each kind accepted

use super::*;

/// W1 with `foo%2Fbar`, as one signs it who lower-cases names before encoding them.
const UPPER: &str = "093569ebb6c7413300a41de78ceeff28de3b4585";
/// `/jobs?Foo%2FBar=1` signed in the same way.
const UPPER_ALONE: &str = "a9bc211426ca5875707d8c68f59c6f7267757400";
/// W1 with its parameters in the order `foo%2fbar;foo;acl;z;z`.
const REORDERED: &str = "9c7919829488897b2c20dfa33e81ec6978c7e9e2";
/// V1 with the key time as it is, signed at another time that the signature covers.
const SIGN_TIME: &str = "ee6279e2e0e9d4586a07b66f2eeb32df6dc3af15";

/// The request of `vector` as a client signs it that lists other names and so signs otherwise.
fn as_listed(vector: &Vector, header_list: &str, param_list: &str, signature: &str) -> String {
    let (headers, parameters) = (vector.header_list, vector.url_param_list);
    vector
        .authorization()
        .replace(&format!("header-list={headers}&"), &format!("header-list={header_list}&"))
        .replace(&format!("param-list={parameters}&"), &format!("param-list={param_list}&"))
        .replace(vector.signature, signature)
}

/// Signs one target and sends another.
fn sent(signed: &'static str, sent: &str) -> Result<(), VerifyError> {
    let vector = Vector::batch("signed", signed);
    let mut request = vector.request();
    vector.signer().sign(&mut request, vector.start()).expect("signed");
    *request.uri_mut() = sent.parse().expect("a target");
    vector.verify(&request)
}

fn is_mismatch(outcome: &Result<(), VerifyError>) -> bool {
    matches!(outcome, Err(VerifyError::Mismatch { .. }))
}

#[test]
fn a_host_with_a_port_is_signed_with_it_or_without() {
    let vector = vector("V10p");
    let mut request = vector.signed();
    for (host, accepted) in
        [("127.0.0.1:9000", true), ("127.0.0.1", true), ("127.0.0.2:9000", false)]
    {
        request.headers_mut().insert("host", HeaderValue::from_static(host));
        assert_eq!(vector.verify(&request).is_ok(), accepted, "{host}");
        assert_eq!(vector.verify_by(&VerifyPolicy::strict(), &request).is_ok(), accepted, "{host}");
    }
    // The other way round is not done by anyone.
    let vector = super::vector("V10");
    let mut request = vector.signed();
    request.headers_mut().insert("host", HeaderValue::from_static("127.0.0.1"));
    assert!(is_mismatch(&vector.verify(&request)));
}

#[test]
fn repeated_query_keys_are_listed_as_often_or_once() {
    let both = "/jobs?jobStatuses=Ready&jobStatuses=Active";
    assert_eq!(sent(both, "/jobs?jobStatuses=Active&jobStatuses=Ready"), Ok(()));
    assert!(is_mismatch(&sent(both, "/jobs?jobStatuses=Active")));
    // As clients sign that keep one value for each name.
    assert_eq!(sent("/jobs?jobStatuses=Ready", both), Ok(()));
    assert_eq!(sent("/jobs?jobStatuses=Active", both), Ok(()));
    let swapped = "/jobs?jobStatuses=Active&jobStatuses=Ready";
    assert_eq!(sent("/jobs?jobStatuses=Ready", swapped), Ok(()));
    assert_eq!(sent("/jobs?jobStatuses=Active", swapped), Ok(()));
    assert!(is_mismatch(&sent("/jobs?jobStatuses=Failed", both)));
}

#[test]
fn escapes_in_keys_are_lower_case_or_as_listed() {
    let vector = vector("W1");
    let mut request = vector.request();
    for (list, signature, accepted) in [
        ("acl;foo;foo%2Fbar;z;z", UPPER, true),
        ("acl;foo;foo%2Fbar;z;z", vector.signature, true),
        ("ACL;foo;foo%2fbar;Z;z", vector.signature, true),
        ("acl;foo;foo%2fbar;z;z", UPPER, false),
    ] {
        let authorization = as_listed(&vector, "host", list, signature);
        request.headers_mut().insert("authorization", authorization.parse().expect("a value"));
        assert_eq!(vector.verify(&request).is_ok(), accepted, "{list} {signature}");
    }
    let alone = Vector {
        url_param_list: "foo%2Fbar",
        signature: UPPER_ALONE,
        ..Vector::batch("alone", "/jobs?Foo%2FBar=1")
    };
    assert_eq!(alone.verify(&alone.signed()), Ok(()));
}

#[test]
fn the_sort_order_is_that_of_the_list() {
    let vector = vector("W1");
    let mut request = vector.request();
    let authorization = as_listed(&vector, "host", "foo%2fbar;foo;acl;z;z", REORDERED);
    request.headers_mut().insert("authorization", authorization.parse().expect("a value"));
    assert_eq!(vector.verify(&request), Ok(()));
    let authorization = as_listed(&vector, "host", "foo;foo%2fbar;acl;z;z", REORDERED);
    request.headers_mut().insert("authorization", authorization.parse().expect("a value"));
    assert!(is_mismatch(&vector.verify(&request)));
}

#[test]
fn the_path_is_decoded_and_its_plus_stays() {
    assert_eq!(sent("/jobs/a+b%20c", "/jobs/%61%2Bb%20c"), Ok(()));
    assert!(is_mismatch(&sent("/jobs/a+b", "/jobs/a%20b")));
    assert!(is_mismatch(&sent("/jobs/a%2520b", "/jobs/a%20b")));
}

#[test]
fn header_lines_of_one_name_are_listed_one_by_one() {
    let vector = Vector::batch("lines", "/jobs");
    let mut request = vector.request();
    for value in ["b", "a"] {
        request.headers_mut().append("x-cos-meta-x", HeaderValue::from_static(value));
    }
    vector.signer().sign(&mut request, vector.start()).expect("signed");
    let authorization = request.headers()["authorization"].to_str().expect("text");
    assert!(authorization.contains("q-header-list=host;x-cos-appid;x-cos-meta-x;x-cos-meta-x&"));
    assert_eq!(vector.verify(&request), Ok(()));
    request.headers_mut().insert("x-cos-meta-x", HeaderValue::from_static("a"));
    assert!(is_mismatch(&vector.verify(&request)));
}

#[test]
fn spaces_in_the_query_are_escaped_or_a_plus() {
    assert_eq!(sent("/jobs?a=b%20c", "/jobs?a=b+c"), Ok(()));
    assert_eq!(sent("/jobs?a=b+c", "/jobs?a=b%20c"), Ok(()));
    assert!(is_mismatch(&sent("/jobs?a=b+c", "/jobs?a=b%2Bc")));
}

#[test]
fn the_content_type_is_signed_where_it_is_listed() {
    for (id, accepted) in [("V3", false), ("V3n", true)] {
        let vector = vector(id);
        let mut request = vector.signed();
        request.headers_mut().insert("content-type", HeaderValue::from_static("text/xml"));
        assert_eq!(vector.verify(&request).is_ok(), accepted, "{id}");
    }
}

#[test]
fn a_token_in_the_header_is_signed_or_not() {
    let signed = vector("V4");
    assert_eq!(signed.verify(&signed.signed()), Ok(()));
    let mut other = signed.signed();
    other.headers_mut().insert("x-cos-security-token", HeaderValue::from_static("other"));
    assert_eq!(signed.verify(&other), Err(VerifyError::UnknownId));

    // Added after signing, as the Java and Node.js SDKs do.
    let vector = Vector { token: Some("EXAMPLE-token"), ..vector("V1") };
    assert_eq!(vector.verify(&vector.signed()), Ok(()));
    assert_eq!(vector.verify_by(&VerifyPolicy::strict(), &vector.signed()), Ok(()));
}

#[test]
fn the_time_of_signing_may_differ_from_the_key_time() {
    let vector = vector("V1");
    let mut request = vector.request();
    let apart = |signature: &str| {
        vector
            .authorization()
            .replace("sign-time=1557902800;1557910000", "sign-time=1557902700;1557909000")
            .replace(vector.signature, signature)
    };
    // The Go SDK signs the key time; then the time of signing would be anybody's to change.
    for (signature, accepted) in
        [(vector.signature, false), (SIGN_TIME, true), (&SIGN_TIME.replace('7', "8"), false)]
    {
        let authorization = apart(signature).parse().expect("a value");
        request.headers_mut().insert("authorization", authorization);
        assert_eq!(vector.verify(&request).is_ok(), accepted, "{signature}");
    }
}
