use std::iter::FusedIterator;
use std::time::Duration;

use cos_batch::drive::Failed;
use cos_batch::{DescribeJobResult, Machine, NextToken, Pages, Watch};
use cos_batch_adapter::SendError;

use crate::client::Client;

/// The items of a machine, brought as they are asked for
///
/// It ends after the last item, and after an error.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until an item is asked for"]
pub struct Items<M> {
    client: Client,
    machine: M,
    ended: bool,
}

/// The pages of a listing
///
/// A listing that ended in an error goes on from its [`resume_token`](Self::resume_token).
pub type Listing = Items<Pages>;

/// The answers of a watch, each with what is known of the job.
pub type Watching = Items<Watch>;

impl<M> Items<M> {
    pub(crate) fn new(client: Client, machine: M) -> Self {
        Self { client, machine, ended: false }
    }

    /// The machine underneath: it knows the last request's id, attempts and clock.
    #[must_use]
    pub fn machine(&self) -> &M {
        &self.machine
    }
}

impl Items<Pages> {
    /// The token of the page that comes next; `None` at the start of the listing and at its end.
    #[must_use]
    pub fn resume_token(&self) -> Option<&NextToken<'static>> {
        self.machine.resume_token()
    }

    /// How many pages have come.
    #[must_use]
    pub fn pages(&self) -> u32 {
        self.machine.pages()
    }
}

impl Items<Watch> {
    /// The same with another first rest and another longest one; see [`Watch::with_intervals`].
    pub fn with_intervals(self, first: Duration, longest: Duration) -> Self {
        Self { machine: self.machine.with_intervals(first, longest), ..self }
    }

    /// The same, ending also where the job is `Suspended`.
    pub fn until_suspended(self) -> Self {
        Self { machine: self.machine.until_suspended(), ..self }
    }

    /// The last answer, if there was one: what is known when the deadline has passed.
    #[must_use]
    pub fn last_answer(&self) -> Option<&DescribeJobResult<'static>> {
        self.machine.last()
    }
}

impl<M: Machine> Iterator for Items<M> {
    type Item = Result<M::Item, Failed<SendError>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let item = self.client.run(&mut self.machine).transpose();
        self.ended = !matches!(item, Some(Ok(_)));
        item
    }
}

impl<M: Machine> FusedIterator for Items<M> {}
