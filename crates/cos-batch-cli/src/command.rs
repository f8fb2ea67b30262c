//! The commands: one file each, with its arguments

pub(crate) mod config;
pub(crate) mod decode;
pub(crate) mod list;
pub(crate) mod manifest;
pub(crate) mod report;
pub(crate) mod serve;

use clap::Subcommand;

use crate::arguments::Arguments;
use crate::exit::Exit;
use crate::failure::Failure;

/// The calls, by their names in the docs.
const OPERATIONS: [&str; 6] =
    ["CreateJob", "DeleteJob", "DescribeJob", "ListJobs", "UpdateJobPriority", "UpdateJobStatus"];

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List jobs, all pages
    List(list::List),
    /// Read a reply that was saved to a file, without a network
    Decode(decode::Decode),
    /// Make, check and split lists of objects
    #[command(subcommand)]
    Manifest(manifest::Manifest),
    /// Show completion reports, retry what failed, compare two
    #[command(subcommand)]
    Report(report::Report),
    /// Run a local COS Batch service with sample jobs
    Serve(serve::Serve),
    /// Show what is configured and where, or check it
    #[command(subcommand)]
    Config(config::Config),
}

pub(crate) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let global = &arguments.global;
    match &arguments.command {
        Command::List(list) => list::run(list, global),
        Command::Decode(decode) => decode::run(decode, global),
        Command::Manifest(manifest) => manifest::run(manifest, global),
        Command::Report(report) => report::run(report, global),
        Command::Serve(serve) => serve::run(serve),
        Command::Config(config) => config::run(config, global),
    }
}
