use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use cos_batch::drive::Failed;
use cos_batch::{DescribeJobResult, ListJobsResult, Machine, NextToken, Pages, Watch};
use cos_batch_adapter::SendError;
use futures_core::{FusedStream, Stream};

use crate::client::Client;
use crate::connections::Connections;
use crate::service::HttpService;

type Item<M> = Result<<M as Machine>::Item, Failed<SendError>>;
type Running<M> = Pin<Box<dyn Future<Output = (M, Option<Item<M>>)> + Send>>;

/// The items of a machine, brought as they are asked for
///
/// A [`Stream`]; without any crate of streams, [`next`](Self::next) gives the next item. It ends
/// after the last item, and after an error. No item is lost where the asking is given up: the next
/// one to ask gets it.
#[must_use = "nothing is sent until an item is asked for"]
pub struct Items<M: Machine, S = Connections> {
    client: Client<S>,
    running: Option<Running<M>>,
    /// The machine as it was left; `None` while it runs.
    machine: Option<M>,
    ended: bool,
}

/// The answers of a watch, each with what is known of the job.
pub type Watching<S = Connections> = Items<Watch, S>;

impl<M: Machine, S> Items<M, S> {
    pub(crate) fn new(client: Client<S>, machine: M) -> Self {
        Self { client, running: None, machine: Some(machine), ended: false }
    }

    /// The machine underneath: it knows the last request's id, attempts and clock. `None` while an
    /// item is being brought.
    #[must_use]
    pub fn machine(&self) -> Option<&M> {
        self.machine.as_ref()
    }
}

impl<M, S> Items<M, S>
where
    M: Machine<Item: Send> + Send + 'static,
    S: HttpService,
{
    /// The next item; `None` after the last one, and after an error.
    ///
    /// # Errors
    ///
    /// [`Failed`], with the machine's error.
    pub async fn next(&mut self) -> Option<Item<M>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl<M, S> Stream for Items<M, S>
where
    M: Machine<Item: Send> + Send + 'static,
    S: HttpService,
{
    type Item = Item<M>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Item<M>>> {
        let items = self.get_mut();
        if items.ended {
            return Poll::Ready(None);
        }
        if let Some(mut machine) = items.machine.take() {
            let client = items.client.clone();
            items.running = Some(Box::pin(async move {
                let item = client.run(&mut machine).await.transpose();
                (machine, item)
            }));
        }
        let Some(running) = &mut items.running else { return Poll::Ready(None) };
        let (machine, item) = ready!(running.as_mut().poll(context));
        items.running = None;
        items.machine = Some(machine);
        items.ended = !matches!(item, Some(Ok(_)));
        Poll::Ready(item)
    }
}

impl<M, S> FusedStream for Items<M, S>
where
    M: Machine<Item: Send> + Send + 'static,
    S: HttpService,
{
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

// Neither the client nor the machine in it is ever pinned.
impl<M: Machine, S> Unpin for Items<M, S> {}

impl<S> Items<Watch, S> {
    /// The same with another first rest and another longest one; see [`Watch::with_intervals`].
    pub fn with_intervals(self, first: Duration, longest: Duration) -> Self {
        let machine = self.machine.map(|watch| watch.with_intervals(first, longest));
        Self { machine, ..self }
    }

    /// The same, ending also where the job is `Suspended`.
    pub fn until_suspended(self) -> Self {
        Self { machine: self.machine.map(Watch::until_suspended), ..self }
    }

    /// The last answer, if there was one: what is known when the deadline has passed. `None` while
    /// another is being brought.
    #[must_use]
    pub fn last_answer(&self) -> Option<&DescribeJobResult<'static>> {
        self.machine.as_ref().and_then(Watch::last)
    }
}

impl<M: Machine, S> fmt::Debug for Items<M, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items")
            .field("client", &self.client)
            .field("running", &self.running.is_some())
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}

/// The pages of a listing: [`Items`] that know where they stand while a page is read, too
///
/// A listing that ended in an error goes on from its [`resume_token`](Self::resume_token).
#[derive(Debug)]
#[must_use = "a listing reads nothing until it is asked"]
pub struct Listing<S = Connections> {
    items: Items<Pages, S>,
    token: Option<NextToken<'static>>,
    pages: u32,
}

impl<S> Listing<S> {
    pub(crate) fn new(items: Items<Pages, S>) -> Self {
        let token = items.machine().and_then(Pages::resume_token).cloned();
        Self { items, token, pages: 0 }
    }

    /// The token of the page that comes next; `None` at the start of the listing and at its end.
    #[must_use]
    pub fn resume_token(&self) -> Option<&NextToken<'static>> {
        self.token.as_ref()
    }

    /// How many pages have come.
    #[must_use]
    pub fn pages(&self) -> u32 {
        self.pages
    }

    /// The machine underneath: it knows the last request's id, attempts and clock. `None` while a
    /// page is being read.
    #[must_use]
    pub fn machine(&self) -> Option<&Pages> {
        self.items.machine()
    }
}

impl<S: HttpService> Listing<S> {
    /// The next page; `None` after the last one, and after an error.
    ///
    /// # Errors
    ///
    /// [`Failed`], with the error of [`Pages`].
    pub async fn next(&mut self) -> Option<Result<ListJobsResult<'static>, Failed<SendError>>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl<S: HttpService> Stream for Listing<S> {
    type Item = Result<ListJobsResult<'static>, Failed<SendError>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let page = ready!(Pin::new(&mut self.items).poll_next(context));
        if let Some(machine) = self.items.machine() {
            (self.token, self.pages) = (machine.resume_token().cloned(), machine.pages());
        }
        Poll::Ready(page)
    }
}

impl<S: HttpService> FusedStream for Listing<S> {
    fn is_terminated(&self) -> bool {
        self.items.is_terminated()
    }
}
