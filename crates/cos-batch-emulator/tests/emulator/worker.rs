//! A service with buckets: tasks are really run, on whatever clock

use std::fs;
use std::time::Duration;

use cos_batch::{DescribeJob, JobId, JobStatus};
use cos_batch_emulator::{Buckets, Clock, Emulator};
use md5::{Digest, Md5};

use crate::server::call;
use crate::stage::create;

#[test]
fn a_clock_that_is_put_forward_waits_for_the_work() {
    let folder = tempfile::tempdir().unwrap();
    let bucket = folder.path().join("src-1250000000");
    fs::create_dir(&bucket).unwrap();
    let keys: Vec<_> = (0..2500).map(|n| format!("object-{n}")).collect();
    for key in keys.iter().step_by(10) {
        fs::write(bucket.join(key), "content").unwrap();
    }
    let list = keys.iter().map(|key| format!("src-1250000000,{key}\n")).collect::<String>();
    let etag = Md5::digest(&list).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    fs::write(bucket.join("list.csv"), list).unwrap();
    let emulator = Emulator::builder()
        .clock(Clock::Manual)
        .jobs([])
        .buckets(Buckets::open(folder.path()).unwrap())
        .start()
        .unwrap();
    // The manifest of this one is not what it says.
    let failing = call(&emulator, &create("failing")).unwrap().job_id;
    let mut job = create("t");
    job.manifest.location.etag = etag.into();
    let job_id = call(&emulator, &job).unwrap().job_id;
    let start = emulator.now();
    assert_eq!(emulator.advance(Duration::from_secs(60)), start + Duration::from_secs(60));
    let describe =
        |id: &JobId<'static>| call(&emulator, &DescribeJob::new(id.clone())).unwrap().job;
    let failed = describe(&failing);
    assert_eq!(failed.status, JobStatus::Failed);
    let code = failed.failure_reasons[0].failure_code.as_deref();
    assert_eq!(code, Some("ManifestETagMismatch"));
    let done = describe(&job_id);
    assert_eq!(done.status, JobStatus::Complete, "{:?}", done.failure_reasons);
    assert_eq!(done.progress_summary.unwrap().number_of_tasks_succeeded, 2500);
    assert!(keys.iter().all(|key| !bucket.join(key).exists()));
    assert!(bucket.join(format!("job-{job_id}/manifest.json")).exists());
}
