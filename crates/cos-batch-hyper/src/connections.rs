use std::fmt;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use cos_batch::http::header::HOST;
use cos_batch::http::uri::Scheme;
use cos_batch::http::{HeaderValue, Request, Response, Uri};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::{
    CaptureConnection, Connect, HttpConnector, capture_connection,
};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::time::timeout;
use tower_service::Service;

use crate::body::RequestBody;
use crate::service::BoxError;

/// A pool of connections: hyper-util's client, over any connector
///
/// HTTP/2 where the other side offers it over TLS, else HTTP/1.1. Clones share their connections.
///
/// A connection that has been idle for 15 seconds is not used again. A request that was given a
/// connection which turns out to be closed before a byte of the request was written is given
/// another; once a byte may have left it is never sent again here.
#[derive(Clone)]
pub struct Connections<C = Connector> {
    client: Client<C, RequestBody>,
    connect_timeout: Duration,
}

impl Connections {
    /// Connections by TCP and, for `https`, by TLS with the roots of Mozilla; at most 10 seconds
    /// for each.
    #[must_use]
    pub fn new() -> Self {
        Self::by(Connector::new())
    }
}

impl Default for Connections {
    fn default() -> Self {
        Self::new()
    }
}

impl<C: Connect + Clone> Connections<C> {
    /// Connections that a connector of one's own makes: by a proxy, by a socket, with other roots.
    #[must_use]
    pub fn by(connector: C) -> Self {
        let client = Client::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(Duration::from_secs(15))
            // Only what was never begun to be written: hyper hands the request itself back then.
            .retry_canceled_requests(true)
            .build(connector);
        Self { client, connect_timeout: Duration::from_secs(10) }
    }

    /// The same with another time to connect, from the name to the end of the TLS handshake
    ///
    /// The system's resolver cannot be interrupted: it is left behind in a thread of its own.
    #[must_use]
    pub fn with_connect_timeout(self, timeout: Duration) -> Self {
        Self { connect_timeout: timeout, ..self }
    }
}

impl<C> Service<Request<RequestBody>> for Connections<C>
where
    C: Connect + Clone + Send + Sync + 'static,
{
    type Response = Response<Incoming>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<RequestBody>) -> Self::Future {
        strip_host(&mut request);
        let mut captured = capture_connection(&mut request);
        if let Some(progress) = request.extensions().get::<Progress>() {
            // It is set once, by the one who sends.
            drop(progress.0.set(captured.clone()));
        }
        let within = self.connect_timeout;
        let sent = self.client.request(request);
        Box::pin(async move {
            let mut sent = pin!(sent);
            let ended = {
                let mut connected = pin!(captured.wait_for_connection_metadata());
                let first = poll_fn(|context| match sent.as_mut().poll(context) {
                    Poll::Ready(answer) => Poll::Ready(Some(answer)),
                    Poll::Pending => connected.as_mut().poll(context).map(|_| None),
                });
                timeout(within, first).await.map_err(|_| ConnectTimedOut(within))?
            };
            match ended {
                Some(answer) => Ok(answer?),
                None => Ok(sent.await?),
            }
        })
    }
}

impl<C> fmt::Debug for Connections<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connections")
            .field("connect_timeout", &self.connect_timeout)
            .finish_non_exhaustive()
    }
}

/// Takes the header off where HTTP/2 may say it in `:authority`, for servers refuse to be told
/// twice; for HTTP/1.1 hyper-util adds the same again.
fn strip_host(request: &mut Request<RequestBody>) {
    let uri = request.uri();
    if uri.scheme() != Some(&Scheme::HTTPS) {
        return;
    }
    let added = match (uri.host(), uri.port_u16()) {
        (Some(host), Some(port)) if port != 443 => format!("{host}:{port}"),
        (host, _) => host.unwrap_or_default().to_owned(),
    };
    if request.headers().get(HOST).map(HeaderValue::as_bytes) == Some(added.as_bytes()) {
        request.headers_mut().remove(HOST);
    }
}

/// How far a request came: travels with it, to be read where time runs out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Progress(Arc<OnceLock<CaptureConnection>>);

impl Progress {
    /// Is it certain that the request was given no connection yet?
    pub(crate) fn is_unsent(&self) -> bool {
        self.0.get().is_some_and(|captured| captured.connection_metadata().is_none())
    }
}

/// No connection in time.
#[derive(Debug)]
pub(crate) struct ConnectTimedOut(pub(crate) Duration);

impl fmt::Display for ConnectTimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no connection within {:?}", self.0)
    }
}

impl std::error::Error for ConnectTimedOut {}

/// TCP, and TLS for `https`, by rustls with ring and the roots of Mozilla
#[derive(Clone, Debug)]
pub struct Connector(HttpsConnector<HttpConnector>);

impl Connector {
    /// The default connector.
    #[must_use]
    #[expect(clippy::expect_used, reason = "ring has what every version of TLS here needs")]
    pub fn new() -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        // Named, so that it holds whatever else a program builds rustls with.
        let provider = rustls::crypto::ring::default_provider();
        let tls = HttpsConnectorBuilder::new()
            .with_provider_and_webpki_roots(provider)
            .expect("ring speaks TLS 1.2 and 1.3");
        Self(tls.https_or_http().enable_all_versions().wrap_connector(tcp))
    }
}

impl Default for Connector {
    fn default() -> Self {
        Self::new()
    }
}

impl Service<Uri> for Connector {
    type Response = <HttpsConnector<HttpConnector> as Service<Uri>>::Response;
    type Error = BoxError;
    type Future = <HttpsConnector<HttpConnector> as Service<Uri>>::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        self.0.call(uri)
    }
}
