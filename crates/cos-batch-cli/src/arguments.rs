//! What every command can be told, and how values are read from the command line

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, Parser, ValueEnum};
use cos_batch::{AppId, Region, Uin};
use cos_batch_emulator::ClockError;
use jiff::{Span, SpanRelativeTo};

use crate::command::Command;
use crate::output::Options;

/// List Tencent Cloud COS batch jobs, and work with their manifests and reports
///
/// Credentials come from the environment (TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY and, where
/// they are temporary, TENCENTCLOUD_SECURITY_TOKEN), from a profile in
/// $XDG_CONFIG_HOME/cosbatch/config.toml, or from the files of tccli and coscli. They are never
/// flags. `cosbatch config show` tells what is found where. With --local none are needed.
#[derive(Debug, Parser)]
#[command(name = "cosbatch", version, max_term_width = 100, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,

    #[command(flatten)]
    pub(crate) global: Global,
}

const EXIT_CODES: &str = "Exit codes: 0 good, 1 done and the answer is bad, 2 usage, \
    3 configuration or credentials, 4 refused, 5 no such job, 6 identity, 7 no connection or a \
    fault of the service, 8 wait's time is up, 9 reply not understood, 10 outcome unknown, 130 and 143 signals";

/// What every command can be told
#[derive(Args, Debug)]
pub(crate) struct Global {
    #[command(flatten)]
    pub(crate) target: Target,

    #[command(flatten)]
    pub(crate) output: Options,
}

/// Where requests go, who asks, and how long to try
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Account")]
pub(crate) struct Target {
    /// Talk to a service inside this process, with sample jobs: nothing needs to be configured; with
    /// a folder, that keeps its jobs there from one command to the next
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        num_args = 0..=1,
        require_equals = true,
        conflicts_with_all = ["endpoint", "uin", "app_id", "region"]
    )]
    pub(crate) local: Option<Option<PathBuf>>,

    /// The profile to use, in cosbatch's file or in tccli's [env: COSBATCH_PROFILE]
    #[arg(long, global = true, value_name = "P")]
    pub(crate) profile: Option<String>,

    /// The service's URL, instead of the one that --uin and --region make [env: COSBATCH_ENDPOINT]
    #[arg(long, global = true, value_name = "URL", conflicts_with_all = ["uin", "region"])]
    pub(crate) endpoint: Option<String>,

    /// The account's UIN, in the service's host name [env: COSBATCH_UIN]
    #[arg(long, global = true, value_name = "N")]
    pub(crate) uin: Option<Uin>,

    /// The account's APPID, at the end of its buckets' names [env: COSBATCH_APP_ID]
    #[arg(long, global = true, value_name = "N")]
    pub(crate) app_id: Option<AppId>,

    /// The region, such as ap-chengdu; list takes several [env: COSBATCH_REGION,
    /// TENCENTCLOUD_REGION]
    #[arg(long, global = true, value_name = "R[,R…]", value_delimiter = ',')]
    pub(crate) region: Vec<Region>,

    /// Take the keys that this shell command prints, as JSON
    #[arg(long, global = true, value_name = "CMD", conflicts_with = "role")]
    pub(crate) credential_process: Option<String>,

    /// Take the keys of the role that this machine has
    #[arg(long, global = true, value_name = "ROLE")]
    pub(crate) role: Option<Role>,

    /// How long finding the host may take, and again connecting to it
    #[arg(long, global = true, value_name = "D", default_value = "10s", value_parser = duration)]
    pub(crate) connect_timeout: Duration,

    /// How long one call may take, its answer included; of wait, how long to wait in all
    /// [default: 30s]
    #[arg(long, global = true, value_name = "D", value_parser = duration)]
    pub(crate) timeout: Option<Duration>,

    /// How long the whole command may take
    #[arg(long, global = true, value_name = "D", value_parser = duration)]
    pub(crate) deadline: Option<Duration>,

    /// How often a call is repeated after a passing fault
    #[arg(
        long,
        global = true,
        value_name = "N",
        default_value_t = 2,
        value_parser = clap::value_parser!(u32).range(..=100)
    )]
    pub(crate) retries: u32,

    /// Whose time to sign with: once the service has refused ours, its (auto), or ours (system)
    #[arg(
        long,
        global = true,
        value_name = "auto|system",
        default_value = "auto",
        value_parser = Clock::of_signatures
    )]
    pub(crate) clock: Clock,

    /// Show the requests, without what signs them, and send nothing
    #[arg(long, global = true)]
    pub(crate) dry_run: bool,
}

impl Target {
    /// Is a service inside this process asked?
    pub(crate) fn is_local(&self) -> bool {
        self.local.is_some()
    }

    /// The folder where it keeps its jobs.
    pub(crate) fn local_folder(&self) -> Option<&Path> {
        self.local.as_ref().and_then(Option::as_deref)
    }

    /// How often a call is sent at most.
    pub(crate) fn attempts(&self) -> u32 {
        self.retries.saturating_add(1)
    }
}

/// A machine that has a role
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Role {
    /// A cloud server: its metadata service is asked
    Cvm,
}

/// A clock that `--clock` names: one to sign with, or, of serve, one for its jobs
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Clock {
    Auto,
    System,
    OfJobs(cos_batch_emulator::Clock),
}

impl Clock {
    fn of_signatures(name: &str) -> Result<Self, String> {
        match name {
            "auto" => Ok(Self::Auto),
            "system" => Ok(Self::System),
            _ => Err("expected auto or system".to_owned()),
        }
    }

    pub(crate) fn of_jobs(name: &str) -> Result<Self, String> {
        name.parse().map(Self::OfJobs).map_err(|error: ClockError| error.to_string())
    }
}

/// A span of time as people say it, not zero. A day has 24 hours.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let expected = "expected a time such as 30s, 500ms, 2m or 7d";
    let span: Span = text.parse().map_err(|_| expected)?;
    let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| expected)?;
    Duration::try_from(duration)
        .ok()
        .filter(|duration| !duration.is_zero())
        .ok_or_else(|| expected.to_owned())
}
