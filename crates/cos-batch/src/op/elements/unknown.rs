use std::collections::BTreeMap;

use crate::error::XmlError;
use crate::model::UnknownFields;
use crate::value::{IntoOwned, ValueError};
use crate::xml::{Limits, Reader, Writer};

/// The elements of a job that the docs have; of a job in a listing they are some of these.
const DOCUMENTED: [&str; 17] = [
    "ClientRequestToken",
    "ConfirmationRequired",
    "CreationTime",
    "Description",
    "FailureReasons",
    "JobId",
    "Manifest",
    "Operation",
    "Priority",
    "ProgressSummary",
    "Report",
    "RoleArn",
    "Status",
    "StatusUpdateReason",
    "SuspendedCause",
    "SuspendedDate",
    "TerminationDate",
];

impl<'a> UnknownFields<'a> {
    /// Reads the element of that name which a reader has entered, and keeps it if it has its place
    /// in no other field.
    #[cold]
    pub(in crate::op) fn read(
        &mut self,
        reader: &mut Reader<'a>,
        name: &str,
    ) -> Result<(), XmlError> {
        let xml = reader.raw()?;
        if !DOCUMENTED.contains(&name) {
            self.push(xml);
        }
        Ok(())
    }

    pub(in crate::op) fn encode(&self, writer: &mut Writer) {
        if !self.is_empty() {
            writer.raw(self.xml());
        }
    }
}

/// The text of each element under its name, or its markup where it holds more than that or its
/// name stands twice.
impl From<UnknownFields<'_>> for BTreeMap<String, String> {
    fn from(fields: UnknownFields<'_>) -> Self {
        let document = [BEFORE, fields.xml(), BEHIND].concat();
        let mut by_name = Self::new();
        // It has been read before: there is no error in it.
        let _ = walk(document.as_bytes(), |reader, name| {
            by_name.entry(name.to_owned()).or_insert_with(String::new).push_str(reader.raw()?);
            Ok(())
        });
        for (name, value) in &mut by_name {
            if let Some(text) = text_of(name, value) {
                *value = text;
            }
        }
        by_name
    }
}

/// The other way round: a value that begins with `<` is markup, any other a text.
impl TryFrom<BTreeMap<String, String>> for UnknownFields<'static> {
    type Error = ValueError;

    fn try_from(by_name: BTreeMap<String, String>) -> Result<Self, ValueError> {
        let mut writer = Writer::new();
        let mut fields = UnknownFields::default();
        let refused = |value: &str| {
            ValueError::new("elements of a job that no page documents, under their names", value)
        };
        for (name, value) in &by_name {
            if value.starts_with('<') {
                writer.raw(value);
            } else {
                writer.text(name, value).map_err(|_| refused(value))?;
            }
        }
        let xml = writer.finish();
        let document = [BEFORE.as_bytes(), &xml, BEHIND.as_bytes()].concat();
        let read = walk(&document, |reader, name| match by_name.contains_key(name) {
            true => fields.read(reader, name),
            false => Err(reader.missing(name)),
        });
        // Nothing was left out: no documented name, nothing beside the elements.
        if read.is_ok() && fields.xml().as_bytes() == xml {
            Ok(fields.into_owned())
        } else {
            Err(refused(&String::from_utf8_lossy(&xml)))
        }
    }
}

/// Around the fields, so that they stand as deep as in a `DescribeJobResult`.
const BEFORE: &str = "<a><b>";
const BEHIND: &str = "</b></a>";

/// Enters each of the elements between them.
fn walk<'d>(
    document: &'d [u8],
    mut take: impl FnMut(&mut Reader<'d>, &'d str) -> Result<(), XmlError>,
) -> Result<(), XmlError> {
    let mut reader = Reader::new(document, &Limits::bytes(usize::MAX))?;
    reader.root()?;
    reader.child()?;
    while let Some(name) = reader.child()? {
        take(&mut reader, name)?;
    }
    reader.child()?;
    reader.finish()
}

/// What one element holds, if that is a text from which it can be written again.
fn text_of(name: &str, xml: &str) -> Option<String> {
    let mut reader = Reader::new(xml.as_bytes(), &Limits::bytes(usize::MAX)).ok()?;
    reader.root().ok()?;
    let text = reader.text().ok()?;
    reader.finish().ok()?;
    let mut writer = Writer::new();
    writer.text(name, &text).ok()?;
    (!text.starts_with('<') && writer.finish() == xml.as_bytes()).then(|| text.into_owned())
}
