use super::{AtMost, boolean, value};
use crate::error::{BuildError, XmlError};
use crate::model::{Report, ReportFormat, ReportScope};
use crate::value::ValueError;
use crate::xml::{Field, Reader, Writer};

impl<'a> Report<'a> {
    /// Where there is a report, all of it must be there; where there is none, all but `Enabled` may
    /// be absent.
    pub(in crate::op) fn decode(reader: &mut Reader<'a>) -> Result<Self, XmlError> {
        let (mut bucket, mut enabled, mut format) =
            (Field::default(), Field::default(), Field::default());
        let (mut prefix, mut report_scope) = (Field::default(), Field::default());
        while let Some(name) = reader.child()? {
            match name {
                "Bucket" => bucket.read(reader, value)?,
                "Enabled" => enabled.read(reader, boolean)?,
                "Format" => format.read(reader, value)?,
                "Prefix" => prefix.read(reader, |reader| AtMost::BYTES_256.read(reader))?,
                "ReportScope" => report_scope.read(reader, value)?,
                _ => reader.skip()?,
            }
        }
        let report = Self {
            bucket: bucket.optional(),
            enabled: enabled.require(reader, "Enabled")?,
            format: format.optional(),
            prefix: prefix.optional(),
            report_scope: report_scope.optional(),
        };
        match report.lacking() {
            Some(name) => Err(reader.missing(name)),
            None => Ok(report),
        }
    }

    pub(in crate::op) fn encode(&self, writer: &mut Writer) -> Result<(), BuildError> {
        if let Some(name) = self.lacking() {
            let error = ValueError::new("a value, for the report is enabled", "");
            return Err(BuildError::Value { name, error });
        }
        writer.element("Report", |writer| {
            writer.optional("Bucket", self.bucket.as_ref().map(AsRef::as_ref))?;
            writer.value("Enabled", self.enabled)?;
            writer.optional("Format", self.format.as_ref().map(ReportFormat::as_str))?;
            AtMost::BYTES_256.write(writer, "Prefix", self.prefix.as_deref())?;
            writer.optional("ReportScope", self.report_scope.as_ref().map(ReportScope::as_str))
        })
    }

    /// The element that an enabled report needs and does not have.
    fn lacking(&self) -> Option<&'static str> {
        let parts = [
            ("Bucket", self.bucket.is_some()),
            ("Format", self.format.is_some()),
            ("ReportScope", self.report_scope.is_some()),
        ];
        parts.into_iter().find(|(_, is_there)| self.enabled && !is_there).map(|(name, _)| name)
    }
}
