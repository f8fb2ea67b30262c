use std::io::Read;
use std::time::Duration;

use cos_batch::http::header::CONTENT_LENGTH;
use cos_batch::http::uri::Scheme;
use cos_batch::http::{Method, Request, Response};
use cos_batch::{Limits, Lost};
use ureq::{Agent, AsSendBody, Body, Error, Proxy};

use crate::error::{SendError, Timeouts, is_timeout};
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
    proxied: bool,
}

impl Transport {
    /// At most 30 seconds for a request, at most 10 of them to find the name and 10 to connect; no
    /// proxy.
    #[must_use]
    pub fn new() -> Self {
        let timeouts =
            Timeouts { total: Duration::from_secs(30), connect: Duration::from_secs(10) };
        Self::build(timeouts, false)
    }

    /// The same with another time for a request as a whole, from the name to the last byte.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        let total = timeout.min(Self::LONGEST);
        Self::build(Timeouts { total, ..self.timeouts }, self.proxied)
    }

    /// The same with another time to find the name, and again to connect with all that belongs to
    /// it, the proxy and TLS
    ///
    /// The system's resolver cannot be interrupted: it is left behind in a thread of its own.
    #[must_use]
    pub fn with_connect_timeout(self, timeout: Duration) -> Self {
        let connect = timeout.min(Self::LONGEST);
        Self::build(Timeouts { connect, ..self.timeouts }, self.proxied)
    }

    /// The same by the proxy that `ALL_PROXY`, `HTTPS_PROXY` or `HTTP_PROXY` names, unless
    /// `NO_PROXY` names the host; a variable that holds no address is passed over
    ///
    /// Only `https` goes by a proxy, through a tunnel. `http` goes straight to its host: a proxy
    /// would see the signature, and what speaks `http` is an emulator nearby.
    #[must_use]
    pub fn with_proxy_from_env(self) -> Self {
        Self::build(self.timeouts, true)
    }

    /// What a clock can add to any moment without overflow.
    const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

    fn build(timeouts: Timeouts, proxied: bool) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .user_agent(concat!("cos-batch-ureq/", env!("CARGO_PKG_VERSION")))
            .accept("application/xml")
            .accept_encoding("")
            .proxy(if proxied { Proxy::try_from_env() } else { None })
            .timeout_global(Some(timeouts.total))
            .timeout_resolve(Some(timeouts.connect))
            .timeout_connect(Some(timeouts.connect))
            .build();
        let agent =
            Agent::with_parts(config, MarkingConnector::default(), MarkingResolver::default());
        Self { agent, timeouts, proxied }
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
        // ureq would send what is there and wait for the rest of its own request.
        let length = request.headers().get(CONTENT_LENGTH);
        if length.is_some_and(|length| length != &request.body().len().to_string()) {
            return Err(SendError::request("the request's Content-Length is not that of its body"));
        }
        let total = within.map_or(self.timeouts.total, |within| within.min(self.timeouts.total));
        let timeouts = Timeouts { total, ..self.timeouts };
        let host = request.uri().authority().map(ToString::to_string).unwrap_or_default();
        // ureq writes a length for every body, be it empty, and none for the unit.
        let takes_body = matches!(*request.method(), Method::POST | Method::PUT | Method::PATCH);
        let response = if request.body().is_empty() && !takes_body {
            self.run(request.map(|_| ()), total)
        } else {
            self.run(request, total)
        };
        let (parts, body) =
            response.map_err(|error| SendError::of(error, &host, timeouts))?.into_parts();
        let cap = u64::try_from(limits.bytes).unwrap_or(u64::MAX).saturating_add(1);
        let mut bytes = Vec::new();
        match body.into_reader().take(cap).read_to_end(&mut bytes) {
            Err(error) if is_timeout(&error) => Err(SendError::body(&host, total, bytes.len())),
            Ok(_) | Err(_) => Ok(Response::from_parts(parts, bytes)),
        }
    }

    fn run(
        &self,
        request: Request<impl AsSendBody>,
        total: Duration,
    ) -> Result<Response<Body>, Error> {
        let direct = self.proxied && request.uri().scheme() != Some(&Scheme::HTTPS);
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
