use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use http::header::{AUTHORIZATION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use http::uri::Authority;
use http::{HeaderValue, Request};
use time::OffsetDateTime;

use super::canonical::{self, Pair};
use super::{SecretKey, TOKEN_HEADER, digest};
use crate::endpoint::APPID_HEADER;
use crate::error::VerifyError;
use crate::text::Query;

/// What a server demands of a signature
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct VerifyPolicy {
    /// How far a signature may begin in the future. Undocumented; 900 seconds unless told.
    pub skew: Duration,
    /// Demand that `host` and `x-cos-appid` are signed, every query parameter but the token and,
    /// where there is a body, `content-md5`. By default what the signature lists is verified, and
    /// what it does not list may be anything.
    pub strict: bool,
}

impl Default for VerifyPolicy {
    fn default() -> Self {
        Self { skew: Duration::from_secs(900), strict: false }
    }
}

impl VerifyPolicy {
    /// The default but strict.
    #[must_use]
    pub fn strict() -> Self {
        Self { strict: true, ..Self::default() }
    }
}

/// Who signed a request
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Verified {
    /// The secret id.
    pub secret_id: String,
}

/// Verifies the signature of a request, as a server
///
/// `key_of` finds the key of a secret id, given the security token that came with it.
///
/// Clients differ in what they sign; what they differ in is accepted:
///
/// - a host with its port or without;
/// - a repeated parameter listed as often as it occurs, or once with all values, the first or the
///   last;
/// - names with upper-case escapes.
///
/// # Errors
///
/// [`VerifyError`], which knows the code and makes the answer.
pub fn verify<B>(
    request: &Request<B>,
    key_of: impl Fn(&str, Option<&str>) -> Option<SecretKey>,
    policy: &VerifyPolicy,
    now: OffsetDateTime,
) -> Result<Verified, VerifyError> {
    let authorization = request.headers().get(AUTHORIZATION).ok_or(VerifyError::Unsigned)?;
    let authorization =
        authorization.to_str().map_err(|_| VerifyError::Malformed("it is not ASCII"))?;
    let claims = Claims::parse(authorization)?;
    let query = Query::decode(request.uri().query().unwrap_or_default()).unwrap_or_default();
    let token = match request.headers().get(TOKEN_HEADER) {
        Some(token) => token.to_str().ok(),
        None => query.all(TOKEN_HEADER).next(),
    };
    let key = key_of(claims.id, token).ok_or(VerifyError::UnknownId)?;
    for window in [claims.sign_time, claims.key_time] {
        check_window(window, policy.skew, now)?;
    }
    if policy.strict {
        claims.demand_headers(request)?;
        claims.demand_parameters(request)?;
    }
    claims.check(request, &key)?;
    Ok(Verified { secret_id: claims.id.to_owned() })
}

/// What a signature says of itself.
struct Claims<'a> {
    id: &'a str,
    sign_time: &'a str,
    key_time: &'a str,
    header_list: &'a str,
    param_list: &'a str,
    signature: Option<[u8; 20]>,
}

impl<'a> Claims<'a> {
    fn parse(authorization: &'a str) -> Result<Self, VerifyError> {
        let mut pairs = BTreeMap::new();
        for pair in authorization.split('&') {
            let (key, value) =
                pair.split_once('=').ok_or(VerifyError::Malformed("a part without ="))?;
            if pairs.insert(key.trim(), value.trim()).is_some() {
                return Err(VerifyError::Malformed("a part stands twice"));
            }
        }
        let part = |key, reason| pairs.get(key).copied().ok_or(VerifyError::Malformed(reason));
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

    fn demand_headers<B>(&self, request: &Request<B>) -> Result<(), VerifyError> {
        let headers = request.headers();
        let length = headers.get(CONTENT_LENGTH).map(HeaderValue::as_bytes);
        let has_body =
            length.is_some_and(|length| length != b"0") || headers.contains_key(TRANSFER_ENCODING);
        let demanded = ["host", APPID_HEADER].into_iter().chain(has_body.then_some("content-md5"));
        for name in demanded {
            if !self.header_list.split(';').any(|listed| listed.eq_ignore_ascii_case(name)) {
                return Err(VerifyError::HeaderNotSigned(name));
            }
        }
        Ok(())
    }

    fn demand_parameters<B>(&self, request: &Request<B>) -> Result<(), VerifyError> {
        let listed: BTreeSet<_> = names(self.param_list).map(str::to_ascii_lowercase).collect();
        let parameters = canonical::parameters(request.uri().query().unwrap_or_default());
        let all = parameters.iter().all(|(name, _)| name == TOKEN_HEADER || listed.contains(name));
        if all { Ok(()) } else { Err(VerifyError::ParameterNotSigned) }
    }

    /// Is one of the forms that clients sign the one that was signed?
    fn check<B>(&self, request: &Request<B>, key: &SecretKey) -> Result<(), VerifyError> {
        let sign_key = digest::sign_key(key, self.key_time);
        let header_forms = self.header_forms(request);
        let parameter_forms = self.parameter_forms(request);
        let mut documented = None;
        for headers in &header_forms {
            for parameters in &parameter_forms {
                let (method, path) = (request.method().as_str(), request.uri().path());
                let http_string = canonical::http_string(method, path, parameters, headers);
                for time in different([self.sign_time, self.key_time]) {
                    let string_to_sign = digest::string_to_sign(time, &http_string);
                    if self.signature.is_some_and(|signature| {
                        digest::is_signature(&sign_key, &string_to_sign, &signature)
                    }) {
                        return Ok(());
                    }
                    documented.get_or_insert((http_string.clone(), string_to_sign));
                }
            }
        }
        let (format_string, string_to_sign) = documented.unwrap_or_default();
        Err(VerifyError::Mismatch {
            format_string: format_string.into(),
            string_to_sign: string_to_sign.into(),
        })
    }

    /// The listed headers, with the host as it came and without its port.
    fn header_forms<B>(&self, request: &Request<B>) -> Vec<Vec<Pair>> {
        let others = canonical::headers(request.headers(), |name| name != HOST.as_str());
        let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
        let host = host.or(request.uri().authority().map(Authority::as_str)).unwrap_or_default();
        let name =
            host.parse::<Authority>().map_or_else(|_| host.into(), |it| it.host().to_owned());
        let forms = different([host, &name]).map(|host| {
            let mut pairs = others.clone();
            pairs.push(canonical::pair(b"host", host.as_bytes()));
            pick(&pairs, self.header_list, Spelling::Lower, Repeated::All)
        });
        forms.collect()
    }

    /// The listed parameters, in every form that differs from the others.
    fn parameter_forms<B>(&self, request: &Request<B>) -> Vec<Vec<Pair>> {
        let pairs = canonical::parameters(request.uri().query().unwrap_or_default());
        let mut forms = Vec::new();
        for spelling in [Spelling::Lower, Spelling::Listed] {
            for repeated in [Repeated::All, Repeated::First, Repeated::Last] {
                let form = pick(&pairs, self.param_list, spelling, repeated);
                if !forms.contains(&form) {
                    forms.push(form);
                }
            }
        }
        forms
    }
}

/// How a name is written that has escapes: `foo%2fbar` by the docs, as listed by some.
#[derive(Clone, Copy)]
enum Spelling {
    Lower,
    Listed,
}

/// Which values a name has that is listed once and occurs more often.
#[derive(Clone, Copy)]
enum Repeated {
    All,
    First,
    Last,
}

/// The pairs that `list` names, in its order; a name that does not occur gives none
///
/// A name listed as often as it occurs takes its values in sorted order.
fn pick(pairs: &[Pair], list: &str, spelling: Spelling, repeated: Repeated) -> Vec<Pair> {
    let mut values: BTreeMap<&str, VecDeque<&str>> = BTreeMap::new();
    for (name, value) in pairs {
        values.entry(name).or_default().push_back(value);
    }
    let mut listed: BTreeMap<String, usize> = BTreeMap::new();
    for name in names(list) {
        *listed.entry(name.to_ascii_lowercase()).or_default() += 1;
    }
    for (name, values) in &mut values {
        if listed.get(*name) == Some(&1) {
            match repeated {
                Repeated::All => {}
                Repeated::First => values.truncate(1),
                Repeated::Last => drop(values.drain(..values.len() - 1)),
            }
        }
        values.make_contiguous().sort_unstable();
    }
    let mut picked = Vec::new();
    for name in names(list) {
        let lower = name.to_ascii_lowercase();
        let Some(values) = values.get_mut(lower.as_str()) else { continue };
        let count = if listed.get(&lower) == Some(&1) { values.len() } else { values.len().min(1) };
        let spelled = match spelling {
            Spelling::Lower => &lower,
            Spelling::Listed => name,
        };
        picked.extend(values.drain(..count).map(|value| (spelled.to_owned(), value.to_owned())));
    }
    picked
}

fn names(list: &str) -> impl Iterator<Item = &str> {
    list.split(';').filter(|name| !name.is_empty())
}

/// Two texts, or one where they are equal.
fn different([one, other]: [&str; 2]) -> impl Iterator<Item = &str> {
    std::iter::once(one).chain((one != other).then_some(other))
}

fn check_window(window: &str, skew: Duration, now: OffsetDateTime) -> Result<(), VerifyError> {
    let seconds = |text: &str| text.parse::<u64>().ok().map(i128::from);
    let (start, end) = window
        .split_once(';')
        .and_then(|(start, end)| Some((seconds(start)?, seconds(end)?)))
        .ok_or(VerifyError::Malformed("a time is not <start>;<end> in Unix seconds"))?;
    let now = i128::from(now.unix_timestamp());
    if now < start - i128::from(skew.as_secs()) {
        return Err(VerifyError::NotYetValid);
    }
    if now > end {
        return Err(VerifyError::Expired);
    }
    Ok(())
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
