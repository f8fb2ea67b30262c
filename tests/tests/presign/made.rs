//! URIs with a signature

use cos_batch::SignError;

use super::*;

#[test]
fn targets_are_those_of_the_vectors() {
    let plain = request("/jobs?maxResults=10");
    assert_eq!(signer(None).presign(&plain, start()).expect("presigned"), V5A);
    assert_eq!(signer(None).presign_merged(&plain, start()).expect("presigned"), MERGED);
    assert_eq!(signer(Some(TOKEN)).presign(&plain, start()).expect("presigned"), V5B);
}

#[test]
fn the_uri_is_kept_byte_for_byte() {
    let host = |target: &str| Request::get(target).header("host", HOST).body(()).expect("one");
    for (target, kept) in [
        ("https://h.example:8443/a%2fb?x=1&&%7e=+&", "https://h.example:8443/a%2fb?x=1&&%7e=+&&"),
        ("http://H.example", "http://H.example/?"),
        ("/jobs", "/jobs?"),
        ("/jobs?", "/jobs?"),
        ("//jobs?a", "//jobs?a&"),
    ] {
        let presigned = signer(None).presign(&host(target), start()).expect("presigned");
        let expected = format!("{kept}q-sign-algorithm=sha1&");
        assert!(presigned.to_string().starts_with(&expected), "{presigned}");
        let merged = signer(None).presign_merged(&host(target), start()).expect("presigned");
        assert!(merged.to_string().starts_with(&format!("{kept}sign=q-sign-")), "{merged}");
    }
}

#[test]
fn the_host_is_that_of_the_header_or_the_authority() {
    let bare = Request::get("http://h.example:9000/jobs").body(()).expect("a request");
    let presigned = signer(None).presign(&bare, start()).expect("presigned");
    assert!(bare.headers().is_empty(), "the request is left as it is");
    let sent = Request::get(&presigned).header("host", "h.example:9000").body(());
    let key_of = |_: &str, _: Option<&str>| Some(key());
    let sent = sent.expect("a request");
    assert!(verify(&sent, key_of, &VerifyPolicy::default(), start()).is_ok());
    let nowhere = Request::get("/jobs").body(()).expect("a request");
    assert_eq!(signer(None).presign(&nowhere, start()), Err(SignError::NoHost));
    // No host is spelled in other bytes than ASCII's.
    let unreadable = Request::get("/jobs").header("host", &b"h\xe9"[..]).body(());
    let unreadable = unreadable.expect("a request");
    assert_eq!(signer(None).presign(&unreadable, start()), Err(SignError::NoHost));
}

#[test]
fn expired_credentials_are_refused() {
    let credentials = Credentials::new(ID, KEY).expect("credentials").with_expiry(start());
    let signer = Signer::new(credentials);
    let expired = Err(SignError::Expired { at: start() });
    assert_eq!(signer.presign(&request("/jobs"), start()), expired);
    assert_eq!(signer.presign_merged(&request("/jobs"), start()), expired);
}

#[test]
fn a_query_that_is_signed_already_is_refused() {
    for target in [V5A, MERGED, "/?q-ak", "/?a&sign=", "/?%71-AK=1", "/?q%2Dsignature=1"] {
        let refused = signer(None).presign(&request(target), start());
        assert_eq!(refused, Err(SignError::AlreadySigned), "{target}");
    }
    let with_token = "/jobs?x-cos-security-token=other";
    let refused = signer(Some(TOKEN)).presign_merged(&request(with_token), start());
    assert_eq!(refused, Err(SignError::AlreadySigned));
    for target in ["/?q-aka=1", "/?signed=1", "/?q=q-ak", with_token] {
        assert!(signer(None).presign(&request(target), start()).is_ok(), "{target}");
    }
}

#[test]
fn a_uri_that_becomes_too_long_is_refused() {
    let target = format!("/jobs?a={}", "a".repeat(65_400));
    assert_eq!(signer(None).presign(&request(&target), start()), Err(SignError::Uri));
}
