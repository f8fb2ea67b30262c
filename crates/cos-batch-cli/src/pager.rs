//! `--pager`: what is shown goes through another program, on a terminal and nowhere else

use std::env;
use std::io::{self, IsTerminal, StdoutLock, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use crate::talk::{Talk, Warning};

/// The pager that runs, if one does.
static PAGER: Mutex<Option<Pager>> = Mutex::new(None);

struct Pager {
    child: Child,
    input: Arc<ChildStdin>,
}

/// Starts the pager that the environment names, where somebody sits before it. Without one it goes
/// on: what was asked for is worth more than how it is shown.
pub(crate) fn start(talk: Talk) {
    if !io::stdout().is_terminal() {
        return;
    }
    let command = command();
    let mut words = command.split_whitespace();
    let mut pager = Command::new(words.next().unwrap_or_default());
    pager.args(words).stdin(Stdio::piped());
    if env::var_os("LESS").is_none() {
        // It ends where all fits on the screen, keeps colours, and leaves what it showed.
        pager.env("LESS", "FRX");
    }
    match pager.spawn() {
        Ok(mut child) => {
            let input = child.stdin.take().map(Arc::new);
            *lock() = input.map(|input| Pager { child, input });
        }
        Err(error) => {
            let message = format!("the pager {command:?} does not start: {error}");
            let help = "set COSBATCH_PAGER to one that is there, or leave out --pager";
            talk.warning(Warning::NO_PAGER, &message, help);
        }
    }
}

/// A program and its arguments.
fn command() -> String {
    let set = |name| env::var(name).ok().filter(|command| !command.trim().is_empty());
    set("COSBATCH_PAGER").or_else(|| set("PAGER")).unwrap_or_else(|| "less".to_owned())
}

/// Tells the pager that there is no more, and waits until whoever reads has seen enough.
pub(crate) fn finish() {
    let pager = lock().take();
    if let Some(Pager { mut child, input }) = pager {
        drop(input);
        let _ = child.wait();
    }
}

/// Takes what is said on stderr, where it would write across the pager's screen. Has it?
pub(crate) fn takes(text: &str) -> bool {
    let input = lock().as_ref().map(|pager| pager.input.clone());
    let Some(input) = input.filter(|_| io::stderr().is_terminal()) else { return false };
    // Whoever has ended the pager wants to read no more.
    let _ = (&*input).write_all(text.as_bytes());
    true
}

fn lock() -> std::sync::MutexGuard<'static, Option<Pager>> {
    PAGER.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where data goes: stdout, or the pager before it
pub(crate) enum Out {
    Stdout(StdoutLock<'static>),
    Pager(Arc<ChildStdin>),
}

impl Out {
    pub(crate) fn new() -> Self {
        match lock().as_ref() {
            Some(pager) => Self::Pager(pager.input.clone()),
            None => Self::Stdout(io::stdout().lock()),
        }
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(stdout) => stdout.write(bytes),
            Self::Pager(input) => (&**input).write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(stdout) => stdout.flush(),
            Self::Pager(input) => (&**input).flush(),
        }
    }
}
