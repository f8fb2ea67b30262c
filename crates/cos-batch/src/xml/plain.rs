//! Documents in plain tags, read without a tokenizer

use std::borrow::Cow;

use super::characters;

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
pub(crate) struct Plain<'a> {
    text: &'a str,
    /// The end of `text`.
    rest: &'a [u8],
}

impl<'a> Plain<'a> {
    /// A document behind its declaration.
    pub(crate) fn new(text: &'a str) -> Self {
        let mut plain = Self { text, rest: text.as_bytes() };
        let _ = DECLARATIONS.iter().any(|declaration| plain.take(declaration));
        plain
    }

    /// How much is left, in bytes.
    pub(crate) fn len(&self) -> usize {
        self.rest.len()
    }

    /// Does it go on like that?
    #[inline]
    pub(crate) fn starts_with(&self, start: &str) -> bool {
        self.rest.starts_with(start.as_bytes())
    }

    /// Takes a tag, or anything that is written as it is, if it stands next.
    #[inline]
    pub(crate) fn take(&mut self, tag: &str) -> bool {
        match self.rest.strip_prefix(tag.as_bytes()) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Takes a tag; `None` where another stands.
    #[inline]
    pub(crate) fn demand(&mut self, tag: &str) -> Option<()> {
        self.take(tag).then_some(())
    }

    /// Takes white space, which is most often `usual` or none.
    #[inline]
    pub(crate) fn space(&mut self, usual: &str) {
        if self.starts_with("<") {
            return;
        }
        self.take(usual);
        while let [b' ' | b'\t' | b'\r' | b'\n', rest @ ..] = self.rest {
            self.rest = rest;
        }
    }

    /// Takes as many bytes as a text, if the next tag begins behind them: without a look at the
    /// text, which may hold what a text must not.
    #[inline]
    pub(crate) fn split(&mut self, length: usize) -> Option<&'a str> {
        if self.rest.get(length) != Some(&b'<') {
            return None;
        }
        let start = self.text.len() - self.rest.len();
        let text = self.text.get(start..start + length)?;
        self.rest = self.rest.get(length..)?;
        Some(text)
    }

    /// Takes a number that cannot overflow, if one stands before the next tag.
    #[inline]
    pub(crate) fn digits(&mut self) -> Option<u64> {
        let (mut number, mut rest) = (0_u64, self.rest);
        while let [digit @ b'0'..=b'9', behind @ ..] = rest {
            number = number.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
            rest = behind;
        }
        let is_number = (1..20).contains(&(self.rest.len() - rest.len())) && rest.starts_with(b"<");
        is_number.then(|| {
            self.rest = rest;
            number
        })
    }

    /// Takes what stands before the next tag, as a reader reads it.
    #[inline]
    pub(crate) fn text(&mut self) -> Option<Cow<'a, str>> {
        let length = literal(self.rest);
        if self.rest.get(length) != Some(&b'<') {
            return self.odd_text(length);
        }
        self.split(length).map(Cow::Borrowed)
    }

    /// A text with something in it that must be looked at, behind `length` bytes that need not.
    #[cold]
    fn odd_text(&mut self, mut length: usize) -> Option<Cow<'a, str>> {
        let mut resolved = true;
        loop {
            let (before, next) = self.rest.split_at_checked(length)?;
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
        let text = self.split(length)?;
        if resolved { Some(Cow::Borrowed(text)) } else { characters::resolve(text).ok() }
    }
}

/// How many bytes at the start of a text are themselves wherever they stand. The next may be so
/// too; a `<` is none.
#[inline]
fn literal(text: &[u8]) -> usize {
    const fn all(byte: u8) -> u64 {
        u64::from_ne_bytes([byte; 8])
    }
    /// Marks the first byte that is zero, perhaps some behind it, and none before it.
    fn zeros(word: u64) -> u64 {
        word.wrapping_sub(all(1)) & !word & all(0x80)
    }
    let (words, rest) = text.as_chunks();
    for (at, bytes) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*bytes);
        // `<` and `>` differ in one bit.
        let tag = zeros((word | all(b'<' ^ b'>')) ^ all(b'<' | b'>'));
        let reference = zeros(word ^ all(b'&'));
        let control = word.wrapping_sub(all(b' ')) & !word & all(0x80);
        // U+FFFE and U+FFFF begin with it.
        let last = zeros(word ^ all(0xef));
        let found = tag | reference | control | last;
        if found != 0 {
            return 8 * at + found.trailing_zeros() as usize / 8;
        }
    }
    text.len() - rest.len()
}
