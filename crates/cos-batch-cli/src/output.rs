//! Jobs as data on stdout: a table for people, lines and documents for programs

mod table;

use std::io::{self, Write};

use cos_batch::date::format_timestamp;
use cos_batch::time::OffsetDateTime;
use cos_batch::{JobSummary, ProgressSummary, printable};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::format::Format;
use crate::json;

/// Writes jobs to stdout, as they come where the format allows it
pub(crate) struct Jobs<W> {
    out: W,
    format: Format,
    now: OffsetDateTime,
    /// Kept where a format needs all of them.
    kept: Vec<JobSummary<'static>>,
    written: u64,
}

impl<W: Write> Jobs<W> {
    pub(crate) fn new(out: W, format: Format, now: OffsetDateTime) -> Self {
        Self { out, format, now, kept: Vec::new(), written: 0 }
    }

    /// How many jobs were written or kept.
    pub(crate) fn count(&self) -> u64 {
        self.written
    }

    pub(crate) fn write(&mut self, job: JobSummary<'static>) -> io::Result<()> {
        self.written += 1;
        match self.format {
            Format::Table | Format::Json => {
                self.kept.push(job);
                Ok(())
            }
            Format::Jsonl => json::line(&mut self.out, &job),
            Format::Tsv => writeln!(self.out, "{}", tsv(&job)),
            Format::Id => writeln!(self.out, "{}", job.job_id),
        }
    }

    /// Hands on what was written so far.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// The listing is complete.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        match self.format {
            Format::Table if !self.kept.is_empty() => {
                writeln!(self.out, "{}", table::jobs(&self.kept, self.now))?;
            }
            Format::Json => json::document(&mut self.out, &self.kept)?,
            _ => {}
        }
        self.out.flush()
    }
}

/// Id, status, priority, operation, tasks succeeded, failed and total, creation, end, description.
fn tsv(job: &JobSummary<'_>) -> String {
    let time = |time: Option<OffsetDateTime>| {
        time.and_then(|time| format_timestamp(time).ok()).unwrap_or_default()
    };
    let count = |count: fn(&ProgressSummary<'_>) -> u64| {
        job.progress_summary
            .as_ref()
            .map(|progress| count(progress).to_string())
            .unwrap_or_default()
    };
    let description = job.description.as_deref().unwrap_or_default();
    [
        job.job_id.to_string(),
        field(job.status.as_str()),
        job.priority.to_string(),
        field(job.operation.as_str()),
        count(|progress| progress.number_of_tasks_succeeded),
        count(|progress| progress.number_of_tasks_failed),
        count(|progress| progress.total_number_of_tasks),
        time(Some(job.creation_time)),
        time(job.termination_date),
        field(description),
    ]
    .join("\t")
}

/// A text within a line of tab-separated values: a tab and a line end are escaped, and so is what
/// would steer a terminal.
fn field(text: &str) -> String {
    printable(text, usize::MAX)
}

/// stdout could not be written to. A reader that went away has read enough.
pub(crate) fn closed(error: &io::Error) -> Result<Exit, Failure> {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Ok(Exit::Good);
    }
    Err(Failure::new(Exit::Transport, 6, "output", "the output cannot be written")
        .fact(error.to_string())
        .help("check the disk, or where stdout leads"))
}
