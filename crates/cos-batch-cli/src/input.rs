//! What is read from a file or from stdin

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::failure::{Failure, Kind};

/// A file, or stdin where it is absent or `-`.
pub(crate) fn open(file: Option<&Path>) -> Result<Box<dyn Read>, Failure> {
    match file.filter(|file| *file != Path::new("-")) {
        Some(path) => match File::open(path) {
            Ok(file) => Ok(Box::new(file)),
            Err(error) => Err(unreadable(Some(path), &error)),
        },
        None => Ok(Box::new(io::stdin().lock())),
    }
}

/// The same read whole, as far as one byte beyond the limit.
pub(crate) fn read(file: Option<&Path>, limit: usize) -> Result<Vec<u8>, Failure> {
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    match open(file)?.take(most).read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(error) => Err(unreadable(file, &error)),
    }
}

pub(crate) fn unreadable(file: Option<&Path>, error: &io::Error) -> Failure {
    Failure::new(Kind::NO_INPUT, format!("{} cannot be read", name(file)))
        .fact(error.to_string())
        .help("give a file that is there, or pipe it in")
}

/// What a message calls it.
pub(crate) fn name(file: Option<&Path>) -> String {
    let path = file.filter(|file| *file != Path::new("-"));
    path.map_or_else(|| "stdin".to_owned(), |path| path.display().to_string())
}
