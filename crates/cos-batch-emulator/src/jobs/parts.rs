//! The parts of a sample job that a listing does not show

#![expect(clippy::expect_used, reason = "constants and hex digits, all of them legal")]

use std::str::FromStr;

use cos_batch::{
    BucketArn, Directive, ExpirationInDays, InitiateRestoreObject, JobOperation, JobTier, Manifest,
    ManifestField, ManifestLocation, OperationName, PutObjectCopy, PutObjectTagging, Report,
    ReportScope, RoleArn, Tag,
};

use super::Random;
use crate::ids::{mixed, uuid};

const SOURCE: &str = "qcs::cos:ap-chengdu:uid/1250000000:src-1250000000";
const TARGET: &str = "qcs::cos:ap-chengdu:uid/1250000000:dst-1250000000";

/// A lower-case UUID that follows from the job's number.
pub(super) fn id<T: FromStr>(n: u64, of: [Random; 2]) -> T {
    let [high, low] = of.map(|of| mixed(of as u64, n));
    uuid(high, low).parse().ok().expect("a UUID is a token and a job id")
}

/// What the job does, with plausible parameters.
pub(super) fn operation(name: &OperationName) -> JobOperation<'static> {
    match name {
        OperationName::CosInitiateRestoreObject => {
            let days = ExpirationInDays::try_from(7).expect("a week");
            JobOperation::InitiateRestoreObject(InitiateRestoreObject::new(days, JobTier::Bulk))
        }
        OperationName::CosPutObjectCopy => {
            JobOperation::PutObjectCopy(Box::new(PutObjectCopy::new(bucket(TARGET))))
        }
        OperationName::CosPutObjectTagging => {
            let tags = vec![Tag::new("team", "ingest")];
            JobOperation::PutObjectTagging(PutObjectTagging::new(Directive::Replaced, tags))
        }
        _ => JobOperation::DeleteObject,
    }
}

/// A list of its own for each job.
pub(super) fn manifest(n: u64) -> Manifest<'static> {
    let list = bucket(SOURCE).object(&format!("manifests/{n:05}.csv")).expect("a key");
    let etag = [0, 1].map(|half| format!("{:016x}", mixed(mixed(Random::Etag as u64, half), n)));
    let location = ManifestLocation::new(list, etag.concat());
    Manifest::csv(location, [ManifestField::Bucket, ManifestField::Key])
}

pub(super) fn report() -> Report<'static> {
    let mut report = Report::new(bucket(SOURCE), ReportScope::AllTasks);
    report.prefix = Some("job-result".into());
    report
}

pub(super) fn role() -> RoleArn<'static> {
    "qcs::cam::uin/100000000001:roleName/COS_Batch_QcsRole".parse().expect("a role")
}

fn bucket(arn: &str) -> BucketArn<'static> {
    arn.parse().expect("a bucket")
}
