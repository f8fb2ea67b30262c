//! `CreateOnce`: never a second job, never a wrong answer

mod logs;
mod resuming;
mod schedules;
mod scripted;
mod service;

use cos_batch::{
    CreateJob, Endpoint, JobOperation, Manifest, ManifestField, ManifestLocation, Report,
    ReportScope,
};

const TOKEN: &str = "184ce261-18af-5e3d-3e30-253723cfd937";

fn endpoint() -> Endpoint {
    Endpoint::custom("http", "127.0.0.1:9000", "1250000000".parse().unwrap()).unwrap()
}

fn create() -> CreateJob {
    let bucket = "qcs::cos:ap-chengdu:uid/1250000000:src-1250000000";
    let list = ManifestLocation::new(format!("{bucket}/list.csv").parse().unwrap(), "15150651");
    let mut create = CreateJob::new(
        TOKEN.parse().unwrap(),
        Manifest::csv(list, [ManifestField::Bucket, ManifestField::Key]),
        JobOperation::DeleteObject,
        "10".parse().unwrap(),
        Report::new(bucket.parse().unwrap(), ReportScope::AllTasks),
        "qcs::cam::uin/100000000001:roleName/COS_Batch_QcsRole".parse().unwrap(),
    );
    create.description = Some("tidy up".into());
    create
}
