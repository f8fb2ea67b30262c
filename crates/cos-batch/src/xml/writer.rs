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
}

impl Writer {
    /// A writer of an empty document, without declaration, indentation or namespace, as the
    /// service's samples are.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
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
        self.start(name);
        content(self)?;
        self.end(name);
        Ok(())
    }

    /// Writes an element that holds a text
    ///
    /// `& < > "` and a carriage return become references, for XML would change them.
    ///
    /// # Errors
    ///
    /// [`BuildError::Forbidden`] where the text holds a character that XML 1.0 cannot carry.
    pub fn text(&mut self, name: &str, text: &str) -> Result<(), BuildError> {
        self.start(name);
        for c in text.chars() {
            match c {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '"' => self.out.push_str("&quot;"),
                '\r' => self.out.push_str("&#13;"),
                c if is_xml_char(c) => self.out.push(c),
                character => {
                    return Err(BuildError::Forbidden { element: name.into(), character });
                }
            }
        }
        self.end(name);
        Ok(())
    }

    /// Writes an element that holds a value whose text needs no check: a number, a name.
    pub fn value(&mut self, name: &str, value: impl std::fmt::Display) -> Result<(), BuildError> {
        self.text(name, &value.to_string())
    }

    /// The document.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.out.into_bytes()
    }

    fn start(&mut self, name: &str) {
        self.out.push('<');
        self.out.push_str(name);
        self.out.push('>');
    }

    fn end(&mut self, name: &str) {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }
}
