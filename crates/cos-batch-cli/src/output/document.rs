use std::io::{self, BufWriter, Write};

use cos_batch::{BuildError, printable};
use serde::Serialize;
use serde_json::Value;

use super::printer::csv;
use super::{Format, no_such_form};
use crate::failure::Failure;
use crate::json;
use crate::pager::Out;
use crate::yaml;

/// One thing with parts of its own: a reply, a job, a trace
pub(crate) struct Document<'a, T> {
    /// What it is called in an error.
    pub(crate) name: &'a str,
    pub(crate) value: &'a T,
    pub(crate) id: Option<&'a str>,
    /// The service's XML of it, where it has one.
    pub(crate) xml: Option<&'a dyn Fn() -> Result<Vec<u8>, BuildError>>,
}

impl<'a, T: Serialize> Document<'a, T> {
    pub(crate) fn new(name: &'a str, value: &'a T) -> Self {
        Self { name, value, id: None, xml: None }
    }

    /// Writes it to stdout. A table and lines of values have a line for each part that is there.
    /// Does anybody still read?
    pub(crate) fn print(&self, format: Format) -> Result<bool, Failure> {
        let mut out = BufWriter::new(Out::new());
        super::written(self.write(&mut out, format)?.and_then(|()| out.flush()))
    }

    fn write(&self, out: &mut impl Write, format: Format) -> Result<io::Result<()>, Failure> {
        let lacks = || no_such_form(format, self.name, "table, json, jsonl, csv, tsv or yaml");
        Ok(match format {
            Format::Json => json::document(out, self.value),
            Format::Jsonl => json::line(out, self.value),
            Format::Yaml => yaml::document(out, self.value),
            Format::Id => writeln!(out, "{}", self.id.ok_or_else(lacks)?),
            Format::Xml => {
                let made = self.xml.ok_or_else(lacks)?();
                made.map_err(io::Error::other).and_then(|made| xml(out, &made))
            }
            Format::Table | Format::Csv | Format::Tsv => self.lines(out, format),
        })
    }

    fn lines(&self, out: &mut impl Write, format: Format) -> io::Result<()> {
        let (value, mut parts) = (serde_json::to_value(self.value)?, Vec::new());
        match format {
            Format::Table => indent(value, "", &mut parts),
            _ => collect(value, String::new(), &mut parts),
        }
        let widest = parts.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
        for (name, value) in &parts {
            let (name, value) = (printable(name, 200), printable(value, usize::MAX));
            match format {
                Format::Table if value.is_empty() => writeln!(out, "{name}")?,
                Format::Table => writeln!(out, "{name:widest$}  {value}")?,
                Format::Csv => csv(out, [&*name, &*value].into_iter())?,
                _ => writeln!(out, "{name}\t{value}")?,
            }
        }
        Ok(())
    }
}

/// The parts of a value that are there, each below what it is a part of; a list of plain values is
/// one line.
fn indent(value: Value, indentation: &str, parts: &mut Vec<(String, String)>) {
    let members: Vec<(String, Value)> = match value {
        Value::Object(members) => members.into_iter().collect(),
        Value::Array(values) => (0..).map(|nth: usize| nth.to_string()).zip(values).collect(),
        _ => return,
    };
    for (name, value) in members {
        let name = format!("{indentation}{name}");
        match plain(&value) {
            Some(text) => parts.push((name, text)),
            None => {
                let before = parts.len();
                parts.push((name, String::new()));
                indent(value, &format!("{indentation}  "), parts);
                // Nothing of it is there.
                if parts.len() == before + 1 {
                    parts.truncate(before);
                }
            }
        }
    }
}

/// What fits a line; nothing of what is not there.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Object(_) => None,
        Value::Array(values) if values.is_empty() => None,
        Value::Array(values) => {
            Some(values.iter().map(plain).collect::<Option<Vec<_>>>()?.join(", "))
        }
        Value::String(text) => Some(text.clone()),
        scalar => Some(scalar.to_string()),
    }
}

/// The parts of a value that are there, by their paths: `job.report.enabled`.
fn collect(value: Value, path: String, parts: &mut Vec<(String, String)>) {
    let below = |name: &str| match path.as_str() {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    };
    match value {
        Value::Null => {}
        Value::Object(members) => {
            members.into_iter().for_each(|(name, value)| collect(value, below(&name), parts));
        }
        Value::Array(values) => {
            let values = values.into_iter().enumerate();
            values.for_each(|(nth, value)| collect(value, below(&nth.to_string()), parts));
        }
        Value::String(text) => parts.push((path, text)),
        scalar => parts.push((path, scalar.to_string())),
    }
}

/// XML with everything behind a reference that would steer a terminal, and a line end behind it.
pub(crate) fn xml(out: &mut impl Write, xml: &[u8]) -> io::Result<()> {
    let text = String::from_utf8_lossy(xml);
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if json::is_plain(c) || matches!(c, '\t' | '\r') {
            safe.push(c);
        } else {
            safe.push_str(&format!("&#x{:x};", u32::from(c)));
        }
    }
    writeln!(out, "{safe}")
}
