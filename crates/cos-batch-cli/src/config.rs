//! Who asks, and where: flags, the environment, files, in this order
//!
//! Every setting is found on its own, and with it where it was found. The keys are the exception:
//! id, key and token always come from one source, the first that has any of them.

mod coscli;
mod file;
mod keys;
mod own;
mod process;
mod role;
mod roots;
mod source;
mod tccli;

use std::cell::OnceCell;
use std::path::PathBuf;
use std::str::FromStr;

use cos_batch::http::Uri;
use cos_batch::{AppId, Endpoint, Region, Uin, ValueError, printable};

pub(crate) use self::file::{exposure, may_hold_keys};
pub(crate) use self::keys::Keys;
use self::own::Profile;
pub(crate) use self::roots::trusting;
pub(crate) use self::source::{Found, Origin};
use self::source::{home, variable};
use crate::arguments::Target;
use crate::failure::{Failure, Kind};
use crate::talk::{Talk, Warning};

const UIN: [&str; 1] = ["COSBATCH_UIN"];
const APP_ID: [&str; 2] = ["COSBATCH_APP_ID", "COS_APPID"];
const REGION: [&str; 4] = ["COSBATCH_REGION", "TENCENTCLOUD_REGION", "TKE_REGION", "COS_REGION"];
const ENDPOINT: &str = "COSBATCH_ENDPOINT";
const PROFILE: &str = "COSBATCH_PROFILE";

/// What is configured, read as it is asked for
pub(crate) struct Config<'a> {
    target: &'a Target,
    talk: Talk,
    profile: OnceCell<Option<Profile>>,
}

impl<'a> Config<'a> {
    pub(crate) fn new(target: &'a Target, talk: Talk) -> Self {
        Self { target, talk, profile: OnceCell::new() }
    }

    /// The profile's name.
    pub(crate) fn profile_name(&self) -> Result<Found<String>, Failure> {
        if let Some(name) = &self.target.profile {
            return Ok(Found::new(name.clone(), Origin::Flag("--profile")));
        }
        Ok(match variable(PROFILE)? {
            Some(name) => Found::new(name, Origin::Variable(PROFILE)),
            None => Found::new("default".to_owned(), Origin::Default),
        })
    }

    pub(crate) fn uin(&self) -> Result<Option<Found<Uin>>, Failure> {
        self.setting(self.target.uin.as_ref(), "--uin", &UIN, "uin")
    }

    pub(crate) fn app_id(&self) -> Result<Option<Found<AppId>>, Failure> {
        self.setting(self.target.app_id.as_ref(), "--app-id", &APP_ID, "app_id")
    }

    pub(crate) fn region(&self) -> Result<Option<Found<Region>>, Failure> {
        if let Some(region) =
            self.setting(self.target.region.first(), "--region", &REGION, "region")?
        {
            return Ok(Some(region));
        }
        match tccli::region(&self.tccli_profile()?)? {
            Some(region) => region.parse().map(Some),
            None => Ok(None),
        }
    }

    /// The URL that stands in the place of UIN and region, if there is one.
    pub(crate) fn url(&self) -> Result<Option<Found<String>>, Failure> {
        let target = self.target;
        if let Some(url) = &target.endpoint {
            return Ok(Some(Found::new(url.clone(), Origin::Flag("--endpoint"))));
        }
        let named = target.uin.is_some() || !target.region.is_empty();
        if let Some(url) = variable(ENDPOINT)? {
            if named {
                let message =
                    format!("{ENDPOINT} is set, and --uin or --region name another place");
                return Err(Failure::new(Kind::TWO_PLACES, message)
                    .help(format!("unset {ENDPOINT}, or leave out --uin and --region")));
            }
            return Ok(Some(Found::new(url, Origin::Variable(ENDPOINT))));
        }
        // Whoever names an account nearer than the profile means that account.
        if named || variable("COSBATCH_UIN")?.is_some() || variable("COSBATCH_REGION")?.is_some() {
            return Ok(None);
        }
        Ok(self.profile()?.and_then(|profile| profile.setting("endpoint")))
    }

    /// The file of the certificates that are trusted, if one is named.
    pub(crate) fn certificates(&self) -> Result<Option<Found<String>>, Failure> {
        let file = roots::file()?;
        Ok(file.map(|file| Found::new(file.value.display().to_string(), file.origin)))
    }

    /// Where to ask.
    pub(crate) fn endpoint(&self) -> Result<Endpoint, Failure> {
        self.endpoint_by(|| self.region())
    }

    /// Where to ask in one of several regions.
    pub(crate) fn endpoint_in(&self, region: &Region) -> Result<Endpoint, Failure> {
        self.endpoint_by(|| Ok(Some(Found::new(region.clone(), Origin::Flag("--region")))))
    }

    fn endpoint_by(
        &self,
        region: impl FnOnce() -> Result<Option<Found<Region>>, Failure>,
    ) -> Result<Endpoint, Failure> {
        let app_id = self.app_id()?;
        if let Some(url) = self.url()? {
            let app_id = app_id.ok_or_else(|| missing(&["the APPID"]))?;
            return custom(&url.value, app_id.value).map_err(|fact| malformed_url(&url, fact));
        }
        match (self.uin()?, region()?, app_id) {
            (Some(uin), Some(region), Some(app_id)) => {
                Ok(Endpoint::new(&uin.value, &region.value, app_id.value))
            }
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

    /// Who asks: the first source that has any of the three.
    pub(crate) fn keys(&self) -> Result<Found<Keys>, Failure> {
        if let Some(keys) = self.keys_if_any()? {
            return Ok(keys);
        }
        let files = self.files()?.into_iter().filter(|path| may_hold_keys(path));
        let files: Vec<_> = files.map(|path| path.display().to_string()).collect();
        Err(Failure::new(Kind::NO_CREDENTIALS, "no credentials are configured")
            .fact("TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY are not set")
            .fact(format!("no keys are in {}", files.join(", ")))
            .help(
                "set TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY, and \
                 TENCENTCLOUD_SECURITY_TOKEN where they are temporary; or try --local",
            ))
    }

    /// The same where having none is no error.
    pub(crate) fn keys_if_any(&self) -> Result<Option<Found<Keys>>, Failure> {
        if let Some(command) = &self.target.credential_process {
            return process::keys(command, Origin::Flag("--credential-process")).map(Some);
        }
        if self.target.role.is_some() {
            return role::keys().map(Some);
        }
        if let Some(keys) = keys::from_environment()? {
            self.tell_of_passed_over(&keys.origin)?;
            return Ok(Some(keys));
        }
        if let Some(profile) = self.profile()?
            && let Some(keys) = profile.keys()?
        {
            return Ok(Some(keys));
        }
        if let Some(keys) = tccli::keys(&self.tccli_profile()?, self.talk)? {
            return Ok(Some(keys));
        }
        coscli::keys(self.talk)
    }

    /// All files that may be read for this, whether or not they are there.
    pub(crate) fn files(&self) -> Result<Vec<PathBuf>, Failure> {
        let home = home();
        let in_home = |name: &str| home.as_ref().map(|home| home.join(name));
        let tccli = self.tccli_profile()?;
        let files = [
            own::path()?,
            in_home(&format!(".tccli/{tccli}.credential")),
            in_home(&format!(".tccli/{tccli}.configure")),
            in_home(".cos.yaml"),
        ];
        Ok(files.into_iter().flatten().collect())
    }

    /// The profile of our own file. One that was asked for by name and is nowhere is an error.
    fn profile(&self) -> Result<Option<&Profile>, Failure> {
        if self.profile.get().is_none() {
            let name = self.profile_name()?;
            let profile = own::profile(&name.value, self.talk)?;
            if profile.is_none() && name.origin != Origin::Default && !tccli::has(&name.value) {
                return Err(no_profile(&name.value)?);
            }
            // Nobody else has set it in between.
            let _ = self.profile.set(profile);
        }
        Ok(self.profile.get().and_then(Option::as_ref))
    }

    /// The profile of tccli: ours, unless only tccli's is named.
    fn tccli_profile(&self) -> Result<String, Failure> {
        let own = self.profile_name()?;
        if own.origin != Origin::Default {
            return Ok(own.value);
        }
        Ok(variable("TCCLI_PROFILE")?.unwrap_or(own.value))
    }

    /// What a flag says, or else the first of some variables that is set, or else the profile.
    fn setting<T>(
        &self,
        flag: Option<&T>,
        flag_name: &'static str,
        variables: &[&'static str],
        key: &str,
    ) -> Result<Option<Found<T>>, Failure>
    where
        T: Clone + FromStr<Err = ValueError>,
    {
        if let Some(value) = flag {
            return Ok(Some(Found::new(value.clone(), Origin::Flag(flag_name))));
        }
        for name in variables {
            if let Some(value) = variable(name)? {
                return Found::new(value, Origin::Variable(name)).parse().map(Some);
            }
        }
        match self.profile()?.and_then(|profile| profile.setting(key)) {
            Some(text) => text.parse().map(Some),
            None => Ok(None),
        }
    }

    /// Whoever names a profile and gets keys from the environment should know.
    fn tell_of_passed_over(&self, origin: &Origin) -> Result<(), Failure> {
        if self.target.profile.is_some()
            && let Some(profile) = self.profile()?
            && profile.has_keys()
        {
            let message = format!("{origin} goes before the keys of {}", profile.origin());
            let help = "unset it, to ask with the profile's keys";
            self.talk.warning(Warning::PROFILE_PASSED_OVER, &message, help);
        }
        Ok(())
    }
}

fn missing(what: &[&str]) -> Failure {
    Failure::new(Kind::NO_ACCOUNT, "the account is not configured")
        .fact(format!("missing: {}", what.join(", ")))
        .help(
            "give --uin, --app-id and --region (or COSBATCH_UIN, COSBATCH_APP_ID, \
             COSBATCH_REGION), or --endpoint and --app-id; or try --local",
        )
}

fn no_profile(name: &str) -> Result<Failure, Failure> {
    let own = own::path()?.map_or_else(|| "no file".to_owned(), |path| path.display().to_string());
    Ok(Failure::new(Kind::NO_PROFILE, format!("there is no profile {name:?}"))
        .fact(format!("looked in {own}, and for ~/.tccli/{name}.credential"))
        .help("check the name, or add the profile to the file"))
}

fn malformed_url(url: &Found<String>, fact: String) -> Failure {
    let kind = match url.origin {
        Origin::Flag(_) => Kind::BAD_ENDPOINT_FLAG,
        _ => Kind::BAD_ENDPOINT,
    };
    Failure::new(kind, format!("{} is malformed", url.origin.of("endpoint")))
        .fact(fact)
        .help("give a URL without a path, such as http://127.0.0.1:9000")
}

/// The endpoint that a URL names which has a scheme, a host and perhaps a port.
fn custom(url: &str, app_id: AppId) -> Result<Endpoint, String> {
    let shown = shown_url(url);
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

/// What of a URL may be shown: what stands before an @ may be a password, and what stands behind a
/// ? a signature.
pub(crate) fn shown_url(url: &str) -> String {
    let place = url.rsplit('@').next().unwrap_or_default();
    printable(place.split('?').next().unwrap_or_default(), 64)
}
