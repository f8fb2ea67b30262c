//! What a file cannot hold: the sidecar of an object

use std::collections::BTreeMap;
use std::fmt;

use cos_batch::time::OffsetDateTime;
use cos_batch::time::serde::rfc3339;
use cos_batch::{CannedAccessControlList, Grant, JobId, StorageClass, ValueError};
use md5::{Digest as _, Md5};
use serde::{Deserialize, Serialize};

use super::hex;
use super::task::TaskError;

/// A version of an object, without its content
///
/// In a sidecar the newest version stands for itself and has the others in `older`.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Version {
    pub(super) version_id: VersionId,
    #[serde(skip_serializing_if = "is_default")]
    pub(super) delete_marker: bool,
    /// The ETag, where it is not the MD5 of the content.
    #[serde(skip_serializing_if = "is_default")]
    pub(super) etag: Option<String>,
    /// `STANDARD` where none is named.
    #[serde(skip_serializing_if = "is_default")]
    pub(super) storage_class: Option<StorageClass>,
    #[serde(skip_serializing_if = "is_default", with = "rfc3339::option")]
    pub(super) restored_until: Option<OffsetDateTime>,
    /// HTTP's headers by their names, the user's own metadata as `x-cos-meta-…`.
    #[serde(skip_serializing_if = "is_default")]
    pub(super) headers: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(super) tags: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(super) acl: Option<CannedAccessControlList>,
    #[serde(skip_serializing_if = "is_default")]
    pub(super) grants: Vec<Grant<'static>>,
    /// In a sidecar only: the other versions, newest first.
    #[serde(skip_serializing_if = "is_default")]
    older: Vec<Self>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Version {
    /// A version that says that there is no object.
    pub(super) fn delete_marker(version_id: VersionId) -> Self {
        Self { version_id, delete_marker: true, ..Self::default() }
    }

    /// Its class.
    pub(super) fn storage_class(&self) -> &StorageClass {
        self.storage_class.as_ref().unwrap_or(&StorageClass::Standard)
    }

    /// Is its content to be had only once it is restored?
    pub(super) fn is_archived(&self) -> bool {
        self.storage_class().as_str().ends_with("ARCHIVE")
    }

    /// Has it been restored from the archive, and for longer than this?
    pub(super) fn is_restored(&self, now: OffsetDateTime) -> bool {
        self.restored_until.is_some_and(|until| until > now)
    }
}

/// The id of a version; it is part of a file's name
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(into = "String", try_from = "String")]
pub(super) struct VersionId(String);

impl VersionId {
    /// The id of what was put while its bucket kept no versions.
    pub(super) const NULL: &str = "null";

    /// The id of the version that a task makes.
    pub(super) fn of_task(job_id: &JobId<'_>, task: u64) -> Self {
        Self(hex(&Md5::digest(format!("{job_id}/{task}"))))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for VersionId {
    fn default() -> Self {
        Self(Self::NULL.to_owned())
    }
}

impl TryFrom<String> for VersionId {
    type Error = ValueError;

    fn try_from(text: String) -> Result<Self, ValueError> {
        let is_legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        if (1..=64).contains(&text.len()) && text.bytes().all(is_legal) {
            Ok(Self(text))
        } else {
            Err(ValueError::new("a version id: 1 to 64 bytes of A-Z a-z 0-9 _ -", &text))
        }
    }
}

impl From<VersionId> for String {
    fn from(id: VersionId) -> Self {
        id.0
    }
}

impl fmt::Display for VersionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An object: its versions, newest first; none where it does not exist
#[derive(Debug, Default)]
pub(super) struct Object {
    /// The path of its file.
    pub(super) path: String,
    pub(super) versions: Vec<Version>,
    /// There is a sidecar.
    pub(super) has_sidecar: bool,
    /// The sidecar says the same as `versions`.
    pub(super) is_saved: bool,
}

impl Object {
    /// The place of a version that has content: the one named, or else the newest.
    pub(super) fn find(&self, version_id: Option<&str>) -> Result<usize, TaskError> {
        let missing = || TaskError::new("NoSuchKey", 404, "there is no such object");
        let place = match version_id {
            None => 0,
            Some(_) if self.versions.is_empty() => return Err(missing()),
            Some(id) => self.place(id).ok_or_else(|| {
                TaskError::new("NoSuchVersion", 404, "the object has no such version")
            })?,
        };
        match self.versions.get(place) {
            Some(version) if !version.delete_marker => Ok(place),
            Some(_) if version_id.is_some() => {
                Err(TaskError::new("MethodNotAllowed", 405, "this version is a delete marker"))
            }
            _ => Err(missing()),
        }
    }

    /// The place of a version.
    pub(super) fn place(&self, version_id: &str) -> Option<usize> {
        self.versions.iter().position(|version| version.version_id.0 == version_id)
    }

    /// Reads a sidecar's text.
    pub(super) fn read_sidecar(&mut self, text: &str) -> Result<(), serde_json::Error> {
        let mut newest: Version = serde_json::from_str(text)?;
        let older = std::mem::take(&mut newest.older);
        self.versions = [newest].into_iter().chain(older).collect();
        self.has_sidecar = true;
        self.is_saved = true;
        Ok(())
    }

    /// Is there nothing to say about it that its file does not say?
    pub(super) fn is_plain(&self) -> bool {
        match &*self.versions {
            [] => true,
            [only] => is_default(only),
            _ => false,
        }
    }

    /// The text of its sidecar.
    pub(super) fn sidecar(&self) -> Result<Vec<u8>, serde_json::Error> {
        let (newest, older) = self.versions.split_first().unzip();
        let older = older.map(<[_]>::to_vec).unwrap_or_default();
        let newest = Version { older, ..newest.cloned().unwrap_or_default() };
        let mut text = serde_json::to_vec_pretty(&newest)?;
        text.push(b'\n');
        Ok(text)
    }
}
