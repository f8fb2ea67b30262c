//! The fault file: TOML, and what must hold of it

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use cos_batch::http::{HeaderName, HeaderValue, Method, StatusCode};
use jiff::SignedDuration;
use serde::Deserialize;

use super::choice::{Filter, Pick};
use super::effect::{Cut, Effect, Lost, Own};
use super::{Cause, Fault, FaultsError};
use crate::call::CALLS;
use crate::server::wire::{Drip, End};

pub(super) fn parse(text: &str, folder: &Path) -> Result<Vec<Fault>, FaultsError> {
    let file: File = toml::from_str(text)
        .map_err(|error| FaultsError { file: None, cause: Cause::Toml(Box::new(error)) })?;
    file.faults.into_iter().map(|checked| checked.read(folder)).collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default, rename = "fault")]
    faults: Vec<Checked>,
}

/// A `[[fault]]` as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    call: Option<OneOrMany<String>>,
    method: Option<String>,
    path: Option<String>,
    nth: Option<OneOrMany<u64>>,
    every: Option<u64>,
    probability: Option<f64>,
    times: Option<u64>,

    lost: Option<Lost>,
    repeat: Option<u32>,
    delay: Option<String>,
    status: Option<u16>,
    body: Option<String>,
    body_file: Option<PathBuf>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    drop_headers: Vec<String>,
    date: Option<String>,
    cut: Option<usize>,
    content_length: Option<Length>,
    drip: Option<DripTable>,
    connection: Option<End>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Length {
    Whole,
    Cut,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DripTable {
    bytes: usize,
    every: String,
}

/// A fault whose body may still be in a file.
#[derive(Deserialize)]
#[serde(try_from = "Table")]
struct Checked {
    filter: Filter,
    pick: Pick,
    times: Option<u64>,
    effect: Effect,
    body_file: Option<PathBuf>,
}

impl Checked {
    fn read(self, folder: &Path) -> Result<Fault, FaultsError> {
        let Self { filter, pick, times, mut effect, body_file } = self;
        if let (Some(own), Some(file)) = (&mut effect.own, body_file) {
            let file = folder.join(file);
            own.body = fs::read(&file)
                .map_err(|error| FaultsError { file: Some(file), cause: Cause::Read(error) })?;
        }
        Ok(Fault { filter, pick, times, effect: Arc::new(effect) })
    }
}

/// Which key is wrong, and what was expected of it.
type Wrong = String;

impl TryFrom<Table> for Checked {
    type Error = Wrong;

    fn try_from(table: Table) -> Result<Self, Wrong> {
        let times = table.times.map(|times| from_1("times", times)).transpose()?;
        let own = match (table.status, &table.body, &table.body_file, table.lost) {
            (None, None, None, _) => None,
            (None, ..) => return Err("body: expected a status with it".into()),
            (Some(_), .., None) => {
                return Err("status: expected lost = \"request\" or lost = \"answer\" with it: \
                    has the service carried out the request?"
                    .into());
            }
            (Some(_), Some(_), Some(_), _) => {
                return Err("body_file: expected no body beside it".into());
            }
            (Some(status), body, ..) => Some(Own {
                status: StatusCode::from_u16(status)
                    .ok()
                    .filter(|status| (200..600).contains(&status.as_u16()))
                    .ok_or("status: expected a number from 200 to 599")?,
                body: body.clone().unwrap_or_default().into(),
            }),
        };
        let answered = own.is_some() || table.lost.is_none();
        let changes = !table.headers.is_empty()
            || !table.drop_headers.is_empty()
            || table.date.is_some()
            || table.cut.is_some()
            || table.drip.is_some();
        if changes && !answered {
            return Err("lost: there is no answer to change; expected a status with it, or no \
                headers, drop_headers, date, cut and drip"
                .into());
        }
        let repeat = match (table.repeat, table.lost) {
            (None, _) => None,
            (Some(_), Some(Lost::Request)) => {
                return Err("repeat: expected a request that is not lost".into());
            }
            // Each takes as long as the first.
            (Some(repeat @ 2..=100), _) => Some(repeat),
            (Some(_), _) => return Err("repeat: expected a number from 2 to 100".into()),
        };
        let cut = match (table.cut, table.content_length) {
            (None, Some(_)) => return Err("content_length: expected a cut with it".into()),
            (cut, length) => {
                cut.map(|bytes| Cut { bytes, told: matches!(length, Some(Length::Cut)) })
            }
        };
        let mut effect = Effect { lost: table.lost, repeat, own, cut, ..Effect::default() };
        effect.end = table.connection;
        effect.delay = table.delay.map(|it| time("delay", &it)).transpose()?.unwrap_or_default();
        effect.drip = table.drip.map(drip).transpose()?;
        if let Some(off) = table.date {
            let off: SignedDuration =
                off.parse().map_err(|_| "date: expected a time such as \"6h\" or \"-6h\"")?;
            effect.date_off = cos_batch::time::Duration::seconds(off.as_secs());
        }
        for (name, value) in table.headers {
            let value = HeaderValue::try_from(value)
                .map_err(|_| format!("headers: expected a header's value for {name:?}"))?;
            effect.headers.insert(header_name("headers", &name)?, value);
        }
        for name in table.drop_headers {
            effect.drop_headers.push(header_name("drop_headers", &name)?);
        }
        let filter = filter(table.call, table.method, table.path)?;
        let pick = pick(table.nth, table.every, table.probability)?;
        Ok(Self { filter, pick, times, effect, body_file: table.body_file })
    }
}

fn filter(
    call: Option<OneOrMany<String>>,
    method: Option<String>,
    path: Option<String>,
) -> Result<Filter, Wrong> {
    let calls = call.map_or(Vec::new(), OneOrMany::many);
    if calls.iter().any(|call| !CALLS.contains(&call.as_str())) {
        return Err(format!("call: expected one of {}", CALLS.join(", ")));
    }
    let method = method.map(|method| Method::try_from(&*method)).transpose();
    let method = method.map_err(|_| "method: expected a method such as \"GET\"")?;
    if path.as_deref().is_some_and(|path| !path.starts_with(['/', '*'])) {
        return Err("path: expected a path such as \"/jobs\" or \"/jobs/*\"".into());
    }
    Ok(Filter { calls, method, path })
}

fn pick(
    nth: Option<OneOrMany<u64>>,
    every: Option<u64>,
    probability: Option<f64>,
) -> Result<Pick, Wrong> {
    match (nth, every, probability) {
        (None, None, None) => Ok(Pick::All),
        (Some(nth), None, None) => {
            let nth: Result<_, _> = nth.many().into_iter().map(|n| from_1("nth", n)).collect();
            nth.map(Pick::Nth)
        }
        (None, Some(every), None) => from_1("every", every).map(Pick::Every),
        (None, None, Some(share)) if (0.0..=1.0).contains(&share) => Ok(Pick::Probability(share)),
        (None, None, Some(_)) => Err("probability: expected a number from 0 to 1".into()),
        _ => Err("nth, every, probability: expected one of them at most".into()),
    }
}

fn drip(table: DripTable) -> Result<Drip, Wrong> {
    if table.bytes == 0 {
        return Err("drip: expected 1 byte at least".into());
    }
    Ok(Drip { bytes: table.bytes, every: time("drip", &table.every)? })
}

fn time(key: &str, text: &str) -> Result<Duration, Wrong> {
    let parsed = text.parse::<SignedDuration>().ok();
    parsed
        .and_then(|time| Duration::try_from(time).ok())
        .ok_or_else(|| format!("{key}: expected a time such as \"2s\" or \"500ms\""))
}

fn from_1(key: &str, number: u64) -> Result<u64, Wrong> {
    Some(number).filter(|it| *it > 0).ok_or_else(|| format!("{key}: expected a number from 1 on"))
}

fn header_name(key: &str, name: &str) -> Result<HeaderName, Wrong> {
    name.parse().map_err(|_| format!("{key}: expected a header's name, found {name:?}"))
}

impl<T> OneOrMany<T> {
    fn many(self) -> Vec<T> {
        match self {
            Self::One(one) => vec![one],
            Self::Many(many) => many,
        }
    }
}
