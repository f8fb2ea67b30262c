//! What a signature covers, as text: names encoded and lower-cased, values encoded, pairs sorted

use http::HeaderMap;

use super::small::Small;
use crate::text::{decode_path, decode_query, encode, raw_pairs};

/// A text that is seldom longer than this.
pub(super) type Text = Small<u8, 512>;

/// Parameters or headers as they are signed: encoded lower-case names, encoded values
pub(super) struct Pairs {
    /// `name=value`, joined by `&`.
    text: Small<u8, 256>,
    ends: Small<Ends, 8>,
}

/// Where a pair stands in the text, and in it the `=`.
#[derive(Clone, Copy, Default)]
struct Ends {
    start: usize,
    middle: usize,
    end: usize,
}

/// A parameter or header as it is signed.
#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Pair<'a> {
    pub(super) name: &'a [u8],
    pub(super) value: &'a [u8],
}

impl Ends {
    fn pair(self, text: &[u8]) -> Pair<'_> {
        let part = |from, to| text.get(from..to).unwrap_or_default();
        Pair { name: part(self.start, self.middle), value: part(self.middle + 1, self.end) }
    }
}

impl Pairs {
    pub(super) fn new() -> Self {
        Self { text: Small::new(), ends: Small::new() }
    }

    /// Adds `lowercase(UrlEncode(name))` and `UrlEncode(value)`.
    pub(super) fn push(&mut self, name: &[u8], value: &[u8]) {
        self.add(|text| {
            let start = text.len();
            encode(name, |part| text.push(part));
            // Escapes in names end up in lower-case hex, those in values do not.
            text.as_mut_slice().get_mut(start..).unwrap_or_default().make_ascii_lowercase();
            let middle = text.len();
            text.push(b"=");
            encode(value, |part| text.push(part));
            middle
        });
    }

    /// Adds a pair that is encoded.
    pub(super) fn push_pair(&mut self, pair: Pair<'_>) {
        self.add(|text| {
            text.push(pair.name);
            let middle = text.len();
            text.push(b"=");
            text.push(pair.value);
            middle
        });
    }

    /// Adds what `write` writes, which gives the place of the `=`.
    fn add(&mut self, write: impl FnOnce(&mut Small<u8, 256>) -> usize) {
        if self.text.len() > 0 {
            self.text.push(b"&");
        }
        let start = self.text.len();
        let middle = write(&mut self.text);
        self.ends.push(&[Ends { start, middle, end: self.text.len() }]);
    }

    /// Adds the parameters of a raw query, decoded and encoded again.
    pub(super) fn push_query(&mut self, query: &str) {
        for (name, value) in raw_pairs(query) {
            self.push(&decode_query(name), &decode_query(value));
        }
    }

    /// Adds the headers that `signed` picks; one pair for each line.
    pub(super) fn push_headers(&mut self, headers: &HeaderMap, signed: impl Fn(&str) -> bool) {
        for (name, value) in headers.iter().filter(|(name, _)| signed(name.as_str())) {
            self.push(name.as_str().as_bytes(), value.as_bytes());
        }
    }

    /// Puts them into the order in which they are signed; our own requests have them in it.
    pub(super) fn sort(&mut self) {
        if !self.iter().is_sorted() {
            let text = self.text.as_slice();
            let ends = self.ends.as_mut_slice();
            ends.sort_unstable_by(|one, other| one.pair(text).cmp(&other.pair(text)));
            let mut sorted = Self::new();
            self.iter().for_each(|pair| sorted.push_pair(pair));
            *self = sorted;
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Pair<'_>> {
        self.ends.as_slice().iter().map(|ends| ends.pair(self.text.as_slice()))
    }

    /// The names, as `q-header-list` and `q-url-param-list` have them.
    pub(super) fn list(&self) -> Small<u8, 96> {
        let mut list = Small::new();
        for pair in self.iter() {
            if list.len() > 0 {
                list.push(b";");
            }
            list.push(pair.name);
        }
        list
    }
}

/// `HttpString`: four parts, each with its line feed
///
/// The path is decoded, and is not encoded again: these are bytes, for it need not be UTF-8.
pub(super) fn http_string(
    method: &str,
    raw_path: &str,
    parameters: &Pairs,
    headers: &Pairs,
) -> Text {
    let mut text = Text::new();
    text.push(method.as_bytes());
    text.as_mut_slice().make_ascii_lowercase();
    text.push(b"\n");
    text.push(&decode_path(raw_path));
    for pairs in [parameters, headers] {
        text.push(b"\n");
        text.push(pairs.text.as_slice());
    }
    text.push(b"\n");
    text
}
