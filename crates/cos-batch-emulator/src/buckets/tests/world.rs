//! A folder of buckets, and jobs that run in it

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use cos_batch::time::{Duration, OffsetDateTime};
use cos_batch::{
    InitiateRestoreObject, Job, JobOperation, JobStatus, Manifest, ManifestField, ManifestLocation,
    PutObjectCopy, PutObjectTagging, Report, ReportScope,
};
use md5::{Digest as _, Md5};
use tempfile::TempDir;

use crate::buckets::{Buckets, hex};
use crate::work::{Checkpoint, Outcome, Work};

pub(super) const SRC: &str = "src-1250000000";
pub(super) const DST: &str = "dst-1250000000";

/// A second in which everything happens.
pub(super) fn now() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_700_000_000).unwrap()
}

pub(super) struct World {
    dir: TempDir,
    /// How many jobs there were: each has an id of its own.
    jobs: Cell<u32>,
}

impl World {
    /// Two buckets, `SRC` and `DST`, without an object.
    pub(super) fn new() -> Self {
        // In memory, where there is such a folder: nothing waits for a disk there.
        let dir = TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap();
        let world = Self { dir, jobs: Cell::new(0) };
        world.bucket(SRC).bucket(DST)
    }

    pub(super) fn bucket(self, name: &str) -> Self {
        fs::create_dir(self.path(name)).unwrap();
        self
    }

    /// Has a bucket keep versions, or no longer.
    pub(super) fn versioning(self, bucket: &str, versioning: &str) -> Self {
        let settings = format!(r#"{{ "versioning": "{versioning}" }}"#);
        self.put(&format!(".cosbatch/{bucket}/bucket.json"), settings)
    }

    pub(super) fn put(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.write(path, content);
        self
    }

    /// Writes a file, modified a day ago.
    fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        let yesterday = now() - Duration::days(1);
        File::options().write(true).open(&path).unwrap().set_modified(yesterday.into()).unwrap();
    }

    /// Says what the file of an object in `SRC` cannot hold.
    pub(super) fn sidecar(self, key: &str, json: &str) -> Self {
        self.put(&format!(".cosbatch/{SRC}/objects/{key}.json"), json)
    }

    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    pub(super) fn read(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.path(path)).ok()
    }

    pub(super) fn open(&self) -> Buckets {
        Buckets::open(self.dir.path()).unwrap()
    }

    /// All files and folders by their paths, with what is in them and, where they are objects, the
    /// time of their modification.
    pub(super) fn files(&self) -> BTreeMap<String, String> {
        let mut files = BTreeMap::new();
        collect(self.dir.path(), self.dir.path(), &mut files);
        files.remove(".cosbatch/lock");
        files
    }

    /// A job with this manifest, written to `SRC` first.
    pub(super) fn job(&self, manifest: &str, operation: JobOperation<'static>) -> Job<'static> {
        self.write(&format!("{SRC}/manifest.csv"), manifest);
        let etag = hex(&Md5::digest(manifest));
        let fields = vec![ManifestField::Bucket, ManifestField::Key, ManifestField::VersionId];
        let location = ManifestLocation::new(object_arn(SRC, "manifest.csv"), etag);
        let mut job = job(operation, Manifest::csv(location, fields));
        self.jobs.set(self.jobs.get() + 1);
        job.job_id = format!("job-{}", self.jobs.get()).parse().unwrap();
        job
    }

    /// Runs a job of these rows, and gives back the rows of its report.
    pub(super) fn run(&self, rows: &str, operation: JobOperation<'static>) -> Vec<String> {
        let job = self.job(rows, operation);
        run(&self.open(), &job, 1000).unwrap();
        self.report(&job)
    }

    /// The rows of a job's report, without the bucket: first what succeeded.
    pub(super) fn report(&self, job: &Job<'_>) -> Vec<String> {
        let path = format!("{DST}/reports/job-{}/manifest.json", job.job_id);
        let manifest: serde_json::Value = serde_json::from_str(&self.read(&path).unwrap()).unwrap();
        let mut rows = Vec::new();
        for part in manifest["Results"].as_array().unwrap() {
            let key = part["Key"].as_str().unwrap();
            let text = self.read(&format!("{DST}/{key}")).unwrap();
            assert_eq!(part["MD5Checksum"], hex(&Md5::digest(&text)));
            let rest = |row: &str| row.split_once(',').map_or("", |(_, rest)| rest).to_owned();
            rows.extend(text.lines().map(rest));
        }
        rows
    }
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
        let found = fs::symlink_metadata(&path).unwrap();
        if found.is_dir() {
            collect(root, &path, files);
            files.insert(format!("{name}/"), String::new());
        } else if found.is_file() {
            let modified = OffsetDateTime::from(found.modified().unwrap()).unix_timestamp();
            let content = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
            let is_object = !name.starts_with('.') || name.ends_with(".version");
            let when = if is_object { modified - now().unix_timestamp() } else { 0 };
            files.insert(name, format!("{when}: {content}"));
        }
    }
}

/// A job over a manifest that is there, with a report to `DST`.
pub(super) fn job(operation: JobOperation<'static>, manifest: Manifest<'static>) -> Job<'static> {
    let id = "job".parse().unwrap();
    let mut job = Job::new(id, operation, "1".parse().unwrap(), JobStatus::Active, now());
    job.manifest = Some(manifest);
    let bucket = format!("qcs::cos:ap-chengdu::{DST}").parse().unwrap();
    let mut report = Report::new(bucket, ReportScope::AllTasks);
    report.prefix = Some("reports".into());
    job.report = Some(report);
    job
}

pub(super) fn object_arn(bucket: &str, key: &str) -> cos_batch::ObjectArn<'static> {
    format!("qcs::cos:ap-chengdu::{bucket}/{key}").parse().unwrap()
}

pub(super) fn copy(change: impl FnOnce(&mut PutObjectCopy<'static>)) -> JobOperation<'static> {
    let mut copy = PutObjectCopy::new(format!("qcs::cos:ap-chengdu::{DST}").parse().unwrap());
    change(&mut copy);
    JobOperation::PutObjectCopy(Box::new(copy))
}

pub(super) fn tag(change: impl FnOnce(&mut PutObjectTagging<'static>)) -> JobOperation<'static> {
    let mut tagging = PutObjectTagging::default();
    change(&mut tagging);
    JobOperation::PutObjectTagging(tagging)
}

pub(super) fn restore(days: &str) -> JobOperation<'static> {
    let tier = cos_batch::JobTier::Bulk;
    JobOperation::InitiateRestoreObject(InitiateRestoreObject::new(days.parse().unwrap(), tier))
}

/// Runs a job from its start to its report; or says with what code and for which reason it failed.
pub(super) fn run(
    buckets: &Buckets,
    job: &Job<'static>,
    most: u64,
) -> Result<Checkpoint, (String, String)> {
    let failed = |failure: cos_batch::JobFailure<'_>| {
        let text = |text: Option<std::borrow::Cow<'_, str>>| text.unwrap_or_default().into_owned();
        (text(failure.failure_code), text(failure.failure_reason))
    };
    let job = || Box::new(job.clone());
    let tasks = match buckets.run(&Work::Prepare { job: job() }, now()) {
        Outcome::Prepared { tasks } => tasks,
        Outcome::Failed(failure) => return Err(failed(failure)),
        other => panic!("{other:?}"),
    };
    let mut checkpoint = Checkpoint::default();
    while checkpoint.executed() < tasks {
        let work = Work::Tasks { job: job(), from: checkpoint, most };
        match buckets.run(&work, now()) {
            Outcome::Ran { checkpoint: next } => {
                assert!(next.executed() > checkpoint.executed());
                checkpoint = next;
            }
            Outcome::Failed(failure) => return Err(failed(failure)),
            other => panic!("{other:?}"),
        }
    }
    match buckets.run(&Work::Report { job: job(), checkpoint }, now()) {
        Outcome::Reported => Ok(checkpoint),
        Outcome::Failed(failure) => Err(failed(failure)),
        other => panic!("{other:?}"),
    }
}

/// What differs between the files of two worlds.
pub(super) fn differences(one: &World, other: &World) -> Vec<String> {
    let (one, other) = (one.files(), other.files());
    let paths: BTreeSet<_> = one.keys().chain(other.keys()).collect();
    let differ = paths.into_iter().filter(|&path| one.get(path) != other.get(path));
    differ.map(|path| format!("{path}: {:?} and {:?}", one.get(path), other.get(path))).collect()
}
