//! Manifests and reports: a byte for the format, one for the size of the chunks, the file

use cos_batch_csv::{
    KeyEncoding, ManifestRow, ManifestWriter, ReportRow, ReportWriter, TaskStatus,
};

use super::Seed;
use super::values::{must, parsed};

const KEYS: &[&str] = &["a/b.jpg", "with, \"quotes\"", "100% + 中/é", " space "];
const ENCODINGS: &[(&str, KeyEncoding)] =
    &[("percent", KeyEncoding::Percent), ("as-written", KeyEncoding::AsWritten)];

pub(super) fn tables() -> Vec<Seed> {
    let mut seeds = Vec::new();
    for (encoded, (encoding_name, encoding)) in (0_u8..).zip(ENCODINGS) {
        let mut add = |format: u8, name: &str, file: &[u8]| {
            for (form, file) in [("", file.to_vec()), ("-crlf", crlf(file))] {
                let bytes = [&[format | encoded, 0], file.as_slice()].concat();
                seeds.push(Seed::new("csv", &format!("{name}-{encoding_name}{form}"), bytes));
            }
        };
        let columns = ["Bucket,Key", "Bucket,Key,VersionId", "Ignore,Key,Bucket,Ignore"];
        for (at, columns) in (0_u8..).zip(columns) {
            let writer = ManifestWriter::new(parsed(columns)).key_encoding(*encoding);
            let mut file = Vec::new();
            for key in KEYS {
                let mut row = ManifestRow::new("b-1250000000", *key);
                row.version_id = (at == 1).then(|| "v".into());
                must(writer.write(&row, &mut file));
            }
            add(at << 2, &format!("manifest-{at}"), &file);
        }
        let writer = ReportWriter::new().key_encoding(*encoding);
        let mut file = Vec::new();
        for (key, status) in KEYS.iter().zip(["succeeded", "failed", "skipped", "failed"]) {
            let mut row = ReportRow::new("b-1250000000", *key, parsed::<TaskStatus>(status));
            if row.task_status == TaskStatus::Failed {
                row.error_code = Some("NoSuchKey".into());
                row.http_status_code = Some(404);
                row.result_message = Some("\"no\", such\nkey".into());
                row.version_id = Some("v".into());
            }
            must(writer.write(&row, &mut file));
        }
        add(2, "report", &file);
    }
    seeds
}

fn crlf(file: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(file).replace('\n', "\r\n").into_bytes()
}
