//! The report: where it is, what is in it

use std::fs;

use cos_batch::ReportScope;
use cos_batch_csv::REPORT_SCHEMA;
use serde_json::json;

use super::world::{DST, SRC, World, copy, now, run};
use crate::work::{Checkpoint, Outcome, Work};

fn world() -> (World, String) {
    let world = World::new().put(&format!("{SRC}/a, b"), "x");
    (world, format!("{SRC},\"a, b\",\n{SRC},none,\n"))
}

fn files(world: &World) -> Vec<String> {
    let paths = world.files().into_keys();
    paths
        .filter(|path| {
            path.starts_with(&format!("{DST}/")) && path.contains("job-") && !path.ends_with('/')
        })
        .collect()
}

#[test]
fn it_has_the_layout_of_the_twin() {
    let (world, rows) = world();
    let job = world.job(&rows, copy(|_| {}));
    run(&world.open(), &job, 1).unwrap();
    let files = files(&world);
    let [manifest, failed, succeeded] = &*files else { panic!("{files:?}") };
    assert_eq!(*manifest, format!("{DST}/reports/job-job-1/manifest.json"));
    for part in [failed, succeeded] {
        let hash = part
            .strip_prefix(&*format!("{DST}/reports/job-job-1/results/"))
            .unwrap()
            .strip_suffix(".csv")
            .unwrap();
        assert!(hash.len() == 40 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{hash}");
    }
    let manifest: serde_json::Value = serde_json::from_str(&world.read(manifest).unwrap()).unwrap();
    assert_eq!(manifest["Format"], "Report_CSV_V1");
    assert_eq!(manifest["ReportCreationDate"], "2023-11-14T22:13:20.000Z");
    assert_eq!(manifest["ReportSchema"], json!(REPORT_SCHEMA));
    let results = manifest["Results"].as_array().unwrap();
    let statuses: Vec<_> = results.iter().map(|part| &part["TaskExecutionStatus"]).collect();
    assert_eq!(statuses, ["succeeded", "failed"]);
    assert!(results.iter().all(|part| part["Bucket"] == DST));
    assert_eq!(
        world.report(&job),
        ["a%2C%20b,,succeeded,,200,", "none,,failed,NoSuchKey,404,there is no such object"]
    );
    assert!(!world.path(".cosbatch/jobs").exists(), "nothing is left of the job");
}

#[test]
fn failed_tasks_only() {
    let (world, rows) = world();
    let mut job = world.job(&rows, copy(|_| {}));
    job.report.as_mut().unwrap().report_scope = Some(ReportScope::FailedTasksOnly);
    run(&world.open(), &job, 1000).unwrap();
    assert_eq!(world.report(&job), ["none,,failed,NoSuchKey,404,there is no such object"]);
    assert_eq!(files(&world).len(), 2);

    // A part without a row is none.
    let mut job = world.job(&format!("{SRC},\"a, b\",\n"), copy(|_| {}));
    job.report.as_mut().unwrap().report_scope = Some(ReportScope::FailedTasksOnly);
    run(&world.open(), &job, 1000).unwrap();
    assert_eq!(world.report(&job), [""; 0]);
}

#[test]
fn prefixes_are_folders() {
    for (prefix, place) in [(None, ""), (Some(""), ""), (Some("r"), "r/"), (Some("r/s/"), "r/s/")] {
        let (world, rows) = world();
        let mut job = world.job(&rows, copy(|_| {}));
        job.report.as_mut().unwrap().prefix = prefix.map(Into::into);
        run(&world.open(), &job, 1000).unwrap();
        assert!(world.path(&format!("{DST}/{place}job-job-1/manifest.json")).exists());
    }
}

#[test]
fn none_is_written_where_it_is_disabled() {
    let (world, rows) = world();
    let mut job = world.job(&rows, copy(|_| {}));
    let report = job.report.as_mut().unwrap();
    report.enabled = false;
    report.bucket = None;
    let checkpoint = run(&world.open(), &job, 1000).unwrap();
    assert_eq!((checkpoint.succeeded, checkpoint.failed), (1, 1));
    assert_eq!(checkpoint.report, Default::default());
    assert_eq!(files(&world), [""; 0]);
}

#[test]
fn its_bucket_is_looked_for_first() {
    let (world, rows) = world();
    let mut job = world.job(&rows, copy(|_| {}));
    job.report.as_mut().unwrap().bucket = Some("qcs::cos:ap-chengdu::none-1".parse().unwrap());
    let (code, reason) = run(&world.open(), &job, 1000).unwrap_err();
    assert_eq!(code, "ReportNotWritable");
    assert_eq!(reason, "the report cannot be written: NoSuchBucket: there is no such bucket");
    assert_eq!(world.read(&format!("{DST}/a, b")), None);
}

#[test]
fn parts_that_somebody_cut_are_noticed() {
    let (world, rows) = world();
    let job = world.job(&rows, copy(|_| {}));
    let buckets = world.open();
    let work = Work::Tasks { job: Box::new(job.clone()), from: Checkpoint::default(), most: 1 };
    let Outcome::Ran { checkpoint } = buckets.run(&work, now()) else { panic!("a task runs") };
    fs::write(world.path(".cosbatch/jobs/job-1/succeeded.csv"), "").unwrap();
    for work in [
        Work::Tasks { job: Box::new(job.clone()), from: checkpoint, most: 1 },
        Work::Report { job: Box::new(job), checkpoint },
    ] {
        let Outcome::Failed(failure) = buckets.run(&work, now()) else { panic!("a row is lost") };
        let reason = failure.failure_reason.unwrap();
        assert!(reason.contains("succeeded.csv has 0 bytes of 41"), "{reason}");
    }
}
