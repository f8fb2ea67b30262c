//! What can be said on the command line

use std::net::SocketAddr;
use std::num::NonZeroU64;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use cos_batch::http::StatusCode;
use cos_batch::{AppId, JobStatus, MaxResults, NextToken, Region, Uin};
use cos_batch_emulator::Clock;
use jiff::SignedDuration;

use crate::format::Format;

/// List Tencent Cloud COS batch jobs
///
/// Credentials come from TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY and, where they are
/// temporary, TENCENTCLOUD_TOKEN or TENCENTCLOUD_SECURITY_TOKEN. They are never flags. With --local
/// none are needed.
#[derive(Debug, Parser)]
#[command(name = "cosbatch", version, max_term_width = 100, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 good, 2 usage, 3 configuration or credentials, 4 refused, \
    5 no such job, 6 identity, 7 no connection or a fault of the service, 9 reply not understood, \
    10 outcome unknown, 130 and 143 signals";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List jobs, all pages
    List(List),
    /// Read a reply that was saved to a file, without a network
    Decode(Decode),
    /// Run a local COS Batch service with sample jobs
    Serve(Serve),
}

#[derive(Args, Debug)]
pub(crate) struct List {
    #[command(flatten)]
    pub(crate) target: Target,

    /// List jobs in these statuses only; repeat it or join names with commas
    #[arg(long, value_name = "S[,S…]", value_delimiter = ',', value_parser = listed_status)]
    pub(crate) status: Vec<JobStatus>,

    /// Stop after this many jobs
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<NonZeroU64>,

    /// Ask for this many jobs a page, 1 to 1000 [default: 15 with --local, else the service's]
    #[arg(long, value_name = "N")]
    pub(crate) page_size: Option<MaxResults>,

    /// Begin with the page of this token, as a listing that ended early has named it
    #[arg(long, value_name = "T")]
    pub(crate) starting_token: Option<NextToken<'static>>,

    /// The form of the output [default: table on a terminal, tsv in a pipe]
    #[arg(long, short, value_name = "FORMAT")]
    pub(crate) output: Option<Format>,
}

/// Where requests go, and how long to try
#[derive(Args, Debug)]
pub(crate) struct Target {
    /// Talk to a service inside this process, with sample jobs: nothing needs to be configured
    #[arg(long, conflicts_with_all = ["endpoint", "uin", "app_id", "region"])]
    pub(crate) local: bool,

    /// The service's URL, instead of the one that --uin and --region make [env: COSBATCH_ENDPOINT]
    #[arg(long, value_name = "URL", conflicts_with_all = ["uin", "region"])]
    pub(crate) endpoint: Option<String>,

    /// The account's UIN, in the service's host name [env: COSBATCH_UIN]
    #[arg(long, value_name = "N")]
    pub(crate) uin: Option<Uin>,

    /// The account's APPID, at the end of its buckets' names [env: COSBATCH_APP_ID]
    #[arg(long, value_name = "N")]
    pub(crate) app_id: Option<AppId>,

    /// The region, such as ap-chengdu [env: COSBATCH_REGION, TENCENTCLOUD_REGION]
    #[arg(long, value_name = "R")]
    pub(crate) region: Option<Region>,

    /// How long one call may take, its answer included
    #[arg(long, value_name = "D", default_value = "30s", value_parser = duration)]
    pub(crate) timeout: Duration,

    /// How often a call is repeated after a passing fault
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(..=100))]
    pub(crate) retries: u32,
}

impl Target {
    /// How often a call is sent at most.
    pub(crate) fn attempts(&self) -> u32 {
        self.retries.saturating_add(1)
    }
}

/// The calls, by their names in the docs.
const OPERATIONS: [&str; 6] =
    ["CreateJob", "DeleteJob", "DescribeJob", "ListJobs", "UpdateJobPriority", "UpdateJobStatus"];

#[derive(Args, Debug)]
pub(crate) struct Decode {
    /// The call that the reply answers
    #[arg(value_name = "OP", value_parser = OPERATIONS)]
    pub(crate) operation: String,

    /// The reply's body; stdin where it is absent or -
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,

    /// The status that the reply came with
    #[arg(long, value_name = "N", default_value = "200")]
    pub(crate) status: StatusCode,

    /// The form of the output; table and tsv for a listing only
    #[arg(long, short, value_name = "FORMAT", default_value = "json")]
    pub(crate) output: Format,
}

#[derive(Args, Debug)]
pub(crate) struct Serve {
    /// Where to listen; port 0 is any free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddr,

    /// Write the port to this file once it is open
    #[arg(long, value_name = "FILE")]
    pub(crate) port_file: Option<PathBuf>,

    /// A made-up key that may sign; repeat it for several [default: AKIDLOCAL=local-secret]
    #[arg(long, value_name = "ID=SECRET", value_parser = key)]
    pub(crate) key: Vec<Key>,

    /// Keys that may sign: a line each, ID=SECRET, with a space and a token where it is temporary;
    /// empty lines and lines that begin with # are skipped
    #[arg(long, value_name = "FILE")]
    pub(crate) keys: Option<PathBuf>,

    /// Keep the jobs in this folder; they are there again when it is served again
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,

    /// What follows from it: request ids, job ids, what is imagined, which faults are probable
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,

    /// How many sample jobs there are to begin with
    #[arg(long, value_name = "N", default_value_t = cos_batch_emulator::SAMPLE_JOBS)]
    pub(crate) seed_jobs: usize,

    /// How time passes for the jobs: real, so many times as fast (x3600), or manual; signatures are
    /// checked against the real time
    #[arg(long, value_name = "CLOCK", default_value_t = Clock::Real)]
    pub(crate) clock: Clock,

    /// Let programs on this machine tell the clock, unsigned: GET /_control/clock,
    /// POST /_control/advance?by=1h, POST /_control/step
    #[arg(long)]
    pub(crate) control: bool,

    /// What goes wrong on purpose, as this TOML file says it
    #[arg(long, value_name = "FILE")]
    pub(crate) faults: Option<PathBuf>,

    /// Note each request in this file, or on stdout where it is -, as a JSON object a line
    #[arg(long, value_name = "FILE")]
    pub(crate) access_log: Option<PathBuf>,

    /// Refuse signatures that leave out the host, x-cos-appid, a parameter or a body's digest
    #[arg(long)]
    pub(crate) strict: bool,
}

/// A made-up key of the emulator
#[derive(Clone)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) secret: String,
    /// Where it is temporary.
    pub(crate) token: Option<String>,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key").field("id", &self.id).finish_non_exhaustive()
    }
}

fn listed_status(name: &str) -> Result<JobStatus, String> {
    match name.parse() {
        Ok(status) if JobStatus::LISTED.contains(&status) => Ok(status),
        _ => {
            let names: Vec<_> = JobStatus::LISTED.iter().map(JobStatus::as_str).collect();
            Err(format!("expected one of {}", names.join(", ")))
        }
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    let expected = "expected a time such as 30s, 500ms or 2m";
    let duration: SignedDuration = text.parse().map_err(|_| expected)?;
    Duration::try_from(duration)
        .ok()
        .filter(|duration| !duration.is_zero())
        .ok_or_else(|| expected.to_owned())
}

/// A key as it stands on the command line and in a file of keys.
pub(crate) fn key(text: &str) -> Result<Key, String> {
    let (id, secret) = text.split_once('=').ok_or("expected ID=SECRET")?;
    let (secret, token) = match secret.split_once(' ') {
        Some((secret, token)) => (secret, Some(token.to_owned())),
        None => (secret, None),
    };
    Ok(Key { id: id.to_owned(), secret: secret.to_owned(), token })
}
