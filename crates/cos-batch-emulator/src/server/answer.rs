//! A request, from its head to what is said about it

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError};
use std::time::Instant;

use cos_batch::http::{HeaderValue, Method, Request, Response, StatusCode, header};
use cos_batch::op::REQUEST_ID_HEADER;
use cos_batch::time::OffsetDateTime;
use cos_batch::{ErrorCode, ServiceError};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use tokio::time::{sleep, timeout};

use super::connections::Place;
use super::wire::Turn;
use super::{Server, control};
use crate::access_log::Entry;
use crate::faults::Effect;

/// How much of a body that is too large is read all the same: a client that is still writing when
/// the connection closes may never see the answer.
const DRAIN_LIMIT: usize = 16 * 1024 * 1024;

pub(super) async fn answer(
    server: Arc<Server>,
    place: Arc<Place>,
    turn: Turn,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let begun = Instant::now();
    // A body may take its time.
    place.idle();
    let (parts, body) = request.into_parts();
    let (method, uri) = (parts.method.clone(), parts.uri.clone());
    let body = match timeout(server.patience, read(body, server.body_limit)).await {
        Ok(body) => body,
        Err(_) => Err(ErrorCode::RequestTimeout),
    };
    place.busy();
    if server.control
        && let Some(response) =
            control::answer(&server.service, &method, &uri, peer.ip().is_loopback()).await
    {
        place.idle();
        turn.let_pass();
        return Ok(response.map(|body| Full::new(body.into())));
    }
    let bytes = body.as_ref().map_or(0, Vec::len);
    let chosen = match body {
        Ok(_) => {
            server.faults.lock().unwrap_or_else(PoisonError::into_inner).next(&method, uri.path())
        }
        Err(_) => None,
    };
    let effect = chosen.as_ref().map(|(_, effect)| &**effect);
    let response = match body {
        Ok(body) => deliver(&server, Request::from_parts(parts, body), effect).await,
        Err(code) => Some(refuse(&server, code, uri.path()).await),
    };
    let mut entry = Entry::new(Some(peer), &method, &uri, begun);
    entry.bytes = bytes;
    entry.fault = chosen.as_ref().map(|(number, _)| *number);
    let request_id = response.as_ref().and_then(|it| it.headers().get(REQUEST_ID_HEADER));
    entry.request_id = request_id.and_then(|id| id.to_str().ok()).map(str::to_owned);
    let response = match effect {
        None => {
            turn.let_pass();
            let response = response.unwrap_or_default();
            entry.status = Some(response.status().as_u16());
            response
        }
        Some(effect) => {
            let now = OffsetDateTime::now_utc();
            let outgoing = effect.outgoing(response, method == Method::HEAD, now);
            entry.status = outgoing.status.map(|status| status.as_u16());
            turn.put(outgoing);
            Response::default()
        }
    };
    place.idle();
    if let Some(log) = &server.access_log {
        log.note(entry);
    }
    Ok(response.map(|body| Full::new(body.into())))
}

/// Has the service hear of a request, as often as a fault has it.
async fn deliver(
    server: &Server,
    request: Request<Vec<u8>>,
    effect: Option<&Effect>,
) -> Option<Response<Vec<u8>>> {
    let response = match effect.map_or(1, Effect::deliveries) {
        0 => None,
        times => Some(server.service.deliver(request, times).await),
    };
    if let Some(effect) = effect {
        sleep(effect.delay()).await;
    }
    response
}

async fn refuse(server: &Server, code: ErrorCode, path: &str) -> Response<Vec<u8>> {
    let error = ServiceError::new(StatusCode::BAD_REQUEST, code);
    let mut response = server.service.refuse(error, path.to_owned()).await;
    // Where the next request begins is not known.
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// The whole body, or the general code that the docs give to what is wrong with it.
async fn read(mut body: Incoming, limit: usize) -> Result<Vec<u8>, ErrorCode> {
    let mut whole = Vec::new();
    let mut length = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| ErrorCode::IncompleteBody)?.into_data() else { continue };
        length = length.saturating_add(data.len());
        if length <= limit {
            whole.extend_from_slice(&data);
        } else if length <= DRAIN_LIMIT {
            whole = Vec::new();
        } else {
            break;
        }
    }
    if length > limit { Err(ErrorCode::XmlSizeLimit) } else { Ok(whole) }
}
