//! The search for what is wrong or odd in a manifest, in constant memory

use std::io;
use std::path::Path;

use cos_batch::printable;
use cos_batch_csv::{CsvError, CsvErrorKind, ManifestFields, ManifestReader, ManifestRow, Passed};

use super::duplicates::Duplicates;
use super::finding::{Finding, Kind, Severity};
use super::is_bucket;
use crate::failure::{self, Failure};
use crate::input;
use crate::output::grouped;
use crate::rows::{self, Keys, Place};

/// What to look for, and where
pub(crate) struct Search<'a> {
    pub(crate) file: Option<&'a Path>,
    pub(crate) fields: ManifestFields,
    pub(crate) keys: Keys,
    /// How many findings are told; the others are counted.
    pub(crate) most: usize,
    /// The codes of what is not looked for.
    pub(crate) allow: &'a [String],
}

/// What was found in all
pub(crate) struct Found {
    rows: u64,
    duplicates: u64,
    pub(crate) errors: u64,
    warnings: u64,
    one_bucket: bool,
    told: u64,
}

impl Found {
    /// How many findings were not told.
    pub(crate) fn untold(&self) -> u64 {
        self.errors + self.warnings - self.told
    }

    /// `12,400 rows, 1 bucket, 0 duplicates, 1 warning`
    pub(crate) fn sentence(&self) -> String {
        let counted = |count, name: &str| {
            format!("{} {name}{}", grouped(count), if count == 1 { "" } else { "s" })
        };
        let errors = match self.errors {
            0 => String::new(),
            some => format!(", {}", counted(some, "error")),
        };
        format!(
            "{}, {}, {}{errors}, {}",
            counted(self.rows, "row"),
            if self.one_bucket { "1 bucket" } else { "several buckets" },
            counted(self.duplicates, "duplicate"),
            counted(self.warnings, "warning"),
        )
    }
}

impl Search<'_> {
    /// Reads the manifest, and tells what it finds as it comes.
    pub(crate) fn run(
        &self,
        tell: impl FnMut(Finding) -> Result<(), Failure>,
    ) -> Result<Found, Failure> {
        let (rows, duplicates, errors, warnings, told) = (0, 0, 0, 0, 0);
        let mut checker = Checker {
            file: input::name(self.file),
            search: self,
            tell,
            found: Found { rows, duplicates, errors, warnings, one_bucket: true, told },
            bucket: None,
            versioned: None,
            told: Passed::default(),
            duplicates: (!self.allow.iter().any(|it| it == Kind::DUPLICATE.code))
                .then(Duplicates::new),
        };
        let reader = ManifestReader::new(self.fields.clone());
        rows::for_each(
            self.file,
            &mut reader.key_encoding(self.keys.encoding()),
            |row| Ok(Seen::of(row)),
            |seen, place| checker.row(seen, place),
        )?;
        checker.finish()
    }
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

struct Checker<'a, F> {
    file: String,
    search: &'a Search<'a>,
    tell: F,
    found: Found,
    /// That of the first row.
    bucket: Option<String>,
    /// Has the first row a version id?
    versioned: Option<bool>,
    /// What is told once only.
    told: Passed,
    duplicates: Option<Duplicates>,
}

impl<F: FnMut(Finding) -> Result<(), Failure>> Checker<'_, F> {
    fn row(&mut self, seen: Seen, place: Place) -> Result<(), Failure> {
        self.found.rows += 1;
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
        if self.found.rows == 1 && self.is_header(bucket, key) {
            let message = "the first row names the columns: the service takes it for an object";
            return self.find(Kind::HEADER, Some(line), message);
        }
        match &self.bucket {
            None => self.bucket = Some(bucket.to_owned()),
            Some(first) if first != bucket => {
                let (bucket, first) = (printable(bucket, 64), printable(first, 64));
                let message = format!("the bucket is {bucket}, and that of the first row {first}");
                self.found.one_bucket = false;
                self.find(Kind::BUCKET_DIFFERS, Some(line), &message)?;
            }
            Some(_) => {}
        }
        // One bucket is judged once.
        if (self.bucket.as_deref() != Some(bucket) || self.found.rows == 1) && !is_bucket(bucket) {
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
        let fields = self.search.fields.as_slice();
        let names = |name: &str| fields.iter().any(|it| it.as_str().eq_ignore_ascii_case(name));
        names(bucket) && names(key)
    }

    fn find(&mut self, kind: Kind, line: Option<u64>, message: &str) -> Result<(), Failure> {
        if self.search.allow.iter().any(|code| code == kind.code) {
            return Ok(());
        }
        match kind.severity {
            Severity::Error => self.found.errors += 1,
            Severity::Warning => self.found.warnings += 1,
        }
        if self.found.told >= self.search.most as u64 {
            return Ok(());
        }
        self.found.told += 1;
        (self.tell)(Finding {
            file: self.file.clone(),
            line,
            code: kind.code,
            name: kind.name,
            severity: kind.severity,
            message: message.to_owned(),
        })
    }

    fn finish(mut self) -> Result<Found, Failure> {
        if self.found.rows == 0 {
            self.find(Kind::NO_ROWS, None, "the manifest names no object")?;
        }
        if let Some(duplicates) = self.duplicates.take() {
            let (count, shown) =
                duplicates.find(self.search.most).map_err(|error| no_room(&error))?;
            let hidden = count - shown.len() as u64;
            for duplicate in shown {
                let message = format!("line {} names the same object", duplicate.first);
                self.find(Kind::DUPLICATE, Some(duplicate.line), &message)?;
            }
            self.found.duplicates = count;
            self.found.warnings += hidden;
        }
        Ok(self.found)
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
