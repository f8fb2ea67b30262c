//! What a request says of its signature

use std::time::Duration;

use cos_batch::http::header::AUTHORIZATION;
use cos_batch::http::{HeaderName, Request, Uri};
use cos_batch::text::{Query, push_encoded};
use cos_batch::time::OffsetDateTime;

/// What a request says of its signature
pub(super) struct Claims {
    pub(super) secret_id: String,
    pub(super) headers: Vec<HeaderName>,
    pub(super) signature: String,
    parameters: Vec<String>,
    start: u64,
    end: u64,
}

impl Claims {
    /// From `Authorization`, or else from the query.
    pub(super) fn of<B>(request: &Request<B>) -> Result<Self, &'static str> {
        let header = request.headers().get(AUTHORIZATION);
        let text = match header {
            Some(header) => header.to_str().map_err(|_| "its Authorization is no text")?.to_owned(),
            None => in_query(request.uri())?,
        };
        let query = Query::decode(&text).map_err(|_| "its signature is not UTF-8")?;
        let part = |name: &'static str| query.all(name).next().map(str::to_owned);
        let (start, end) = part("q-sign-time")
            .as_deref()
            .and_then(|times| times.split_once(';'))
            .and_then(|(start, end)| Some((start.parse().ok()?, end.parse().ok()?)))
            .filter(|(start, end)| start <= end && i64::try_from(*end).is_ok())
            .ok_or("its signature has no time of signing: q-sign-time=<start>;<end>")?;
        let list = |name| part(name).unwrap_or_default();
        let names = list("q-header-list");
        let names = names.split(';').filter(|name| !name.is_empty());
        let headers = names.map(|name| name.parse().map_err(|_| "q-header-list is malformed"));
        let parameters = list("q-url-param-list");
        let parameters = parameters.split(';').filter(|name| !name.is_empty());
        Ok(Self {
            secret_id: part("q-ak").ok_or("its signature has no secret id: q-ak")?,
            signature: part("q-signature").ok_or("it is not signed: q-signature")?,
            headers: headers.collect::<Result<_, _>>()?,
            parameters: parameters.map(str::to_ascii_lowercase).collect(),
            start,
            end,
        })
    }

    /// The request with the parameters that it says are signed.
    pub(super) fn signed<B>(&self, request: &Request<B>) -> Request<()> {
        let mut signed = Request::new(());
        signed.method_mut().clone_from(request.method());
        signed.headers_mut().clone_from(request.headers());
        let uri = request.uri();
        let query = uri.query().unwrap_or_default().split('&');
        let query: Vec<_> = query.filter(|pair| self.lists(pair)).collect();
        let target = match query.is_empty() {
            true => uri.path().to_owned(),
            false => format!("{}?{}", uri.path(), query.join("&")),
        };
        // It is a part of one that was legal.
        *signed.uri_mut() = target.parse().unwrap_or_else(|_| uri.clone());
        signed
    }

    fn lists(&self, pair: &str) -> bool {
        let name = pair.split('=').next().unwrap_or_default();
        let mut encoded = String::new();
        push_encoded(&mut encoded, &cos_batch::text::decode_query(name));
        !name.is_empty() && self.parameters.contains(&encoded.to_ascii_lowercase())
    }

    /// When it was signed, as far as a window without a time before it tells.
    pub(super) fn now(&self) -> OffsetDateTime {
        let start = i64::try_from(self.start).unwrap_or_default();
        OffsetDateTime::from_unix_timestamp(start).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    pub(super) fn length(&self) -> Duration {
        Duration::from_secs(self.end - self.start)
    }
}

/// The signature that a query holds: seven parameters, or one that holds them.
fn in_query(uri: &Uri) -> Result<String, &'static str> {
    let raw = uri.query().unwrap_or_default();
    let query = Query::decode(raw).map_err(|_| "its query is not UTF-8")?;
    match query.all("sign").next() {
        Some(merged) if query.all("q-signature").next().is_none() => Ok(merged.to_owned()),
        _ => Ok(raw.to_owned()),
    }
}
