//! What every command can be told, and how values are read from the command line

use std::time::Duration;

use clap::{Args, Parser, ValueEnum};
use cos_batch::{AppId, JobStatus, Region, Uin};
use jiff::SignedDuration;

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
    fault of the service, 9 reply not understood, 10 outcome unknown, 130 and 143 signals";

/// What every command can be told
#[derive(Args, Debug)]
pub(crate) struct Global {
    #[command(flatten)]
    pub(crate) target: Target,

    #[command(flatten)]
    pub(crate) output: Options,
}

/// Where requests go, who asks, and how long to try
#[derive(Args, Debug)]
#[command(next_help_heading = "Account")]
pub(crate) struct Target {
    /// Talk to a service inside this process, with sample jobs: nothing needs to be configured
    #[arg(long, global = true, conflicts_with_all = ["endpoint", "uin", "app_id", "region"])]
    pub(crate) local: bool,

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

    /// The region, such as ap-chengdu [env: COSBATCH_REGION, TENCENTCLOUD_REGION]
    #[arg(long, global = true, value_name = "R")]
    pub(crate) region: Option<Region>,

    /// Take the keys that this shell command prints, as JSON
    #[arg(long, global = true, value_name = "CMD", conflicts_with = "role")]
    pub(crate) credential_process: Option<String>,

    /// Take the keys of the role that this machine has
    #[arg(long, global = true, value_name = "ROLE")]
    pub(crate) role: Option<Role>,

    /// How long one call may take, its answer included
    #[arg(long, global = true, value_name = "D", default_value = "30s", value_parser = duration)]
    pub(crate) timeout: Duration,

    /// How often a call is repeated after a passing fault
    #[arg(
        long,
        global = true,
        value_name = "N",
        default_value_t = 2,
        value_parser = clap::value_parser!(u32).range(..=100)
    )]
    pub(crate) retries: u32,
}

impl Target {
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

/// A status that can be listed.
pub(crate) fn listed_status(name: &str) -> Result<JobStatus, String> {
    match name.parse() {
        Ok(status) if JobStatus::LISTED.contains(&status) => Ok(status),
        _ => {
            let names: Vec<_> = JobStatus::LISTED.iter().map(JobStatus::as_str).collect();
            Err(format!("expected one of {}", names.join(", ")))
        }
    }
}

/// A span of time as people say it, not zero.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let expected = "expected a time such as 30s, 500ms or 2m";
    let duration: SignedDuration = text.parse().map_err(|_| expected)?;
    Duration::try_from(duration)
        .ok()
        .filter(|duration| !duration.is_zero())
        .ok_or_else(|| expected.to_owned())
}
