use std::collections::BTreeSet;

use time::OffsetDateTime;

use super::{Event, Exchange, Machine, Retry, Step};
use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::model::{JobId, JobStatus, NextToken};
use crate::op::{ListJobs, ListJobsResult};
use crate::sign::Signer;
use crate::xml::Limits;

/// A whole listing, page by page
///
/// It ends on a page without a token or without jobs, and on a page whose token is the one just
/// sent. A token that was seen earlier is [`Error::RepeatedToken`]; a job that stood on the page
/// before is not brought twice. After `max_pages` pages with a token left it ends in
/// [`Error::PageLimit`]; [`resume_token`](Self::resume_token) then says where another listing goes
/// on.
///
/// One status is filtered by the service. How several are written is undocumented, so with several
/// all jobs are listed and filtered here; a page of which nothing is left is brought all the same.
///
/// Each page is an [`Exchange`] of its own with all attempts; the deadline is one for all.
#[derive(Clone, Debug)]
pub struct Pages {
    /// The page that is being read; at the end, the last one.
    exchange: Exchange<ListJobs>,
    end: End,
    /// The statuses to filter by, where the service cannot be asked to.
    keep: Vec<JobStatus>,
    max_pages: u32,
    pages: u32,
    /// The tokens that were sent, or given to begin with.
    seen: BTreeSet<NextToken<'static>>,
    /// The jobs of the page before.
    last: BTreeSet<JobId<'static>>,
}

#[derive(Clone, Debug)]
enum End {
    Open,
    Done,
    Failed(Error),
}

impl Pages {
    /// How many pages a listing has at most, unless told.
    pub const MAX_PAGES: u32 = 100_000;

    /// The listing of the jobs that `list` asks for, from its `next_token` on.
    #[must_use]
    pub fn new(endpoint: Endpoint, mut list: ListJobs, retry: Retry) -> Self {
        let keep = if list.job_statuses.len() > 1 {
            std::mem::take(&mut list.job_statuses)
        } else {
            Vec::new()
        };
        Self { keep, ..Self::of(Exchange::new(endpoint, list, retry)) }
    }

    /// The listing that begins with this page, all of it.
    pub(super) fn of(exchange: Exchange<ListJobs>) -> Self {
        Self {
            seen: exchange.operation().next_token.iter().cloned().collect(),
            exchange,
            end: End::Open,
            keep: Vec::new(),
            max_pages: Self::MAX_PAGES,
            pages: 0,
            last: BTreeSet::new(),
        }
    }

    /// The same with at most this many pages; 0 counts as 1.
    #[must_use]
    pub fn with_max_pages(self, max_pages: u32) -> Self {
        Self { max_pages, ..self }
    }

    /// The same with other limits for its replies.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { exchange: self.exchange.with_limits(limits), ..self }
    }

    /// The same with a clock known to be off: the service's time minus ours.
    #[must_use]
    pub fn with_clock_offset(self, clock_offset: time::Duration) -> Self {
        Self { exchange: self.exchange.with_clock_offset(clock_offset), ..self }
    }

    /// The same from another page on, as [`resume_token`](Self::resume_token) has named it.
    #[must_use]
    pub fn starting_at(mut self, token: NextToken<'static>) -> Self {
        self.go_to(token);
        self
    }

    /// The token that the page begins with that is read next; `None` at the start of the listing
    /// and at its end
    ///
    /// A listing that ended early goes on from here.
    #[must_use]
    pub fn resume_token(&self) -> Option<&NextToken<'static>> {
        match self.end {
            End::Done => None,
            End::Open | End::Failed(_) => self.exchange.operation().next_token.as_ref(),
        }
    }

    /// How many pages have come.
    #[must_use]
    pub fn pages(&self) -> u32 {
        self.pages
    }

    /// The page that is being read, as a call of its own: its attempts, the offset of its clock,
    /// the id of its last request.
    #[must_use]
    pub fn exchange(&self) -> &Exchange<ListJobs> {
        &self.exchange
    }

    /// How it ended, if it has.
    pub(super) fn ended(&self) -> Option<Result<(), &Error>> {
        match &self.end {
            End::Open => None,
            End::Done => Some(Ok(())),
            End::Failed(error) => Some(Err(error)),
        }
    }

    fn go_to(&mut self, token: NextToken<'static>) {
        let mut list = self.exchange.operation().clone();
        self.seen.insert(token.clone());
        list.next_token = Some(token);
        self.exchange = self.exchange.renewed(list);
    }

    /// Takes a page as it was received: where does the listing go on?
    fn turn(&mut self, page: &ListJobsResult<'static>) -> Result<(), Error> {
        let sent = self.exchange.operation().next_token.as_ref();
        let token = page.next_token.as_ref().filter(|token| Some(*token) != sent);
        let token = token.filter(|_| !page.jobs.is_empty());
        if let Some(token) = token.filter(|token| self.seen.contains(*token)) {
            return Err(Error::RepeatedToken { token: token.as_str().into() });
        }
        self.pages = self.pages.saturating_add(1);
        let Some(token) = token else {
            self.end = End::Done;
            return Ok(());
        };
        if self.pages >= self.max_pages {
            let token = token.as_str().into();
            self.end = End::Failed(Error::PageLimit { pages: self.pages, token });
        }
        self.go_to(token.clone());
        Ok(())
    }

    /// Takes out what the page before has brought, and what nobody asked for.
    fn filter(&mut self, page: &mut ListJobsResult<'static>) {
        let ids = page.jobs.iter().map(|job| job.job_id.clone()).collect();
        let before = std::mem::replace(&mut self.last, ids);
        page.jobs.retain(|job| {
            !before.contains(&job.job_id)
                && (self.keep.is_empty() || self.keep.contains(&job.status))
        });
    }
}

impl Machine for Pages {
    type Item = ListJobsResult<'static>;

    fn next(&self, signer: &Signer, now: OffsetDateTime) -> Result<Step, Error> {
        match &self.end {
            End::Open => self.exchange.next(signer, now),
            End::Done => Ok(Step::Done),
            End::Failed(error) => Err(error.clone()),
        }
    }

    fn receive(
        &mut self,
        event: Event<'_>,
        now: OffsetDateTime,
    ) -> Result<Option<Self::Item>, Error> {
        if !matches!(self.end, End::Open) {
            return Ok(None);
        }
        let received = self.exchange.receive(event, now).and_then(|page| match page {
            None => Ok(None),
            Some(page) => self.turn(&page).map(|()| Some(page)),
        });
        match received {
            Ok(None) => Ok(None),
            Ok(Some(mut page)) => {
                self.filter(&mut page);
                Ok(Some(page))
            }
            Err(error) => {
                self.end = End::Failed(error.clone());
                Err(error)
            }
        }
    }
}
