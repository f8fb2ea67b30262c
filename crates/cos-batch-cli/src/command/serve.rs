//! `cosbatch serve`: the local service, until a signal ends it

use std::fs;
use std::io;
use std::path::Path;

use cos_batch::time::OffsetDateTime;
use cos_batch_emulator::{Account, Emulator, sample_jobs};
use tokio::signal::unix::{SignalKind, signal};

use crate::arguments::Serve;
use crate::exit::Exit;
use crate::failure::Failure;

pub(crate) fn run(arguments: &Serve) -> Result<Exit, Failure> {
    let jobs = sample_jobs(OffsetDateTime::now_utc(), arguments.seed_jobs);
    let mut builder = Emulator::builder().listen(arguments.listen).jobs(jobs);
    for key in &arguments.key {
        let account = Account::new(key.id.as_str(), key.secret.as_str()).map_err(|error| {
            Failure::new(Exit::Usage, 4, "bad-key", "a --key is malformed")
                .fact(error.to_string())
                .help("give made-up keys as ID=SECRET")
        })?;
        builder = builder.account(account);
    }
    let emulator = builder.start().map_err(|error| {
        Failure::new(Exit::Transport, 5, "no-local-service", "the local service does not start")
            .fact(format!("{}: {error}", arguments.listen))
            .help("choose another address with --listen")
    })?;
    let address = emulator.address();
    if let Some(file) = &arguments.port_file {
        write_port(file, address.port()).map_err(|error| {
            Failure::new(Exit::Usage, 5, "port-file", "the port file cannot be written")
                .fact(format!("{}: {error}", file.display()))
                .help("choose another place with --port-file")
        })?;
    }
    eprintln!("listening on http://{address}, {} jobs; interrupt to end", arguments.seed_jobs);
    let exit = wait().map_err(|error| {
        Failure::new(Exit::Transport, 7, "signals", "signals cannot be waited for")
            .fact(error.to_string())
    })?;
    emulator.stop();
    Ok(exit)
}

/// Writes the port at once: whoever sees the file sees all of it.
fn write_port(file: &Path, port: u16) -> io::Result<()> {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new = file.with_file_name(name);
    fs::write(&new, format!("{port}\n"))?;
    fs::rename(&new, file)
}

/// Until an interrupt or a termination.
fn wait() -> io::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    runtime.block_on(async {
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        Ok(tokio::select! {
            _ = interrupt.recv() => Exit::Interrupted,
            _ = terminate.recv() => Exit::Terminated,
        })
    })
}
