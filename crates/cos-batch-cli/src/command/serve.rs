//! `cosbatch serve`: the local service, until a signal ends it

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use cos_batch::time::OffsetDateTime;
use cos_batch_emulator::{Account, Emulator, sample_jobs};
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::arguments::Serve;
use crate::exit::Exit;
use crate::failure::Failure;

pub(crate) fn run(arguments: &Serve) -> Result<Exit, Failure> {
    // Whoever learns of the service may end it: the signals come first.
    let signals = Signals::new().map_err(|error| {
        Failure::new(Exit::Transport, 7, "no-signals", "signals cannot be waited for")
            .fact(error.to_string())
            .help("check the limit of open files")
    })?;
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
    let plural = if arguments.seed_jobs == 1 { "" } else { "s" };
    // Where nobody listens there is nobody to tell.
    let _ = writeln!(
        io::stderr(),
        "listening on http://{address}, {} job{plural}; interrupt to end",
        arguments.seed_jobs
    );
    let exit = signals.wait();
    emulator.stop();
    Ok(exit)
}

/// Writes the port at once: whoever sees the file sees all of it.
fn write_port(file: &Path, port: u16) -> io::Result<()> {
    let mut name = file.file_name().ok_or(io::ErrorKind::IsADirectory)?.to_owned();
    name.push(".new");
    let new = file.with_file_name(name);
    fs::write(&new, format!("{port}\n"))?;
    fs::rename(&new, file).inspect_err(|_| drop(fs::remove_file(&new)))
}

/// An interrupt and a termination, caught from the moment on that this exists
struct Signals {
    runtime: Runtime,
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn new() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_io().build()?;
        let entered = runtime.enter();
        let (interrupt, terminate) =
            (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        drop(entered);
        Ok(Self { runtime, interrupt, terminate })
    }

    fn wait(mut self) -> Exit {
        self.runtime.block_on(async {
            tokio::select! {
                _ = self.interrupt.recv() => Exit::Interrupted,
                _ = self.terminate.recv() => Exit::Terminated,
            }
        })
    }
}
