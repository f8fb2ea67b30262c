use cos_batch::IntoOwned;
use cos_batch_csv::{
    CsvError, KeyEncoding, ManifestFields, ManifestReader, ManifestRow, ManifestWriter,
    ReportReader, ReportRow, ReportWriter,
};

use super::check::{check_text, must, shown};

/// A manifest or a report, whatever it is
///
/// The first byte chooses the format, the columns and how keys are encoded; the second the size of
/// the chunks; the rest is the file.
///
/// - In chunks it gives the same rows and errors as at once.
/// - An error points into the file and prints safely.
/// - A row that can be written is read back as it was.
///
/// # Panics
///
/// Where that does not hold.
pub fn csv(data: &[u8]) {
    let [choice, size, file @ ..] = data else { return };
    let encoding = if choice & 1 == 0 { KeyEncoding::Percent } else { KeyEncoding::AsWritten };
    let chunk = usize::from(*size) + 1;
    if choice & 2 == 0 {
        let columns = match choice >> 2 & 3 {
            0 => "Bucket,Key",
            1 => "Bucket,Key,VersionId",
            _ => "Ignore,Key,Bucket,Ignore",
        };
        manifest(file, chunk, &must(columns.parse()), encoding);
    } else {
        report(file, chunk, encoding);
    }
}

fn manifest(file: &[u8], chunk: usize, fields: &ManifestFields, encoding: KeyEncoding) {
    let read = |chunk| {
        let mut reader = ManifestReader::new(fields.clone()).key_encoding(encoding);
        let mut rows = Vec::new();
        for mut input in file.chunks(chunk) {
            while let Some(row) = reader.read(&mut input) {
                rows.push(row.map(IntoOwned::into_owned));
            }
        }
        rows.extend(reader.finish().map(|row| row.map(IntoOwned::into_owned)));
        rows
    };
    let rows: Vec<Result<ManifestRow<'static>, CsvError>> = read(file.len().max(1));
    assert_eq!(rows, read(chunk), "in chunks of {chunk}: {}", shown(file));
    let writer = ManifestWriter::new(fields.clone()).key_encoding(encoding);
    for row in rows {
        let Some(row) = checked(row, file) else { continue };
        let mut written = Vec::new();
        if writer.write(&row, &mut written).is_ok() {
            let mut reader = ManifestReader::new(fields.clone()).key_encoding(encoding);
            let mut input = written.as_slice();
            let again = reader.read(&mut input).map(|row| row.map(IntoOwned::into_owned));
            assert_eq!(again, Some(Ok(row)), "read back from {}", shown(&written));
        }
    }
}

fn report(file: &[u8], chunk: usize, encoding: KeyEncoding) {
    let read = |chunk| {
        let mut reader = ReportReader::new().key_encoding(encoding);
        let mut rows = Vec::new();
        for mut input in file.chunks(chunk) {
            while let Some(row) = reader.read(&mut input) {
                rows.push(row.map(IntoOwned::into_owned));
            }
        }
        rows.extend(reader.finish().map(|row| row.map(IntoOwned::into_owned)));
        rows
    };
    let rows: Vec<Result<ReportRow<'static>, CsvError>> = read(file.len().max(1));
    assert_eq!(rows, read(chunk), "in chunks of {chunk}: {}", shown(file));
    let writer = ReportWriter::new().key_encoding(encoding);
    for row in rows {
        let Some(row) = checked(row, file) else { continue };
        let mut written = Vec::new();
        if writer.write(&row, &mut written).is_ok() {
            let mut reader = ReportReader::new().key_encoding(encoding);
            let mut input = written.as_slice();
            let again = reader.read(&mut input).map(|row| row.map(IntoOwned::into_owned));
            assert_eq!(again, Some(Ok(row)), "read back from {}", shown(&written));
        }
    }
}

/// The row, or an error that says where.
fn checked<T>(row: Result<T, CsvError>, file: &[u8]) -> Option<T> {
    match row {
        Ok(row) => Some(row),
        Err(error) => {
            assert!(error.offset() <= file.len() as u64, "{error} in {} bytes", file.len());
            check_text(&error.to_string(), usize::MAX);
            None
        }
    }
}
