//! What a signature covers, as text: names encoded and lower-cased, values encoded, pairs sorted

use std::ops::Range;

use http::{HeaderMap, HeaderName};

use super::small::Small;
use crate::text::{decode_path, decode_query, encode, is_plain, raw_pairs};

/// A text that is seldom longer than this.
pub(super) type Text = Small<u8, 512>;

/// The `HttpString`, written line by line, and where in it the pairs stand
///
/// Pairs are added to the last line. Parameters and headers are pairs alike: encoded lower-case
/// names, encoded values.
pub(super) struct Canonical {
    text: Text,
    pairs: Small<Ends, 8>,
    /// The first pair of the last line.
    first: usize,
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
    /// The same in a text with `start` bytes before it.
    fn behind(self, start: usize) -> Self {
        let Self { start: from, middle, end } = self;
        Self { start: start + from, middle: start + middle, end: start + end }
    }

    fn pair(self, text: &[u8]) -> Pair<'_> {
        let part = |from, to| text.get(from..to).unwrap_or_default();
        Pair { name: part(self.start, self.middle), value: part(self.middle + 1, self.end) }
    }
}

impl Canonical {
    /// Without a line.
    pub(super) fn new() -> Self {
        Self { text: Small::new(), pairs: Small::new(), first: 0 }
    }

    /// Adds the lines of method and path
    ///
    /// The path is decoded, and is not encoded again: these are bytes, for it need not be UTF-8.
    pub(super) fn push_start(&mut self, method: &str, raw_path: &str) {
        self.text.push(method.as_bytes());
        self.text.as_mut_slice().make_ascii_lowercase();
        self.text.push(b"\n");
        self.text.push(&decode_path(raw_path));
        self.text.push(b"\n");
    }

    /// Adds `lowercase(UrlEncode(name))` and `UrlEncode(value)`.
    pub(super) fn push(&mut self, name: &[u8], value: &[u8]) {
        if is_plain(name) && is_plain(value) {
            return self.push_plain(name, value);
        }
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

    /// The same where there is nothing to encode.
    fn push_plain(&mut self, name: &[u8], value: &[u8]) {
        self.add(|text| {
            text.extend(name.iter().map(u8::to_ascii_lowercase));
            let middle = text.len();
            text.push(b"=");
            text.push(value);
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
    fn add(&mut self, write: impl FnOnce(&mut Text) -> usize) {
        if self.pairs.len() > self.first {
            self.text.push(b"&");
        }
        let start = self.text.len();
        let middle = write(&mut self.text);
        self.pairs.push(&[Ends { start, middle, end: self.text.len() }]);
    }

    /// Adds the parameters of a raw query, decoded and encoded again.
    pub(super) fn push_query(&mut self, query: &str) {
        for (name, value) in raw_pairs(query) {
            if is_plain(name.as_bytes()) && is_plain(value.as_bytes()) {
                self.push_plain(name.as_bytes(), value.as_bytes());
            } else {
                self.push(&decode_query(name), &decode_query(value));
            }
        }
    }

    /// Adds the headers that `signed` picks; one pair for each line.
    pub(super) fn push_headers(
        &mut self,
        headers: &HeaderMap,
        signed: impl Fn(&HeaderName) -> bool,
    ) {
        for (name, value) in headers.iter().filter(|(name, _)| signed(name)) {
            self.push(name.as_str().as_bytes(), value.as_bytes());
        }
    }

    /// Puts the pairs of the last line into the order in which they are signed; our own requests
    /// have them in it.
    pub(super) fn sort(&mut self) {
        let line = self.first..self.pairs.len();
        // Mostly the first letters tell.
        let in_order = |one: &Pair<'_>, other: &Pair<'_>| {
            one.name.first() < other.name.first() || one <= other
        };
        if self.line(line.clone()).is_sorted_by(in_order) {
            return;
        }
        let ends = self.pairs.as_mut_slice().get_mut(line).unwrap_or_default();
        let start = ends.first().map_or(0, |ends| ends.start);
        let text = self.text.as_slice();
        ends.sort_unstable_by(|one, other| one.pair(text).cmp(&other.pair(text)));
        let mut sorted = Self::new();
        ends.iter().for_each(|ends| sorted.push_pair(ends.pair(text)));
        // In another order they are as long.
        for (ends, sorted) in ends.iter_mut().zip(sorted.pairs.as_slice()) {
            *ends = sorted.behind(start);
        }
        let text = self.text.as_mut_slice().get_mut(start..).unwrap_or_default();
        text.iter_mut().zip(sorted.text.as_slice()).for_each(|(byte, sorted)| *byte = *sorted);
    }

    /// Ends the last line; gives which pairs it has.
    pub(super) fn end(&mut self) -> Range<usize> {
        self.text.push(b"\n");
        let line = self.first..self.pairs.len();
        self.first = line.end;
        line
    }

    /// The pairs of a line.
    pub(super) fn line(&self, line: Range<usize>) -> impl Iterator<Item = Pair<'_>> {
        let ends = self.pairs.as_slice().get(line).unwrap_or_default();
        ends.iter().map(|ends| ends.pair(self.text.as_slice()))
    }

    /// The pairs of all lines.
    pub(super) fn pairs(&self) -> impl Iterator<Item = Pair<'_>> {
        self.line(0..self.pairs.len())
    }

    /// The text.
    pub(super) fn as_slice(&self) -> &[u8] {
        self.text.as_slice()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::push_encoded;

    /// A line as it is made of texts.
    fn line(pairs: &[(String, String)]) -> String {
        let encoded = |text: &str| {
            let mut out = String::new();
            push_encoded(&mut out, text.as_bytes());
            out
        };
        let pairs = pairs.iter().map(|(name, value)| (encoded(name), encoded(value)));
        let mut pairs: Vec<_> = pairs.map(|(name, value)| (name.to_lowercase(), value)).collect();
        pairs.sort();
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("&") + "\n"
    }

    #[test]
    fn lines_of_any_length_and_order_are_those_of_sorted_texts() {
        for (count, longest) in [(0, 0), (1, 9), (2, 200), (3, 30), (8, 9), (9, 9), (40, 700)] {
            for step in [1, 3, 11, 36] {
                let pair = |at: usize| {
                    let at = (at + 1) * step % 41;
                    let name = ["b", "B/", "a-", "host", "c d"][at % 5].repeat(at / 9 + 1);
                    (name, ["v", "~+", "\u{4e2d}"][at % 3].repeat(at * 7 % (longest + 1)))
                };
                let pairs: Vec<_> = (0..count).map(pair).collect();
                let mut canonical = Canonical::new();
                canonical.push_start("PUT", "/a%20b");
                for _ in 0..2 {
                    for (name, value) in &pairs {
                        canonical.push(name.as_bytes(), value.as_bytes());
                    }
                    canonical.sort();
                    let line = canonical.end();
                    assert_eq!(canonical.line(line.clone()).count(), count);
                    assert!(canonical.line(line).is_sorted());
                }
                let expected = format!("put\n/a b\n{0}{0}", line(&pairs));
                assert_eq!(str::from_utf8(canonical.as_slice()), Ok(&*expected));
            }
        }
    }
}
