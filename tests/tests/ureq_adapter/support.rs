use std::time::Duration;

use cos_batch::drive::Failed;
use cos_batch::{Endpoint, ListJobs, ListJobsResult};
use cos_batch_testkit::peer::Peer;
pub(crate) use cos_batch_ureq::{Client, SendErrorKind, Transport};
use cos_batch_ureq::{Listing, SendError};

pub(crate) use crate::shared::{
    Touch, bounded, endpoint, ids, page, peer, signer, wait_until, xml,
};

/// What the adapter calls itself.
pub(crate) const NAME: &str = "cos-batch-ureq";

/// What it says to headers without end.
pub(crate) const TOO_BIG: &str = "response header is too big";

/// A client that tries three times in quick succession.
pub(crate) fn client_of(endpoint: Endpoint) -> Client {
    let client = Client::new(endpoint, signer("AKIDEXAMPLE"));
    let mut retry = client.retry().clone();
    retry.base = Duration::from_millis(2);
    client.with_retry(retry).with_timeout(Duration::from_secs(20))
}

pub(crate) fn client(peer: &Peer) -> Client {
    client_of(endpoint("http", peer.address()))
}

pub(crate) fn list(client: &Client) -> Result<ListJobsResult<'static>, Failed<SendError>> {
    client.call(ListJobs::new())
}

pub(crate) fn failure<T: std::fmt::Debug>(
    result: Result<T, Failed<SendError>>,
) -> Failed<SendError> {
    result.expect_err("a failure")
}

#[test]
fn clients_are_shared_between_threads() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<Client>();
    shared::<Transport>();
    shared::<Listing>();
    shared::<SendError>();
}
