mod key;
mod presign;
mod stages;
mod trace;

pub use key::SigningKey;
pub use trace::Trace;

use std::fmt;
use std::time::Duration;

use http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderName, HeaderValue, Request};
use time::OffsetDateTime;

use self::key::Window;
use self::stages::Stages;
use super::canonical::{Canonical, Text};
use super::digest::Key;
use super::{Credentials, TOKEN_HEADER};
use crate::error::SignError;

/// Signs requests with one set of credentials
///
/// A signature holds for a window of time around `now`, from 60 seconds before for one hour,
/// unless told otherwise. It covers the method, the decoded path, every query parameter, and of
/// the headers `host`, every `x-cos-*` and, where they are present, `content-length`,
/// `content-md5` and `content-type`. `Date` is not signed.
///
/// The signer reads the raw target and never rewrites it; it adds headers and changes nothing
/// else.
#[derive(Clone)]
pub struct Signer {
    credentials: Credentials,
    /// That of the credentials, ready to use.
    secret_key: Key,
    before: Duration,
    length: Duration,
    only: Option<Box<[HeaderName]>>,
}

impl Signer {
    /// A signer with the window and the headers above.
    #[must_use]
    pub fn new(credentials: Credentials) -> Self {
        Self {
            secret_key: Key::of(credentials.secret_key()),
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
    /// A request that was signed before is signed anew. On an error nothing is added. Whoever signs
    /// many requests signs them in less time with a [`SigningKey`].
    ///
    /// # Errors
    ///
    /// [`SignError::Expired`], [`SignError::NoHost`].
    pub fn sign<B>(&self, request: &mut Request<B>, now: OffsetDateTime) -> Result<(), SignError> {
        self.refuse_expired(now)?;
        self.sign_in(&self.window_at(now), request)
    }

    /// Every stage of the signature that [`sign`](Self::sign) would make, without the key.
    #[must_use]
    pub fn trace<B>(&self, request: &Request<B>, now: OffsetDateTime) -> Trace {
        let added = Added::to(request, self.credentials.security_token());
        Stages::new(self, request, query_of(request), &added, &mut Canonical::new())
            .trace(&self.window_at(now))
    }

    fn sign_in<B>(&self, window: &Window, request: &mut Request<B>) -> Result<(), SignError> {
        let added = Added::to(request, self.credentials.security_token());
        added.demand_host(request.headers())?;
        let (mut lines, mut authorization) = (Canonical::new(), Text::new());
        let stages = Stages::new(self, request, query_of(request), &added, &mut lines);
        stages.push_authorization(window, &mut authorization);
        let mut authorization =
            HeaderValue::from_bytes(authorization.as_slice()).map_err(|_| SignError::Uri)?;
        authorization.set_sensitive(true);
        let headers = request.headers_mut();
        if let Some(host) = added.host {
            headers.insert(HOST, host);
        }
        if let Some(token) = added.token {
            headers.insert(TOKEN, token);
        }
        headers.insert(AUTHORIZATION, authorization);
        Ok(())
    }

    fn refuse_expired(&self, now: OffsetDateTime) -> Result<(), SignError> {
        match self.credentials.expires_at().filter(|at| *at <= now) {
            Some(at) => Err(SignError::Expired { at }),
            None => Ok(()),
        }
    }

    fn covers(&self, name: &HeaderName) -> bool {
        match &self.only {
            Some(only) => only.contains(name),
            None => {
                [HOST, CONTENT_LENGTH, CONTENT_TYPE].contains(name)
                    || name.as_str().starts_with("x-cos-")
                    || name == "content-md5"
            }
        }
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("credentials", &self.credentials)
            .field("before", &self.before)
            .field("length", &self.length)
            .field("only", &self.only)
            .finish_non_exhaustive()
    }
}

/// [`TOKEN_HEADER`] as a name.
const TOKEN: HeaderName = HeaderName::from_static(TOKEN_HEADER);

fn query_of<B>(request: &Request<B>) -> &str {
    request.uri().query().unwrap_or_default()
}

/// The headers that signing adds to a request before it signs.
struct Added {
    /// The authority of the URI, where the request has no host.
    host: Option<HeaderValue>,
    /// Instead of any that the request has.
    token: Option<HeaderValue>,
}

impl Added {
    fn to<B>(request: &Request<B>, token: Option<&str>) -> Self {
        let authority = request.uri().authority().filter(|_| !request.headers().contains_key(HOST));
        let mut token = token.and_then(|token| HeaderValue::from_str(token).ok());
        token.iter_mut().for_each(|token| token.set_sensitive(true));
        Self { host: authority.and_then(|it| HeaderValue::from_str(it.as_str()).ok()), token }
    }

    /// Will there be one host, as HTTP wants it? Else no verifier could make the same of the request.
    fn demand_host(&self, headers: &HeaderMap) -> Result<(), SignError> {
        let mut hosts = headers.get_all(HOST).iter().chain(&self.host);
        match (hosts.next(), hosts.next()) {
            (Some(host), None) if host.to_str().is_ok() => Ok(()),
            _ => Err(SignError::NoHost),
        }
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
    fn a_key_signs_as_its_signer_does_as_long_as_its_window_lasts() {
        let signer =
            Signer::new(credentials()).window(Duration::from_secs(60), Duration::from_secs(600));
        let key = signer.key(at(1000));
        let mut expected = request();
        signer.sign(&mut expected, at(1000)).expect("signed");
        for now in [940, 1000, 1540] {
            assert!(key.holds(at(now)));
            let mut request = request();
            key.sign(&mut request, at(now)).expect("signed");
            assert_eq!(request.headers(), expected.headers());
        }
        for now in [-1, 939, 1541] {
            let mut request = request();
            assert!(!key.holds(at(now)));
            assert_eq!(key.sign(&mut request, at(now)), Err(SignError::NotInWindow));
            assert!(request.headers().is_empty());
        }
        let key = Signer::new(credentials().with_expiry(at(1100))).key(at(1000));
        assert_eq!(key.sign(&mut request(), at(1100)), Err(SignError::Expired { at: at(1100) }));
    }

    #[test]
    fn more_parameters_than_a_few_are_signed_in_order_too() {
        let names: String =
            (b'a'..=b'z').rev().map(|name| format!("{}=&", char::from(name))).collect();
        let request =
            Request::get(format!("http://h.example/jobs?{names}")).body(()).expect("a request");
        let list = Signer::new(credentials()).trace(&request, at(1000)).url_param_list;
        let expected: Vec<_> = (b'a'..=b'z').map(|name| char::from(name).to_string()).collect();
        assert_eq!(list, expected.join(";"));
    }

    #[test]
    fn a_trace_shows_neither_token_nor_signature() {
        let signer = Signer::new(credentials().with_token("T0KEN/1").expect("a token"));
        let trace = signer.trace(&request(), at(1000));
        assert!(trace.http_string.as_str().contains("T0KEN%2F1"));
        let shown = format!("{trace:?} {signer:?} {:?}", signer.key(at(1000)));
        assert!(!shown.contains("T0KEN") && !shown.contains(&trace.signature), "{shown}");
        assert!(!shown.contains("SECRETEXAMPLE"), "{shown}");
    }
}
