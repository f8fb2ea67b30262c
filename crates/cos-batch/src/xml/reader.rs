mod errors;

use std::borrow::Cow;

use xmlparser::{ElementEnd, Error, StrSpan, Token, Tokenizer};

use super::{Limits, characters};
use crate::error::{XmlError, XmlErrorKind};
use crate::value::ValueError;

/// A reader that walks a document from its root down, one element at a time
///
/// `root` enters the root, `child` the next child of the element that is open, or leaves that
/// element where there is none. An element that was entered is read to its end by one of
///
/// - `child` until it gives `None`, where it holds elements,
/// - `text` or `value`, where it holds text,
/// - `skip`, where nobody knows it.
///
/// `finish` makes sure that nothing follows the root.
///
/// # What it refuses
///
/// The tokenizer underneath checks the syntax of single tokens. The reader adds:
///
/// - UTF-8 throughout, and no declared encoding but UTF-8;
/// - tags in pairs, one root, the document complete: input that ends early is
///   [`XmlErrorKind::Truncated`];
/// - no DOCTYPE, hence no entities: the five named and the numeric references are resolved, all
///   others refused;
/// - no character that XML 1.0 forbids, also behind a reference;
/// - no attribute twice in one tag, elements at most [`Limits::DEPTH`] deep;
/// - no text where elements are expected, no element where a text is expected.
///
/// Line ends are normalised; text and CDATA are joined across comments and instructions. Prefixes
/// are tolerated and elements matched by their local name; attributes are checked and ignored.
///
/// Time is linear in the input and memory is bounded by it, whatever it claims.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    text: &'a str,
    tokens: Tokenizer<'a>,
    /// The open elements, `path[..depth]`. What lies behind is the last sibling on that level.
    path: [Element<'a>; Limits::DEPTH + 1],
    depth: usize,
    /// The element entered last was written `<a/>`: it has been left already.
    empty: bool,
    /// Where the element begins that was entered last.
    entered: usize,
    /// Where the next reference or carriage return stands, of those behind the last text read:
    /// nearly no text has one, and one search finds that of many.
    special: usize,
    attributes: Vec<&'a str>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Element<'a> {
    prefix: &'a str,
    name: &'a str,
    /// The how-manieth it is of the siblings of its name that stand next to each other.
    nth: u32,
}

impl<'a> Reader<'a> {
    /// A reader at the start of a document
    ///
    /// # Errors
    ///
    /// [`XmlErrorKind::TooLarge`], [`XmlErrorKind::NotUtf8`]; [`XmlErrorKind::Truncated`] where
    /// the last character is incomplete.
    pub fn new(bytes: &'a [u8], limits: &Limits) -> Result<Self, XmlError> {
        if bytes.len() > limits.bytes {
            let kind = XmlErrorKind::TooLarge { limit: limits.bytes };
            return Err(XmlError::new(kind, limits.bytes, ""));
        }
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let kind = match error.error_len() {
                Some(_) => XmlErrorKind::NotUtf8,
                None => XmlErrorKind::Truncated,
            };
            XmlError::new(kind, error.valid_up_to(), "")
        })?;
        Ok(Self {
            text,
            tokens: Tokenizer::from(text),
            path: [Element::default(); Limits::DEPTH + 1],
            depth: 0,
            empty: false,
            entered: 0,
            special: characters::next_special(text, 0),
            attributes: Vec::new(),
        })
    }

    /// Enters the root element and gives its local name
    ///
    /// # Errors
    ///
    /// Where the document is malformed up to there, or has no root.
    pub fn root(&mut self) -> Result<&'a str, XmlError> {
        loop {
            match &self.tokens.next() {
                Some(Ok(Token::ElementStart { prefix, local, span })) => {
                    return self.enter(prefix.as_str(), local.as_str(), span.start());
                }
                Some(Ok(Token::Declaration { encoding: Some(encoding), .. }))
                    if !encoding.as_str().eq_ignore_ascii_case("utf-8") =>
                {
                    let reason = "a declared encoding other than UTF-8, which is refused";
                    return Err(self.malformed(reason, encoding.start()));
                }
                Some(Ok(Token::Declaration { .. })) => {}
                token => self.pass(token)?,
            }
        }
    }

    /// Enters the next child of the open element and gives its local name; `None` leaves the open
    /// element
    ///
    /// # Errors
    ///
    /// Where the document is malformed up to there, or holds text where elements are expected.
    #[inline]
    pub fn child(&mut self) -> Result<Option<&'a str>, XmlError> {
        if std::mem::take(&mut self.empty) {
            return Ok(None);
        }
        loop {
            match &self.tokens.next() {
                Some(Ok(Token::ElementStart { prefix, local, span })) => {
                    return self.enter(prefix.as_str(), local.as_str(), span.start()).map(Some);
                }
                Some(Ok(Token::ElementEnd { end: ElementEnd::Close(prefix, local), span })) => {
                    self.leave(prefix.as_str(), local.as_str(), span.start())?;
                    return Ok(None);
                }
                Some(Ok(Token::Text { text })) if is_space(text.as_str()) => {}
                Some(Ok(Token::Text { text } | Token::Cdata { span: text, .. })) => {
                    return Err(self.malformed("text where elements are expected", text.start()));
                }
                token => self.pass(token)?,
            }
        }
    }

    /// Reads the open element as text and leaves it; an empty element is an empty text
    ///
    /// # Errors
    ///
    /// Where the document is malformed up to there, or holds an element where text is expected.
    #[inline]
    pub fn text(&mut self) -> Result<Cow<'a, str>, XmlError> {
        if std::mem::take(&mut self.empty) {
            return Ok(Cow::Borrowed(""));
        }
        let Some(mut text) = self.part()? else { return Ok(Cow::Borrowed("")) };
        while let Some(part) = self.part()? {
            text.to_mut().push_str(&part);
        }
        Ok(text)
    }

    /// The next text or CDATA section of the open element; `None` leaves it.
    #[inline(always)]
    fn part(&mut self) -> Result<Option<Cow<'a, str>>, XmlError> {
        loop {
            match &self.tokens.next() {
                Some(Ok(Token::ElementEnd { end: ElementEnd::Close(prefix, local), span })) => {
                    self.leave(prefix.as_str(), local.as_str(), span.start())?;
                    return Ok(None);
                }
                Some(Ok(Token::Text { text })) => return self.resolved(text).map(Some),
                Some(Ok(Token::Cdata { text, .. })) => {
                    return Ok(Some(characters::line_ends(text.as_str())));
                }
                Some(Ok(Token::ElementStart { span, .. })) => {
                    return Err(self.malformed("an element where text is expected", span.start()));
                }
                token => self.pass(token)?,
            }
        }
    }

    /// Reads the open element as a value and leaves it; `None` where it is empty
    ///
    /// # Errors
    ///
    /// Those of [`text`](Self::text), and [`XmlErrorKind::BadValue`] where `parse` refuses.
    #[inline]
    pub fn value<T>(
        &mut self,
        parse: impl FnOnce(Cow<'a, str>) -> Result<T, ValueError>,
    ) -> Result<Option<T>, XmlError> {
        let start = self.entered;
        let text = self.text()?;
        if text.is_empty() {
            return Ok(None);
        }
        parse(text).map(Some).map_err(|error| {
            // The element has just been left: its name is still behind the open ones.
            XmlError::new(XmlErrorKind::BadValue(error), start, self.path_to(self.depth + 1, ""))
        })
    }

    /// Reads the open element as a list and leaves it: `read` each child of the name `item`, skip
    /// all others
    ///
    /// # Errors
    ///
    /// Where the document is malformed up to there, and those of `read`.
    pub fn list<T>(
        &mut self,
        item: &str,
        mut read: impl FnMut(&mut Self) -> Result<T, XmlError>,
    ) -> Result<Vec<T>, XmlError> {
        let mut items = Vec::new();
        while let Some(name) = self.child()? {
            if name == item {
                let start = self.entered;
                let read = read(self)?;
                if items.is_empty() {
                    items.reserve_exact(1 + self.more_like_this(start, size_of::<T>()));
                }
                items.push(read);
            } else {
                self.skip()?;
            }
        }
        Ok(items)
    }

    /// How many elements the rest of the document can hold that are not much shorter than the one
    /// that began at `start` and has just been left, as long as values of `size` bytes take no more
    /// memory than the rest.
    fn more_like_this(&self, start: usize, size: usize) -> usize {
        let end = self.tokens.stream().pos();
        let short = end.saturating_sub(start) / 4 * 3;
        self.text.len().saturating_sub(end) / short.max(size).max(1)
    }

    /// Leaves the open element, and gives its markup from `<` to `>`.
    pub(crate) fn raw(&mut self) -> Result<&'a str, XmlError> {
        let start = self.entered;
        self.skip()?;
        Ok(self.text.get(start..self.tokens.stream().pos()).unwrap_or_default())
    }

    /// Leaves the open element and all that is in it
    ///
    /// # Errors
    ///
    /// Where the document is malformed up to there.
    pub fn skip(&mut self) -> Result<(), XmlError> {
        if std::mem::take(&mut self.empty) {
            return Ok(());
        }
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            match &self.tokens.next() {
                Some(Ok(Token::ElementStart { prefix, local, span })) => {
                    self.enter(prefix.as_str(), local.as_str(), span.start())?;
                    self.empty = false;
                }
                Some(Ok(Token::ElementEnd { end: ElementEnd::Close(prefix, local), span })) => {
                    self.leave(prefix.as_str(), local.as_str(), span.start())?;
                }
                Some(Ok(Token::Text { text })) => characters::check(text.as_str())
                    .map_err(|unresolved| self.unresolved(&unresolved, text))?,
                Some(Ok(Token::Cdata { .. })) => {}
                token => self.pass(token)?,
            }
        }
        Ok(())
    }

    /// Makes sure that nothing but space, comments and instructions follows the root
    ///
    /// # Errors
    ///
    /// Where something else does.
    pub fn finish(mut self) -> Result<(), XmlError> {
        loop {
            match &self.tokens.next() {
                None => return Ok(()),
                token => self.pass(token)?,
            }
        }
    }

    /// A text as it is meant.
    #[inline]
    fn resolved(&mut self, text: &StrSpan<'a>) -> Result<Cow<'a, str>, XmlError> {
        if self.special < text.start() {
            self.special = characters::next_special(self.text, text.start());
        }
        if self.special >= text.end() {
            return Ok(Cow::Borrowed(text.as_str()));
        }
        characters::resolve(text.as_str()).map_err(|unresolved| self.unresolved(&unresolved, text))
    }

    /// What is next where it carries nothing; else it is an error wherever it stands.
    #[cold]
    fn pass(&self, next: &Option<Result<Token<'a>, Error>>) -> Result<(), XmlError> {
        let token = match next {
            Some(Ok(token)) => token,
            Some(Err(_)) => return Err(self.broken()),
            None => return Err(self.truncated()),
        };
        let (reason, span) = match token {
            Token::Comment { .. } => return Ok(()),
            Token::ProcessingInstruction { target, span, .. } => {
                // The tokenizer knows a declaration by `<?xml `, with a space.
                if !target.as_str().eq_ignore_ascii_case("xml") {
                    return Ok(());
                }
                ("an XML declaration that is malformed or not at the start", span)
            }
            Token::DtdStart { span, .. } | Token::EmptyDtd { span, .. } => {
                ("a DOCTYPE, which is refused", span)
            }
            Token::ElementEnd { span, .. } => ("a tag out of place", span),
            Token::Text { text: span } | Token::Cdata { span, .. } => ("text out of place", span),
            Token::Declaration { span, .. }
            | Token::EntityDeclaration { span, .. }
            | Token::DtdEnd { span }
            | Token::ElementStart { span, .. }
            | Token::Attribute { span, .. } => ("markup out of place", span),
        };
        Err(self.malformed(reason, span.start()))
    }

    #[inline(always)]
    fn enter(&mut self, prefix: &'a str, name: &'a str, start: usize) -> Result<&'a str, XmlError> {
        self.entered = start;
        match self.path.get_mut(self.depth) {
            Some(last) if self.depth < Limits::DEPTH => {
                let nth = if last.name == name { last.nth.saturating_add(1) } else { 1 };
                *last = Element { prefix, name, nth };
            }
            _ => return Err(self.malformed("elements nested too deep", start)),
        }
        if let Some(below) = self.path.get_mut(self.depth + 1) {
            below.name = "";
        }
        self.depth += 1;
        self.attributes.clear();
        loop {
            match &self.tokens.next() {
                Some(Ok(Token::ElementEnd { end: ElementEnd::Open, .. })) => self.empty = false,
                Some(Ok(Token::ElementEnd { end: ElementEnd::Empty, .. })) => {
                    self.empty = true;
                    self.depth -= 1;
                }
                Some(Ok(Token::Attribute { value, span, .. })) => {
                    self.attribute(value, span.as_str())?;
                    continue;
                }
                token => {
                    self.pass(token)?;
                    continue;
                }
            }
            if self.attributes.len() > 1 {
                self.unique_attributes()?;
            }
            return Ok(name);
        }
    }

    #[inline(always)]
    fn leave(&mut self, prefix: &str, name: &str, start: usize) -> Result<(), XmlError> {
        let depth = self.depth.wrapping_sub(1);
        match self.path.get(depth) {
            Some(open)
                if same(open.name, name)
                    && (open.prefix.is_empty() && prefix.is_empty() || open.prefix == prefix) =>
            {
                self.depth = depth;
                Ok(())
            }
            _ => Err(self.malformed("an end tag that matches no start tag", start)),
        }
    }

    #[cold]
    fn attribute(&mut self, value: &StrSpan<'a>, whole: &'a str) -> Result<(), XmlError> {
        characters::check(value.as_str())
            .map_err(|unresolved| self.unresolved(&unresolved, value))?;
        let name = whole.split(['=', ' ', '\t', '\r', '\n']).next().unwrap_or_default();
        self.attributes.push(name);
        Ok(())
    }

    #[cold]
    fn unique_attributes(&mut self) -> Result<(), XmlError> {
        let mut names = std::mem::take(&mut self.attributes);
        names.sort_unstable();
        let twice = names.windows(2).any(|pair| pair.first() == pair.last());
        self.attributes = names;
        if twice {
            Err(self.malformed("an attribute twice in one tag", self.entered))
        } else {
            Ok(())
        }
    }
}

/// Are two short texts equal? By words of eight bytes: a call to compare them takes longer.
#[inline]
fn same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    match (one.last_chunk::<8>(), other.last_chunk::<8>()) {
        (Some(end), Some(other_end)) => {
            let words = one.as_chunks::<8>().0.iter().zip(other.as_chunks::<8>().0);
            end == other_end && words.into_iter().all(|(one, other)| one == other)
        }
        _ => match (one.first_chunk::<4>(), other.first_chunk::<4>()) {
            (Some(start), Some(other_start)) => {
                start == other_start && one.last_chunk::<4>() == other.last_chunk::<4>()
            }
            _ => one.iter().zip(other).all(|(one, other)| one == other),
        },
    }
}

/// Is it white space alone? The tokenizer lets no other control characters through.
#[inline]
fn is_space(text: &str) -> bool {
    text.bytes().all(|byte| byte <= b' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_tag_is_held_against_every_byte_of_its_start_tag() {
        for length in 1..=25 {
            let name = "n".repeat(length);
            for at in 0..length {
                let mut other = name.clone();
                other.replace_range(at..=at, "m");
                assert!(same(&name, &name) && !same(&name, &other), "{other}");
            }
            assert!(!same(&name, &"n".repeat(length + 1)));
        }
    }
}
