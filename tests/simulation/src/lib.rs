//! Many clients of cos-batch against its emulator, in one thread and in virtual time
//!
//! The network drops, delays, duplicates, reorders, cuts and changes what goes over it; clocks are
//! off and jump; credentials rotate; the service is killed and comes back from what its store has.
//! All of it follows from a seed, and the same seed gives the same transcript, byte for byte.
//!
//! What must hold, whatever happens:
//!
//! - A job that a client was told is created is there, and there is no other for the same token;
//!   where it was told that none is, none is ever, but for one that somebody deleted meanwhile, or that
//!   a late copy of a request made which itself came upon a limit.
//! - What a client was told was done is done; what was done is not told to have failed.
//! - No listing has a job twice, and one that came to its end has every job that was there all along.
//! - Statuses move along the documented ways only, across restarts too, and no task is forgotten.
//! - Nobody is let in with a wrong signature, nor with a request that was changed on the way.
//! - No job is said to be lost before every page was looked at for it.
//! - Every machine ends, within its attempts and by its deadline; asked twice it says the same, and
//!   its end stays the end.
//! - Who woke does not rest again, what was refused for good is not asked again, and a clock that the
//!   service has set right is signed with and not set again.
//!
//! ```
//! let found = cos_batch_simulation::search(0..20);
//! assert!(found.broken.is_none());
//! ```

mod check;
mod client;
mod contract;
mod plan;
mod service;
mod world;

use std::ops::Range;

use plan::Plan;

/// What a search came to
#[derive(Debug)]
#[non_exhaustive]
pub struct Found {
    /// How many seeds were run.
    pub seeds: u64,
    /// How many requests were sent in all.
    pub requests: u64,
    /// How many jobs were created in all.
    pub jobs: u64,
    /// The first seed that breaks a rule, if one does.
    pub broken: Option<Broken>,
}

/// A rule that does not hold
#[derive(Debug)]
#[non_exhaustive]
pub struct Broken {
    /// The seed that shows it.
    pub seed: u64,
    /// The rule, and how it was broken.
    pub rule: String,
    /// What of the seed's plan is needed to show it.
    pub plan: String,
    /// All steps of that much of the plan.
    pub transcript: String,
}

/// Runs seeds until one breaks a rule.
#[must_use]
pub fn search(seeds: Range<u64>) -> Found {
    let mut found = Found { seeds: 0, requests: 0, jobs: 0, broken: None };
    for seed in seeds {
        let plan = Plan::of(seed);
        let ran = world::run(&plan, false);
        found.seeds += 1;
        found.requests += ran.requests;
        found.jobs += ran.jobs;
        if ran.broken.is_some() {
            found.broken = Some(shrink(plan));
            break;
        }
    }
    found
}

/// All steps of a seed.
#[must_use]
pub fn transcript(seed: u64) -> String {
    world::run(&Plan::of(seed), true).transcript
}

/// The least of a plan that still breaks a rule.
fn shrink(mut plan: Plan) -> Broken {
    while let Some(smaller) = plan.smaller().find(|plan| world::run(plan, false).broken.is_some()) {
        plan = smaller;
    }
    let ran = world::run(&plan, true);
    Broken {
        seed: plan.seed,
        rule: ran.broken.unwrap_or_default(),
        plan: plan.to_string(),
        transcript: ran.transcript,
    }
}
