//! What holds for every value, every signature and every course of events
//!
//! `PROPTEST_CASES` says how often each property is tried, 256 unless told; the slow ones less.

#[path = "properties/cuts.rs"]
mod cuts;
#[path = "properties/json.rs"]
mod json;
#[path = "properties/machines.rs"]
mod machines;
#[path = "properties/oracles.rs"]
mod oracles;
#[path = "properties/pages.rs"]
mod pages;
#[path = "properties/refused.rs"]
mod refused;
#[path = "properties/round.rs"]
mod round;
#[path = "properties/secrets.rs"]
mod secrets;
#[path = "properties/signing.rs"]
mod signing;

use proptest::test_runner::{Config, FileFailurePersistence};

/// How properties are tried: `one_in` of the usual number of cases; failures are kept, unless
/// `PROPTEST_DISABLE_FAILURE_PERSISTENCE` is set.
fn cases(one_in: u32) -> Config {
    let kept = concat!(env!("CARGO_MANIFEST_DIR"), "/proptest-regressions/properties.txt");
    let mut usual = Config::default();
    if let Some(persistence) = &mut usual.failure_persistence {
        *persistence = Box::new(FileFailurePersistence::Direct(kept));
    }
    Config { cases: usual.cases.div_ceil(one_in), ..usual }
}
