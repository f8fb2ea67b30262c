//! A manifest of very many rows is worked through in little memory
//!
//! 50,000 rows of each format, or as many as `COS_BATCH_ROWS` says: `just million` runs a million. The
//! only test of its process, since it looks at the peak of the memory.

// A panic is a test's way to fail.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Instant;

use cos_batch::time::OffsetDateTime;
use cos_batch::{
    Job, JobOperation, JobStatus, Manifest, ManifestField, ManifestLocation, ObjectArn, Report,
    ReportScope,
};
use cos_batch_emulator::Buckets;
use cos_batch_emulator::work::{Checkpoint, Outcome, Work};
use flate2::Compression;
use flate2::write::GzEncoder;
use md5::{Digest as _, Md5};

const BUCKET: &str = "src-1250000000";

/// The most memory that the process may ever have had, in KiB: 128 MiB.
const PEAK: u64 = 128 * 1024;

#[test]
fn many_rows_take_little_memory() {
    let rows = std::env::var("COS_BATCH_ROWS").map_or(50_000, |rows| rows.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(BUCKET)).unwrap();
    let buckets = Buckets::open(folder.path()).unwrap();
    for (id, manifest) in
        [("csv", csv(folder.path(), rows)), ("inventory", inventory(folder.path(), rows))]
    {
        run(&buckets, id, manifest, rows);
    }
    if let Some(peak) = peak() {
        println!("memory: {} MiB at its peak", peak / 1024);
        assert!(peak < PEAK, "{peak} KiB");
    }
}

/// A job that deletes what is not there: all that a task does but the change itself. Every second
/// row fails, so that both parts of the report grow.
fn run(buckets: &Buckets, id: &str, manifest: Manifest<'static>, rows: u64) {
    let now = OffsetDateTime::now_utc();
    let operation = JobOperation::DeleteObject;
    let mut job =
        Job::new(id.parse().unwrap(), operation, "1".parse().unwrap(), JobStatus::Active, now);
    job.manifest = Some(manifest);
    let bucket = format!("qcs::cos:ap-chengdu::{BUCKET}").parse().unwrap();
    job.report = Some(Report::new(bucket, ReportScope::AllTasks));
    let job = || Box::new(job.clone());

    let start = Instant::now();
    let outcome = buckets.run(&Work::Prepare { job: job() }, now);
    assert_eq!(outcome, Outcome::Prepared { tasks: rows });
    told(id, "prepared", rows, start);

    let start = Instant::now();
    let mut checkpoint = Checkpoint::default();
    while checkpoint.executed() < rows {
        let work = Work::Tasks { job: job(), from: checkpoint, most: 1000 };
        let Outcome::Ran { checkpoint: next } = buckets.run(&work, now) else { panic!("it runs") };
        assert_eq!(next.executed(), rows.min(checkpoint.executed() + 1000));
        checkpoint = next;
    }
    assert_eq!(checkpoint.failed, rows / 2);
    told(id, "worked through", rows, start);

    let start = Instant::now();
    assert_eq!(buckets.run(&Work::Report { job: job(), checkpoint }, now), Outcome::Reported);
    told(id, "reported", rows, start);
}

fn told(id: &str, what: &str, rows: u64, start: Instant) {
    let seconds = start.elapsed().as_secs_f64();
    println!("{id}: {what} {rows} rows in {seconds:.2} s, {:.0} a second", rows as f64 / seconds);
}

/// Every second key is none.
fn key(row: u64) -> String {
    match row % 2 {
        0 => format!("logs/2019/{row:010}.gz"),
        _ => format!("logs/../{row:010}.gz"),
    }
}

fn csv(folder: &Path, rows: u64) -> Manifest<'static> {
    let path = folder.join(BUCKET).join("manifest.csv");
    let etag = written(File::create(path).unwrap(), |file| {
        for row in 0..rows {
            writeln!(file, "{BUCKET},{}", key(row)).unwrap();
        }
    });
    let location = ManifestLocation::new(arn("manifest.csv"), etag);
    Manifest::csv(location, [ManifestField::Bucket, ManifestField::Key])
}

/// The rows in four files.
fn inventory(folder: &Path, rows: u64) -> Manifest<'static> {
    let bucket = folder.join(BUCKET);
    let mut files = Vec::new();
    for nth in 0..4 {
        let name = format!("{nth}.csv.gz");
        let md5 = written(File::create(bucket.join(&name)).unwrap(), |file| {
            let mut gzip = GzEncoder::new(file, Compression::fast());
            for row in (rows * nth / 4)..(rows * (nth + 1) / 4) {
                writeln!(gzip, "1250000000,src,{},1024,Standard", key(row)).unwrap();
            }
            gzip.finish().unwrap();
        });
        files.push(format!(r#"{{ "key": "{name}", "size": "1", "md5Checksum": "{md5}" }}"#));
    }
    let text = format!(
        r#"{{ "sourceAppid": "1250000000", "sourceBucket": "src", "fileFormat": "CSV",
            "fileSchema": "Appid, Bucket, Key, Size, StorageClass", "files": [{}] }}"#,
        files.join(",")
    );
    let etag = written(File::create(bucket.join("manifest.json")).unwrap(), |file| {
        file.write_all(text.as_bytes()).unwrap();
    });
    Manifest::inventory(ManifestLocation::new(arn("manifest.json"), etag))
}

fn arn(key: &str) -> ObjectArn<'static> {
    format!("qcs::cos:ap-chengdu::{BUCKET}/{key}").parse().unwrap()
}

/// Writes a file, and gives back its MD5.
fn written(file: File, write: impl FnOnce(&mut dyn Write)) -> String {
    struct Digesting(File, Md5);
    impl Write for Digesting {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            let written = self.0.write(bytes)?;
            self.1.update(&bytes[..written]);
            Ok(written)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            self.0.flush()
        }
    }
    let mut file = BufWriter::new(Digesting(file, Md5::new()));
    write(&mut file);
    let digest = file.into_inner().map_err(|error| error.into_error()).unwrap().1.finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The most memory that this process ever had, in KiB, where the system tells it.
fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}
