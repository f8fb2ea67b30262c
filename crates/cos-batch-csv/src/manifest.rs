use std::borrow::Cow;

use cos_batch::{BuildError, IntoOwned, ManifestField, ValueError};

use crate::error::CsvError;
use crate::fields::ManifestFields;
use crate::key::KeyEncoding;
use crate::put;
use crate::rows::{Passed, Rows};

/// One object that a job should work on
///
/// Page: [batch processing](https://www.tencentcloud.com/document/product/436/32958).
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct ManifestRow<'a> {
    /// The bucket, written `name-appid`. It is not checked beyond that it is not empty.
    pub bucket: Cow<'a, str>,
    /// The object's key, not encoded.
    pub key: Cow<'a, str>,
    /// The version of the object. Without it the newest is taken, as it is when the task runs.
    pub version_id: Option<Cow<'a, str>>,
}

impl<'a> ManifestRow<'a> {
    /// The newest version of an object.
    #[must_use]
    pub fn new(bucket: impl Into<Cow<'a, str>>, key: impl Into<Cow<'a, str>>) -> Self {
        Self { bucket: bucket.into(), key: key.into(), version_id: None }
    }
}

impl IntoOwned for ManifestRow<'_> {
    type Owned = ManifestRow<'static>;

    fn into_owned(self) -> ManifestRow<'static> {
        ManifestRow {
            bucket: IntoOwned::into_owned(self.bucket),
            key: IntoOwned::into_owned(self.key),
            version_id: IntoOwned::into_owned(self.version_id),
        }
    }
}

/// A writer of manifests in the format `COSBatchOperations_CSV_V1`
///
/// RFC 4180 with LF, without header and without spaces, keys percent-encoded unless told otherwise.
/// A field is quoted only where it holds a comma, a quote or a line end, or begins or ends with
/// what readers drop. Whether the service takes quotes is undocumented; percent-encoded keys need
/// none.
///
/// ```
/// use cos_batch_csv::{ManifestRow, ManifestWriter};
///
/// let writer = ManifestWriter::new("Bucket,Key".parse()?);
/// let mut bytes = Vec::new();
/// writer.write(&ManifestRow::new("examplebucket-1250000000", "a,b"), &mut bytes)?;
/// assert_eq!(bytes, b"examplebucket-1250000000,a%2Cb\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ManifestWriter {
    fields: ManifestFields,
    key_encoding: KeyEncoding,
}

impl ManifestWriter {
    /// A writer of rows with these columns; ignored ones stay empty.
    #[must_use]
    pub fn new(fields: ManifestFields) -> Self {
        Self { fields, key_encoding: KeyEncoding::default() }
    }

    /// Writes keys otherwise than percent-encoded.
    #[must_use]
    pub fn key_encoding(self, key_encoding: KeyEncoding) -> Self {
        Self { key_encoding, ..self }
    }

    /// Appends a row to `out`, which the caller empties as it likes
    ///
    /// # Errors
    ///
    /// [`BuildError::Value`] where a text is empty, and where the row has a version id and the
    /// manifest no column for it: the job would work on another version. `out` is then as it was.
    pub fn write(&self, row: &ManifestRow<'_>, out: &mut Vec<u8>) -> Result<(), BuildError> {
        if let (Some(id), None) = (&row.version_id, self.fields.version_id()) {
            let error = ValueError::new("no version id, as VersionId is not among the fields", id);
            return Err(BuildError::Value { name: "VersionId", error });
        }
        put::whole(out, |out| {
            for (nth, field) in self.fields.as_slice().iter().enumerate() {
                if nth > 0 {
                    out.push(b',');
                }
                match field {
                    ManifestField::Bucket => put::field(out, put::required("Bucket", &row.bucket)?),
                    ManifestField::Key => {
                        self.key_encoding.put(out, put::required("Key", &row.key)?);
                    }
                    ManifestField::VersionId => {
                        put::optional(out, "VersionId", row.version_id.as_deref())?;
                    }
                    // A column that nobody reads; one that no page documents is not among them.
                    _ => {}
                }
            }
            out.push(b'\n');
            Ok(())
        })
    }
}

/// A reader of manifests in the format `COSBatchOperations_CSV_V1`
///
/// What it takes, and how it goes on after an error, is told
/// [with the crate](crate#what-both-readers-take). Ignored columns are dropped unread; an empty
/// version id is none; keys are percent-decoded unless told otherwise.
///
/// ```
/// use cos_batch_csv::ManifestReader;
///
/// let mut reader = ManifestReader::new("Ignore,Bucket,Key".parse()?);
/// let mut input = &b"1, examplebucket-1250000000, a%2Cb\r\n2, examplebucket-1250000000\r\n"[..];
/// let row = reader.read(&mut input).expect("a whole row")?;
/// assert_eq!((&*row.bucket, &*row.key), ("examplebucket-1250000000", "a,b"));
/// let error = reader.read(&mut input).expect("a whole row").expect_err("a field too few");
/// assert_eq!(error.to_string(), "expected 3 fields, found 2 in row 2 at byte 36");
/// assert!(reader.read(&mut input).is_none());
/// assert!(reader.finish().is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ManifestReader {
    fields: ManifestFields,
    key_encoding: KeyEncoding,
    rows: Rows,
    key: Vec<u8>,
}

impl ManifestReader {
    /// A reader of rows with these columns.
    #[must_use]
    pub fn new(fields: ManifestFields) -> Self {
        let rows = Rows::new(fields.as_slice().len());
        Self { fields, key_encoding: KeyEncoding::default(), rows, key: Vec::new() }
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

    /// Goes on where another reader of the same file stood: behind so many rows, which were so many
    /// bytes
    ///
    /// To be told before anything is read. What is read is then the rest of the file, from that
    /// byte on; both numbers are what the other reader had read when it lent a row out.
    ///
    /// ```
    /// use cos_batch_csv::ManifestReader;
    ///
    /// let file = b"examplebucket-1250000000,a\nexamplebucket-1250000000,b\n";
    /// let mut reader = ManifestReader::new("Bucket,Key".parse()?);
    /// let mut input = &file[..];
    /// assert_eq!(reader.read(&mut input).expect("a row")?.key, "a");
    /// let (row, byte) = (reader.row(), file.len() - input.len());
    ///
    /// let mut later = ManifestReader::new("Bucket,Key".parse()?).starting_at(row, byte as u64);
    /// assert_eq!(later.read(&mut &file[byte..]).expect("a row")?.key, "b");
    /// assert_eq!(later.row(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn starting_at(mut self, row: u64, byte: u64) -> Self {
        self.rows.set_place(row, byte);
        self
    }

    /// Reads on, up to the end of a row, and advances `input` by what was read; `None` where all of
    /// it was read and the row goes on in the next chunk
    ///
    /// # Errors
    ///
    /// Where the row is not one of a manifest. The next call goes on behind it.
    pub fn read(&mut self, input: &mut &[u8]) -> Option<Result<ManifestRow<'_>, CsvError>> {
        match self.rows.read(input)? {
            Ok(()) => Some(self.decode()),
            Err(error) => Some(Err(error)),
        }
    }

    /// Ends the file, once all chunks are read: the last row where no line end followed it
    ///
    /// What is read next is another file, with its rows counted from 1.
    ///
    /// # Errors
    ///
    /// Those of [`read`](Self::read), and [`CsvErrorKind::OpenQuote`](crate::CsvErrorKind).
    pub fn finish(&mut self) -> Option<Result<ManifestRow<'_>, CsvError>> {
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

    fn decode(&mut self) -> Result<ManifestRow<'_>, CsvError> {
        let Self { fields, key_encoding, rows, key } = self;
        let version_id = match fields.version_id() {
            Some(index) => rows.optional(index, "VersionId")?,
            None => None,
        };
        Ok(ManifestRow {
            bucket: rows.required(fields.bucket(), "Bucket")?.into(),
            key: key_encoding.read(rows, fields.key(), key)?.into(),
            version_id: version_id.map(Cow::Borrowed),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> ManifestFields {
        text.parse().expect("fields")
    }

    fn written(columns: &str, row: &ManifestRow<'_>) -> Result<String, BuildError> {
        let mut out = b"before\n".to_vec();
        let result = ManifestWriter::new(fields(columns)).write(row, &mut out);
        let out = String::from_utf8(out).expect("UTF-8");
        let row = out.strip_prefix("before\n").expect("what was there").to_owned();
        assert!(result.is_ok() || row.is_empty());
        result.map(|()| row)
    }

    /// The one row in some bytes, or its error's text.
    fn read(mut reader: ManifestReader, bytes: &[u8]) -> Result<ManifestRow<'static>, String> {
        let mut input = bytes;
        let row = match reader.read(&mut input) {
            Some(row) => row.map(IntoOwned::into_owned),
            None => reader.finish().expect("a row").map(IntoOwned::into_owned),
        };
        row.map_err(|error| error.to_string())
    }

    fn object(key: &str, version_id: Option<&str>) -> ManifestRow<'static> {
        let mut row = ManifestRow::new("b-1", key.to_owned());
        row.version_id = version_id.map(|id| id.to_owned().into());
        row
    }

    #[test]
    fn keys_are_percent_encoded_but_for_unreserved_characters_and_slashes() {
        let row = object("Az09-_.~/ a+b,\"%\r\n中", None);
        let line = "b-1,Az09-_.~/%20a%2Bb%2C%22%25%0D%0A%E4%B8%AD\n";
        assert_eq!(written("Bucket,Key", &row).as_deref(), Ok(line));
        assert_eq!(read(ManifestReader::new(fields("Bucket,Key")), line.as_bytes()), Ok(row));
    }

    #[test]
    fn keys_may_be_written_as_they_are() {
        let row = object(" 100%41,+\"\n", None);
        let as_written = KeyEncoding::AsWritten;
        let writer = ManifestWriter::new(fields("Bucket,Key")).key_encoding(as_written);
        let mut out = Vec::new();
        assert_eq!(writer.write(&row, &mut out), Ok(()));
        assert_eq!(out, b"b-1,\" 100%41,+\"\"\n\"\n");
        let reader = ManifestReader::new(fields("Bucket,Key")).key_encoding(as_written);
        assert_eq!(read(reader, &out), Ok(row));
    }

    #[test]
    fn columns_stand_in_the_order_of_the_fields() {
        let row = object("k", Some("v,1"));
        for (columns, line) in [
            ("Bucket,Key,VersionId", "b-1,k,\"v,1\"\n"),
            ("Ignore,VersionId,Ignore,Key,Bucket,Ignore", ",\"v,1\",,k,b-1,\n"),
        ] {
            assert_eq!(written(columns, &row).as_deref(), Ok(line));
            assert_eq!(
                read(ManifestReader::new(fields(columns)), line.as_bytes()),
                Ok(row.clone())
            );
        }
    }

    #[test]
    fn what_would_not_come_back_is_not_written() {
        let message = |row| written("Bucket,Key", &row).expect_err("refused").to_string();
        assert_eq!(
            message(object("k", Some("v"))),
            "VersionId: expected no version id, as VersionId is not among the fields, found \"v\"",
        );
        let empty = "expected a text that is not empty, found \"\"";
        assert_eq!(message(object("", None)), format!("Key: {empty}"));
        assert_eq!(message(ManifestRow::new("", "k")), format!("Bucket: {empty}"));
        let row = object("k", Some(""));
        let error = written("Bucket,Key,VersionId", &row).expect_err("refused");
        assert_eq!(error.to_string(), format!("VersionId: {empty}"));
    }

    #[test]
    fn the_sample_with_spaces_is_read() {
        let reader = || ManifestReader::new(fields("Bucket,Key,VersionId"));
        assert_eq!(read(reader(), b"b-1, k, v\r\n"), Ok(object("k", Some("v"))));
        assert_eq!(read(reader(), b"b-1, k, \r\n"), Ok(object("k", None)));
        assert_eq!(read(reader(), b"b-1,\"k\",\"\"\r\n"), Ok(object("k", None)));
    }

    #[test]
    fn a_plus_is_a_plus_and_a_broken_escape_stands_for_itself() {
        let reader = || ManifestReader::new(fields("Bucket,Key"));
        for (written, key) in
            [("a+b", "a+b"), ("100%", "100%"), ("%zz%2", "%zz%2"), ("%e4%B8%ad", "中")]
        {
            assert_eq!(read(reader(), format!("b-1,{written}").as_bytes()), Ok(object(key, None)));
        }
    }

    #[test]
    fn what_is_passed_over_is_told_with_the_line() {
        let bytes = b"\xef\xbb\xbfb,k\n\nb, k\r\n b,k\n \nb,k\nb,\"k\n\n\" \nb,k\t\r\nb\nb,k";
        for size in 1..=bytes.len() {
            let mut reader = ManifestReader::new(fields("Bucket,Key"));
            let mut rows = Vec::new();
            let mut note = |reader: &ManifestReader| {
                let Passed { spaces, carriage_return, byte_order_mark } = reader.passed();
                let passed = [(spaces, 's'), (carriage_return, 'r'), (byte_order_mark, 'b')];
                let passed = passed.iter().filter(|it| it.0).map(|it| it.1);
                rows.push(format!("{}{}", reader.line(), passed.collect::<String>()));
            };
            for mut chunk in bytes.chunks(size) {
                while reader.read(&mut chunk).is_some() {
                    note(&reader);
                }
            }
            assert!(reader.finish().is_some());
            note(&reader);
            assert_eq!(rows, ["1b", "3sr", "4s", "6", "7s", "10sr", "11", "12"], "{size}");
        }
    }

    #[test]
    fn what_is_not_utf_8_is_refused() {
        let reader = || ManifestReader::new(fields("Ignore,Bucket,Key,VersionId"));
        for (bytes, column, offset) in [
            (&b"\xff,b,k%ff,"[..], "Key", 4),
            (b"\xff,b,k\xe4\xb8,", "Key", 4),
            (b"\xff,\xff,k,", "Bucket", 2),
            (b"\xff,b, k, \xff", "VersionId", 8),
        ] {
            let error = format!("{column} is not UTF-8 in row 1 at byte {offset}");
            assert_eq!(read(reader(), bytes), Err(error));
        }
        assert_eq!(read(reader(), b"\xff,b-1,k,"), Ok(object("k", None)));
    }

    #[test]
    fn a_row_names_bucket_and_key() {
        let reader = || ManifestReader::new(fields("Bucket,Key"));
        assert_eq!(read(reader(), b" ,k"), Err("Bucket is empty in row 1 at byte 1".into()));
        assert_eq!(read(reader(), b"b, "), Err("Key is empty in row 1 at byte 3".into()));
    }

    #[test]
    fn all_errors_of_a_file_come_out() {
        let mut reader = ManifestReader::new(fields("Bucket,Key")).row_limit(16);
        let mut input = &b"b,k\nb\nb,\n\nb,%ff\n\"b\"x,k\nb,0123456789abcdef\nb,k\n"[..];
        let mut all = Vec::new();
        while let Some(row) = reader.read(&mut input) {
            let row = row.map(drop).map_err(|error| (error.row(), error.offset()));
            all.push((row, reader.row()));
        }
        let refused = |row, offset| (Err((row, offset)), row);
        assert_eq!(
            all,
            [
                (Ok(()), 1),
                refused(2, 4),
                refused(3, 8),
                refused(4, 12),
                refused(5, 19),
                refused(6, 23),
                (Ok(()), 7),
            ]
        );
    }
}
