use std::time::Duration;

use cos_batch::VerifyPolicy;

/// How the service behaves where it may behave in several ways
///
/// | setting | unless told | documented |
/// | --- | --- | --- |
/// | `verify.skew` | 900 seconds | no, our choice |
/// | `verify.strict` | off | no, our choice: the docs require no header to be signed |
/// | `listed_for` | 90 days | yes |
/// | `always_next_token` | off | no, our choice: the docs can be read either way |
/// | `seed` | 0 | no, of the emulator only |
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Settings {
    /// What is demanded of a signature.
    pub verify: VerifyPolicy,
    /// How long after its creation a job is listed.
    ///
    /// Page: [managing jobs](https://www.tencentcloud.com/document/product/436/32961).
    pub listed_for: Duration,
    /// Give the last job's id as `NextToken` on the last page too, as the docs' wording has it. By
    /// default the last page has none, as their template has it. A page without jobs never has
    /// one.
    pub always_next_token: bool,
    /// What request ids and trace ids are made of, besides the time and a count of the requests:
    /// the same seed, times and requests give the same replies, byte for byte.
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            verify: VerifyPolicy::default(),
            listed_for: Duration::from_secs(90 * 24 * 60 * 60),
            always_next_token: false,
            seed: 0,
        }
    }
}
