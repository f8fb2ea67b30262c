//! How far a request came before it failed
//!
//! ureq has one error for a connection that broke in the handshake and for one that broke under
//! the request. Only the first cannot have reached the service, so what fails on the way to a
//! connection is marked here.
//!
//! The two traits come from ureq's `unversioned`, which a minor version may change. Nothing else of
//! it is used.

use std::fmt;

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{
    ConnectionDetails, Connector, DefaultConnector, NextTimeout, Transport,
};

/// What was being done when a request failed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Stage {
    Resolving,
    Connecting,
    /// Connecting by a proxy.
    Proxying,
    /// The request may have left.
    Sent,
}

/// An error from before the request left.
#[derive(Debug)]
struct Unsent {
    stage: Stage,
    error: Error,
}

impl Unsent {
    /// Marks an error, for which it takes an earlier mark off: resolving a proxy's name and
    /// connecting to it are part of connecting.
    fn mark(stage: Stage, error: Error) -> Error {
        let (_, error) = stage_of(error);
        Error::Other(Box::new(Self { stage, error }))
    }
}

impl fmt::Display for Unsent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for Unsent {}

/// Takes the mark off an error.
pub(crate) fn stage_of(error: Error) -> (Stage, Error) {
    match error {
        Error::Other(inner) => match inner.downcast::<Unsent>() {
            Ok(unsent) => (unsent.stage, unsent.error),
            Err(inner) => (Stage::Sent, Error::Other(inner)),
        },
        error => (Stage::Sent, error),
    }
}

/// ureq's own resolver, with its errors marked.
#[derive(Debug, Default)]
pub(crate) struct MarkingResolver(DefaultResolver);

impl Resolver for MarkingResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let resolved = self.0.resolve(uri, config, timeout);
        resolved.map_err(|error| Unsent::mark(Stage::Resolving, error))
    }
}

/// ureq's own connector, proxy and TLS included, with its errors marked.
#[derive(Debug, Default)]
pub(crate) struct MarkingConnector(DefaultConnector);

impl Connector for MarkingConnector {
    type Out = Box<dyn Transport>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<()>,
    ) -> Result<Option<Self::Out>, Error> {
        let proxy = details.config.proxy().filter(|proxy| !proxy.is_no_proxy(details.uri));
        let stage = if proxy.is_some() { Stage::Proxying } else { Stage::Connecting };
        self.0.connect(details, chained).map_err(|error| Unsent::mark(stage, error))
    }
}
