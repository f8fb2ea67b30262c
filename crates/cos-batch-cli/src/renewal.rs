//! Keys that expire, taken from their source again before they do

use std::sync::{Arc, Mutex, PoisonError};

use cos_batch::time::{Duration, OffsetDateTime};
use cos_batch::{Credentials, Signer};

use crate::arguments::Target;
use crate::config::Config;
use crate::talk::Talk;

/// How long before their end keys are asked for anew.
const EARLY: Duration = Duration::minutes(1);

/// How often their source is asked at most.
const SELDOM: Duration = Duration::seconds(5);

/// The signer of the moment
pub(crate) struct Renewal {
    target: Target,
    talk: Talk,
    signer_of: fn(Credentials) -> Signer,
    current: Mutex<Current>,
}

struct Current {
    signer: Arc<Signer>,
    expires_at: Option<OffsetDateTime>,
    /// When the source was asked last.
    asked_at: OffsetDateTime,
}

impl Renewal {
    pub(crate) fn new(
        credentials: Credentials,
        signer_of: fn(Credentials) -> Signer,
        target: Target,
        talk: Talk,
    ) -> Self {
        let expires_at = credentials.expires_at();
        let signer = Arc::new(signer_of(credentials));
        let current = Current { signer, expires_at, asked_at: OffsetDateTime::now_utc() };
        Self { target, talk: talk.quietly(), signer_of, current: Mutex::new(current) }
    }

    /// Where the source has no new keys the old ones stay, and expire.
    pub(crate) fn signer(&self, now: OffsetDateTime) -> Arc<Signer> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = current.expires_at.is_some_and(|end| now >= end.saturating_sub(EARLY));
        if is_due && now >= current.asked_at.saturating_add(SELDOM) {
            current.asked_at = now;
            let keys = Config::new(&self.target, self.talk).keys();
            if let Ok(credentials) = keys.and_then(|keys| keys.credentials()) {
                current.expires_at = credentials.expires_at();
                current.signer = Arc::new((self.signer_of)(credentials));
            }
        }
        current.signer.clone()
    }
}
