//! `~/.tccli/<profile>.credential` and `.configure`: the files of tccli, read and never written

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::Keys;
use super::file::{malformed, read, read_secret};
use super::source::{Found, Origin, home};
use crate::failure::Failure;
use crate::talk::Talk;

/// Is there a file of credentials for a profile?
pub(super) fn has(profile: &str) -> bool {
    path(profile, "credential").is_some_and(|path| path.exists())
}

pub(super) fn keys(profile: &str, talk: Talk) -> Result<Option<Found<Keys>>, Failure> {
    let Some(path) = path(profile, "credential") else { return Ok(None) };
    let Some(text) = read_secret(&path, talk)? else { return Ok(None) };
    let json = parse(&path, &text)?;
    let get = |name| text_in(&path, &json, name);
    let origin = Origin::File(path.clone(), None);
    let keys = Keys::pair(
        get("secretId")?,
        get("secretKey")?,
        get("token")?,
        ["secretId", "secretKey"],
        &origin,
    )?;
    Ok(keys.map(|keys| Found::new(keys, origin)))
}

pub(super) fn region(profile: &str) -> Result<Option<Found<String>>, Failure> {
    let Some(path) = path(profile, "configure") else { return Ok(None) };
    let Some(text) = read(&path)? else { return Ok(None) };
    let json = parse(&path, &text)?;
    let Some(settings) = json.get("_sys_param") else { return Ok(None) };
    let region = text_in(&path, settings, "region")?;
    Ok(region.map(|region| Found::new(region, Origin::File(path, None))))
}

/// Where a file of a profile is. A name that is no file's name has none.
fn path(profile: &str, kind: &str) -> Option<PathBuf> {
    let plain = !profile.contains(['/', '\\', '\0']) && !profile.starts_with('.');
    home().filter(|_| plain).map(|home| home.join(".tccli").join(format!("{profile}.{kind}")))
}

fn parse(path: &Path, text: &str) -> Result<Value, Failure> {
    serde_json::from_str(text).map_err(|error| {
        // What the parser says of the syntax quotes nothing, but it need not stay so.
        let (line, column) = (error.line(), error.column());
        malformed(path, format!("it is no JSON: line {line}, column {column}"))
    })
}

/// A text that is not empty; tccli writes null for what is not set.
fn text_in(path: &Path, json: &Value, name: &str) -> Result<Option<String>, Failure> {
    match json.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone()).filter(|text| !text.is_empty())),
        Some(_) => Err(malformed(path, format!("{name}: expected a text"))),
    }
}
