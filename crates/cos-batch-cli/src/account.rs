//! Who asks, and where: from flags and from the environment

use std::env;
use std::net::IpAddr;
use std::str::FromStr;

use cos_batch::http::Uri;
use cos_batch::{AppId, Credentials, Endpoint, ValueError, printable};
use cos_batch_emulator::Emulator;

use crate::arguments::Target;
use crate::exit::Exit;
use crate::failure::Failure;

const SECRET_ID: &str = "TENCENTCLOUD_SECRET_ID";
const SECRET_KEY: &str = "TENCENTCLOUD_SECRET_KEY";
const TOKENS: [&str; 2] = ["TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN"];
const ENDPOINT: &str = "COSBATCH_ENDPOINT";

/// Where to ask and who is asking
pub(crate) struct Account {
    pub(crate) endpoint: Endpoint,
    pub(crate) credentials: Credentials,
    /// The service behind `--local`, which ends when the account is dropped.
    _emulator: Option<Emulator>,
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
                _emulator: Some(emulator),
            });
        }
        Ok(Self { endpoint: endpoint(target)?, credentials: credentials()?, _emulator: None })
    }

    /// Is the service on a loopback address? No proxy leads there.
    pub(crate) fn is_on_this_machine(&self) -> bool {
        let host = self.endpoint.authority().host();
        let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    }
}

fn endpoint(target: &Target) -> Result<Endpoint, Failure> {
    let app_id = setting(target.app_id.as_ref(), &["COSBATCH_APP_ID"])?;
    if let Some(url) = &target.endpoint {
        let malformed = |fact| bad_endpoint(Exit::Usage, "--endpoint is malformed", fact);
        return custom(url, app_id.ok_or_else(|| missing(&["the APPID"]))?).map_err(malformed);
    }
    if let Some(url) = variable(ENDPOINT)? {
        if target.uin.is_some() || target.region.is_some() {
            let message = format!("{ENDPOINT} is set, and --uin or --region name another place");
            return Err(Failure::new(Exit::Usage, 6, "two-places", message)
                .help(format!("unset {ENDPOINT}, or leave out --uin and --region")));
        }
        let malformed =
            |fact| bad_endpoint(Exit::Configuration, &format!("{ENDPOINT} is malformed"), fact);
        return custom(&url, app_id.ok_or_else(|| missing(&["the APPID"]))?).map_err(malformed);
    }
    let uin = setting(target.uin.as_ref(), &["COSBATCH_UIN"])?;
    let region = setting(target.region.as_ref(), &["COSBATCH_REGION", "TENCENTCLOUD_REGION"])?;
    match (&uin, &region, app_id) {
        (Some(uin), Some(region), Some(app_id)) => Ok(Endpoint::new(uin, region, app_id)),
        (uin, region, app_id) => {
            let parts = [
                ("the UIN", uin.is_none()),
                ("the APPID", app_id.is_none()),
                ("the region", region.is_none()),
            ];
            let lacking = parts.iter().filter(|(_, lacks)| *lacks).map(|(name, _)| *name);
            Err(missing(&lacking.collect::<Vec<_>>()))
        }
    }
}

fn missing(what: &[&str]) -> Failure {
    let message = "the account is not configured";
    Failure::new(Exit::Configuration, 1, "no-account", message)
        .fact(format!("missing: {}", what.join(", ")))
        .help(
            "give --uin, --app-id and --region (or COSBATCH_UIN, COSBATCH_APP_ID, \
             COSBATCH_REGION), or --endpoint and --app-id; or try --local",
        )
}

fn bad_endpoint(exit: Exit, message: &str, fact: String) -> Failure {
    let number = if exit == Exit::Usage { 1 } else { 6 };
    Failure::new(exit, number, "bad-endpoint", message)
        .fact(fact)
        .help("give a URL without a path, such as http://127.0.0.1:9000")
}

/// The endpoint that a URL names which has a scheme, a host and perhaps a port.
fn custom(url: &str, app_id: AppId) -> Result<Endpoint, String> {
    // What stands before an @ may be a password, and what stands behind a ? a signature.
    let place = url.rsplit('@').next().unwrap_or_default();
    let shown = printable(place.split('?').next().unwrap_or_default(), 64);
    let uri: Uri = url.parse().map_err(|error| format!("{shown}: {error}"))?;
    let (Some(scheme @ ("http" | "https")), Some(authority)) = (uri.scheme_str(), uri.authority())
    else {
        return Err(format!("{shown}: it begins with neither http:// nor https://"));
    };
    if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
        return Err(format!("{shown}: it has a path or a query"));
    }
    let endpoint = Endpoint::custom(scheme, authority.as_str(), app_id);
    let endpoint = endpoint.map_err(|error| error.to_string())?;
    if authority.port().is_none() && authority.as_str() != authority.host() {
        return Err(format!("{shown}: its port is none"));
    }
    Ok(endpoint)
}

/// What a flag says, or else the first of some variables that is set.
fn setting<T>(flag: Option<&T>, names: &[&'static str]) -> Result<Option<T>, Failure>
where
    T: Clone + FromStr<Err = ValueError>,
{
    if let Some(value) = flag {
        return Ok(Some(value.clone()));
    }
    for name in names {
        if let Some(value) = variable(name)? {
            return value.parse().map(Some).map_err(|error: ValueError| {
                Failure::new(Exit::Configuration, 4, "bad-setting", format!("{name} is malformed"))
                    .fact(error.to_string())
                    .help("mend the variable, or give the flag instead")
            });
        }
    }
    Ok(None)
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
                "set {SECRET_ID} and {SECRET_KEY}, and {} where they are temporary; or try --local",
                TOKENS[0]
            )));
        }
    };
    let malformed = |error: cos_batch::SignError| {
        Failure::new(Exit::Configuration, 3, "bad-credentials", "the credentials are malformed")
            .fact(error.to_string())
            .help(format!(
                "check {SECRET_ID}, {SECRET_KEY} and {} for spaces and line ends",
                TOKENS.join(" or ")
            ))
    };
    let credentials = Credentials::new(id, key).map_err(malformed)?;
    for name in TOKENS {
        if let Some(token) = variable(name)? {
            return credentials.with_token(token).map_err(malformed);
        }
    }
    Ok(credentials)
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
