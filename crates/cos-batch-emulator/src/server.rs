//! The engine behind a socket: HTTP/1.1, the system's clock, bounds on what a client may take
//!
//! What does not parse as HTTP is answered by hyper, with a status alone.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use cos_batch::http::{HeaderValue, Request, Response, StatusCode, header};
use cos_batch::time::OffsetDateTime;
use cos_batch::{ErrorCode, ServiceError};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::engine::Engine;

/// The largest body of a request. COS has a bound too; its value is undocumented.
const BODY_LIMIT: usize = 1024 * 1024;
/// How much of a larger body is read all the same: a client that is still writing when the
/// connection closes may never see the answer.
const DRAIN_LIMIT: usize = 16 * BODY_LIMIT;
/// How long a client may take for the head of a request, or be idle between two.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a client may take for the body.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// How long open connections have to end after the signal to stop.
const GRACE: Duration = Duration::from_secs(1);
/// How long to wait after a connection could not be accepted: the process may be out of files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves until `stop` holds `true`, then lets the requests that are under way end.
pub(crate) async fn serve(listener: TcpListener, engine: Engine, mut stop: watch::Receiver<bool>) {
    let engine = Arc::new(Mutex::new(engine));
    let connections = GracefulShutdown::new();
    while let Some(accepted) = unless_stopped(&mut stop, listener.accept()).await {
        let Ok((stream, _)) = accepted else {
            sleep(ACCEPT_PAUSE).await;
            continue;
        };
        // A small reply must not wait for the one after it; where this fails it is only slower.
        let _ = stream.set_nodelay(true);
        let engine = Arc::clone(&engine);
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .half_close(true)
            .serve_connection(
                TokioIo::new(stream),
                service_fn(move |request| answer(Arc::clone(&engine), request)),
            );
        // How a connection ends is its client's affair.
        tokio::spawn(connections.watch(connection));
    }
    drop(listener);
    let _ = timeout(GRACE, connections.shutdown()).await;
}

/// What the future gives, or `None` once the signal to stop has come.
async fn unless_stopped<T>(
    stop: &mut watch::Receiver<bool>,
    future: impl Future<Output = T>,
) -> Option<T> {
    let mut stopped = pin!(stop.wait_for(|stop| *stop));
    let mut future = pin!(future);
    poll_fn(|context| {
        if stopped.as_mut().poll(context).is_ready() {
            return Poll::Ready(None);
        }
        future.as_mut().poll(context).map(Some)
    })
    .await
}

async fn answer(
    engine: Arc<Mutex<Engine>>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let body = match timeout(BODY_TIMEOUT, read(body)).await {
        Ok(body) => body,
        Err(_) => Err(ErrorCode::RequestTimeout),
    };
    // The engine holds no state that a panic could leave half done.
    let mut engine = engine.lock().unwrap_or_else(PoisonError::into_inner);
    let now = OffsetDateTime::now_utc();
    let response = match body {
        Ok(body) => engine.handle(&Request::from_parts(parts, body.as_slice()), now),
        Err(code) => {
            let error = ServiceError::new(StatusCode::BAD_REQUEST, code);
            let mut response = engine.refuse(error, parts.uri.path(), now);
            // Where the next request begins is not known.
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            response
        }
    };
    Ok(response.map(|body| Full::new(Bytes::from(body))))
}

/// The whole body, or the general code that the docs give to what is wrong with it.
async fn read(mut body: Incoming) -> Result<Vec<u8>, ErrorCode> {
    let mut whole = Vec::new();
    let mut length = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| ErrorCode::IncompleteBody)?.into_data() else { continue };
        length = length.saturating_add(data.len());
        if length <= BODY_LIMIT {
            whole.extend_from_slice(&data);
        } else if length <= DRAIN_LIMIT {
            whole = Vec::new();
        } else {
            break;
        }
    }
    if length > BODY_LIMIT { Err(ErrorCode::XmlSizeLimit) } else { Ok(whole) }
}
