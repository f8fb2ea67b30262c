use super::Reader;
use crate::error::{XmlError, XmlErrorKind};

/// An element that may stand once: whether it stood, and what it held
///
/// A second copy is refused, also where the first was empty.
#[derive(Clone, Debug)]
pub struct Field<T> {
    seen: bool,
    value: Option<T>,
}

impl<T> Default for Field<T> {
    fn default() -> Self {
        Self { seen: false, value: None }
    }
}

impl<T> Field<T> {
    /// Reads the element that [`Reader::child`] has just named; `None` from `read` means that it
    /// is empty
    ///
    /// # Errors
    ///
    /// [`XmlErrorKind::Repeated`], and those of `read`.
    #[inline]
    pub fn read<'a>(
        &mut self,
        reader: &mut Reader<'a>,
        read: impl FnOnce(&mut Reader<'a>) -> Result<Option<T>, XmlError>,
    ) -> Result<(), XmlError> {
        if self.seen {
            return Err(reader.error(XmlErrorKind::Repeated));
        }
        self.seen = true;
        self.value = read(reader)?;
        Ok(())
    }

    /// What the element held; `None` where it was absent or empty.
    pub fn optional(self) -> Option<T> {
        self.value
    }

    /// What the element held, after its parent was left
    ///
    /// # Errors
    ///
    /// [`XmlErrorKind::Missing`] where it was absent or empty; `name` ends the path.
    #[inline]
    pub fn require(self, reader: &Reader<'_>, name: &str) -> Result<T, XmlError> {
        self.value.ok_or_else(|| reader.missing(name))
    }
}
