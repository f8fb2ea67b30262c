//! What outlives the process: the jobs, and the latest moment they have seen

mod error;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use cos_batch::time::OffsetDateTime;
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};

use error::Cause;
pub use error::DataError;

/// Jobs by their ids, each as its engine wrote it.
const JOBS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("jobs");
/// What is known of all of them: numbers by their names.
const ABOUT: TableDefinition<'_, &str, i64> = TableDefinition::new("about");
/// Which form of the tables above this is.
const FORM: &str = "form";
const THIS_FORM: i64 = 1;
/// The latest moment that the jobs have seen, in Unix seconds, rounded up.
const LATEST: &str = "latest";

/// How much of the file is kept in memory, in bytes.
const CACHE: usize = 32 * 1024 * 1024;

/// The name of the file inside the folder for the data.
const FILE: &str = "jobs.redb";

/// Jobs in a file, or nowhere
///
/// What [`Store::commit`] has taken survives the process and, as far as the disk keeps its word,
/// the machine.
#[derive(Debug)]
pub(crate) struct Store {
    /// Absent where nothing is kept.
    file: Option<File>,
}

#[derive(Debug)]
struct File {
    path: PathBuf,
    /// Absent after a fault, until it could be opened again.
    database: Option<Database>,
}

/// What a store held when it was opened.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    pub(crate) jobs: Vec<(String, Vec<u8>)>,
    /// Absent in a store that was never written.
    pub(crate) latest: Option<OffsetDateTime>,
}

/// Jobs that changed: what they are now, or nothing where they are deleted.
pub(crate) type Changed = BTreeMap<String, Option<Vec<u8>>>;

impl Store {
    /// A store that keeps nothing.
    pub(crate) fn memory() -> Self {
        Self { file: None }
    }

    /// The store in a folder, which is made where it is not there.
    pub(crate) fn open(folder: &Path) -> Result<(Self, Kept), DataError> {
        let path = folder.join(FILE);
        let opened = || {
            fs::create_dir_all(folder)?;
            let mut database = database().create(&path)?;
            if !database.check_integrity()? {
                return Err(Cause::Damaged("its checksums do not hold".to_owned()));
            }
            let kept = read(&database)?;
            Ok((database, kept))
        };
        // Where its own checks are compiled in, redb panics on what it cannot have written.
        let opened = catch_unwind(opened)
            .unwrap_or_else(|_| Err(Cause::Damaged("its pages contradict each other".to_owned())));
        match opened {
            Ok((database, kept)) => {
                Ok((Self { file: Some(File { path, database: Some(database) }) }, kept))
            }
            Err(cause) => Err(DataError::new(path, cause)),
        }
    }

    /// Does it keep anything?
    pub(crate) fn keeps(&self) -> bool {
        self.file.is_some()
    }

    /// What is wrong with a job that was read.
    pub(crate) fn damaged(&self, job_id: impl Display, why: impl Display) -> DataError {
        let path = self.file.as_ref().map(|file| file.path.clone()).unwrap_or_default();
        DataError::new(path, Cause::Damaged(format!("job {job_id}: {why}")))
    }

    /// Writes the changes, all or none; they are durable once this returns
    ///
    /// After a fault the next commit opens the file anew.
    pub(crate) fn commit(
        &mut self,
        changed: &Changed,
        latest: OffsetDateTime,
    ) -> Result<(), DataError> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let written = file.write(changed, latest);
        if written.is_err() {
            file.database = None;
        }
        written.map_err(|cause| DataError::new(file.path.clone(), cause))
    }
}

impl File {
    fn write(&mut self, changed: &Changed, latest: OffsetDateTime) -> Result<(), Cause> {
        let database = match self.database.take() {
            Some(database) => database,
            None => database().open(&self.path)?,
        };
        let transaction = self.database.insert(database).begin_write()?;
        {
            let mut jobs = transaction.open_table(JOBS)?;
            for (job_id, job) in changed {
                match job {
                    Some(job) => jobs.insert(job_id.as_str(), job.as_slice())?,
                    None => jobs.remove(job_id.as_str())?,
                };
            }
            let mut about = transaction.open_table(ABOUT)?;
            about.insert(FORM, THIS_FORM)?;
            let begun = i64::from(latest.nanosecond() > 0);
            about.insert(LATEST, latest.unix_timestamp().saturating_add(begun))?;
        }
        Ok(transaction.commit()?)
    }
}

/// A database, about to be opened.
fn database() -> redb::Builder {
    let mut builder = Database::builder();
    builder.set_cache_size(CACHE);
    builder
}

fn read(database: &Database) -> Result<Kept, Cause> {
    let transaction = database.begin_read()?;
    if transaction.list_tables()?.next().is_none() {
        return Ok(Kept::default());
    }
    let about = transaction.open_table(ABOUT)?;
    match about.get(FORM)?.map(|form| form.value()) {
        Some(THIS_FORM) => {}
        form => return Err(Cause::OtherForm(form)),
    }
    let latest = about.get(LATEST)?.map(|latest| latest.value());
    let latest = latest
        .and_then(|latest| OffsetDateTime::from_unix_timestamp(latest).ok())
        .ok_or_else(|| Cause::Damaged("it does not tell the latest time".to_owned()))?;
    let mut jobs = Vec::new();
    for entry in transaction.open_table(JOBS)?.iter()? {
        let (job_id, job) = entry?;
        jobs.push((job_id.value().to_owned(), job.value().to_vec()));
    }
    Ok(Kept { jobs, latest: Some(latest) })
}

#[cfg(test)]
mod tests;
