//! What a signature covers, as text: names encoded and lower-cased, values encoded, pairs sorted

use http::HeaderMap;

use crate::text::{decode_path, decode_query, push_encoded, raw_pairs};

/// A parameter or header as it is signed: encoded lower-case name, encoded value.
pub(super) type Pair = (String, String);

/// `lowercase(UrlEncode(name))` and `UrlEncode(value)`.
pub(super) fn pair(name: &[u8], value: &[u8]) -> Pair {
    let (mut signed_name, mut signed_value) = (String::new(), String::new());
    push_encoded(&mut signed_name, name);
    // Escapes in names end up in lower-case hex, those in values do not.
    signed_name.make_ascii_lowercase();
    push_encoded(&mut signed_value, value);
    (signed_name, signed_value)
}

/// The parameters of a raw query, decoded and encoded again.
pub(super) fn parameters(query: &str) -> Vec<Pair> {
    raw_pairs(query).map(|(name, value)| pair(&decode_query(name), &decode_query(value))).collect()
}

/// The headers that `signed` picks; one pair for each line.
pub(super) fn headers(headers: &HeaderMap, signed: impl Fn(&str) -> bool) -> Vec<Pair> {
    headers
        .iter()
        .filter(|(name, _)| signed(name.as_str()))
        .map(|(name, value)| pair(name.as_str().as_bytes(), value.as_bytes()))
        .collect()
}

/// The names of pairs, as `q-header-list` and `q-url-param-list` have them.
pub(super) fn list(pairs: &[Pair]) -> String {
    pairs.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(";")
}

/// `HttpString`: four parts, each with its line feed
///
/// The path is decoded, and is not encoded again: these are bytes, for it need not be UTF-8.
pub(super) fn http_string(
    method: &str,
    raw_path: &str,
    parameters: &[Pair],
    headers: &[Pair],
) -> Vec<u8> {
    let mut text = method.to_ascii_lowercase().into_bytes();
    text.push(b'\n');
    text.extend_from_slice(&decode_path(raw_path));
    text.push(b'\n');
    text.extend_from_slice(join(parameters).as_bytes());
    text.push(b'\n');
    text.extend_from_slice(join(headers).as_bytes());
    text.push(b'\n');
    text
}

fn join(pairs: &[Pair]) -> String {
    let mut joined = String::new();
    for (name, value) in pairs {
        if !joined.is_empty() {
            joined.push('&');
        }
        joined.push_str(name);
        joined.push('=');
        joined.push_str(value);
    }
    joined
}
