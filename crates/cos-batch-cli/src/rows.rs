//! Rows of manifests and reports from files, in constant memory

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use cos_batch_csv::{
    CsvError, KeyEncoding, ManifestReader, ManifestRow, Passed, ReportReader, ReportRow,
};

use crate::failure::{Failure, Kind};
use crate::input;

/// How keys are written in a file
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(crate) enum Keys {
    /// Percent-encoded, as inventories have them
    #[default]
    Percent,
    /// As they are
    AsWritten,
}

impl Keys {
    pub(crate) fn encoding(self) -> KeyEncoding {
        match self {
            Self::Percent => KeyEncoding::Percent,
            Self::AsWritten => KeyEncoding::AsWritten,
        }
    }
}

/// A reader that lends out one row at a time
pub(crate) trait Rows {
    type Row<'r>
    where
        Self: 'r;

    fn read<'r>(&'r mut self, input: &mut &[u8]) -> Option<Result<Self::Row<'r>, CsvError>>;
    fn finish(&mut self) -> Option<Result<Self::Row<'_>, CsvError>>;
    fn place(&self) -> Place;
}

/// Where a row stands, and what was passed over in it
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) line: u64,
    pub(crate) passed: Passed,
}

macro_rules! rows {
    ($reader:ident, $row:ident) => {
        impl Rows for $reader {
            type Row<'r> = $row<'r>;

            fn read<'r>(&'r mut self, input: &mut &[u8]) -> Option<Result<$row<'r>, CsvError>> {
                $reader::read(self, input)
            }

            fn finish(&mut self) -> Option<Result<$row<'_>, CsvError>> {
                $reader::finish(self)
            }

            fn place(&self) -> Place {
                Place { line: self.line(), passed: self.passed() }
            }
        }
    };
}

rows!(ManifestReader, ManifestRow);
rows!(ReportReader, ReportRow);

/// Reads all rows of a file: `look` at each, then do something with what was seen, knowing where
/// the row stands.
pub(crate) fn for_each<R: Rows, T>(
    file: Option<&Path>,
    reader: &mut R,
    mut look: impl FnMut(Result<R::Row<'_>, CsvError>) -> Result<T, Failure>,
    mut then: impl FnMut(T, Place) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut input = input::open(file)?;
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = match input.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(input::unreadable(file, &error)),
        };
        let mut chunk = buffer.get(..read).unwrap_or_default();
        while let Some(seen) = reader.read(&mut chunk).map(&mut look) {
            then(seen?, reader.place())?;
        }
    }
    if let Some(seen) = reader.finish().map(&mut look) {
        then(seen?, reader.place())?;
    }
    Ok(())
}

/// The same where every row has to be right, and where it stands is nothing to know.
pub(crate) fn for_each_good<R: Rows>(
    file: Option<&Path>,
    reader: &mut R,
    mut each: impl FnMut(R::Row<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let good =
        |row: Result<R::Row<'_>, CsvError>| each(row.map_err(|error| bad_row(file, &error))?);
    for_each(file, reader, good, |(), _| Ok(()))
}

pub(crate) fn bad_row(file: Option<&Path>, error: &CsvError) -> Failure {
    Failure::new(Kind::BAD_ROW, format!("{}: {error}", input::name(file)))
        .help("mend the row; cosbatch manifest check finds all such rows of a manifest")
}

/// Files as they are named, and the CSV files of folders.
pub(crate) fn files(named: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in named {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let unreadable = |error| input::unreadable(Some(path), &error);
        let entries = path.read_dir().map_err(unreadable)?;
        let paths = entries.map(|entry| entry.map(|entry| entry.path()));
        let mut found: Vec<_> = paths.collect::<Result<_, _>>().map_err(unreadable)?;
        found.retain(|path| path.extension().is_some_and(|extension| extension == "csv"));
        found.sort_unstable();
        if found.is_empty() {
            return Err(Failure::new(
                Kind::NO_INPUT,
                format!("{} has no CSV file", path.display()),
            )
            .help("give the folder of a report's results, or its files"));
        }
        files.append(&mut found);
    }
    Ok(files)
}
