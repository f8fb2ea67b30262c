use std::time::Duration;

use http::{HeaderMap, header};
use time::OffsetDateTime;

use crate::date::parse_http_date;

/// How often, how long and until when a machine tries
///
/// Waiting is exponential with full jitter: before the n-th repetition a random time between
/// nothing and `base`·2ⁿ⁻¹, at most `cap`. The randomness comes from `seed` alone.
///
/// `Retry-After`, in seconds or as a date, is honoured as the least time to wait; where the
/// service asks for more than `patience`, the machine gives up instead of coming back too early.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Retry {
    /// How often a request is sent at most, the first time included; 0 counts as 1. 3 unless told.
    pub attempts: u32,
    /// The upper bound of the first rest. 200 ms unless told.
    pub base: Duration,
    /// The upper bound of every rest. 20 s unless told.
    pub cap: Duration,
    /// The longest `Retry-After` that is waited for. 60 s unless told.
    pub patience: Duration,
    /// Where the randomness comes from: a different number for every client, the same number for
    /// the same rests.
    pub seed: u64,
    /// When to give up, whatever is left of the attempts.
    pub deadline: Option<OffsetDateTime>,
    /// Sign once more with the service's time where it refuses ours. Yes unless told.
    pub correct_clock: bool,
}

impl Retry {
    /// Three attempts without a deadline.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            attempts: 3,
            base: Duration::from_millis(200),
            cap: Duration::from_secs(20),
            patience: Duration::from_secs(60),
            seed,
            deadline: None,
            correct_clock: true,
        }
    }

    /// How long to rest after `attempts` have failed; `None` where there is no next one.
    pub(super) fn rest(&self, attempts: u32, asked_for: Option<Duration>) -> Option<Duration> {
        if attempts >= self.attempts || asked_for.is_some_and(|asked| asked > self.patience) {
            return None;
        }
        Some(self.jitter(attempts).max(asked_for.unwrap_or_default()))
    }

    /// The time left until the deadline, if there is one; nothing once it has passed.
    pub(super) fn left(&self, now: OffsetDateTime) -> Option<Duration> {
        self.deadline.map(|deadline| saturating_until(now, deadline))
    }

    fn jitter(&self, attempts: u32) -> Duration {
        self.part_of(doubled(self.base, attempts).min(self.cap), attempts)
    }

    /// A random part of a time: the n-th of this seed.
    pub(super) fn part_of(&self, whole: Duration, n: u32) -> Duration {
        let nanos = u64::try_from(whole.as_nanos()).unwrap_or(u64::MAX);
        // The upper half of a product of 64 bits each is uniform from 0 to `nanos`.
        let part = u128::from(random(self.seed, n)) * u128::from(nanos);
        Duration::from_nanos(u64::try_from(part >> 64).unwrap_or(nanos))
    }
}

/// A time, doubled from the second on.
pub(super) fn doubled(base: Duration, nth: u32) -> Duration {
    base.saturating_mul(1_u32.checked_shl(nth.saturating_sub(1)).unwrap_or(u32::MAX))
}

/// The n-th number of a seed, by splitmix64.
fn random(seed: u64, n: u32) -> u64 {
    let mut z = seed.wrapping_add(u64::from(n).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The time that a reply asks to be given, in seconds or until a date.
pub(super) fn retry_after(headers: &HeaderMap, now: OffsetDateTime) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More seconds than fit are more than anyone waits for.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    parse_http_date(value).map(|date| saturating_until(now, date))
}

/// The time from `now` until `then`; nothing where that is past.
fn saturating_until(now: OffsetDateTime, then: OffsetDateTime) -> Duration {
    Duration::try_from(then - now).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(seconds).expect("a time")
    }

    #[test]
    fn jitter_is_full_bounded_and_repeatable() {
        let retry = Retry { attempts: u32::MAX, ..Retry::new(7) };
        let rest = |attempts| retry.rest(attempts, None).expect("another attempt");
        let rests: Vec<_> = (1..100).map(rest).collect();
        assert_eq!(rests, (1..100).map(rest).collect::<Vec<_>>());
        assert!(rests.iter().all(|rest| *rest <= retry.cap));
        assert!(rests[0] <= retry.base && rests[1] <= 2 * retry.base);
        assert!(rests.iter().any(|rest| *rest < retry.cap / 10));
        assert!(rests.iter().any(|rest| *rest > retry.cap / 10 * 9));
    }

    /// The first numbers of the generator, as its author's program gives them for this seed.
    #[test]
    fn numbers_are_those_of_splitmix64() {
        let first =
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
        assert_eq!([1, 2, 3].map(|n| random(1_234_567, n)), first);
    }

    #[test]
    fn attempts_bound_it() {
        let retry = Retry::new(7);
        assert!(retry.rest(2, None).is_some());
        assert_eq!(retry.rest(3, None), None);
        assert_eq!(Retry { attempts: 0, ..retry }.rest(1, None), None);
    }

    #[test]
    fn the_time_left_ends_at_the_deadline() {
        let retry = Retry { deadline: Some(at(10)), ..Retry::new(7) };
        assert_eq!(retry.left(at(4)), Some(Duration::from_secs(6)));
        assert_eq!(retry.left(at(11)), Some(Duration::ZERO));
        assert_eq!(Retry::new(7).left(at(11)), None);
    }

    #[test]
    fn retry_after_is_read_in_both_forms() {
        let asked = |value: &'static str| {
            let value = http::HeaderValue::from_static(value);
            retry_after(&HeaderMap::from_iter([(header::RETRY_AFTER, value)]), at(1_559_103_000))
        };
        assert_eq!(asked("3"), Some(Duration::from_secs(3)));
        assert_eq!(asked("Wed, 29 May 2019 04:10:12 GMT"), Some(Duration::from_secs(12)));
        assert_eq!(asked("Tue, 28 May 2019 04:10:12 GMT"), Some(Duration::ZERO));
        assert_eq!(asked("99999999999999999999999"), Some(Duration::from_secs(u64::MAX)));
        assert_eq!(asked("soon"), None);
        assert_eq!(asked("-3"), None);
        let retry = Retry::new(7);
        assert_eq!(retry.rest(1, asked("3")), Some(Duration::from_secs(3)));
        assert_eq!(retry.rest(1, asked("60")), Some(Duration::from_secs(60)));
        assert_eq!(retry.rest(1, asked("61")), None);
    }
}
