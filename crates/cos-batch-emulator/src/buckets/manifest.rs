//! Reading manifests: from their bucket, row by row, from any place on

mod inventory;

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read, Seek as _, SeekFrom};

use cos_batch::{IntoOwned as _, JobFailure, Manifest, ManifestFormat, ManifestLocation};
use cos_batch_csv::{CsvError, ManifestFields, ManifestReader, ManifestRow};
use flate2::bufread::MultiGzDecoder;
use md5::{Digest as _, Md5};

use self::inventory::Inventory;
use super::bucket::Disk;
use super::failure::{Code, failure};
use super::hex;
use super::object::Version;
use super::task::TaskError;
use crate::work::Place;

type Result<T> = std::result::Result<T, JobFailure<'static>>;

/// The rows of a manifest that is known to be the one the job means
pub(super) struct Rows {
    source: Source,
    fields: ManifestFields,
    place: Place,
    reading: Option<Reading>,
}

enum Source {
    /// One file of plain CSV, held open: the job may well delete it.
    Csv(File),
    Inventory(Inventory),
}

/// A file of it, being read
struct Reading {
    input: BufReader<Box<dyn Read + Send>>,
    reader: ManifestReader,
}

impl Rows {
    /// Finds a manifest and holds it against its ETag; reading will begin at `place`.
    pub(super) fn open(disk: &Disk, manifest: Option<&Manifest<'_>>, place: Place) -> Result<Self> {
        let manifest =
            manifest.ok_or_else(|| failure(Code::ManifestNotFound, "the job names no manifest"))?;
        let mut file = locate(disk, &manifest.location)?;
        let (fields, source) = match &manifest.spec.format {
            ManifestFormat::CosBatchOperationsCsvV1 => {
                let fields =
                    ManifestFields::new(manifest.spec.fields.clone()).map_err(|error| {
                        failure(Code::ManifestMalformed, format!("Fields: {error}"))
                    })?;
                (fields, Source::Csv(file))
            }
            ManifestFormat::CosInventoryReportCsvV1 => {
                let bucket = manifest.location.object_arn.bucket();
                let inventory = Inventory::read(&mut file, bucket)?;
                (inventory.fields()?, Source::Inventory(inventory))
            }
            unknown => {
                let why = format!("the format {unknown} is not known");
                return Err(failure(Code::ManifestMalformed, why));
            }
        };
        Ok(Self { source, fields, place, reading: None })
    }

    /// Reads all of it and counts the rows; a row that is malformed, or a file that is not what the
    /// inventory says, makes the manifest useless.
    pub(super) fn count(mut self, disk: &Disk) -> Result<u64> {
        if let Source::Inventory(inventory) = &self.source {
            inventory.check(disk)?;
        }
        let mut count = 0;
        while self.next(disk)?.is_some() {
            count += 1;
        }
        Ok(count)
    }

    /// Where the next row is.
    pub(super) fn place(&self) -> Place {
        self.place
    }

    /// The next row; `None` behind the last.
    pub(super) fn next(&mut self, disk: &Disk) -> Result<Option<ManifestRow<'static>>> {
        loop {
            let reading = match &mut self.reading {
                Some(reading) => reading,
                None => match self.source.open(disk, &self.fields, self.place)? {
                    Some(reading) => self.reading.insert(reading),
                    None => return Ok(None),
                },
            };
            if let Some(row) = reading.next(&mut self.place.byte).map_err(not_readable)? {
                let row = row.map_err(|error| {
                    let file = self.source.name(self.place.file);
                    failure(Code::ManifestMalformed, format!("{file}{error}"))
                })?;
                self.place.row = reading.reader.row();
                return Ok(Some(self.source.whole(row)));
            }
            self.reading = None;
            self.place = Place { file: self.place.file + 1, row: 0, byte: 0 };
        }
    }
}

impl Source {
    /// A file of it, from a place on; `None` behind the last file.
    fn open(&self, disk: &Disk, fields: &ManifestFields, place: Place) -> Result<Option<Reading>> {
        let input: Box<dyn Read + Send> = match self {
            Self::Csv(file) if place.file == 0 => {
                let mut file = file.try_clone().map_err(not_readable)?;
                file.seek(SeekFrom::Start(place.byte)).map_err(not_readable)?;
                Box::new(file)
            }
            Self::Csv(_) => return Ok(None),
            Self::Inventory(inventory) => {
                let Some(file) = inventory.open(disk, place.file)? else { return Ok(None) };
                let mut rows = MultiGzDecoder::new(BufReader::new(file));
                io::copy(&mut (&mut rows).take(place.byte), &mut io::sink())
                    .map_err(not_readable)?;
                Box::new(rows)
            }
        };
        let reader = ManifestReader::new(fields.clone()).starting_at(place.row, place.byte);
        Ok(Some(Reading { input: BufReader::with_capacity(64 * 1024, input), reader }))
    }

    /// What a message about a file of it begins with.
    fn name(&self, file: u64) -> String {
        match self {
            Self::Csv(_) => String::new(),
            Self::Inventory(inventory) => format!("{}: ", inventory.key(file)),
        }
    }

    /// A row with what an inventory leaves out of it.
    fn whole(&self, mut row: ManifestRow<'static>) -> ManifestRow<'static> {
        if let Self::Inventory(inventory) = self {
            row.bucket = inventory.source_bucket(row.bucket);
        }
        row
    }
}

impl Reading {
    /// The next row, and how far it was read.
    fn next(
        &mut self,
        byte: &mut u64,
    ) -> io::Result<Option<std::result::Result<ManifestRow<'static>, CsvError>>> {
        loop {
            let chunk = self.input.fill_buf()?;
            if chunk.is_empty() {
                return Ok(self.reader.finish().map(|row| row.map(ManifestRow::into_owned)));
            }
            let mut rest = chunk;
            let row = self.reader.read(&mut rest).map(|row| row.map(ManifestRow::into_owned));
            let read = chunk.len() - rest.len();
            self.input.consume(read);
            *byte += read as u64;
            if row.is_some() {
                return Ok(row);
            }
        }
    }
}

/// The file of a manifest, if it is the one that its ETag says.
fn locate(disk: &Disk, location: &ManifestLocation<'_>) -> Result<File> {
    let arn = &location.object_arn;
    let version_id = location.object_version_id.as_deref();
    let (mut file, version) =
        object(disk, arn.bucket(), arn.key(), version_id).map_err(not_found)?;
    let etag = match version.etag {
        Some(etag) => etag,
        None => md5(&mut file).map_err(not_readable)?,
    };
    let unquoted = |etag: &str| {
        let inner = etag.strip_prefix('"').and_then(|etag| etag.strip_suffix('"'));
        inner.unwrap_or(etag).to_owned()
    };
    if !unquoted(&etag).eq_ignore_ascii_case(&unquoted(&location.etag)) {
        let why = format!("the ETag of the manifest is {etag}, and the job means another");
        return Err(failure(Code::ManifestETagMismatch, why));
    }
    Ok(file)
}

/// An object to be read, and what is known of it.
fn object(
    disk: &Disk,
    bucket: &str,
    key: &str,
    version_id: Option<&str>,
) -> std::result::Result<(File, Version), TaskError> {
    let bucket = disk.bucket(bucket)?;
    let mut object = bucket.load(key)?;
    let place = object.find(version_id)?;
    Ok((bucket.open(&object, place)?, object.versions.swap_remove(place)))
}

/// The MD5 of a file in hexadecimal digits; it is then to be read from its start again.
pub(super) fn md5(file: &mut File) -> io::Result<String> {
    file.rewind()?;
    let mut digest = Md5::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            read => digest.update(buffer.get(..read).unwrap_or_default()),
        }
    }
    file.rewind()?;
    Ok(hex(&digest.finalize()))
}

fn not_readable(error: io::Error) -> JobFailure<'static> {
    failure(Code::ManifestNotReadable, format!("the manifest cannot be read: {error}"))
}

fn not_found(error: TaskError) -> JobFailure<'static> {
    let code = if error.status == 404 { Code::ManifestNotFound } else { Code::ManifestNotReadable };
    failure(code, format!("the manifest cannot be read: {}: {}", error.code, error.message))
}
