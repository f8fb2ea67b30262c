//! A machine that comes too late sends nothing; what else holds for machines is an oracle's

use cos_batch::time::Duration;
use cos_batch::{Endpoint, Exchange, ListJobs, Retry};
use cos_batch_testkit::strategies;
use cos_batch_testkit::world::World;
use proptest::prelude::*;

use super::cases;

proptest! {
    #![proptest_config(cases(1))]

    #[test]
    fn a_deadline_that_has_passed_sends_nothing(deadline in strategies::timestamp(), late in 0..i64::MAX) {
        let endpoint = Endpoint::custom("http", "127.0.0.1:9000", "1250000000".parse().unwrap()).unwrap();
        let mut retry = Retry::new(7);
        retry.deadline = Some(deadline);
        let mut world = World::new();
        world.now = deadline.saturating_add(Duration::seconds(late));
        let run = world.run(&mut Exchange::new(endpoint, ListJobs::new(), retry));
        prop_assert_eq!(run.log, "failed: the deadline passed\n");
    }
}
