//! Work on folders: each bucket a folder, each object a file

mod bucket;
mod failure;
mod folder;
mod journal;
mod key;
mod manifest;
mod object;
mod report;
mod task;

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::{fmt, io};

use cos_batch::time::OffsetDateTime;
use cos_batch::{Job, JobFailure, JobId, JobOperation};
use cos_batch_csv::ManifestRow;

use self::bucket::Disk;
use self::failure::{Code, failure};
use self::folder::{FileError, Folder};
use self::journal::{Answer, Journal, Known};
use self::manifest::Rows;
use self::report::Parts;
use self::task::{TaskError, Tasks};
use crate::work::{Checkpoint, Outcome, Work};

/// The most tasks of one turn, whatever is asked for.
const TURN: u64 = 10_000;

/// How many manifests stay open between turns.
const OPEN: usize = 8;

/// Buckets that are folders, and the work on them: manifests are really read, objects really copied,
/// deleted, tagged and restored, reports really written
///
/// ```
/// use cos_batch::time::OffsetDateTime;
/// use cos_batch::{Job, JobOperation, JobStatus, Manifest, ManifestField, ManifestLocation};
/// use cos_batch_emulator::Buckets;
/// use cos_batch_emulator::work::{Checkpoint, Outcome, Work};
///
/// # let folder = tempfile::tempdir()?;
/// # let folder = folder.path();
/// let bucket = folder.join("src-1250000000");
/// std::fs::create_dir(&bucket)?;
/// std::fs::write(bucket.join("old.log"), "no longer needed")?;
/// std::fs::write(bucket.join("manifest.csv"), "src-1250000000,old.log\n")?;
///
/// let arn = "qcs::cos:ap-chengdu::src-1250000000/manifest.csv".parse()?;
/// let location = ManifestLocation::new(arn, "9bd5d0a58d3dd523b225cba211beaeb7");
/// let manifest = Manifest::csv(location, [ManifestField::Bucket, ManifestField::Key]);
/// let now = OffsetDateTime::now_utc();
/// let (id, operation) = ("job-1".parse()?, JobOperation::DeleteObject);
/// let mut job = Job::new(id, operation, "10".parse()?, JobStatus::Active, now);
/// job.manifest = Some(manifest);
///
/// let buckets = Buckets::open(folder)?;
/// let outcome = buckets.run(&Work::Prepare { job: Box::new(job.clone()) }, now);
/// assert_eq!(outcome, Outcome::Prepared { tasks: 1 });
/// let tasks = Work::Tasks { job: Box::new(job), from: Checkpoint::default(), most: 1000 };
/// let Outcome::Ran { checkpoint } = buckets.run(&tasks, now) else { panic!("it runs") };
/// assert_eq!((checkpoint.succeeded, checkpoint.failed), (1, 0));
/// assert!(!bucket.join("old.log").exists());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # The folder
///
/// ```text
/// DIR/src-1250000000/photos/a.jpg                         the object photos/a.jpg
/// DIR/.cosbatch/src-1250000000/objects/photos/a.jpg.json  what its file cannot hold: its sidecar
/// DIR/.cosbatch/src-1250000000/objects/photos/a.jpg.ID.version    an older version's content
/// DIR/.cosbatch/src-1250000000/bucket.json                what is set for the bucket
/// DIR/.cosbatch/jobs/JOB/                                 a job that runs
/// ```
///
/// A bucket is a folder named `name-appid`; nobody but you makes one. Any file put into it is an
/// object of class `STANDARD` whose ETag is the MD5 of its content, as that of an object uploaded
/// in one piece, and whose time of modification is the file's. A key is the path of its file; a
/// part of it that cannot be a name is written as
///
/// | part of a key | name |
/// | --- | --- |
/// | nothing, as in `a//b` and at the end of `a/` | `%2F` |
/// | `.` | `%2E` |
/// | `%` with two hexadecimal digits behind it | `%25` and these digits |
///
/// A file system that does not tell `A` from `a` does not tell such keys apart either. In `.cosbatch`
/// a folder whose name ends in `.json` or `.version` has `%2E` for that dot.
///
/// A sidecar is JSON, is there only where there is something to say, and may be written by hand.
/// All of it is optional; a name that is not among these makes it unreadable:
///
/// ```json
/// {
///   "storage_class": "ARCHIVE",
///   "restored_until": "2023-11-15T22:13:20Z",
///   "headers": { "Content-Type": "text/plain", "x-cos-meta-color": "red" },
///   "tags": { "team": "logs" },
///   "acl": "public-read",
///   "grants": [{
///     "grantee": { "identifier": "qcs::cam::uin/1:uin/2", "type_identifier": "ID" },
///     "permission": "READ"
///   }],
///   "etag": "one that is not the MD5 of the content",
///   "version_id": "null",
///   "delete_marker": false,
///   "older": ["the other versions, newest first, each with what stands above"]
/// }
/// ```
///
/// The settings of a bucket say whether it keeps versions, `{ "versioning": "Enabled" }` or
/// `"Suspended"`; without them it never did. Not kept are the times of delete markers; who may do
/// what is kept and never looked at; and nothing is encrypted.
///
/// # Manifests
///
/// A manifest is known by its ETag, whose quotes do not count; the files of an inventory by their
/// checksums. A row that is malformed makes the whole job fail before any task ran, with its row
/// and byte; a manifest that was changed is noticed when it is opened again.
///
/// Regions are not looked at: a bucket is where its name is.
///
/// # Tasks
///
/// | operation | what the docs do not say, and what is done here |
/// | --- | --- |
/// | copy | a directive that is not given is `Copy`, but for an access control list that is given; a key without `ResourcesPrefix` fails; 5 GB are 5 × 2³⁰ bytes; times are compared in whole seconds; what is archived and not restored fails |
/// | delete | what is not there is deleted; a bucket without versions takes any version id for the object's |
/// | tagging | a directive that is not given is `Replaced`; two tags with one key fail |
/// | restore | only classes that end in `ARCHIVE` can be restored, and are at once; anything else fails |
///
/// A row of an inventory is a task like any other, be it one of a delete marker. A task that
/// succeeded has the status 200, of a deletion 204, of a restoration 202, or 200 where the object
/// was restored before.
///
/// What a failed task is told, in the codes of the emulator's own, for COS's are undocumented:
///
/// | code | status | when |
/// | --- | --- | --- |
/// | `NoSuchBucket`, `NoSuchKey`, `NoSuchVersion` | 404 | it is not there |
/// | `MethodNotAllowed` | 405 | the version is a delete marker |
/// | `PreconditionFailed` | 412 | the time of modification is a wrong one |
/// | `InvalidObjectState` | 403 | the class is a wrong one |
/// | `EntityTooLarge` | 400 | more than 5 GB |
/// | `InvalidTag` | 400 | too many tags, too long, twice the same |
/// | `InvalidArgument` | 400 | a directive that nobody knows, a key that begins with `/` or has a part `..` or a NUL |
/// | `KeyTooLong` | 400 | more than 1024 bytes, or than the file system takes |
/// | `KeyConflict` | 409 | a file is where a folder would be, or a folder where a file would be |
/// | `AccessDenied` | 403 | a link is on the way, or what is there is no file, or the file system refuses |
/// | `InternalError` | 500 | the sidecar cannot be read, or the disk does not do what it should |
///
/// No link is followed, whatever it leads to: nothing is read or written outside the folder.
///
/// And a failed job, in its `FailureCode`: `ManifestNotFound`, `ManifestNotReadable`,
/// `ManifestETagMismatch`, `ManifestChecksumMismatch`, `ManifestMalformed`, `OperationUnknown`,
/// `ReportNotWritable`, `InternalError`.
///
/// # Crashes
///
/// The process may end at any moment. Work that is asked for again from the last checkpoint comes
/// to the same end, in the buckets and in the report, byte for byte; a turn may be asked for again
/// until the one behind it has been. Rows of the report are on the disk before a checkpoint is
/// handed out, and what is kept of a job is removed with its report; of a job without one, the
/// answers of its last turn stay. Objects are not forced onto it one by one: where the whole machine fails, some that
/// were told to be done may be as they were.
///
/// Work is done one piece at a time, whoever asks.
pub struct Buckets {
    state: Mutex<State>,
}

struct State {
    disk: Disk,
    /// Manifests that were read up to the end of a turn, so that the next turn need not read an
    /// inventory from its start. The one used last is the last.
    open: Vec<(JobId<'static>, Rows)>,
}

impl Buckets {
    /// The buckets in a folder.
    ///
    /// # Errors
    ///
    /// Where there is no such folder, where nothing can be written in it, and where another
    /// service works in it.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        let state = State { disk: Disk::open(path.as_ref())?, open: Vec::new() };
        Ok(Self { state: Mutex::new(state) })
    }

    /// Does a piece of work; `now` is the time that it leaves on what it changes.
    pub fn run(&self, work: &Work, now: OffsetDateTime) -> Outcome {
        // A panic leaves nothing behind that the next piece of work would not look at again.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let outcome = match work {
            Work::Prepare { job } => state.prepare(job),
            Work::Tasks { job, from, most } => state.turn(job, *from, *most, now),
            Work::Report { job, checkpoint } => state.report(job, checkpoint, now),
        };
        outcome.unwrap_or_else(Outcome::Failed)
    }
}

impl fmt::Debug for Buckets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Buckets").finish_non_exhaustive()
    }
}

impl State {
    fn prepare(&mut self, job: &Job<'static>) -> Result<Outcome, JobFailure<'static>> {
        if let JobOperation::Other(other) = &job.operation {
            let why = format!("{} is no operation that is known here", other.name());
            return Err(failure(Code::OperationUnknown, why));
        }
        if let Some(report) = job.report.as_ref().filter(|report| report.enabled) {
            report::Place::find(&self.disk, &job.job_id, report)?;
        }
        let rows = Rows::open(&self.disk, job.manifest.as_ref(), Default::default())?;
        Ok(Outcome::Prepared { tasks: rows.count(&self.disk)? })
    }

    fn turn(
        &mut self,
        job: &Job<'static>,
        from: Checkpoint,
        most: u64,
        now: OffsetDateTime,
    ) -> Result<Outcome, JobFailure<'static>> {
        let place = self.open.iter().position(|(job_id, _)| *job_id == job.job_id);
        let open = place.map(|place| self.open.remove(place).1);
        let mut rows = match open.filter(|rows| rows.place() == from.place) {
            Some(rows) => rows,
            None => Rows::open(&self.disk, job.manifest.as_ref(), from.place)?,
        };
        let folder = self.job_folder(job)?;
        let mut journal = Journal::open(&folder, from.executed()).map_err(lost)?;
        let mut parts = Parts::open(&folder, job.report.as_ref(), from.report)
            .map_err(|error| lost(error.into()))?;
        let mut tasks = Tasks::new(&self.disk, &job.job_id, &job.operation, now);

        let mut checkpoint = from;
        for _ in 0..most.min(TURN) {
            let Some(row) = rows.next(&self.disk)? else { break };
            let task = checkpoint.executed().saturating_add(1);
            let answer = run(&mut tasks, &mut journal, task, &row)
                .and_then(|answer| parts.push(&row, &answer).map(|()| answer))
                .map_err(|error| lost(error.into()))?;
            match answer {
                Ok(_) => checkpoint.succeeded += 1,
                Err(_) => checkpoint.failed += 1,
            }
        }
        checkpoint.place = rows.place();
        checkpoint.report = parts.sync().map_err(|error| lost(error.into()))?;

        self.open.push((job.job_id.clone(), rows));
        if self.open.len() > OPEN {
            self.open.remove(0);
        }
        Ok(Outcome::Ran { checkpoint })
    }

    fn report(
        &mut self,
        job: &Job<'static>,
        checkpoint: &Checkpoint,
        now: OffsetDateTime,
    ) -> Result<Outcome, JobFailure<'static>> {
        self.open.retain(|(job_id, _)| *job_id != job.job_id);
        let folder = self.job_folder(job)?;
        report::publish(&self.disk, &folder, job, checkpoint, now)?;
        report::clear(&folder).and_then(|()| Journal::clear(&folder)).map_err(lost)?;
        self.disk.kept.prune(&format!("{}/-", job_path(job)));
        Ok(Outcome::Reported)
    }

    /// What is kept of a job while it runs.
    fn job_folder(&self, job: &Job<'static>) -> Result<Folder, JobFailure<'static>> {
        self.disk.kept.make_folder(&job_path(job)).map_err(lost)
    }
}

fn job_path(job: &Job<'_>) -> String {
    format!("jobs/{}", job.job_id)
}

/// Runs a task, or goes on with it where it was left.
fn run(
    tasks: &mut Tasks<'_, '_>,
    journal: &mut Journal,
    task: u64,
    row: &ManifestRow<'_>,
) -> io::Result<Answer> {
    let known = journal.take(task);
    let again = matches!(known, Known::Decided(_));
    let plan = match known {
        Known::Done(answer) => return Ok(answer),
        Known::Nothing | Known::Decided(_) => tasks.plan(row, again),
    };
    let answer = match (plan, known) {
        (Ok(plan), Known::Decided(status)) => tasks.run(plan, task).map(|()| status),
        (Ok(plan), _) => {
            let status = plan.status;
            journal.write(task, &Ok(status))?;
            tasks.run(plan, task).map(|()| status)
        }
        (Err(error), _) => Err(error),
    };
    if answer.is_err() {
        // In place of what was decided, if anything was.
        journal.write(task, &answer)?;
    }
    Ok(answer)
}

/// What the runner itself needs on the disk is not to be had.
fn lost(error: FileError) -> JobFailure<'static> {
    let TaskError { code, message, .. } = error.into();
    failure(Code::InternalError, format!("what is kept of the job: {code}: {message}"))
}

/// Bytes as hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

#[cfg(test)]
mod tests;
