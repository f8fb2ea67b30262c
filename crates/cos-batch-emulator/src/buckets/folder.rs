//! A folder that no path leads out of
//!
//! `cap-std` opens everything relative to an open folder and lets no path escape it. On top of that
//! no link is followed, not even one that stays inside: each part of a path is opened by itself,
//! so it makes no difference when a link appears.

use std::fs::File;
use std::io::{self, ErrorKind, Read as _};

use cap_fs_ext::{DirExt as _, FollowSymlinks, OpenOptionsFollowExt as _, OpenOptionsSyncExt as _};
use cap_std::ambient_authority;
use cap_std::fs::{Dir, FileType, OpenOptions};

/// A folder, open
///
/// Paths are relative to it: names joined by `/`, none of them empty, `.` or `..`.
#[derive(Debug)]
pub(super) struct Folder(Dir);

/// Why a file could not be had
#[derive(Debug)]
pub(super) enum FileError {
    /// There is nothing.
    Missing,
    /// There is a folder.
    Folder,
    /// A file is where a folder of the path should be.
    Blocked,
    /// A link is on the way, or at its end.
    Link,
    /// There is something else: a pipe, a socket, a device.
    Special,
    /// The file system has no names that long.
    TooLong,
    /// Anything else.
    Io(io::Error),
}

impl From<io::Error> for FileError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound => Self::Missing,
            ErrorKind::IsADirectory => Self::Folder,
            ErrorKind::NotADirectory => Self::Blocked,
            ErrorKind::InvalidFilename => Self::TooLong,
            _ => Self::Io(error),
        }
    }
}

impl FileError {
    /// What opening a name was refused for, by what is there.
    fn of_name(dir: &Dir, name: &str, error: io::Error) -> Self {
        if error.kind() == ErrorKind::NotFound {
            return Self::Missing;
        }
        match dir.symlink_metadata(name) {
            Ok(found) => Self::of_type(found.file_type()).unwrap_or_else(|| error.into()),
            Err(_) => error.into(),
        }
    }

    /// What is wrong with what should be a file.
    fn of_type(found: FileType) -> Option<Self> {
        match found {
            found if found.is_file() => None,
            found if found.is_dir() => Some(Self::Folder),
            found if found.is_symlink() => Some(Self::Link),
            _ => Some(Self::Special),
        }
    }
}

/// What comes of asking for a file, where its absence is an answer.
pub(super) fn there<T>(result: Result<T, FileError>) -> Result<Option<T>, FileError> {
    match result {
        Ok(file) => Ok(Some(file)),
        Err(FileError::Missing) => Ok(None),
        Err(error) => Err(error),
    }
}

impl Folder {
    /// The folder that a user names, by any path.
    pub(super) fn ambient(path: &std::path::Path) -> io::Result<Self> {
        Dir::open_ambient_dir(path, ambient_authority()).map(Self)
    }

    /// A folder in it.
    pub(super) fn folder(&self, path: &str) -> Result<Self, FileError> {
        self.at(path, false, |dir, name| enter(dir, name, false)).map(Self)
    }

    /// A folder in it, made if it is not there.
    pub(super) fn make_folder(&self, path: &str) -> Result<Self, FileError> {
        self.at(path, true, |dir, name| enter(dir, name, true)).map(Self)
    }

    /// A file, to be read.
    pub(super) fn open(&self, path: &str) -> Result<File, FileError> {
        // Without blocking: a pipe would wait for its other end.
        self.open_with(path, false, OpenOptions::new().read(true).nonblock(true))
    }

    /// A file, to be read and written wherever one likes; made if it is not there.
    pub(super) fn edit(&self, path: &str) -> Result<File, FileError> {
        let options = OpenOptions::new().read(true).write(true).create(true).nonblock(true).clone();
        self.open_with(path, true, &options)
    }

    /// The text of a small file.
    pub(super) fn read(&self, path: &str, limit: u64) -> Result<String, FileError> {
        let mut text = String::new();
        self.open(path)?.take(limit.saturating_add(1)).read_to_string(&mut text)?;
        if text.len() as u64 > limit {
            let why = format!("the file is larger than {limit} bytes");
            return Err(FileError::Io(io::Error::new(ErrorKind::FileTooLarge, why)));
        }
        Ok(text)
    }

    /// Is there a file?
    pub(super) fn has(&self, path: &str) -> Result<bool, FileError> {
        let found = self.at(path, false, |dir, name| {
            let found = dir.symlink_metadata(name)?;
            FileError::of_type(found.file_type()).map_or(Ok(()), Err)
        });
        there(found).map(|found| found.is_some())
    }

    /// An empty file that was not there before; what was is removed.
    pub(super) fn create(&self, path: &str) -> Result<File, FileError> {
        self.remove(path)?;
        self.open_with(path, true, OpenOptions::new().read(true).write(true).create_new(true))
    }

    /// Moves a file, over what is there, and makes the folders that it needs.
    pub(super) fn rename(&self, from: &str, to: &Self, path: &str) -> Result<(), FileError> {
        self.at(from, false, |from_dir, from| {
            to.at(path, true, |to_dir, name| {
                step();
                from_dir
                    .rename(from, to_dir, name)
                    .map_err(|error| FileError::of_name(to_dir, name, error))
            })
        })
    }

    /// Removes a file, or a link itself, if it is there.
    pub(super) fn remove(&self, path: &str) -> Result<(), FileError> {
        let removed = self.at(path, false, |dir, name| {
            step();
            dir.remove_file(name).map_err(|error| FileError::of_name(dir, name, error))
        });
        match removed {
            Ok(()) | Err(FileError::Missing | FileError::Blocked) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Removes the folders that a path led through, as far as they are empty.
    pub(super) fn prune(&self, path: &str) {
        let mut path = path;
        while let Some((folder, _)) = path.rsplit_once('/') {
            step();
            let removed = self.at(folder, false, |dir, name| Ok(dir.remove_dir(name)?));
            match removed {
                Ok(()) | Err(FileError::Missing) => path = folder,
                // Most often it is not empty; in no case does it matter.
                Err(_) => return,
            }
        }
    }

    fn open_with(&self, path: &str, make: bool, options: &OpenOptions) -> Result<File, FileError> {
        let mut options = options.clone();
        options.follow(FollowSymlinks::No);
        self.at(path, make, |dir, name| {
            let file = dir
                .open_with(name, &options)
                .map_err(|error| FileError::of_name(dir, name, error))?
                .into_std();
            match file.metadata()?.file_type() {
                found if found.is_file() => Ok(file),
                found if found.is_dir() => Err(FileError::Folder),
                _ => Err(FileError::Special),
            }
        })
    }

    /// Does something in the folder that a path leads to, with the path's last name.
    fn at<T>(
        &self,
        path: &str,
        make: bool,
        act: impl FnOnce(&Dir, &str) -> Result<T, FileError>,
    ) -> Result<T, FileError> {
        let mut held = None;
        let mut rest = path;
        loop {
            let dir = held.as_ref().unwrap_or(&self.0);
            let Some((name, below)) = rest.split_once('/') else { return act(dir, named(rest)?) };
            held = Some(enter(dir, named(name)?, make)?);
            rest = below;
        }
    }
}

/// A folder in a folder.
fn enter(dir: &Dir, name: &str, make: bool) -> Result<Dir, FileError> {
    let error = match dir.open_dir_nofollow(name) {
        Ok(dir) => return Ok(dir),
        Err(error) if make && error.kind() == ErrorKind::NotFound => {
            step();
            dir.create_dir(name)?;
            return Ok(dir.open_dir_nofollow(name)?);
        }
        Err(error) => error,
    };
    match FileError::of_name(dir, name, error) {
        // It is a folder, which was to be expected, or a file, which was not.
        FileError::Folder => Err(FileError::Io(ErrorKind::PermissionDenied.into())),
        FileError::Special => Err(FileError::Blocked),
        error => Err(error),
    }
}

/// A name that stays where it is; any other is nowhere.
fn named(name: &str) -> Result<&str, FileError> {
    match name {
        "" | "." | ".." => Err(FileError::Missing),
        name => Ok(name),
    }
}

/// Told before each change to the disk, so that tests can end the process there, as it were.
#[inline]
pub(super) fn step() {
    #[cfg(test)]
    super::tests::fuse::burn();
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
