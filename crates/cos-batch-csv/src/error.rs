use std::fmt;

use cos_batch::ValueError;

/// A row that was refused: what is wrong, and where
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CsvError(Box<Inner>);

#[derive(Clone, Debug, Eq, PartialEq)]
struct Inner {
    kind: CsvErrorKind,
    row: u64,
    offset: u64,
}

/// What is wrong with a row
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum CsvErrorKind {
    /// The row is larger than the reader's limit. It was not kept.
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// A quote is opened and never closed. All that follows it is lost.
    OpenQuote,
    /// Something other than a comma or the row's end follows a closing quote.
    AfterQuote,
    /// The row has more or fewer fields than there are columns.
    Fields {
        /// How many there should be.
        expected: usize,
        /// How many there are.
        found: u64,
    },
    /// A field that must hold something is empty.
    Missing {
        /// Its column, in the docs' spelling.
        column: &'static str,
    },
    /// A field is not UTF-8; a key after its escapes are resolved.
    NotUtf8 {
        /// Its column, in the docs' spelling.
        column: &'static str,
    },
    /// A field holds a value that its column does not have.
    BadValue {
        /// Its column, in the docs' spelling.
        column: &'static str,
        /// What is wrong with it.
        error: ValueError,
    },
}

impl CsvError {
    pub(crate) fn new(kind: CsvErrorKind, row: u64, offset: u64) -> Self {
        Self(Box::new(Inner { kind, row, offset }))
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> &CsvErrorKind {
        &self.0.kind
    }

    /// The row it is wrong in, counted from 1.
    ///
    /// Rows are counted, not lines: a skipped line is no row, and a row whose quotes hold line ends
    /// is one.
    #[must_use]
    pub fn row(&self) -> u64 {
        self.0.row
    }

    /// Where it is wrong, in bytes from the start of the file: where the row, the field or the
    /// quote begins, or what follows a closing quote.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.0.offset
    }
}

impl fmt::Display for CsvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind() {
            CsvErrorKind::TooLarge { limit } => {
                write!(f, "the row is larger than the limit of {limit} bytes")?;
            }
            CsvErrorKind::OpenQuote => f.write_str("a quote is opened and never closed")?,
            CsvErrorKind::AfterQuote => {
                f.write_str("expected a comma or the row's end behind a closing quote")?;
            }
            CsvErrorKind::Fields { expected, found } => {
                write!(f, "expected {expected} fields, found {found}")?;
            }
            CsvErrorKind::Missing { column } => write!(f, "{column} is empty")?,
            CsvErrorKind::NotUtf8 { column } => write!(f, "{column} is not UTF-8")?,
            CsvErrorKind::BadValue { column, error } => write!(f, "{column}: {error}")?,
        }
        write!(f, " in row {} at byte {}", self.row(), self.offset())
    }
}

impl std::error::Error for CsvError {}
