//! Where a request has its signature, and what that says of itself

use std::collections::BTreeMap;

use http::Request;
use http::header::AUTHORIZATION;

use crate::error::VerifyError;
use crate::sign::{MERGED, PARTS, TOKEN_HEADER};
use crate::text::{decode_path, decode_query, raw_pairs};

/// Where a request has its signature: in the header, else in the query in one of two forms
///
/// What the other places have is no signature then, but ordinary parameters.
pub(super) enum Carrier<'a> {
    Header(&'a str),
    /// The seven parameters `q-*`.
    Query(Vec<(&'static str, String)>),
    /// The one parameter `sign`.
    Merged(String),
}

impl<'a> Carrier<'a> {
    pub(super) fn of<B>(request: &'a Request<B>) -> Result<Self, VerifyError> {
        let mut headers = request.headers().get_all(AUTHORIZATION).iter();
        if let Some(header) = headers.next() {
            if headers.next().is_some() {
                return Err(VerifyError::Malformed("the header Authorization stands twice"));
            }
            let text = header.to_str().map_err(|_| VerifyError::Malformed("it is not ASCII"))?;
            return Ok(Self::Header(text));
        }
        let (mut parts, mut merged) = (Vec::new(), Vec::new());
        for (name, value) in raw_pairs(request.uri().query().unwrap_or_default()) {
            let name = decode_query(name);
            if let Some(part) = PARTS.into_iter().find(|part| part.as_bytes() == &*name) {
                parts.push((part, value));
            } else if *name == *MERGED.as_bytes() {
                merged.push(value);
            }
        }
        if parts.iter().any(|(part, _)| *part == "q-signature") {
            let parts = parts.into_iter().map(|(part, value)| Ok((part, text(value)?)));
            return Ok(Self::Query(parts.collect::<Result<_, _>>()?));
        }
        match *merged.as_slice() {
            [] => Err(VerifyError::Unsigned),
            [value] => Ok(Self::Merged(text(value)?)),
            _ => Err(VerifyError::Malformed("the parameter sign stands twice")),
        }
    }

    pub(super) fn claims(&self) -> Result<Claims<'_>, VerifyError> {
        match self {
            Self::Header(text) => Claims::parse(text),
            Self::Query(parts) => {
                Claims::collect(parts.iter().map(|(name, value)| (*name, value.as_str())))
            }
            Self::Merged(text) => Claims::parse(text),
        }
    }

    /// Is this parameter, by its signed name, the signature's own? It is signed only where it is
    /// listed, and need not be.
    pub(super) fn is_own(&self, name: &str) -> bool {
        match self {
            Self::Header(_) => false,
            Self::Query(_) => PARTS.contains(&name),
            Self::Merged(_) => name == MERGED,
        }
    }
}

fn text(raw: &str) -> Result<String, VerifyError> {
    String::from_utf8(decode_query(raw).into_owned())
        .map_err(|_| VerifyError::Malformed("it is not UTF-8"))
}

/// What a signature says of itself
pub(super) struct Claims<'a> {
    pub(super) id: &'a str,
    pub(super) sign_time: &'a str,
    pub(super) key_time: &'a str,
    pub(super) header_list: &'a str,
    pub(super) param_list: &'a str,
    /// `None` where it is not 40 lower-case hex digits.
    pub(super) signature: Option<[u8; 20]>,
}

impl<'a> Claims<'a> {
    fn parse(text: &'a str) -> Result<Self, VerifyError> {
        let pairs = text.split('&').map(|pair| pair.split_once('='));
        let pairs: Option<Vec<_>> = pairs.collect();
        Self::collect(pairs.ok_or(VerifyError::Malformed("a part without ="))?)
    }

    fn collect(parts: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, VerifyError> {
        let mut pairs = BTreeMap::new();
        for (name, value) in parts {
            if pairs.insert(name.trim(), value.trim()).is_some() {
                return Err(VerifyError::Malformed("a part stands twice"));
            }
        }
        let part = |name, reason| pairs.get(name).copied().ok_or(VerifyError::Malformed(reason));
        if part("q-sign-algorithm", "q-sign-algorithm is missing")? != "sha1" {
            return Err(VerifyError::Malformed("the algorithm is not sha1"));
        }
        Ok(Self {
            id: part("q-ak", "q-ak is missing")?,
            sign_time: part("q-sign-time", "q-sign-time is missing")?,
            key_time: part("q-key-time", "q-key-time is missing")?,
            header_list: part("q-header-list", "q-header-list is missing")?,
            param_list: part("q-url-param-list", "q-url-param-list is missing")?,
            signature: decode_hex(part("q-signature", "q-signature is missing")?),
        })
    }
}

/// The 20 bytes behind 40 lower-case hex digits.
fn decode_hex(text: &str) -> Option<[u8; 20]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let bytes = pairs.iter().map(|&[high, low]| Some(digit(high)? << 4 | digit(low)?));
    let bytes = bytes.collect::<Option<Vec<_>>>()?;
    bytes.try_into().ok().filter(|_| rest.is_empty())
}

/// What may be the token: that of the header, else that of the query
///
/// The Node.js SDK appends the token to the query as it is, so its plus may be a plus: both
/// readings are given, the documented one first.
pub(super) fn tokens<B>(request: &Request<B>) -> Vec<Option<String>> {
    let lossy = |bytes: &[u8]| Some(String::from_utf8_lossy(bytes).into_owned());
    if let Some(token) = request.headers().get(TOKEN_HEADER) {
        return vec![lossy(token.as_bytes())];
    }
    let mut pairs = raw_pairs(request.uri().query().unwrap_or_default());
    let named = pairs.find(|(name, _)| is_token(&decode_query(name)));
    let Some((_, raw)) = named else { return vec![None] };
    let mut tokens = vec![lossy(&decode_query(raw))];
    if raw.contains('+') {
        tokens.push(lossy(&decode_path(raw)));
    }
    tokens
}

fn is_token(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(TOKEN_HEADER.as_bytes())
}
