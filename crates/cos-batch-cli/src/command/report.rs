//! `cosbatch report`: what became of the objects of a job

mod chart;
mod diff;
mod failed;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use cos_batch_csv::{ReportReader, ReportRow, TaskStatus};

use crate::arguments::Global;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::rows::{self, Keys};

#[derive(Debug, Subcommand)]
pub(crate) enum Report {
    /// Count the tasks by how they ended
    Show(chart::Show),
    /// The tasks that did not succeed
    Failed(failed::Failed),
    /// A manifest of the tasks that did not succeed, to try them again
    Retry(failed::Retry),
    /// What differs between two reports
    Diff(diff::Diff),
}

pub(crate) fn run(report: &Report, global: &Global) -> Result<Exit, Failure> {
    match report {
        Report::Show(show) => chart::run(show, global),
        Report::Failed(failed) => failed::run(failed, global),
        Report::Retry(retry) => failed::retry(retry, global),
        Report::Diff(diff) => diff::run(diff, global),
    }
}

/// The files of one report
#[derive(Args, Debug)]
struct Files {
    /// The report's files, or the folder that holds them; stdin where there is none or it is -
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,

    /// How keys are written
    #[arg(long, value_name = "HOW", default_value = "percent")]
    keys: Keys,
}

impl Files {
    /// Reads all rows, one file behind the other.
    fn for_each(
        &self,
        mut each: impl FnMut(ReportRow<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        if self.files.is_empty() {
            return read(None, self.keys, &mut each);
        }
        let files = rows::files(&self.files)?;
        files.iter().try_for_each(|file| read(Some(file), self.keys, &mut each))
    }
}

fn read(
    file: Option<&Path>,
    keys: Keys,
    each: &mut impl FnMut(ReportRow<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut reader = ReportReader::new().key_encoding(keys.encoding());
    rows::for_each_good(file, &mut reader, each)
}

/// A status that is not `succeeded` is a failure, whatever it is called.
fn has_failed(row: &ReportRow<'_>) -> bool {
    row.task_status != TaskStatus::Succeeded
}
