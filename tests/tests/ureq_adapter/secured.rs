//! TLS with certificates that somebody else signed

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use cos_batch::{ListJobs, Lost};
use cos_batch_ureq::{Client, SendErrorKind};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::{ServerConfig, ServerConnection, Stream};

use crate::shared::{bounded, client_of, endpoint, loss};

/// DER as PEM.
fn pem(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", BASE64_STANDARD.encode(der))
}

/// A server that answers one call over TLS, and its certificate in PEM.
fn server() -> (SocketAddr, String, JoinHandle<()>) {
    let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]);
    let made = made.expect("a certificate");
    let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key.into())
        .expect("a certificate");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    let server = thread::spawn(move || {
        let (mut tcp, _) = listener.accept().expect("a connection");
        let mut tls = ServerConnection::new(Arc::new(config)).expect("a connection");
        let mut stream = Stream::new(&mut tls, &mut tcp);
        // Whoever does not trust it sends no request.
        if stream.read(&mut [0; 4096]).is_ok_and(|length| length > 0) {
            let page = "<ListJobsResult></ListJobsResult>";
            let head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length";
            write!(stream, "{head}: {}\r\n\r\n{page}", page.len()).expect("an answer");
        }
    });
    (address, pem("CERTIFICATE", made.cert.der()), server)
}

#[test]
fn a_certificate_that_is_trusted_and_one_that_is_not() {
    bounded(|| {
        for trusts in [true, false] {
            let (address, pem, server) = server();
            let client: Client = client_of(endpoint("https", address));
            if trusts {
                let client = client.with_root_certificates(pem.as_bytes()).expect("a certificate");
                assert_eq!(client.call(ListJobs::new()).expect("a page").jobs.len(), 0);
            } else {
                let mut once = client.retry().clone();
                once.attempts = 1;
                let (lost, kind, text) = loss(&client.with_retry(once));
                assert_eq!((lost, kind), (Lost::BeforeSending, SendErrorKind::Handshake), "{text}");
            }
            server.join().expect("the server ends");
        }
    });
}

#[test]
fn what_holds_no_certificate_is_an_error() {
    let made = rcgen::generate_simple_self_signed(vec!["h".to_owned()]).expect("a certificate");
    let certificate = pem("CERTIFICATE", made.cert.der());
    let key = pem("PRIVATE KEY", &made.signing_key.serialize_der());
    let client = || client_of(endpoint("https", "127.0.0.1:1"));
    let taken = |pem: &str| client().with_root_certificates(pem.as_bytes()).is_ok();
    assert!(taken(&certificate) && taken(&format!("a note\n{certificate}{key}{certificate}")));
    let cut = &certificate[..certificate.len() / 2];
    for pem in ["", "no PEM", &key, cut, &format!("{certificate}{cut}")] {
        assert!(!taken(pem), "{pem}");
    }
}
