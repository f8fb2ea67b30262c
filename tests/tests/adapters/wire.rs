//! What leaves

use cos_batch::http::Request;
use cos_batch::time::OffsetDateTime;
use cos_batch::{Limits, ListJobs, Lost, Operation};
use cos_batch_testkit::peer::{Peer, Script};
use insta::assert_snapshot;

use crate::support::{
    Client, NAME, SendErrorKind, Touch, Transport, bounded, client, endpoint, list, page, peer,
    signer,
};

const NOW: i64 = 1_557_902_800;

/// The n-th request that a peer has read, with what differs from run to run taken out.
fn seen(peer: &Peer, n: usize) -> String {
    let request = String::from_utf8(peer.requests()[n].clone()).expect("a request in ASCII");
    let request = request.replace(&peer.address().to_string(), "PEER");
    let agent = format!("user-agent: {NAME}/{}", env!("CARGO_PKG_VERSION"));
    let request = request.replace(&agent, "user-agent: ADAPTER");
    let lines = request.split("\r\n").map(|line| match line.split_once("q-signature=") {
        Some((start, _)) => format!("{start}q-signature=..."),
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn sign(request: &mut Request<Vec<u8>>) {
    let now = OffsetDateTime::from_unix_timestamp(NOW).expect("a time");
    signer("AKIDEXAMPLE").sign(request, now).expect("a signature");
}

#[test]
fn a_get_leaves_without_a_length() {
    bounded(|| {
        let peer = peer([Script::new().answer("200 OK", page(1, None))]);
        let mut list = ListJobs::new();
        list.next_token = Some("a/b+c=d e~f*".parse().expect("a token"));
        let mut request =
            list.encode_request(&endpoint("http", peer.address())).expect("a request");
        sign(&mut request);
        let reply = Transport::new().send(request, None, &Limits::default()).expect("a reply");
        assert_eq!(reply.status(), 200);
        assert_snapshot!(seen(&peer, 0), @r"
        GET /jobs?nextToken=a%2Fb%2Bc%3Dd%20e~f%2A HTTP/1.1
        user-agent: ADAPTER
        accept: application/xml
        host: PEER
        x-cos-appid: 1250000000
        authorization: q-sign-algorithm=sha1&q-ak=AKIDEXAMPLE&q-sign-time=1557902740;1557906340&q-key-time=1557902740;1557906340&q-header-list=host;x-cos-appid&q-url-param-list=nexttoken&q-signature=...
        ");
    });
}

#[test]
fn a_post_without_a_body_leaves_with_one_length() {
    bounded(|| {
        let peer = peer([Script::new().answer("200 OK", "<Touched/>")]);
        let mut request =
            Touch.encode_request(&endpoint("http", peer.address())).expect("a request");
        sign(&mut request);
        Transport::new().send(request, None, &Limits::default()).expect("a reply");
        assert_snapshot!(seen(&peer, 0), @r"
        POST /jobs/7%2F8/touch?note=a%20b%2Bc HTTP/1.1
        user-agent: ADAPTER
        accept: application/xml
        host: PEER
        x-cos-appid: 1250000000
        content-length: 0
        authorization: q-sign-algorithm=sha1&q-ak=AKIDEXAMPLE&q-sign-time=1557902740;1557906340&q-key-time=1557902740;1557906340&q-header-list=content-length;host;x-cos-appid&q-url-param-list=note&q-signature=...
        ");
    });
}

#[test]
fn every_other_request_has_the_length_of_its_body() {
    bounded(|| {
        let script = Script::new().answer("200 OK", "").answer("200 OK", "").answer("200 OK", "");
        let peer = peer([script]);
        let transport = Transport::new();
        let request = |method: &str, body: &str| {
            let host = peer.address().to_string();
            let request = Request::builder().method(method).uri(format!("http://{host}/jobs"));
            request.header("host", host).body(body.as_bytes().to_vec()).expect("a request")
        };
        for (method, body) in [("POST", ""), ("POST", "<a/>"), ("DELETE", "")] {
            transport.send(request(method, body), None, &Limits::default()).expect("a reply");
        }
        assert_snapshot!(seen(&peer, 0), @r"
        POST /jobs HTTP/1.1
        content-length: 0
        user-agent: ADAPTER
        accept: application/xml
        host: PEER
        ");
        assert_snapshot!(seen(&peer, 1), @r"
        POST /jobs HTTP/1.1
        content-length: 4
        user-agent: ADAPTER
        accept: application/xml
        host: PEER
        
        <a/>
        ");
        assert_snapshot!(seen(&peer, 2), @r"
        DELETE /jobs HTTP/1.1
        user-agent: ADAPTER
        accept: application/xml
        host: PEER
        ");
        assert_eq!(peer.connections(), 1);
    });
}

#[test]
fn a_request_that_contradicts_itself_does_not_leave() {
    bounded(|| {
        let peer = peer([]);
        let at = |length: u32| {
            let request = Request::post(format!("http://{}/jobs", peer.address()));
            request.header("content-length", length).body(b"<a/>".to_vec()).expect("a request")
        };
        let bare = Request::get("/jobs").body(Vec::new()).expect("a request");
        let other = Request::get("ftp://127.0.0.1/jobs").body(Vec::new()).expect("a request");
        for request in [at(3), at(5), bare, other] {
            let sent = Transport::new().send(request, None, &Limits::default());
            let (lost, error) = sent.expect_err("a request that cannot leave");
            assert_eq!((lost, error.kind()), (Lost::BeforeSending, SendErrorKind::Request));
        }
        assert_eq!(peer.connections(), 0);
    });
}

#[test]
fn a_call_signs_each_attempt_with_the_signer_of_the_moment() {
    bounded(|| {
        let script = Script::new().answer("503 Busy", "").answer("200 OK", "<Touched/>");
        let peer = peer([script]);
        let asked = std::sync::atomic::AtomicU32::new(0);
        let client = Client::rotating(endpoint("http", peer.address()), move |_| {
            let n = asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            Ok(std::sync::Arc::new(signer(&format!("AKID{n}"))))
        });
        client.call(Touch).expect("an answer");
        let id_of = |n| {
            let request = seen(&peer, n);
            let (_, id) = request.split_once("q-ak=").expect("a secret id");
            id.split('&').next().expect("a secret id").to_owned()
        };
        assert_ne!(id_of(0), id_of(1));
        assert_eq!(peer.requests().len(), 2);
    });
}

#[test]
fn an_error_of_the_signer_sends_nothing() {
    bounded(|| {
        let peer = peer([]);
        let expired = OffsetDateTime::UNIX_EPOCH;
        let client = Client::rotating(endpoint("http", peer.address()), move |_| {
            Err(cos_batch::SignError::Expired { at: expired })
        });
        let failed = list(&client).expect_err("no signer");
        assert!(matches!(failed.error, cos_batch::Error::Sign(_)), "{failed:?}");
        assert_eq!(peer.connections(), 0);
    });
}

#[test]
fn connections_are_kept() {
    bounded(|| {
        let answers = Script::new().answer("200 OK", page(1, None)).answer("200 OK", page(1, None));
        let peer = peer([answers]);
        let client = client(&peer);
        list(&client).expect("a page");
        list(&client.clone()).expect("a page");
        assert_eq!((peer.connections(), peer.requests().len()), (1, 2));
    });
}

#[test]
fn clients_rest_differently() {
    let seed = || Client::new(endpoint("http", "127.0.0.1:9"), signer("AKIDEXAMPLE")).retry().seed;
    assert_ne!(seed(), seed());
}
