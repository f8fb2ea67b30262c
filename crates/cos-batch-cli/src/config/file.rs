//! Files that hold secrets: read whole, and never quoted in an error

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use zeroize::Zeroizing;

use crate::failure::{Failure, Kind};
use crate::talk::{Talk, Warning};

/// The largest file of configuration.
const MOST: u64 = 1024 * 1024;

/// A file's text; `None` where there is none.
pub(super) fn read(path: &Path) -> Result<Option<Zeroizing<String>>, Failure> {
    let mut text = Zeroizing::new(String::new());
    let read = File::open(path).and_then(|file| file.take(MOST + 1).read_to_string(&mut text));
    match read {
        Ok(length) if u64::try_from(length).is_ok_and(|length| length <= MOST) => Ok(Some(text)),
        Ok(_) => Err(unreadable(path, format!("larger than {MOST} bytes"))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        // The error itself shows nothing of the file.
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            Err(unreadable(path, "not UTF-8".to_owned()))
        }
        Err(error) => Err(unreadable(path, error.to_string())),
    }
}

/// The same for a file that holds secrets: who else may read it is told.
pub(super) fn read_secret(path: &Path, talk: Talk) -> Result<Option<Zeroizing<String>>, Failure> {
    let text = read(path)?;
    if text.is_some()
        && let Some(mode) = exposure(path)
    {
        let message =
            format!("{} holds keys and is open to others (mode {mode:04o})", path.display());
        talk.warning(Warning::READABLE, &message, &format!("chmod 600 {}", path.display()));
    }
    Ok(text)
}

/// The permissions of a file that others than its owner may read or write.
#[cfg(unix)]
pub(crate) fn exposure(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).ok()?.permissions().mode() & 0o7777;
    Some(mode).filter(|mode| mode & 0o066 != 0)
}

/// The permissions of a file that others than its owner may read or write; not known here.
#[cfg(not(unix))]
pub(crate) fn exposure(_: &Path) -> Option<u32> {
    None
}

/// tccli keeps no keys in its second file.
pub(crate) fn may_hold_keys(path: &Path) -> bool {
    path.extension().is_none_or(|extension| extension != "configure")
}

/// A file of configuration that is not what it should be. What it holds is not shown: it may be a
/// secret.
pub(super) fn malformed(path: &Path, why: impl Into<String>) -> Failure {
    Failure::new(Kind::BAD_FILE, format!("{} is malformed", path.display()))
        .fact(why)
        .help("mend the file; cosbatch config doctor checks it")
}

fn unreadable(path: &Path, why: String) -> Failure {
    Failure::new(Kind::BAD_FILE, format!("{} cannot be read", path.display()))
        .fact(why)
        .help("mend or remove the file, or give what is needed by the environment")
}

/// The line and column of an offset, both from 1.
pub(super) fn place(text: &str, offset: usize) -> String {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("line {line}, column {column}")
}
