//! Interrupts and terminations

use std::io;
use std::sync::{Mutex, PoisonError};
use std::thread;

use tokio::runtime::{self, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::exit::Exit;
use crate::failure::{Failure, Kind};
use crate::pager;
use crate::talk::Talk;

/// An interrupt and a termination, caught from the moment on that this exists
pub(crate) struct Signals {
    runtime: Runtime,
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    pub(crate) fn new() -> Result<Self, Failure> {
        Self::caught().map_err(|error| {
            Failure::new(Kind::NO_SIGNALS, "signals cannot be waited for")
                .fact(error.to_string())
                .help("check the limit of open files")
        })
    }

    fn caught() -> io::Result<Self> {
        let runtime = runtime::Builder::new_current_thread().enable_io().build()?;
        let entered = runtime.enter();
        let (interrupt, terminate) =
            (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        drop(entered);
        Ok(Self { runtime, interrupt, terminate })
    }

    pub(crate) fn wait(mut self) -> Exit {
        self.runtime.block_on(async {
            tokio::select! {
                _ = self.interrupt.recv() => Exit::Interrupted,
                _ = self.terminate.recv() => Exit::Terminated,
            }
        })
    }
}

/// What is under way and must not be lost.
static LAST_WORDS: Mutex<Option<Failure>> = Mutex::new(None);

/// What a signal has said before it ends the process; `None` for nothing.
pub(crate) fn last_words(words: Option<Failure>) {
    *LAST_WORDS.lock().unwrap_or_else(PoisonError::into_inner) = words;
}

/// Ends the process at a signal, from now on: after the last words, with the signal's exit code.
pub(crate) fn end_at_once(talk: Talk) -> Result<(), Failure> {
    let signals = Signals::new()?;
    thread::spawn(move || {
        let exit = signals.wait();
        if let Some(words) = LAST_WORDS.lock().unwrap_or_else(PoisonError::into_inner).take() {
            talk.failure(&words);
        }
        if exit == Exit::Interrupted {
            // What interrupts us interrupts the pager too, which goes on until it is told to quit.
            pager::finish();
        }
        std::process::exit(i32::from(exit as u8));
    });
    Ok(())
}
