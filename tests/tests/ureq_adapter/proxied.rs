//! Proxies: only if asked, only for https
//!
//! The environment of a running process is not to be changed, so these tests run themselves again.

use std::env;
use std::net::TcpListener;
use std::process::Command;

use cos_batch::Lost;
use cos_batch_testkit::peer::Script;
use cos_batch_ureq::SendErrorKind;

use crate::support::{bounded, client, client_of, endpoint, failure, list, page, peer};

/// Says that a test is to do something now.
const AGAIN: &str = "COS_BATCH_TESTS_RUN_AGAIN";

/// Runs the test `name` of this file in an environment with a proxy.
fn run_again(name: &str, proxy: &str) {
    let output = Command::new(env::current_exe().expect("a test binary"))
        .args(["--exact", &format!("proxied::{name}"), "--nocapture"])
        .env(AGAIN, "yes")
        .env("ALL_PROXY", proxy)
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .output()
        .expect("a run");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{output:?}");
}

#[test]
fn a_proxy_is_used_where_it_is_asked_for() {
    bounded(|| {
        let refusal = || Script::new().answer("407 Proxy Authentication Required", "");
        let proxy = peer([refusal(), refusal(), refusal()]);
        run_again("under_a_proxy", &format!("http://{}", proxy.address()));
        let requests = proxy.requests();
        assert_eq!(requests.len(), 3);
        for request in requests {
            let request = String::from_utf8_lossy(&request).to_ascii_lowercase();
            assert!(request.starts_with("connect host.invalid:443 "), "{request}");
            assert!(!request.contains("q-sign"), "{request}");
        }
    });
}

#[test]
fn a_proxy_that_is_not_there_is_named() {
    bounded(|| {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        drop(listener);
        for scheme in ["http", "socks4a", "socks5h"] {
            run_again("without_its_proxy", &format!("{scheme}://{address}"));
        }
    });
}

#[test]
fn without_its_proxy() {
    if env::var_os(AGAIN).is_none() {
        return;
    }
    let failed = failure(list(&client_of(endpoint("https", "host.invalid")).with_proxy_from_env()));
    assert_eq!(failed.error, cos_batch::Error::Lost(Lost::BeforeSending));
    let cause = failed.cause.expect("a cause");
    assert_eq!(cause.kind(), SendErrorKind::Proxy, "{cause}");
    let text = cause.to_string();
    assert!(text.starts_with("no connection with host.invalid by the proxy: "), "{text}");
}

#[test]
fn under_a_proxy() {
    if env::var_os(AGAIN).is_none() {
        return;
    }
    let plain = || peer([Script::new().answer("200 OK", page(1, None))]);
    let (asked, unasked) = (plain(), plain());
    list(&client(&asked).with_proxy_from_env()).expect("no proxy for http");
    list(&client(&unasked)).expect("no proxy");

    let failed = failure(list(&client_of(endpoint("https", "host.invalid")).with_proxy_from_env()));
    assert_eq!(failed.error, cos_batch::Error::Lost(Lost::BeforeSending));
    let cause = failed.cause.expect("a cause");
    assert_eq!(cause.kind(), SendErrorKind::Proxy, "{cause}");
    assert!(cause.to_string().contains("407"), "{cause}");
}
