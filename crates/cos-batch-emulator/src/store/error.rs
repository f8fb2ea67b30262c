use std::path::{Path, PathBuf};
use std::{fmt, io};

/// The folder for the data cannot be used
///
/// It says what is wrong and what to do about it. Nothing was changed.
#[derive(Debug)]
pub struct DataError {
    file: PathBuf,
    cause: Cause,
}

#[derive(Debug)]
pub(super) enum Cause {
    Held,
    OtherForm(Option<i64>),
    Damaged(String),
    Io(io::Error),
}

impl DataError {
    pub(super) fn new(file: PathBuf, cause: Cause) -> Self {
        Self { file, cause }
    }

    /// The file that it is about.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// What is wrong, without the file and without the advice.
    #[must_use]
    pub fn reason(&self) -> String {
        match &self.cause {
            Cause::Held => "another service is using it".to_owned(),
            Cause::OtherForm(Some(form)) => {
                format!("it has form {form}, written by another version of the emulator")
            }
            Cause::OtherForm(None) => "it was written by something else".to_owned(),
            Cause::Damaged(why) => format!("it is damaged: {why}"),
            Cause::Io(error) => error.to_string(),
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match &self.cause {
            Cause::Held => "end the other service, or choose another folder",
            Cause::OtherForm(_) => "use the version that wrote it, or choose another folder",
            Cause::Damaged(_) => "move the file away to begin anew, or choose another folder",
            Cause::Io(_) => "check the folder's permissions and the disk, or choose another folder",
        }
    }
}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.file.display(), self.reason(), self.help())
    }
}

impl std::error::Error for DataError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.cause {
            Cause::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<redb::Error> for Cause {
    fn from(error: redb::Error) -> Self {
        match error {
            redb::Error::DatabaseAlreadyOpen | redb::Error::LockProtocolMismatch => Self::Held,
            redb::Error::UpgradeRequired(form) => Self::OtherForm(Some(form.into())),
            redb::Error::TableDoesNotExist(_)
            | redb::Error::TableTypeMismatch { .. }
            | redb::Error::TypeDefinitionChanged { .. } => Self::OtherForm(None),
            redb::Error::Io(error) if error.kind() == io::ErrorKind::InvalidData => {
                Self::Damaged(error.to_string())
            }
            redb::Error::Io(error) => Self::Io(error),
            error => Self::Damaged(error.to_string()),
        }
    }
}

impl From<io::Error> for Cause {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

macro_rules! through_redb {
    ($($error:ident)*) => {$(
        impl From<redb::$error> for Cause {
            fn from(error: redb::$error) -> Self {
                redb::Error::from(error).into()
            }
        }
    )*};
}

through_redb!(CommitError DatabaseError StorageError TableError TransactionError);
