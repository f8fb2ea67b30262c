//! `cosbatch config doctor`

use std::net::ToSocketAddrs;
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use cos_batch::date::parse_http_date;
use cos_batch::http::{Response, header};
use cos_batch::time::OffsetDateTime;
use cos_batch::{Credentials, Endpoint, Limits, ListJobs, MaxResults, Operation, Signer};
use cos_batch_ureq::Transport;
use serde::Serialize;

use crate::account::{Account, is_on_this_machine};
use crate::arguments::Global;
use crate::config::{Config, exposure, may_hold_keys, trusting};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{self, Column, Printer, Record};
use crate::pager::Out;

/// How long the endpoint may take to answer, and its name to be found.
const PATIENCE: Duration = Duration::from_secs(10);

/// How far a clock may be off, in seconds: other clients correct theirs from here on. What the
/// service takes is undocumented.
const SKEW: i64 = 30;

/// One thing that was looked at
#[derive(Serialize)]
struct Check {
    check: &'static str,
    result: Outcome,
    detail: String,
    help: Option<String>,
}

#[derive(Clone, Copy, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    Ok,
    Warning,
    Error,
    /// Something before it failed, or it is not there.
    Skipped,
}

impl Outcome {
    fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Skipped => "skipped",
        }
    }

    fn style(self) -> Style {
        match self {
            Self::Ok => AnsiColor::Green.on_default(),
            Self::Warning => AnsiColor::Yellow.on_default(),
            Self::Error => AnsiColor::Red.on_default(),
            Self::Skipped => Style::new(),
        }
    }
}

impl Record for Check {
    const NAME: &'static str = "checks";
    const COLUMNS: &'static [Column<Self>] = &[
        Column::<Self>::new("check", "CHECK", |it, _| it.check.to_owned()).whole(),
        Column::<Self>::new("result", "RESULT", |it, _| it.result.name().to_owned())
            .whole()
            .styled(|it| it.result.style()),
        Column::<Self>::new("detail", "DETAIL", |it, look| look.text(&it.detail)),
        Column::<Self>::new("help", "HELP", |it, look| look.optional(it.help.as_deref())),
    ];
    const LINE: &'static [&'static str] = &["check", "result", "detail", "help"];
    // What is to be done is never cut.
    const SENTENCE: Option<fn(&Self) -> String> = Some(|it| {
        let help = it.help.iter().map(|help| format!("\n{:18}help: {help}", ""));
        format!("{:7}  {:7}  {}", it.check, it.result.name(), it.detail) + &help.collect::<String>()
    });
}

impl Check {
    fn new(check: &'static str, result: Outcome, detail: impl Into<String>) -> Self {
        Self { check, result, detail: detail.into(), help: None }
    }

    fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// What went wrong, as the failure says it.
    fn failed(check: &'static str, failure: &Failure) -> Self {
        let mut details = failure.details();
        let last = details.pop().unwrap_or_default();
        let help = last.strip_prefix("help: ").map(str::to_owned);
        if help.is_none() {
            details.push(last);
        }
        let detail = [failure.message().to_owned()].into_iter().chain(details);
        Self { help, ..Self::new(check, Outcome::Error, detail.collect::<Vec<_>>().join("; ")) }
    }
}

pub(super) fn run(global: &Global) -> Result<Exit, Failure> {
    let mut printer = Printer::new(Out::new(), &global.output)?;
    let checks = if global.target.is_local() { local(global)? } else { configured(global)? };
    let bad = checks.iter().any(|check| check.result == Outcome::Error);
    let printed = checks.into_iter().try_for_each(|check| printer.write(check));
    output::written(printed.and_then(|()| printer.finish()))?;
    Ok(if bad { Exit::Bad } else { Exit::Good })
}

/// The service inside this process needs no configuration.
fn local(global: &Global) -> Result<Vec<Check>, Failure> {
    let account = Account::find(global)?;
    Ok(online(Some(account.endpoint.clone()), Some(account.credentials.clone())))
}

fn configured(global: &Global) -> Result<Vec<Check>, Failure> {
    // What it would warn of is checked here.
    let config = Config::new(&global.target, global.output.talk().quietly());
    let mut checks: Vec<_> = config.files()?.iter().map(|path| file(path)).collect();
    let endpoint = config.endpoint();
    let keys = config.keys();
    checks.push(match &endpoint {
        Ok(endpoint) => Check::new("account", Outcome::Ok, endpoint.to_string()),
        Err(failure) => Check::failed("account", failure),
    });
    let credentials = keys.and_then(|keys| {
        let shown = format!("{} from {}", keys.value.shortened_id(), keys.origin);
        keys.credentials().map(|credentials| (credentials, shown))
    });
    checks.push(match &credentials {
        Ok((_, shown)) => Check::new("keys", Outcome::Ok, shown),
        Err(failure) => Check::failed("keys", failure),
    });
    checks.extend(online(endpoint.ok(), credentials.ok().map(|(credentials, _)| credentials)));
    Ok(checks)
}

/// Is a file there, and whose is it? What it holds is checked by using it.
fn file(path: &Path) -> Check {
    let name = path.display().to_string();
    match exposure(path) {
        _ if !path.exists() => Check::new("file", Outcome::Skipped, format!("{name} is not there")),
        Some(mode) if may_hold_keys(path) => {
            Check::new("file", Outcome::Warning, format!("{name} is open to others ({mode:04o})"))
                .help(format!("chmod 600 {name}"))
        }
        _ => Check::new("file", Outcome::Ok, name),
    }
}

/// What only the service can tell: its name, its clock, and whether it takes the keys.
fn online(endpoint: Option<Endpoint>, credentials: Option<Credentials>) -> Vec<Check> {
    let skipped = |check| Check::new(check, Outcome::Skipped, "something before it failed");
    let Some(endpoint) = endpoint else {
        return ["name", "clock", "call"].map(skipped).into();
    };
    let name = resolves(&endpoint);
    // A proxy may find a name that this machine does not.
    let (Some(credentials), true) =
        (credentials, name.result == Outcome::Ok || !is_on_this_machine(&endpoint))
    else {
        return vec![name, skipped("clock"), skipped("call")];
    };
    let [clock, call] = match ask(&endpoint, credentials) {
        Ok(reply) => [clock(&reply), call(&reply)],
        Err(why) => [
            skipped("clock"),
            Check::new("call", Outcome::Error, why)
                .help("check the endpoint, the network and HTTPS_PROXY"),
        ],
    };
    vec![name, clock, call]
}

fn resolves(endpoint: &Endpoint) -> Check {
    let authority = endpoint.authority();
    let host = authority.host().trim_matches(['[', ']']).to_owned();
    let port = authority.port_u16().unwrap_or(443);
    let (sender, receiver) = mpsc::channel();
    let (name, help) = (host.clone(), "check the UIN and the region, or the endpoint");
    // The system's resolver cannot be interrupted.
    thread::spawn(move || {
        let addresses = (name.as_str(), port).to_socket_addrs();
        let _ = sender.send(addresses.map(|addresses| addresses.map(|it| it.ip()).next()));
    });
    match receiver.recv_timeout(PATIENCE) {
        Ok(Ok(Some(address))) => Check::new("name", Outcome::Ok, format!("{host} is {address}")),
        Ok(Ok(None)) => Check::new("name", Outcome::Error, format!("{host} has no address")),
        Ok(Err(error)) => Check::new("name", Outcome::Error, format!("{host}: {error}")).help(help),
        Err(_) => Check::new("name", Outcome::Error, format!("{host} is not found in time")),
    }
}

/// The answer to a listing of one job, whatever it is.
fn ask(endpoint: &Endpoint, credentials: Credentials) -> Result<Response<Vec<u8>>, String> {
    let mut list = ListJobs::new();
    list.max_results = Some(MaxResults::MIN);
    let mut request = list.encode_request(endpoint).map_err(|error| error.to_string())?;
    let signer = Signer::new(credentials);
    signer.sign(&mut request, OffsetDateTime::now_utc()).map_err(|error| error.to_string())?;
    let mut transport = Transport::new().with_timeout(PATIENCE);
    if !is_on_this_machine(endpoint) {
        transport = transport.with_proxy_from_env();
    }
    let transport = trusting(transport, endpoint, Transport::with_root_certificates);
    transport
        .map_err(|failure| failure.message().to_owned())?
        .send(request, None, &Limits::default())
        .map_err(|(_, error)| format!("no answer: {error}"))
}

fn clock(reply: &Response<Vec<u8>>) -> Check {
    let date = reply.headers().get(header::DATE).and_then(|date| date.to_str().ok());
    let Some(date) = date.and_then(parse_http_date) else {
        return Check::new("clock", Outcome::Skipped, "the service does not tell its time");
    };
    let ahead = (OffsetDateTime::now_utc() - date).whole_seconds();
    let side = if ahead < 0 { "behind" } else { "ahead of" };
    let detail = format!("{} s {side} the service", ahead.abs());
    match ahead.abs() > SKEW {
        true => Check::new("clock", Outcome::Warning, detail).help("set this machine's clock"),
        false => Check::new("clock", Outcome::Ok, detail),
    }
}

fn call(reply: &Response<Vec<u8>>) -> Check {
    let mut borrowed = Response::new(reply.body().as_slice());
    *borrowed.status_mut() = reply.status();
    *borrowed.headers_mut() = reply.headers().clone();
    match ListJobs::decode_response(&borrowed, &Limits::default()) {
        Ok(_) => Check::new("call", Outcome::Ok, "ListJobs is answered"),
        Err(error) => Check::failed("call", &Failure::of_reply(ListJobs::NAME, &error)),
    }
}
