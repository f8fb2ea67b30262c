use std::io::{self, Write};

use cos_batch::printable;

use super::table::{self, columns};
use super::{Column, Format, Look, Options, Record, no_such_form};
use crate::failure::{Failure, Kind};
use crate::json;
use crate::yaml;

/// Writes records to stdout, as they come where the format allows it
pub(crate) struct Printer<R: 'static, W> {
    out: W,
    format: Format,
    look: Look,
    headers: bool,
    color: bool,
    /// Those that were chosen.
    chosen: Option<Vec<&'static Column<R>>>,
    /// Kept where a format needs all of them.
    kept: Vec<R>,
    count: u64,
}

impl<R: Record, W: Write> Printer<R, W> {
    /// # Errors
    ///
    /// Where such records have no such form, or no such column.
    pub(crate) fn new(out: W, options: &Options) -> Result<Self, Failure> {
        Self::with_format(out, options, options.format())
    }

    /// The same in a form of the command's choice.
    pub(crate) fn with_format(out: W, options: &Options, format: Format) -> Result<Self, Failure> {
        let lacks = match format {
            Format::Id => R::ID.is_none(),
            Format::Xml => R::XML.is_none(),
            _ => false,
        };
        if lacks {
            return Err(no_such_form(format, R::NAME, "table, json, jsonl, csv, tsv or yaml"));
        }
        Ok(Self {
            out,
            format,
            look: Look::new(options, format),
            headers: !options.no_headers,
            color: options.color.colors(&io::stdout()),
            chosen: chosen(&options.columns)?,
            kept: Vec::new(),
            count: 0,
        })
    }

    pub(crate) fn format(&self) -> Format {
        self.format
    }

    pub(crate) fn write(&mut self, record: R) -> io::Result<()> {
        if self.count == 0 {
            self.head()?;
        }
        self.count += 1;
        if self.format == Format::Table
            && self.chosen.is_none()
            && let Some(sentence) = R::SENTENCE
        {
            let sentence = sentence(&record);
            let mut lines = sentence.lines();
            return lines.try_for_each(|it| writeln!(self.out, "{}", printable(it, usize::MAX)));
        }
        match self.format {
            Format::Table | Format::Json | Format::Xml | Format::Yaml => {
                self.kept.push(record);
                Ok(())
            }
            Format::Jsonl => {
                json::line(&mut self.out, &record)?;
                self.out.flush()
            }
            Format::Csv => {
                let cells = self.cells(&record);
                csv(&mut self.out, cells.iter().map(String::as_str))
            }
            Format::Tsv => writeln!(self.out, "{}", self.cells(&record).join("\t")),
            Format::Id => match R::ID {
                Some(id) => writeln!(self.out, "{}", id(&record)),
                None => Ok(()),
            },
        }
    }

    /// Hands on what was written so far.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// All of them are there.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        if self.count == 0 {
            self.head()?;
        }
        match self.format {
            Format::Table if !self.kept.is_empty() => {
                let chosen = self.chosen.as_deref();
                let table = table::render(&self.kept, chosen, &self.look, self.headers, self.color);
                writeln!(self.out, "{table}")?;
            }
            Format::Json => json::document(&mut self.out, &self.kept)?,
            Format::Yaml => yaml::document(&mut self.out, &self.kept)?,
            Format::Xml => {
                if let Some(xml) = R::XML {
                    let xml = xml(&self.kept).map_err(io::Error::other)?;
                    super::xml(&mut self.out, &xml)?;
                }
            }
            _ => {}
        }
        self.out.flush()
    }

    fn head(&mut self) -> io::Result<()> {
        if self.format == Format::Csv && self.headers {
            let names: Vec<_> = self.line().iter().map(|column| column.name).collect();
            return csv(&mut self.out, names.into_iter());
        }
        Ok(())
    }

    fn line(&self) -> Vec<&'static Column<R>> {
        self.chosen.clone().unwrap_or_else(|| columns(R::LINE))
    }

    fn cells(&self, record: &R) -> Vec<String> {
        self.line().iter().map(|column| (column.cell)(record, &self.look)).collect()
    }
}

/// The columns of these names; `None` where none is named.
fn chosen<R: Record>(names: &[String]) -> Result<Option<Vec<&'static Column<R>>>, Failure> {
    if names.is_empty() {
        return Ok(None);
    }
    let column = |name: &String| {
        R::COLUMNS.iter().find(|column| column.name == name).ok_or_else(|| {
            let all: Vec<_> = R::COLUMNS.iter().map(|column| column.name).collect();
            Failure::new(Kind::NO_SUCH_COLUMN, format!("{} have no column {name:?}", R::NAME))
                .help(format!("choose among {}", all.join(", ")))
        })
    };
    names.iter().map(column).collect::<Result<_, _>>().map(Some)
}

/// A line of comma-separated values, as RFC 4180 has it. Nothing in a cell ends a line.
pub(super) fn csv<'a>(
    out: &mut impl Write,
    cells: impl Iterator<Item = &'a str>,
) -> io::Result<()> {
    let field = |cell: &str| match cell.contains([',', '"']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.to_owned(),
    };
    writeln!(out, "{}", cells.map(field).collect::<Vec<_>>().join(","))
}
