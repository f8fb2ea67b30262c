//! Documents in plain tags, read without a tokenizer

use std::borrow::Cow;

use super::characters;
use crate::value::digits;

/// The declarations that writers of XML put before a document, if any.
const DECLARATIONS: [&str; 4] = [
    r#"<?xml version="1.0" encoding="UTF-8"?>"#,
    r#"<?xml version="1.0" encoding="utf-8"?>"#,
    "<?xml version='1.0' encoding='utf-8' ?>",
    r#"<?xml version="1.0"?>"#,
];

/// The rest of a document whose elements are known: tags are compared as they stand
///
/// What it takes a [`Reader`](super::Reader) would take, and as the same; what it does not take a
/// reader may take: attributes, prefixes, comments, CDATA, instructions, space within a tag.
#[derive(Clone, Copy)]
pub(crate) struct Plain<'a>(&'a str);

impl<'a> Plain<'a> {
    /// A document behind its declaration.
    pub(crate) fn new(text: &'a str) -> Self {
        let mut plain = Self(text);
        let _ = DECLARATIONS.iter().any(|declaration| plain.take(declaration));
        plain
    }

    /// How much is left, in bytes.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Does it go on like that?
    #[inline(always)]
    pub(crate) fn starts_with(&self, start: &str) -> bool {
        self.0.starts_with(start)
    }

    /// Takes a tag, or anything that is written as it is, if it stands next.
    #[inline(always)]
    pub(crate) fn take(&mut self, tag: &str) -> bool {
        match self.0.strip_prefix(tag) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    /// Takes a tag; `None` where another stands.
    #[inline(always)]
    pub(crate) fn demand(&mut self, tag: &str) -> Option<()> {
        self.take(tag).then_some(())
    }

    /// Takes a start tag, which most often stands behind `indent`, all of it `indented`, or alone.
    #[inline(always)]
    pub(crate) fn start(&mut self, indent: &str, indented: &str, tag: &str) -> bool {
        if !self.starts_with("<") {
            if self.take(indented) {
                return true;
            }
            self.space(indent);
        }
        self.take(tag)
    }

    /// Takes white space, which is most often `usual` or none.
    #[inline(always)]
    pub(crate) fn space(&mut self, usual: &str) {
        if !self.starts_with("<") {
            self.take(usual);
            if !self.starts_with("<") {
                *self = self.behind_space();
            }
        }
    }

    // By value, here and below: what is borrowed nowhere is kept in registers.
    #[cold]
    fn behind_space(self) -> Self {
        Self(self.0.trim_start_matches([' ', '\t', '\r', '\n']))
    }

    /// Takes as many bytes as a text, if its end tag stands behind them: without a look at the
    /// text, which may hold what a text must not.
    #[inline(always)]
    pub(crate) fn split(&mut self, length: usize, end: &str) -> Option<&'a str> {
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest.strip_prefix(end)?;
        Some(text)
    }

    /// Takes a number that cannot overflow, if one stands before the end tag.
    #[inline(always)]
    pub(crate) fn number(&mut self, end: &str) -> Option<u64> {
        let (number, length) = digits(self.0);
        if !(1..20).contains(&length) {
            return None;
        }
        self.split(length, end).map(|_| number)
    }

    /// Takes what stands before the end tag, as a reader reads it.
    #[inline(always)]
    pub(crate) fn text(&mut self, end: &str) -> Option<Cow<'a, str>> {
        let length = literal(self.0.as_bytes());
        match self.split(length, end) {
            Some(text) => Some(Cow::Borrowed(text)),
            None => {
                let (text, rest) = self.odd_text(length, end)?;
                *self = rest;
                Some(text)
            }
        }
    }

    /// A text with something in it that must be looked at, behind `length` bytes that need not.
    #[cold]
    fn odd_text(mut self, mut length: usize, end: &str) -> Option<(Cow<'a, str>, Self)> {
        let mut resolved = true;
        loop {
            let (before, next) = self.0.as_bytes().split_at_checked(length)?;
            match next {
                [b'<', ..] => break,
                [b'&' | b'\r', ..] => resolved = false,
                [b'>', ..] if before.ends_with(b"]]") => return None,
                // U+FFFE and U+FFFF
                [0xef, 0xbf, 0xbe | 0xbf, ..] => return None,
                [byte, ..] if *byte < b' ' && !matches!(byte, b'\t' | b'\n') => return None,
                _ => {}
            }
            length += 1 + literal(next.get(1..)?);
        }
        let text = self.split(length, end)?;
        let text = if resolved { Cow::Borrowed(text) } else { characters::resolve(text).ok()? };
        Some((text, self))
    }
}

/// How many bytes at the start of a text are themselves wherever they stand. The next may be so
/// too; a `<` is none.
#[inline(always)]
fn literal(text: &[u8]) -> usize {
    const fn all(byte: u8) -> u64 {
        u64::from_ne_bytes([byte; 8])
    }
    /// Marks the first byte that is zero, perhaps some behind it and some above 0x80, and none
    /// before it.
    fn zeros(word: u64) -> u64 {
        word.wrapping_sub(all(1))
    }
    let (words, rest) = text.as_chunks();
    for (at, bytes) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*bytes);
        // `<` and `>` differ in one bit.
        let tag = zeros((word | all(b'<' ^ b'>')) ^ all(b'<' | b'>'));
        let reference = zeros(word ^ all(b'&'));
        let control = word.wrapping_sub(all(b' '));
        let mut found = (tag | reference | control | word) & all(0x80);
        if found == 0 {
            continue;
        }
        if word & all(0x80) != 0 {
            // U+FFFE and U+FFFF begin with 0xef.
            let last = zeros(word ^ all(0xef)) & word;
            found = ((tag | reference | control) & !word | last) & all(0x80);
            if found == 0 {
                continue;
            }
        }
        return 8 * at + found.trailing_zeros() as usize / 8;
    }
    text.len() - rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::{Limits, Reader};

    /// What both read between two tags.
    fn both(text: &str) -> (Option<String>, Option<String>) {
        let document = format!("<a>{text}</a>");
        let mut plain = Plain::new(&document);
        let by_plain = plain.demand("<a>").and_then(|()| plain.text("</a>"));
        let read = || {
            let mut reader = Reader::new(document.as_bytes(), &Limits::default())?;
            reader.root()?;
            let text = reader.text()?;
            reader.finish().map(|()| text)
        };
        (by_plain.map(Cow::into_owned), read().ok().map(Cow::into_owned))
    }

    #[test]
    fn a_text_is_read_as_a_reader_reads_it_wherever_it_is_odd() {
        for odd in [
            "&amp;", "&x;", "\r", "\r\n", "\t", "\u{1}", "\u{1f}", "]]>", "]>", ">", "'", "=",
            "\u{7f}", "\u{80}", "\u{fffd}", "\u{fffe}", "\u{ffff}", "\u{f000}", "！",
        ] {
            for filling in ["", "a", "中", "é]", "\u{10ffff}"] {
                for (before, after) in (0..20).flat_map(|before| [(before, 0), (before, 9)]) {
                    let text = filling.repeat(before) + odd + &filling.repeat(after);
                    let (by_plain, by_reader) = both(&text);
                    assert_eq!(by_plain, by_reader, "{text:?}");
                }
            }
        }
    }
}
