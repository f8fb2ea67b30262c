//! Values, and where they come from

use std::env;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use cos_batch::ValueError;

use crate::failure::{Failure, Kind};

/// Where a value comes from
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Origin {
    Flag(&'static str),
    Variable(&'static str),
    /// A file, and the profile in it where it has several.
    File(PathBuf, Option<String>),
    /// The metadata service of the machine.
    Role(String),
    /// Nobody said anything else.
    Default,
}

impl Origin {
    /// The value of this name from here, as an error calls it.
    pub(crate) fn of(&self, name: &str) -> String {
        match self {
            Self::Flag(_) | Self::Variable(_) => self.to_string(),
            _ => format!("{name} in {self}"),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) | Self::Variable(name) => f.write_str(name),
            Self::File(path, None) => write!(f, "{}", path.display()),
            Self::File(path, Some(profile)) => write!(f, "{} [{profile}]", path.display()),
            Self::Role(role) => write!(f, "role {role} of this machine"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A value and its origin
#[derive(Clone, Debug)]
pub(crate) struct Found<T> {
    pub(crate) value: T,
    pub(crate) origin: Origin,
}

impl<T> Found<T> {
    pub(crate) fn new(value: T, origin: Origin) -> Self {
        Self { value, origin }
    }
}

impl Found<String> {
    /// The same as what it should be.
    pub(crate) fn parse<T: FromStr<Err = ValueError>>(self) -> Result<Found<T>, Failure> {
        match self.value.parse() {
            Ok(value) => Ok(Found::new(value, self.origin)),
            Err(error) => {
                let message = format!("{} is malformed", self.origin.of("a setting"));
                Err(Failure::new(Kind::BAD_SETTING, message)
                    .fact(error.to_string())
                    .help("mend it, or give the flag instead"))
            }
        }
    }
}

/// A variable of the environment; an empty one is not set.
pub(crate) fn variable(name: &str) -> Result<Option<String>, Failure> {
    match env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => {
            Err(Failure::new(Kind::BAD_ENVIRONMENT, format!("{name} is not UTF-8"))
                .help("set it again"))
        }
    }
}

/// The user's own folder.
pub(crate) fn home() -> Option<PathBuf> {
    env::home_dir().filter(|home| !home.as_os_str().is_empty())
}
