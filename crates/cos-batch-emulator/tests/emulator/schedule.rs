//! Whose turn it is

use cos_batch::time::Duration;
use cos_batch::{DeleteJob, JobId, JobStatus, RequestedJobStatus};
use cos_batch_emulator::Settings;
use cos_batch_emulator::work::{Outcome, Work};

use JobStatus::*;

use crate::stage::*;

/// A job that is ready, with so many tasks to run.
fn ready(stage: &mut Stage, token: &str, priority: u32) -> JobId<'static> {
    let job_id = stage.create(&urgent(token, priority));
    stage.until(&job_id, &Preparing);
    stage.finish(&job_id, Outcome::Prepared { tasks: 5000 });
    stage.until(&job_id, &Ready);
    job_id
}

fn statuses<const N: usize>(stage: &mut Stage, jobs: [&JobId<'static>; N]) -> [JobStatus; N] {
    jobs.map(|job_id| stage.status(job_id))
}

#[test]
fn the_larger_priority_goes_first_then_the_older_job() {
    let mut settings = outside();
    settings.jobs_at_once = 0;
    let mut stage = Stage::new(settings.clone());
    let jobs = [("a", 5), ("b", 7), ("c", 5), ("d", 0)].map(|(token, priority)| {
        stage.now += Duration::SECOND;
        ready(&mut stage, token, priority)
    });
    for _ in 0..5 {
        assert_eq!(stage.tick(), []);
    }
    assert_eq!(statuses(&mut stage, jobs.each_ref()), [Ready, Ready, Ready, Ready]);
    assert_eq!(stage.engine.next_event().filter(|time| *time <= stage.now), None);

    // The same jobs where one may run.
    settings.jobs_at_once = 1;
    let records = stage.engine.take_changes().into_iter().filter_map(|change| change.record);
    let records: Vec<_> = records.collect();
    stage.engine = crate::support::engine(settings, Vec::new());
    stage.engine.restore(records);
    let mut order = Vec::new();
    for _ in 0..10 {
        let mut running = 0;
        for work in stage.tick() {
            if let Work::Tasks { job, .. } = &work {
                order.push(job.job_id.clone());
                running += 1;
            }
            let is_tasks = matches!(work, Work::Tasks { .. });
            stage.finish(work.job_id(), if is_tasks { ran(5000, 0) } else { Outcome::Reported });
        }
        assert!(running <= 1);
    }
    let [a, b, c, d] = jobs;
    assert_eq!(order, [b, a, c, d]);
}

#[test]
fn a_larger_priority_pauses_the_job_that_runs() {
    let mut stage = Stage::new(outside());
    let small = stage.active(&urgent("small", 1), 5000);
    let large = ready(&mut stage, "large", 2);
    assert_eq!(stage.tick(), []);
    assert_eq!(statuses(&mut stage, [&small, &large]), [Pausing, Ready]);
    // The turn under way ends first.
    stage.tick();
    assert_eq!(statuses(&mut stage, [&small, &large]), [Pausing, Ready]);
    stage.finish(&small, ran(900, 100));
    stage.tick();
    assert_eq!(statuses(&mut stage, [&small, &large]), [Paused, Active]);

    stage.finish(&large, ran(5000, 0));
    stage.tick();
    assert_eq!(statuses(&mut stage, [&small, &large]), [Active, Completing]);
    // It goes on where it stood.
    let progress = stage.job(&small).progress_summary.unwrap();
    assert_eq!(progress.number_of_tasks_succeeded, 900);
    stage.finish(&large, Outcome::Reported);
    stage.finish(&small, ran(4900, 100));
    assert_eq!(stage.rest(&small), [Active, Completing, Complete]);
    assert_eq!(stage.status(&large), Complete);
}

/// Also where the clock stands still, and across a restart.
#[test]
fn of_the_same_moment_the_one_that_came_first_goes_first() {
    let mut settings = outside();
    settings.jobs_at_once = 0;
    settings.status_lasts = std::time::Duration::ZERO;
    let mut stage = Stage::new(settings.clone());
    let jobs: Vec<_> = (0..9).map(|n| ready(&mut stage, &n.to_string(), 1)).collect();
    settings.jobs_at_once = 9;
    let records = stage.engine.take_changes().into_iter().filter_map(|change| change.record);
    let records: Vec<_> = records.collect();
    stage.engine = crate::support::engine(settings, Vec::new());
    stage.engine.restore(records);
    let work = stage.tick();
    assert_eq!(work.iter().map(Work::job_id).collect::<Vec<_>>(), jobs.iter().collect::<Vec<_>>());
}

#[test]
fn an_equal_priority_waits() {
    let mut stage = Stage::new(outside());
    let first = stage.active(&urgent("first", 7), 5000);
    let second = ready(&mut stage, "second", 7);
    for _ in 0..5 {
        assert_eq!(stage.tick(), []);
    }
    assert_eq!(statuses(&mut stage, [&first, &second]), [Active, Ready]);
}

#[test]
fn another_priority_takes_effect_at_once() {
    let mut stage = Stage::new(outside());
    let first = stage.active(&urgent("first", 7), 5000);
    let second = ready(&mut stage, "second", 7);
    let third = ready(&mut stage, "third", 7);
    stage.tick();
    // Raised before those that wait, it pauses the one that runs.
    stage.prioritise(&third, 8);
    assert!(stage.engine.next_event().is_some_and(|time| time <= stage.now));
    stage.tick();
    assert_eq!(statuses(&mut stage, [&first, &second, &third]), [Pausing, Ready, Ready]);
    stage.finish(&first, ran(1000, 0));
    stage.tick();
    assert_eq!(statuses(&mut stage, [&first, &second, &third]), [Paused, Ready, Active]);
    stage.tick();
    stage.tick();
    // Lowered, it is paused by them: by the oldest of the largest.
    stage.prioritise(&third, 6);
    stage.tick();
    stage.finish(&third, ran(1000, 0));
    stage.tick();
    assert_eq!(statuses(&mut stage, [&first, &second, &third]), [Active, Ready, Paused]);
}

#[test]
fn several_may_run_at_once_and_the_smallest_is_paused() {
    let mut settings = outside();
    settings.jobs_at_once = 2;
    let mut stage = Stage::new(settings);
    let one = stage.active(&urgent("1", 1), 5000);
    let two = stage.active(&urgent("2", 2), 5000);
    let three = ready(&mut stage, "3", 3);
    stage.tick();
    assert_eq!(statuses(&mut stage, [&one, &two, &three]), [Pausing, Active, Ready]);
    let four = ready(&mut stage, "4", 4);
    stage.tick();
    assert_eq!(statuses(&mut stage, [&one, &two, &three]), [Pausing, Pausing, Ready]);
    stage.finish(&one, ran(1, 0));
    stage.tick();
    assert_eq!(statuses(&mut stage, [&one, &three, &four]), [Paused, Ready, Active]);
    stage.finish(&two, ran(1, 0));
    stage.tick();
    assert_eq!(statuses(&mut stage, [&one, &two, &three]), [Paused, Paused, Active]);
}

/// It has not been paused yet, and then need not be.
#[test]
fn a_job_that_pauses_for_one_that_was_cancelled_goes_on() {
    let mut stage = Stage::new(outside());
    let small = stage.active(&urgent("small", 1), 5000);
    let large = ready(&mut stage, "large", 2);
    stage.tick();
    assert_eq!(stage.status(&small), Pausing);
    stage.request(&large, RequestedJobStatus::Cancelled).unwrap();
    stage.finish(&small, ran(1000, 0));
    assert_eq!(stage.rest(&small), [Pausing, Paused, Active, Completing, Complete]);
}

#[test]
fn one_that_has_just_begun_runs_for_a_moment() {
    let mut stage = Stage::new(outside());
    let small = stage.active(&urgent("small", 1), 5000);
    let began = stage.now;
    // It has waited for longer than the other runs.
    let large = {
        let mut other = Stage::new(outside());
        let large = ready(&mut other, "large", 2);
        let records = other.engine.take_changes().into_iter().filter_map(|change| change.record);
        stage.engine.restore(records.collect::<Vec<_>>());
        large
    };
    stage.engine.advance(stage.now);
    assert_eq!(statuses(&mut stage, [&small, &large]), [Active, Ready]);
    assert_eq!(stage.engine.next_event(), Some(began + stage.settings.status_lasts));
    stage.tick();
    assert_eq!(statuses(&mut stage, [&small, &large]), [Pausing, Ready]);
}

#[test]
fn a_turn_that_is_still_under_way_keeps_its_place() {
    let mut stage = Stage::new(outside());
    let first = stage.active(&create("first"), 5000);
    let second = ready(&mut stage, "second", 1);
    stage.request(&first, RequestedJobStatus::Cancelled).unwrap();
    for _ in 0..5 {
        assert_eq!(stage.tick(), []);
    }
    assert_eq!(statuses(&mut stage, [&first, &second]), [Cancelling, Ready]);
    stage.finish(&first, ran(1000, 0));
    stage.tick();
    assert_eq!(statuses(&mut stage, [&first, &second]), [Cancelling, Active]);
}

#[test]
fn a_job_that_is_deleted_leaves_its_place() {
    let mut settings = outside();
    settings.delete_running = true;
    let mut stage = Stage::new(settings);
    let first = stage.active(&create("first"), 5000);
    let second = ready(&mut stage, "second", 1);
    stage.tick();
    stage.ask(&DeleteJob::new(first)).unwrap();
    stage.tick();
    assert_eq!(stage.status(&second), Active);
}

/// Jobs that were found running may be more than may run; those that wait have them pause.
#[test]
fn jobs_that_were_found_running_count_once_they_are_touched() {
    let mut settings = Settings::default();
    settings.imagined.tasks = 100_000..=100_000;
    let mut stage = Stage::new(settings);
    let found: Vec<_> = cos_batch_emulator::sample_jobs(stage.now, 48)
        .into_iter()
        .filter(|job| job.status == Active)
        .collect();
    for job in found.iter().take(3) {
        stage.engine.add_job(job.clone());
    }
    let created = stage.create(&urgent("t", 50));
    stage.until(&created, &Active);
    for job in found.iter().take(2) {
        stage.prioritise(&job.job_id, 60);
    }
    stage.tick();
    assert_eq!(stage.status(&created), Active);
    let last = stage.create(&urgent("last", 70));
    stage.until(&last, &Active);
    let ids = [&found[0].job_id, &found[1].job_id, &found[2].job_id, &created];
    assert_eq!(statuses(&mut stage, ids), [Paused, Paused, Active, Paused]);
}
