//! No answer: named in words, with what may be done

use std::net::TcpListener;
use std::time::{Duration, Instant};

use cos_batch_testkit::peer::{Peer, Script};
use insta::assert_snapshot;

use crate::support::{SECRET_KEY, list_at, list_from, one_by_one};

#[test]
fn a_refused_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let ran = list_from(&format!("http://{address}"), "--retries 1").fails(7);
    assert_eq!(ran.stdout, "");
    assert_snapshot!(ran.screen(), @r#"
    error[E0701 no-reply]: ListJobs got no reply: 127.0.0.1:PORT refused the connection: Connection refused (os error 111)
      the request could not be sent
      nothing was listed
      host 127.0.0.1:PORT  attempt 2 of 2
      help: check the endpoint's host and port, and that the service runs there
    "#);
}

#[test]
fn a_name_that_nobody_has() {
    // A label of more than 63 bytes is not even asked for.
    let name = format!("{}.invalid", "a".repeat(64));
    let ran = list_from(&format!("http://{name}"), "--retries 0").fails(7);
    ran.says(&format!("ListJobs got no reply: the name of {name} was not found"));
    ran.says("\n  the request could not be sent\n");
    ran.says("\n  help: check the host's name: the UIN and the region, or the endpoint\n");
}

#[test]
fn tls_with_a_port_that_does_not_speak_it() {
    let plain = Script::new().any().write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    let peer = one_by_one([plain]);
    let ran = list_from(&format!("https://{}", peer.address()), "--retries 0").fails(7);
    ran.says("ListJobs got no reply: no TLS connection with 127.0.0.1:");
    ran.says("\n  the request could not be sent\n");
    ran.says("\n  help: check that the endpoint speaks TLS, and whose certificate it has\n");
}

#[test]
fn time_that_runs_out() {
    let silent = Script::new().request().pause(Peer::LONGEST);
    let slow = Script::new()
        .request()
        .write("HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n<ListJobsResult>")
        .pause(Peer::LONGEST);
    for (script, told) in [
        (silent, "ListJobs got no reply: no response from 127.0.0.1:"),
        (slow, "was not complete within 200ms: 16 bytes of its body came"),
    ] {
        let peer = one_by_one([script.clone(), script]);
        let start = Instant::now();
        let ran = list_at(&peer, "--retries 1 --timeout 200ms").fails(7);
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
        ran.says(told).says("\n  the request was sent, but no complete response came back\n");
        ran.says("  attempt 2 of 2\n  help: check the network, or give more --timeout\n");
        assert_eq!((ran.stdout.as_str(), peer.requests().len()), ("", 2));
    }
}

#[test]
fn a_connection_that_breaks() {
    for script in [Script::new().request().reset(), Script::new().request()] {
        let peer = one_by_one([script.clone(), script.clone(), script]);
        let ran = list_at(&peer, "").fails(7);
        ran.says("ended the connection before it answered").says("  attempt 3 of 3\n");
        assert_eq!((ran.stdout.as_str(), peer.requests().len()), ("", 3));
    }
}

#[test]
fn what_is_not_http() {
    let peer = one_by_one([Script::new().any().write("SSH-2.0-OpenSSH_9.6\r\n")]);
    list_at(&peer, "--retries 0").fails(7).says("did not answer in HTTP");
}

#[test]
fn a_proxy_that_is_not_there() {
    let ran = list_from("https://host.invalid", "--retries 0")
        .env("HTTPS_PROXY", format!("http://user:{SECRET_KEY}@127.0.0.1:1"))
        .fails(7);
    ran.says("ListJobs got no reply: no connection with host.invalid by the proxy");
    ran.says("\n  help: check HTTPS_PROXY and NO_PROXY\n");
}

#[test]
fn programs_are_told_the_same() {
    let peer = one_by_one([Script::new().request().reset()]);
    let error = list_at(&peer, "--retries 0 -o json").fails(7).json_error();
    assert_eq!(error["name"], "no-reply");
    assert_eq!((&error["exit"], &error["attempts"]), (&7.into(), &1.into()));
    assert_eq!(error["request_id"], serde_json::Value::Null);
}
