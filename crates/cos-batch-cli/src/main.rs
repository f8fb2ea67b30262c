//! `cosbatch`: list COS batch jobs at a terminal
//!
//! stdout is data, stderr is talk, and the exit code tells the truth.

mod account;
mod arguments;
mod command;
mod exit;
mod failure;
mod format;
mod json;
mod output;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::{Arguments, Command};

fn main() -> ExitCode {
    // Usage errors end here, with exit code 2.
    let arguments = Arguments::parse();
    let (result, format) = match &arguments.command {
        Command::List(list) => (command::list::run(list), list.output),
        Command::Decode(decode) => (command::decode::run(decode), Some(decode.output)),
        Command::Serve(serve) => (command::serve::run(serve), None),
    };
    match result {
        Ok(exit) => exit.into(),
        Err(failure) => {
            failure.print(format);
            failure.exit().into()
        }
    }
}
