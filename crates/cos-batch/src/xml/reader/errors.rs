//! Where a document is wrong

use xmlparser::StrSpan;

use super::Reader;
use crate::error::{XmlError, XmlErrorKind};
use crate::value::printable;
use crate::xml::broken::diagnose;
use crate::xml::characters::Unresolved;

/// The name that the protocol gives to the items of a list.
const ITEM: &str = "member";

/// How many characters of an element's name are shown.
const NAME_SHOWN: usize = 64;

impl Reader<'_> {
    /// An error at the element that was entered last.
    #[must_use]
    pub fn error(&self, kind: XmlErrorKind) -> XmlError {
        // An empty element has been left already.
        let depth = self.depth + usize::from(self.empty);
        XmlError::new(kind, self.entered, self.path_to(depth, ""))
    }

    /// An error in the element that was left last: its value makes no sense as a whole.
    #[must_use]
    pub fn left(&self, kind: XmlErrorKind) -> XmlError {
        let offset = self.tokens.stream().pos();
        XmlError::new(kind, offset, self.path_to(self.depth + 1, ""))
    }

    /// The error for a required child that the element left last does not have.
    #[must_use]
    pub fn missing(&self, child: &str) -> XmlError {
        let offset = self.tokens.stream().pos();
        XmlError::new(XmlErrorKind::Missing, offset, self.path_to(self.depth + 1, child))
    }

    #[cold]
    pub(super) fn unresolved(&self, unresolved: &Unresolved, text: &StrSpan<'_>) -> XmlError {
        if text.end() == self.text.len() {
            // The reference may be whole on the other side of the cut.
            return self.truncated();
        }
        self.malformed(unresolved.reason, text.start() + unresolved.offset)
    }

    #[cold]
    pub(super) fn truncated(&self) -> XmlError {
        let path = self.path_to(self.depth, "");
        XmlError::new(XmlErrorKind::Truncated, self.text.len(), path)
    }

    #[cold]
    pub(super) fn broken(&self) -> XmlError {
        let (kind, offset) = diagnose(self.text);
        XmlError::new(kind, offset, self.path_to(self.depth, ""))
    }

    #[cold]
    pub(super) fn malformed(&self, reason: &'static str, offset: usize) -> XmlError {
        let kind = XmlErrorKind::Malformed { reason };
        XmlError::new(kind, offset, self.path_to(self.depth, ""))
    }

    /// The names of the elements down to `depth`, then `child` if it has one.
    #[cold]
    pub(super) fn path_to(&self, depth: usize, child: &str) -> String {
        let mut path = String::new();
        for element in self.path.iter().take(depth) {
            if !path.is_empty() {
                path.push('/');
            }
            path.push_str(&printable(element.name, NAME_SHOWN));
            if element.name == ITEM || element.nth > 1 {
                path.push_str(&format!("[{}]", element.nth));
            }
        }
        if !child.is_empty() {
            path.push('/');
            path.push_str(child);
        }
        path
    }
}
