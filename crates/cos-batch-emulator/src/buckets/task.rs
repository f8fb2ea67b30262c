//! One task: what a job does to one object
//!
//! A task is decided first and done afterwards. To decide reads and changes nothing; what was
//! decided is written down before it is done, so that a task which is run again after a crash ends
//! as it would have ended.

mod copy;
mod restore;
mod tagging;

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs::File;
use std::io::{self, ErrorKind};
use std::rc::Rc;

use cos_batch::time::OffsetDateTime;
use cos_batch::{JobId, JobOperation};
use cos_batch_csv::ManifestRow;
use serde::{Deserialize, Serialize};

use super::bucket::{Bucket, Disk};
use super::folder::FileError;
use super::object::{Object, Version, VersionId};

/// Why a task failed, as its row of the report says it
///
/// Which codes COS has is undocumented: these are the emulator's own, after the errors that an
/// object's own call would be answered with.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(super) struct TaskError {
    pub(super) code: Cow<'static, str>,
    pub(super) status: u16,
    pub(super) message: String,
}

impl TaskError {
    pub(super) fn new(code: &'static str, status: u16, message: impl Into<String>) -> Self {
        Self { code: code.into(), status, message: message.into() }
    }
}

impl From<FileError> for TaskError {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Missing => Self::new("NoSuchKey", 404, "there is no such object"),
            FileError::Folder => {
                let message = "a folder is where the object's file would be";
                Self::new("KeyConflict", 409, message)
            }
            FileError::Blocked => {
                let message = "a file is where a folder of the object's path would be";
                Self::new("KeyConflict", 409, message)
            }
            FileError::Link => {
                let message = "a link is on the way to the object: links are not followed";
                Self::new("AccessDenied", 403, message)
            }
            FileError::Special => Self::new("AccessDenied", 403, "this is no file"),
            FileError::TooLong => {
                Self::new("KeyTooLong", 400, "the file system has no names that long")
            }
            FileError::Io(error) if error.kind() == ErrorKind::PermissionDenied => {
                Self::new("AccessDenied", 403, "the file system does not permit it")
            }
            FileError::Io(error) => Self::new("InternalError", 500, error.to_string()),
        }
    }
}

impl From<io::Error> for TaskError {
    fn from(error: io::Error) -> Self {
        FileError::from(error).into()
    }
}

/// A task, decided
pub(super) struct Plan<'d> {
    /// The status that it is answered with.
    pub(super) status: u16,
    bucket: Rc<Bucket<'d>>,
    object: Object,
    change: Change,
}

enum Change {
    /// Put this content with these attributes.
    Put { source: File, version: Box<Version>, now: OffsetDateTime },
    /// Delete this version, or what the bucket's versioning says.
    Delete { version_id: Option<String> },
    /// Its attributes are others.
    Attributes,
}

/// What runs the tasks of one turn
pub(super) struct Tasks<'d, 'j> {
    disk: &'d Disk,
    job_id: &'j JobId<'static>,
    operation: &'j JobOperation<'static>,
    now: OffsetDateTime,
    buckets: HashMap<String, Rc<Bucket<'d>>>,
}

impl<'d, 'j> Tasks<'d, 'j> {
    pub(super) fn new(
        disk: &'d Disk,
        job_id: &'j JobId<'static>,
        operation: &'j JobOperation<'static>,
        now: OffsetDateTime,
    ) -> Self {
        Self { disk, job_id, operation, now, buckets: HashMap::new() }
    }

    /// Decides a task
    ///
    /// With `again` the task was decided before, to be done, and perhaps it was: what it depends on
    /// may be its own work, and is not looked at again.
    pub(super) fn plan(
        &mut self,
        row: &ManifestRow<'_>,
        again: bool,
    ) -> Result<Plan<'d>, TaskError> {
        let bucket = self.bucket(&row.bucket)?;
        let object = bucket.load(&row.key)?;
        let version_id = row.version_id.as_deref();
        match self.operation {
            JobOperation::PutObjectCopy(copy) => {
                let target = self.bucket(copy.target_resource.bucket())?;
                copy::plan(copy, row, (&bucket, &object), target, self.now, again)
            }
            JobOperation::DeleteObject => {
                let change = Change::Delete { version_id: version_id.map(str::to_owned) };
                Ok(Plan { status: 204, bucket, object, change })
            }
            JobOperation::InitiateRestoreObject(restore) => {
                let place = object.find(version_id)?;
                restore::plan(restore, bucket, object, place, self.now, again)
            }
            JobOperation::PutObjectTagging(tagging) => {
                let place = object.find(version_id)?;
                tagging::plan(tagging, bucket, object, place)
            }
            _ => Err(TaskError::new("NotImplemented", 501, "nobody knows this operation")),
        }
    }

    /// Does the task with this number.
    pub(super) fn run(&self, plan: Plan<'d>, task: u64) -> Result<(), TaskError> {
        let Plan { bucket, mut object, change, .. } = plan;
        // Always the same for the same task.
        let id = VersionId::of_task(self.job_id, task);
        match change {
            Change::Put { mut source, version, now } => {
                bucket.put(object, &mut source, *version, id, now)
            }
            Change::Delete { version_id } => bucket.delete(object, version_id.as_deref(), id),
            Change::Attributes => bucket.save(&mut object),
        }
    }

    fn bucket(&mut self, name: &str) -> Result<Rc<Bucket<'d>>, TaskError> {
        match self.buckets.entry(name.to_owned()) {
            Entry::Occupied(entry) => Ok(Rc::clone(entry.get())),
            Entry::Vacant(entry) => {
                let bucket = Rc::new(self.disk.bucket(name)?);
                Ok(Rc::clone(entry.insert(bucket)))
            }
        }
    }
}
