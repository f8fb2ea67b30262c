//! What outlives the service

use std::path::Path;
use std::time::Duration;

use cos_batch::{DeleteJob, DescribeJob, Job, JobId, JobStatus, ListJobs, UpdateJobPriority};
use cos_batch_emulator::{Builder, Clock, Emulator, Settings, StartError};

use crate::server::call;
use crate::stage::create;

fn on(folder: &Path) -> Builder {
    let mut settings = Settings::default();
    settings.imagined.tasks = 750..=750;
    settings.imagined.failed_of_1000 = 20..=20;
    Emulator::builder().data(folder).jobs([]).clock(Clock::Manual).settings(settings)
}

fn job(emulator: &Emulator, job_id: &JobId<'static>) -> Job<'static> {
    call(emulator, &DescribeJob::new(job_id.clone())).unwrap().job
}

#[test]
fn a_service_goes_on_where_the_one_before_stood() {
    let folder = tempfile::tempdir().unwrap();
    let first = on(folder.path()).start().unwrap();
    let ids: Vec<_> =
        ["a", "b", "c"].map(|token| call(&first, &create(token)).unwrap().job_id).into();
    first.advance(Duration::from_secs(2));
    call(&first, &UpdateJobPriority::new(ids[1].clone(), "77".parse().unwrap())).unwrap();
    first.advance(Duration::from_secs(3600));
    call(&first, &DeleteJob::new(ids[2].clone())).unwrap();
    let jobs = [job(&first, &ids[0]), job(&first, &ids[1])];
    let now = first.now();
    drop(first);

    let second = on(folder.path()).start().unwrap();
    assert!((second.now() - now).whole_seconds().abs() <= 1, "time does not go back");
    assert_eq!([job(&second, &ids[0]), job(&second, &ids[1])], jobs);
    assert_eq!(jobs[1].priority.value(), 77);
    assert_eq!(call(&second, &ListJobs::new()).unwrap().jobs.len(), 2);
    // Tokens stay used, also that of a job that is no more.
    for token in ["a", "c"] {
        assert!(call(&second, &create(token)).is_err(), "{token}");
    }
    let fourth = call(&second, &create("d")).unwrap().job_id;
    assert!(!ids.contains(&fourth));
}

/// Whatever its step, a job that is interrupted ends as if it had not been.
#[test]
fn a_job_that_is_interrupted_goes_on() {
    let undisturbed = on(tempfile::tempdir().unwrap().path()).start().unwrap();
    let job_id = call(&undisturbed, &create("t")).unwrap().job_id;
    undisturbed.advance(Duration::from_secs(3600));
    let undisturbed = job(&undisturbed, &job_id);
    let folder = tempfile::tempdir().unwrap();
    let mut emulator = on(folder.path()).start().unwrap();
    let job_id = call(&emulator, &create("t")).unwrap().job_id;
    let mut restarts = 0;
    while job(&emulator, &job_id).status != JobStatus::Complete {
        emulator.step();
        drop(emulator);
        emulator = on(folder.path()).start().unwrap();
        restarts += 1;
        assert!(restarts < 100);
    }
    assert!(restarts > 5, "{restarts}");
    let disturbed = job(&emulator, &job_id);
    assert_eq!(disturbed.progress_summary, undisturbed.progress_summary);
    assert_eq!(disturbed.status_update_reason, undisturbed.status_update_reason);
}

#[test]
fn sample_jobs_are_there_once() {
    let folder = tempfile::tempdir().unwrap();
    let first = Emulator::builder().data(folder.path()).start().unwrap();
    let listed = call(&first, &ListJobs::new()).unwrap();
    assert_eq!(listed.jobs.len(), 48);
    drop(first);
    let second = Emulator::builder().data(folder.path()).start().unwrap();
    assert_eq!(call(&second, &ListJobs::new()).unwrap(), listed);
}

#[test]
fn a_folder_has_one_service_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let first = on(folder.path()).start().unwrap();
    let refused = on(folder.path()).start().unwrap_err();
    assert!(matches!(&refused, StartError::Data(_)), "{refused}");
    assert!(refused.to_string().contains("another service is using it"), "{refused}");
    first.stop();
    on(folder.path()).start().unwrap();
}
