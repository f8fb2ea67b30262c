//! What is refused, and as what

use cos_batch::http::header::HOST as HOST_HEADER;
use cos_batch::{ErrorCode, ServiceError};
use cos_batch_emulator::{Account, Engine, Settings};

use crate::support::*;
use crate::vectors::{authorization, v1};

#[test]
fn a_signature_holds_to_the_last_second_of_its_window() {
    let mut engine = sample_engine();
    assert!(page(&engine.handle(&v1(), at(END))).is_ok());
    let error = refused(&engine.handle(&v1(), at(END + 1)), 403, ErrorCode::AccessDenied);
    assert_eq!(error.message.as_deref(), Some("Request has expired"));
    assert!(error.is_clock_skew());
}

#[test]
fn a_signature_may_begin_in_the_future_by_the_skew() {
    let mut engine = sample_engine();
    assert!(page(&engine.handle(&v1(), at(START - 900))).is_ok());
    refused(&engine.handle(&v1(), at(START - 901)), 403, ErrorCode::RequestTimeTooSkewed);

    let mut settings = Settings::default();
    settings.verify.skew = std::time::Duration::from_secs(5);
    let mut engine = crate::support::engine(settings, Vec::new());
    assert!(page(&engine.handle(&v1(), at(START - 5))).is_ok());
    refused(&engine.handle(&v1(), at(START - 6)), 403, ErrorCode::RequestTimeTooSkewed);
}

#[test]
fn nobody_else_is_let_in() {
    let mut nobody = Engine::new(Settings::default());
    refused(&nobody.handle(&v1(), at(START)), 403, ErrorCode::InvalidAccessKeyId);

    let mut other = Engine::new(Settings::default());
    other.add_account(Account::default());
    refused(&other.handle(&v1(), at(START)), 403, ErrorCode::InvalidAccessKeyId);
    other.add_account(account());
    assert!(page(&other.handle(&v1(), at(START))).is_ok());

    let mut wrong_key = Engine::new(Settings::default());
    wrong_key.add_account(Account::new(SECRET_ID, "another-key").unwrap());
    refused(&wrong_key.handle(&v1(), at(START)), 403, ErrorCode::SignatureDoesNotMatch);
}

#[test]
fn an_unsigned_request_is_denied_whatever_it_asks_for() {
    for (method, target) in [
        ("GET", "/jobs"),
        ("GET", "/jobs?maxResults=0"),
        ("POST", "/jobs"),
        ("GET", "/"),
        ("HEAD", "/jobs"),
        ("PATCH", "/jobs"),
        ("OPTIONS", "*"),
        ("CONNECT", "127.0.0.1:9000"),
        ("GET", "http://127.0.0.1:9000/jobs"),
        ("BREW", "http://127.0.0.1:9000"),
    ] {
        for headers in [&[HOST, APPID][..], &[HOST], &[]] {
            let reply = sample_engine().handle(&wire(method, target, headers), at(START));
            refused(&reply, 403, ErrorCode::AccessDenied);
        }
    }
}

#[test]
fn a_malformed_signature_is_denied() {
    let good = authorization("host;x-cos-appid", "", "89effff0debb70a86af3595b206e8093bda6efc1");
    let without = |part: &str| {
        good.split('&').filter(|pair| !pair.starts_with(part)).collect::<Vec<_>>().join("&")
    };
    let mut malformed: Vec<_> = [
        "q-sign-algorithm",
        "q-ak",
        "q-sign-time",
        "q-key-time",
        "q-header-list",
        "q-url-param-list",
        "q-signature",
    ]
    .map(without)
    .into();
    malformed.extend([
        String::new(),
        "Bearer abc".to_owned(),
        "&&&".to_owned(),
        good.replace("sha1", "sha256"),
        good.replace("1557902800;", "yesterday;"),
        good.replace("1557902800;1557910000", "1557902800"),
        format!("{good}&q-ak=AKIDOTHER"),
    ]);
    for value in malformed {
        let headers = [HOST, APPID, ("authorization", &*value)];
        let reply = sample_engine().handle(&wire("GET", "/jobs", &headers), at(START));
        refused(&reply, 403, ErrorCode::AccessDenied);
    }
    let headers = [HOST, APPID, ("authorization", &*good)];
    assert!(page(&sample_engine().handle(&wire("GET", "/jobs", &headers), at(START))).is_ok());
}

#[test]
fn every_call_names_an_appid() {
    let signer = signer().headers(&[HOST_HEADER]);
    for headers in [
        &[HOST][..],
        &[HOST, ("x-cos-appid", "")],
        &[HOST, ("x-cos-appid", "abc")],
        &[HOST, ("x-cos-appid", "-1")],
    ] {
        let mut request = wire("GET", "/jobs", headers);
        signer.sign(&mut request, at(START)).unwrap();
        let reply = sample_engine().handle(&request, at(START));
        let error = refused(&reply, 400, ErrorCode::InvalidArgument);
        assert!(error.message.as_deref().unwrap().starts_with("x-cos-appid"), "{error}");
    }
}

fn signed(method: &str, target: &str) -> Box<ServiceError> {
    let mut request = wire(method, target, &[HOST, APPID]);
    signer().sign(&mut request, at(START)).unwrap();
    page(&sample_engine().handle(&request, at(START))).expect_err("a refusal")
}

#[test]
fn a_path_without_a_call_is_not_found() {
    for target in ["/", "/Jobs", "/job", "//jobs", "/jobs/a/b", "/jobs/a/status/", "*"] {
        for method in ["GET", "POST", "DELETE"] {
            let error = signed(method, target);
            assert_eq!((error.status.as_u16(), error.code), (404, ErrorCode::InvalidRequest));
        }
    }
}

#[test]
fn a_path_with_a_call_takes_its_methods_only() {
    for (target, allowed) in [
        ("/jobs?maxResults=0", "GET, POST"),
        ("/jobs/a", "DELETE, GET"),
        ("/jobs/a/priority", "POST"),
        ("/jobs/a/status", "POST"),
    ] {
        let methods = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "get"];
        for method in methods.into_iter().filter(|method| !allowed.contains(method)) {
            let mut request = wire(method, target, &[HOST, APPID]);
            signer().sign(&mut request, at(START)).unwrap();
            let reply = sample_engine().handle(&request, at(START));
            refused(&reply, 405, ErrorCode::MethodNotAllowed);
            assert_eq!(header(reply.headers(), "allow"), allowed, "{target}");
        }
    }
}

#[test]
fn each_documented_error_of_a_listing() {
    let long = "a".repeat(65);
    for (parameter, value) in [
        ("jobStatuses", ""),
        ("jobStatuses", "Hibernating"),
        ("jobStatuses", "active"),
        ("jobStatuses", "Active%2C"),
        ("jobStatuses", "Active%2CHibernating"),
        ("jobStatuses", "Active&jobStatuses=Hibernating"),
        ("maxResults", ""),
        ("maxResults", "0"),
        ("maxResults", "1001"),
        ("maxResults", "-1"),
        ("maxResults", "+5"),
        ("maxResults", "1.5"),
        ("maxResults", "ten"),
        ("maxResults", "99999999999999999999"),
        ("maxResults", "5&maxResults=5"),
        ("nextToken", ""),
        ("nextToken", "a%2Fb"),
        ("nextToken", "..%20"),
        ("nextToken", "%E4%B8%AD"),
        ("nextToken", &long),
        ("nextToken", "a&nextToken=b"),
    ] {
        let error = signed("GET", &format!("/jobs?{parameter}={value}"));
        let seen = (error.status.as_u16(), &error.code);
        assert_eq!(seen, (400, &ErrorCode::InvalidArgument), "{parameter}={value}");
        assert!(error.message.as_deref().unwrap().starts_with(parameter), "{error}");
    }
    let error = signed("GET", "/jobs?nextToken=%FF");
    assert_eq!((error.status.as_u16(), error.code), (400, ErrorCode::InvalidArgument));
}
