//! Ends the process at a certain step, as it were: it unwinds, without a word, to the test

use std::cell::Cell;
use std::fs::File;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

thread_local! {
    /// How many steps are left; none counted where it is `None`.
    static STEPS: Cell<Option<u32>> = const { Cell::new(None) };
}

struct Burnt;

/// A step is about to be taken.
pub(in crate::buckets) fn burn() {
    if is_last() {
        resume_unwind(Box::new(Burnt));
    }
}

/// Bytes are about to be written: the process may end before them or in the middle.
pub(in crate::buckets) fn tear(file: &mut File, bytes: &[u8]) {
    burn();
    if is_last() {
        let _ = file.write_all(&bytes[..bytes.len() / 2]);
        resume_unwind(Box::new(Burnt));
    }
}

fn is_last() -> bool {
    STEPS.with(|steps| match steps.get() {
        Some(0) => {
            steps.set(None);
            true
        }
        Some(left) => {
            steps.set(Some(left - 1));
            false
        }
        None => false,
    })
}

/// What comes of something that has so many steps to take; `None` where they were too few.
pub(super) fn within<T>(steps: u32, act: impl FnOnce() -> T) -> Option<T> {
    STEPS.with(|left| left.set(Some(steps)));
    let outcome = catch_unwind(AssertUnwindSafe(act));
    STEPS.with(|left| left.set(None));
    match outcome {
        Ok(outcome) => Some(outcome),
        Err(why) if why.is::<Burnt>() => None,
        Err(why) => resume_unwind(why),
    }
}
