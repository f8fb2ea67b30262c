//! Requests that bring no response: is the loss classed and named?

use std::net::TcpListener;
use std::time::Duration;

use cos_batch::time::OffsetDateTime;
use cos_batch::{Error, Limits, ListJobs, Lost, Operation};
use cos_batch_testkit::peer::{Peer, Script};

use crate::support::{
    SendErrorKind, TOO_BIG, Transport, bounded, client, client_of, endpoint, failure, list, loss,
    page, peer, wait_until,
};

#[test]
fn a_refused_connection() {
    bounded(|| {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        drop(listener);
        let (lost, kind, text) = loss(&client_of(endpoint("http", address)));
        assert_eq!((lost, kind), (Lost::BeforeSending, SendErrorKind::Refused));
        let named = format!("the request could not be sent: {address} refused the connection: ");
        assert!(text.starts_with(&named), "{text}");
    });
}

#[test]
fn a_name_that_nobody_has() {
    bounded(|| {
        let client = client_of(endpoint("http", "host.invalid"));
        let mut retry = client.retry().clone();
        retry.attempts = 1;
        let (lost, kind, text) = loss(&client.with_retry(retry));
        assert_eq!(lost, Lost::BeforeSending);
        // Where no name server answers, time may run out first.
        if kind != SendErrorKind::TimedOut {
            assert_eq!(kind, SendErrorKind::NameNotFound);
            assert!(text.contains("the name of host.invalid was not found"), "{text}");
        }
    });
}

#[test]
fn a_connection_that_ends_before_the_response() {
    bounded(|| {
        let cut = Script::new().request().write("HTTP/1.1 200 OK\r\nContent-Le");
        let peer = peer([Script::new().request().reset(), Script::new().request(), cut]);
        let (lost, kind, text) = loss(&client(&peer));
        assert_eq!((lost, kind), (Lost::AfterSending, SendErrorKind::Closed), "{text}");
        assert!(text.contains("ended the connection before it answered"), "{text}");
        assert_eq!(peer.requests().len(), 3);
    });
}

#[test]
fn a_connection_that_was_closed_while_idle_is_replaced() {
    bounded(|| {
        let answer = || Script::new().answer("200 OK", page(1, None));
        let peer = peer([answer(), answer()]);
        let client = client(&peer);
        list(&client).expect("a page");
        wait_until("the peer closes", || peer.open() == 0);
        let mut exchange = client.exchange(ListJobs::new());
        client.run(&mut exchange).expect("a page");
        // No attempt was lost on the dead connection.
        assert_eq!((exchange.attempts(), peer.connections(), peer.requests().len()), (0, 2, 2));
    });
}

#[test]
fn a_kept_connection_that_ends_under_a_request_is_after_sending() {
    bounded(|| {
        let peer = peer([Script::new().answer("200 OK", page(1, None)).request().reset()]);
        let transport = Transport::new();
        let request = || ListJobs::new().encode_request(&endpoint("http", peer.address()));
        let send = || transport.send(request().expect("a request"), None, &Limits::default());
        send().expect("a reply");
        let (lost, error) = send().expect_err("a reset");
        assert_eq!((lost, error.kind()), (Lost::AfterSending, SendErrorKind::Closed));
        // Only the machine may send it again.
        assert_eq!((peer.connections(), peer.requests().len()), (1, 2));
    });
}

#[test]
fn no_response_in_time() {
    bounded(|| {
        let silent = || Script::new().request().pause(Peer::LONGEST);
        let drip = Script::new().request().repeat("x", 10_000, Duration::from_millis(20));
        let head = Script::new().request().write("HTTP/1.1 200 OK\r\nX: ");
        let head = head.repeat("x", 10_000, Duration::from_millis(20));
        for (script, expected) in [
            (silent(), "no response from"),
            (head, "no response from"),
            (drip, "did not answer in HTTP"),
        ] {
            let peer = peer([script]);
            let client = client(&peer).with_timeout(Duration::from_millis(300));
            let mut retry = client.retry().clone();
            retry.attempts = 1;
            let (lost, _, text) = loss(&client.with_retry(retry));
            assert_eq!(lost, Lost::AfterSending);
            assert!(text.contains(expected), "{text}");
            assert_eq!(peer.requests().len(), 1);
        }
    });
}

#[test]
fn a_body_that_drips_past_the_time() {
    bounded(|| {
        let drip = Script::new()
            .request()
            .write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n<ListJobsResult>")
            .repeat(" ", 100_000, Duration::from_millis(10));
        let peer = peer([drip.clone(), drip]);
        let client = client(&peer).with_timeout(Duration::from_millis(400));
        let mut retry = client.retry().clone();
        retry.attempts = 2;
        let (lost, kind, text) = loss(&client.with_retry(retry));
        assert_eq!((lost, kind), (Lost::AfterSending, SendErrorKind::TimedOut));
        assert!(text.contains("was not complete within 400ms: "), "{text}");
        assert_eq!(peer.requests().len(), 2);
        wait_until("the connections are let go", || peer.open() == 0);
    });
}

#[test]
fn the_deadline_bounds_a_send() {
    bounded(|| {
        let peer = peer([Script::new().request().pause(Peer::LONGEST)]);
        let client = client(&peer);
        let mut retry = client.retry().clone();
        retry.deadline = Some(OffsetDateTime::now_utc() + Duration::from_millis(400));
        let failed = failure(list(&client.with_retry(retry)));
        assert!(matches!(failed.error, Error::DeadlinePassed { .. }), "{failed:?}");
        let text = failed.to_string();
        assert!(text.starts_with("the deadline passed; last of all, "), "{text}");
        assert!(text.contains("no response from 127.0.0.1:"), "{text}");
        assert_eq!(peer.requests().len(), 1);
    });
}

#[test]
fn ten_mebibytes_of_headers() {
    bounded(|| {
        let pad = format!("X-Pad: {}\r\n", "a".repeat(1000));
        let many = Script::new().request().write("HTTP/1.1 200 OK\r\n");
        let many = many.repeat(pad, 10 * 1024, Duration::ZERO);
        let one = Script::new().request().write("HTTP/1.1 200 OK\r\nX-Pad: ");
        let one = one.repeat("a".repeat(1024), 10 * 1024, Duration::ZERO);
        let peer = peer([many, one.clone(), one]);
        let (lost, kind, text) = loss(&client(&peer));
        assert_eq!((lost, kind), (Lost::AfterSending, SendErrorKind::NotHttp));
        assert!(text.contains(&format!("did not answer in HTTP: {TOO_BIG}")), "{text}");
        assert_eq!(peer.requests().len(), 3);
        wait_until("the connections are let go", || peer.open() == 0);
        assert!(peer.written() < 3 * 10 * 1024 * 1024, "{}", peer.written());
    });
}

#[test]
fn an_answer_that_is_not_http() {
    bounded(|| {
        let script = || Script::new().request().write("220 mail.example.com ESMTP\r\n\r\n");
        let peer = peer([script(), script(), script()]);
        let (lost, kind, _) = loss(&client(&peer));
        assert_eq!((lost, kind), (Lost::AfterSending, SendErrorKind::NotHttp));
        assert_eq!(peer.requests().len(), 3);
    });
}
