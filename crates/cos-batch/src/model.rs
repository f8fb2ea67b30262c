//! What the calls are about: ids, statuses, jobs
//!
//! Plain data with public fields. Names are COS's own, snake-cased.

mod ids;
mod job;
mod status;

pub use ids::{AppId, JobId, MaxResults, NextToken, Priority, Region, Uin};
pub use job::{JobSummary, OperationName, ProgressSummary};
pub use status::JobStatus;
