//! TLS, and HTTP/2 where it is offered

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use cos_batch::http::header::HOST;
use cos_batch::http::{HeaderValue, Request, Response, Version};
use cos_batch::time::OffsetDateTime;
use cos_batch::{DeleteJob, Endpoint, Error, ListJobs, Lost, SecretKey, VerifyPolicy, verify};
use cos_batch_hyper::{Client, Connections, SendErrorKind};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::support::{awaited, bounded, endpoint, signer};

/// What a server has seen of a request.
#[derive(Debug, Eq, PartialEq)]
struct Seen {
    version: Version,
    line: String,
    /// Was the host said by a header?
    has_host: bool,
    is_signed: bool,
}

/// A server of TLS that answers every call, or breaks off.
struct Server {
    address: SocketAddr,
    certificate: CertificateDer<'static>,
    seen: Arc<Mutex<Vec<Seen>>>,
    connections: Arc<Mutex<usize>>,
}

impl Server {
    async fn start(alpn: &[&str], answers: bool) -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]);
        let made = made.expect("a certificate");
        let certificate = made.cert.der().clone();
        let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
        let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.clone()], key.into())
            .expect("a certificate");
        config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let server =
            Self { address, certificate, seen: Arc::default(), connections: Arc::default() };
        let (seen, connections) = (server.seen.clone(), server.connections.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *connections.lock().expect("a number") += 1;
                let (acceptor, seen) = (acceptor.clone(), seen.clone());
                tokio::spawn(async move {
                    let Ok(stream) = acceptor.accept(stream).await else { return };
                    let is_h2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
                    let io = TokioIo::new(stream);
                    let service = service_fn(move |request| {
                        let seen = seen.clone();
                        async move { answer(request, &seen, answers) }
                    });
                    // How it ends is the client's affair.
                    if is_h2 {
                        let server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
                        server.serve_connection(io, service).await.ok();
                    } else {
                        let server = hyper::server::conn::http1::Builder::new();
                        server.serve_connection(io, service).await.ok();
                    }
                });
            }
        });
        server
    }

    fn endpoint(&self) -> Endpoint {
        endpoint("https", self.address)
    }

    /// A client that trusts it.
    fn client(&self) -> Client<impl cos_batch_hyper::HttpService + use<>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).expect("a certificate");
        let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let connector = HttpsConnectorBuilder::new().with_tls_config(config).https_only();
        let connections = Connections::by(connector.enable_all_versions().build());
        Client::new(self.endpoint(), signer("AKIDEXAMPLE")).over(connections)
    }

    fn seen(&self) -> Vec<Seen> {
        std::mem::take(&mut self.seen.lock().expect("requests"))
    }

    fn connections(&self) -> usize {
        *self.connections.lock().expect("a number")
    }
}

fn answer(
    request: Request<Incoming>,
    seen: &Mutex<Vec<Seen>>,
    answers: bool,
) -> Result<Response<Full<Bytes>>, &'static str> {
    let (mut parts, _) = request.into_parts();
    let has_host = parts.headers.contains_key(HOST);
    let line = format!("{} {}", parts.method, parts.uri);
    if let (false, Some(authority)) = (has_host, parts.uri.authority()) {
        let host = HeaderValue::from_str(authority.as_str()).expect("a host");
        parts.headers.insert(HOST, host);
    }
    let version = parts.version;
    let key_of = |_: &str, _: Option<&str>| SecretKey::new("SECRETEXAMPLE").ok();
    let now = OffsetDateTime::now_utc();
    let verified = verify(&Request::from_parts(parts, ()), key_of, &VerifyPolicy::default(), now);
    let is_signed = verified.is_ok();
    seen.lock().expect("requests").push(Seen { version, line, has_host, is_signed });
    let page = Bytes::from_static(b"<ListJobsResult></ListJobsResult>");
    if answers { Ok(Response::new(Full::new(page))) } else { Err("no answer") }
}

#[test]
fn http_2_where_it_is_offered() {
    bounded(|| {
        awaited(async {
            let server = Server::start(&["h2", "http/1.1"], true).await;
            let client = server.client();
            for _ in 0..2 {
                client.call(ListJobs::new()).await.expect("a page");
            }
            let seen = Seen {
                version: Version::HTTP_2,
                line: format!("GET https://{}/jobs", server.address),
                has_host: false,
                is_signed: true,
            };
            let expected = [&seen, &seen];
            assert_eq!(server.seen().iter().collect::<Vec<_>>(), expected);
            assert_eq!(server.connections(), 1);
        });
    });
}

#[test]
fn http_1_where_nothing_else_is() {
    bounded(|| {
        awaited(async {
            for alpn in [&["http/1.1"][..], &[]] {
                let server = Server::start(alpn, true).await;
                server.client().call(ListJobs::new()).await.expect("a page");
                let line = "GET /jobs".to_owned();
                let seen =
                    Seen { version: Version::HTTP_11, line, has_host: true, is_signed: true };
                assert_eq!(server.seen(), [seen]);
            }
        });
    });
}

#[test]
fn a_stream_that_is_reset_is_after_sending() {
    bounded(|| {
        awaited(async {
            let server = Server::start(&["h2"], false).await;
            let client = server.client();
            let mut retry = client.retry().clone();
            retry.attempts = 1;
            let delete = DeleteJob::new("job-1".parse().expect("an id"));
            let failed = client.with_retry(retry).call(delete).await.expect_err("a reset");
            assert_eq!(failed.error.root_cause(), &Error::Lost(Lost::AfterSending));
            let cause = failed.cause.expect("a cause");
            assert!(cause.to_string().contains(&server.address.to_string()), "{cause}");
            assert_eq!((server.seen().len(), server.connections()), (1, 1));
        });
    });
}

#[test]
fn a_certificate_that_nobody_vouches_for() {
    bounded(|| {
        awaited(async {
            let server = Server::start(&["h2"], true).await;
            let client = Client::new(server.endpoint(), signer("AKIDEXAMPLE"));
            let mut retry = client.retry().clone();
            retry.attempts = 1;
            let failed = client.with_retry(retry).call(ListJobs::new()).await;
            let failed = failed.expect_err("a certificate of nobody");
            assert_eq!(failed.error, Error::Lost(Lost::BeforeSending));
            let cause = failed.cause.expect("a cause");
            assert_eq!(cause.kind(), SendErrorKind::Handshake);
            let expected = format!(
                "no TLS connection with {}: invalid peer certificate: UnknownIssuer",
                server.address
            );
            assert_eq!(cause.to_string(), expected);
            assert!(server.seen().is_empty());
        });
    });
}
