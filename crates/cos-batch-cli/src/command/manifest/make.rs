//! `cosbatch manifest make`

use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use cos_batch::printable;
use cos_batch_csv::{ManifestFields, ManifestRow, ManifestWriter, ROW_LIMIT};

use super::is_bucket;
use crate::exit::Exit;
use crate::failure::{Failure, Kind};
use crate::input;
use crate::output;
use crate::rows::Keys;

#[derive(Args, Debug)]
pub(crate) struct Make {
    /// The keys, one a line; stdin where it is absent or -
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,

    /// The bucket that holds the objects, with its APPID: name-1250000000
    #[arg(long, value_name = "BUCKET", value_parser = bucket)]
    bucket: String,

    /// The columns: Bucket and Key, perhaps VersionId, which stays empty, and Ignore
    #[arg(long, value_name = "A,B[,…]", default_value = "Bucket,Key")]
    fields: ManifestFields,

    /// Keys end with a zero byte, as find -print0 writes them, and not with a line end
    #[arg(long, short = '0')]
    null: bool,

    /// How keys are written
    #[arg(long, value_name = "HOW", default_value = "percent")]
    keys: Keys,
}

fn bucket(name: &str) -> Result<String, String> {
    let expected = || "expected a bucket with its APPID, such as name-1250000000".to_owned();
    is_bucket(name).then(|| name.to_owned()).ok_or_else(expected)
}

pub(crate) fn run(make: &Make) -> Result<Exit, Failure> {
    let file = make.file.as_deref();
    let mut input = BufReader::with_capacity(64 * 1024, input::open(file)?);
    let writer = ManifestWriter::new(make.fields.clone()).key_encoding(make.keys.encoding());
    let mut out = BufWriter::with_capacity(64 * 1024, io::stdout().lock());
    let (mut key, mut row) = (Vec::new(), Vec::new());
    let end = if make.null { b'\0' } else { b'\n' };
    for number in 1_u64.. {
        key.clear();
        // The end and a carriage return before it are not part of the key.
        let most = ROW_LIMIT as u64 + 2;
        let read = input.by_ref().take(most).read_until(end, &mut key);
        if read.map_err(|error| input::unreadable(file, &error))? == 0 {
            break;
        }
        if key.last() == Some(&end) {
            key.pop();
            if !make.null && key.last() == Some(&b'\r') {
                key.pop();
            }
        }
        let bad = |why: &str| bad_key(file, number, why);
        if key.len() > ROW_LIMIT {
            return Err(bad(&format!("the key is longer than {ROW_LIMIT} bytes")));
        }
        let key = std::str::from_utf8(&key).map_err(|error| {
            bad(&format!("the key is not UTF-8 at byte {}", error.valid_up_to()))
        })?;
        row.clear();
        writer
            .write(&ManifestRow::new(make.bucket.as_str(), key), &mut row)
            .map_err(|error| bad(&error.to_string()))?;
        if !output::written(out.write_all(&row))? {
            return Ok(Exit::Good);
        }
    }
    output::done(out.flush())
}

fn bad_key(file: Option<&Path>, number: u64, why: &str) -> Failure {
    let place = printable(&input::name(file), usize::MAX);
    Failure::new(Kind::BAD_ROW, format!("{place}:{number}: {why}"))
        .help("mend that line, or use -0 where keys hold line ends; the manifest is incomplete")
}
