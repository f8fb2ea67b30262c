use std::str::FromStr;

use cos_batch::time::OffsetDateTime;
use cos_batch::{ClientRequestToken, ValueError};
use uuid::Uuid;

/// `--token`: a token, or the wish for a new one
#[derive(Clone, Debug)]
pub(super) enum Token {
    Given(ClientRequestToken<'static>),
    New,
}

impl Token {
    pub(super) fn value(&self) -> ClientRequestToken<'static> {
        match self {
            Self::Given(token) => token.clone(),
            Self::New => new(),
        }
    }
}

impl FromStr for Token {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        match text {
            "new" => Ok(Self::New),
            text => text.parse().map(Self::Given),
        }
    }
}

/// A token that nobody had before. It tells when it was made, to whoever has to look for its job.
#[expect(clippy::expect_used, reason = "a UUID has 36 bytes")]
pub(super) fn new() -> ClientRequestToken<'static> {
    Uuid::now_v7().to_string().parse().expect("a token")
}

/// When a token was made, if it tells.
pub(super) fn made_at(token: &ClientRequestToken<'_>) -> Option<OffsetDateTime> {
    let uuid: Uuid = token.as_str().parse().ok()?;
    let (seconds, nanos) = uuid.get_timestamp().filter(|_| uuid.get_version_num() == 7)?.to_unix();
    let made = OffsetDateTime::from_unix_timestamp(i64::try_from(seconds).ok()?).ok()?;
    made.replace_nanosecond(nanos).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_token_tells_when_it_was_made() {
        let (before, token, after) = (OffsetDateTime::now_utc(), new(), OffsetDateTime::now_utc());
        let made = made_at(&token).expect("it tells");
        // It counts milliseconds.
        let early = cos_batch::time::Duration::milliseconds(1);
        assert!(before - early <= made && made <= after, "{before} {made} {after}");
        assert_ne!(new(), new());
    }

    #[test]
    fn others_do_not() {
        for token in ["184ce261-18af-5e3d-3e30-253723cfd937", "my-token", "x"] {
            assert_eq!(made_at(&token.parse().expect("a token")), None);
        }
    }
}
