use std::fmt;

use crate::value::ValueError;

/// A document that is not what was expected: what is wrong, and where
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct XmlError(Box<Inner>);

#[derive(Clone, Debug, Eq, PartialEq)]
struct Inner {
    kind: XmlErrorKind,
    offset: usize,
    path: Box<str>,
}

/// What is wrong with a document
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum XmlErrorKind {
    /// The document is larger than [`Limits::bytes`](crate::Limits).
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The bytes are not UTF-8; the offset is that of the first bad one.
    NotUtf8,
    /// The document ends before its root element does. It may have been cut on its way.
    Truncated,
    /// The document is not well-formed XML 1.0, or uses what this reader refuses: a DOCTYPE,
    /// another encoding, an undefined reference, too deep nesting.
    Malformed {
        /// What is wrong, as a fragment.
        reason: &'static str,
    },
    /// Another document than the one asked for.
    UnexpectedRoot {
        /// The local name of its root.
        found: Box<str>,
        /// The root that was expected.
        expected: &'static str,
    },
    /// A required element is absent or empty; the path ends in its name.
    Missing,
    /// An element that may stand once stands twice.
    Repeated,
    /// An element holds a value that its type does not have.
    BadValue(ValueError),
}

impl XmlError {
    pub(crate) fn new(kind: XmlErrorKind, offset: usize, path: impl Into<Box<str>>) -> Self {
        Self(Box::new(Inner { kind, offset, path: path.into() }))
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> &XmlErrorKind {
        &self.0.kind
    }

    /// Where it is wrong: the offset in bytes from the start of the document, at most its length.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.0.offset
    }

    /// The element it is wrong in, such as `ListJobsResult/Jobs/member[3]/Priority`; empty where
    /// no element is open.
    ///
    /// List items are counted from 1; a long name is cut to 64 characters.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0.path
    }
}

impl fmt::Display for XmlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind() {
            XmlErrorKind::TooLarge { limit } => {
                return write!(f, "the document is larger than the limit of {limit} bytes");
            }
            XmlErrorKind::NotUtf8 => f.write_str("the document is not UTF-8")?,
            XmlErrorKind::Truncated => f.write_str("the document is cut off")?,
            XmlErrorKind::Malformed { reason } => f.write_str(reason)?,
            XmlErrorKind::UnexpectedRoot { found, expected } => {
                write!(f, "expected <{expected}>, found <{found}>")?;
            }
            XmlErrorKind::Missing => f.write_str("a required element is absent or empty")?,
            XmlErrorKind::Repeated => {
                f.write_str("an element stands twice where one is allowed")?
            }
            XmlErrorKind::BadValue(error) => error.fmt(f)?,
        }
        write!(f, " at byte {}", self.offset())?;
        if !self.path().is_empty() {
            write!(f, " in {}", self.path())?;
        }
        Ok(())
    }
}

impl std::error::Error for XmlError {}
