//! `cosbatch completions`: what a shell completes

use std::io::{self, Write};

use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

use crate::arguments::Arguments;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;

#[derive(Args, Debug)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

pub(crate) fn run(completions: &Completions) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    generate(completions.shell, &mut Arguments::command(), "cosbatch", &mut script);
    output::done(io::stdout().lock().write_all(&script))
}
