use cos_batch::http::{
    HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri, header,
};
use cos_batch::op::decode_reply;
use cos_batch::serve::AnyRequest;
use cos_batch::time::OffsetDateTime;
use cos_batch::{
    CreateJob, Credentials, DeleteJob, DescribeJob, Endpoint, Limits, ListJobs, Operation,
    ReplyError, RequestError, ServiceError, Signer, UpdateJobPriority, UpdateJobStatus,
    VerifyPolicy, verify,
};

use super::check::{check_text, check_xml_error, must, shown};
use crate::calls;

/// When the requests come: 2019-05-15T06:46:40Z, in Unix seconds
pub const NOW: i64 = 1_557_902_800;

/// The statuses that the docs have.
const STATUSES: &[u16] = &[200, 204, 400, 403, 404, 405, 409, 411, 500, 501, 503];

/// A request, whatever it is, to a server that lets these credentials in
///
/// - Reading it gives a call or an error, the same each time, and never panics. A call is written
///   and read back as it was; an error has a documented status, can be answered and is short.
/// - Verifying it gives the same each time, and a refusal is a 403.
/// - Signed, in its headers or in its query, it is accepted; but for two hosts or one that is not
///   visible ASCII, which HTTP has not, and for a parameter without a name, which the list of
///   names in a signature cannot show.
/// - The server answers it with a documented status: what is not signed is refused for that, with
///   what is no call it succeeds never, an answer can be read by its call, and a refusal has ids.
///
/// What is no HTTP request is not looked at.
///
/// # Panics
///
/// Where that does not hold.
pub fn server(
    data: &[u8],
    credentials: &Credentials,
    mut server: impl FnMut(&Request<&[u8]>, OffsetDateTime) -> Response<Vec<u8>>,
) {
    let Some(request) = request_of(data) else { return };
    let now = must(OffsetDateTime::from_unix_timestamp(NOW));
    let read = AnyRequest::decode(&request, &Limits::default());
    assert_eq!(read, AnyRequest::decode(&request, &Limits::default()));
    match &read {
        Ok(any) => round(any),
        Err(error) => check_refusal(error, &request),
    }

    let accepts = |request: &Request<&[u8]>| {
        let key_of = |id: &str, _: Option<&str>| {
            (id == credentials.secret_id()).then(|| credentials.secret_key().clone())
        };
        verify(request, key_of, &VerifyPolicy::default(), now)
    };
    let verified = accepts(&request);
    assert_eq!(verified, accepts(&request));
    let reply = server(&request, now);
    match &verified {
        Ok(_) => check_answer(&reply, &read),
        Err(error) => {
            let answer = error.to_service_error();
            assert_eq!(answer.status, StatusCode::FORBIDDEN);
            check_text(&answer.to_string(), 1024);
            assert_eq!(refusal(&answer.encode()).code, answer.code);
            let refused = refusal(&reply);
            assert_eq!((refused.status, refused.code), (answer.status, answer.code));
            assert!(refused.request_id.is_some() && refused.trace_id.is_some(), "without ids");
        }
    }

    let mut hosts = request.headers().get_all(header::HOST).iter();
    let is_legal = hosts.next().is_none_or(|host| host.to_str().is_ok()) && hosts.next().is_none();
    let query = request.uri().query().unwrap_or_default();
    if !is_legal || query.split('&').any(|parameter| parameter.starts_with('=')) {
        return;
    }
    let signer = Signer::new(credentials.clone());
    let mut signed = request.clone();
    if signer.sign(&mut signed, now).is_ok() {
        let verified = accepts(&signed);
        assert!(verified.is_ok(), "{verified:?}: {signed:?}");
        check_answer(&server(&signed, now), &AnyRequest::decode(&signed, &Limits::default()));
    }
    let mut presigned = request;
    presigned.headers_mut().remove(header::AUTHORIZATION);
    if let Ok(uri) = signer.presign(&presigned, now) {
        *presigned.uri_mut() = uri;
        let verified = accepts(&presigned);
        assert!(verified.is_ok(), "{verified:?}: {presigned:?}");
        check_answer(&server(&presigned, now), &AnyRequest::decode(&presigned, &Limits::default()));
    }
}

/// The request that an input stands for; `None` where it has no legal method and target. Headers
/// that are illegal are left out.
#[must_use]
pub fn request_of(data: &[u8]) -> Option<Request<&[u8]>> {
    let mut rest = data;
    let mut line = || {
        let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        let (line, behind) = rest.split_at(end);
        rest = behind.get(1..).unwrap_or_default();
        line
    };
    let mut words = line().splitn(2, |byte| *byte == b' ');
    let method = Method::from_bytes(words.next()?).ok()?;
    let uri = Uri::try_from(words.next()?).ok()?;
    let mut request = Request::new(&b""[..]);
    (*request.method_mut(), *request.uri_mut()) = (method, uri);
    loop {
        let line = line();
        if line.is_empty() {
            *request.body_mut() = rest;
            return Some(request);
        }
        let mut parts = line.splitn(2, |byte| *byte == b':');
        let (name, value) = (parts.next()?, parts.next().unwrap_or_default());
        let name = HeaderName::from_bytes(name);
        let value = HeaderValue::from_bytes(value.trim_ascii());
        if let (Ok(name), Ok(value)) = (name, value) {
            request.headers_mut().append(name, value);
        }
    }
}

/// Writes a call and reads it back, twice.
fn round(any: &AnyRequest) {
    let endpoint = must(Endpoint::custom("http", "127.0.0.1:9000", must("1250000000".parse())));
    let written = must(calls::encode(any, &endpoint));
    let read = must(AnyRequest::decode(&calls::borrowed(&written), &Limits::default()));
    assert_eq!(&read, any, "read back from {written:?}");
    let again = must(calls::encode(&read, &endpoint));
    assert_eq!(again.uri(), written.uri(), "the canonical form has another");
    assert_eq!(shown(again.body()), shown(written.body()), "the canonical form has another");
}

fn check_refusal(error: &RequestError, request: &Request<&[u8]>) {
    let answer = error.to_service_error();
    assert!([400, 404, 405].contains(&answer.status.as_u16()), "{answer}");
    check_text(&error.to_string(), usize::MAX);
    if let RequestError::Body(error) = error {
        check_xml_error(error, request.body());
    }
    let read = refusal(&answer.encode());
    assert_eq!((read.status, read.code), (answer.status, answer.code));
}

/// Is a reply to a request that was let in one that its call has?
fn check_answer(reply: &Response<Vec<u8>>, read: &Result<AnyRequest, RequestError>) {
    assert!(STATUSES.contains(&reply.status().as_u16()), "{}", reply.status());
    assert_ne!(reply.status(), StatusCode::FORBIDDEN, "{}", shown(reply.body()));
    if !reply.status().is_success() {
        let refused = refusal(reply);
        assert!(refused.request_id.is_some() && refused.trace_id.is_some(), "without ids");
        return;
    }
    let (reply, limits) = (calls::received(reply), Limits::default());
    let outcome = match read {
        Ok(AnyRequest::CreateJob(_)) => CreateJob::decode_response(&reply, &limits).map(drop),
        Ok(AnyRequest::DeleteJob(_)) => DeleteJob::decode_response(&reply, &limits),
        Ok(AnyRequest::DescribeJob(_)) => DescribeJob::decode_response(&reply, &limits).map(drop),
        Ok(AnyRequest::ListJobs(_)) => ListJobs::decode_response(&reply, &limits).map(drop),
        Ok(AnyRequest::UpdateJobPriority(_)) => {
            UpdateJobPriority::decode_response(&reply, &limits).map(drop)
        }
        Ok(AnyRequest::UpdateJobStatus(_)) => {
            UpdateJobStatus::decode_response(&reply, &limits).map(drop)
        }
        other => panic!("{} for {other:?}", reply.status()),
    };
    must(outcome);
}

/// The refusal that a reply is.
fn refusal(reply: &Response<Vec<u8>>) -> ServiceError {
    let reply = calls::received(reply);
    match decode_reply(&reply, &Limits::default(), "", |_| Ok(())) {
        Err(ReplyError::Service(refusal)) => *refusal,
        other => panic!("{other:?} for {}", shown(reply.body())),
    }
}
