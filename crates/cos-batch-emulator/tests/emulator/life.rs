//! Jobs on their way through the statuses

use cos_batch::time::Duration;
use cos_batch::{
    DeleteJob, ErrorCode, Job, JobFailure, JobOperation, JobStatus, Priority, RequestedJobStatus,
    UpdateJobStatus,
};
use cos_batch_emulator::work::{Outcome, Work};
use cos_batch_emulator::{Settings, sample_jobs};

use JobStatus::*;
use RequestedJobStatus as Requested;

use crate::stage::*;
use crate::support::*;

#[test]
fn a_job_goes_from_new_to_complete() {
    let mut stage = Stage::new(outside());
    let job_id = stage.create(&create("t"));
    assert_eq!(stage.status(&job_id), New);

    let work = stage.tick();
    assert_eq!(stage.status(&job_id), Preparing);
    assert!(matches!(&work[..], [Work::Prepare { job }] if job.job_id == job_id));
    // It is not asked for twice, however long it takes.
    assert_eq!(stage.tick(), []);
    assert_eq!(stage.status(&job_id), Preparing);
    stage.finish(&job_id, Outcome::Prepared { tasks: 1500 });
    assert_eq!(stage.job(&job_id).progress_summary.unwrap().total_number_of_tasks, 1500);

    assert_eq!(stage.tick(), []);
    assert_eq!(stage.status(&job_id), Ready);
    let work = stage.tick();
    assert_eq!(stage.status(&job_id), Active);
    let [Work::Tasks { from, most: 1000, .. }] = &work[..] else { panic!("{work:?}") };
    assert_eq!(from.executed(), 0);
    let first = done(&work[0], 1);
    stage.finish(&job_id, first.clone());
    let progress = stage.job(&job_id).progress_summary.unwrap();
    let counts = (progress.number_of_tasks_succeeded, progress.number_of_tasks_failed);
    assert_eq!((counts, progress.total_number_of_tasks), ((900, 100), 1500));

    // The next turn begins where this one ended, without a rest.
    let work = stage.engine.advance(stage.now);
    let [Work::Tasks { from, .. }] = &work[..] else { panic!("{work:?}") };
    assert_eq!(Outcome::Ran { checkpoint: *from }, first);
    stage.finish(&job_id, done(&work[0], 1));
    assert_eq!(stage.status(&job_id), Active);

    let work = stage.tick();
    assert_eq!(stage.status(&job_id), Completing);
    let [Work::Report { checkpoint, .. }] = &work[..] else { panic!("{work:?}") };
    assert_eq!((checkpoint.succeeded, checkpoint.failed), (1350, 150));
    assert_eq!(stage.tick(), []);
    stage.finish(&job_id, Outcome::Reported);
    assert_eq!(stage.status(&job_id), Completing);
    assert_eq!(stage.tick(), []);

    let job = stage.job(&job_id);
    assert_eq!(job.status, Complete);
    assert_eq!(job.failure_reasons, [JobFailure::default()]);
    assert_eq!(job.status_update_reason.as_deref(), Some("Job complete"));
    assert_eq!(job.termination_date, Some(at(stage.now.unix_timestamp())));
    assert_eq!(stage.tick(), []);
}

#[test]
fn a_job_that_needs_confirmation_waits_for_it() {
    let mut stage = Stage::new(outside());
    let job_id = stage.create(&waiting("t"));
    stage.until(&job_id, &Preparing);
    stage.finish(&job_id, Outcome::Prepared { tasks: 1 });
    assert_eq!(stage.tick(), []);
    let job = stage.job(&job_id);
    assert_eq!(
        (&job.status, job.suspended_date),
        (&Suspended, Some(at(stage.now.unix_timestamp())))
    );
    assert!(!job.suspended_cause.unwrap().is_empty());

    stage.now += Duration::days(1000);
    assert_eq!(stage.engine.advance(stage.now), []);
    assert_eq!(stage.status(&job_id), Suspended);

    let mut update = UpdateJobStatus::new(job_id.clone(), Requested::Ready);
    update.status_update_reason = Some("reviewed".into());
    let updated = stage.ask(&update).unwrap();
    assert_eq!(
        (updated.status, updated.status_update_reason.as_deref()),
        (Ready, Some("reviewed"))
    );
    assert_eq!(stage.job(&job_id).status_update_reason.as_deref(), Some("reviewed"));
    assert_eq!(stage.rest(&job_id), [Ready, Active, Completing, Complete]);
    assert!(stage.job(&job_id).suspended_date.is_some());
}

#[test]
fn a_job_confirmed_while_it_is_prepared_does_not_wait() {
    let mut stage = Stage::new(outside());
    let job_id = stage.create(&waiting("t"));
    stage.until(&job_id, &Preparing);
    assert_eq!(stage.request(&job_id, Requested::Ready), Ok(Preparing));
    assert_eq!(stage.request(&job_id, Requested::Ready), Ok(Preparing));
    stage.finish(&job_id, Outcome::Prepared { tasks: 1 });
    assert_eq!(stage.rest(&job_id), [Preparing, Ready, Active, Completing, Complete]);
    assert_eq!(stage.job(&job_id).suspended_date, None);
}

#[test]
fn a_confirmation_may_have_a_deadline() {
    let mut settings = outside();
    settings.suspended_for = Some(std::time::Duration::from_secs(60));
    let mut stage = Stage::new(settings);
    let job_id = stage.create(&waiting("t"));
    stage.until(&job_id, &Preparing);
    stage.finish(&job_id, Outcome::Prepared { tasks: 1 });
    stage.until(&job_id, &Suspended);
    assert_eq!(stage.engine.next_event(), Some(stage.now + Duration::MINUTE));
    stage.now += Duration::seconds(59);
    stage.engine.advance(stage.now);
    assert_eq!(stage.status(&job_id), Suspended);
    stage.now += Duration::SECOND;
    stage.engine.advance(stage.now);
    assert_eq!(stage.status(&job_id), Failing);
    stage.tick();
    let job = stage.job(&job_id);
    assert_eq!(job.status, Failed);
    assert_eq!(job.failure_reasons[0].failure_code.as_deref(), Some("ConfirmationTimeout"));
}

#[test]
fn a_manifest_that_cannot_be_read_fails_the_job() {
    let mut stage = Stage::new(outside());
    let job_id = stage.create(&create("t"));
    stage.until(&job_id, &Preparing);
    let mut failure = JobFailure::default();
    failure.failure_code = Some("a".repeat(100).into());
    failure.failure_reason = Some(format!("no \u{7} key {}", "中".repeat(200)).into());
    stage.finish(&job_id, Outcome::Failed(failure));
    assert_eq!(stage.tick(), []);
    assert_eq!(stage.status(&job_id), Failing);
    // Nothing ran: there is nothing to report.
    assert_eq!(stage.tick(), []);
    let job = stage.job(&job_id);
    assert_eq!(job.status, Failed);
    assert!(job.termination_date.is_some());
    let [failure] = &job.failure_reasons[..] else { panic!("{job:?}") };
    assert!(failure.failure_code.as_deref().unwrap().len() <= 64);
    let reason = failure.failure_reason.as_deref().unwrap();
    assert!(reason.starts_with("no \\u{7} key 中") && reason.len() <= 256, "{reason}");
}

/// In a job of more than 1000 tasks, more than half of those that were run.
#[test]
fn a_job_fails_once_too_many_of_its_tasks_have() {
    let fate = |tasks, succeeded, failed| {
        let mut stage = Stage::new(outside());
        let job_id = stage.active(&create("t"), tasks);
        stage.finish(&job_id, ran(succeeded, failed));
        (stage.rest(&job_id), stage.job(&job_id))
    };
    for (tasks, succeeded, failed) in
        [(1001, 499, 501), (1001, 0, 1), (1001, 500, 501), (5000, 499, 500)]
    {
        let (seen, job) = fate(tasks, succeeded, failed);
        assert_eq!(seen, [Active, Failing, Failed], "{failed} of {}", succeeded + failed);
        let reason = job.failure_reasons[0].failure_reason.clone().unwrap();
        assert!(reason.contains(&format!("{failed} of {}", succeeded + failed)), "{reason}");
    }
    for (tasks, succeeded, failed) in [(1000, 0, 1000), (1001, 500, 500), (1001, 501, 500)] {
        let (seen, job) = fate(tasks, succeeded, failed);
        assert_eq!(seen, [Active, Completing, Complete], "{failed} of {}", succeeded + failed);
        assert!(job.progress_summary.unwrap().number_of_tasks_failed >= failed);
    }
}

#[test]
fn a_job_is_cancelled_once_the_turn_under_way_has_ended() {
    let mut stage = Stage::new(outside());
    let job_id = stage.active(&create("t"), 2000);
    assert_eq!(stage.request(&job_id, Requested::Cancelled), Ok(Cancelling));
    assert_eq!(stage.tick(), []);
    assert_eq!(stage.status(&job_id), Cancelling);
    stage.finish(&job_id, ran(1000, 0));
    let work = stage.tick();
    assert!(
        matches!(&work[..], [Work::Report { checkpoint, .. }] if checkpoint.executed() == 1000)
    );
    assert_eq!(stage.status(&job_id), Cancelling);
    stage.finish(&job_id, Outcome::Reported);
    stage.tick();
    let job = stage.job(&job_id);
    assert_eq!((job.status, job.failure_reasons), (Cancelled, vec![]));
    assert!(job.termination_date.is_some());
}

#[test]
fn a_job_that_never_ran_is_cancelled_at_once() {
    let mut stage = Stage::new(outside());
    let job_id = stage.create(&create("t"));
    stage.until(&job_id, &Preparing);
    assert_eq!(stage.request(&job_id, Requested::Cancelled), Ok(Cancelled));
    // Whoever reads its manifest still does so for nothing.
    stage.finish(&job_id, Outcome::Prepared { tasks: 7 });
    assert_eq!(stage.tick(), []);
    let job = stage.job(&job_id);
    assert_eq!((job.status, job.progress_summary.unwrap().total_number_of_tasks), (Cancelled, 0));
}

/// Also where it is not enabled: whoever ran the tasks learns that there will be no more.
#[test]
fn a_report_is_asked_for_where_a_task_ran() {
    for (enabled, tasks, failed, report) in
        [(true, 5, 0, true), (false, 5, 0, true), (true, 0, 0, false), (true, 1200, 1000, true)]
    {
        let mut stage = Stage::new(outside());
        let mut create = create("t");
        create.report.enabled = enabled;
        let job_id = stage.active(&create, tasks);
        if tasks > 0 {
            stage.finish(&job_id, ran(tasks.min(1000) - failed, failed));
        }
        let ends = if failed == 0 { Completing } else { Failing };
        let work = stage.until(&job_id, &ends);
        let is_report = matches!(work, Some(Work::Report { .. }));
        assert_eq!(is_report, report, "{enabled} {tasks} {failed}");
    }
}

#[test]
fn a_report_that_cannot_be_written_fails_a_job_that_was_complete_but_for_it() {
    let mut failure = JobFailure::default();
    failure.failure_code = Some("NoSuchBucket".into());

    let mut stage = Stage::new(outside());
    let job_id = stage.active(&create("t"), 1);
    stage.finish(&job_id, ran(1, 0));
    stage.until(&job_id, &Completing);
    stage.finish(&job_id, Outcome::Failed(failure.clone()));
    assert_eq!(stage.rest(&job_id), [Completing, Failing, Failed]);
    assert_eq!(stage.job(&job_id).failure_reasons, [failure.clone()]);

    // One that is cancelled is cancelled all the same.
    let mut stage = Stage::new(outside());
    let job_id = stage.active(&create("t"), 2);
    stage.finish(&job_id, ran(1, 0));
    stage.request(&job_id, Requested::Cancelled).unwrap();
    assert!(matches!(&stage.tick()[..], [Work::Report { .. }]));
    stage.finish(&job_id, Outcome::Failed(failure));
    assert_eq!(stage.rest(&job_id), [Cancelling, Cancelled]);
}

#[test]
fn a_manifest_that_ends_before_all_tasks_were_run_fails_the_job() {
    let mut stage = Stage::new(outside());
    let job_id = stage.active(&create("t"), 3);
    stage.finish(&job_id, ran(2, 0));
    stage.tick();
    stage.finish(&job_id, ran(2, 0));
    assert_eq!(stage.rest(&job_id), [Active, Failing, Failed]);
    let job = stage.job(&job_id);
    assert_eq!(job.failure_reasons[0].failure_code.as_deref(), Some("ManifestChanged"));
}

#[test]
fn an_answer_to_other_work_fails_the_job_and_one_to_none_is_ignored() {
    let mut stage = Stage::new(outside());
    let job_id = stage.create(&create("t"));
    stage.finish(&job_id, Outcome::Prepared { tasks: 1 });
    stage.finish(&"unknown".parse().unwrap(), Outcome::Reported);
    stage.until(&job_id, &Preparing);
    stage.finish(&job_id, Outcome::Reported);
    stage.finish(&job_id, Outcome::Prepared { tasks: 1 });
    assert_eq!(stage.rest(&job_id), [Preparing, Failing, Failed]);
    let job = stage.job(&job_id);
    assert_eq!(job.failure_reasons[0].failure_code.as_deref(), Some("InternalError"));
}

/// A job that stands in a status, with some tasks done where it would have.
fn found(status: &JobStatus) -> Job<'static> {
    let jobs = sample_jobs(at(START), 13);
    jobs.into_iter().find(|job| job.status == *status).unwrap()
}

#[test]
fn what_may_be_requested_from_each_status() {
    for (status, ready, cancelled) in [
        (New, None, Some(Cancelled)),
        (Preparing, Some(Preparing), Some(Cancelled)),
        (Suspended, Some(Ready), Some(Cancelled)),
        (Ready, None, Some(Cancelled)),
        (Active, None, Some(Cancelling)),
        (Pausing, None, Some(Cancelling)),
        (Paused, None, Some(Cancelling)),
        (Completing, None, None),
        (Failing, None, None),
        (Cancelling, None, None),
        (Complete, None, None),
        (Failed, None, None),
        (Cancelled, None, None),
    ] {
        for (requested, expected) in [(Requested::Ready, ready), (Requested::Cancelled, cancelled)]
        {
            let job = found(&status);
            let mut stage = Stage::new(Settings::default());
            stage.engine.add_job(job.clone());
            let answer = stage.request(&job.job_id, requested.clone());
            match expected {
                Some(expected) => {
                    assert_eq!(answer.as_ref(), Ok(&expected), "{status} {requested}");
                    assert_eq!(stage.status(&job.job_id), expected);
                }
                None => {
                    let error = answer.expect_err("illegal");
                    let seen = (error.status.as_u16(), &error.code);
                    assert_eq!(seen, (400, &ErrorCode::InvalidRequest), "{status} {requested}");
                    assert_eq!(stage.job(&job.job_id), job);
                }
            }
        }
    }
}

#[test]
fn a_job_that_was_found_stands_still_until_somebody_touches_it() {
    for status in JobStatus::LISTED {
        let job = found(status);
        let mut stage = Stage::new(Settings::default());
        stage.engine.add_job(job.clone());
        for _ in 0..100 {
            assert_eq!(stage.tick(), []);
        }
        assert_eq!(stage.job(&job.job_id), job);
        if status.is_terminal() {
            continue;
        }
        // Another priority lets it go; one that waits for confirmation still does.
        stage.prioritise(&job.job_id, 3);
        stage.now += Duration::HOUR * 12;
        for _ in 0..20 {
            stage.tick();
            stage.now += Duration::HOUR;
        }
        let end = match status {
            Suspended => Suspended,
            Cancelling => Cancelled,
            Failing => Failed,
            _ => Complete,
        };
        assert_eq!(stage.status(&job.job_id), end, "from {status}");
        if end == Failed {
            assert!(stage.job(&job.job_id).failure_reasons[0].failure_code.is_some());
        }
    }
}

#[test]
fn each_status_lasts_for_as_long_as_it_is_told() {
    for lasts in [std::time::Duration::ZERO, std::time::Duration::from_secs(7)] {
        let mut settings = outside();
        settings.status_lasts = lasts;
        let mut stage = Stage::new(settings);
        let job_id = stage.create(&waiting("t"));
        let mut seen = Vec::new();
        for _ in 0..20 {
            seen.push(stage.status(&job_id));
            if stage.status(&job_id) == Suspended {
                stage.request(&job_id, Requested::Ready).unwrap();
                seen.push(stage.status(&job_id));
            }
            if !lasts.is_zero() {
                // It is too early by a moment.
                let early = stage.now + lasts - Duration::NANOSECOND;
                assert_eq!(stage.engine.advance(early), []);
                assert_eq!(Some(&stage.status(&job_id)), seen.last());
            }
            for work in stage.tick() {
                let prepared = Outcome::Prepared { tasks: 1 };
                let is_first = matches!(work, Work::Prepare { .. });
                stage.finish(&job_id, if is_first { prepared } else { done(&work, 0) });
            }
        }
        seen.dedup();
        assert_eq!(
            seen,
            [New, Preparing, Suspended, Ready, Active, Completing, Complete],
            "{lasts:?}"
        );
    }
}

#[test]
fn imagined_tasks_are_counted_by_the_clock() {
    let mut settings = Settings::default();
    settings.imagined.tasks = 950..=950;
    settings.imagined.failed_of_1000 = 100..=100;
    settings.imagined.per_second = 100;
    let mut stage = Stage::new(settings);
    let job_id = stage.create(&create("t"));
    stage.until(&job_id, &Active);
    let began = stage.now;
    let counts = |stage: &mut Stage, after: Duration| {
        stage.now = began + after;
        assert_eq!(stage.engine.advance(stage.now), []);
        let progress = stage.job(&job_id).progress_summary.unwrap();
        (progress.number_of_tasks_succeeded, progress.number_of_tasks_failed)
    };
    assert_eq!(counts(&mut stage, Duration::ZERO), (0, 0));
    assert_eq!(counts(&mut stage, Duration::milliseconds(999)), (0, 0));
    assert_eq!(counts(&mut stage, Duration::SECOND), (90, 10));
    assert_eq!(counts(&mut stage, Duration::milliseconds(4500)), (360, 40));
    assert_eq!(stage.engine.next_event(), Some(began + Duration::seconds(5)));
    assert_eq!(counts(&mut stage, Duration::milliseconds(9499)), (810, 90));
    assert_eq!(counts(&mut stage, Duration::milliseconds(9500)), (855, 95));
    assert_eq!(stage.rest(&job_id), [Completing, Complete]);
}

#[test]
fn a_leap_of_the_clock_runs_what_would_have_run_meanwhile() {
    let mut settings = Settings::default();
    settings.imagined.tasks = u64::MAX..=u64::MAX;
    settings.imagined.per_second = u64::MAX / 3600;
    let mut stage = Stage::new(settings);
    let job_id = stage.create(&create("t"));
    stage.until(&job_id, &Active);
    stage.now += Duration::HOUR * 2;
    stage.engine.advance(stage.now);
    assert_eq!(stage.rest(&job_id), [Completing, Complete]);
    let progress = stage.job(&job_id).progress_summary.unwrap();
    assert_eq!(progress.total_number_of_tasks, u64::MAX);
}

#[test]
fn imagined_jobs_fail_where_they_are_told_to() {
    let mut settings = Settings::default();
    settings.imagined.tasks = 5000..=5000;
    settings.imagined.failed_of_1000 = 501..=501;
    let mut stage = Stage::new(settings);
    let job_id = stage.create(&create("t"));
    stage.until(&job_id, &Active);
    stage.now += Duration::MINUTE;
    stage.engine.advance(stage.now);
    assert_eq!(stage.rest(&job_id), [Failing, Failed]);
}

#[test]
fn a_job_that_is_deleted_while_it_runs_leaves_nothing_behind() {
    let mut settings = outside();
    settings.delete_running = true;
    let mut stage = Stage::new(settings);
    let job_id = stage.active(&create("t"), 5);
    let next = stage.create(&create("next"));
    stage.ask(&DeleteJob::new(job_id.clone())).unwrap();
    stage.finish(&job_id, ran(5, 0));
    for work in stage.tick() {
        assert_eq!(*work.job_id(), next);
        stage.finish(&next, done(&work, 0));
    }
    assert_eq!(stage.rest(&next).last(), Some(&Complete));
    let error = stage.request(&job_id, Requested::Cancelled).expect_err("gone");
    assert_eq!(error.code, ErrorCode::NoSuchJob);
}

#[test]
fn work_knows_its_job() {
    let mut stage = Stage::new(outside());
    let mut created = create("t");
    created.priority = Priority::MAX;
    let job_id = stage.create(&created);
    let work = stage.until(&job_id, &Preparing).unwrap();
    assert_eq!(work.job().priority, Priority::MAX);
    assert_eq!(work.job().manifest.as_ref(), Some(&created.manifest));
    assert_eq!(work.job().report.as_ref(), Some(&created.report));
    assert_eq!(work.job().operation, JobOperation::DeleteObject);
}
