use std::borrow::Cow;

use crate::value::IntoOwned;

/// An operation that no page documents: its name and its XML, as they were written
///
/// Made only by reading a document, so that its name is none of the documented ones and its XML
/// is one well-formed element; `TryFrom<String>` makes one from text.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(into = "String", try_from = "String"))]
pub struct OtherOperation<'a> {
    name: Cow<'a, str>,
    xml: Cow<'a, str>,
}

impl<'a> OtherOperation<'a> {
    /// The parts are those of one element that a reader has read.
    pub(crate) fn new(name: impl Into<Cow<'a, str>>, xml: impl Into<Cow<'a, str>>) -> Self {
        Self { name: name.into(), xml: xml.into() }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its element, from `<` to `>`.
    #[must_use]
    pub fn xml(&self) -> &str {
        &self.xml
    }
}

impl IntoOwned for OtherOperation<'_> {
    type Owned = OtherOperation<'static>;

    fn into_owned(self) -> OtherOperation<'static> {
        OtherOperation::new(self.name.into_owned(), self.xml.into_owned())
    }
}

impl From<OtherOperation<'_>> for String {
    fn from(other: OtherOperation<'_>) -> Self {
        other.xml.into_owned()
    }
}
