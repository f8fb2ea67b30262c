use std::io::{Error, ErrorKind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use cos_batch::http::Uri;
use cos_batch_adapter::{ProxySettings, Stage, Unsent};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tower_service::Service;

use crate::service::BoxError;

type Connecting<T> = Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send>>;

/// TCP, and TLS for `https`, by rustls with ring and the roots of Mozilla; at most 10 seconds for
/// each connection, and no proxy
#[derive(Clone, Debug)]
pub struct Connector {
    tls: HttpsConnector<Road>,
    road: Road,
    timeout: Duration,
}

impl Connector {
    /// The default connector.
    #[must_use]
    pub fn new() -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        Self::by(Road { tcp, proxy: None }, Duration::from_secs(10))
    }

    /// The same with another time to connect, from the name to the end of the TLS handshake
    ///
    /// The system's resolver cannot be interrupted: it is left behind in a thread of its own.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// The same by the proxy that `HTTPS_PROXY` or `ALL_PROXY` names, unless `NO_PROXY` names the
    /// host; [`ProxySettings`] says what goes by it
    ///
    /// Only proxies of `http://` are spoken to. With any other, what was to go by it fails.
    #[must_use]
    pub fn with_proxy_from_env(self) -> Self {
        let proxy = ProxySettings::from_env().map(Arc::new);
        Self::by(Road { proxy, ..self.road }, self.timeout)
    }

    #[expect(clippy::expect_used, reason = "ring has what every version of TLS here needs")]
    fn by(road: Road, timeout: Duration) -> Self {
        // Named, so that it holds whatever else a program builds rustls with.
        let provider = rustls::crypto::ring::default_provider();
        let tls = HttpsConnectorBuilder::new()
            .with_provider_and_webpki_roots(provider)
            .expect("ring speaks TLS 1.2 and 1.3");
        let tls = tls.https_or_http().enable_all_versions().wrap_connector(road.clone());
        Self { tls, road, timeout }
    }
}

impl Default for Connector {
    fn default() -> Self {
        Self::new()
    }
}

impl Service<Uri> for Connector {
    type Response = MaybeHttpsStream<TokioIo<TcpStream>>;
    type Error = BoxError;
    type Future = Connecting<Self::Response>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.tls.poll_ready(context)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let (connecting, within) = (self.tls.call(uri), self.timeout);
        Box::pin(async move {
            let late = |_| Error::new(ErrorKind::TimedOut, format!("{within:?} have passed"));
            timeout(within, connecting).await.map_err(late)?
        })
    }
}

/// The way to a host: straight, or by a tunnel.
#[derive(Clone, Debug)]
struct Road {
    tcp: HttpConnector,
    proxy: Option<Arc<ProxySettings>>,
}

impl Service<Uri> for Road {
    type Response = TokioIo<TcpStream>;
    type Error = BoxError;
    type Future = Connecting<Self::Response>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.tcp.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let mut tcp = self.tcp.clone();
        let Some(proxy) = self.proxy.as_ref().filter(|proxy| proxy.applies_to(&uri)) else {
            return Box::pin(async move { Ok(tcp.call(uri).await?) });
        };
        let proxy = Matcher::builder().https(proxy.url()).build().intercept(&uri);
        Box::pin(async move {
            let proxy = proxy.filter(|proxy| proxy.uri().scheme_str() == Some("http"));
            let proxy = proxy.ok_or_else(|| by_proxy("it is not one of http://"))?;
            let mut tunnel = Tunnel::new(proxy.uri().clone(), tcp);
            if let Some(auth) = proxy.basic_auth() {
                tunnel = tunnel.with_auth(auth.clone());
            }
            Ok(tunnel.call(uri).await.map_err(by_proxy)?)
        })
    }
}

fn by_proxy(error: impl Into<BoxError>) -> Unsent {
    Unsent { stage: Stage::Proxying, error: error.into() }
}
