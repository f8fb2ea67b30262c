//! `cosbatch list`

use std::io::{self, BufWriter, Write};
use std::num::NonZeroU64;

use clap::Args;
use cos_batch::drive::Failed;
use cos_batch::{JobStatus, JobSummary, ListJobs, MaxResults, NextToken, Operation};
use cos_batch_ureq::{Listing, SendError};

use crate::account::Account;
use crate::arguments::{Global, Target, listed_status};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{self, Format, Printer};

#[derive(Args, Debug)]
pub(crate) struct List {
    /// List jobs in these statuses only; repeat it or join names with commas
    #[arg(long, value_name = "S[,S…]", value_delimiter = ',', value_parser = listed_status)]
    status: Vec<JobStatus>,

    /// Stop after this many jobs
    #[arg(long, value_name = "N")]
    limit: Option<NonZeroU64>,

    /// Ask for this many jobs a page, 1 to 1000 [default: 15 with --local, else the service's]
    #[arg(long, value_name = "N")]
    page_size: Option<MaxResults>,

    /// Begin with the page of this token, as a listing that ended early has named it
    #[arg(long, value_name = "T")]
    starting_token: Option<NextToken<'static>>,
}

/// A page of the local service, so that a newcomer sees a listing of several pages.
const LOCAL_PAGE: u32 = 15;

pub(crate) fn run(arguments: &List, global: &Global) -> Result<Exit, Failure> {
    let out = BufWriter::new(io::stdout().lock());
    let mut jobs = Printer::new(out, &global.output)?;
    let account = Account::find(global)?;
    // The listing drops its connections before the account ends the local service.
    let mut listing = listing(arguments, &global.target, &account);
    let limit = arguments.limit.map_or(u64::MAX, u64::from);

    let end = match write_pages(&mut listing, &mut jobs, limit) {
        Ok(end) => end,
        Err(Ended::Output(error)) => return output::done(Err(error)),
        Err(Ended::Call(failed)) => {
            let failure = failure(&failed, &global.target, &account, &listing, &jobs);
            // What came is shown where jobs are shown as they come, and where people look.
            let shown = if jobs.format() == Format::Table { jobs.finish() } else { jobs.flush() };
            return output::written(shown).and(Err(failure));
        }
    };
    let (count, format) = (jobs.count(), jobs.format());
    if output::written(jobs.finish())? && format == Format::Table {
        let more = if end == End::Limit { ", and there are more" } else { "" };
        let summary = format!("{} in {}{more}", jobs_of(count), pages_of(&listing));
        global.output.talk().note(&summary);
    }
    Ok(Exit::Good)
}

fn listing(arguments: &List, target: &Target, account: &Account) -> Listing {
    let local = || MaxResults::try_from(LOCAL_PAGE).ok().filter(|_| target.local);
    let mut list = ListJobs::new();
    list.job_statuses.clone_from(&arguments.status);
    list.max_results = arguments.page_size.or_else(local);
    list.next_token.clone_from(&arguments.starting_token);
    account.client(target).pages(list)
}

/// How a listing ended that did not fail.
#[derive(Eq, PartialEq)]
enum End {
    All,
    /// There are more jobs than were asked for.
    Limit,
}

/// Why a listing ended early.
enum Ended {
    Call(Box<Failed<SendError>>),
    Output(io::Error),
}

fn write_pages<W: Write>(
    listing: &mut Listing,
    jobs: &mut Printer<JobSummary<'static>, W>,
    limit: u64,
) -> Result<End, Ended> {
    while let Some(page) = listing.next() {
        let page = page.map_err(|failed| Ended::Call(Box::new(failed)))?;
        for job in page.jobs {
            if jobs.count() >= limit {
                return Ok(End::Limit);
            }
            jobs.write(job).map_err(Ended::Output)?;
        }
        jobs.flush().map_err(Ended::Output)?;
        if jobs.count() >= limit && listing.resume_token().is_some() {
            return Ok(End::Limit);
        }
    }
    Ok(End::All)
}

/// What failed, where it was sent, and what has come of the listing all the same.
fn failure(
    failed: &Failed<SendError>,
    target: &Target,
    account: &Account,
    listing: &Listing,
    jobs: &Printer<JobSummary<'static>, impl Write>,
) -> Failure {
    let exchange = listing.machine().exchange();
    let came = || format!("{} of {} came before this", jobs_of(jobs.count()), pages_of(listing));
    let mut failure = Failure::of_call(ListJobs::NAME, failed)
        .or_request_id(exchange.request_id())
        .sent(account.endpoint.authority().as_str(), exchange.attempts().max(1), target.attempts())
        .fact(match (listing.pages(), jobs.format()) {
            (0, _) => "nothing was listed".to_owned(),
            (_, Format::Json | Format::Yaml | Format::Xml) => {
                format!("nothing was listed, though {}", came())
            }
            _ => format!("the listing is incomplete: {}", came()),
        });
    if let Some(token) = listing.resume_token().filter(|_| listing.pages() > 0) {
        failure = failure.fact(format!("it goes on with --starting-token {token}"));
    }
    failure
}

fn jobs_of(count: u64) -> String {
    format!("{count} job{}", if count == 1 { "" } else { "s" })
}

fn pages_of(listing: &Listing) -> String {
    let pages = listing.pages();
    format!("{pages} page{}", if pages == 1 { "" } else { "s" })
}
