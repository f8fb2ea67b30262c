//! The time that the jobs live in

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::{Duration, Instant};

use cos_batch::time::OffsetDateTime;

use crate::moment::after;

/// How time passes for the jobs
///
/// A service has two times. What travels over the wire lives in the real one: signatures are checked
/// against it and `Date` tells it, whatever the clock, so that a client with an ordinary clock can
/// use a fast service. The jobs live in the time that this clock tells: when they were created, when
/// they ended, how long they are listed, how fast their tasks run.
///
/// With a folder for its data a service never goes back in time: it goes on from the latest moment
/// that its jobs have seen, if that is later than now.
///
/// ```
/// use cos_batch_emulator::Clock;
///
/// assert_eq!("real".parse(), Ok(Clock::Real));
/// assert_eq!("manual".parse(), Ok(Clock::Manual));
/// assert_eq!("x3600".parse::<Clock>()?.to_string(), "x3600");
/// assert!("x0".parse::<Clock>().is_err());
/// # Ok::<(), cos_batch_emulator::ClockError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Clock {
    /// As it passes for everybody: `real`.
    #[default]
    Real,
    /// That many times as fast: `x3600` makes an hour of a second.
    Times(NonZeroU32),
    /// Not at all, until it is put forward: `manual`.
    Manual,
}

/// A text that is no [`Clock`]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ClockError(());

impl Clock {
    /// How many seconds of the jobs are a second.
    pub(crate) fn rate(self) -> u32 {
        match self {
            Self::Real => 1,
            Self::Times(rate) => rate.get(),
            Self::Manual => 0,
        }
    }
}

impl FromStr for Clock {
    type Err = ClockError;

    fn from_str(text: &str) -> Result<Self, ClockError> {
        match text {
            "real" => Ok(Self::Real),
            "manual" => Ok(Self::Manual),
            _ => text
                .strip_prefix('x')
                .filter(|rate| rate.bytes().all(|byte| byte.is_ascii_digit()))
                .and_then(|rate| rate.parse().ok())
                .map(Self::Times)
                .ok_or(ClockError(())),
        }
    }
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Real => f.write_str("real"),
            Self::Times(rate) => write!(f, "x{rate}"),
            Self::Manual => f.write_str("manual"),
        }
    }
}

impl fmt::Display for ClockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected real, manual, or x and a number from 1 to 4294967295, such as x3600")
    }
}

impl std::error::Error for ClockError {}

/// A clock that was set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timeline {
    clock: Clock,
    set_at: Instant,
    set_to: OffsetDateTime,
}

impl Timeline {
    pub(crate) fn new(clock: Clock, start: OffsetDateTime) -> Self {
        Self { clock, set_at: Instant::now(), set_to: start }
    }

    pub(crate) fn clock(&self) -> Clock {
        self.clock
    }

    /// What it tells now.
    pub(crate) fn now(&self) -> OffsetDateTime {
        self.at(Instant::now())
    }

    fn at(&self, instant: Instant) -> OffsetDateTime {
        let passed = instant.saturating_duration_since(self.set_at);
        after(self.set_to, passed.saturating_mul(self.clock.rate()))
    }

    /// Sets it; it goes on from there.
    pub(crate) fn set(&mut self, to: OffsetDateTime) {
        *self = Self::new(self.clock, to);
    }

    /// How long it takes in real time until it tells `then`, or `None` where it never will.
    pub(crate) fn until(&self, then: OffsetDateTime) -> Option<Duration> {
        let left = Duration::try_from(then - self.now()).unwrap_or_default();
        match self.clock.rate() {
            0 => None,
            // A little too late rather than too early.
            rate => Some((left / rate).saturating_add(Duration::from_millis(1))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    fn timeline(clock: &str) -> Timeline {
        Timeline::new(clock.parse().expect("a clock"), START)
    }

    #[test]
    fn a_second_is_as_long_as_the_clock_has_it() {
        for (clock, seconds) in [("real", 1), ("x1", 1), ("x3600", 3600), ("manual", 0)] {
            let timeline = timeline(clock);
            let later = timeline.at(timeline.set_at + Duration::from_secs(1));
            assert_eq!((later - START).whole_seconds(), seconds, "{clock}");
        }
    }

    #[test]
    fn what_is_an_hour_off_is_a_second_off_on_a_fast_clock() {
        let hour = after(START, Duration::from_secs(3600));
        let until = timeline("x3600").until(hour).expect("it comes");
        assert!(until <= Duration::from_millis(1001), "{until:?}");
        assert_eq!(timeline("manual").until(hour), None);
        assert_eq!(timeline("real").until(START), Some(Duration::from_millis(1)));
    }

    #[test]
    fn it_ends_where_timestamps_end() {
        let end = after(START, Duration::MAX);
        assert_eq!(end.year(), 9999);
        let fast = timeline("x4294967295");
        assert_eq!(fast.at(fast.set_at + Duration::from_secs(1_000_000)), end);
    }

    #[test]
    fn what_is_no_clock_is_refused() {
        for text in ["", "x", "x0", "x-1", "x+1", "x 1", "x1.5", "x4294967296", "Real", "2"] {
            assert_eq!(text.parse::<Clock>(), Err(ClockError(())), "{text}");
        }
    }
}
