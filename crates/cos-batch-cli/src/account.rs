//! Where to ask and who is asking

use std::net::IpAddr;

use cos_batch::{Credentials, Endpoint, Region};
use cos_batch_emulator::Emulator;

use crate::arguments::{Global, Target};
use crate::config::Config;
use crate::failure::{Failure, Kind};
use crate::steps;

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
        Self::find_in(&global.target, global)
    }

    /// The account in each region that is named.
    pub(crate) fn find_all(global: &Global) -> Result<Vec<Self>, Failure> {
        let regions = &global.target.region;
        if regions.len() < 2 {
            return Self::find(global).map(|account| vec![account]);
        }
        let in_region = |region: &Region| {
            let target = Target { region: vec![region.clone()], ..global.target.clone() };
            let account = Self::find_in(&target, global)?;
            Ok(Self { region: Some(region.clone()), ..account })
        };
        regions.iter().map(in_region).collect()
    }

    fn find_in(target: &Target, global: &Global) -> Result<Self, Failure> {
        if target.is_local() {
            return Self::local(target);
        }
        let talk = global.output.talk();
        let config = Config::new(target, talk);
        let endpoint = config.endpoint()?;
        let keys = config.keys()?;
        let credentials = keys.credentials()?;
        steps::asks(talk, &endpoint, &keys);
        Ok(Self { region: None, endpoint, credentials, _emulator: None })
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
