//! How far a request came before it failed
//!
//! ureq has one error for a connection that broke in the handshake and for one that broke under
//! the request. Only the first cannot have reached the service, so what fails on the way to a
//! connection is marked here.
//!
//! The two traits come from ureq's `unversioned`, which a minor version may change. Nothing else of
//! it is used.

use cos_batch_adapter::{Stage, Unsent};
use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{
    ConnectionDetails, Connector, DefaultConnector, NextTimeout, Transport,
};

/// Marks an error, for which it takes an earlier mark off: resolving a proxy's name and connecting
/// to it are part of connecting.
fn mark(stage: Stage, error: Error) -> Error {
    let (_, error) = stage_of(error);
    Error::Other(Box::new(Unsent { stage, error: error.into() }))
}

/// Takes the mark off an error.
pub(crate) fn stage_of(error: Error) -> (Stage, Error) {
    match error {
        // No connector made a connection, or one with TLS.
        Error::ConnectionFailed | Error::TlsRequired => (Stage::Connecting, error),
        Error::Other(inner) => match inner.downcast::<Unsent>() {
            Ok(unsent) => match unsent.error.downcast() {
                Ok(error) => (unsent.stage, *error),
                Err(error) => (unsent.stage, Error::Other(error)),
            },
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
        resolved.map_err(|error| mark(Stage::Resolving, error))
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
        self.0.connect(details, chained).map_err(|error| mark(stage, error))
    }
}
