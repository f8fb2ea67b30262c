use std::io::{self, ErrorKind, Read};
use std::time::Duration;

use cos_batch::http::header::CONTENT_LENGTH;
use cos_batch::http::{Request, Response};
use cos_batch::{Limits, Lost, ValueError};
use cos_batch_adapter::{ProxySettings, SendError, outgoing};
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, AsSendBody, Body, Error, Proxy};

use crate::error::{Timeouts, send_error};
use crate::stage::{MarkingConnector, MarkingResolver};

/// Sends requests as they are, over a pool of connections
///
/// This is the `send` of [`drive::blocking`](cos_batch::drive::blocking), for a loop of one's own;
/// [`Client`](crate::Client) has one inside. Clones share their connections.
///
/// A connection that has been idle for 15 seconds is not used again, and one that the service has
/// closed in the meantime is replaced before anything is sent. One that it closes at the very
/// moment of sending loses the request, and nobody knows on which side: it is never sent again
/// here.
#[derive(Clone, Debug)]
pub struct Transport {
    agent: Agent,
    timeouts: Timeouts,
    proxy: Option<ProxySettings>,
    roots: RootCerts,
}

impl Transport {
    /// At most 30 seconds for a request, at most 10 of them to find the name and 10 to connect; no
    /// proxy; Mozilla's root certificates, which are built in.
    #[must_use]
    pub fn new() -> Self {
        let timeouts =
            Timeouts { total: Duration::from_secs(30), connect: Duration::from_secs(10) };
        Self::build(timeouts, None, RootCerts::WebPki)
    }

    /// The same with another time for a request as a whole, from the name to the last byte.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        let total = timeout.min(Self::LONGEST);
        Self::build(Timeouts { total, ..self.timeouts }, self.proxy, self.roots)
    }

    /// The same with another time to find the name, and again to connect with all that belongs to
    /// it, the proxy and TLS
    ///
    /// The system's resolver cannot be interrupted: it is left behind in a thread of its own.
    #[must_use]
    pub fn with_connect_timeout(self, timeout: Duration) -> Self {
        let connect = timeout.min(Self::LONGEST);
        Self::build(Timeouts { connect, ..self.timeouts }, self.proxy, self.roots)
    }

    /// The same by the proxy that `HTTPS_PROXY` or `ALL_PROXY` names, of HTTP or of SOCKS, unless
    /// `NO_PROXY` names the host; [`ProxySettings`] says what goes by it
    ///
    /// A variable that holds no address of a proxy is passed over.
    #[must_use]
    pub fn with_proxy_from_env(self) -> Self {
        Self::build(self.timeouts, ProxySettings::from_env(), self.roots)
    }

    /// The same trusting these certificates, in PEM, in place of the built-in ones: those of a proxy
    /// that looks into TLS, for one
    ///
    /// # Errors
    ///
    /// Where the PEM is malformed or has no certificate.
    pub fn with_root_certificates(self, pem: &[u8]) -> Result<Self, ValueError> {
        let all: Result<Vec<_>, _> = parse_pem(pem).collect();
        let of = |item| if let PemItem::Certificate(it) = item { Some(it) } else { None };
        let roots: Vec<_> = all.into_iter().flatten().filter_map(of).collect();
        match roots.is_empty() {
            true => Err(ValueError::new("certificates in PEM", "none")),
            false => Ok(Self::build(self.timeouts, self.proxy, roots.into())),
        }
    }

    /// What a clock can add to any moment without overflow.
    const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

    fn build(timeouts: Timeouts, proxy: Option<ProxySettings>, roots: RootCerts) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .accept_encoding("")
            .proxy(proxy.as_ref().and_then(|proxy| Proxy::new(proxy.url()).ok()))
            .tls_config(TlsConfig::builder().root_certs(roots.clone()).build())
            .timeout_global(Some(timeouts.total))
            .timeout_resolve(Some(timeouts.connect))
            .timeout_connect(Some(timeouts.connect))
            .build();
        let agent =
            Agent::with_parts(config, MarkingConnector::default(), MarkingResolver::default());
        Self { agent, timeouts, proxy, roots }
    }

    /// Sends a request and reads the response, within `within` if that is less than the timeout
    ///
    /// A body that is larger than the limit is handed over as one byte more than the limit, and a
    /// body that broke off as far as it came.
    ///
    /// # Errors
    ///
    /// Whether the request can have arrived, and what happened. Time that runs out in the body is
    /// an error too, so that it is named.
    pub fn send(
        &self,
        request: Request<Vec<u8>>,
        within: Option<Duration>,
        limits: &Limits,
    ) -> Result<Response<Vec<u8>>, (Lost, SendError)> {
        let request = outgoing(request, concat!("cos-batch-ureq/", env!("CARGO_PKG_VERSION")))?;
        let total = within.map_or(self.timeouts.total, |within| within.min(self.timeouts.total));
        let host = request.uri().authority().map(ToString::to_string).unwrap_or_default();
        // ureq writes a length for every body, be it empty, and none for the unit.
        let response = if request.headers().contains_key(CONTENT_LENGTH) {
            self.run(request, total)
        } else {
            self.run(request.map(|_| ()), total)
        };
        let timeouts = Timeouts { total, ..self.timeouts };
        let (parts, body) =
            response.map_err(|error| send_error(error, &host, timeouts))?.into_parts();
        let cap = u64::try_from(limits.bytes).unwrap_or(u64::MAX).saturating_add(1);
        let mut bytes = Vec::new();
        match body.into_reader().take(cap).read_to_end(&mut bytes) {
            Err(error) if is_timeout(&error) => {
                Err(SendError::late_body(&host, total, bytes.len()))
            }
            Ok(_) | Err(_) => Ok(Response::from_parts(parts, bytes)),
        }
    }

    fn run(
        &self,
        request: Request<impl AsSendBody>,
        total: Duration,
    ) -> Result<Response<Body>, Error> {
        let direct = self.proxy.as_ref().is_some_and(|proxy| !proxy.applies_to(request.uri()));
        // A request with settings of its own has ureq make its TLS settings anew.
        if total == self.timeouts.total && !direct {
            return self.agent.run(request);
        }
        let mut settings = self.agent.configure_request(request).timeout_global(Some(total));
        if direct {
            settings = settings.proxy(None);
        }
        self.agent.run(settings.build())
    }
}

impl Default for Transport {
    fn default() -> Self {
        Self::new()
    }
}

/// Did time run out, by ureq's clock or by the system's?
fn is_timeout(error: &io::Error) -> bool {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    matches!(inner, Some(Error::Timeout(_))) || error.kind() == ErrorKind::TimedOut
}
