use cos_batch::Lost;
use cos_batch::http::header::{ACCEPT, CONTENT_LENGTH, USER_AGENT};
use cos_batch::http::{HeaderMap, HeaderValue, Method, Request};

use crate::error::SendError;

/// A request as it leaves: with `User-Agent` and `Accept`, and with the length of its body
///
/// A GET or a DELETE without a body has no length. `Host` is there already, as it was signed.
///
/// # Errors
///
/// A request that cannot be sent: without an address of http or https, or with a `Content-Length`
/// that is not that of its body, for then the other side would wait for the rest, or take what is
/// over for another request.
pub fn outgoing(
    request: Request<Vec<u8>>,
    agent: &'static str,
) -> Result<Request<Vec<u8>>, (Lost, SendError)> {
    let (mut parts, body) = request.into_parts();
    let is_web = parts.uri.scheme_str().is_some_and(|scheme| matches!(scheme, "http" | "https"));
    if !is_web || parts.uri.authority().is_none() {
        return Err(SendError::request("the request has no address of http or https"));
    }
    let mut headers = HeaderMap::with_capacity(parts.headers.len() + 3);
    let takes_body = matches!(parts.method, Method::POST | Method::PUT | Method::PATCH);
    match parts.headers.get(CONTENT_LENGTH) {
        Some(length) if length != &body.len().to_string() => {
            return Err(SendError::request("the request's Content-Length is not that of its body"));
        }
        None if takes_body || !body.is_empty() => {
            drop(headers.insert(CONTENT_LENGTH, body.len().into()));
        }
        Some(_) | None => {}
    }
    headers.insert(USER_AGENT, HeaderValue::from_static(agent));
    headers.insert(ACCEPT, HeaderValue::from_static("application/xml"));
    headers.extend(parts.headers);
    parts.headers = headers;
    Ok(Request::from_parts(parts, body))
}
