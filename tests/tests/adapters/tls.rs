//! Peers that do not speak TLS as they should

use std::time::Duration;

use cos_batch::{Limits, ListJobs, Lost, Operation};
use cos_batch_testkit::peer::{Peer, Script};

use crate::support::{SendErrorKind, Transport, bounded, client_of, endpoint, loss, peer};

#[test]
fn a_peer_that_does_not_speak_tls() {
    bounded(|| {
        let plain = Script::new().any().write("HTTP/1.1 400 Bad Request\r\n\r\n");
        let peer = peer([plain, Script::new().any(), Script::new().any().reset()]);
        let (lost, kind, text) = loss(&client_of(endpoint("https", peer.address())));
        assert_eq!((lost, kind), (Lost::BeforeSending, SendErrorKind::Handshake), "{text}");
        assert!(text.contains("no TLS connection with 127.0.0.1:"), "{text}");
        assert_eq!((peer.connections(), peer.requests().len()), (3, 0));
    });
}

#[test]
fn each_way_a_handshake_fails_is_before_sending() {
    bounded(|| {
        let slow = Script::new().any().pause(Peer::LONGEST);
        let plain = Script::new().any().write("HTTP/1.1 400 Bad Request\r\n\r\n");
        let closed = Script::new().any();
        let reset = Script::new().any().reset();
        for (script, expected) in [
            (plain, SendErrorKind::Handshake),
            (closed, SendErrorKind::Handshake),
            (reset, SendErrorKind::Handshake),
            (slow, SendErrorKind::TimedOut),
        ] {
            let peer = peer([script]);
            let request = ListJobs::new().encode_request(&endpoint("https", peer.address()));
            let transport = Transport::new().with_connect_timeout(Duration::from_millis(300));
            let sent = transport.send(request.expect("a request"), None, &Limits::default());
            let (lost, error) = sent.expect_err("no handshake");
            assert_eq!((lost, error.kind()), (Lost::BeforeSending, expected), "{error}");
        }
    });
}
