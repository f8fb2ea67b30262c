use std::fmt;

use cos_batch::{Credentials, SecretKey, SignError};

/// Who may ask: a secret id, its key and, for temporary credentials, their token
///
/// `Default` is the made-up account that a new emulator has. `Debug` shows the id only.
#[derive(Clone)]
pub struct Account {
    credentials: Credentials,
    security_token: Option<Box<str>>,
}

impl Account {
    /// The secret id of the made-up account.
    pub const SECRET_ID: &str = "AKIDLOCAL";
    /// Its secret key, which protects nothing.
    pub const SECRET_KEY: &str = "local-secret";

    /// An account that signs with this key
    ///
    /// # Errors
    ///
    /// [`SignError::Credentials`] where no client could sign with it; it is not shown.
    pub fn new(
        secret_id: impl Into<String>,
        secret_key: impl Into<String>,
    ) -> Result<Self, SignError> {
        let credentials = Credentials::new(secret_id, secret_key)?;
        Ok(Self { credentials, security_token: None })
    }

    /// The same as temporary credentials: a request must carry this token
    ///
    /// # Errors
    ///
    /// [`SignError::Credentials`] where a header cannot carry the token.
    pub fn with_token(self, security_token: impl Into<String>) -> Result<Self, SignError> {
        let security_token = security_token.into();
        Ok(Self {
            credentials: self.credentials.with_token(security_token.as_str())?,
            security_token: Some(security_token.into()),
        })
    }

    /// What a client signs with.
    #[must_use]
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// The key, if id and token are those of this account
    ///
    /// Whether the service minds a token that nobody asked for is undocumented; we do not.
    pub(crate) fn key_of(&self, secret_id: &str, token: Option<&str>) -> Option<SecretKey> {
        let same_id = self.credentials.secret_id() == secret_id;
        let same_token = self.security_token.is_none() || self.security_token.as_deref() == token;
        (same_id && same_token).then(|| self.credentials.secret_key().clone())
    }
}

impl Default for Account {
    #[expect(clippy::expect_used, reason = "both are constants, and legal")]
    fn default() -> Self {
        Self::new(Self::SECRET_ID, Self::SECRET_KEY).expect("legal constants")
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Account").field(&self.credentials).finish()
    }
}
