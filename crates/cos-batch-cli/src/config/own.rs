//! `$XDG_CONFIG_HOME/cosbatch/config.toml`: one table a profile
//!
//! ```toml
//! [default]
//! uin = "100000000001"
//! app_id = "1250000000"
//! region = "ap-chengdu"
//! secret_id = "AKID…"
//! secret_key = "…"
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::file::{malformed, place, read_secret};
use super::source::{Found, Origin, home, variable};
use super::{Keys, process, role};
use crate::failure::Failure;
use crate::talk::Talk;

/// What a profile may say.
const SETTINGS: [&str; 9] = [
    "uin",
    "app_id",
    "region",
    "endpoint",
    "secret_id",
    "secret_key",
    "token",
    "credential_process",
    "role",
];

/// Where the file is, whether or not it is there.
pub(super) fn path() -> Result<Option<PathBuf>, Failure> {
    if let Some(path) = variable("COSBATCH_CONFIG")? {
        return Ok(Some(path.into()));
    }
    let folder = match variable("XDG_CONFIG_HOME")? {
        Some(folder) => Some(PathBuf::from(folder)),
        None => home().map(|home| home.join(".config")),
    };
    Ok(folder.map(|folder| folder.join("cosbatch").join("config.toml")))
}

/// The profile of this name, if the file is there and has it.
pub(super) fn profile(name: &str, talk: Talk) -> Result<Option<Profile>, Failure> {
    let Some(path) = path()? else { return Ok(None) };
    let Some(text) = read_secret(&path, talk)? else { return Ok(None) };
    // What the parser says may quote the file.
    let table: Table = text.parse().map_err(|error: toml::de::Error| {
        let place = error.span().map_or_else(String::new, |span| place(&text, span.start));
        malformed(&path, format!("it is no TOML: {place}"))
    })?;
    for (profile, settings) in &table {
        check(&path, profile, settings)?;
    }
    let Some(Value::Table(settings)) = table.get(name) else { return Ok(None) };
    let settings = settings.iter().map(|(key, value)| (key.clone(), text_of(value)));
    Ok(Some(Profile { path, name: name.to_owned(), settings: settings.collect() }))
}

/// All profiles are checked: a slip in one should not wait until it is used.
fn check(path: &Path, profile: &str, settings: &Value) -> Result<(), Failure> {
    let Value::Table(settings) = settings else {
        let why = format!("{profile:?} stands outside of a profile: begin with a line [default]");
        return Err(malformed(path, why));
    };
    for (key, value) in settings {
        if !SETTINGS.contains(&key.as_str()) {
            let why = format!("[{profile}] has {key:?}, expected one of {}", SETTINGS.join(", "));
            return Err(malformed(path, why));
        }
        let number = matches!(value, Value::Integer(_)) && matches!(&**key, "uin" | "app_id");
        if !number && !value.is_str() {
            return Err(malformed(
                path,
                format!("{key} in [{profile}]: expected a text in quotes"),
            ));
        }
    }
    Ok(())
}

/// A text, or a number that is written without quotes.
fn text_of(value: &Value) -> String {
    match value {
        Value::Integer(number) => number.to_string(),
        value => value.as_str().unwrap_or_default().to_owned(),
    }
}

/// One profile, not empty values
pub(crate) struct Profile {
    path: PathBuf,
    name: String,
    settings: BTreeMap<String, String>,
}

impl Profile {
    pub(super) fn origin(&self) -> Origin {
        Origin::File(self.path.clone(), Some(self.name.clone()))
    }

    pub(super) fn setting(&self, key: &str) -> Option<Found<String>> {
        let value = self.settings.get(key).filter(|value| !value.is_empty())?;
        Some(Found::new(value.clone(), self.origin()))
    }

    pub(super) fn has_keys(&self) -> bool {
        ["secret_id", "secret_key", "credential_process", "role"]
            .iter()
            .any(|key| self.setting(key).is_some())
    }

    /// Keys, or a way to them: one of three.
    pub(super) fn keys(&self) -> Result<Option<Found<Keys>>, Failure> {
        let get = |key| self.setting(key).map(|found| found.value);
        let (process, role) = (get("credential_process"), get("role"));
        let pair = Keys::pair(
            get("secret_id"),
            get("secret_key"),
            get("token"),
            ["secret_id", "secret_key"],
            &self.origin(),
        )?;
        match (pair, process, role.as_deref()) {
            (Some(keys), None, None) => Ok(Some(Found::new(keys, self.origin()))),
            (None, Some(command), None) => process::keys(&command, self.origin()).map(Some),
            (None, None, Some("cvm")) => role::keys().map(Some),
            (None, None, None) => Ok(None),
            (None, None, Some(_)) => {
                Err(malformed(&self.path, format!("role in [{}]: expected \"cvm\"", self.name)))
            }
            _ => {
                let why = format!(
                    "[{}] has more than one of secret_id, credential_process and role",
                    self.name
                );
                Err(malformed(&self.path, why))
            }
        }
    }
}
