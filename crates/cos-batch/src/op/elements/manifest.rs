use super::{AtMost, required, value};
use crate::error::{BuildError, XmlError, XmlErrorKind};
use crate::model::{Manifest, ManifestField, ManifestFormat, ManifestLocation, ManifestSpec};
use crate::value::ValueError;
use crate::xml::{Field, Reader, Writer};

const COLUMNS: &str = "columns with Bucket and Key among them";

impl<'a> Manifest<'a> {
    pub(in crate::op) fn decode(reader: &mut Reader<'a>) -> Result<Self, XmlError> {
        let (mut location, mut spec) = (Field::default(), Field::default());
        while let Some(name) = reader.child()? {
            match name {
                "Location" => {
                    location.read(reader, |reader| ManifestLocation::decode(reader).map(Some))?;
                }
                "Spec" => spec.read(reader, |reader| ManifestSpec::decode(reader).map(Some))?,
                _ => reader.skip()?,
            }
        }
        Ok(Self {
            location: location.require(reader, "Location")?,
            spec: spec.require(reader, "Spec")?,
        })
    }

    pub(in crate::op) fn encode(&self, writer: &mut Writer) -> Result<(), BuildError> {
        writer.element("Manifest", |writer| {
            self.location.encode(writer)?;
            self.spec.encode(writer)
        })
    }
}

impl<'a> ManifestLocation<'a> {
    fn decode(reader: &mut Reader<'a>) -> Result<Self, XmlError> {
        let (mut etag, mut object_arn, mut version) =
            (Field::default(), Field::default(), Field::default());
        while let Some(name) = reader.child()? {
            match name {
                "ETag" => etag.read(reader, |reader| AtMost::BYTES_1024.read(reader))?,
                "ObjectArn" => object_arn.read(reader, value)?,
                "ObjectVersionId" => {
                    version.read(reader, |reader| AtMost::BYTES_1024.read(reader))?
                }
                _ => reader.skip()?,
            }
        }
        Ok(Self {
            etag: etag.require(reader, "ETag")?,
            object_arn: object_arn.require(reader, "ObjectArn")?,
            object_version_id: version.optional(),
        })
    }

    fn encode(&self, writer: &mut Writer) -> Result<(), BuildError> {
        writer.element("Location", |writer| {
            AtMost::BYTES_1024.write(writer, "ETag", Some(required("ETag", &self.etag)?))?;
            writer.text("ObjectArn", self.object_arn.as_str())?;
            AtMost::BYTES_1024.write(writer, "ObjectVersionId", self.object_version_id.as_deref())
        })
    }
}

impl ManifestSpec {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, XmlError> {
        let (mut fields, mut format) = (Field::default(), Field::default());
        while let Some(name) = reader.child()? {
            match name {
                "Fields" => fields.read(reader, |reader| {
                    let fields = reader.list("member", |reader| {
                        let field: Option<ManifestField> = value(reader)?;
                        field.ok_or_else(|| reader.left(XmlErrorKind::Missing))
                    })?;
                    Ok(Some(fields))
                })?,
                "Format" => format.read(reader, value)?,
                _ => reader.skip()?,
            }
        }
        let fields: Vec<_> = fields.optional().unwrap_or_default();
        let spec = Self { fields, format: format.require(reader, "Format")? };
        match spec.check() {
            Ok(()) => Ok(spec),
            Err(error) => Err(reader.left(XmlErrorKind::BadValue(error))),
        }
    }

    fn encode(&self, writer: &mut Writer) -> Result<(), BuildError> {
        self.check().map_err(|error| BuildError::Value { name: "Fields", error })?;
        writer.element("Spec", |writer| {
            if !self.fields.is_empty() {
                writer.element("Fields", |writer| {
                    self.fields.iter().try_for_each(|field| writer.text("member", field.as_str()))
                })?;
            }
            writer.text("Format", self.format.as_str())
        })
    }

    /// Are there the columns that a hand-made list needs?
    fn check(&self) -> Result<(), ValueError> {
        let needs_columns = self.format == ManifestFormat::CosBatchOperationsCsvV1;
        let has = |field| self.fields.contains(&field);
        if needs_columns && !(has(ManifestField::Bucket) && has(ManifestField::Key)) {
            let names: Vec<_> = self.fields.iter().map(ManifestField::as_str).collect();
            return Err(ValueError::new(COLUMNS, &names.join(",")));
        }
        Ok(())
    }
}
