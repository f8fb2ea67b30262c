//! Manifests and completion reports of Tencent Cloud COS Batch, streaming and sans-IO
//!
//! A manifest lists the objects of a job, a completion report says what became of each. Both are
//! CSV and may have more rows than memory holds. So readers take the bytes in chunks of any size,
//! keep one row and lend it out; writers append to a buffer that the caller empties when it likes.
//! No file, no socket, no thread: whatever carries the bytes is the caller's.
//!
//! | format | from rows to bytes | from bytes to rows |
//! | --- | --- | --- |
//! | `COSBatchOperations_CSV_V1` | [`ManifestWriter`] | [`ManifestReader`] |
//! | `Report_CSV_V1` | [`ReportWriter`] | [`ReportReader`] |
//!
//! # A manifest
//!
//! ```
//! use cos_batch_csv::{CsvError, ManifestFields, ManifestReader, ManifestRow, ManifestWriter};
//!
//! // The same fields go into the job, as `Fields` of its manifest.
//! let fields: ManifestFields = "Bucket,Key,VersionId".parse()?;
//!
//! let writer = ManifestWriter::new(fields.clone());
//! let mut bytes = Vec::new();
//! for key in ["photos/a b.jpg", "中.txt"] {
//!     // Empty the buffer here whenever it has grown enough.
//!     writer.write(&ManifestRow::new("examplebucket-1250000000", key), &mut bytes)?;
//! }
//! assert_eq!(
//!     String::from_utf8_lossy(&bytes),
//!     "examplebucket-1250000000,photos/a%20b.jpg,\nexamplebucket-1250000000,%E4%B8%AD.txt,\n",
//! );
//!
//! let mut keys = Vec::new();
//! let mut each = |row: Result<ManifestRow<'_>, CsvError>| match row {
//!     Ok(row) => keys.push(row.key.into_owned()),
//!     Err(error) => eprintln!("{error}"),
//! };
//! let mut reader = ManifestReader::new(fields);
//! for mut chunk in bytes.chunks(7) {
//!     while let Some(row) = reader.read(&mut chunk) {
//!         each(row);
//!     }
//! }
//! if let Some(row) = reader.finish() {
//!     each(row);
//! }
//! assert_eq!(keys, ["photos/a b.jpg", "中.txt"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # A report
//!
//! Its layout is undocumented: see [`ReportRow`] for what is read and written here. The failed rows
//! of a report make the manifest of the next job:
//!
//! ```
//! use cos_batch_csv::{
//!     CsvError, ManifestFields, ManifestWriter, ReportReader, ReportRow, TaskStatus,
//! };
//!
//! let report = b"\
//! examplebucket-1250000000,a.txt,,succeeded,,200,
//! examplebucket-1250000000,b%20c.txt,MTg0NDUx,failed,AccessDenied,403,\"Access, denied\"
//! ";
//!
//! let fields: ManifestFields = "Bucket,Key,VersionId".parse()?;
//! let writer = ManifestWriter::new(fields);
//! let mut manifest = Vec::new();
//! let mut each = |row: Result<ReportRow<'_>, CsvError>| {
//!     let row = row?;
//!     if row.task_status == TaskStatus::Failed {
//!         writer.write(&row.object(), &mut manifest)?;
//!     }
//!     Ok::<(), Box<dyn std::error::Error>>(())
//! };
//! let mut reader = ReportReader::new();
//! for mut chunk in report.chunks(16) {
//!     while let Some(row) = reader.read(&mut chunk) {
//!         each(row)?;
//!     }
//! }
//! if let Some(row) = reader.finish() {
//!     each(row)?;
//! }
//! assert_eq!(manifest, b"examplebucket-1250000000,b%20c.txt,MTg0NDUx\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What both readers take
//!
//! - Fields are separated by commas; spaces and tabs around a field are dropped, unless they stand
//!   within its quotes.
//! - A field that begins with `"` is quoted: it may hold commas and line ends, and `""` is one
//!   quote. Behind the closing quote only a comma or the row's end may follow. A quote further
//!   inside a field that is not quoted stands for itself.
//! - A row ends with LF, CRLF or CR; the last one may end with the file. Lines that hold nothing
//!   but spaces and tabs are skipped, and so is one UTF-8 byte order mark at the start.
//! - There is no header: a first row that names the columns is read as any other.
//! - A row is at most [`ROW_LIMIT`] bytes, unless told otherwise: more is refused, not kept.
//!
//! A row that is refused gives a [`CsvError`], for the first thing that is wrong with it, and the
//! reader goes on with the row behind it; who wants the first error only stops there. A quote that
//! is never closed swallows all that follows and gives an error at the end, whether or not its row
//! has been refused before.
//!
//! A file that was cut off within its last row cannot be told from one without a final line end
//! where the number of fields is right: compare sizes or digests first.

mod error;
mod fields;
mod key;
mod manifest;
mod put;
mod report;
mod rows;
mod status;

pub use cos_batch::ManifestField;
pub use error::{CsvError, CsvErrorKind};
pub use fields::ManifestFields;
pub use key::KeyEncoding;
pub use manifest::{ManifestReader, ManifestRow, ManifestWriter};
pub use report::{REPORT_SCHEMA, ReportReader, ReportRow, ReportWriter};
pub use rows::{Passed, ROW_LIMIT};
pub use status::{OtherStatus, TaskStatus};
