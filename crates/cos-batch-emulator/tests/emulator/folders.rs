//! Jobs of an engine on folders of buckets, and restarts of both

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use cos_batch::{Job, JobId, JobOperation, JobStatus, PutObjectCopy, RequestedJobStatus};
use cos_batch_emulator::{Buckets, Record};
use md5::{Digest as _, Md5};
use tempfile::TempDir;

use crate::stage::{Stage, create, outside};

/// An engine and buckets, and what survives them: the folder and the records of the jobs
struct World {
    folder: TempDir,
    records: BTreeMap<String, Record>,
    stage: Stage,
    buckets: Option<Buckets>,
}

/// The objects `logs/0` to `logs/6`, and a list of them and of one that is not there.
fn world() -> World {
    let folder = TempDir::new().unwrap();
    let logs = folder.path().join("src-1250000000/logs");
    fs::create_dir_all(&logs).unwrap();
    (0..7).for_each(|n| fs::write(logs.join(n.to_string()), n.to_string()).unwrap());
    let rows: String = (0..8).map(|n| format!("src-1250000000,logs/{n}\n")).collect();
    fs::write(folder.path().join("src-1250000000/list.csv"), rows).unwrap();
    let mut settings = outside();
    settings.tasks_per_turn = 3;
    let buckets = Some(Buckets::open(folder.path()).unwrap());
    World { folder, records: BTreeMap::new(), stage: Stage::new(settings), buckets }
}

impl World {
    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A copy of these objects to `new/`.
    fn copy(&mut self) -> JobId<'static> {
        let rows = fs::read(self.path().join("src-1250000000/list.csv")).unwrap();
        let mut create = create("copy");
        let etag: String = Md5::digest(rows).iter().map(|byte| format!("{byte:02x}")).collect();
        create.manifest.location.etag = format!("\"{etag}\"").into();
        let mut copy = PutObjectCopy::new("qcs::cos:ap-chengdu::src-1250000000".parse().unwrap());
        copy.prefix_replace = Some(true);
        copy.resources_prefix = Some("logs/".into());
        copy.target_key_prefix = Some("new/".into());
        create.operation = JobOperation::PutObjectCopy(Box::new(copy));
        let job_id = self.stage.create(&create);
        self.keep();
        job_id
    }

    /// Keeps what must be durable.
    fn keep(&mut self) {
        for change in self.stage.engine.take_changes() {
            match change.record {
                Some(record) => self.records.insert(change.job_id.to_string(), record),
                None => self.records.remove(change.job_id.as_str()),
            };
        }
    }

    /// Time goes on, and the work that is then to be done is done; `heard` says whether the engine
    /// still hears of it.
    fn tick(&mut self, heard: bool) {
        for work in self.stage.tick() {
            self.keep();
            let outcome = self.buckets.as_ref().unwrap().run(&work, self.stage.now);
            if heard {
                self.stage.finish(work.job_id(), outcome);
            }
        }
        self.keep();
    }

    /// Another process on what survives.
    fn restart(&mut self) {
        let now = self.stage.now;
        self.stage = Stage::new(self.stage.settings.clone());
        self.stage.now = now;
        self.stage.engine.restore(self.records.values().cloned());
        self.buckets = None;
        self.buckets = Some(Buckets::open(self.path()).unwrap());
    }

    fn go_to_the_end(&mut self, job_id: &JobId<'static>) -> Job<'static> {
        for _ in 0..100 {
            let job = self.stage.job(job_id);
            if job.status.is_terminal() {
                return job;
            }
            self.tick(true);
        }
        panic!("the job has no end");
    }

    /// The files of the bucket, but for the report's `manifest.json`, which tells the time.
    fn files(&self) -> BTreeMap<String, String> {
        fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    collect(root, &path, files);
                } else if !path.ends_with("manifest.json") {
                    let name = path.strip_prefix(root).unwrap().display().to_string();
                    files.insert(name, fs::read_to_string(&path).unwrap());
                }
            }
        }
        let mut files = BTreeMap::new();
        let bucket = self.path().join("src-1250000000");
        collect(&bucket, &bucket, &mut files);
        files
    }
}

#[test]
fn a_job_runs_on_a_folder_to_its_report() {
    let mut world = world();
    let job_id = world.copy();
    let job = world.go_to_the_end(&job_id);
    assert_eq!(job.status, JobStatus::Complete);
    let progress = job.progress_summary.unwrap();
    assert_eq!(progress.total_number_of_tasks, 8);
    assert_eq!((progress.number_of_tasks_succeeded, progress.number_of_tasks_failed), (7, 1));
    let files = world.files();
    assert_eq!(files.get("new/6").map(String::as_str), Some("6"));
    assert!(world.path().join(format!("src-1250000000/job-{job_id}/manifest.json")).exists());
    let failed = "src-1250000000,logs/7,,failed,NoSuchKey,404,there is no such object\n";
    assert!(files.values().any(|text| text == failed), "{files:?}");
}

#[test]
fn a_job_whose_manifest_is_another_fails_and_says_why() {
    let mut world = world();
    let job_id = world.stage.create(&create("wrong"));
    let job = world.go_to_the_end(&job_id);
    assert_eq!(job.status, JobStatus::Failed);
    assert_eq!(job.failure_reasons[0].failure_code.as_deref(), Some("ManifestETagMismatch"));
    assert_eq!(world.files().len(), 8, "nothing was done, nothing reported");
}

#[test]
fn a_cancelled_job_reports_what_it_did() {
    let mut world = world();
    let job_id = world.copy();
    while world
        .stage
        .job(&job_id)
        .progress_summary
        .is_none_or(|progress| progress.number_of_tasks_succeeded == 0)
    {
        world.tick(true);
    }
    world.stage.request(&job_id, RequestedJobStatus::Cancelled).unwrap();
    let job = world.go_to_the_end(&job_id);
    assert_eq!(job.status, JobStatus::Cancelled);
    let done = job.progress_summary.unwrap().number_of_tasks_succeeded;
    let reported =
        world.files().values().find(|text| text.contains("succeeded")).unwrap().lines().count();
    assert_eq!(reported as u64, done);
    assert!((1..7).contains(&done), "{done}");
}

#[test]
fn restarts_at_any_moment_lose_and_double_nothing() {
    let mut undisturbed = world();
    let job_id = undisturbed.copy();
    undisturbed.go_to_the_end(&job_id);
    let expected = undisturbed.files();
    for heard in [true, false] {
        for ticks in 0.. {
            let mut world = world();
            let job_id = world.copy();
            (1..ticks).for_each(|_| world.tick(true));
            if ticks > 0 {
                world.tick(heard);
            }
            let over = heard && world.stage.job(&job_id).status.is_terminal();
            world.restart();
            let job = world.go_to_the_end(&job_id);
            assert_eq!(job.status, JobStatus::Complete, "after {ticks} ticks");
            assert_eq!(world.files(), expected, "after {ticks} ticks");
            if over || ticks > 40 {
                assert!(ticks > 5, "{ticks}");
                break;
            }
        }
    }
}
