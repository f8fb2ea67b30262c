//! The commands: one file each, with its arguments

pub(crate) mod change;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod create;
pub(crate) mod decode;
pub(crate) mod describe;
pub(crate) mod encode;
pub(crate) mod explain;
pub(crate) mod list;
pub(crate) mod man;
pub(crate) mod manifest;
pub(crate) mod report;
pub(crate) mod schema;
pub(crate) mod serve;
pub(crate) mod sign;
pub(crate) mod wait;
pub(crate) mod watch;

use clap::Subcommand;

use crate::arguments::Arguments;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::pager;
use crate::signals;

/// The calls, by their names in the docs.
const OPERATIONS: [&str; 6] =
    ["CreateJob", "DeleteJob", "DescribeJob", "ListJobs", "UpdateJobPriority", "UpdateJobStatus"];

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List jobs, all pages
    List(list::List),
    /// Show all that is known of jobs
    Describe(describe::Describe),
    /// Create a job, never two, and print its id
    Create(Box<create::Create>),
    /// Change how urgent jobs are
    Priority(change::SetPriority),
    /// Let jobs run that wait for it
    Confirm(change::SetStatus),
    /// Cancel jobs
    Cancel(change::SetStatus),
    /// Delete jobs from the service's records
    Delete(change::Delete),
    /// Wait for jobs to end, or to come so far
    Wait(wait::Wait),
    /// Follow jobs: bars on a terminal, a line for each change in a pipe
    Watch(watch::Watch),
    /// Read a reply that was saved to a file, without a network
    Decode(decode::Decode),
    /// Write the XML of JSON or YAML
    Encode(encode::Encode),
    /// Print a signed request, for another program to send
    Sign(sign::Sign),
    /// Say why a signature was refused
    Explain(explain::Explain),
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
    /// Print the JSON Schema of what is printed and read
    Schema(schema::Schema),
    /// Print what a shell needs to complete commands
    Completions(completions::Completions),
    /// Print or write pages for man
    Man(man::ManPages),
}

impl Command {
    /// Does it show something and no more, which a pager may show in its place?
    fn shows(&self) -> bool {
        use Command::{Config, Decode, Describe, Explain, List, Manifest, Report, Schema};
        match self {
            Manifest(manifest) => matches!(manifest, manifest::Manifest::Check(_)),
            Report(report) => !matches!(report, report::Report::Retry(_)),
            List(_) | Describe(_) | Decode(_) | Explain(_) | Config(_) | Schema(_) => true,
            _ => false,
        }
    }

    /// Does it ask the service? Then it may take long, and a signal ends it in good order.
    fn asks(&self) -> bool {
        use Command::{Cancel, Confirm, Create, Delete, Describe, List, Priority, Wait, Watch};
        let changes = matches!(self, Create(_) | Priority(_) | Confirm(_) | Cancel(_) | Delete(_));
        changes || matches!(self, List(_) | Describe(_) | Wait(_) | Watch(_))
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let global = &arguments.global;
    let pages = global.output.pager && arguments.command.shows();
    if arguments.command.asks() || pages {
        signals::end_at_once(global.output.talk())?;
    }
    if pages {
        pager::start(global.output.talk());
    }
    match &arguments.command {
        Command::List(list) => list::run(list, global),
        Command::Describe(describe) => describe::run(describe, global),
        Command::Create(create) => create::run(create, global),
        Command::Priority(priority) => change::priority(priority, global),
        Command::Confirm(confirm) => change::confirm(confirm, global),
        Command::Cancel(cancel) => change::cancel(cancel, global),
        Command::Delete(delete) => change::delete(delete, global),
        Command::Wait(wait) => wait::run(wait, global),
        Command::Watch(watch) => watch::run(watch, global),
        Command::Decode(decode) => decode::run(decode, global),
        Command::Encode(encode) => encode::run(encode),
        Command::Sign(sign) => sign::run(sign, global),
        Command::Explain(explain) => explain::run(explain, global),
        Command::Manifest(manifest) => manifest::run(manifest, global),
        Command::Report(report) => report::run(report, global),
        Command::Serve(serve) => serve::run(serve, global),
        Command::Config(config) => config::run(config, global),
        Command::Schema(schema) => schema::run(schema, global),
        Command::Completions(completions) => completions::run(completions),
        Command::Man(man) => man::run(man),
    }
}
