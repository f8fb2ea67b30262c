//! What the calls are about: ids, statuses, jobs and their parts
//!
//! Plain data with public fields. Names are COS's own, snake-cased.

mod ids;
mod job;
mod manifest;
mod operation;
mod report;
mod resource;
mod status;
mod unknown;

pub use ids::{
    AppId, ClientRequestToken, ExpirationInDays, JobId, MaxResults, NextToken, Priority, Region,
    Uin,
};
pub use job::{Job, JobFailure, JobSummary, ProgressSummary};
pub use manifest::{Manifest, ManifestField, ManifestFormat, ManifestLocation, ManifestSpec};
pub use operation::{
    CannedAccessControlList, Directive, Grant, Grantee, GranteeType, InitiateRestoreObject,
    JobOperation, JobTier, NewObjectMetadata, OperationName, OtherOperation, Permission,
    PutObjectCopy, PutObjectTagging, SseAlgorithm, StorageClass, Tag, UserMetadata,
};
pub use report::{Report, ReportFormat, ReportScope};
pub use resource::{BucketArn, ObjectArn, RoleArn, UserArn};
pub use status::{JobStatus, RequestedJobStatus};
pub use unknown::UnknownFields;
