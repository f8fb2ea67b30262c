use std::fmt;

use http::Request;
use time::OffsetDateTime;

use super::Signer;
use crate::error::SignError;
use crate::sign::digest::Key;
use crate::text::Digits;

/// What all signatures of one window of time have in common, computed once
///
/// [`Signer::sign`] makes a window, and its key, for every request. Whoever signs many keeps one
/// window for as long as it suits them, and saves about a quarter of the time. A request says its
/// window, so the service sees that they have the same; a service that lets a signature in lets
/// in all of its window.
///
/// ```
/// use cos_batch::{Credentials, Signer};
/// use time::{Duration, OffsetDateTime};
///
/// let signer = Signer::new(Credentials::new("AKIDEXAMPLE", "SECRETEXAMPLE")?);
/// let now = OffsetDateTime::from_unix_timestamp(1_557_902_860)?;
///
/// let mut key = signer.key(now);
/// for minute in 0..180 {
///     let now = now + Duration::minutes(minute);
///     // A quarter of an hour for the request to arrive.
///     if !key.holds(now + Duration::minutes(15)) {
///         key = signer.key(now);
///     }
///     let mut request = http::Request::get("http://h.example/jobs").body(())?;
///     key.sign(&mut request, now)?;
///     assert!(request.headers().contains_key("authorization"));
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct SigningKey {
    signer: Signer,
    window: Window,
}

impl Signer {
    /// The key of all signatures in the window that begins now, as long as the signer has it.
    #[must_use]
    pub fn key(&self, now: OffsetDateTime) -> SigningKey {
        SigningKey { signer: self.clone(), window: self.window_at(now) }
    }

    pub(super) fn window_at(&self, now: OffsetDateTime) -> Window {
        let before = i64::try_from(self.before.as_secs()).unwrap_or(i64::MAX);
        let start = u64::try_from(now.unix_timestamp().saturating_sub(before)).unwrap_or_default();
        let end = start.saturating_add(self.length.as_secs());
        let time = Digits::pair(start, end);
        Window { start, end, key: self.secret_key.sign_key(time.as_bytes()), time }
    }
}

impl SigningKey {
    /// Does a signature with this key hold at that time? From the start of its window to its end.
    #[must_use]
    pub fn holds(&self, at: OffsetDateTime) -> bool {
        let Window { start, end, .. } = self.window;
        u64::try_from(at.unix_timestamp()).is_ok_and(|at| (start..=end).contains(&at))
    }

    /// Signs a request as [`Signer::sign`] does, in the window of this key
    ///
    /// # Errors
    ///
    /// [`SignError::NotInWindow`] where the key does not hold now, and those of [`Signer::sign`].
    pub fn sign<B>(&self, request: &mut Request<B>, now: OffsetDateTime) -> Result<(), SignError> {
        self.signer.refuse_expired(now)?;
        if !self.holds(now) {
            return Err(SignError::NotInWindow);
        }
        self.signer.sign_in(&self.window, request)
    }
}

/// The window is no secret.
impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("signer", &self.signer)
            .field("key_time", &String::from_utf8_lossy(self.window.time()))
            .finish_non_exhaustive()
    }
}

/// When signatures hold, in Unix seconds, and the key that makes them.
#[derive(Clone)]
pub(super) struct Window {
    start: u64,
    end: u64,
    time: Digits,
    /// The `SignKey`.
    key: Key,
}

impl Window {
    /// `KeyTime`
    pub(super) fn time(&self) -> &[u8] {
        self.time.as_bytes()
    }

    pub(super) fn key(&self) -> &Key {
        &self.key
    }
}
