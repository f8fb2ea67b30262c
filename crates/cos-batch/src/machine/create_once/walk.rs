use std::collections::VecDeque;

use http::header;
use time::{Duration, OffsetDateTime};

use crate::date::parse_http_date;
use crate::error::Error;
use crate::machine::{Event, Exchange, Machine, Pages, Step, skew};
use crate::model::{JobId, JobSummary, MaxResults};
use crate::op::{CreateJob, DescribeJob, ListJobs};
use crate::sign::Signer;

/// How many jobs are looked at in one walk, at most.
const MOST: usize = 100;

/// A walk through all jobs, for the one that a lost answer was about
#[derive(Clone, Debug)]
pub(super) struct Walk {
    create: CreateJob,
    /// When the job was created at the earliest, by our clock.
    since: OffsetDateTime,
    listing: Pages,
    /// The job that is being looked at, once the listing has ended.
    describing: Option<Exchange<DescribeJob>>,
    /// The jobs that are still to be looked at.
    left: VecDeque<JobId<'static>>,
    /// The jobs that may be the one.
    candidates: Vec<JobId<'static>>,
    began: Option<OffsetDateTime>,
}

/// What a walk found
#[derive(Debug)]
pub(super) enum Found {
    /// The job, which echoes the token.
    Ours(JobId<'static>),
    /// Jobs that may be it; or the walk did not come to its end.
    Perhaps(Vec<JobId<'static>>),
    /// No job that may be it.
    Nothing {
        /// When the service answered first, by its own clock, if it told.
        began: Option<OffsetDateTime>,
        /// The service's time minus ours, as far as the walk has learned it.
        clock_offset: Duration,
    },
}

impl Walk {
    pub(super) fn new(create: &Exchange<CreateJob>, since: OffsetDateTime, max_pages: u32) -> Self {
        let mut list = ListJobs::new();
        list.max_results = Some(MaxResults::MAX);
        let listing = Pages::of(create.renewed(list)).with_max_pages(max_pages);
        Self {
            create: create.operation().clone(),
            since,
            listing,
            describing: None,
            left: VecDeque::new(),
            candidates: Vec::new(),
            began: None,
        }
    }

    pub(super) fn next(&self, signer: &Signer, now: OffsetDateTime) -> Result<Step, Error> {
        match &self.describing {
            Some(describing) => describing.next(signer, now),
            None => self.listing.next(signer, now),
        }
    }

    /// What came of a step; an error, too, is an end that found what it found.
    pub(super) fn receive(&mut self, event: Event<'_>, now: OffsetDateTime) -> Option<Found> {
        let Some(describing) = &mut self.describing else { return self.list(event, now) };
        match describing.receive(event, now) {
            Ok(None) => return None,
            Ok(Some(described)) => match &described.job.client_request_token {
                Some(token) if *token == self.create.client_request_token => {
                    return Some(Found::Ours(described.job.job_id));
                }
                Some(_) => {}
                None => self.candidates.push(describing.operation().job_id.clone()),
            },
            // What cannot be looked at may be the one.
            Err(_) => self.candidates.push(describing.operation().job_id.clone()),
        }
        self.look_at_next()
    }

    /// What was found so far, the jobs that were not looked at included.
    pub(super) fn given_up(&mut self) -> Vec<JobId<'static>> {
        let mut candidates = std::mem::take(&mut self.candidates);
        candidates.extend(self.describing.take().map(|it| it.operation().job_id.clone()));
        candidates.extend(std::mem::take(&mut self.left));
        candidates
    }

    fn list(&mut self, event: Event<'_>, now: OffsetDateTime) -> Option<Found> {
        let date = match &event {
            Event::Reply(reply) => reply.headers().get(header::DATE),
            Event::Lost(_) | Event::Woke => None,
        };
        let date = date.and_then(|date| parse_http_date(date.to_str().ok()?));
        let Ok(page) = self.listing.receive(event, now) else {
            return Some(Found::Perhaps(self.given_up()));
        };
        let page = page?;
        if self.listing.pages() == 1 {
            self.began = date;
        }
        let since = skew::corrected(self.since, self.listing.exchange().clock_offset());
        for job in page.jobs {
            if job.creation_time >= since && self.fits(&job) && !self.left.contains(&job.job_id) {
                self.left.push_back(job.job_id);
            }
        }
        let too_many = self.left.len() > MOST;
        self.left.truncate(MOST);
        match self.listing.ended() {
            _ if too_many => Some(Found::Perhaps(self.given_up())),
            None => None,
            Some(Ok(())) => self.look_at_next(),
            Some(Err(_)) => Some(Found::Perhaps(self.given_up())),
        }
    }

    /// Can it be the job, by what nobody can change afterwards?
    fn fits(&self, job: &JobSummary<'_>) -> bool {
        fn description(text: Option<&str>) -> &str {
            text.unwrap_or_default().trim()
        }
        job.operation.as_str() == self.create.operation.name()
            && description(job.description.as_deref())
                == description(self.create.description.as_deref())
    }

    fn look_at_next(&mut self) -> Option<Found> {
        self.describing = None;
        if let Some(job_id) = self.left.pop_front() {
            self.describing = Some(self.listing.exchange().renewed(DescribeJob::new(job_id)));
            None
        } else if self.candidates.is_empty() {
            let clock_offset = self.listing.exchange().clock_offset();
            Some(Found::Nothing { began: self.began, clock_offset })
        } else {
            Some(Found::Perhaps(self.given_up()))
        }
    }
}
