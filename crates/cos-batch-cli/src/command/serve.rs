//! `cosbatch serve`: the local service, until a signal ends it

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use cos_batch::SignError;
use cos_batch::time::OffsetDateTime;
use cos_batch_emulator::{
    AccessLog, Account, Buckets, Builder, Emulator, Faults, Settings, sample_jobs,
};

use crate::arguments::{Clock, Global};
use crate::exit::Exit;
use crate::failure::{Failure, Kind};
use crate::signals::Signals;

#[derive(Args, Debug)]
pub(crate) struct Serve {
    /// Where to listen; port 0 is any free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    listen: SocketAddr,

    /// Write the port to this file once it is open
    #[arg(long, value_name = "FILE")]
    port_file: Option<PathBuf>,

    /// A made-up key that may sign; repeat it for several [default: AKIDLOCAL=local-secret]
    #[arg(long, value_name = "ID=SECRET", value_parser = key)]
    key: Vec<Key>,

    /// Keys that may sign: a line each, ID=SECRET, with a space and a token where it is temporary;
    /// empty lines and lines that begin with # are skipped
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,

    /// Keep the jobs in this folder; they are there again when it is served again
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,

    /// Run tasks for real on the buckets in this folder: each a folder named NAME-APPID, each object
    /// a file; without it they are imagined
    #[arg(long, value_name = "DIR")]
    pub(crate) buckets: Option<PathBuf>,

    /// What follows from it: request ids, job ids, what is imagined, which faults are probable
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,

    /// How many sample jobs there are to begin with
    #[arg(long, value_name = "N", default_value_t = cos_batch_emulator::SAMPLE_JOBS)]
    seed_jobs: usize,

    /// How time passes for the jobs: real, so many times as fast (x3600), or manual; signatures are
    /// checked against the real time
    #[arg(long, value_name = "CLOCK", default_value = "real", value_parser = Clock::of_jobs)]
    clock: Clock,

    /// Let programs on this machine tell the clock, unsigned: GET /_control/clock,
    /// POST /_control/advance?by=1h, POST /_control/step
    #[arg(long)]
    control: bool,

    /// What goes wrong on purpose, as this TOML file says it
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,

    /// Note each request in this file, or on stdout where it is -, as a JSON object a line
    #[arg(long, value_name = "FILE")]
    access_log: Option<PathBuf>,

    /// Refuse signatures that leave out the host, x-cos-appid, a parameter or a body's digest
    #[arg(long)]
    strict: bool,
}

/// A made-up key of the emulator
#[derive(Clone)]
struct Key {
    id: String,
    secret: String,
    /// Where it is temporary.
    token: Option<String>,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key").field("id", &self.id).finish_non_exhaustive()
    }
}

pub(crate) fn run(arguments: &Serve, global: &Global) -> Result<Exit, Failure> {
    // Whoever learns of the service may end it: the signals come first.
    let signals = Signals::new()?;
    let emulator = emulator(arguments)?
        .start()
        .map_err(|error| Failure::of_start(&error, "choose another address with --listen"))?;
    let address = emulator.address();
    if let Some(file) = &arguments.port_file {
        write_port(file, address.port()).map_err(|error| {
            Failure::new(Kind::PORT_FILE, "the port file cannot be written")
                .fact(format!("{}: {error}", file.display()))
                .help("choose another place with --port-file")
        })?;
    }
    let served = served(arguments);
    let talk = global.output.talk();
    talk.note(&format!("listening on http://{address}, {served}; interrupt to end"));
    let exit = signals.wait();
    emulator.stop();
    Ok(exit)
}

/// The service that the arguments describe, not running yet.
fn emulator(arguments: &Serve) -> Result<Builder, Failure> {
    let mut settings = Settings::default();
    settings.seed = arguments.seed;
    settings.verify.strict = arguments.strict;
    let Clock::OfJobs(clock) = arguments.clock else {
        return Err(Failure::new(
            Kind::BAD_PARAMETER,
            "the clock of signatures is not that of jobs",
        )
        .help("name a clock behind serve: real, xN or manual"));
    };
    let mut builder = Emulator::builder()
        .listen(arguments.listen)
        .clock(clock)
        .control(arguments.control)
        .jobs(sample_jobs(OffsetDateTime::now_utc(), arguments.seed_jobs))
        .settings(settings);
    if let Some(folder) = &arguments.data {
        builder = builder.data(folder);
    }
    if let Some(folder) = &arguments.buckets {
        let buckets = Buckets::open(folder).map_err(|error| {
            Failure::new(Kind::BAD_BUCKETS, "the folder of buckets is of no use")
                .fact(format!("{}: {error}", folder.display()))
                .help("make the folder, and in it one for each bucket, named NAME-APPID")
        })?;
        builder = builder.buckets(buckets);
    }
    for account in accounts(arguments)? {
        builder = builder.account(account);
    }
    if let Some(file) = &arguments.faults {
        let faults = Faults::read(file).map_err(|error| {
            let failure = Failure::new(Kind::BAD_FAULTS, "the fault file is of no use");
            let failure = error.to_string().lines().fold(failure, Failure::fact);
            failure.help("mend it; `cosbatch serve --help` says more")
        })?;
        builder = builder.faults(faults);
    }
    if let Some(file) = &arguments.access_log {
        let log = match file.to_str() {
            Some("-") => AccessLog::to(io::stdout()),
            _ => AccessLog::append(file),
        };
        let log = log.map_err(|error| {
            Failure::new(Kind::ACCESS_LOG, "the access log cannot be written")
                .fact(format!("{}: {error}", file.display()))
                .help("choose another place with --access-log")
        })?;
        builder = builder.access_log(log);
    }
    Ok(builder)
}

/// Whom to let in: those of the command line, then those of the file.
fn accounts(arguments: &Serve) -> Result<Vec<Account>, Failure> {
    let mut accounts = Vec::new();
    for key in &arguments.key {
        accounts.push(account(key).map_err(|error| {
            Failure::new(Kind::BAD_KEY, "a --key is malformed")
                .fact(error.to_string())
                .help("give made-up keys as ID=SECRET")
        })?);
    }
    let Some(file) = &arguments.keys else { return Ok(accounts) };
    let bad = |fact: String| {
        Failure::new(Kind::BAD_KEYS, "the file of keys is of no use")
            .fact(format!("{}{fact}", file.display()))
            .help("give a line for each key: ID=SECRET, or ID=SECRET TOKEN")
    };
    let text = fs::read_to_string(file).map_err(|error| bad(format!(": {error}")))?;
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let bad_line = |error: String| bad(format!(":{number}: {error}"));
        let key = key(line).map_err(bad_line)?;
        accounts.push(account(&key).map_err(|error| bad_line(error.to_string()))?);
    }
    Ok(accounts)
}

/// A key as it stands on the command line and in a file of keys.
fn key(text: &str) -> Result<Key, String> {
    let (id, secret) = text.split_once('=').ok_or("expected ID=SECRET")?;
    let (secret, token) = match secret.split_once(' ') {
        Some((secret, token)) => (secret, Some(token.to_owned())),
        None => (secret, None),
    };
    Ok(Key { id: id.to_owned(), secret: secret.to_owned(), token })
}

fn account(key: &Key) -> Result<Account, SignError> {
    let account = Account::new(key.id.as_str(), key.secret.as_str())?;
    match &key.token {
        Some(token) => account.with_token(token.as_str()),
        None => Ok(account),
    }
}

/// What there is to be asked for.
fn served(arguments: &Serve) -> String {
    let jobs = arguments.seed_jobs;
    let plural = if jobs == 1 { "" } else { "s" };
    match &arguments.data {
        Some(folder) => format!("the jobs of {}", folder.display()),
        None => format!("{jobs} job{plural}"),
    }
}

/// Writes the port at once: whoever sees the file sees all of it.
fn write_port(file: &Path, port: u16) -> io::Result<()> {
    let mut name = file.file_name().ok_or(io::ErrorKind::IsADirectory)?.to_owned();
    name.push(".new");
    let new = file.with_file_name(name);
    fs::write(&new, format!("{port}\n"))?;
    fs::rename(&new, file).inspect_err(|_| drop(fs::remove_file(&new)))
}
