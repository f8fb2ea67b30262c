use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use cos_batch::http::header::HOST;
use cos_batch::http::uri::Scheme;
use cos_batch::http::{HeaderValue, Request, Response};
use hyper::body::Incoming;
use hyper_util::client::legacy::connect::{CaptureConnection, Connect, capture_connection};
use hyper_util::client::legacy::{Client, Error, ResponseFuture};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tower_service::Service;

use crate::connector::Connector;
use crate::service::RequestBody;

/// A pool of connections: hyper-util's client, over any connector
///
/// HTTP/2 where the other side offers it over TLS, else HTTP/1.1. Clones share their connections.
///
/// A connection that has been idle for 15 seconds is not used again. A request that was given a
/// connection which turns out to be closed before a byte of the request was written is given
/// another; once a byte may have left it is never sent again here.
#[derive(Clone, Debug)]
pub struct Connections<C = Connector> {
    client: Client<C, RequestBody>,
    connector: C,
}

impl Connections {
    /// The same with another connector.
    pub(crate) fn connecting(self, change: impl FnOnce(Connector) -> Connector) -> Self {
        Self::by(change(self.connector))
    }
}

impl<C: Connect + Clone> Connections<C> {
    /// Connections that a connector makes: [`Connector`], or one's own with other roots
    ///
    /// How long that may take is the connector's affair; the time of a request ends it too.
    #[must_use]
    pub fn by(connector: C) -> Self {
        let client = Client::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(Duration::from_secs(15))
            // Only what was never begun to be written: hyper hands the request itself back then.
            .retry_canceled_requests(true)
            .build(connector.clone());
        Self { client, connector }
    }
}

impl<C> Service<Request<RequestBody>> for Connections<C>
where
    C: Connect + Clone + Send + Sync + 'static,
{
    type Response = Response<Incoming>;
    type Error = Error;
    type Future = ResponseFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<RequestBody>) -> Self::Future {
        strip_host(&mut request);
        let captured = capture_connection(&mut request);
        if let Some(progress) = request.extensions().get::<Progress>() {
            // It is set once, by the one who sends.
            drop(progress.0.set(captured));
        }
        self.client.request(request)
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
