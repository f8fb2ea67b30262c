//! The elements that several calls share: their XML, both directions
//!
//! Page: [common elements](https://www.tencentcloud.com/document/product/436/33786).

mod manifest;
mod operation;
mod progress;
mod report;
mod unknown;

use std::borrow::Cow;

use time::OffsetDateTime;

use crate::date::{format_timestamp, parse_timestamp};
use crate::error::{BuildError, XmlError};
use crate::value::ValueError;
use crate::xml::{Reader, Writer};

/// A text; `None` where the element is empty.
pub(super) fn text<'a>(reader: &mut Reader<'a>) -> Result<Option<Cow<'a, str>>, XmlError> {
    reader.value(Ok)
}

/// Any value that is read from a text; `None` where the element is empty.
pub(super) fn value<'a, T>(reader: &mut Reader<'a>) -> Result<Option<T>, XmlError>
where
    T: TryFrom<Cow<'a, str>, Error = ValueError>,
{
    reader.value(T::try_from)
}

/// A timestamp; `None` where the element is empty.
pub(super) fn time(reader: &mut Reader<'_>) -> Result<Option<OffsetDateTime>, XmlError> {
    reader.value(parse_timestamp)
}

/// `true` or `false`; `None` where the element is empty.
pub(super) fn boolean(reader: &mut Reader<'_>) -> Result<Option<bool>, XmlError> {
    reader.value(|text| match &*text {
        "true" => Ok(true),
        "false" => Ok(false),
        other => Err(ValueError::new("true or false", other)),
    })
}

/// A bound on the length of a text, in bytes of UTF-8 as the docs count.
#[derive(Clone, Copy)]
pub(super) struct AtMost(pub(super) usize, pub(super) &'static str);

impl AtMost {
    pub(super) const BYTES_256: Self = Self(256, "at most 256 bytes");
    pub(super) const BYTES_1024: Self = Self(1024, "at most 1024 bytes");

    /// Reads a text within the bound; `None` where the element is empty.
    pub(super) fn read<'a>(
        self,
        reader: &mut Reader<'a>,
    ) -> Result<Option<Cow<'a, str>>, XmlError> {
        reader.value(|text| self.check(&text).map(|()| text))
    }

    /// Holds a text against the bound before it is sent.
    pub(super) fn check(self, text: &str) -> Result<(), ValueError> {
        let Self(most, expected) = self;
        if text.len() <= most { Ok(()) } else { Err(ValueError::new(expected, text)) }
    }

    /// Writes a text within the bound, where there is one.
    pub(super) fn write(
        self,
        writer: &mut Writer,
        name: &'static str,
        text: Option<&str>,
    ) -> Result<(), BuildError> {
        self.check(text.unwrap_or_default()).map_err(|error| BuildError::Value { name, error })?;
        writer.optional(name, text)
    }
}

/// Writes a timestamp, where there is one.
pub(super) fn timestamp(
    writer: &mut Writer,
    name: &'static str,
    time: Option<OffsetDateTime>,
) -> Result<(), BuildError> {
    let Some(time) = time else { return Ok(()) };
    let text = format_timestamp(time).map_err(|error| BuildError::Value { name, error })?;
    writer.text(name, &text)
}

/// The error for a text that must not be empty.
pub(super) fn required<'t>(name: &'static str, text: &'t str) -> Result<&'t str, BuildError> {
    if text.is_empty() {
        return Err(BuildError::Value { name, error: ValueError::new("a text", text) });
    }
    Ok(text)
}
