use std::env;
use std::io::{self, IsTerminal};

use clap::ValueEnum;

/// A form of output
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Format {
    /// A table that fits the terminal; ids are whole
    Table,
    /// One JSON document, once all of it is there
    Json,
    /// One JSON object a line, as they come
    Jsonl,
    /// Comma-separated values under a header, as they come
    Csv,
    /// Tab-separated values without a header, as they come
    Tsv,
    /// The XML of the service
    Xml,
    /// One YAML document, once all of it is there
    Yaml,
    /// The ids, one a line, as they come
    Id,
}

impl Format {
    /// The format for a stdout that nobody chose one for.
    pub(crate) fn of_stdout() -> Self {
        if io::stdout().is_terminal() { Self::Table } else { Self::Tsv }
    }

    pub(crate) fn is_json(self) -> bool {
        matches!(self, Self::Json | Self::Jsonl)
    }
}

/// How a time is shown in a cell; documents have RFC 3339 in UTC
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum TimeForm {
    /// How long ago, in its largest unit
    Relative,
    /// RFC 3339 in UTC
    Utc,
    /// RFC 3339 in this machine's time zone
    Local,
    /// Seconds since 1970
    Unix,
}

/// A form of what is said on stderr
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Lines for people
    Text,
    /// One JSON object a line: an error, a warning, a note or a step
    Json,
}

/// When to use colour
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(crate) enum When {
    /// On a terminal, unless NO_COLOR is set; anywhere where CLICOLOR_FORCE is
    #[default]
    Auto,
    /// Anywhere
    Always,
    /// Nowhere
    Never,
}

impl When {
    /// Does colour go to this stream?
    pub(crate) fn colors(self, stream: &impl IsTerminal) -> bool {
        let set = |name| env::var_os(name).filter(|value| !value.is_empty());
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto if set("NO_COLOR").is_some() => false,
            Self::Auto if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") => true,
            Self::Auto => stream.is_terminal() && set("TERM").is_some_and(|term| term != "dumb"),
        }
    }
}
