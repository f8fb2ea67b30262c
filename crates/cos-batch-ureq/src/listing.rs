use std::iter::FusedIterator;

use cos_batch::drive::Failed;
use cos_batch::{ListJobsResult, NextToken, Pages};

use crate::client::Client;
use crate::error::SendError;

/// The pages of a listing, read as they are asked for
///
/// It ends after the last page, and after an error. A listing that ended in an error goes on from
/// its [`resume_token`](Self::resume_token).
#[derive(Clone, Debug)]
#[must_use = "a listing reads nothing until it is asked"]
pub struct Listing {
    client: Client,
    pages: Pages,
    ended: bool,
}

impl Listing {
    pub(crate) fn new(client: Client, pages: Pages) -> Self {
        Self { client, pages, ended: false }
    }

    /// The token of the page that comes next; `None` at the start of the listing and at its end.
    #[must_use]
    pub fn resume_token(&self) -> Option<&NextToken<'static>> {
        self.pages.resume_token()
    }

    /// How many pages have come.
    #[must_use]
    pub fn pages(&self) -> u32 {
        self.pages.pages()
    }

    /// The machine underneath: it knows the last request's id, attempts and clock.
    #[must_use]
    pub fn machine(&self) -> &Pages {
        &self.pages
    }
}

impl Iterator for Listing {
    type Item = Result<ListJobsResult<'static>, Failed<SendError>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let page = self.client.run(&mut self.pages).transpose();
        self.ended = !matches!(page, Some(Ok(_)));
        page
    }
}

impl FusedIterator for Listing {}
