use std::net::SocketAddr;
use std::{fmt, io};

use crate::store::DataError;

/// A service that does not start
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// It cannot listen there.
    #[non_exhaustive]
    Listen {
        /// Where it was told to listen.
        listen: SocketAddr,
        /// Why not.
        error: io::Error,
    },
    /// The folder for the data cannot be used.
    Data(DataError),
    /// There is no thread to be had.
    Thread(io::Error),
}

impl From<DataError> for StartError {
    fn from(error: DataError) -> Self {
        Self::Data(error)
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listen { listen, error } => write!(f, "{listen}: {error}"),
            Self::Data(error) => error.fmt(f),
            Self::Thread(error) => write!(f, "no thread can be had: {error}"),
        }
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Listen { error, .. } | Self::Thread(error) => Some(error),
            Self::Data(error) => Some(error),
        }
    }
}
