use cos_batch::BuildError;
use serde::Serialize;

use super::Look;

/// One of many things that are alike: a row, a line, an object
pub(crate) trait Record: Serialize + Sized + 'static {
    /// What such things are called in an error.
    const NAME: &'static str;

    /// All columns that there are.
    const COLUMNS: &'static [Column<Self>];

    /// The columns of a line of values, by name, unless others are chosen.
    const LINE: &'static [&'static str];

    /// The tables that they make, from the widest to the narrowest; where there is none, the table
    /// has the columns of a line.
    const TABLES: &'static [Layout] = &[];

    /// What stands in place of a table's row where a sentence, of one line or more, says it better.
    const SENTENCE: Option<fn(&Self) -> String> = None;

    /// The id, where such things have one.
    const ID: Option<fn(&Self) -> String> = None;

    /// The service's XML of all of them, where it has one.
    const XML: Option<Encode<Self>> = None;
}

/// Many things as one document of the service.
pub(crate) type Encode<R> = fn(&[R]) -> Result<Vec<u8>, BuildError>;

/// A column: its name in `--columns`, its header, and what stands in a cell
pub(crate) struct Column<R> {
    pub(crate) name: &'static str,
    header: &'static str,
    relative: Option<&'static str>,
    pub(crate) cell: fn(&R, &Look) -> String,
    pub(crate) right: bool,
    /// Never cut.
    pub(crate) whole: bool,
    pub(crate) style: Option<fn(&R) -> anstyle::Style>,
}

impl<R> Column<R> {
    pub(crate) const fn new(
        name: &'static str,
        header: &'static str,
        cell: fn(&R, &Look) -> String,
    ) -> Self {
        Self { name, header, relative: None, cell, right: false, whole: false, style: None }
    }

    /// The same under another header where times are shown as ages.
    pub(crate) const fn relative(self, header: &'static str) -> Self {
        Self { relative: Some(header), ..self }
    }

    pub(crate) fn header(&self, look: &Look) -> &'static str {
        self.relative.filter(|_| look.has_ages()).unwrap_or(self.header)
    }

    /// The same, aligned to the right.
    pub(crate) const fn right(self) -> Self {
        Self { right: true, ..self }
    }

    /// The same, never cut.
    pub(crate) const fn whole(self) -> Self {
        Self { whole: true, ..self }
    }

    /// The same in colour.
    pub(crate) const fn styled(self, style: fn(&R) -> anstyle::Style) -> Self {
        Self { style: Some(style), ..self }
    }
}

/// Which columns a table has, and the one that may be cut, down to a least width; all others are
/// whole
pub(crate) struct Layout {
    pub(crate) columns: &'static [&'static str],
    /// Empty where all are whole.
    pub(crate) cut: &'static str,
    pub(crate) least: u16,
}
