//! `cosbatch manifest check`

use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;
use cos_batch_csv::ManifestFields;

use super::Search;
use super::finding::Kind;
use crate::arguments::Global;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{self, Format, Printer, grouped};
use crate::pager::Out;
use crate::rows::Keys;

#[derive(Args, Debug)]
pub(crate) struct Check {
    /// The manifest; stdin where it is absent or -
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,

    /// Its columns, as the job will name them
    #[arg(long, value_name = "A,B[,…]", default_value = "Bucket,Key")]
    fields: ManifestFields,

    /// How its keys are written
    #[arg(long, value_name = "HOW", default_value = "percent")]
    keys: Keys,

    /// Show so many findings; the others are counted
    #[arg(long, value_name = "N", default_value_t = 100)]
    max_errors: usize,

    /// Do not look for these
    #[arg(
        long,
        value_name = "CODE[,…]",
        value_delimiter = ',',
        value_parser = PossibleValuesParser::new(Kind::CODES)
    )]
    allow: Vec<String>,
}

pub(crate) fn run(check: &Check, global: &Global) -> Result<Exit, Failure> {
    let mut printer = Printer::new(Out::new(), &global.output)?;
    let search = Search {
        file: check.file.as_deref(),
        fields: check.fields.clone(),
        keys: check.keys,
        most: check.max_errors,
        allow: &check.allow,
    };
    let mut read = true;
    let found = search.run(|finding| {
        if read {
            read = output::written(printer.write(finding))?;
        }
        Ok(())
    })?;
    let format = printer.format();
    output::written(printer.finish())?;
    let talk = global.output.talk();
    if found.untold() > 0 {
        let more = grouped(found.untold());
        talk.note(&format!("{more} more are not shown; --max-errors shows more"));
    }
    if format == Format::Table {
        talk.note(&found.sentence());
    }
    Ok(if found.errors > 0 { Exit::Bad } else { Exit::Good })
}
