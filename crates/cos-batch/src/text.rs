//! Percent-encoding, queries and hex
//!
//! One set of characters for everything, the `UrlEncode` of the
//! [signature's page](https://www.tencentcloud.com/document/product/436/7778): all bytes but
//! `A-Z a-z 0-9 - _ . ~` become `%XX` with upper-case hex. Space is `%20`, never `+`.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};

/// What `UrlEncode` encodes.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Appends `UrlEncode(bytes)` to `out`
pub fn push_encoded(out: &mut String, bytes: &[u8]) {
    out.extend(encoded(bytes));
}

/// `UrlEncode(bytes)`, part by part.
pub(crate) fn encoded(bytes: &[u8]) -> impl Iterator<Item = &str> {
    percent_encode(bytes, ENCODED)
}

/// The bytes behind the escapes of a path; `+` is a plus
///
/// A `%` without two hex digits behind it stands for itself.
#[must_use]
pub fn decode_path(raw: &str) -> Cow<'_, [u8]> {
    percent_decode(raw.as_bytes()).into()
}

/// The bytes behind the escapes of a query's name or value; `+` is a space
///
/// COS decodes it that way: the Go SDK sends a space as `+` and signs it as `%20`. A `%` without
/// two hex digits behind it stands for itself.
#[must_use]
pub fn decode_query(raw: &str) -> Cow<'_, [u8]> {
    // Nearly none has either, and looking at all of one takes less time than stopping early.
    let odd = |odd, byte| odd | u8::from(byte == b'+') | u8::from(byte == b'%');
    if raw.bytes().fold(0, odd) == 0 {
        Cow::Borrowed(raw.as_bytes())
    } else if raw.contains('+') {
        let spaced = raw.replace('+', " ");
        Cow::Owned(percent_decode(spaced.as_bytes()).collect())
    } else {
        percent_decode(raw.as_bytes()).into()
    }
}

/// The raw names and values of a query, in order; a name without `=` has the value ``
pub(crate) fn raw_pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

/// The parameters of a request, decoded: what a client writes and a server reads
///
/// ```
/// use cos_batch::text::Query;
///
/// let mut query = Query::default();
/// query.push("statusUpdateReason", "no longer needed");
/// assert_eq!(query.encode(), "statusUpdateReason=no%20longer%20needed");
///
/// let query = Query::decode("a=1&b=x+y&a=2").unwrap();
/// assert_eq!(query.all("a").collect::<Vec<_>>(), ["1", "2"]);
/// assert_eq!(query.all("b").collect::<Vec<_>>(), ["x y"]);
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Query<'a> {
    pairs: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

impl<'a> Query<'a> {
    /// Reads the part of a URI behind the `?`
    ///
    /// # Errors
    ///
    /// [`RequestError::Query`](crate::RequestError::Query) where a name or value is not UTF-8.
    pub fn decode(raw: &'a str) -> Result<Self, crate::RequestError> {
        fn text(raw: &str) -> Result<Cow<'_, str>, crate::RequestError> {
            match decode_query(raw) {
                Cow::Borrowed(bytes) => std::str::from_utf8(bytes).map(Cow::Borrowed).ok(),
                Cow::Owned(bytes) => String::from_utf8(bytes).map(Cow::Owned).ok(),
            }
            .ok_or(crate::RequestError::Query)
        }
        let pairs = raw_pairs(raw).map(|(name, value)| Ok((text(name)?, text(value)?)));
        Ok(Self { pairs: pairs.collect::<Result<_, crate::RequestError>>()? })
    }

    /// Adds a parameter; the same name may be added again.
    pub fn push(&mut self, name: impl Into<Cow<'a, str>>, value: impl Into<Cow<'a, str>>) {
        self.pairs.push((name.into(), value.into()));
    }

    /// All values of `name`, in order. Names are case-sensitive.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.pairs.iter().filter(move |(key, _)| key == name).map(|(_, value)| &**value)
    }

    /// The one value of `name`, parsed; `None` where the parameter is absent
    ///
    /// # Errors
    ///
    /// [`RequestError::Repeated`](crate::RequestError::Repeated) where it stands twice,
    /// [`RequestError::InvalidArgument`](crate::RequestError::InvalidArgument) where its value is
    /// illegal; an empty value is a value.
    pub fn one<T>(&self, name: &'static str) -> Result<Option<T>, crate::RequestError>
    where
        T: std::str::FromStr<Err = crate::ValueError>,
    {
        let mut values = self.all(name);
        let Some(value) = values.next() else { return Ok(None) };
        if values.next().is_some() {
            return Err(crate::RequestError::Repeated(name));
        }
        value
            .parse()
            .map(Some)
            .map_err(|error| crate::RequestError::InvalidArgument { name, error })
    }

    /// The query as it is written behind the `?`; empty where there is no parameter.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut raw = String::with_capacity(self.parts().map(str::len).sum());
        raw.extend(self.parts());
        raw
    }

    /// What `encode` puts behind one another.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &str> {
        self.pairs.iter().enumerate().flat_map(|(at, (name, value))| {
            let between = if at > 0 { "&" } else { "" };
            let name = encoded(name.as_bytes());
            std::iter::once(between).chain(name).chain(["="]).chain(encoded(value.as_bytes()))
        })
    }
}

/// The two digits of a byte in lower-case hex, as all digests of the signature are written.
pub(crate) fn hex(byte: u8) -> [u8; 2] {
    [byte >> 4, byte & 0xf]
        .map(|nibble| if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(text: &str) -> String {
        let mut out = String::new();
        push_encoded(&mut out, text.as_bytes());
        out
    }

    #[test]
    fn url_encode_is_that_of_the_signature_page() {
        assert_eq!(encoded("~-_.aZ09 +/*中"), "~-_.aZ09%20%2B%2F%2A%E4%B8%AD");
        assert_eq!(encoded("A/é").to_lowercase(), "a%2f%c3%a9");
        let listed = " !\"#$%&'()*+,/:;<=>?@[\\]^`{|}";
        assert!(listed.chars().all(|c| encoded(&c.to_string()).starts_with('%')));
    }

    #[test]
    fn a_plus_is_a_space_in_a_query_only() {
        assert_eq!(&*decode_query("c+d%2B"), b"c d+");
        assert_eq!(&*decode_path("c+d%2B"), b"c+d+");
    }

    #[test]
    fn a_broken_escape_stands_for_itself() {
        assert_eq!(&*decode_query("100%"), b"100%");
        assert_eq!(&*decode_query("%zz%2"), b"%zz%2");
    }

    #[test]
    fn a_query_that_is_not_utf_8_is_refused() {
        assert_eq!(Query::decode("a=%ff"), Err(crate::RequestError::Query));
    }

    #[test]
    fn hex_is_lower_case() {
        assert_eq!([0x00, 0xa9, 0xff].map(hex).as_flattened(), b"00a9ff");
    }
}
