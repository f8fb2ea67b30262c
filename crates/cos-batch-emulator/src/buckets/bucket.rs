//! A bucket: a folder of objects, and what is kept of them beside it
//!
//! The newest version's content is the file at the key, the others' contents are kept apart. A
//! change takes several steps on the disk, and the process may end between any two of them. Two
//! rules, applied whenever an object is looked at, make each such state the one before the change
//! or the one after it:
//!
//! - The newest version's content belongs at the key. Where it is still kept apart, it is moved
//!   there.
//! - A version without content is gone.

use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, Write as _};
use std::path::Path;
use std::time::SystemTime;

use cos_batch::time::OffsetDateTime;
use serde::Deserialize;

use super::folder::{FileError, Folder, there};
use super::key;
use super::object::{Object, Version, VersionId};
use super::task::TaskError;

/// The folder of what is kept beside the buckets.
const KEPT: &str = ".cosbatch";

/// Where a content and a sidecar are written before they have their names; there is one of each
/// at a time.
const INCOMING: &str = "incoming";
const INCOMING_SIDECAR: &str = "incoming.json";

/// The most that is read of a sidecar, in bytes.
const SIDECAR_LIMIT: u64 = 1024 * 1024;

/// The folder of all buckets
#[derive(Debug)]
pub(super) struct Disk {
    buckets: Folder,
    pub(super) kept: Folder,
    _lock: Lock,
}

impl Disk {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let unusable = |error| {
            let why = TaskError::from(error).message;
            io::Error::other(format!("the folder {KEPT} cannot be used: {why}"))
        };
        let buckets = Folder::ambient(path)?;
        let kept = buckets.make_folder(KEPT).map_err(unusable)?;
        let lock = Lock::take(kept.edit("lock").map_err(unusable)?)?;
        Ok(Self { buckets, kept, _lock: lock })
    }

    pub(super) fn bucket(&self, name: &str) -> Result<Bucket<'_>, TaskError> {
        let missing = || TaskError::new("NoSuchBucket", 404, "there is no such bucket");
        if !is_bucket_name(name) {
            return Err(missing());
        }
        let objects = match self.buckets.folder(name) {
            Ok(objects) => objects,
            Err(FileError::Missing | FileError::Blocked) => return Err(missing()),
            Err(error) => return Err(error.into()),
        };
        let settings = match there(self.kept.read(&format!("{name}/bucket.json"), SIDECAR_LIMIT))? {
            Some(text) => serde_json::from_str(&text)
                .map_err(|error| unreadable("the bucket's settings", &error))?,
            None => BucketSettings::default(),
        };
        let kept = self.kept.make_folder(&format!("{name}/objects"))?;
        Ok(Bucket { disk: self, objects, kept, versioning: settings.versioning })
    }
}

/// Held as long as nobody else may change anything in a folder
#[derive(Debug)]
struct Lock(File);

impl Lock {
    fn take(file: File) -> io::Result<Self> {
        file.try_lock().map_err(|error| match error {
            TryLockError::Error(error) => error,
            TryLockError::WouldBlock => {
                io::Error::new(io::ErrorKind::ResourceBusy, "another service works in this folder")
            }
        })?;
        Ok(Self(file))
    }
}

impl Drop for Lock {
    /// Released in so many words: a process that is just being started elsewhere in this one holds
    /// the file too for a moment, and with it the lock.
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

/// A name such as `examplebucket-1250000000`, which says nothing to a file system.
fn is_bucket_name(name: &str) -> bool {
    let is_legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    name.bytes().all(is_legal)
        && name.rsplit_once('-').is_some_and(|(name, app_id)| {
            !name.starts_with('.')
                && !name.is_empty()
                && !app_id.is_empty()
                && app_id.bytes().all(|byte| byte.is_ascii_digit())
        })
}

/// What is set for a bucket, in its `bucket.json`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct BucketSettings {
    versioning: Versioning,
}

/// Does a bucket keep versions?
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
pub(super) enum Versioning {
    #[default]
    Never,
    Enabled,
    Suspended,
}

/// A bucket that is there
#[derive(Debug)]
pub(super) struct Bucket<'d> {
    disk: &'d Disk,
    pub(super) objects: Folder,
    kept: Folder,
    versioning: Versioning,
}

impl<'d> Bucket<'d> {
    /// What there is at a key.
    pub(super) fn load(&self, key: &str) -> Result<Object, TaskError> {
        let mut object = Object { path: key::content(key)?, ..Object::default() };
        let mut has_file = match self.objects.has(&object.path) {
            Ok(has_file) => has_file,
            Err(FileError::Blocked) => false,
            Err(error) => return Err(error.into()),
        };
        if let Some(text) = there(self.kept.read(&sidecar(&object), SIDECAR_LIMIT))? {
            object
                .read_sidecar(&text)
                .map_err(|error| unreadable("the object's sidecar", &error))?;
            while object.versions.first().is_some_and(|newest| !newest.delete_marker) {
                has_file |= self.settle(&mut object)?;
                if has_file {
                    return Ok(object);
                }
                object.versions.remove(0);
                object.is_saved = false;
            }
        }
        if has_file {
            // Somebody put it there by hand.
            self.remove_null(&mut object)?;
            object.versions.insert(0, Version::default());
            object.is_saved = false;
        }
        Ok(object)
    }

    /// The content of a version.
    pub(super) fn open(&self, object: &Object, place: usize) -> Result<File, TaskError> {
        match object.versions.get(place) {
            Some(version) if place > 0 => Ok(self.kept.open(&stored(object, version))?),
            _ => Ok(self.objects.open(&object.path)?),
        }
    }

    /// Puts an object: the content of `source`, in place of what there is or on top of it
    ///
    /// `id` is that of the version, if the bucket keeps any; putting it twice is putting it once.
    pub(super) fn put(
        &self,
        mut object: Object,
        source: &mut (impl Read + Seek),
        mut version: Version,
        id: VersionId,
        now: OffsetDateTime,
    ) -> Result<(), TaskError> {
        if self.versioning == Versioning::Enabled {
            if is_newest(&object, &id) {
                return Ok(());
            }
            version.version_id = id;
        }
        let mut content = self.disk.kept.create(INCOMING)?;
        source.rewind()?;
        io::copy(source, &mut content)?;
        content.set_modified(SystemTime::from(now))?;
        drop(content);
        self.make_way(&mut object, &version.version_id)?;
        object.versions.insert(0, version);
        // Before its content: content of which nobody knew would pass for a file put by hand.
        self.save(&mut object)?;
        Ok(self.disk.kept.rename(INCOMING, &self.objects, &object.path)?)
    }

    /// Deletes a version, or what its bucket's versioning says where none is named
    ///
    /// `id` is that of the delete marker, if the bucket keeps any; deleting twice is deleting once.
    pub(super) fn delete(
        &self,
        mut object: Object,
        version_id: Option<&str>,
        id: VersionId,
    ) -> Result<(), TaskError> {
        match (self.versioning, version_id) {
            (Versioning::Never, _) => {
                while let Some(last) = object.versions.len().checked_sub(1) {
                    self.remove(&mut object, last)?;
                }
                self.save(&mut object)?;
            }
            (_, Some(version_id)) => {
                if let Some(place) = object.place(version_id) {
                    self.remove(&mut object, place)?;
                    self.settle(&mut object)?;
                }
                self.save(&mut object)?;
            }
            (Versioning::Enabled, None) => self.mark_deleted(&mut object, id)?,
            (Versioning::Suspended, None) => {
                self.mark_deleted(&mut object, VersionId::default())?;
            }
        }
        self.objects.prune(&object.path);
        Ok(())
    }

    /// Writes down what the versions are now.
    pub(super) fn save(&self, object: &mut Object) -> Result<(), TaskError> {
        if !object.is_plain() {
            return self.write_sidecar(object);
        }
        let sidecar = sidecar(object);
        if object.has_sidecar {
            self.kept.remove(&sidecar)?;
            object.has_sidecar = false;
        }
        self.kept.prune(&sidecar);
        Ok(())
    }

    fn write_sidecar(&self, object: &mut Object) -> Result<(), TaskError> {
        let text = object.sidecar().map_err(|error| unreadable("the object's sidecar", &error))?;
        self.disk.kept.create(INCOMING_SIDECAR)?.write_all(&text)?;
        self.disk.kept.rename(INCOMING_SIDECAR, &self.kept, &sidecar(object))?;
        object.has_sidecar = true;
        object.is_saved = true;
        Ok(())
    }

    /// Has the sidecar say which version is the newest, before its content is moved.
    fn know(&self, object: &mut Object) -> Result<(), TaskError> {
        if object.is_saved { Ok(()) } else { self.write_sidecar(object) }
    }

    /// Puts a delete marker on top, in place of the version with its id.
    fn mark_deleted(&self, object: &mut Object, id: VersionId) -> Result<(), TaskError> {
        if is_newest(object, &id) {
            if object.versions.first().is_some_and(|newest| newest.delete_marker) {
                return Ok(());
            }
            self.objects.remove(&object.path)?;
        }
        self.make_way(object, &id)?;
        object.versions.insert(0, Version::delete_marker(id));
        self.save(object)
    }

    /// Forgets the version with this id, and moves the content of what is then the newest away from
    /// the key. Content of the forgotten one stays there, if it is there: another will replace it.
    fn make_way(&self, object: &mut Object, id: &VersionId) -> Result<(), TaskError> {
        match object.place(id.as_str()) {
            Some(0) => {
                object.versions.remove(0);
                return Ok(());
            }
            Some(place) => self.remove(object, place)?,
            None => {}
        }
        let Some(newest) = object.versions.first().filter(|newest| !newest.delete_marker) else {
            return Ok(());
        };
        let stored = stored(object, newest);
        self.know(object)?;
        Ok(self.objects.rename(&object.path, &self.kept, &stored)?)
    }

    /// Moves the newest version's content to the key, if it is kept apart: was it?
    fn settle(&self, object: &mut Object) -> Result<bool, TaskError> {
        let Some(newest) = object.versions.first().filter(|newest| !newest.delete_marker) else {
            return Ok(false);
        };
        let stored = stored(object, newest);
        let is_apart = self.kept.has(&stored)?;
        if is_apart {
            self.know(object)?;
            self.kept.rename(&stored, &self.objects, &object.path)?;
        }
        Ok(is_apart)
    }

    /// Removes the version that was put while the bucket kept none, if there is one.
    fn remove_null(&self, object: &mut Object) -> Result<(), TaskError> {
        match object.place(VersionId::NULL) {
            Some(place) => self.remove(object, place),
            None => Ok(()),
        }
    }

    /// Removes a version; what is left is not written down yet.
    fn remove(&self, object: &mut Object, place: usize) -> Result<(), TaskError> {
        match object.versions.get(place) {
            Some(version) if version.delete_marker => {}
            Some(version) if place > 0 => self.kept.remove(&stored(object, version))?,
            _ => self.objects.remove(&object.path)?,
        }
        object.versions.remove(place);
        object.is_saved = false;
        Ok(())
    }
}

fn is_newest(object: &Object, id: &VersionId) -> bool {
    object.versions.first().is_some_and(|newest| newest.version_id == *id)
}

/// The path of an object's sidecar.
fn sidecar(object: &Object) -> String {
    key::kept(&object.path, key::SIDECAR)
}

/// The path of a version's content where it is kept apart.
fn stored(object: &Object, version: &Version) -> String {
    key::kept(&object.path, &format!(".{}{}", version.version_id, key::VERSION))
}

fn unreadable(what: &str, error: &serde_json::Error) -> TaskError {
    TaskError::new("InternalError", 500, format!("{what}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_released_though_a_started_process_still_has_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        let lock = Lock::take(File::create(&path).unwrap()).unwrap();
        assert!(Lock::take(File::open(&path).unwrap()).is_err());
        let _inherited = lock.0.try_clone().unwrap();
        drop(lock);
        Lock::take(File::open(&path).unwrap()).unwrap();
    }
}
