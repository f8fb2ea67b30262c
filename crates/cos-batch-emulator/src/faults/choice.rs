//! Which requests a fault befalls

use std::sync::Arc;

use cos_batch::http::Method;

use super::{Effect, Faults};
use crate::call::call_of;
use crate::ids::mixed;

/// What must hold of a request.
#[derive(Clone, Debug, Default)]
pub(super) struct Filter {
    /// Any, where there is none.
    pub(super) calls: Vec<String>,
    pub(super) method: Option<Method>,
    pub(super) path: Option<String>,
}

/// Which of the requests for which it holds.
#[derive(Clone, Debug)]
pub(super) enum Pick {
    All,
    Nth(Vec<u64>),
    Every(u64),
    Probability(f64),
}

impl Filter {
    fn holds(&self, method: &Method, path: &str) -> bool {
        let call = call_of(method, path);
        let same_call = self.calls.is_empty()
            || call.is_some_and(|call| self.calls.iter().any(|named| named == call));
        let same_path = self.path.as_deref().is_none_or(|named| match named.strip_suffix('*') {
            Some(start) => path.starts_with(start),
            None => path == named,
        });
        same_call && same_path && self.method.as_ref().is_none_or(|named| named == method)
    }
}

impl Pick {
    /// Is it the `n`th, from 1 on?
    fn picks(&self, n: u64, seed: u64) -> bool {
        match self {
            Self::All => true,
            Self::Nth(numbers) => numbers.contains(&n),
            Self::Every(every) => n.is_multiple_of(*every),
            Self::Probability(share) => {
                // The upper 53 bits are a number from 0 to 1, 1 excluded.
                let number = (mixed(seed, n) >> 11) as f64 / (1_u64 << 53) as f64;
                number < *share
            }
        }
    }
}

/// Faults, and how often each could have happened and has.
#[derive(Debug)]
pub(crate) struct Chooser {
    faults: Faults,
    seed: u64,
    counts: Vec<Counts>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    could: u64,
    has: u64,
}

impl Chooser {
    pub(crate) fn new(faults: Faults, seed: u64) -> Self {
        let counts = vec![Counts::default(); faults.0.len()];
        Self { faults, seed, counts }
    }

    /// What happens to the next request, and by which fault of the file, from 1 on.
    pub(crate) fn next(&mut self, method: &Method, path: &str) -> Option<(usize, Arc<Effect>)> {
        let mut chosen = None;
        for (n, (fault, counts)) in self.faults.0.iter().zip(&mut self.counts).enumerate() {
            if !fault.filter.holds(method, path) {
                continue;
            }
            counts.could += 1;
            let picks = fault.pick.picks(counts.could, mixed(self.seed, n as u64));
            let left = fault.times.is_none_or(|times| counts.has < times);
            if chosen.is_none() && picks && left {
                counts.has += 1;
                chosen = Some((n + 1, Arc::clone(&fault.effect)));
            }
        }
        chosen
    }
}
