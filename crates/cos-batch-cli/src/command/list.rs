//! `cosbatch list`

mod sort;

use std::io::{self, BufWriter, Write};
use std::num::NonZeroU64;

use clap::Args;
use cos_batch::{ListJobs, MaxResults, NextToken, printable};

use self::sort::Order;
use crate::arguments::Global;
use crate::exit::Exit;
use crate::failure::{Failure, Kind};
use crate::filter::Filter;
use crate::listing::{self, Broken, Page};
use crate::output::{self, Format, Listed, Options, Printer};
use crate::pager::Out;
use crate::service::Service;

#[derive(Args, Debug)]
pub(crate) struct List {
    /// Stop after this many jobs
    #[arg(long, value_name = "N")]
    limit: Option<NonZeroU64>,

    /// Ask for this many jobs a page, 1 to 1000 [default: 15 with --local, else the service's]
    #[arg(long, value_name = "N")]
    page_size: Option<MaxResults>,

    /// Begin with the page of this token, as a listing that ended early has named it
    #[arg(long, value_name = "T")]
    starting_token: Option<NextToken<'static>>,

    /// Read one page, and name the token of the next
    #[arg(long)]
    one_page: bool,

    /// In this order, once all jobs are there; otherwise they are listed as they come
    #[arg(long, value_name = "ORDER", allow_hyphen_values = true)]
    sort: Option<Order>,

    /// Only how many there are
    #[arg(long, conflicts_with = "sort")]
    count: bool,

    #[command(flatten)]
    filter: Filter,
}

/// A page of the local service, so that a newcomer sees a listing of several pages.
const LOCAL_PAGE: u32 = 15;

pub(crate) fn run(arguments: &List, global: &Global) -> Result<Exit, Failure> {
    let services = Service::find_all(global)?;
    let list = arguments.list(global, services.len())?;
    let mut shown = false;
    for service in &services {
        shown = service.shows(list.clone())?;
    }
    if shown {
        return Ok(Exit::Good);
    }
    let mut listing = Listing::new(arguments, &global.output, services.len())?;
    let mut pages = listing::pages(services, &list, arguments.one_page);
    while !listing.is_full() {
        let Some((nth, page)) = pages.next() else { break };
        if !output::written(listing.take(nth, page))? {
            // Whoever read it has seen enough.
            return Ok(Exit::Good);
        }
    }
    listing.end(global)
}

impl List {
    fn list(&self, global: &Global, regions: usize) -> Result<ListJobs, Failure> {
        if regions > 1 && self.starting_token.is_some() {
            let message = "a token belongs to one region, and --region names several";
            return Err(Failure::new(Kind::SEVERAL_REGIONS, message)
                .help("go on with each region on its own"));
        }
        let local = || MaxResults::try_from(LOCAL_PAGE).ok().filter(|_| global.target.is_local());
        let mut list = self.filter.list();
        list.max_results = self.page_size.or_else(local);
        list.next_token.clone_from(&self.starting_token);
        Ok(list)
    }
}

/// What has come of a listing
struct Listing<'a> {
    arguments: &'a List,
    /// None where they are only counted.
    printer: Option<Printer<Listed, BufWriter<Out>>>,
    limit: u64,
    /// Kept where an order is asked for.
    kept: Vec<Listed>,
    /// How many were looked at, how many of them were created when they should be, and how many
    /// were meant.
    seen: u64,
    in_time: u64,
    found: u64,
    pages: u32,
    /// How many jobs were meant, of each region.
    regions: Vec<u64>,
    /// Where the next page begins, of the last that came.
    next: Option<NextToken<'static>>,
    /// Jobs came that are beyond the limit.
    beyond: bool,
    broken: Vec<(usize, Broken)>,
}

impl<'a> Listing<'a> {
    fn new(arguments: &'a List, options: &Options, regions: usize) -> Result<Self, Failure> {
        let mut options = options.clone();
        if regions > 1 && options.columns.is_empty() {
            options.columns = Listed::columns_with_region(options.format());
        }
        let out = BufWriter::new(Out::new());
        Ok(Self {
            arguments,
            printer: (!arguments.count).then(|| Printer::new(out, &options)).transpose()?,
            limit: arguments.limit.map_or(u64::MAX, u64::from),
            kept: Vec::new(),
            seen: 0,
            in_time: 0,
            found: 0,
            pages: 0,
            regions: vec![0; regions],
            next: None,
            beyond: false,
            broken: Vec::new(),
        })
    }

    /// Is there no need for another page?
    fn is_full(&self) -> bool {
        let more = self.beyond || self.next.is_some() || self.regions.len() > 1;
        self.arguments.sort.is_none() && self.found >= self.limit && more
    }

    fn take(&mut self, nth: usize, page: Result<Page, Broken>) -> io::Result<()> {
        let page = match page {
            Ok(page) => page,
            Err(broken) => {
                self.broken.push((nth, broken));
                return Ok(());
            }
        };
        self.pages += 1;
        // Where several regions go on cannot be said in one token.
        self.beyond |= self.arguments.one_page && self.regions.len() > 1 && page.next.is_some();
        self.next = page.next;
        for job in page.jobs {
            if self.arguments.sort.is_none() && self.found >= self.limit {
                self.beyond = true;
                break;
            }
            self.seen += 1;
            self.in_time += u64::from(self.arguments.filter.takes_time(&job.job));
            if !self.arguments.filter.takes(&job.job) {
                continue;
            }
            self.found += 1;
            if let Some(count) = self.regions.get_mut(nth) {
                *count += 1;
            }
            match &mut self.printer {
                _ if self.arguments.sort.is_some() => self.kept.push(job),
                Some(printer) => printer.write(job)?,
                None => {}
            }
        }
        self.printer.as_mut().map_or(Ok(()), Printer::flush)
    }

    fn end(mut self, global: &Global) -> Result<Exit, Failure> {
        let talk = global.output.talk();
        let broken = std::mem::take(&mut self.broken);
        let exit = broken.iter().map(|(_, broken)| broken.failure.exit()).max();
        let mut failures: Vec<_> =
            broken.into_iter().map(|(nth, broken)| self.failure(nth, broken)).collect();
        let alone = self.regions.len() == 1;
        let only = failures.pop_if(|_| alone);
        failures.iter().for_each(|failure| talk.failure(failure));

        let table = self.printer.as_ref().is_some_and(|it| it.format() == Format::Table);
        let note = self.note();
        let read = output::written(self.show(exit.is_none() || table || !alone))?;
        match (only, exit) {
            (Some(failure), _) => Err(failure),
            (None, Some(exit)) => Ok(exit),
            (None, None) => {
                let note = note.filter(|_| read && (table || self.arguments.one_page));
                note.into_iter().for_each(|note| talk.note(&note));
                Ok(Exit::Good)
            }
        }
    }

    /// Shows what was kept back; a document of all jobs only where it holds what it should.
    fn show(&mut self, finish: bool) -> io::Result<()> {
        let Some(mut printer) = self.printer.take() else {
            return if finish { writeln!(Out::new(), "{}", self.found) } else { Ok(()) };
        };
        if let Some(order) = self.arguments.sort {
            let mut jobs = std::mem::take(&mut self.kept);
            order.sort(&mut jobs);
            let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
            jobs.into_iter().take(limit).try_for_each(|job| printer.write(job))?;
        }
        if finish { printer.finish() } else { printer.flush() }
    }

    /// What failed in one region, and what has come of it all the same.
    fn failure(&self, nth: usize, broken: Broken) -> Failure {
        let count = self.regions.get(nth).copied().unwrap_or_default();
        let came = format!("{} of {} came before this", jobs(count), pages(broken.pages));
        let format = self.printer.as_ref().map(Printer::format);
        let document = matches!(format, None | Some(Format::Json | Format::Yaml | Format::Xml));
        let fact = match broken.pages {
            0 => "nothing was listed".to_owned(),
            _ if document && self.regions.len() == 1 => {
                format!("nothing was listed, though {came}")
            }
            _ => format!("the listing is incomplete: {came}"),
        };
        let failure = broken.failure.fact(fact);
        match broken.next {
            Some(token) => failure.fact(format!("it goes on with --starting-token {token}")),
            None => failure,
        }
    }

    /// `2 jobs need attention (of 41 in the last 7 days, 3 pages)`, or `41 jobs in 3 pages` where
    /// nothing was left out; where it goes on, if it was to end early.
    fn note(&self) -> Option<String> {
        if self.printer.is_none() && !self.arguments.one_page {
            return None;
        }
        let filter = &self.arguments.filter;
        let found = self.found.min(self.limit);
        let need = match (filter.is_attention(), found) {
            (false, _) => "",
            (true, 1) => " needs attention",
            (true, _) => " need attention",
        };
        let (all, time) = match filter.chooses() {
            true => (self.in_time, filter.time_in_words()),
            false => (self.seen, String::new()),
        };
        let regions = match self.regions.len() {
            1 => String::new(),
            several => format!(" of {several} regions"),
        };
        let pages = format!("{}{regions}", pages(self.pages));
        let scope = if filter.chooses() || all > found {
            let status = filter.asked().map(|status| format!(" {status}")).unwrap_or_default();
            format!(" (of {all}{status}{time}, {pages})")
        } else {
            format!(" in {pages}")
        };
        let more = match (&self.next, self.beyond || self.is_full()) {
            (Some(token), _) if self.arguments.one_page && self.regions.len() == 1 => {
                let token = printable(token.as_str(), usize::MAX);
                format!(", the next with --starting-token {token}")
            }
            (_, true) => ", and there are more".to_owned(),
            _ => String::new(),
        };
        Some(format!("{}{need}{scope}{more}", jobs(found)))
    }
}

fn jobs(count: u64) -> String {
    format!("{count} job{}", if count == 1 { "" } else { "s" })
}

fn pages(count: u32) -> String {
    format!("{count} page{}", if count == 1 { "" } else { "s" })
}
