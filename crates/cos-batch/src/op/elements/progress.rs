use crate::error::{BuildError, XmlError};
use crate::model::ProgressSummary;
use crate::value::parse_count;
use crate::xml::{Field, Reader, Writer};

impl<'a> ProgressSummary<'a> {
    /// `None` where the element is empty.
    pub(in crate::op) fn decode(reader: &mut Reader<'a>) -> Result<Option<Self>, XmlError> {
        let mut auto_manifest_status = Field::default();
        let mut failed = Field::default();
        let mut succeeded = Field::default();
        let mut total = Field::default();
        let mut empty = true;
        while let Some(name) = reader.child()? {
            empty = false;
            match name {
                "AutoManifestStatus" => {
                    auto_manifest_status.read(reader, |reader| reader.value(Ok))?;
                }
                "NumberOfTasksFailed" => failed.read(reader, |reader| reader.value(parse_count))?,
                "NumberOfTasksSucceeded" => {
                    succeeded.read(reader, |reader| reader.value(parse_count))?;
                }
                "TotalNumberOfTasks" => total.read(reader, |reader| reader.value(parse_count))?,
                _ => reader.skip()?,
            }
        }
        if empty {
            return Ok(None);
        }
        Ok(Some(Self {
            auto_manifest_status: auto_manifest_status.optional(),
            number_of_tasks_failed: failed.require(reader, "NumberOfTasksFailed")?,
            number_of_tasks_succeeded: succeeded.require(reader, "NumberOfTasksSucceeded")?,
            total_number_of_tasks: total.require(reader, "TotalNumberOfTasks")?,
        }))
    }

    pub(in crate::op) fn encode(&self, writer: &mut Writer) -> Result<(), BuildError> {
        writer.element("ProgressSummary", |writer| {
            if let Some(auto_manifest_status) = &self.auto_manifest_status {
                writer.text("AutoManifestStatus", auto_manifest_status)?;
            }
            writer.value("NumberOfTasksFailed", self.number_of_tasks_failed)?;
            writer.value("NumberOfTasksSucceeded", self.number_of_tasks_succeeded)?;
            writer.value("TotalNumberOfTasks", self.total_number_of_tasks)
        })
    }
}
