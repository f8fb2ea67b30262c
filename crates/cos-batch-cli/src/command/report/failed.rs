//! `cosbatch report failed` and `cosbatch report retry`

use std::io::{BufWriter, Write};

use clap::Args;
use cos_batch_csv::{ManifestFields, ManifestWriter, ReportRow};
use serde::Serialize;

use super::{Files, has_failed};
use crate::arguments::Global;
use crate::exit::Exit;
use crate::failure::{Failure, Kind};
use crate::output::{self, Column, Printer, Record, grouped};
use crate::pager::Out;

#[derive(Args, Debug)]
pub(crate) struct Failed {
    #[command(flatten)]
    files: Files,

    #[command(flatten)]
    only: Only,
}

#[derive(Args, Debug)]
pub(crate) struct Retry {
    #[command(flatten)]
    files: Files,

    #[command(flatten)]
    only: Only,

    /// The columns of the manifest, as the next job will name them
    #[arg(long, value_name = "A,B[,…]", default_value = "Bucket,Key")]
    fields: ManifestFields,
}

#[derive(Args, Debug)]
struct Only {
    /// Only those that failed with one of these codes
    #[arg(long, value_name = "CODE[,…]", value_delimiter = ',')]
    code: Vec<String>,
}

impl Only {
    fn takes(&self, row: &ReportRow<'_>) -> bool {
        let code = row.error_code.as_deref().unwrap_or_default();
        has_failed(row) && (self.code.is_empty() || self.code.iter().any(|it| it == code))
    }
}

/// A task that did not succeed
#[derive(Serialize)]
pub(super) struct Task {
    bucket: String,
    key: String,
    version_id: Option<String>,
    task_status: String,
    error_code: Option<String>,
    http_status_code: Option<u16>,
    result_message: Option<String>,
}

impl Record for Task {
    const NAME: &'static str = "tasks";
    const COLUMNS: &'static [Column<Self>] = &[
        Column::<Self>::new("bucket", "BUCKET", |it, look| look.text(&it.bucket)),
        Column::<Self>::new("key", "KEY", |it, look| look.text(&it.key)),
        Column::<Self>::new("version_id", "VERSION", |it, look| {
            look.optional(it.version_id.as_deref())
        }),
        Column::<Self>::new("task_status", "STATUS", |it, look| look.text(&it.task_status)),
        Column::<Self>::new("error_code", "CODE", |it, look| {
            look.optional(it.error_code.as_deref())
        }),
        Column::<Self>::new("http_status_code", "HTTP", |it, look| {
            it.http_status_code.map_or_else(|| look.absent(), |status| status.to_string())
        }),
        Column::<Self>::new("result_message", "MESSAGE", |it, look| {
            look.optional(it.result_message.as_deref())
        }),
    ];
    const LINE: &'static [&'static str] = &[
        "bucket",
        "key",
        "version_id",
        "task_status",
        "error_code",
        "http_status_code",
        "result_message",
    ];

    // A row as it comes: there may be more than a table could hold.
    const SENTENCE: Option<fn(&Self) -> String> = Some(|it| {
        let version = it.version_id.as_ref().map(|id| format!(" ({id})")).unwrap_or_default();
        let code = it.error_code.as_deref().unwrap_or(&it.task_status);
        let status = it.http_status_code.map(|it| format!(" {it}")).unwrap_or_default();
        let message = it.result_message.as_ref().map(|it| format!(": {it}")).unwrap_or_default();
        format!("{}/{}{version}  {code}{status}{message}", it.bucket, it.key)
    });
}

impl Task {
    fn of(row: ReportRow<'_>) -> Self {
        Self {
            bucket: row.bucket.into_owned(),
            key: row.key.into_owned(),
            version_id: row.version_id.map(Into::into),
            task_status: row.task_status.as_str().to_owned(),
            error_code: row.error_code.map(Into::into),
            http_status_code: row.http_status_code,
            result_message: row.result_message.map(Into::into),
        }
    }
}

pub(super) fn run(failed: &Failed, global: &Global) -> Result<Exit, Failure> {
    let out = BufWriter::new(Out::new());
    let mut printer = Printer::new(out, &global.output)?;
    let mut read = true;
    failed.files.for_each(|row| {
        if read && failed.only.takes(&row) {
            read = output::written(printer.write(Task::of(row)))?;
        }
        Ok(())
    })?;
    output::done(printer.finish())
}

pub(super) fn retry(retry: &Retry, global: &Global) -> Result<Exit, Failure> {
    let encoding = retry.files.keys.encoding();
    let writer = ManifestWriter::new(retry.fields.clone()).key_encoding(encoding);
    let mut out = BufWriter::new(Out::new());
    let (mut line, mut count, mut read) = (Vec::new(), 0_u64, true);
    retry.files.for_each(|row| {
        if !read || !retry.only.takes(&row) {
            return Ok(());
        }
        line.clear();
        writer.write(&row.object(), &mut line).map_err(|error| {
            Failure::new(Kind::BAD_ROW, format!("a task cannot be tried again: {error}")).help(
                "give --fields Bucket,Key,VersionId, and the job the same; the manifest is \
                 incomplete",
            )
        })?;
        count += 1;
        read = output::written(out.write_all(&line))?;
        Ok(())
    })?;
    let read = output::written(out.flush())? && read;
    if read {
        let note = format!("{} rows with the columns {}", grouped(count), retry.fields);
        global.output.talk().note(&note);
    }
    Ok(Exit::Good)
}
