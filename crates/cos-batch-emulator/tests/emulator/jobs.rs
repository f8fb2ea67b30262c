//! The sample jobs are plausible, and always the same

use std::collections::BTreeSet;

use cos_batch::time::Duration;
use cos_batch::{JobStatus, OperationName};
use cos_batch_emulator::{SAMPLE_JOBS, sample_jobs};

use crate::support::*;

#[test]
fn the_first_13_have_every_status_and_every_operation() {
    let jobs = sample_jobs(at(START), 13);
    let statuses: BTreeSet<_> = jobs.iter().map(|job| job.status.to_string()).collect();
    let operations: BTreeSet<_> = jobs.iter().map(|job| job.operation.name().to_owned()).collect();
    assert_eq!(statuses.len(), JobStatus::LISTED.len());
    assert_eq!(operations.len(), OperationName::LISTED.len());
}

#[test]
fn ids_are_uuids_and_never_twice() {
    let jobs = sample_jobs(at(START), 20_000);
    for job in &jobs {
        let id = job.job_id.as_str();
        let groups: Vec<_> = id.split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12], "{id}");
        assert!(id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-')), "{id}");
        assert_eq!(id.as_bytes()[14], b'4', "{id}");
        assert!(matches!(id.as_bytes()[19], b'8' | b'9' | b'a' | b'b'), "{id}");
    }
    assert_eq!(jobs.iter().map(|job| &job.job_id).collect::<BTreeSet<_>>().len(), jobs.len());
}

#[test]
fn the_jobs_do_not_change_but_for_their_times() {
    let first = &sample_jobs(at(START), SAMPLE_JOBS);
    let later = sample_jobs(at(START) + Duration::DAY + Duration::milliseconds(1), SAMPLE_JOBS);
    for (job, later) in first.iter().zip(later) {
        let mut moved = job.clone();
        moved.creation_time += Duration::DAY;
        moved.termination_date = moved.termination_date.map(|date| date + Duration::DAY);
        moved.suspended_date = moved.suspended_date.map(|date| date + Duration::DAY);
        assert_eq!(moved, later);
    }
    assert_eq!(first[0].job_id.as_str(), "e220a839-7b1d-4daf-910a-2dec89025cc1");
    assert_eq!(sample_jobs(at(START), 0), []);
    assert_eq!(sample_jobs(at(START), 500)[..SAMPLE_JOBS], first[..]);
}

#[test]
fn times_are_those_of_a_job_in_its_status() {
    let now = at(START);
    for job in sample_jobs(now, 2000) {
        let age = now - job.creation_time;
        assert!(age.is_positive() && age <= Duration::weeks(7), "{job:?}");
        assert_eq!(job.termination_date.is_some(), job.status.is_terminal(), "{job:?}");
        if let Some(date) = job.termination_date {
            assert!(job.creation_time < date && date < now, "{job:?}");
        }
        if job.status == JobStatus::New {
            assert!(age < Duration::MINUTE, "{job:?}");
        }
    }
}

#[test]
fn progress_is_that_of_a_job_in_its_status() {
    let (mut with_failures, mut unread) = (0, 0);
    for job in sample_jobs(at(START), 2000) {
        let Some(progress) = &job.progress_summary else {
            assert_eq!(job.status, JobStatus::New);
            continue;
        };
        let (succeeded, failed, total) = (
            progress.number_of_tasks_succeeded,
            progress.number_of_tasks_failed,
            progress.total_number_of_tasks,
        );
        let done = succeeded + failed;
        assert!(done <= total, "{job:?}");
        match job.status {
            JobStatus::Preparing => assert_eq!(total, 0, "{job:?}"),
            JobStatus::Ready | JobStatus::Suspended => {
                assert!(done == 0 && total > 0, "{job:?}");
            }
            JobStatus::Complete | JobStatus::Completing => assert_eq!(done, total, "{job:?}"),
            // A job fails while its manifest is read, or when half of more than 1000 tasks do.
            JobStatus::Failed if total == 0 => unread += 1,
            JobStatus::Failed | JobStatus::Failing => {
                assert!(total > 1000 && failed * 2 > done && failed > 0, "{job:?}");
            }
            _ => assert!(done < total, "{job:?}"),
        }
        with_failures += u32::from(failed > 0 && job.status == JobStatus::Complete);
    }
    assert!(with_failures > 0 && unread > 0);
}

#[test]
fn descriptions_are_those_that_a_listing_must_bear() {
    let jobs = sample_jobs(at(START), SAMPLE_JOBS);
    let texts: Vec<_> = jobs.iter().filter_map(|job| job.description.as_deref()).collect();
    assert!(texts.len() < jobs.len());
    assert!(texts.iter().all(|text| (1..=256).contains(&text.len())));
    for needed in ["&", "<", ">", "\"", "'", "删除", "バックアップ", "データ", "데이터"]
    {
        assert!(texts.iter().any(|text| text.contains(needed)), "{needed}");
    }
}
