//! The `manifest.json` of an inventory: which files there are, and what is in them

use std::borrow::Cow;
use std::fs::File;
use std::io::Read as _;

use cos_batch::ManifestField;
use cos_batch_csv::ManifestFields;
use serde::Deserialize;

use super::{Result, md5, not_found, not_readable, object};
use crate::buckets::bucket::Disk;
use crate::buckets::failure::{Code, failure};

/// The most bytes that are read of a `manifest.json`.
const LIMIT: u64 = 16 * 1024 * 1024;

/// What is read of a `manifest.json`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Inventory {
    source_appid: String,
    destination_appid: Option<String>,
    destination_bucket: Option<String>,
    file_format: String,
    file_schema: String,
    files: Vec<DataFile>,
    /// The bucket that the `manifest.json` is in.
    #[serde(skip)]
    bucket: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct DataFile {
    key: String,
    md5_checksum: String,
}

impl Inventory {
    pub(super) fn read(file: &mut File, bucket: &str) -> Result<Self> {
        let mut text = Vec::new();
        file.take(LIMIT.saturating_add(1)).read_to_end(&mut text).map_err(not_readable)?;
        if text.len() as u64 > LIMIT {
            let why = format!("manifest.json is larger than {LIMIT} bytes");
            return Err(failure(Code::ManifestMalformed, why));
        }
        let mut inventory: Self = serde_json::from_slice(&text)
            .map_err(|error| failure(Code::ManifestMalformed, format!("manifest.json: {error}")))?;
        if !inventory.file_format.eq_ignore_ascii_case("CSV") {
            let why = format!("fileFormat is {}, expected CSV", inventory.file_format);
            return Err(failure(Code::ManifestMalformed, why));
        }
        inventory.bucket = match (&inventory.destination_bucket, &inventory.destination_appid) {
            (Some(name), Some(app_id)) => whole(name.into(), app_id).into_owned(),
            _ => bucket.to_owned(),
        };
        Ok(inventory)
    }

    /// The columns, as far as a job looks at them.
    pub(super) fn fields(&self) -> Result<ManifestFields> {
        let field = |name: &str| match name.trim() {
            "Bucket" => ManifestField::Bucket,
            "Key" => ManifestField::Key,
            "VersionId" => ManifestField::VersionId,
            _ => ManifestField::Ignore,
        };
        let fields: Vec<_> = self.file_schema.split(',').map(field).collect();
        ManifestFields::new(fields)
            .map_err(|error| failure(Code::ManifestMalformed, format!("fileSchema: {error}")))
    }

    /// Holds each file against its checksum.
    pub(super) fn check(&self, disk: &Disk) -> Result<()> {
        for (nth, DataFile { key, md5_checksum }) in (0..).zip(&self.files) {
            let Some(mut file) = self.open(disk, nth)? else { break };
            let found = md5(&mut file).map_err(not_readable)?;
            if !found.eq_ignore_ascii_case(md5_checksum) {
                let why = format!("the MD5 of {key} is {found}, expected {md5_checksum}");
                return Err(failure(Code::ManifestChecksumMismatch, why));
            }
        }
        Ok(())
    }

    /// A file; `None` behind the last.
    pub(super) fn open(&self, disk: &Disk, nth: u64) -> Result<Option<File>> {
        let Some(file) = self.file(nth) else { return Ok(None) };
        let (file, _) = object(disk, &self.bucket, &file.key, None).map_err(not_found)?;
        Ok(Some(file))
    }

    pub(super) fn key(&self, nth: u64) -> &str {
        self.file(nth).map_or("", |file| &file.key)
    }

    fn file(&self, nth: u64) -> Option<&DataFile> {
        self.files.get(usize::try_from(nth).ok()?)
    }

    /// A bucket's name as a task needs it: the samples have it without the APPID.
    pub(super) fn source_bucket(&self, name: Cow<'static, str>) -> Cow<'static, str> {
        whole(name, &self.source_appid)
    }
}

/// A bucket's name with the APPID at its end, whether or not it is there.
fn whole<'a>(name: Cow<'a, str>, app_id: &str) -> Cow<'a, str> {
    match name.rsplit_once('-') {
        Some((_, end)) if end == app_id => name,
        _ => format!("{name}-{app_id}").into(),
    }
}
