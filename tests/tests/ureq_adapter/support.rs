pub(crate) use cos_batch_ureq::{Client, SendErrorKind, Transport};
use cos_batch_ureq::{Listing, SendError, Watching};

pub(crate) use crate::shared::wait_for as wait_until;
pub(crate) use crate::shared::*;

/// What the adapter calls itself.
pub(crate) const NAME: &str = "cos-batch-ureq";

/// What it says to headers without end.
pub(crate) const TOO_BIG: &str = "response header is too big";

/// What it says to a proxy that wants to be paid.
pub(crate) const PROXY_REFUSED: &str = "407";

#[test]
fn clients_are_shared_between_threads() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<Client>();
    shared::<Transport>();
    shared::<Listing>();
    shared::<Watching>();
    shared::<SendError>();
}
