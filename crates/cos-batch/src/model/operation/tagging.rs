use std::borrow::Cow;

use crate::value::{IntoOwned, closed_list};

/// Set the tags of objects: `COSPutObjectTagging`
///
/// Only the Go SDK shows its parameters. An object has at most 10 tags.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub struct PutObjectTagging<'a> {
    /// What becomes of the tags that are there. Which values it takes is undocumented.
    pub tagging_directive: Option<Directive>,
    /// The tags.
    pub tag_set: Vec<Tag<'a>>,
}

impl<'a> PutObjectTagging<'a> {
    /// Set these tags.
    #[must_use]
    pub fn new(tagging_directive: Directive, tag_set: Vec<Tag<'a>>) -> Self {
        Self { tagging_directive: Some(tagging_directive), tag_set }
    }
}

closed_list! {
    /// What becomes of what an object has already
    pub enum Directive("Copy, Replaced or Add") {
        /// Keep that of the source.
        Copy = "Copy",
        /// Replace it. One row of the docs writes `Replace`, which is read and never written.
        Replaced = "Replaced" or "Replace",
        /// Add to it.
        Add = "Add",
    }
}

/// A tag: a key of 1 to 127 bytes and a value of 0 to 255 bytes, both case-sensitive
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub struct Tag<'a> {
    /// The key.
    pub key: Cow<'a, str>,
    /// The value.
    pub value: Cow<'a, str>,
}

impl<'a> Tag<'a> {
    /// A tag.
    #[must_use]
    pub fn new(key: impl Into<Cow<'a, str>>, value: impl Into<Cow<'a, str>>) -> Self {
        Self { key: key.into(), value: value.into() }
    }
}

impl IntoOwned for PutObjectTagging<'_> {
    type Owned = PutObjectTagging<'static>;

    fn into_owned(self) -> PutObjectTagging<'static> {
        PutObjectTagging {
            tagging_directive: self.tagging_directive,
            tag_set: self.tag_set.into_owned(),
        }
    }
}

impl IntoOwned for Tag<'_> {
    type Owned = Tag<'static>;

    fn into_owned(self) -> Tag<'static> {
        Tag { key: IntoOwned::into_owned(self.key), value: IntoOwned::into_owned(self.value) }
    }
}
