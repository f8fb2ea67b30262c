//! What is kept of jobs, and taken back

use cos_batch::time::Duration;
use cos_batch::{DeleteJob, DescribeJob, ErrorCode, JobStatus, RequestedJobStatus};
use cos_batch_emulator::work::{Outcome, Work};
use cos_batch_emulator::{Change, Engine, Record, Settings, sample_jobs};

use JobStatus::*;

use crate::stage::*;
use crate::support::*;

/// The only change, as it is stored.
#[track_caller]
fn change(engine: &mut Engine) -> Option<String> {
    let changes = engine.take_changes();
    let [Change { record, .. }] = &changes[..] else { panic!("{changes:?}") };
    record.as_ref().map(|record| serde_json::to_string(record).unwrap())
}

/// An engine that knows what was stored, and nothing else.
fn restored(settings: Settings, records: &[String]) -> Engine {
    let mut engine = engine(settings, Vec::new());
    engine.restore(records.iter().map(|record| serde_json::from_str::<Record>(record).unwrap()));
    engine
}

#[test]
fn each_change_is_told_once_and_nothing_else_is() {
    let mut stage = Stage::new(outside());
    assert_eq!(stage.engine.take_changes(), []);
    let job_id = stage.create(&waiting("t"));
    assert!(change(&mut stage.engine).is_some());
    assert_eq!(stage.engine.take_changes(), []);

    // Neither questions nor refusals nor time that moves nothing change anything.
    stage.job(&job_id);
    assert!(stage.request(&job_id, RequestedJobStatus::Ready).is_err());
    assert!(stage.ask(&waiting("t")).is_err());
    stage.engine.advance(stage.now);
    assert_eq!(stage.engine.take_changes(), []);

    let work = stage.tick();
    assert!(matches!(&work[..], [Work::Prepare { .. }]));
    change(&mut stage.engine);
    stage.finish(&job_id, Outcome::Prepared { tasks: 5 });
    change(&mut stage.engine);
    stage.finish(&job_id, Outcome::Prepared { tasks: 6 });
    assert_eq!(stage.engine.take_changes(), []);
    stage.tick();
    change(&mut stage.engine);
    assert_eq!(stage.status(&job_id), Suspended);

    // To hand out work is no change: until it is done the record stands.
    stage.request(&job_id, RequestedJobStatus::Ready).unwrap();
    stage.until(&job_id, &Active);
    stage.finish(&job_id, ran(1, 0));
    change(&mut stage.engine);
    assert!(matches!(&stage.engine.advance(stage.now)[..], [Work::Tasks { .. }]));
    assert_eq!(stage.engine.take_changes(), []);
    stage.finish(&job_id, ran(5, 0));
    stage.until(&job_id, &Completing);
    stage.finish(&job_id, Outcome::Reported);
    stage.until(&job_id, &Complete);
    change(&mut stage.engine);

    // What is left of a job is its token, for a while.
    stage.ask(&DeleteJob::new(job_id)).unwrap();
    assert!(change(&mut stage.engine).unwrap().contains("token"));
    stage.now += Duration::hours(48);
    stage.engine.advance(stage.now);
    assert_eq!(change(&mut stage.engine), None);
}

#[test]
fn a_turn_that_was_lost_is_asked_for_again_from_its_checkpoint() {
    let mut stage = Stage::new(outside());
    let job_id = stage.active(&create("t"), 2500);
    stage.finish(&job_id, ran(900, 100));
    let lost = stage.engine.advance(stage.now);
    let record = change(&mut stage.engine).unwrap();

    stage.engine = restored(outside(), &[record]);
    assert_eq!(stage.engine.take_changes(), []);
    assert!(stage.engine.next_event().is_some_and(|time| time <= stage.now));
    assert_eq!(stage.engine.advance(stage.now), lost);
    stage.finish(&job_id, done(&lost[0], 0));
    assert_eq!(stage.rest(&job_id), [Active, Completing, Complete]);
    assert_eq!(stage.job(&job_id).progress_summary.unwrap().number_of_tasks_failed, 100);
}

#[test]
fn the_token_of_a_deleted_job_stays_used_across_a_restart() {
    let mut stage = Stage::new(outside());
    let job_id = stage.create(&create("t"));
    stage.request(&job_id, RequestedJobStatus::Cancelled).unwrap();
    stage.ask(&DeleteJob::new(job_id.clone())).unwrap();
    let record = change(&mut stage.engine).unwrap();
    stage.engine = restored(outside(), &[record]);
    assert_eq!(stage.ask(&create("t")).unwrap_err().code, ErrorCode::InvalidRequest);
    assert_eq!(stage.ask(&DescribeJob::new(job_id)).unwrap_err().code, ErrorCode::NoSuchJob);
    stage.now += Duration::hours(48);
    stage.engine.advance(stage.now);
    assert_eq!(change(&mut stage.engine), None);
    stage.create(&create("t"));
}

#[test]
fn a_job_may_take_the_id_of_one_that_was_deleted() {
    let [job, ..] = &sample_jobs(at(START), 1)[..] else { panic!("a job") };
    let mut engine = engine(Settings::default(), vec![job.clone()]);
    ask(&mut engine, &DeleteJob::new(job.job_id.clone()), at(START)).unwrap();
    engine.add_job(job.clone());
    let later = at(START) + Duration::hours(49);
    engine.advance(later);
    assert!(engine.next_event().is_some_and(|time| time > later));
    let described = ask(&mut engine, &DescribeJob::new(job.job_id.clone()), at(START));
    assert_eq!(described.unwrap().job, *job);
    let mut create = create("t");
    create.client_request_token = job.client_request_token.clone().unwrap();
    assert!(ask(&mut engine, &create, at(START)).is_err());
}

#[test]
fn jobs_that_were_found_are_kept_and_stand_still_after_a_restart() {
    let jobs = sample_jobs(at(START), 48);
    let mut first = engine(Settings::default(), jobs.clone());
    let records = first.take_changes().into_iter().filter_map(|change| change.record);
    let records: Vec<_> = records.map(|record| serde_json::to_string(&record).unwrap()).collect();
    assert_eq!(records.len(), 48);
    let mut second = restored(Settings::default(), &records);
    for _ in 0..10 {
        assert_eq!(second.advance(at(START) + Duration::HOUR), []);
    }
    for job in jobs {
        let described = ask(&mut second, &DescribeJob::new(job.job_id.clone()), at(START));
        assert_eq!(described.unwrap().job, job);
    }
}

/// A store of today must be readable tomorrow: this text never changes.
const RECORD: &str = r#"{"version":"1","job":{"job":{"client_request_token":"t",
"confirmation_required":false,"creation_time":"2019-05-15T06:46:40Z","description":"kept",
"failure_reasons":[],"job_id":"e1b6a8a2","manifest":{"location":{"etag":"15150651828f",
"object_arn":"qcs::cos:ap-chengdu::src-1250000000/list.csv","object_version_id":null},
"spec":{"fields":["Bucket","Key"],"format":"COSBatchOperations_CSV_V1"}},
"operation":"delete_object","priority":10,"progress_summary":{"auto_manifest_status":null,
"number_of_tasks_failed":1,"number_of_tasks_succeeded":2,"total_number_of_tasks":5},
"report":{"bucket":null,"enabled":false,"format":null,"prefix":null,"report_scope":null},
"role_arn":"qcs::cam::uin/100000000001:roleName/COS_Batch_QcsRole","status":"Active",
"status_update_reason":null,"suspended_cause":null,"suspended_date":null,
"termination_date":null},"app_id":"1250000000","order":3,"since":"2019-05-15T06:46:41.5Z",
"checkpoint":{"succeeded":2,"failed":1,"place":{"file":0,"row":3,"byte":42},
"report":{"succeeded":20,"failed":10}},"prepared":true,"confirmed":false,"failure":null,
"reported":false,"imagined":false,"turn":"2019-05-15T06:46:41.5Z","still":false}}"#;

#[test]
fn a_record_that_was_written_once_can_be_read_for_ever() {
    let mut engine = restored(outside(), &[RECORD.replace('\n', "")]);
    let work = engine.advance(at(START + 60));
    let [Work::Tasks { job, from, most: 1000 }] = &work[..] else { panic!("{work:?}") };
    assert_eq!((from.place.row, from.place.byte, from.report.failed), (3, 42, 10));
    assert_eq!(job.description.as_deref(), Some("kept"));

    let spent = r#"{"version":"1","token":{"job_id":"a","token":"t","app_id":null,
        "since":"2019-05-15T06:46:40Z"}}"#;
    let mut engine = restored(Settings::default(), &[spent.to_owned()]);
    assert!(ask(&mut engine, &create("t"), at(START)).is_err());
}

#[test]
fn a_record_of_another_version_says_so() {
    let newer = RECORD.replace(r#""version":"1""#, r#""version":"2""#);
    let error = serde_json::from_str::<Record>(&newer).unwrap_err().to_string();
    assert!(error.contains("unknown variant `2`, expected `1`"), "{error}");
    assert!(serde_json::from_str::<Record>(r#"{"version":"1"}"#).is_err());
}
