//! JSON and YAML that people write: every field is known, and errors say where

use std::path::Path;

use cos_batch::{CreateJob, Limits, printable};
use serde::de::DeserializeOwned;

use crate::failure::{Failure, Kind};
use crate::input;

/// The request for a job in a file: as XML, as JSON or as YAML.
pub(crate) fn create_job(file: Option<&Path>) -> Result<CreateJob, Failure> {
    let limits = Limits::default();
    let bytes = input::read(file, limits.bytes)?;
    if bytes.trim_ascii_start().starts_with(b"<") {
        return CreateJob::from_xml(&bytes, &limits).map_err(|error| bad(file, error.to_string()));
    }
    parse(file, &bytes)
}

/// What a file holds as JSON or as YAML.
pub(crate) fn read<T: DeserializeOwned>(file: Option<&Path>) -> Result<T, Failure> {
    let bytes = input::read(file, Limits::default().bytes)?;
    parse(file, &bytes)
}

fn parse<T: DeserializeOwned>(file: Option<&Path>, bytes: &[u8]) -> Result<T, Failure> {
    let most = Limits::default().bytes;
    if bytes.len() > most {
        return Err(bad(file, format!("it is larger than {most} bytes")));
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| bad(file, format!("it is not UTF-8 at byte {}", error.valid_up_to())))?;
    // A field that nobody reads is a slip of the pen, and what it was to say would be lost.
    let mut unknown = None;
    let mut note = |path: serde_ignored::Path<'_>| {
        unknown.get_or_insert_with(|| path.to_string());
    };
    // JSON is YAML, and its own parser tells more about it.
    let read = if text.trim_start().starts_with(['{', '[']) {
        let mut json = serde_json::Deserializer::from_str(text);
        let read = serde_ignored::deserialize(&mut json, &mut note);
        read.and_then(|read| json.end().map(|()| read)).map_err(|error| error.to_string())
    } else {
        serde_saphyr::with_deserializer_from_str(text, |yaml| {
            serde_ignored::deserialize(yaml, &mut note)
        })
        .map_err(|error| error.without_snippet().to_string())
    };
    let read = read.map_err(|why| bad(file, why))?;
    match unknown {
        Some(path) => Err(bad(file, format!("there is no field {path}"))),
        None => Ok(read),
    }
}

fn bad(file: Option<&Path>, why: String) -> Failure {
    Failure::new(Kind::BAD_DOCUMENT, format!("{} is not understood", input::name(file)))
        .fact(printable(&why, 512))
        .help("mend it; cosbatch schema tells the fields")
}
