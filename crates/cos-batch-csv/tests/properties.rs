//! What holds for any rows and for any bytes

// A panic is a test's way to fail.
#![allow(clippy::expect_used, clippy::indexing_slicing)]

mod reference;

use cos_batch::IntoOwned;
use cos_batch_csv::{
    CsvError, CsvErrorKind, KeyEncoding, ManifestField, ManifestFields, ManifestReader,
    ManifestRow, ManifestWriter, ReportReader, ReportRow, ReportWriter, TaskStatus,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

/// Texts, not empty, of what CSV and percent-encoding make much of.
fn text() -> impl Strategy<Value = String> {
    let awkward = proptest::sample::select(vec![
        ',', '"', '\r', '\n', ' ', '\t', '%', '+', '/', '中', 'é', 'a', 'F', '0', '\0', '\u{feff}',
    ]);
    vec(prop_oneof![8 => awkward, 1 => any::<char>()], 1..12).prop_map(String::from_iter)
}

/// Bytes that look like the formats now and then.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let awkward = proptest::sample::select(b",,\"\"\"\r\n\n \t%+2Fab3\xef\xbb\xbf\xff".to_vec());
    let any_bytes = vec(prop_oneof![12 => awkward, 1 => any::<u8>()], 0..160);
    (any_bytes, 0..4_usize).prop_map(|(mut bytes, bom)| {
        bytes.splice(0..0, b"\xef\xbb\xbf"[..bom].iter().copied());
        bytes
    })
}

fn encoding() -> impl Strategy<Value = KeyEncoding> {
    proptest::sample::select(vec![KeyEncoding::Percent, KeyEncoding::AsWritten])
}

fn fields() -> impl Strategy<Value = ManifestFields> {
    use ManifestField::{Bucket, Ignore, Key, VersionId};
    let (least, most) = (vec![Bucket, Key], vec![Bucket, Key, VersionId, Ignore, Ignore]);
    prop_oneof![Just(least), Just(most)]
        .prop_shuffle()
        .prop_map(|fields| ManifestFields::new(fields).expect("Bucket and Key, once each"))
}

fn object(fields: &ManifestFields) -> impl Strategy<Value = ManifestRow<'static>> + use<> {
    let versions = fields.as_slice().contains(&ManifestField::VersionId);
    (text(), text(), option::of(text())).prop_map(move |(bucket, key, version_id)| {
        let mut row = ManifestRow::new(bucket, key);
        row.version_id = version_id.filter(|_| versions).map(Into::into);
        row
    })
}

fn outcome() -> impl Strategy<Value = ReportRow<'static>> {
    let status = prop_oneof![
        Just(TaskStatus::Succeeded),
        Just(TaskStatus::Failed),
        text().prop_filter_map("no status", |mut text| {
            text.retain(|c| !c.is_control());
            format!("({text})").parse().ok()
        }),
    ];
    let code = text().prop_map(|code| format!("E{code}"));
    let objects = (text(), text(), option::of(text()));
    let outcomes = (status, option::of(code), option::of(100..=999_u16), option::of(text()));
    (objects, outcomes).prop_map(|((bucket, key, version_id), (status, code, http, message))| {
        let mut row = ReportRow::new(bucket, key, status);
        row.version_id = version_id.map(Into::into);
        row.error_code = code.map(Into::into);
        row.http_status_code = http;
        row.result_message = message.map(Into::into);
        row
    })
}

/// The sizes of the chunks that some bytes come in, over and over.
fn sizes() -> impl Strategy<Value = Vec<usize>> {
    let sizes = vec(prop_oneof![0..4_usize, 0..200_usize], 0..8);
    (1..200_usize, sizes).prop_map(|(first, mut sizes)| {
        sizes.push(first);
        sizes
    })
}

fn chunks<'a>(mut bytes: &'a [u8], sizes: &'a [usize]) -> impl Iterator<Item = &'a [u8]> {
    let mut sizes = sizes.iter().cycle();
    std::iter::from_fn(move || {
        let size = *sizes.next()?;
        let (chunk, rest) = bytes.split_at(size.min(bytes.len()));
        let more = !bytes.is_empty();
        bytes = rest;
        more.then_some(chunk)
    })
}

type Read<T> = Vec<Result<T, CsvError>>;

/// Reads what comes in `$chunks` to its end.
macro_rules! read {
    ($reader:expr, $chunks:expr) => {{
        let mut reader = $reader;
        let mut rows = Vec::new();
        for mut chunk in $chunks {
            while let Some(row) = reader.read(&mut chunk) {
                rows.push(row.map(IntoOwned::into_owned));
            }
            assert!(chunk.is_empty());
        }
        rows.extend(reader.finish().map(|row| row.map(IntoOwned::into_owned)));
        assert!(reader.finish().is_none());
        rows
    }};
}

proptest! {
    #[test]
    fn a_manifest_comes_back_as_it_was(
        (fields, rows) in fields().prop_flat_map(|fields| {
            let rows = vec(object(&fields), 0..8);
            (Just(fields), rows)
        }),
        encoding in encoding(),
        sizes in sizes(),
    ) {
        let writer = ManifestWriter::new(fields.clone()).key_encoding(encoding);
        let mut bytes = Vec::new();
        for row in &rows {
            writer.write(row, &mut bytes).expect("a legal row");
        }
        let reader = ManifestReader::new(fields).key_encoding(encoding);
        let read: Read<ManifestRow<'static>> = read!(reader, chunks(&bytes, &sizes));
        prop_assert_eq!(read, rows.into_iter().map(Ok).collect::<Vec<_>>());
    }

    #[test]
    fn a_report_comes_back_as_it_was(
        rows in vec(outcome(), 0..8),
        encoding in encoding(),
        sizes in sizes(),
    ) {
        let writer = ReportWriter::new().key_encoding(encoding);
        let mut bytes = Vec::new();
        for row in &rows {
            writer.write(row, &mut bytes).expect("a legal row");
        }
        let reader = ReportReader::new().key_encoding(encoding);
        let read: Read<ReportRow<'static>> = read!(reader, chunks(&bytes, &sizes));
        prop_assert_eq!(read, rows.into_iter().map(Ok).collect::<Vec<_>>());
    }

    #[test]
    fn chunks_make_no_difference(
        bytes in bytes(),
        fields in fields(),
        limit in prop_oneof![0..40_usize, Just(1000)],
        encoding in encoding(),
        sizes in sizes(),
    ) {
        let new = || ManifestReader::new(fields.clone()).key_encoding(encoding).row_limit(limit);
        let whole: Read<ManifestRow<'static>> = read!(new(), [&bytes[..]]);
        let cut: Read<ManifestRow<'static>> = read!(new(), chunks(&bytes, &sizes));
        prop_assert_eq!(&whole, &cut);
        let (mut row, mut offset) = (0, 0);
        for error in whole.iter().filter_map(|row| row.as_ref().err()) {
            prop_assert!(error.row() > row || *error.kind() == CsvErrorKind::OpenQuote);
            prop_assert!(error.offset() >= offset && error.offset() <= bytes.len() as u64);
            (row, offset) = (error.row(), error.offset());
        }

        let new = || ReportReader::new().key_encoding(encoding).row_limit(limit);
        let whole: Read<ReportRow<'static>> = read!(new(), [&bytes[..]]);
        let cut: Read<ReportRow<'static>> = read!(new(), chunks(&bytes, &sizes));
        prop_assert_eq!(whole, cut);
    }

    /// Wherever a reader stands behind a row, another one goes on as it would.
    #[test]
    fn reading_goes_on_where_another_reader_stood(bytes in bytes(), fields in fields()) {
        let whole: Read<ManifestRow<'static>> = read!(ManifestReader::new(fields.clone()), [&bytes[..]]);
        let mut reader = ManifestReader::new(fields.clone());
        let mut rest = &bytes[..];
        let mut read = 0;
        while let Some(row) = reader.read(&mut rest) {
            let is_behind_a_row = row.is_ok();
            read += 1;
            if is_behind_a_row {
                let byte = (bytes.len() - rest.len()) as u64;
                let later = ManifestReader::new(fields.clone()).starting_at(reader.row(), byte);
                let later: Read<ManifestRow<'static>> = read!(later, [rest]);
                prop_assert_eq!(&later[..], &whole[read..]);
            }
        }
    }

    /// Another reader of the same format, which sees all bytes at once, finds the same rows.
    #[test]
    fn a_plain_reader_finds_the_same(bytes in bytes(), sizes in sizes()) {
        let reader = ManifestReader::new("Bucket,Key".parse().expect("fields"));
        let reader = reader.key_encoding(KeyEncoding::AsWritten);
        let read: Read<ManifestRow<'static>> = read!(reader, chunks(&bytes, &sizes));
        let read = read.into_iter().map(|row| match row {
            Ok(row) => Ok([row.bucket, row.key].map(|text| text.as_bytes().to_vec()).to_vec()),
            Err(error) => Err(error.offset()),
        });
        let expected = reference::rows(&bytes).into_iter().map(|row| row.and_then(reference::object));
        prop_assert_eq!(read.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    }
}
