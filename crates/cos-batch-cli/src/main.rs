//! `cosbatch`: COS batch jobs, their manifests and their reports at a terminal
//!
//! stdout is data, stderr is talk, and the exit code tells the truth.

mod account;
mod arguments;
mod bars;
mod command;
mod config;
mod consent;
mod exit;
mod failure;
mod filter;
mod follow;
mod ids;
mod input;
mod json;
mod listing;
mod output;
mod pager;
mod renewal;
mod rows;
mod service;
mod signals;
mod sorted;
mod steps;
mod structured;
mod talk;
mod yaml;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::Arguments;

fn main() -> ExitCode {
    // Usage errors end here, with exit code 2.
    let arguments = Arguments::parse();
    let exit = command::run(&arguments).unwrap_or_else(|failure| {
        arguments.global.output.talk().failure(&failure);
        failure.exit()
    });
    pager::finish();
    exit.into()
}
