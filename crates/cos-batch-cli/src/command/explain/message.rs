//! HTTP/1.1 messages that were saved

use cos_batch::http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, Uri};
use httparse::{EMPTY_HEADER, Header, Status};

/// How many headers a message may have.
const HEADERS: usize = 128;

/// The head of a request.
pub(super) fn request(bytes: &[u8]) -> Result<Request<()>, &'static str> {
    let bytes = ended(bytes);
    let mut room = [EMPTY_HEADER; HEADERS];
    let mut parsed = httparse::Request::new(&mut room);
    match parsed.parse(&bytes) {
        Ok(Status::Complete(_)) => {}
        _ => return Err("it does not begin like an HTTP request: GET /jobs HTTP/1.1"),
    }
    let (Some(method), Some(target)) = (parsed.method, parsed.path) else {
        return Err("it has no method");
    };
    let target: Uri = target.parse().map_err(|_| "its target is malformed")?;
    let mut request = Request::new(());
    *request.method_mut() = method.parse().map_err(|_| "its method is malformed")?;
    *request.uri_mut() = target;
    *request.headers_mut() = headers(parsed.headers)?;
    Ok(request)
}

/// A response, or the body of one that had this status.
pub(super) fn response(bytes: &[u8], status: StatusCode) -> Result<Response<&[u8]>, String> {
    if !bytes.starts_with(b"HTTP/") {
        let mut response = Response::new(bytes);
        *response.status_mut() = status;
        return Ok(response);
    }
    // `HTTP/2 403`, as curl writes it, is the line of no version that has such lines.
    let line = bytes.iter().position(|byte| *byte == b' ').unwrap_or_default();
    let shown = [b"HTTP/1.1", bytes.get(line..).unwrap_or_default()].concat();
    let mut room = [EMPTY_HEADER; HEADERS];
    let mut parsed = httparse::Response::new(&mut room);
    let Ok(Status::Complete(length)) = parsed.parse(&shown) else {
        return Err("it does not begin like an HTTP response".to_owned());
    };
    let code = parsed.code.and_then(|code| StatusCode::from_u16(code).ok());
    // What was put before it is not there.
    let head = length + line - "HTTP/1.1".len();
    let mut response = Response::new(bytes.get(head..).unwrap_or_default());
    *response.status_mut() = code.ok_or("it has no status")?;
    *response.headers_mut() = headers(parsed.headers)?;
    Ok(response)
}

/// A head that was saved without the empty line behind it has one.
fn ended(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let ends = |end: &[u8]| bytes.windows(end.len()).any(|part| part == end);
    if !ends(b"\r\n\r\n") && !ends(b"\n\n") {
        bytes.extend_from_slice(if bytes.ends_with(b"\n") { b"\r\n" } else { b"\r\n\r\n" });
    }
    bytes
}

fn headers(parsed: &[Header<'_>]) -> Result<HeaderMap, &'static str> {
    let mut headers = HeaderMap::new();
    for header in parsed {
        let name: HeaderName = header.name.parse().map_err(|_| "a header's name is malformed")?;
        let value = HeaderValue::from_bytes(header.value).map_err(|_| "a header is malformed")?;
        headers.append(name, value);
    }
    Ok(headers)
}
