use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use cos_batch::drive::Failed;
use cos_batch::{ListJobsResult, NextToken, Pages};
use futures_core::{FusedStream, Stream};

use crate::client::Client;
use crate::connections::Connections;
use crate::error::SendError;
use crate::service::HttpService;

type Page = Result<ListJobsResult<'static>, Failed<SendError>>;
type Running = Pin<Box<dyn Future<Output = (Pages, Option<Page>)> + Send>>;

/// The pages of a listing, read as they are asked for
///
/// A [`Stream`] of pages; without any crate of streams, [`next`](Self::next) gives the next one.
/// It ends after the last page, and after an error. A listing that ended in an error goes on from
/// its [`resume_token`](Self::resume_token).
///
/// No page is lost where the asking is given up: the next one to ask gets it.
#[must_use = "a listing reads nothing until it is asked"]
pub struct Listing<S = Connections> {
    client: Client<S>,
    running: Option<Running>,
    /// Where it stood when it was last asked; `None` while it reads.
    pages: Option<Pages>,
    token: Option<NextToken<'static>>,
    count: u32,
    ended: bool,
}

impl<S> Listing<S> {
    pub(crate) fn new(client: Client<S>, pages: Pages) -> Self {
        let token = pages.resume_token().cloned();
        Self { client, running: None, pages: Some(pages), token, count: 0, ended: false }
    }

    /// The token of the page that comes next; `None` at the start of the listing and at its end.
    #[must_use]
    pub fn resume_token(&self) -> Option<&NextToken<'static>> {
        self.token.as_ref()
    }

    /// How many pages have come.
    #[must_use]
    pub fn pages(&self) -> u32 {
        self.count
    }

    /// The machine underneath: it knows the last request's id, attempts and clock. `None` while a
    /// page is being read.
    #[must_use]
    pub fn machine(&self) -> Option<&Pages> {
        self.pages.as_ref()
    }
}

impl<S: HttpService> Listing<S> {
    /// The next page; `None` after the last one, and after an error.
    ///
    /// # Errors
    ///
    /// [`Failed`], with the error of [`Pages`].
    pub async fn next(&mut self) -> Option<Page> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl<S: HttpService> Stream for Listing<S> {
    type Item = Page;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Page>> {
        let listing = self.get_mut();
        if listing.ended {
            return Poll::Ready(None);
        }
        if let Some(mut pages) = listing.pages.take() {
            let client = listing.client.clone();
            listing.running = Some(Box::pin(async move {
                let page = client.run(&mut pages).await.transpose();
                (pages, page)
            }));
        }
        let Some(running) = &mut listing.running else { return Poll::Ready(None) };
        let (pages, page) = ready!(running.as_mut().poll(context));
        listing.running = None;
        listing.token = pages.resume_token().cloned();
        listing.count = pages.pages();
        listing.pages = Some(pages);
        listing.ended = !matches!(page, Some(Ok(_)));
        Poll::Ready(page)
    }
}

impl<S: HttpService> FusedStream for Listing<S> {
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

// The client in it is never pinned.
impl<S> Unpin for Listing<S> {}

impl<S> fmt::Debug for Listing<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listing")
            .field("client", &self.client)
            .field("pages", &self.count)
            .field("resume_token", &self.token)
            .finish_non_exhaustive()
    }
}
