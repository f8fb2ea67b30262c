//! Where to ask and who is asking

use std::net::IpAddr;

use cos_batch::{Credentials, Endpoint, Signer};
use cos_batch_emulator::Emulator;
use cos_batch_ureq::Client;

use crate::arguments::{Global, Target};
use crate::config::Config;
use crate::failure::{Failure, Kind};

/// An account that can be asked
pub(crate) struct Account {
    pub(crate) endpoint: Endpoint,
    pub(crate) credentials: Credentials,
    /// The service behind `--local`, which ends when the account is dropped.
    _emulator: Option<Emulator>,
}

impl Account {
    pub(crate) fn find(global: &Global) -> Result<Self, Failure> {
        if global.target.local {
            return Self::local();
        }
        let config = Config::new(&global.target, global.output.talk());
        let endpoint = config.endpoint()?;
        let credentials = config.keys()?.credentials()?;
        Ok(Self { endpoint, credentials, _emulator: None })
    }

    fn local() -> Result<Self, Failure> {
        let emulator = Emulator::start().map_err(|error| {
            Failure::new(Kind::NO_LOCAL_SERVICE, "the local service does not start")
                .fact(error.to_string())
                .help("check that a port can be opened on 127.0.0.1")
        })?;
        Ok(Self {
            endpoint: emulator.endpoint(),
            credentials: emulator.credentials(),
            _emulator: Some(emulator),
        })
    }

    /// A client for this account, as the flags want it.
    pub(crate) fn client(&self, target: &Target) -> Client {
        let signer = Signer::new(self.credentials.clone());
        let mut client = Client::new(self.endpoint.clone(), signer).with_timeout(target.timeout);
        if !is_on_this_machine(&self.endpoint) {
            client = client.with_proxy_from_env();
        }
        let mut retry = client.retry().clone();
        retry.attempts = target.attempts();
        client.with_retry(retry)
    }
}

/// Is the service on a loopback address? No proxy leads there.
pub(crate) fn is_on_this_machine(endpoint: &Endpoint) -> bool {
    let host = endpoint.authority().host();
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}
