mod claims;
mod forms;

use std::collections::BTreeMap;
use std::time::Duration;

use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderValue, Request};
use time::OffsetDateTime;

use self::claims::{Carrier, Claims, tokens};
use self::forms::{header_forms, http_string, names, parameter_forms};
use super::canonical::Canonical;
use super::{SecretKey, TOKEN_HEADER, digest};
use crate::endpoint::APPID_HEADER;
use crate::error::VerifyError;

/// What a server demands of a signature
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct VerifyPolicy {
    /// How far a signature may begin in the future. Undocumented; 900 seconds unless told.
    pub skew: Duration,
    /// Demand that `host` and `x-cos-appid` are signed, every query parameter with all its values
    /// but the token and the signature's own and, where there is a body, `content-md5`. By default
    /// what the signature lists is verified, and what it does not list may be anything.
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
/// The signature stands in `Authorization`, else in the query as the seven parameters `q-*`, else
/// there as the one parameter `sign`. In the last two forms these parameters are signed only where
/// they are listed; in the header's form they are parameters like any other.
///
/// `key_of` finds the key of a secret id, given the security token that came with it: that of the
/// header, else that of the query, signed or not. It is asked twice where the token has a plus
/// that is not escaped.
///
/// Clients differ in what they sign; what they differ in is accepted:
///
/// - a host with its port or without;
/// - a repeated parameter listed as often as it occurs, or once with all values, the first or the
///   last;
/// - names with upper-case escapes, and lists in any order;
/// - a key time that is not the time of signing, where the time of signing is what was signed; both
///   must hold.
///
/// The Go SDK can set the two apart and then signs the key time. That is refused: the time of
/// signing would be anybody's to change.
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
    let carrier = Carrier::of(request)?;
    let claims = carrier.claims()?;
    let mut tokens = tokens(request).into_iter();
    let key = tokens.find_map(|token| key_of(claims.id, token.as_deref()));
    let key = key.ok_or(VerifyError::UnknownId)?;
    for window in [claims.sign_time, claims.key_time] {
        check_window(window, policy.skew, now)?;
    }
    if policy.strict {
        demand_headers(request, claims.header_list)?;
        demand_parameters(request, &carrier, claims.param_list)?;
    }
    check(request, &claims, &key, policy)?;
    Ok(Verified { secret_id: claims.id.to_owned() })
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

fn demand_headers<B>(request: &Request<B>, list: &str) -> Result<(), VerifyError> {
    let headers = request.headers();
    let length = headers.get(CONTENT_LENGTH).map(HeaderValue::as_bytes);
    let has_body =
        length.is_some_and(|length| length != b"0") || headers.contains_key(TRANSFER_ENCODING);
    let demanded = ["host", APPID_HEADER].into_iter().chain(has_body.then_some("content-md5"));
    for name in demanded {
        if !names(list).any(|listed| listed.eq_ignore_ascii_case(name)) {
            return Err(VerifyError::HeaderNotSigned(name));
        }
    }
    Ok(())
}

fn demand_parameters<B>(
    request: &Request<B>,
    carrier: &Carrier<'_>,
    list: &str,
) -> Result<(), VerifyError> {
    let mut listed: BTreeMap<String, usize> = BTreeMap::new();
    for name in names(list) {
        *listed.entry(name.to_ascii_lowercase()).or_default() += 1;
    }
    let mut parameters = Canonical::new();
    parameters.push_query(request.uri().query().unwrap_or_default());
    let parameters = forms::written(&parameters);
    let mut occurring: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, _) in &parameters {
        *occurring.entry(name).or_default() += 1;
    }
    // A name that is listed once stands for all its values, one listed more often for as many.
    let signed = |name: &str, times| listed.get(name).is_some_and(|it| *it == 1 || *it >= times);
    let exempt = |name: &str| name == TOKEN_HEADER || carrier.is_own(name);
    if occurring.into_iter().all(|(name, times)| exempt(name) || signed(name, times)) {
        Ok(())
    } else {
        Err(VerifyError::ParameterNotSigned)
    }
}

/// Is one of the forms that clients sign the one that was signed?
fn check<B>(
    request: &Request<B>,
    claims: &Claims<'_>,
    key: &SecretKey,
    policy: &VerifyPolicy,
) -> Result<(), VerifyError> {
    let sign_key = digest::Key::of(key).sign_key(claims.key_time.as_bytes());
    let header_forms = header_forms(request, claims.header_list);
    let parameter_forms = parameter_forms(request, claims.param_list, policy.strict);
    let sign_time = claims.sign_time.as_bytes();
    let mut documented = None;
    for headers in &header_forms {
        for parameters in &parameter_forms {
            let text = http_string(request, [parameters, headers]);
            let hash = digest::sha1_hex(text.as_slice());
            if claims.signature.is_some_and(|it| sign_key.made(&it, sign_time, &hash)) {
                return Ok(());
            }
            documented.get_or_insert((text, hash));
        }
    }
    let (format_string, string_to_sign) =
        documented.map_or_else(Default::default, |(text, hash)| {
            (text.as_slice().to_vec(), digest::string_to_sign(sign_time, &hash).as_slice().to_vec())
        });
    Err(VerifyError::Mismatch {
        format_string: String::from_utf8_lossy(&format_string).into(),
        string_to_sign: String::from_utf8_lossy(&string_to_sign).into(),
    })
}
