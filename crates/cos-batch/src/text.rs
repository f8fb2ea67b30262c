//! Percent-encoding, queries and hex
//!
//! One set of characters for everything, the `UrlEncode` of the
//! [signature's page](https://www.tencentcloud.com/document/product/436/7778): all bytes but
//! `A-Z a-z 0-9 - _ . ~` become `%XX` with upper-case hex. Space is `%20`, never `+`.

use std::borrow::Cow;

use memchr::{memchr, memchr2};
use percent_encoding::{percent_decode, percent_encode_byte};

/// What `UrlEncode` leaves as it is, by byte.
const UNRESERVED: [bool; 256] = {
    let mut table = [false; 256];
    let mut text: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
    while let [byte, rest @ ..] = text {
        #[expect(clippy::indexing_slicing, reason = "a byte is below 256, and this is a constant")]
        {
            table[*byte as usize] = true;
        }
        text = rest;
    }
    table
};

/// Appends `UrlEncode(bytes)` to `out`
pub fn push_encoded(out: &mut String, bytes: &[u8]) {
    encode(bytes, |part| out.push_str(str::from_utf8(part).unwrap_or_default()));
}

/// The same of a text, which nearly always stays as it is.
fn push_text(out: &mut String, text: &str) {
    if is_plain(text.as_bytes()) {
        out.push_str(text);
    } else {
        push_encoded(out, text.as_bytes());
    }
}

/// Gives `UrlEncode(bytes)` part by part; each is ASCII.
pub(crate) fn encode(bytes: &[u8], mut push: impl FnMut(&[u8])) {
    let mut rest = bytes;
    loop {
        let reserved = rest.iter().position(|byte| !is_unreserved(*byte));
        match reserved.and_then(|at| rest.split_at_checked(at)) {
            Some((stays, [byte, behind @ ..])) => {
                push(stays);
                push(percent_encode_byte(*byte).as_bytes());
                rest = behind;
            }
            _ => return push(rest),
        }
    }
}

/// Is nothing to be escaped, nor was it? All bytes are looked at, for that takes less time.
pub(crate) fn is_plain(bytes: &[u8]) -> bool {
    bytes.iter().fold(true, |plain, byte| plain & is_unreserved(*byte))
}

fn is_unreserved(byte: u8) -> bool {
    UNRESERVED.get(usize::from(byte)).copied().unwrap_or_default()
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
    if memchr2(b'+', b'%', raw.as_bytes()).is_none() {
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
    let mut rest = query;
    let pairs = std::iter::from_fn(move || {
        let (pair, behind) = match rest {
            "" => return None,
            rest => split_at(rest, b'&').unwrap_or((rest, "")),
        };
        rest = behind;
        Some(pair)
    });
    pairs.filter(|pair| !pair.is_empty()).map(|pair| split_at(pair, b'=').unwrap_or((pair, "")))
}

/// What stands before the first of these bytes, which is ASCII, and what behind it.
fn split_at(text: &str, byte: u8) -> Option<(&str, &str)> {
    let at = memchr(byte, text.as_bytes())?;
    Some((text.get(..at)?, text.get(at + 1..)?))
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
        let mut raw = String::with_capacity(self.length());
        self.append_to(&mut raw);
        raw
    }

    /// The length of what `append_to` writes where nothing is to be escaped; else it is longer.
    pub(crate) fn length(&self) -> usize {
        let pairs = self.pairs.iter().map(|(name, value)| name.len() + value.len() + 2);
        pairs.sum::<usize>().saturating_sub(1)
    }

    pub(crate) fn append_to(&self, raw: &mut String) {
        for (at, (name, value)) in self.pairs.iter().enumerate() {
            if at > 0 {
                raw.push('&');
            }
            push_text(raw, name);
            raw.push('=');
            push_text(raw, value);
        }
    }
}

/// A number in decimal, or two, written from the end; nothing is allocated for it
#[derive(Clone)]
pub(crate) struct Digits {
    /// Twice 20 digits and what stands between them are the most.
    text: [u8; 41],
    start: usize,
}

impl Digits {
    pub(crate) fn of(number: impl Into<u64>) -> Self {
        let mut digits = Self { text: [0; 41], start: 41 };
        digits.prepend_number(number.into());
        digits
    }

    /// `<first>;<second>`
    pub(crate) fn pair(first: u64, second: u64) -> Self {
        let mut digits = Self::of(second);
        digits.prepend(b';');
        digits.prepend_number(first);
        digits
    }

    fn prepend_number(&mut self, mut number: u64) {
        loop {
            self.prepend(b'0' + (number % 10) as u8);
            number /= 10;
            if number == 0 {
                return;
            }
        }
    }

    fn prepend(&mut self, byte: u8) {
        self.start = self.start.saturating_sub(1);
        if let Some(room) = self.text.get_mut(self.start) {
            *room = byte;
        }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.text.get(self.start..).unwrap_or_default()
    }

    pub(crate) fn as_str(&self) -> &str {
        str::from_utf8(self.as_bytes()).unwrap_or_default()
    }
}

/// The two digits of a byte in lower-case hex, as all digests of the signature are written.
pub(crate) fn hex(byte: u8) -> [u8; 2] {
    HEX.get(usize::from(byte)).copied().unwrap_or_default()
}

/// The two digits of every byte.
const HEX: [[u8; 2]; 256] = {
    let mut table = [[0; 2]; 256];
    let digits = b"0123456789abcdef";
    let mut byte = 0;
    while byte < 256 {
        #[expect(clippy::indexing_slicing, reason = "below 16 and 256, and this is a constant")]
        {
            table[byte] = [digits[byte >> 4], digits[byte & 0xf]];
        }
        byte += 1;
    }
    table
};

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
    fn digits_are_those_of_the_number() {
        for number in [0, 9, 10, 1000, 1_557_902_860, u64::MAX] {
            assert_eq!(Digits::of(number).as_str(), number.to_string());
            assert_eq!(Digits::pair(number, 10).as_str(), format!("{number};10"));
            assert_eq!(Digits::pair(u64::MAX, number).as_str(), format!("{};{number}", u64::MAX));
        }
    }

    #[test]
    fn hex_is_lower_case() {
        for byte in 0..=u8::MAX {
            assert_eq!(str::from_utf8(&hex(byte)), Ok(&*format!("{byte:02x}")));
        }
    }
}
