//! The service behind a socket: HTTP/1.1, and bounds on what a client may take

mod answer;
mod connections;
mod control;
pub(crate) mod wire;

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use cos_batch::http::{HeaderValue, StatusCode, header};
use cos_batch::{ErrorCode, ServiceError};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::access_log::AccessLog;
use crate::driver::Service;
use crate::faults::Chooser;
use connections::Connections;
use wire::{Outgoing, Turn, Wire};

/// How large the head of a request may be, and how many headers it may have. The bounds of COS
/// are undocumented.
const HEAD_LIMIT: usize = 64 * 1024;
const HEADERS: usize = 100;
/// How long open connections have to end after the signal to stop.
const GRACE: Duration = Duration::from_secs(1);
/// How long to wait after a connection could not be accepted and none could be closed for it: the
/// process may be out of files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What all connections share.
pub(crate) struct Server {
    pub(crate) service: Service,
    pub(crate) faults: Mutex<Chooser>,
    /// The largest body of a request.
    pub(crate) body_limit: usize,
    /// How long a client may take for the head of a request, for its body, and between two.
    pub(crate) patience: Duration,
    pub(crate) access_log: Option<Arc<AccessLog>>,
    /// Is there a control endpoint?
    pub(crate) control: bool,
}

/// Serves until `stop` holds `true`, then lets the requests that are under way end.
pub(crate) async fn serve(
    listener: TcpListener,
    server: Server,
    most_connections: usize,
    mut stop: watch::Receiver<bool>,
) {
    let server = Arc::new(server);
    let connections = Connections::new(most_connections);
    let graceful = GracefulShutdown::new();
    let next = || async {
        connections.room().await;
        listener.accept().await
    };
    while let Some(accepted) = unless(stop.wait_for(|stop| *stop), next()).await {
        match accepted {
            Ok((stream, peer)) => accept(stream, peer, &server, &connections, &graceful),
            Err(error) if is_of_one_client(&error) => {}
            Err(_) if connections.close_idlest() => tokio::task::yield_now().await,
            Err(_) => sleep(ACCEPT_PAUSE).await,
        }
    }
    drop(listener);
    let _ = timeout(GRACE, graceful.shutdown()).await;
}

/// Serves a connection until it ends, or has to go.
fn accept(
    stream: TcpStream,
    peer: SocketAddr,
    server: &Arc<Server>,
    connections: &Connections,
    graceful: &GracefulShutdown,
) {
    // A small reply must not wait for the one after it; where this fails it is only slower.
    let _ = stream.set_nodelay(true);
    let turn = Turn::default();
    let place = Arc::new(connections.enter());
    let go = place.go();
    let refuse = {
        let server = Arc::clone(server);
        move |status| {
            let server = Arc::clone(&server);
            Box::pin(async move { refusal(&server, status).await }) as wire::Refusal
        }
    };
    let wire = Wire::new(stream, turn.clone(), refuse);
    let server = Arc::clone(server);
    let patience = server.patience;
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience)
        .max_buf_size(HEAD_LIMIT)
        .max_header_size(HEAD_LIMIT)
        .max_headers(HEADERS)
        .half_close(true)
        .serve_connection(
            TokioIo::new(wire),
            service_fn(move |request| {
                let (server, place) = (Arc::clone(&server), Arc::clone(&place));
                answer::answer(server, place, turn.clone(), peer, request)
            }),
        );
    let connection = graceful.watch(connection);
    // How a connection ends is its client's affair.
    tokio::spawn(async move { drop(unless(go.notified(), connection).await) });
}

/// The answer to what hyper refuses by itself, for it is no HTTP, or too much of it.
async fn refusal(server: &Server, status: StatusCode) -> Outgoing {
    let mut error = ServiceError::new(status, ErrorCode::BadRequest);
    error.message = Some("the head of the request is no HTTP, or too large".into());
    let mut response = server.service.refuse(error, String::new()).await;
    let length = response.body().len().into();
    response.headers_mut().insert(header::CONTENT_LENGTH, length);
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    Outgoing::of(&response, false)
}

/// Did a client go before it was accepted?
fn is_of_one_client(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
    )
}

/// What the future gives, or `None` once the other has come to its end.
async fn unless<T, O>(
    other: impl Future<Output = O>,
    future: impl Future<Output = T>,
) -> Option<T> {
    let (mut other, mut future) = (pin!(other), pin!(future));
    poll_fn(|context| {
        if other.as_mut().poll(context).is_ready() {
            return Poll::Ready(None);
        }
        future.as_mut().poll(context).map(Some)
    })
    .await
}
