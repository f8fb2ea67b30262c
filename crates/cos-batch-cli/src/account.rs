//! Where to ask and who is asking

use std::net::IpAddr;

use cos_batch::{Credentials, Endpoint, Region};
use cos_batch_emulator::Emulator;

use crate::arguments::{Global, Target};
use crate::config::Config;
use crate::failure::{Failure, Kind};

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
        if target.local {
            return Self::local();
        }
        let config = Config::new(target, global.output.talk());
        let endpoint = config.endpoint()?;
        let credentials = config.keys()?.credentials()?;
        Ok(Self { region: None, endpoint, credentials, _emulator: None })
    }

    fn local() -> Result<Self, Failure> {
        let emulator = Emulator::start().map_err(|error| {
            Failure::new(Kind::NO_LOCAL_SERVICE, "the local service does not start")
                .fact(error.to_string())
                .help("check that a port can be opened on 127.0.0.1")
        })?;
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
