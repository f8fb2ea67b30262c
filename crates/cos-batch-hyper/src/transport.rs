use std::pin::pin;
use std::time::Duration;

use bytes::{Buf, BufMut};
use cos_batch::http::{Request, Response};
use cos_batch::{Limits, Lost};
use cos_batch_adapter::{SendError, Stage, outgoing};
use http_body::Body;
use http_body_util::BodyExt;
use tokio::time::timeout;

use crate::connections::{Connections, Progress};
use crate::connector::Connector;
use crate::error::send_error;
use crate::service::{HttpService, RequestBody};

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
    /// At most 30 seconds for a request, at most 10 of them to connect; no proxy.
    #[must_use]
    pub fn new() -> Self {
        Self::over(Connections::by(Connector::new()))
    }

    /// The same with another connector.
    pub(crate) fn connecting(self, change: impl FnOnce(Connector) -> Connector) -> Self {
        Self { service: self.service.connecting(change), ..self }
    }
}

impl Default for Transport {
    fn default() -> Self {
        Self::new()
    }
}

impl<S> Transport<S> {
    /// The same with another time for a request as a whole, from the name to the last byte.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

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
        let agent = concat!("cos-batch-hyper/", env!("CARGO_PKG_VERSION"));
        let mut request = outgoing(request, agent)?.map(RequestBody::from);
        let total = within.map_or(self.timeout, |within| within.min(self.timeout));
        let host = request.uri().authority().map(ToString::to_string).unwrap_or_default();
        let progress = Progress::default();
        request.extensions_mut().insert(progress.clone());
        let (mut answered, mut bytes) = (false, Vec::new());
        let exchanged = timeout(total, async {
            let answer = self.service.clone().answer(request).await?;
            let (parts, body) = answer.into_parts();
            answered = true;
            read(body, limits.bytes.saturating_add(1), &mut bytes).await;
            Ok(parts)
        });
        match exchanged.await {
            Ok(Ok(parts)) => Ok(Response::from_parts(parts, bytes)),
            Ok(Err((lost, error))) => Err(send_error(lost, error, &host)),
            Err(_) if answered => Err(SendError::late_body(&host, total, bytes.len())),
            Err(_) if progress.is_unsent() => Err(SendError::late(Stage::Connecting, &host, total)),
            Err(_) => Err(SendError::late(Stage::Sent, &host, total)),
        }
    }
}

/// Reads a body to its end, or to where it breaks off, or until there are `cap` bytes.
async fn read<B: Body>(body: B, cap: usize, bytes: &mut Vec<u8>) {
    let mut body = pin!(body);
    while bytes.len() < cap
        && let Some(Ok(frame)) = body.frame().await
    {
        if let Ok(data) = frame.into_data() {
            let left = cap - bytes.len();
            bytes.put(data.take(left));
        }
    }
}
