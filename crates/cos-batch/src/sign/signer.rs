mod presign;

use std::fmt;
use std::time::Duration;

use http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderName, HeaderValue, Request};
use time::OffsetDateTime;

use super::{Credentials, TOKEN_HEADER, canonical, digest};
use crate::error::SignError;
use crate::value::HttpString;

/// Signs requests with one set of credentials
///
/// A signature holds for a window of time around `now`, from 60 seconds before for one hour,
/// unless told otherwise. It covers the method, the decoded path, every query parameter, and of
/// the headers `host`, every `x-cos-*` and, where they are present, `content-length`,
/// `content-md5` and `content-type`. `Date` is not signed.
///
/// The signer reads the raw target and never rewrites it; it adds headers and changes nothing
/// else.
#[derive(Clone, Debug)]
pub struct Signer {
    credentials: Credentials,
    before: Duration,
    length: Duration,
    only: Option<Box<[HeaderName]>>,
}

impl Signer {
    /// A signer with the window and the headers above.
    #[must_use]
    pub fn new(credentials: Credentials) -> Self {
        Self {
            credentials,
            before: Duration::from_secs(60),
            length: Duration::from_secs(3600),
            only: None,
        }
    }

    /// The same with signatures that begin to hold `before` the time of signing and hold for
    /// `length`; whole seconds.
    #[must_use]
    pub fn window(self, before: Duration, length: Duration) -> Self {
        Self { before, length, ..self }
    }

    /// The same with signatures that cover these headers, where they are present, and no other:
    /// for test vectors and for policies of other services.
    #[must_use]
    pub fn headers(self, only: &[HeaderName]) -> Self {
        Self { only: Some(only.into()), ..self }
    }

    /// The credentials it signs with.
    #[must_use]
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Adds `Authorization`, for temporary credentials `x-cos-security-token`, and `Host` where it
    /// is missing; `Authorization` and token are marked sensitive
    ///
    /// A request that was signed before is signed anew. On an error nothing is added.
    ///
    /// # Errors
    ///
    /// [`SignError::Expired`], [`SignError::NoHost`].
    pub fn sign<B>(&self, request: &mut Request<B>, now: OffsetDateTime) -> Result<(), SignError> {
        self.refuse_expired(now)?;
        let headers = self.completed(request);
        demand_host(&headers)?;
        let trace = self.trace_of(request, query_of(request), &headers, now);
        let mut authorization = HeaderValue::try_from(trace.authorization(&self.credentials))
            .map_err(|_| SignError::Uri)?;
        authorization.set_sensitive(true);
        *request.headers_mut() = headers;
        request.headers_mut().insert(AUTHORIZATION, authorization);
        Ok(())
    }

    /// Every stage of the signature that [`sign`](Self::sign) would make, without the key.
    #[must_use]
    pub fn trace<B>(&self, request: &Request<B>, now: OffsetDateTime) -> Trace {
        self.trace_of(request, query_of(request), &self.completed(request), now)
    }

    fn refuse_expired(&self, now: OffsetDateTime) -> Result<(), SignError> {
        match self.credentials.expires_at().filter(|at| *at <= now) {
            Some(at) => Err(SignError::Expired { at }),
            None => Ok(()),
        }
    }

    /// The request's headers with those that signing adds before it signs.
    fn completed<B>(&self, request: &Request<B>) -> HeaderMap {
        let mut headers = with_host(request);
        let token = self.credentials.security_token().map(HeaderValue::from_str);
        if let Some(Ok(mut token)) = token {
            token.set_sensitive(true);
            headers.insert(TOKEN_HEADER, token);
        }
        headers
    }

    /// `query` is the request's own, or what it becomes.
    fn trace_of<B>(
        &self,
        request: &Request<B>,
        query: &str,
        headers: &HeaderMap,
        now: OffsetDateTime,
    ) -> Trace {
        let before = i64::try_from(self.before.as_secs()).unwrap_or(i64::MAX);
        let start = u64::try_from(now.unix_timestamp().saturating_sub(before)).unwrap_or_default();
        let end = start.saturating_add(self.length.as_secs());
        let key_time = format!("{start};{end}");
        let mut parameters = canonical::parameters(query);
        let mut signed = canonical::headers(headers, |name| self.covers(name));
        parameters.sort_unstable();
        signed.sort_unstable();
        let http_string = canonical::http_string(
            request.method().as_str(),
            request.uri().path(),
            &parameters,
            &signed,
        );
        let string_to_sign = digest::string_to_sign(&key_time, &http_string);
        let sign_key = digest::sign_key(self.credentials.secret_key(), &key_time);
        Trace {
            signature: digest::signature(&sign_key, &string_to_sign),
            header_list: canonical::list(&signed),
            url_param_list: canonical::list(&parameters),
            key_time,
            http_string: String::from_utf8_lossy(&http_string).into(),
            string_to_sign,
        }
    }

    fn covers(&self, name: &str) -> bool {
        match &self.only {
            Some(only) => only.iter().any(|header| header == name),
            None => {
                name.starts_with("x-cos-")
                    || name == "content-md5"
                    || [HOST, CONTENT_LENGTH, CONTENT_TYPE].iter().any(|header| header == name)
            }
        }
    }
}

fn query_of<B>(request: &Request<B>) -> &str {
    request.uri().query().unwrap_or_default()
}

/// The request's headers, with the authority of its URI as `Host` where that is missing.
fn with_host<B>(request: &Request<B>) -> HeaderMap {
    let mut headers = request.headers().clone();
    if !headers.contains_key(HOST) {
        let host = request.uri().authority().map(|host| HeaderValue::from_str(host.as_str()));
        if let Some(Ok(host)) = host {
            headers.insert(HOST, host);
        }
    }
    headers
}

/// Is there one host, as HTTP wants it? Else no verifier could make the same of the request.
fn demand_host(headers: &HeaderMap) -> Result<(), SignError> {
    let mut hosts = headers.get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) if host.to_str().is_ok() => Ok(()),
        _ => Err(SignError::NoHost),
    }
}

/// Every stage of a signature, to hold against what another signer or the service computed
///
/// It holds no key. The signature itself lets its bearer in until its window ends, and
/// `http_string` holds the token of temporary credentials: `Debug` shows neither.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct Trace {
    /// `<start>;<end>`, in Unix seconds.
    pub key_time: String,
    /// The names of the signed headers.
    pub header_list: String,
    /// The names of the signed parameters.
    pub url_param_list: String,
    /// The request as it is signed; the service calls it `FormatString`. What of a path is not
    /// UTF-8 is signed as it is and shows as U+FFFD.
    pub http_string: HttpString,
    /// What the signature is made of.
    pub string_to_sign: String,
    /// The signature: 40 hex digits.
    pub signature: String,
}

impl Trace {
    /// What a request says of its signature, in the order of the docs.
    fn parts<'a>(&'a self, credentials: &'a Credentials) -> [(&'static str, &'a str); 7] {
        [
            ("q-sign-algorithm", "sha1"),
            ("q-ak", credentials.secret_id()),
            ("q-sign-time", &self.key_time),
            ("q-key-time", &self.key_time),
            ("q-header-list", &self.header_list),
            ("q-url-param-list", &self.url_param_list),
            ("q-signature", &self.signature),
        ]
    }

    fn authorization(&self, credentials: &Credentials) -> String {
        self.parts(credentials).map(|(name, value)| format!("{name}={value}")).join("&")
    }
}

impl fmt::Debug for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trace")
            .field("key_time", &self.key_time)
            .field("header_list", &self.header_list)
            .field("url_param_list", &self.url_param_list)
            .field("http_string", &self.http_string)
            .field("string_to_sign", &self.string_to_sign)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(seconds).expect("a time")
    }

    fn credentials() -> Credentials {
        Credentials::new("AKIDEXAMPLE", "SECRETEXAMPLE").expect("credentials")
    }

    fn request() -> Request<()> {
        Request::get("http://h.example/jobs?a=%2f+%20").body(()).expect("a request")
    }

    #[test]
    fn the_window_is_an_hour_from_a_minute_ago() {
        let signer = Signer::new(credentials());
        assert_eq!(signer.trace(&request(), at(1000)).key_time, "940;4540");
        assert_eq!(signer.trace(&request(), at(10)).key_time, "0;3600");
        let signer = signer.window(Duration::MAX, Duration::MAX);
        assert_eq!(signer.trace(&request(), at(1000)).key_time, format!("0;{}", u64::MAX));
    }

    #[test]
    fn signing_adds_headers_and_leaves_the_target() {
        let mut request = request();
        let target = request.uri().clone();
        Signer::new(credentials()).sign(&mut request, at(1000)).expect("signed");
        assert_eq!(request.uri(), &target);
        assert_eq!(request.headers()["host"], "h.example");
        assert!(request.headers()["authorization"].is_sensitive());
        let once = request.headers().clone();
        Signer::new(credentials()).sign(&mut request, at(1000)).expect("signed");
        assert_eq!(request.headers(), &once);
    }

    #[test]
    fn expired_credentials_and_a_request_to_nowhere_are_left_as_they_are() {
        let signer = Signer::new(credentials().with_expiry(at(1000)));
        let mut request = request();
        assert_eq!(signer.sign(&mut request, at(1000)), Err(SignError::Expired { at: at(1000) }));
        assert!(request.headers().is_empty());
        assert_eq!(signer.sign(&mut request, at(999)), Ok(()));
        let mut nowhere = Request::get("/jobs").body(()).expect("a request");
        let mut twice = Request::get("/jobs").header(HOST, "a").body(()).expect("a request");
        twice.headers_mut().append(HOST, HeaderValue::from_static("b"));
        assert_eq!(Signer::new(credentials()).sign(&mut twice, at(0)), Err(SignError::NoHost));
        let signer = Signer::new(credentials().with_token("t").expect("a token"));
        assert_eq!(signer.sign(&mut nowhere, at(0)), Err(SignError::NoHost));
        assert!(nowhere.headers().is_empty());
    }

    #[test]
    fn a_trace_shows_neither_token_nor_signature() {
        let signer = Signer::new(credentials().with_token("T0KEN/1").expect("a token"));
        let trace = signer.trace(&request(), at(1000));
        assert!(trace.http_string.as_str().contains("T0KEN%2F1"));
        let shown = format!("{trace:?} {signer:?}");
        assert!(!shown.contains("T0KEN") && !shown.contains(&trace.signature), "{shown}");
        assert!(!shown.contains("SECRETEXAMPLE"), "{shown}");
    }
}
