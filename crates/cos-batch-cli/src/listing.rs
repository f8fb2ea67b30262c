//! Listings of one region or of several at once, page by page

use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use cos_batch::{JobSummary, ListJobs, NextToken};
use cos_batch_ureq::Listing;

use crate::failure::Failure;
use crate::output::Listed;
use crate::service::Service;

/// A page that came from one of the services
pub(crate) struct Page {
    pub(crate) jobs: Vec<Listed>,
    /// The token that the next page begins with, if there is one.
    pub(crate) next: Option<NextToken<'static>>,
}

/// A listing that ended early
pub(crate) struct Broken {
    pub(crate) failure: Failure,
    /// How many pages had come.
    pub(crate) pages: u32,
    /// The token that it goes on with.
    pub(crate) next: Option<NextToken<'static>>,
}

/// What comes, and from which of the services.
pub(crate) type Came = (usize, Result<Page, Broken>);

/// The pages of all services, as they come; `one_page` of each, or all.
pub(crate) fn pages(
    services: Vec<Service>,
    list: &ListJobs,
    one_page: bool,
) -> Box<dyn Iterator<Item = Came>> {
    let most = if one_page { 1 } else { usize::MAX };
    let mut streams: Vec<_> = services
        .into_iter()
        .enumerate()
        .map(|(nth, service)| Stream::new(nth, service, list.clone()).take(most))
        .collect();
    match streams.pop() {
        // Alone, it asks for no page that nobody wants.
        Some(only) if streams.is_empty() => Box::new(only),
        last => Box::new(at_once(streams.into_iter().chain(last))),
    }
}

/// All jobs of one service, page by page; after a failure there is no more.
pub(crate) fn all(
    service: &Service,
    list: ListJobs,
) -> impl Iterator<Item = Result<Vec<JobSummary<'static>>, Failure>> {
    let mut listing = service.pages(list);
    std::iter::from_fn(move || {
        Some(match listing.next()? {
            Ok(page) => Ok(page.jobs),
            Err(failed) => Err(service.failure(&failed, listing.machine().exchange())),
        })
    })
}

/// What several streams bring, each on a thread of its own, which ends once nobody listens.
fn at_once<S>(streams: impl Iterator<Item = S>) -> impl Iterator<Item = S::Item>
where
    S: Iterator<Item: Send> + Send + 'static,
{
    let (sender, came) = sync_channel(0);
    for mut stream in streams {
        let sender = sender.clone();
        thread::spawn(move || stream.try_for_each(|item| sender.send(item)));
    }
    Receiver::into_iter(came)
}

/// The listing of one service
struct Stream {
    nth: usize,
    // Its connections go before the local service.
    listing: Listing,
    service: Service,
}

impl Stream {
    fn new(nth: usize, service: Service, list: ListJobs) -> Self {
        Self { nth, listing: service.pages(list), service }
    }

    fn listed(&self, job: JobSummary<'static>) -> Listed {
        Listed { region: self.service.region().cloned(), job }
    }
}

impl Iterator for Stream {
    type Item = Came;

    fn next(&mut self) -> Option<Came> {
        let came = match self.listing.next()? {
            Ok(page) => Ok(Page {
                jobs: page.jobs.into_iter().map(|job| self.listed(job)).collect(),
                next: self.listing.resume_token().cloned(),
            }),
            Err(failed) => {
                let pages = self.listing.pages();
                Err(Broken {
                    failure: self.service.failure(&failed, self.listing.machine().exchange()),
                    pages,
                    next: self.listing.resume_token().filter(|_| pages > 0).cloned(),
                })
            }
        };
        Some((self.nth, came))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_at_once_bring_all_that_each_has_in_its_order() {
        let streams = [0..100, 200..203, 300..300].into_iter();
        let mut came: Vec<i32> = at_once(streams).collect();
        assert_eq!(came.len(), 103);
        let first: Vec<_> = came.extract_if(.., |item| *item < 200).collect();
        assert_eq!(first, (0..100).collect::<Vec<_>>());
        assert_eq!(came, [200, 201, 202]);
        // Nobody has to take all of it.
        assert!(at_once([0..].into_iter()).take(3).eq([0, 1, 2]));
    }
}
