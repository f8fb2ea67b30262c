//! Where to ask and who is asking

use std::net::IpAddr;

use cos_batch::{Credentials, Endpoint, Region};
use cos_batch_emulator::Emulator;

use crate::arguments::{Global, Target};
use crate::config::{Config, Found, Keys};
use crate::failure::{Failure, Kind};
use crate::steps;
use crate::talk::Talk;

/// An account that can be asked
pub(crate) struct Account {
    /// Where several were named.
    pub(crate) region: Option<Region>,
    pub(crate) endpoint: Endpoint,
    pub(crate) credentials: Credentials,
    /// The service behind `--local`, which ends when the account is dropped.
    _emulator: Option<Emulator>,
}

impl Account {
    /// The one account, in one region.
    pub(crate) fn find(global: &Global) -> Result<Self, Failure> {
        if global.target.region.len() > 1 {
            return Err(Failure::new(Kind::SEVERAL_REGIONS, "--region names several regions")
                .help("name one: only list asks several at a time"));
        }
        let target = &global.target;
        if target.is_local() {
            return Self::local(target);
        }
        let talk = global.output.talk();
        let config = Config::new(target, talk);
        Self::known(None, config.endpoint()?, &config.keys()?, talk)
    }

    /// The account in each region that is named.
    pub(crate) fn find_all(global: &Global) -> Result<Vec<Self>, Failure> {
        let regions = &global.target.region;
        if regions.len() < 2 {
            return Self::find(global).map(|account| vec![account]);
        }
        let talk = global.output.talk();
        let config = Config::new(&global.target, talk);
        let endpoint = |region: &Region| Ok((region.clone(), config.endpoint_in(region)?));
        let endpoints: Vec<_> = regions.iter().map(endpoint).collect::<Result<_, Failure>>()?;
        let keys = config.keys()?;
        let in_region = |(region, endpoint)| Self::known(Some(region), endpoint, &keys, talk);
        endpoints.into_iter().map(in_region).collect()
    }

    fn known(
        region: Option<Region>,
        endpoint: Endpoint,
        keys: &Found<Keys>,
        talk: Talk,
    ) -> Result<Self, Failure> {
        let credentials = keys.credentials()?;
        steps::asks(talk, &endpoint, keys);
        Ok(Self { region, endpoint, credentials, _emulator: None })
    }

    fn local(target: &Target) -> Result<Self, Failure> {
        let builder = match target.local_folder() {
            Some(folder) => Emulator::builder().data(folder),
            None => Emulator::builder(),
        };
        let help = "check that a port can be opened on 127.0.0.1";
        let emulator = builder.start().map_err(|error| Failure::of_start(&error, help))?;
        Ok(Self {
            region: None,
            endpoint: emulator.endpoint(),
            credentials: emulator.credentials(),
            _emulator: Some(emulator),
        })
    }
}

/// Is the service on a loopback address? No proxy leads there.
pub(crate) fn is_on_this_machine(endpoint: &Endpoint) -> bool {
    let host = endpoint.authority().host();
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}
