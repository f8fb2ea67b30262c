//! Data on stdout: tables for people, lines and documents for programs

mod document;
mod format;
mod jobs;
mod look;
mod printer;
mod record;
mod table;

use std::io::{self, Write};

use clap::{ArgAction, Args};
use cos_batch::printable;

pub(crate) use self::document::{Document, xml};
pub(crate) use self::format::{Format, LogFormat, TimeForm, When};
pub(crate) use self::jobs::Listed;
pub(crate) use self::look::{Look, grouped, span};
pub(crate) use self::printer::Printer;
pub(crate) use self::record::{Column, Layout, Record};
use crate::exit::Exit;
use crate::failure::{Failure, Kind};
use crate::pager::Out;
use crate::talk::{Detail, Talk};

/// What every command's output may be told
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Output")]
pub(crate) struct Options {
    /// The form of the output [default: table on a terminal, tsv in a pipe]
    #[arg(long = "output", short = 'o', value_name = "FORM", global = true)]
    pub(crate) format: Option<Format>,

    /// These columns, in this order, in a table and in lines of values
    #[arg(long, value_name = "A[,B…]", value_delimiter = ',', global = true)]
    pub(crate) columns: Vec<String>,

    /// Leave out the header of a table and of csv
    #[arg(long, global = true)]
    pub(crate) no_headers: bool,

    /// How times are shown in cells [default: relative in a table, utc elsewhere]
    #[arg(long, value_name = "FORM", global = true)]
    pub(crate) time: Option<TimeForm>,

    /// When to use colour
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true)]
    pub(crate) color: When,

    /// Show it in a pager where stdout is a terminal: COSBATCH_PAGER, PAGER or less; not with commands
    /// that ask, wait or change jobs
    #[arg(long, global = true)]
    pub(crate) pager: bool,

    /// Say nothing but errors on stderr
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,

    /// Tell of each request, its answer and each rest on stderr; twice, also who asks, the time left
    /// and how each call ends
    #[arg(long, short, global = true, action = ArgAction::Count, conflicts_with = "quiet")]
    pub(crate) verbose: u8,

    /// The form of what is said on stderr [default: json where the output is json or jsonl]
    #[arg(long, value_name = "FORM", global = true)]
    pub(crate) log_format: Option<LogFormat>,

    /// No bars while something is waited for
    #[arg(long, global = true)]
    pub(crate) no_progress: bool,
}

impl Options {
    /// The form that was chosen, or the one that stdout suggests.
    pub(crate) fn format(&self) -> Format {
        self.format.unwrap_or_else(Format::of_stdout)
    }

    /// How to talk on stderr.
    pub(crate) fn talk(&self) -> Talk {
        let json = match self.log_format {
            Some(form) => form == LogFormat::Json,
            None => self.format.is_some_and(Format::is_json),
        };
        let color = self.color.colors(&io::stderr());
        let detail = match (self.quiet, self.verbose) {
            (true, _) => Detail::Failures,
            (false, 0) => Detail::Notes,
            (false, 1) => Detail::Steps,
            (false, _) => Detail::All,
        };
        Talk { json, color, detail }
    }
}

/// How writing to stdout ended: does anybody still read? A reader that went away has read enough.
pub(crate) fn written(result: io::Result<()>) -> Result<bool, Failure> {
    match result {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Failure::new(Kind::OUTPUT, "the output cannot be written")
            .fact(error.to_string())
            .help("check the disk, or where stdout leads")),
    }
}

/// The same where nothing is left to be done.
pub(crate) fn done(result: io::Result<()>) -> Result<Exit, Failure> {
    written(result).map(|_| Exit::Good)
}

/// Writes what people read to stdout. Whatever it came from, it steers no terminal.
pub(crate) fn text(text: &str) -> Result<(), Failure> {
    let lines = text.lines().map(|line| printable(line, usize::MAX) + "\n");
    let mut out = Out::new();
    written(out.write_all(lines.collect::<String>().as_bytes())).map(drop)
}

/// A form that something does not have.
pub(crate) fn no_such_form(format: Format, what: &str, forms: &str) -> Failure {
    use clap::ValueEnum;
    let form = format.to_possible_value();
    let form = form.as_ref().map_or("", |form| form.get_name());
    Failure::new(Kind::NO_SUCH_FORM, format!("{what} cannot be shown as {form}"))
        .help(format!("choose -o {forms}"))
}
