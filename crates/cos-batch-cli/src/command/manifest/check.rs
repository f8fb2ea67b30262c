//! `cosbatch manifest check`

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;
use cos_batch::printable;
use cos_batch_csv::{CsvError, CsvErrorKind, ManifestFields, ManifestReader, ManifestRow, Passed};

use super::duplicates::Duplicates;
use super::finding::{Finding, Kind, Severity};
use super::is_bucket;
use crate::arguments::Global;
use crate::exit::Exit;
use crate::failure::{self, Failure};
use crate::input;
use crate::output::{self, Format, Printer, grouped};
use crate::pager::Out;
use crate::rows::{self, Keys, Place};

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
    let printer = Printer::new(Out::new(), &global.output)?;
    let file = check.file.as_deref();
    let mut checker = Checker {
        file: input::name(file),
        check,
        printer,
        fields: check.fields.as_slice().iter().map(|field| field.as_str()).collect(),
        rows: 0,
        counts: [0; 2],
        bucket: None,
        one_bucket: true,
        versioned: None,
        told: Passed::default(),
        duplicates: (!check.allow.iter().any(|it| it == Kind::DUPLICATE.code))
            .then(Duplicates::new),
        read: true,
    };
    let mut reader = ManifestReader::new(check.fields.clone()).key_encoding(check.keys.encoding());
    rows::for_each(
        file,
        &mut reader,
        |row| Ok(Seen::of(row)),
        |seen, place| checker.row(seen, place),
    )?;
    checker.finish(global)
}

/// What is kept of a row when it is gone
enum Seen {
    Row { bucket: String, key: String, version_id: Option<String> },
    Bad(CsvError),
}

impl Seen {
    fn of(row: Result<ManifestRow<'_>, CsvError>) -> Self {
        match row {
            Ok(row) => Self::Row {
                bucket: row.bucket.into_owned(),
                key: row.key.into_owned(),
                version_id: row.version_id.map(Into::into),
            },
            Err(error) => Self::Bad(error),
        }
    }
}

struct Checker<'a, W: Write> {
    file: String,
    check: &'a Check,
    printer: Printer<Finding, W>,
    fields: Vec<&'a str>,
    rows: u64,
    /// How many errors and warnings there are, shown or not.
    counts: [u64; 2],
    /// That of the first row.
    bucket: Option<String>,
    one_bucket: bool,
    /// Has the first row a version id?
    versioned: Option<bool>,
    /// What is told once only.
    told: Passed,
    duplicates: Option<Duplicates>,
    /// Somebody reads what is printed.
    read: bool,
}

impl<W: Write> Checker<'_, W> {
    fn row(&mut self, seen: Seen, place: Place) -> Result<(), Failure> {
        self.rows += 1;
        self.passed(place)?;
        match seen {
            Seen::Bad(error) => self.bad(&error, place.line),
            Seen::Row { bucket, key, version_id } => {
                self.good(&bucket, &key, version_id.as_deref(), place.line)
            }
        }
    }

    /// What the reader passes over and the service may not: told where it is first seen.
    fn passed(&mut self, Place { line, passed }: Place) -> Result<(), Failure> {
        if passed.byte_order_mark {
            let message = "the file begins with a byte order mark: the service may take it for a \
                           part of the first field";
            self.find(Kind::BYTE_ORDER_MARK, Some(line), message)?;
        }
        if passed.carriage_return && !self.told.carriage_return {
            self.told.carriage_return = true;
            let message = "the row ends with a carriage return, and perhaps others do: the service \
                           may take it for a part of the last field";
            self.find(Kind::CARRIAGE_RETURN, Some(line), message)?;
        }
        if passed.spaces && !self.told.spaces {
            self.told.spaces = true;
            let message = "there is space around a field, and perhaps around others: the service \
                           may take it for a part of the field";
            self.find(Kind::SPACE_AROUND_FIELD, Some(line), message)?;
        }
        Ok(())
    }

    fn bad(&mut self, error: &CsvError, line: u64) -> Result<(), Failure> {
        let kind = match error.kind() {
            CsvErrorKind::Fields { .. } => Kind::FIELD_COUNT,
            CsvErrorKind::Missing { .. } => Kind::EMPTY_FIELD,
            CsvErrorKind::NotUtf8 { .. } => Kind::NOT_UTF_8,
            _ => Kind::MALFORMED_ROW,
        };
        self.find(kind, Some(line), &error.to_string())
    }

    fn good(
        &mut self,
        bucket: &str,
        key: &str,
        version_id: Option<&str>,
        line: u64,
    ) -> Result<(), Failure> {
        if self.rows == 1 && self.is_header(bucket, key) {
            let message = "the first row names the columns: the service takes it for an object";
            return self.find(Kind::HEADER, Some(line), message);
        }
        match &self.bucket {
            None => self.bucket = Some(bucket.to_owned()),
            Some(first) if first != bucket => {
                let (bucket, first) = (printable(bucket, 64), printable(first, 64));
                let message = format!("the bucket is {bucket}, and that of the first row {first}");
                self.one_bucket = false;
                self.find(Kind::BUCKET_DIFFERS, Some(line), &message)?;
            }
            Some(_) => {}
        }
        // One bucket is judged once.
        if (self.bucket.as_deref() != Some(bucket) || self.rows == 1) && !is_bucket(bucket) {
            let bucket = printable(bucket, 64);
            let message = format!("expected a bucket with its APPID, found \"{bucket}\"");
            self.find(Kind::BUCKET_NAME, Some(line), &message)?;
        }
        let shown = || printable(key, 64);
        if key.starts_with(char::is_whitespace) {
            let message = format!("key begins with a space: \"{}\"", shown());
            self.find(Kind::LEADING_SPACE, Some(line), &message)?;
        }
        if key.ends_with(char::is_whitespace) {
            let message = format!("key ends with a space: \"{}\"", shown());
            self.find(Kind::TRAILING_SPACE, Some(line), &message)?;
        }
        if steers(key) {
            let message = format!("key holds a control character: \"{}\"", shown());
            self.find(Kind::CONTROL_CHARACTER, Some(line), &message)?;
        }
        let versioned = *self.versioned.get_or_insert(version_id.is_some());
        if versioned != version_id.is_some() {
            let message = match versioned {
                true => "there is no version id, and the first row has one",
                false => "there is a version id, and the first row has none",
            };
            self.find(Kind::MIXED_VERSIONS, Some(line), message)?;
        }
        if let Some(duplicates) = &mut self.duplicates {
            let object = [bucket, key, version_id.unwrap_or_default()];
            duplicates.add(object, line).map_err(|error| no_room(&error))?;
        }
        Ok(())
    }

    fn is_header(&self, bucket: &str, key: &str) -> bool {
        let names = |name: &str| self.fields.iter().any(|field| field.eq_ignore_ascii_case(name));
        names(bucket) && names(key)
    }

    fn find(&mut self, kind: Kind, line: Option<u64>, message: &str) -> Result<(), Failure> {
        if self.check.allow.iter().any(|code| code == kind.code) {
            return Ok(());
        }
        let [errors, warnings] = &mut self.counts;
        match kind.severity {
            Severity::Error => *errors += 1,
            Severity::Warning => *warnings += 1,
        }
        if !self.read || self.printer.count() >= self.check.max_errors as u64 {
            return Ok(());
        }
        self.read = output::written(self.printer.write(Finding {
            file: self.file.clone(),
            line,
            code: kind.code,
            name: kind.name,
            severity: kind.severity,
            message: message.to_owned(),
        }))?;
        Ok(())
    }

    fn finish(mut self, global: &Global) -> Result<Exit, Failure> {
        if self.rows == 0 {
            self.find(Kind::NO_ROWS, None, "the manifest names no object")?;
        }
        let mut twice = 0;
        if let Some(duplicates) = self.duplicates.take() {
            let (count, shown) =
                duplicates.find(self.check.max_errors).map_err(|error| no_room(&error))?;
            twice = count;
            let hidden = count - shown.len() as u64;
            for duplicate in shown {
                let message = format!("line {} names the same object", duplicate.first);
                self.find(Kind::DUPLICATE, Some(duplicate.line), &message)?;
            }
            let [_, warnings] = &mut self.counts;
            *warnings += hidden;
        }
        let (format, shown) = (self.printer.format(), self.printer.count());
        let [errors, warnings] = self.counts;
        let (rows, one_bucket) = (self.rows, self.one_bucket);
        output::written(self.printer.finish())?;
        let talk = global.output.talk();
        let more = errors + warnings - shown;
        if more > 0 {
            let more = grouped(more);
            talk.note(&format!("{more} more are not shown; --max-errors shows more"));
        }
        if format == Format::Table {
            let buckets = if one_bucket { "1 bucket" } else { "several buckets" };
            let counted = |count, name: &str| {
                format!("{} {name}{}", grouped(count), if count == 1 { "" } else { "s" })
            };
            let some = |count, name: &str| match count {
                0 => String::new(),
                _ => format!(", {}", counted(count, name)),
            };
            talk.note(&format!(
                "{}, {buckets}, {}{}, {}",
                counted(rows, "row"),
                counted(twice, "duplicate"),
                some(errors, "error"),
                counted(warnings, "warning"),
            ));
        }
        Ok(if errors > 0 { Exit::Bad } else { Exit::Good })
    }
}

/// Does a text hold what would steer a terminal?
fn steers(text: &str) -> bool {
    match text.is_ascii() {
        true => text.contains(char::is_control),
        false => printable(text, usize::MAX) != text,
    }
}

/// What does not fit into memory goes to a file.
fn no_room(error: &io::Error) -> Failure {
    Failure::new(failure::Kind::NO_ROOM, "the search for duplicates needs room on disk")
        .fact(error.to_string())
        .help("point TMPDIR to where 32 bytes a row fit, or leave it out with --allow M0110")
}
