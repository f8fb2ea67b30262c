use std::future::poll_fn;
use std::pin::pin;
use std::time::Duration;

use bytes::Buf;
use cos_batch::http::header::{ACCEPT, CONTENT_LENGTH, USER_AGENT};
use cos_batch::http::{HeaderMap, HeaderValue, Method, Request, Response};
use cos_batch::{Limits, Lost};
use http_body::Body;
use hyper_util::client::legacy::connect::Connect;
use tokio::time::{Instant, timeout_at};

use crate::body::RequestBody;
use crate::connections::{Connections, Progress};
use crate::error::SendError;
use crate::service::HttpService;

/// Sends requests as they are, over any service
///
/// This is the `send` of [`drive::asynchronous`](cos_batch::drive::asynchronous), for a loop of
/// one's own; [`Client`](crate::Client) has one inside. Clones share their connections.
#[derive(Clone, Debug)]
pub struct Transport<S = Connections> {
    service: S,
    timeout: Duration,
}

impl Transport {
    /// At most 30 seconds for a request, at most 10 of them to connect.
    #[must_use]
    pub fn new() -> Self {
        Self::over(Connections::new())
    }
}

impl Default for Transport {
    fn default() -> Self {
        Self::new()
    }
}

impl<C: Connect + Clone> Transport<Connections<C>> {
    /// The same with another time to connect; see [`Connections::with_connect_timeout`].
    #[must_use]
    pub fn with_connect_timeout(self, timeout: Duration) -> Self {
        Self { service: self.service.with_connect_timeout(timeout), ..self }
    }
}

impl<S> Transport<S> {
    /// The same with another time for a request as a whole, from the name to the last byte.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout: timeout.min(Self::LONGEST), ..self }
    }

    /// What a clock can add to any moment without overflow.
    const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

    /// The same times over another service.
    pub(crate) fn with_service<T>(self, service: T) -> Transport<T> {
        Transport { service, timeout: self.timeout }
    }
}

impl<S: HttpService> Transport<S> {
    /// A service of one's own, with at most 30 seconds for a request
    ///
    /// What a service refuses before it takes the request, in `poll_ready`, and what hyper-util
    /// says of connections, is [`Lost::BeforeSending`]; any other error is
    /// [`Lost::AfterSending`], for nobody knows. A service that sends a request again by itself
    /// takes that knowledge from the machines: leave it to them.
    #[must_use]
    pub fn over(service: S) -> Self {
        Self { service, timeout: Duration::from_secs(30) }
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
    pub async fn send(
        &self,
        request: Request<Vec<u8>>,
        within: Option<Duration>,
        limits: &Limits,
    ) -> Result<Response<Vec<u8>>, (Lost, SendError)> {
        let total = within.map_or(self.timeout, |within| within.min(self.timeout));
        let end = Instant::now() + total;
        let host = request.uri().authority().map(ToString::to_string).unwrap_or_default();
        let mut request = prepare(request)?;
        let progress = Progress::default();
        request.extensions_mut().insert(progress.clone());
        let answer = match timeout_at(end, self.service.clone().answer(request)).await {
            Ok(answer) => answer.map_err(|error| SendError::of(error, &host))?,
            Err(_) => return Err(SendError::late(&host, total, progress.is_unsent())),
        };
        let (parts, body) = answer.into_parts();
        let mut bytes = Vec::new();
        match timeout_at(end, read(body, limits.bytes.saturating_add(1), &mut bytes)).await {
            Ok(()) => Ok(Response::from_parts(parts, bytes)),
            Err(_) => Err(SendError::body(&host, total, bytes.len())),
        }
    }
}

/// What is sent: the request with two headers more, and the length of its body.
fn prepare(request: Request<Vec<u8>>) -> Result<Request<RequestBody>, (Lost, SendError)> {
    let (mut parts, body) = request.into_parts();
    let is_web = parts.uri.scheme_str().is_some_and(|scheme| matches!(scheme, "http" | "https"));
    if !is_web || parts.uri.authority().is_none() {
        return Err(SendError::request("the request has no address of http or https"));
    }
    let mut headers = HeaderMap::with_capacity(parts.headers.len() + 3);
    match parts.headers.get(CONTENT_LENGTH) {
        Some(length) if length != &body.len().to_string() => {
            return Err(SendError::request("the request's Content-Length is not that of its body"));
        }
        Some(_) => {}
        None => {
            let takes_body = matches!(parts.method, Method::POST | Method::PUT | Method::PATCH);
            if takes_body || !body.is_empty() {
                headers.insert(CONTENT_LENGTH, body.len().into());
            }
        }
    }
    let agent = concat!("cos-batch-hyper/", env!("CARGO_PKG_VERSION"));
    headers.insert(USER_AGENT, HeaderValue::from_static(agent));
    headers.insert(ACCEPT, HeaderValue::from_static("application/xml"));
    headers.extend(parts.headers);
    parts.headers = headers;
    Ok(Request::from_parts(parts, RequestBody::new(body)))
}

/// Reads a body to its end, or to where it breaks off, or until there are `cap` bytes.
async fn read<B: Body>(body: B, cap: usize, bytes: &mut Vec<u8>) {
    let mut body = pin!(body);
    while bytes.len() < cap {
        let Some(Ok(frame)) = poll_fn(|context| body.as_mut().poll_frame(context)).await else {
            return;
        };
        let Ok(mut data) = frame.into_data() else { continue };
        while data.has_remaining() && bytes.len() < cap {
            let chunk = data.chunk();
            let part = chunk.get(..cap - bytes.len()).unwrap_or(chunk);
            bytes.extend_from_slice(part);
            let length = part.len();
            data.advance(length);
        }
    }
}
