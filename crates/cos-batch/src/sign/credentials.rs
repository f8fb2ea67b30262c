use std::fmt;

use time::OffsetDateTime;
use zeroize::Zeroizing;

use crate::error::SignError;

/// The secret half of a key pair; wiped when dropped, shown by nothing
#[derive(Clone)]
pub struct SecretKey(Zeroizing<Box<str>>);

impl SecretKey {
    /// A secret key: visible ASCII, no space around it
    ///
    /// # Errors
    ///
    /// [`SignError::Credentials`], which does not show the key.
    pub fn new(key: impl Into<String>) -> Result<Self, SignError> {
        let key = Zeroizing::new(key.into().into_boxed_str());
        if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(SignError::Credentials {
                part: "secret key",
                expected: "visible ASCII characters, without space",
            });
        }
        Ok(Self(key))
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

/// Who signs: a secret id and its key, with a token where they are temporary
///
/// `Debug` shows the id only.
#[derive(Clone)]
pub struct Credentials {
    secret_id: Box<str>,
    secret_key: SecretKey,
    security_token: Option<Zeroizing<Box<str>>>,
    expires_at: Option<OffsetDateTime>,
}

impl Credentials {
    /// The credentials of an account or a user
    ///
    /// # Errors
    ///
    /// [`SignError::Credentials`] where one of them is empty, holds a space or what a header
    /// cannot carry. Nothing of them is shown.
    pub fn new(
        secret_id: impl Into<String>,
        secret_key: impl Into<String>,
    ) -> Result<Self, SignError> {
        let secret_id = secret_id.into();
        let legal = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'&' | b'=' | b';');
        if secret_id.is_empty() || !secret_id.bytes().all(legal) {
            return Err(SignError::Credentials {
                part: "secret id",
                expected: "visible ASCII characters, without space, &, = and ;",
            });
        }
        Ok(Self {
            secret_id: secret_id.into(),
            secret_key: SecretKey::new(secret_key)?,
            security_token: None,
            expires_at: None,
        })
    }

    /// The same as temporary credentials, whose token travels in `x-cos-security-token`
    ///
    /// # Errors
    ///
    /// [`SignError::Credentials`] where the token is empty or holds what a header cannot carry.
    pub fn with_token(mut self, security_token: impl Into<String>) -> Result<Self, SignError> {
        let token = Zeroizing::new(security_token.into().into_boxed_str());
        let legal = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
        if token.is_empty() || token.trim() != &**token || !token.bytes().all(legal) {
            return Err(SignError::Credentials {
                part: "security token",
                expected: "visible ASCII characters, without space around them",
            });
        }
        self.security_token = Some(token);
        Ok(self)
    }

    /// The same, not to be used from a moment on.
    #[must_use]
    pub fn with_expiry(mut self, expires_at: OffsetDateTime) -> Self {
        self.expires_at = Some(expires_at);
        self
    }

    /// The public half of the key pair.
    #[must_use]
    pub fn secret_id(&self) -> &str {
        &self.secret_id
    }

    /// The secret half.
    #[must_use]
    pub fn secret_key(&self) -> &SecretKey {
        &self.secret_key
    }

    /// The moment from which they are refused, if they expire.
    #[must_use]
    pub fn expires_at(&self) -> Option<OffsetDateTime> {
        self.expires_at
    }

    /// The token of temporary credentials: a secret too.
    pub(super) fn security_token(&self) -> Option<&str> {
        self.security_token.as_ref().map(|token| &***token)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("secret_id", &self.secret_id)
            .field("security_token", &self.security_token.as_ref().map(|_| "…"))
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malformed_credentials_are_refused_and_not_shown() {
        let secret = "SECRET with space";
        for error in [
            Credentials::new("", "key").expect_err("empty id"),
            Credentials::new(" id", "key").expect_err("space before the id"),
            Credentials::new("a&q-ak=b", "key").expect_err("an id with an ampersand"),
            Credentials::new("id", "").expect_err("empty key"),
            Credentials::new("id", secret).expect_err("key with space"),
            Credentials::new("id", "key\n").expect_err("key with a line end"),
            Credentials::new("id", "key").expect("legal").with_token("a\nb").expect_err("token"),
        ] {
            assert!(!format!("{error} {error:?}").contains("SECRET"), "{error:?}");
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let credentials = Credentials::new("AKID", "SECRETKEY")
            .and_then(|credentials| credentials.with_token("TOKEN"))
            .expect("credentials");
        assert_eq!(format!("{:?}", credentials.secret_key()), "SecretKey(…)");
        let shown = format!("{credentials:?}");
        assert!(shown.contains("AKID"), "{shown}");
        assert!(!shown.contains("SECRETKEY") && !shown.contains("TOKEN"), "{shown}");
    }
}
