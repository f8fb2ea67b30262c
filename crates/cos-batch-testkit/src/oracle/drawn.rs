use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Values drawn by the strategies that properties use, from the random numbers that bytes are the
/// seed of
///
/// The bytes are not drawn from one by one: where a generator rejects the number that they end in, it
/// would ask for another for ever.
pub(super) struct Drawn(TestRunner);

impl Drawn {
    pub(super) fn from(data: &[u8]) -> Self {
        let config =
            Config { max_local_rejects: 64, failure_persistence: None, ..Config::default() };
        let mut seed = [0_u8; 32];
        for (n, byte) in data.iter().enumerate() {
            if let Some(place) = seed.get_mut(n % 32) {
                *place = place.rotate_left(3) ^ byte;
            }
        }
        let random = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
        Self(TestRunner::new_with_rng(config, random))
    }

    /// The next value; `None` where the bytes stand for none.
    pub(super) fn next<S: Strategy>(&mut self, strategy: S) -> Option<S::Value> {
        strategy.new_tree(&mut self.0).ok().map(|tree| tree.current())
    }
}
