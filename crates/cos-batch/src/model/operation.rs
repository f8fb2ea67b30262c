//! What a job does to its objects

mod copy;
mod other;
mod restore;
mod tagging;

pub use copy::{
    CannedAccessControlList, Grant, Grantee, GranteeType, NewObjectMetadata, Permission,
    PutObjectCopy, SseAlgorithm, StorageClass, UserMetadata,
};
pub use other::OtherOperation;
pub use restore::{InitiateRestoreObject, JobTier};
pub use tagging::{Directive, PutObjectTagging, Tag};

use crate::value::{IntoOwned, closed_list};

closed_list! {
    /// What a job does to its objects, by name
    ///
    /// ListJobs shows the name of the operation only; DescribeJob has its parameters.
    ///
    /// Page: [common elements](https://www.tencentcloud.com/document/product/436/33786).
    pub enum OperationName("an operation's name without commas or control characters") {
        /// Delete.
        CosDeleteObject = "COSDeleteObject",
        /// Restore from an archive.
        CosInitiateRestoreObject = "COSInitiateRestoreObject",
        /// Copy.
        CosPutObjectCopy = "COSPutObjectCopy",
        /// Tag.
        CosPutObjectTagging = "COSPutObjectTagging",
    }
}

/// What a job does to its objects, with its parameters: exactly one operation
///
/// Page: [common elements](https://www.tencentcloud.com/document/product/436/33786).
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum JobOperation<'a> {
    /// Delete them. There are no parameters: what a row of the manifest names, its version or the
    /// bucket's versioning decides what is deleted.
    DeleteObject,
    /// Restore them from an archive.
    InitiateRestoreObject(InitiateRestoreObject),
    /// Copy them.
    PutObjectCopy(Box<PutObjectCopy<'a>>),
    /// Set their tags.
    PutObjectTagging(PutObjectTagging<'a>),
    /// An operation that no page documents, kept as it was written.
    Other(OtherOperation<'a>),
}

impl JobOperation<'_> {
    /// The operation's name, as ListJobs shows it.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::DeleteObject => OperationName::CosDeleteObject.as_str(),
            Self::InitiateRestoreObject(_) => OperationName::CosInitiateRestoreObject.as_str(),
            Self::PutObjectCopy(_) => OperationName::CosPutObjectCopy.as_str(),
            Self::PutObjectTagging(_) => OperationName::CosPutObjectTagging.as_str(),
            Self::Other(other) => other.name(),
        }
    }
}

impl IntoOwned for JobOperation<'_> {
    type Owned = JobOperation<'static>;

    fn into_owned(self) -> JobOperation<'static> {
        match self {
            Self::DeleteObject => JobOperation::DeleteObject,
            Self::InitiateRestoreObject(restore) => JobOperation::InitiateRestoreObject(restore),
            Self::PutObjectCopy(copy) => JobOperation::PutObjectCopy(Box::new(copy.into_owned())),
            Self::PutObjectTagging(tagging) => JobOperation::PutObjectTagging(tagging.into_owned()),
            Self::Other(other) => JobOperation::Other(other.into_owned()),
        }
    }
}
