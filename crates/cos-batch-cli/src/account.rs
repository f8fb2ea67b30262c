//! Who asks, and where: from flags and from the environment

use std::env;
use std::net::IpAddr;

use cos_batch::{Credentials, Endpoint, Region};
use cos_batch_emulator::Emulator;

use crate::arguments::Target;
use crate::exit::Exit;
use crate::failure::Failure;

const SECRET_ID: &str = "TENCENTCLOUD_SECRET_ID";
const SECRET_KEY: &str = "TENCENTCLOUD_SECRET_KEY";
const SECURITY_TOKEN: &str = "TENCENTCLOUD_SECURITY_TOKEN";
const REGION: &str = "TENCENTCLOUD_REGION";

/// Where to ask and who is asking
pub(crate) struct Account {
    pub(crate) endpoint: Endpoint,
    pub(crate) credentials: Credentials,
    /// The service behind `--local`; it ends with the account.
    pub(crate) emulator: Option<Emulator>,
}

impl Account {
    pub(crate) fn find(target: &Target) -> Result<Self, Failure> {
        if target.local {
            let emulator = Emulator::start().map_err(|error| {
                Failure::new(
                    Exit::Transport,
                    5,
                    "no-local-service",
                    "the local service does not start",
                )
                .fact(error.to_string())
                .help("check that a port can be opened on 127.0.0.1")
            })?;
            return Ok(Self {
                endpoint: emulator.endpoint(),
                credentials: emulator.credentials(),
                emulator: Some(emulator),
            });
        }
        Ok(Self { endpoint: endpoint(target)?, credentials: credentials()?, emulator: None })
    }

    /// Is the service on a loopback address? No proxy leads there.
    pub(crate) fn is_on_this_machine(&self) -> bool {
        let host = self.endpoint.authority().host();
        let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    }
}

fn endpoint(target: &Target) -> Result<Endpoint, Failure> {
    let missing = |what: &str| {
        Failure::new(Exit::Configuration, 1, "no-account", "no account is configured")
            .fact(format!("missing: {what}"))
            .help(
                "give --uin, --app-id and --region (or COSBATCH_UIN, COSBATCH_APP_ID, \
                 COSBATCH_REGION), or --endpoint and --app-id; or try --local",
            )
    };
    let app_id = || target.app_id.clone();
    if let Some((scheme, authority)) = &target.endpoint {
        let app_id = app_id().ok_or_else(|| missing("the APPID"))?;
        return Endpoint::custom(scheme, authority, app_id).map_err(|error| {
            Failure::new(Exit::Usage, 1, "bad-endpoint", "the endpoint is malformed")
                .fact(error.to_string())
                .help("give a URL such as http://127.0.0.1:9000")
        });
    }
    let region = match &target.region {
        Some(region) => Some(region.clone()),
        None => region_of_environment()?,
    };
    match (&target.uin, &region, app_id()) {
        (Some(uin), Some(region), Some(app_id)) => Ok(Endpoint::new(uin, region, app_id)),
        (uin, region, app_id) => {
            let parts = [
                ("the UIN", uin.is_none()),
                ("the APPID", app_id.is_none()),
                ("the region", region.is_none()),
            ];
            let names: Vec<_> =
                parts.iter().filter(|(_, lacks)| *lacks).map(|(name, _)| *name).collect();
            Err(missing(&names.join(", ")))
        }
    }
}

fn region_of_environment() -> Result<Option<Region>, Failure> {
    let Some(region) = variable(REGION)? else { return Ok(None) };
    region.parse().map(Some).map_err(|error: cos_batch::ValueError| {
        Failure::new(Exit::Configuration, 4, "bad-region", format!("{REGION} is malformed"))
            .fact(error.to_string())
            .help("give --region, or mend the variable")
    })
}

/// The three come from one source, or it is an error.
fn credentials() -> Result<Credentials, Failure> {
    let (id, key) = match (variable(SECRET_ID)?, variable(SECRET_KEY)?) {
        (Some(id), Some(key)) => (id, key),
        (id, key) => {
            let missing = match (id, key) {
                (None, None) => format!("{SECRET_ID} and {SECRET_KEY} are"),
                (None, _) => format!("{SECRET_ID} is"),
                (_, _) => format!("{SECRET_KEY} is"),
            };
            return Err(Failure::new(
                Exit::Configuration,
                2,
                "no-credentials",
                "no credentials are configured",
            )
            .fact(format!("{missing} not set"))
            .help(format!(
                "set {SECRET_ID} and {SECRET_KEY}, and {SECURITY_TOKEN} where they are \
                 temporary; or try --local"
            )));
        }
    };
    let malformed = |error: cos_batch::SignError| {
        Failure::new(Exit::Configuration, 3, "bad-credentials", "the credentials are malformed")
            .fact(error.to_string())
            .help(format!(
                "check {SECRET_ID}, {SECRET_KEY} and {SECURITY_TOKEN} for stray characters"
            ))
    };
    let credentials = Credentials::new(id, key).map_err(malformed)?;
    match variable(SECURITY_TOKEN)? {
        Some(token) => credentials.with_token(token).map_err(malformed),
        None => Ok(credentials),
    }
}

/// A variable of the environment; an empty one is not set.
fn variable(name: &str) -> Result<Option<String>, Failure> {
    match env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(Failure::new(
            Exit::Configuration,
            5,
            "bad-environment",
            format!("{name} is not UTF-8"),
        )
        .help("set it again")),
    }
}
