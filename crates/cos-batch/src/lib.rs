//! Tencent Cloud COS Batch Operations as a sans-IO protocol library
//!
//! Parameters go in, [`http::Request`] values come out; byte buffers go in, typed results come out.
//! No runtime, no socket, no clock, no random numbers, no environment, no files, no logging.
//!
//! | to | use |
//! | --- | --- |
//! | make a request, read a reply | [`ListJobs`] and the other calls, by [`Operation`] |
//! | say where requests go | [`Endpoint`] |
//! | sign a request | [`Signer`] |
//! | learn why a signature was refused | [`explain`] |
//! | retry a call, read a whole listing, follow a job | [`Exchange`], [`Pages`], [`Watch`]: a [`Machine`] |
//! | create a job, never two | [`CreateOnce`]: a [`Machine`] |
//! | run a machine | [`drive`], or a loop of your own |
//! | answer requests, in a test or an emulator | [`serve`], [`verify`], [`ServiceError`] |
//! | add a call | [`op`], [`xml`], [`text`], [`date`] |
//!
//! Facts about the service come from its pages, and each type names its page. What no page says is
//! an option or stays open; it is never guessed.

pub mod date;
pub mod drive;
mod endpoint;
mod error;
pub mod machine;
mod model;
pub mod op;
pub mod serve;
pub mod sign;
pub mod text;
mod value;
pub mod xml;

pub use http;
pub use time;

pub use endpoint::{APPID_HEADER, Endpoint};
pub use error::{
    BuildError, Error, ErrorCode, Lost, NotCos, ReplyError, RequestError, ServiceError, SignError,
    VerifyError, XmlError, XmlErrorKind,
};
pub use machine::{CreateOnce, Creation, Event, Exchange, Machine, Pages, Retry, Step, Watch};
pub use model::{
    AppId, BucketArn, CannedAccessControlList, ClientRequestToken, Directive, ExpirationInDays,
    Grant, Grantee, GranteeType, InitiateRestoreObject, Job, JobFailure, JobId, JobOperation,
    JobStatus, JobSummary, JobTier, Manifest, ManifestField, ManifestFormat, ManifestLocation,
    ManifestSpec, MaxResults, NewObjectMetadata, NextToken, ObjectArn, OperationName,
    OtherOperation, Permission, Priority, ProgressSummary, PutObjectCopy, PutObjectTagging, Region,
    Report, ReportFormat, ReportScope, RequestedJobStatus, RoleArn, SseAlgorithm, StorageClass,
    Tag, Uin, UnknownFields, UserArn, UserMetadata,
};
pub use op::{
    CreateJob, CreateJobResult, DeleteJob, DescribeJob, DescribeJobResult, ListJobs,
    ListJobsResult, Operation, Repeat, StatusForm, UpdateJobPriority, UpdateJobPriorityResult,
    UpdateJobStatus, UpdateJobStatusResult,
};
pub use sign::{
    Credentials, Explanation, SecretKey, Signer, SigningKey, Trace, Verified, VerifyPolicy,
    explain, verify,
};
pub use value::{HttpString, IntoOwned, Unlisted, ValueError, printable};
pub use xml::Limits;
