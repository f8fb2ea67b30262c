mod copy;

use super::{text, value};
use crate::error::{BuildError, XmlError, XmlErrorKind};
use crate::model::{
    Directive, InitiateRestoreObject, JobOperation, OtherOperation, PutObjectCopy,
    PutObjectTagging, Tag,
};
use crate::value::ValueError;
use crate::xml::{Field, Limits, Reader, Writer};

const ONE: &str = "exactly one operation";

impl<'a> JobOperation<'a> {
    pub(in crate::op) fn decode(reader: &mut Reader<'a>) -> Result<Self, XmlError> {
        let mut operation = None;
        while let Some(name) = reader.child()? {
            let next = match name {
                "COSDeleteObject" => reader.skip().map(|()| Self::DeleteObject),
                "COSInitiateRestoreObject" => {
                    InitiateRestoreObject::decode(reader).map(Self::InitiateRestoreObject)
                }
                "COSPutObjectCopy" => {
                    PutObjectCopy::decode(reader).map(|copy| Self::PutObjectCopy(Box::new(copy)))
                }
                "COSPutObjectTagging" => {
                    PutObjectTagging::decode(reader).map(Self::PutObjectTagging)
                }
                name => reader.raw().map(|xml| Self::Other(OtherOperation::new(name, xml))),
            }?;
            if operation.replace(next).is_some() {
                return Err(reader.left(XmlErrorKind::BadValue(ValueError::new(ONE, "two"))));
            }
        }
        operation.ok_or_else(|| reader.left(XmlErrorKind::BadValue(ValueError::new(ONE, "none"))))
    }

    pub(in crate::op) fn encode(&self, writer: &mut Writer) -> Result<(), BuildError> {
        let name = self.name();
        writer.element("Operation", |writer| match self {
            Self::DeleteObject => writer.element(name, |_| Ok(())),
            Self::InitiateRestoreObject(restore) => {
                writer.element(name, |writer| restore.encode(writer))
            }
            Self::PutObjectCopy(copy) => writer.element(name, |writer| copy.encode(writer)),
            Self::PutObjectTagging(tagging) => {
                writer.element(name, |writer| tagging.encode(writer))
            }
            Self::Other(other) => {
                writer.raw(other.xml());
                Ok(())
            }
        })
    }
}

impl TryFrom<String> for OtherOperation<'static> {
    type Error = ValueError;

    /// Reads one element of a name that no page documents.
    fn try_from(xml: String) -> Result<Self, ValueError> {
        const EXPECTED: &str = "one element of an operation that no page documents";
        let read = |xml: &str| -> Result<OtherOperation<'static>, XmlError> {
            // As deep as it stands in a DescribeJobResult, so that it can be read there.
            let document = format!("<a><b><Operation>{xml}</Operation></b></a>");
            let mut reader = Reader::new(document.as_bytes(), &Limits::default())?;
            reader.root()?;
            reader.child()?;
            reader.child()?;
            match JobOperation::decode(&mut reader)? {
                // Its element is all of the text: there is no way out of it and back in.
                JobOperation::Other(other) if other.xml() == xml => {
                    Ok(crate::value::IntoOwned::into_owned(other))
                }
                _ => Err(XmlError::new(XmlErrorKind::Missing, 0, "")),
            }
        };
        read(&xml).map_err(|_| ValueError::new(EXPECTED, &xml))
    }
}

impl InitiateRestoreObject {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, XmlError> {
        let (mut days, mut job_tier) = (Field::default(), Field::default());
        while let Some(name) = reader.child()? {
            match name {
                "ExpirationInDays" => days.read(reader, value)?,
                "JobTier" => job_tier.read(reader, value)?,
                _ => reader.skip()?,
            }
        }
        Ok(Self {
            expiration_in_days: days.require(reader, "ExpirationInDays")?,
            job_tier: job_tier.require(reader, "JobTier")?,
        })
    }

    fn encode(&self, writer: &mut Writer) -> Result<(), BuildError> {
        writer.value("ExpirationInDays", self.expiration_in_days)?;
        writer.text("JobTier", self.job_tier.as_str())
    }
}

impl<'a> PutObjectTagging<'a> {
    fn decode(reader: &mut Reader<'a>) -> Result<Self, XmlError> {
        let (mut directive, mut tag_set) = (Field::default(), Field::default());
        while let Some(name) = reader.child()? {
            match name {
                "TaggingDirective" => directive.read(reader, value)?,
                "TagSet" => tag_set.read(reader, tags)?,
                _ => reader.skip()?,
            }
        }
        Ok(Self {
            tagging_directive: directive.optional(),
            tag_set: tag_set.optional().unwrap_or_default(),
        })
    }

    fn encode(&self, writer: &mut Writer) -> Result<(), BuildError> {
        let directive = self.tagging_directive.as_ref().map(Directive::as_str);
        writer.optional("TaggingDirective", directive)?;
        writer.element("TagSet", |writer| write_tags(writer, &self.tag_set))
    }
}

/// The tags of a `TagSet` or of a `NewObjectTagging`.
fn tags<'a>(reader: &mut Reader<'a>) -> Result<Option<Vec<Tag<'a>>>, XmlError> {
    let tag = |reader: &mut Reader<'a>| {
        let (key, value) = key_and_value(reader)?;
        Ok(Tag { key, value })
    };
    reader.list("COSTag", tag).map(Some)
}

fn write_tags(writer: &mut Writer, tags: &[Tag<'_>]) -> Result<(), BuildError> {
    tags.iter().try_for_each(|tag| write_key_and_value(writer, "COSTag", &tag.key, &tag.value))
}

/// A key, which is not empty, and a value, which may be.
fn key_and_value<'a>(
    reader: &mut Reader<'a>,
) -> Result<(std::borrow::Cow<'a, str>, std::borrow::Cow<'a, str>), XmlError> {
    let (mut key, mut value) = (Field::default(), Field::default());
    while let Some(name) = reader.child()? {
        match name {
            "Key" => key.read(reader, text)?,
            "Value" => value.read(reader, text)?,
            _ => reader.skip()?,
        }
    }
    Ok((key.require(reader, "Key")?, value.optional().unwrap_or_default()))
}

fn write_key_and_value(
    writer: &mut Writer,
    element: &str,
    key: &str,
    value: &str,
) -> Result<(), BuildError> {
    writer.element(element, |writer| {
        writer.text("Key", super::required("Key", key)?)?;
        writer.text("Value", value)
    })
}
