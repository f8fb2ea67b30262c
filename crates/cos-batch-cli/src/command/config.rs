//! `cosbatch config`: what is configured, and whether it holds

mod doctor;

use clap::Subcommand;
use serde::Serialize;

use crate::arguments::Global;
use crate::config::{self, Found, Keys};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{self, Column, Printer, Record};
use crate::pager::Out;

#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// Each setting and where it comes from; secrets are shortened
    Show,
    /// Check files, permissions, keys, the endpoint, the clock and one call, and say what is wrong
    Doctor,
}

pub(crate) fn run(config: &Config, global: &Global) -> Result<Exit, Failure> {
    match config {
        Config::Show => show(global),
        Config::Doctor => doctor::run(global),
    }
}

/// One setting
#[derive(Serialize)]
struct Setting {
    name: &'static str,
    /// Shortened where it is secret; `None` where it is not set.
    value: Option<String>,
    origin: Option<String>,
}

impl Record for Setting {
    const NAME: &'static str = "settings";
    const COLUMNS: &'static [Column<Self>] = &[
        Column::<Self>::new("name", "NAME", |it, _| it.name.to_owned()),
        Column::<Self>::new("value", "VALUE", |it, look| look.optional(it.value.as_deref())),
        Column::<Self>::new("origin", "ORIGIN", |it, look| look.optional(it.origin.as_deref())),
    ];
    const LINE: &'static [&'static str] = &["name", "value", "origin"];
}

fn show(global: &Global) -> Result<Exit, Failure> {
    let mut settings = Printer::new(Out::new(), &global.output)?;
    let config = config::Config::new(&global.target, global.output.talk());
    let url = config.url()?.map(|url| Found::new(config::shown_url(&url.value), url.origin));
    let mut all = vec![setting("profile", Some(config.profile_name()?))];
    all.push(setting("endpoint", url));
    all.push(setting("uin", config.uin()?));
    all.push(setting("app_id", config.app_id()?));
    all.push(setting("region", config.region()?));
    all.push(setting("certificates", config.certificates()?));
    let keys = config.keys_if_any()?;
    let part = |name, part: fn(&Keys) -> Option<String>| {
        let value = keys.as_ref().and_then(|keys| part(&keys.value));
        let origin = keys.as_ref().map(|keys| keys.origin.to_string());
        Setting { name, origin: origin.filter(|_| value.is_some()), value }
    };
    all.push(part("secret_id", |keys| Some(keys.shortened_id())));
    all.push(part("secret_key", |keys| Some(keys.secret_key.shortened())));
    all.push(part("token", |keys| Some(keys.token.as_ref()?.shortened())));
    all.push(part("expires_at", |keys| cos_batch::date::format_timestamp(keys.expires_at?).ok()));
    let printed = all.into_iter().try_for_each(|setting| settings.write(setting));
    output::done(printed.and_then(|()| settings.finish()))
}

fn setting<T: ToString>(name: &'static str, found: Option<Found<T>>) -> Setting {
    let (value, origin) =
        found.map(|found| (found.value.to_string(), found.origin.to_string())).unzip();
    Setting { name, value, origin }
}
