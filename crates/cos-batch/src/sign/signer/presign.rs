//! Signatures that travel in the query

use http::{Request, Uri};
use time::OffsetDateTime;

use super::stages::Stages;
use super::{Added, Signer, query_of};
use crate::error::SignError;
use crate::sign::canonical::{Canonical, Text};
use crate::sign::{Credentials, MERGED, PARTS, TOKEN_HEADER};
use crate::text::{decode_query, push_encoded, raw_pairs};

impl Signer {
    /// The request's URI with the signature in its query, as the seven parameters `q-*`
    ///
    /// The token of temporary credentials goes before them, as the parameter
    /// `x-cos-security-token`, and is signed. What the URI has stays byte for byte and the request
    /// is not changed. Whoever has the URI is let in until the signature's window ends.
    ///
    /// The signature covers the headers that [`sign`](Self::sign) would cover, the token aside:
    /// a request to this URI must have them with the values they have here. A batch request needs
    /// the header `x-cos-appid`, so a plain link does not make one.
    ///
    /// ```
    /// use cos_batch::{Credentials, Signer};
    /// use time::OffsetDateTime;
    ///
    /// let signer = Signer::new(Credentials::new("AKIDEXAMPLE", "SECRETEXAMPLE")?);
    /// let request = http::Request::get("http://h.example/jobs?maxResults=10").body(())?;
    /// let uri = signer.presign(&request, OffsetDateTime::from_unix_timestamp(1_557_902_860)?)?;
    /// assert!(uri.to_string().starts_with(
    ///     "http://h.example/jobs?maxResults=10&q-sign-algorithm=sha1&q-ak=AKIDEXAMPLE\
    ///      &q-sign-time=1557902800%3B1557906400&q-key-time=1557902800%3B1557906400\
    ///      &q-header-list=host&q-url-param-list=maxresults&q-signature="
    /// ));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SignError::Expired`], [`SignError::NoHost`]; [`SignError::AlreadySigned`] where the query
    /// has a parameter that this would add, or `sign`; [`SignError::Uri`] where the URI becomes
    /// too long.
    pub fn presign<B>(&self, request: &Request<B>, now: OffsetDateTime) -> Result<Uri, SignError> {
        self.presigned(request, now, |query, authorization| {
            raw_pairs(authorization)
                .for_each(|(name, value)| append(query, name, value.as_bytes()));
        })
    }

    /// The same with the whole text of `Authorization` as the one parameter `sign`
    ///
    /// # Errors
    ///
    /// Those of [`presign`](Self::presign).
    pub fn presign_merged<B>(
        &self,
        request: &Request<B>,
        now: OffsetDateTime,
    ) -> Result<Uri, SignError> {
        self.presigned(request, now, |query, authorization| {
            append(query, MERGED, authorization.as_bytes());
        })
    }

    fn presigned<B>(
        &self,
        request: &Request<B>,
        now: OffsetDateTime,
        add: impl FnOnce(&mut String, &str),
    ) -> Result<Uri, SignError> {
        self.refuse_expired(now)?;
        let mut query = query_of(request).to_owned();
        if is_signed(&query, &self.credentials) {
            return Err(SignError::AlreadySigned);
        }
        let added = Added::to(request, None);
        added.demand_host(request.headers())?;
        if let Some(token) = self.credentials.security_token() {
            append(&mut query, TOKEN_HEADER, token.as_bytes());
        }
        let mut signed = query.clone();
        let mut authorization = Text::new();
        Stages::new(self, request, &query, &added, &mut Canonical::new())
            .push_authorization(&self.window_at(now), &mut authorization);
        add(&mut signed, &String::from_utf8_lossy(authorization.as_slice()));
        with_query(request.uri(), &signed).ok_or(SignError::Uri)
    }
}

/// Would the query have two signatures, or two tokens?
fn is_signed(query: &str, credentials: &Credentials) -> bool {
    let token = credentials.security_token().map(|_| TOKEN_HEADER);
    let added = || PARTS.into_iter().chain([MERGED]).chain(token);
    raw_pairs(query).any(|(name, _)| {
        let name = decode_query(name);
        added().any(|added| name.eq_ignore_ascii_case(added.as_bytes()))
    })
}

fn append(query: &mut String, name: &str, value: &[u8]) {
    if !query.is_empty() {
        query.push('&');
    }
    query.push_str(name);
    query.push('=');
    push_encoded(query, value);
}

fn with_query(uri: &Uri, query: &str) -> Option<Uri> {
    let mut target = String::new();
    if let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) {
        target = format!("{scheme}://{authority}");
    }
    // Parsed as a whole: parts that are put together may be longer than a URI.
    (target + uri.path() + "?" + query).parse().ok()
}
