//! Secret id, secret key and token: always from one source

use std::fmt;

use cos_batch::time::OffsetDateTime;
use cos_batch::{Credentials, SignError};
use zeroize::Zeroizing;

use super::source::{Found, Origin, variable};
use crate::failure::{Failure, Kind};

/// A text that nobody is shown.
#[derive(Clone)]
pub(crate) struct Secret(Zeroizing<String>);

impl Secret {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    /// Enough to tell it from another: `…9f2c`, and nothing of a short one.
    pub(crate) fn shortened(&self) -> String {
        let count = self.0.chars().count();
        let end = self.0.chars().skip(count.saturating_sub(4));
        format!("…{}", end.filter(|_| count >= 16).collect::<String>())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// What a source has of an account's keys
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    pub(crate) secret_id: String,
    pub(crate) secret_key: Secret,
    pub(crate) token: Option<Secret>,
    pub(crate) expires_at: Option<OffsetDateTime>,
}

impl Keys {
    /// An id and a key that belong together; `None` where there is neither, an error where there
    /// is one of the two. The names say what is missing.
    pub(crate) fn pair(
        secret_id: Option<String>,
        secret_key: Option<String>,
        token: Option<String>,
        names: [&str; 2],
        origin: &Origin,
    ) -> Result<Option<Self>, Failure> {
        match (secret_id, secret_key.map(Secret::new)) {
            (Some(secret_id), Some(secret_key)) => {
                let token = token.map(Secret::new);
                Ok(Some(Self { secret_id, secret_key, token, expires_at: None }))
            }
            (None, None) => Ok(None),
            (id, _) => {
                let [id_name, key_name] = names;
                let missing = if id.is_none() { id_name } else { key_name };
                let place = match origin {
                    Origin::Variable(_) => String::new(),
                    origin => format!(" in {origin}"),
                };
                Err(Failure::new(Kind::NO_CREDENTIALS, "the credentials are incomplete")
                    .fact(format!("{missing} is not set{place}"))
                    .help("set both, or neither: id, key and token are taken from one place"))
            }
        }
    }

    /// `AKID…9f2c`
    pub(crate) fn shortened_id(&self) -> String {
        let chars: Vec<_> = self.secret_id.chars().collect();
        match (chars.first_chunk::<4>(), chars.last_chunk::<4>()) {
            (Some(start), Some(end)) if chars.len() >= 12 => {
                format!("{}…{}", start.iter().collect::<String>(), end.iter().collect::<String>())
            }
            _ => "…".to_owned(),
        }
    }
}

impl Found<Keys> {
    /// What a signer takes.
    pub(crate) fn credentials(&self) -> Result<Credentials, Failure> {
        let malformed = |error: SignError| {
            Failure::new(Kind::BAD_CREDENTIALS, "the credentials are malformed")
                .fact(format!("{error}; they come from {}", self.origin))
                .help("check them for spaces and line ends")
        };
        let Keys { secret_id, secret_key, token, expires_at } = &self.value;
        let mut credentials = Credentials::new(secret_id.as_str(), secret_key.reveal());
        if let Some(token) = token {
            credentials =
                credentials.and_then(|credentials| credentials.with_token(token.reveal()));
        }
        let credentials = credentials.map_err(malformed)?;
        Ok(match expires_at {
            Some(at) => credentials.with_expiry(*at),
            None => credentials,
        })
    }
}

/// Variables that belong together
struct Family {
    id: &'static str,
    key: &'static str,
    tokens: &'static [&'static str],
}

/// In the order of their rank. The others' names are those that other clients read.
const FAMILIES: [Family; 4] = [
    Family {
        id: "COSBATCH_SECRET_ID",
        key: "COSBATCH_SECRET_KEY",
        tokens: &["COSBATCH_SECURITY_TOKEN"],
    },
    Family {
        id: "TENCENTCLOUD_SECRET_ID",
        key: "TENCENTCLOUD_SECRET_KEY",
        tokens: &["TENCENTCLOUD_SECURITY_TOKEN", "TENCENTCLOUD_TOKEN"],
    },
    Family {
        id: "TKE_SECRET_ID",
        key: "TKE_SECRET_KEY",
        tokens: &["TENCENTCLOUD_SECURITY_TOKEN", "TENCENTCLOUD_TOKEN", "QCLOUD_SECRET_TOKEN"],
    },
    Family { id: "COS_SECRETID", key: "COS_SECRETKEY", tokens: &[] },
];

/// The first family of which anything but a token is set.
pub(crate) fn from_environment() -> Result<Option<Found<Keys>>, Failure> {
    for Family { id, key, tokens } in FAMILIES {
        let mut token = None;
        for name in tokens {
            token = token.or(variable(name)?);
        }
        let origin = Origin::Variable(id);
        let keys = Keys::pair(variable(id)?, variable(key)?, token, [id, key], &origin)?;
        if let Some(keys) = keys {
            return Ok(Some(Found::new(keys, origin)));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_is_shown_of_a_secret() {
        assert_eq!(Secret::new("0123456789abcdef").shortened(), "…cdef");
        assert_eq!(Secret::new("0123456789abcde").shortened(), "…");
        assert_eq!(format!("{:?}", Secret::new("0123456789abcdef")), "…");
        let keys = |id: &str| Keys {
            secret_id: id.to_owned(),
            secret_key: Secret::new("k"),
            token: None,
            expires_at: None,
        };
        assert_eq!(keys("AKIDQjz3lt9f2c").shortened_id(), "AKID…9f2c");
        assert_eq!(keys("AKIDshort").shortened_id(), "…");
    }
}
