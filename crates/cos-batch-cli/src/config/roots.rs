//! `SSL_CERT_FILE`: whose certificates are trusted in place of those that are built in

use std::path::{Path, PathBuf};

use cos_batch::{Endpoint, ValueError};

use super::file::{malformed, read};
use super::source::{Found, Origin, variable};
use crate::failure::{Failure, Kind};

const FILE: &str = "SSL_CERT_FILE";

/// The file, if one is named.
pub(super) fn file() -> Result<Option<Found<PathBuf>>, Failure> {
    let path = variable(FILE)?.map(PathBuf::from);
    Ok(path.map(|path| Found::new(path, Origin::Variable(FILE))))
}

/// What its certificates are taken by, where TLS is spoken with the endpoint.
pub(crate) fn trusting<T>(
    client: T,
    endpoint: &Endpoint,
    trust: impl FnOnce(T, &[u8]) -> Result<T, ValueError>,
) -> Result<T, Failure> {
    let Some(file) = file()?.filter(|_| endpoint.to_string().starts_with("https:")) else {
        return Ok(client);
    };
    let pem = read(&file.value)?.ok_or_else(|| missing(&file.value))?;
    trust(client, pem.as_bytes()).map_err(|error| malformed(&file.value, error.to_string()))
}

fn missing(path: &Path) -> Failure {
    Failure::new(Kind::BAD_FILE, format!("{} is not there", path.display()))
        .fact(format!("{FILE} names it"))
        .help(format!("unset {FILE}, or name a file of certificates in PEM"))
}
