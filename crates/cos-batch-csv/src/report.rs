use std::borrow::Cow;

use cos_batch::{BuildError, IntoOwned, ValueError};

use crate::error::{CsvError, CsvErrorKind};
use crate::key::KeyEncoding;
use crate::manifest::ManifestRow;
use crate::put;
use crate::rows::{Passed, Rows};
use crate::status::TaskStatus;

/// The columns of a report, as the `ReportSchema` beside it spells them.
pub const REPORT_SCHEMA: &str =
    "Bucket, Key, VersionId, TaskStatus, ErrorCode, HTTPStatusCode, ResultMessage";

const COLUMNS: usize = 7;

/// What became of one object of a job
///
/// COS documents that a report holds the name of each object, its version id, a status code and a
/// description of the error; it **documents neither the columns nor their order**. Those here are
/// of the service that COS Batch is modelled on, whose reports hold [`REPORT_SCHEMA`]. A report of
/// COS may look different.
///
/// Page: [managing jobs](https://www.tencentcloud.com/document/product/436/32961).
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct ReportRow<'a> {
    /// The bucket, written `name-appid`.
    pub bucket: Cow<'a, str>,
    /// The object's key, not encoded.
    pub key: Cow<'a, str>,
    /// The version of the object.
    pub version_id: Option<Cow<'a, str>>,
    /// Whether the task succeeded.
    pub task_status: TaskStatus,
    /// The code of the error, such as `AccessDenied`.
    pub error_code: Option<Cow<'a, str>>,
    /// The HTTP status that the task's request was answered with, from 100 to 999.
    pub http_status_code: Option<u16>,
    /// What else there is to say.
    pub result_message: Option<Cow<'a, str>>,
}

impl<'a> ReportRow<'a> {
    /// The outcome for the newest version of an object.
    #[must_use]
    pub fn new(
        bucket: impl Into<Cow<'a, str>>,
        key: impl Into<Cow<'a, str>>,
        task_status: TaskStatus,
    ) -> Self {
        Self {
            bucket: bucket.into(),
            key: key.into(),
            version_id: None,
            task_status,
            error_code: None,
            http_status_code: None,
            result_message: None,
        }
    }

    /// The object, as a manifest names it: what to write to try it again.
    #[must_use]
    pub fn object(&self) -> ManifestRow<'_> {
        let mut object = ManifestRow::new(&*self.bucket, &*self.key);
        object.version_id = self.version_id.as_deref().map(Cow::Borrowed);
        object
    }
}

impl IntoOwned for ReportRow<'_> {
    type Owned = ReportRow<'static>;

    fn into_owned(self) -> ReportRow<'static> {
        ReportRow {
            bucket: IntoOwned::into_owned(self.bucket),
            key: IntoOwned::into_owned(self.key),
            version_id: IntoOwned::into_owned(self.version_id),
            task_status: self.task_status,
            error_code: IntoOwned::into_owned(self.error_code),
            http_status_code: self.http_status_code,
            result_message: IntoOwned::into_owned(self.result_message),
        }
    }
}

/// A writer of reports in the format `Report_CSV_V1`
///
/// In the layout of [`ReportRow`], and otherwise as a
/// [`ManifestWriter`](crate::ManifestWriter) writes.
#[derive(Clone, Debug, Default)]
pub struct ReportWriter {
    key_encoding: KeyEncoding,
}

impl ReportWriter {
    /// A writer of rows in the order of [`REPORT_SCHEMA`].
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes keys otherwise than percent-encoded.
    #[must_use]
    pub fn key_encoding(self, key_encoding: KeyEncoding) -> Self {
        Self { key_encoding }
    }

    /// Appends a row to `out`, which the caller empties as it likes
    ///
    /// # Errors
    ///
    /// [`BuildError::Value`] where a text is empty, the HTTP status has not three digits, or the
    /// error code has, and would be read as the status. `out` is then as it was.
    pub fn write(&self, row: &ReportRow<'_>, out: &mut Vec<u8>) -> Result<(), BuildError> {
        put::whole(out, |out| {
            put::field(out, put::required("Bucket", &row.bucket)?);
            out.push(b',');
            self.key_encoding.put(out, put::required("Key", &row.key)?);
            out.push(b',');
            put::optional(out, "VersionId", row.version_id.as_deref())?;
            out.push(b',');
            put::field(out, row.task_status.as_str());
            out.push(b',');
            if let Some(code) = row.error_code.as_deref().filter(|code| status(code).is_some()) {
                let error = ValueError::new("an error code that is not a number", code);
                return Err(BuildError::Value { name: "ErrorCode", error });
            }
            put::optional(out, "ErrorCode", row.error_code.as_deref())?;
            out.push(b',');
            if let Some(code) = row.http_status_code {
                let text = code.to_string();
                if status(&text).is_none() {
                    let error = ValueError::new(STATUS, &text);
                    return Err(BuildError::Value { name: "HTTPStatusCode", error });
                }
                out.extend_from_slice(text.as_bytes());
            }
            out.push(b',');
            put::optional(out, "ResultMessage", row.result_message.as_deref())?;
            out.push(b'\n');
            Ok(())
        })
    }
}

/// A reader of reports in the format `Report_CSV_V1`
///
/// In the layout of [`ReportRow`]. What it takes, and how it goes on after an error, is told
/// [with the crate](crate#what-both-readers-take).
///
/// The documentation of the layout contradicts itself: its schema puts `ErrorCode` before
/// `HTTPStatusCode`, its sample of a failed task the other way round. Both orders are taken, row by
/// row: the one of the two that is a number of three digits is the status, the second where both
/// are.
///
/// ```
/// use cos_batch_csv::ReportReader;
///
/// let mut reader = ReportReader::new();
/// for mut input in [
///     &b"examplebucket-1250000000,a,,failed,AccessDenied,403,\n"[..],
///     &b"examplebucket-1250000000,a,,failed,403,AccessDenied,\n"[..],
/// ] {
///     let row = reader.read(&mut input).expect("a whole row")?;
///     assert_eq!(row.error_code.as_deref(), Some("AccessDenied"));
///     assert_eq!(row.http_status_code, Some(403));
/// }
/// # Ok::<(), cos_batch_csv::CsvError>(())
/// ```
#[derive(Debug)]
pub struct ReportReader {
    key_encoding: KeyEncoding,
    rows: Rows,
    key: Vec<u8>,
}

impl Default for ReportReader {
    fn default() -> Self {
        let rows = Rows::new(COLUMNS);
        Self { key_encoding: KeyEncoding::default(), rows, key: Vec::new() }
    }
}

impl ReportReader {
    /// A reader of rows with the columns of [`REPORT_SCHEMA`].
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes keys otherwise than percent-encoded.
    #[must_use]
    pub fn key_encoding(self, key_encoding: KeyEncoding) -> Self {
        Self { key_encoding, ..self }
    }

    /// Refuses rows of more than so many bytes, line end aside, instead of
    /// [`ROW_LIMIT`](crate::ROW_LIMIT).
    #[must_use]
    pub fn row_limit(mut self, bytes: usize) -> Self {
        self.rows.set_limit(bytes);
        self
    }

    /// Reads on, up to the end of a row, and advances `input` by what was read; `None` where all of
    /// it was read and the row goes on in the next chunk
    ///
    /// # Errors
    ///
    /// Where the row is not one of a report. The next call goes on behind it.
    pub fn read(&mut self, input: &mut &[u8]) -> Option<Result<ReportRow<'_>, CsvError>> {
        match self.rows.read(input)? {
            Ok(()) => Some(self.decode()),
            Err(error) => Some(Err(error)),
        }
    }

    /// Ends the file, once all chunks are read: the last row where no line end followed it
    ///
    /// What is read next is another file, with its rows counted from 1: a report may have several.
    ///
    /// # Errors
    ///
    /// Those of [`read`](Self::read), and [`CsvErrorKind::OpenQuote`].
    pub fn finish(&mut self) -> Option<Result<ReportRow<'_>, CsvError>> {
        match self.rows.finish()? {
            Ok(()) => Some(self.decode()),
            Err(error) => Some(Err(error)),
        }
    }

    /// The number of the row read last, counted as in [`CsvError::row`].
    #[must_use]
    pub fn row(&self) -> u64 {
        self.rows.row()
    }

    /// The line that this row begins on, counted from 1. It differs from the row where lines were
    /// skipped, and behind quotes that hold line ends. A carriage return alone ends a row and no
    /// line.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.rows.line()
    }

    /// What was passed over in the row read last.
    #[must_use]
    pub fn passed(&self) -> Passed {
        self.rows.passed()
    }

    fn decode(&mut self) -> Result<ReportRow<'_>, CsvError> {
        let Self { key_encoding, rows, key } = self;
        let rows = &*rows;
        let bucket = rows.required(0, "Bucket")?;
        let key = key_encoding.read(rows, 1, key)?;
        let version_id = rows.optional(2, "VersionId")?;
        let task_status = rows.required(3, "TaskStatus")?.parse().map_err(|error| {
            rows.error(3, CsvErrorKind::BadValue { column: "TaskStatus", error })
        })?;
        let (error_code, http_status_code) = outcome(rows)?;
        let result_message = rows.optional(6, "ResultMessage")?;
        Ok(ReportRow {
            bucket: bucket.into(),
            key: key.into(),
            version_id: version_id.map(Cow::Borrowed),
            task_status,
            error_code: error_code.map(Cow::Borrowed),
            http_status_code,
            result_message: result_message.map(Cow::Borrowed),
        })
    }
}

const STATUS: &str = "an HTTP status: three digits, the first not 0";

fn status(text: &str) -> Option<u16> {
    let digits = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|&code| digits && code >= 100)
}

/// The error code and the HTTP status, in whichever order they are written.
fn outcome(rows: &Rows) -> Result<(Option<&str>, Option<u16>), CsvError> {
    let first = rows.optional(4, "ErrorCode")?;
    let second = rows.optional(5, "HTTPStatusCode")?;
    match (first, second) {
        (code, Some(number)) if status(number).is_some() => Ok((code, status(number))),
        (Some(number), code) if status(number).is_some() => Ok((code, status(number))),
        (code, None) => Ok((code, None)),
        // Without a status the order shows only in which field is empty; a damaged number is not
        // to pass for a code.
        (None, code @ Some(text)) if !text.starts_with(|c: char| c.is_ascii_digit()) => {
            Ok((code, None))
        }
        (_, Some(text)) => {
            let error = ValueError::new(STATUS, text);
            Err(rows.error(5, CsvErrorKind::BadValue { column: "HTTPStatusCode", error }))
        }
    }
}

#[cfg(test)]
mod tests;
