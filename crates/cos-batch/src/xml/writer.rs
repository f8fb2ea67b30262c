use std::fmt::{self, Write};

use crate::error::BuildError;
use crate::value::is_xml_char;

/// A writer of documents that a [`Reader`](super::Reader) reads back as they were
///
/// ```
/// use cos_batch::xml::Writer;
///
/// let mut writer = Writer::new();
/// writer.element("CreateJobResult", |writer| writer.text("JobId", "a&b"))?;
/// assert_eq!(writer.finish(), b"<CreateJobResult><JobId>a&amp;b</JobId></CreateJobResult>");
/// # Ok::<(), cos_batch::BuildError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Writer {
    out: String,
    /// One tab a level, or all on one line.
    indented: bool,
    depth: usize,
}

impl Writer {
    /// A writer of an empty document, without declaration, indentation or namespace.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with every element on a line of its own, one tab a level, as the samples of the
    /// docs are; a [`Reader`](super::Reader) sees no difference.
    #[must_use]
    pub fn indented() -> Self {
        Self { indented: true, ..Self::default() }
    }

    /// Writes an element and what `content` writes into it; nothing in it gives `<a></a>`
    ///
    /// # Errors
    ///
    /// Those of `content`.
    pub fn element(
        &mut self,
        name: &str,
        content: impl FnOnce(&mut Self) -> Result<(), BuildError>,
    ) -> Result<(), BuildError> {
        self.line();
        self.tag("<", name, ">");
        let start = self.out.len();
        self.depth += 1;
        content(self)?;
        self.depth -= 1;
        if self.out.len() > start {
            self.line();
        }
        self.tag("</", name, ">");
        Ok(())
    }

    /// Writes an element that holds a text; an empty text gives `<a></a>`
    ///
    /// `& < > "` and a carriage return become references, for XML would change them.
    ///
    /// # Errors
    ///
    /// [`BuildError::Forbidden`] where the text holds a character that XML 1.0 cannot carry.
    pub fn text(&mut self, name: &str, text: &str) -> Result<(), BuildError> {
        self.value(name, text)
    }

    /// Writes a text where there is one, and nothing where there is none
    ///
    /// # Errors
    ///
    /// Those of [`text`](Self::text).
    pub fn optional(&mut self, name: &str, text: Option<&str>) -> Result<(), BuildError> {
        text.map_or(Ok(()), |text| self.text(name, text))
    }

    /// Writes an element that holds a value, as `Display` shows it
    ///
    /// # Errors
    ///
    /// Those of [`text`](Self::text).
    pub fn value(&mut self, name: &str, value: impl fmt::Display) -> Result<(), BuildError> {
        self.line();
        self.tag("<", name, ">");
        let mut escaped = Escaped { out: &mut self.out, forbidden: None };
        let written = write!(escaped, "{value}");
        if let (Err(_), Some(character)) = (written, escaped.forbidden) {
            return Err(BuildError::Forbidden { element: name.into(), character });
        }
        self.tag("</", name, ">");
        Ok(())
    }

    /// Writes an element without content, `<a/>`.
    pub fn empty(&mut self, name: &str) {
        self.line();
        self.tag("<", name, "/>");
    }

    /// Writes an element as a reader has read it.
    pub(crate) fn raw(&mut self, xml: &str) {
        self.line();
        self.out.push_str(xml);
    }

    /// The document.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.out.into_bytes()
    }

    fn line(&mut self) {
        if self.indented && !self.out.is_empty() {
            self.out.push('\n');
            self.out.extend(std::iter::repeat_n('\t', self.depth));
        }
    }

    fn tag(&mut self, open: &str, name: &str, close: &str) {
        self.out.extend([open, name, close]);
    }
}

/// Writes text into a document as it comes, up to the first character that XML cannot carry.
struct Escaped<'a> {
    out: &'a mut String,
    forbidden: Option<char>,
}

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            match c {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '"' => self.out.push_str("&quot;"),
                '\r' => self.out.push_str("&#13;"),
                c if is_xml_char(c) => self.out.push(c),
                forbidden => {
                    self.forbidden = Some(forbidden);
                    return Err(fmt::Error);
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_with_nothing_in_it_stays_on_its_line() {
        let mut writer = Writer::indented();
        let written = writer.element("a", |writer| {
            writer.element("b", |_| Ok(()))?;
            writer.text("c", "")?;
            writer.empty("d");
            Ok(())
        });
        assert_eq!(written, Ok(()));
        assert_eq!(writer.finish(), b"<a>\n\t<b></b>\n\t<c></c>\n\t<d/>\n</a>");
    }
}
