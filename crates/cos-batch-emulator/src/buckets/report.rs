//! The report of a job: its parts while the job runs, its objects when it has ended
//!
//! The parts, one of what succeeded and one of what failed, grow beside the buckets. When the job
//! ends they become objects of the report's bucket, and after them the `manifest.json` that names
//! them: where that is, the report is whole.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

use cos_batch::time::{OffsetDateTime, UtcOffset};
use cos_batch::{Job, JobFailure, JobId, Report, ReportFormat, ReportScope};
use cos_batch_csv::{ManifestRow, REPORT_SCHEMA, ReportRow, ReportWriter, TaskStatus};
use serde::Serialize;
use sha1::{Digest as _, Sha1};

use super::bucket::{Bucket, Disk};
use super::failure::{Code, failure};
use super::folder::{FileError, Folder, step};
use super::hex;
use super::journal::{Answer, append};
use super::manifest::md5;
use super::object::{Version, VersionId};
use super::task::TaskError;
use crate::work::{Checkpoint, ReportLengths};

/// How much of a part is held back before it is written.
const BUFFER: usize = 64 * 1024;

/// The parts of a report that is growing
#[derive(Debug)]
pub(super) struct Parts {
    writer: ReportWriter,
    succeeded: Option<Part>,
    failed: Option<Part>,
}

/// A part, of which some is held back
#[derive(Debug)]
struct Part {
    file: File,
    /// How long it is, and how long it was when it was last brought to the disk.
    length: u64,
    synced: u64,
    held: Vec<u8>,
}

impl Parts {
    /// The parts as they were at a checkpoint; what was written since is cut off.
    pub(super) fn open(
        folder: &Folder,
        report: Option<&Report<'_>>,
        lengths: ReportLengths,
    ) -> io::Result<Self> {
        let mut parts = Self { writer: ReportWriter::new(), succeeded: None, failed: None };
        let Some(report) = report.filter(|report| report.enabled) else { return Ok(parts) };
        if report.report_scope != Some(ReportScope::FailedTasksOnly) {
            parts.succeeded = Some(Part::open(folder, &TaskStatus::Succeeded, lengths.succeeded)?);
        }
        parts.failed = Some(Part::open(folder, &TaskStatus::Failed, lengths.failed)?);
        Ok(parts)
    }

    /// Adds the row of a task.
    pub(super) fn push(&mut self, object: &ManifestRow<'_>, answer: &Answer) -> io::Result<()> {
        let (part, status) = match answer {
            Ok(_) => (&mut self.succeeded, TaskStatus::Succeeded),
            Err(_) => (&mut self.failed, TaskStatus::Failed),
        };
        let Some(part) = part else { return Ok(()) };
        let mut row = ReportRow::new(&*object.bucket, &*object.key, status);
        row.version_id = object.version_id.as_deref().map(Into::into);
        match answer {
            Ok(status) => row.http_status_code = Some(*status),
            Err(error) => {
                row.http_status_code = Some(error.status);
                row.error_code = Some((&*error.code).into());
                row.result_message = Some((&*error.message).into());
            }
        }
        self.writer.write(&row, &mut part.held).map_err(io::Error::other)?;
        if part.held.len() >= BUFFER { part.write() } else { Ok(()) }
    }

    /// Brings the parts to the disk, where they survive what may come: how long are they?
    pub(super) fn sync(&mut self) -> io::Result<ReportLengths> {
        let mut lengths = ReportLengths::default();
        let parts = [
            (&mut self.succeeded, &mut lengths.succeeded),
            (&mut self.failed, &mut lengths.failed),
        ];
        for (part, length) in parts {
            let Some(part) = part else { continue };
            part.write()?;
            if part.length > part.synced {
                part.file.sync_data()?;
                part.synced = part.length;
            }
            *length = part.length;
        }
        Ok(lengths)
    }
}

impl Part {
    fn open(folder: &Folder, status: &TaskStatus, length: u64) -> io::Result<Self> {
        let mut file = cut(folder, status, length)?;
        file.seek(SeekFrom::End(0))?;
        Ok(Self { file, length, synced: length, held: Vec::new() })
    }

    fn write(&mut self) -> io::Result<()> {
        if !self.held.is_empty() {
            append(&mut self.file, &self.held)?;
            self.length += self.held.len() as u64;
            self.held.clear();
        }
        Ok(())
    }
}

/// A part with what was written behind its length cut off.
fn cut(folder: &Folder, status: &TaskStatus, length: u64) -> io::Result<File> {
    let name = part_name(status);
    let file =
        folder.edit(&name).map_err(|error| io::Error::other(TaskError::from(error).message))?;
    let found = file.metadata()?.len();
    if found < length {
        let why = format!("{name} has {found} bytes of {length}: somebody changed it");
        return Err(io::Error::other(why));
    }
    step();
    file.set_len(length)?;
    Ok(file)
}

fn part_name(status: &TaskStatus) -> String {
    format!("{status}.csv")
}

/// Where the objects of a report go
pub(super) struct Place<'d> {
    bucket: Bucket<'d>,
    name: String,
    /// The keys begin with this.
    prefix: String,
}

impl<'d> Place<'d> {
    /// The place of an enabled report, if it can be written there.
    pub(super) fn find(
        disk: &'d Disk,
        job_id: &JobId<'_>,
        report: &Report<'_>,
    ) -> Result<Self, JobFailure<'static>> {
        let name = report.bucket.as_ref().map(|arn| arn.bucket().to_owned()).unwrap_or_default();
        let bucket = disk.bucket(&name).map_err(|error| not_writable(&error))?;
        let prefix = match report.prefix.as_deref() {
            None | Some("") => format!("job-{job_id}/"),
            Some(prefix) => format!("{}/job-{job_id}/", prefix.strip_suffix('/').unwrap_or(prefix)),
        };
        let place = Self { bucket, name, prefix };
        place.bucket.load(&place.manifest_key()).map_err(|error| not_writable(&error))?;
        Ok(place)
    }

    fn manifest_key(&self) -> String {
        format!("{}manifest.json", self.prefix)
    }

    fn part_key(&self, job_id: &JobId<'_>, status: &TaskStatus) -> String {
        let digest = Sha1::digest(format!("{job_id}/{status}"));
        format!("{}results/{}.csv", self.prefix, hex(&digest))
    }

    fn put(
        &self,
        key: &str,
        content: &mut (impl Read + Seek),
        job_id: &JobId<'_>,
        now: OffsetDateTime,
    ) -> Result<(), TaskError> {
        let id = VersionId::of_task(job_id, 0);
        self.bucket.put(self.bucket.load(key)?, content, Version::default(), id, now)
    }
}

/// A `manifest.json` of a report
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Manifest<'a> {
    format: &'a str,
    report_creation_date: String,
    results: Vec<Results<'a>>,
    report_schema: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Results<'a> {
    task_execution_status: &'a str,
    bucket: &'a str,
    #[serde(rename = "MD5Checksum")]
    md5_checksum: String,
    key: String,
}

/// Makes objects of the parts, unless that has been done.
pub(super) fn publish(
    disk: &Disk,
    folder: &Folder,
    job: &Job<'_>,
    checkpoint: &Checkpoint,
    now: OffsetDateTime,
) -> Result<(), JobFailure<'static>> {
    let Some(report) = job.report.as_ref().filter(|report| report.enabled) else { return Ok(()) };
    let place = Place::find(disk, &job.job_id, report)?;
    let refused = |error: TaskError| not_writable(&error);
    let lost = |error: io::Error| not_writable(&error.into());
    let manifest_key = place.manifest_key();
    if place.bucket.load(&manifest_key).map_err(refused)?.find(None).is_ok() {
        return Ok(());
    }
    let parts = [
        (TaskStatus::Succeeded, checkpoint.report.succeeded),
        (TaskStatus::Failed, checkpoint.report.failed),
    ];
    let mut results = Vec::new();
    for (status, length) in parts.iter().filter(|(_, length)| *length > 0) {
        let mut part = cut(folder, status, *length).map_err(lost)?;
        let key = place.part_key(&job.job_id, status);
        let md5_checksum = md5(&mut part).map_err(lost)?;
        place.put(&key, &mut part, &job.job_id, now).map_err(refused)?;
        let task_execution_status = status.as_str();
        results.push(Results { task_execution_status, bucket: &place.name, md5_checksum, key });
    }
    let manifest = Manifest {
        format: ReportFormat::ReportCsvV1.as_str(),
        report_creation_date: in_milliseconds(now),
        results,
        report_schema: REPORT_SCHEMA,
    };
    let text = serde_json::to_vec_pretty(&manifest).map_err(|error| lost(error.into()))?;
    let mut text = Cursor::new(text);
    place.put(&manifest_key, &mut text, &job.job_id, now).map_err(refused)
}

/// Removes what was kept of a job's tasks.
pub(super) fn clear(folder: &Folder) -> Result<(), FileError> {
    for status in [TaskStatus::Succeeded, TaskStatus::Failed] {
        folder.remove(&part_name(&status))?;
    }
    Ok(())
}

/// A time as ISO 8601 has it, with milliseconds.
fn in_milliseconds(time: OffsetDateTime) -> String {
    let time = time.to_offset(UtcOffset::UTC);
    let (date, hour) = (time.date(), time.hour());
    let (minute, second, millisecond) = (time.minute(), time.second(), time.millisecond());
    format!("{date}T{hour:02}:{minute:02}:{second:02}.{millisecond:03}Z")
}

fn not_writable(error: &TaskError) -> JobFailure<'static> {
    let why = format!("the report cannot be written: {}: {}", error.code, error.message);
    failure(Code::ReportNotWritable, why)
}
