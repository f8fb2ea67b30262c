//! The forms of output

use std::io::{self, IsTerminal};

use clap::ValueEnum;

/// A form of output
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Format {
    /// A table that fits the terminal; ids are whole
    Table,
    /// One JSON array, once the listing is complete
    Json,
    /// One JSON object a line, as the jobs come
    Jsonl,
    /// Tab-separated values without a header, as the jobs come
    Tsv,
    /// The ids, one a line, as the jobs come
    Id,
}

impl Format {
    /// The format for a stdout that nobody chose one for.
    pub(crate) fn of_stdout() -> Self {
        if io::stdout().is_terminal() { Self::Table } else { Self::Tsv }
    }
}
