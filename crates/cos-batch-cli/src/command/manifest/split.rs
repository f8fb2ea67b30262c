//! `cosbatch manifest split`

use std::io::{self, BufWriter, Write};
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};

use clap::Args;
use cos_batch_csv::{ManifestFields, ManifestReader, ManifestWriter};
use serde::Serialize;
use tempfile::NamedTempFile;

use crate::arguments::Global;
use crate::exit::Exit;
use crate::failure::{Failure, Kind};
use crate::output::{self, Column, Printer, Record};
use crate::rows::{self, Keys};

#[derive(Args, Debug)]
pub(crate) struct Split {
    /// The manifest; stdin where it is -
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// How many rows each part has at most
    #[arg(long, value_name = "N")]
    rows: NonZeroU64,

    /// What the parts are called: PREFIX0001.csv and so on
    #[arg(long, value_name = "PREFIX")]
    prefix: String,

    /// The columns
    #[arg(long, value_name = "A,B[,…]", default_value = "Bucket,Key")]
    fields: ManifestFields,

    /// How keys are written
    #[arg(long, value_name = "HOW", default_value = "percent")]
    keys: Keys,

    /// Replace files that are there
    #[arg(long)]
    force: bool,
}

/// One part
#[derive(Serialize)]
struct Part {
    file: String,
    rows: u64,
    bytes: u64,
}

impl Record for Part {
    const NAME: &'static str = "parts";
    const COLUMNS: &'static [Column<Self>] = &[
        Column::<Self>::new("file", "FILE", |it, look| look.text(&it.file)).whole(),
        Column::<Self>::new("rows", "ROWS", |it, look| look.count(it.rows)).right(),
        Column::<Self>::new("bytes", "BYTES", |it, look| look.count(it.bytes)).right(),
    ];
    const LINE: &'static [&'static str] = &["file", "rows", "bytes"];
    const ID: Option<fn(&Self) -> String> = Some(|it| cos_batch::printable(&it.file, usize::MAX));
}

pub(crate) fn run(split: &Split, global: &Global) -> Result<Exit, Failure> {
    let mut parts = Printer::new(io::stdout().lock(), &global.output)?;
    let writer = ManifestWriter::new(split.fields.clone()).key_encoding(split.keys.encoding());
    let mut reader = ManifestReader::new(split.fields.clone()).key_encoding(split.keys.encoding());
    let mut open: Option<Open> = None;
    let mut number = 0_u64;
    let mut line = Vec::new();
    rows::for_each_good(Some(&split.file), &mut reader, |row| {
        if let Some(part) = open.take_if(|part| part.rows == split.rows.get()) {
            output::written(parts.write(part.finish(split.force)?))?;
        }
        let part = match &mut open {
            Some(part) => part,
            None => {
                number += 1;
                open.insert(Open::new(format!("{}{number:04}.csv", split.prefix).into())?)
            }
        };
        line.clear();
        // What was read can be written.
        writer
            .write(&row, &mut line)
            .map_err(|error| Failure::new(Kind::BAD_ROW, error.to_string()).help("mend the row"))?;
        part.write(&line)
    })?;
    if let Some(part) = open {
        output::written(parts.write(part.finish(split.force)?))?;
    }
    output::done(parts.finish())
}

/// A part that is being written; under its name it is seen only when it is complete
struct Open {
    path: PathBuf,
    file: BufWriter<NamedTempFile>,
    rows: u64,
    bytes: u64,
}

impl Open {
    fn new(path: PathBuf) -> Result<Self, Failure> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let file = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")));
        let file = BufWriter::new(file.map_err(|error| unwritable(&path, &error))?);
        Ok(Self { path, file, rows: 0, bytes: 0 })
    }

    fn write(&mut self, line: &[u8]) -> Result<(), Failure> {
        self.rows += 1;
        self.bytes += line.len() as u64;
        self.file.write_all(line).map_err(|error| unwritable(&self.path, &error))
    }

    fn finish(self, force: bool) -> Result<Part, Failure> {
        let Self { path, file, rows, bytes } = self;
        let bad = |error: &io::Error| unwritable(&path, error);
        let file = file.into_inner().map_err(|error| bad(error.error()))?;
        let kept = if force { file.persist(&path) } else { file.persist_noclobber(&path) };
        kept.map_err(|error| bad(&error.error))?;
        Ok(Part { file: path.display().to_string(), rows, bytes })
    }
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::new(Kind::NO_OUTPUT, format!("{} cannot be written", path.display()))
        .fact(error.to_string())
        .help("choose another --prefix, or replace what is there with --force")
}
