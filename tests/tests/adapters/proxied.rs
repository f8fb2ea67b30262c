//! Proxies: only if asked, only for https, never for this machine
//!
//! The environment of a running process is not to be changed, so these tests run themselves again.

use std::env;
use std::net::TcpListener;
use std::process::Command;

use cos_batch::Lost;
use cos_batch_testkit::peer::{Peer, Script};

use crate::support::{
    Client, PROXY_REFUSED, SendErrorKind, bounded, client, client_of, endpoint, failure, list,
    loss, page, peer,
};

/// Says that a test is to do something now.
const AGAIN: &str = "COS_BATCH_TESTS_RUN_AGAIN";

/// Runs the test `name` of this file in an environment with these variables and no other proxy.
fn run_again(name: &str, variables: &[(&str, &str)]) {
    let mut command = Command::new(env::current_exe().expect("a test binary"));
    command.args(["--exact", &format!("proxied::{name}"), "--nocapture"]).env(AGAIN, "yes");
    for variable in ["HTTPS_PROXY", "ALL_PROXY", "HTTP_PROXY", "NO_PROXY"] {
        command.env_remove(variable).env_remove(variable.to_ascii_lowercase());
    }
    let output = command.envs(variables.iter().copied()).output().expect("a run");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{output:?}");
}

/// Is this the run of its own that a test is for?
fn is_again() -> bool {
    env::var_os(AGAIN).is_some()
}

/// The request that every connection of a proxy began with.
fn asked(proxy: &Peer) -> Vec<String> {
    let requests = proxy.requests();
    requests.iter().map(|request| String::from_utf8_lossy(request).to_ascii_lowercase()).collect()
}

fn refusing() -> Peer {
    let refusal = || Script::new().answer("407 Proxy Authentication Required", "");
    peer([refusal(), refusal(), refusal()])
}

fn by_proxy(host: &str) -> Client {
    client_of(endpoint("https", host)).with_proxy_from_env()
}

#[test]
fn a_proxy_is_used_where_it_is_asked_for() {
    bounded(|| {
        for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            let proxy = refusing();
            run_again("under_a_proxy", &[(variable, &format!("http://{}", proxy.address()))]);
            assert_eq!(proxy.requests().len(), 3, "{variable}");
            for request in asked(&proxy) {
                assert!(request.starts_with("connect host.invalid:443 "), "{request}");
                assert!(!request.contains("q-sign"), "{request}");
            }
        }
    });
}

#[test]
fn under_a_proxy() {
    if !is_again() {
        return;
    }
    let plain = || peer([Script::new().answer("200 OK", page(1, None))]);
    let (asked, unasked) = (plain(), plain());
    list(&client(&asked).with_proxy_from_env()).expect("no proxy for http");
    list(&client(&unasked)).expect("no proxy");

    let far = client_of(endpoint("http", "host.invalid")).with_proxy_from_env();
    let (_, kind, text) = loss(&far);
    assert_eq!(kind, SendErrorKind::NameNotFound, "{text}");

    let (lost, kind, text) = loss(&by_proxy("host.invalid"));
    assert_eq!((lost, kind), (Lost::BeforeSending, SendErrorKind::Proxy), "{text}");
    assert!(text.contains("no connection with host.invalid by the proxy: "), "{text}");
    assert!(text.contains(PROXY_REFUSED), "{text}");
}

#[test]
fn the_proxy_for_https_goes_before_the_one_for_all() {
    bounded(|| {
        let (first, second) = (refusing(), refusing());
        run_again(
            "under_a_proxy",
            &[
                ("ALL_PROXY", &format!("http://{}", second.address())),
                ("HTTPS_PROXY", &format!("http://{}", first.address())),
                ("HTTP_PROXY", &format!("http://{}", second.address())),
            ],
        );
        assert_eq!((first.connections(), second.connections()), (3, 0));
    });
}

#[test]
fn a_proxy_is_told_who_asks() {
    bounded(|| {
        let proxy = refusing();
        let url = format!("http://user:p%40ss@{}", proxy.address());
        run_again("without_a_word_of_the_password", &[("HTTPS_PROXY", &url)]);
        assert_eq!(proxy.requests().len(), 3);
        for request in asked(&proxy) {
            // `user:p@ss`
            assert!(request.contains("proxy-authorization: basic dxnlcjpwqhnz"), "{request}");
        }
    });
}

#[test]
fn without_a_word_of_the_password() {
    if !is_again() {
        return;
    }
    let client = by_proxy("host.invalid");
    let failed = failure(list(&client));
    let shown = format!("{client:?} {failed:?} {failed}");
    for secret in ["p%40ss", "p@ss", "dXNlcjpwQHNz"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn what_comes_through_the_tunnel_is_tls() {
    bounded(|| {
        let script = || {
            let tunnel = Script::new().request().write("HTTP/1.1 200 Connected\r\n\r\n");
            tunnel.any().write("220 mail.example.com ESMTP\r\n")
        };
        let proxy = peer([script(), script(), script()]);
        run_again("through_the_tunnel", &[("HTTPS_PROXY", &format!("http://{}", proxy.address()))]);
        assert_eq!((proxy.connections(), proxy.requests().len()), (3, 3));
    });
}

#[test]
fn through_the_tunnel() {
    if !is_again() {
        return;
    }
    let (lost, kind, text) = loss(&by_proxy("host.invalid"));
    assert_eq!((lost, kind), (Lost::BeforeSending, SendErrorKind::Handshake), "{text}");
}

#[test]
fn hosts_that_need_no_proxy_are_asked_directly() {
    bounded(|| {
        let proxy = refusing();
        run_again(
            "past_the_proxy",
            &[
                ("HTTPS_PROXY", &format!("http://{}", proxy.address())),
                ("NO_PROXY", "cos.example, invalid"),
            ],
        );
        assert_eq!(proxy.connections(), 0);
    });
}

#[test]
fn past_the_proxy() {
    if !is_again() {
        return;
    }
    let (lost, kind, text) = loss(&by_proxy("host.invalid"));
    assert_eq!((lost, kind), (Lost::BeforeSending, SendErrorKind::NameNotFound), "{text}");
    // This machine is never asked by way of another.
    let near = peer([Script::new().any(), Script::new().any(), Script::new().any()]);
    let (_, kind, text) = loss(&by_proxy(&near.address().to_string()));
    assert_eq!(kind, SendErrorKind::Handshake, "{text}");
    assert_eq!(near.connections(), 3);
}

#[test]
fn a_proxy_that_is_not_there_is_named() {
    bounded(|| {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        drop(listener);
        for scheme in ["http", "socks4a", "socks5h"] {
            run_again("without_its_proxy", &[("HTTPS_PROXY", &format!("{scheme}://{address}"))]);
        }
    });
}

#[test]
fn without_its_proxy() {
    if !is_again() {
        return;
    }
    let (lost, kind, text) = loss(&by_proxy("host.invalid"));
    assert_eq!((lost, kind), (Lost::BeforeSending, SendErrorKind::Proxy), "{text}");
    assert!(text.contains("no connection with host.invalid by the proxy: "), "{text}");
}
