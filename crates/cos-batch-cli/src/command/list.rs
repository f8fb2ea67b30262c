//! `cosbatch list`

use std::io::{self, BufWriter, Write};

use cos_batch::drive::Failed;
use cos_batch::time::OffsetDateTime;
use cos_batch::{ListJobs, MaxResults, Operation, Signer};
use cos_batch_ureq::{Client, Listing, SendError};

use crate::account::Account;
use crate::arguments::List;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::format::Format;
use crate::output::{Jobs, closed};

/// A page of the local service, so that a newcomer sees a listing of several pages.
const LOCAL_PAGE: u32 = 15;

pub(crate) fn run(arguments: &List) -> Result<Exit, Failure> {
    let account = Account::find(&arguments.target)?;
    // The listing drops its connections before the account ends the local service.
    let mut listing = listing(arguments, &account);
    let format = arguments.output.unwrap_or_else(Format::of_stdout);
    let out = BufWriter::new(io::stdout().lock());
    let mut jobs = Jobs::new(out, format, OffsetDateTime::now_utc());
    let limit = arguments.limit.map_or(u64::MAX, u64::from);

    let end = match write_pages(&mut listing, &mut jobs, limit) {
        Ok(end) => end,
        Err(Ended::Output(error)) => return closed(&error),
        Err(Ended::Call(failed)) => {
            let failure = failure(&failed, arguments, &account, &listing, jobs.count(), format);
            // What came is shown where jobs are shown as they come, and where people look.
            let shown = if format == Format::Table { jobs.finish() } else { jobs.flush() };
            return shown.or_else(|error| closed(&error).map(drop)).and(Err(failure));
        }
    };
    let count = jobs.count();
    if let Err(error) = jobs.finish() {
        return closed(&error);
    }
    if format == Format::Table {
        let more = if end == End::Limit { ", and there are more" } else { "" };
        let summary = format!("{} in {}{more}", jobs_of(count), pages_of(&listing));
        // Where nobody listens there is nobody to tell.
        let _ = writeln!(io::stderr(), "{summary}");
    }
    Ok(Exit::Good)
}

fn listing(arguments: &List, account: &Account) -> Listing {
    let local = || MaxResults::try_from(LOCAL_PAGE).ok().filter(|_| arguments.target.local);
    let mut list = ListJobs::new();
    list.job_statuses.clone_from(&arguments.status);
    list.max_results = arguments.page_size.or_else(local);
    list.next_token.clone_from(&arguments.starting_token);

    let mut client =
        Client::new(account.endpoint.clone(), Signer::new(account.credentials.clone()))
            .with_timeout(arguments.target.timeout);
    if !account.is_on_this_machine() {
        client = client.with_proxy_from_env();
    }
    let mut retry = client.retry().clone();
    retry.attempts = arguments.target.attempts();
    client.with_retry(retry).pages(list)
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
    jobs: &mut Jobs<W>,
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
    arguments: &List,
    account: &Account,
    listing: &Listing,
    count: u64,
    format: Format,
) -> Failure {
    let exchange = listing.machine().exchange();
    let came = || format!("{} of {} came before this", jobs_of(count), pages_of(listing));
    let mut failure = Failure::of_call(ListJobs::NAME, failed)
        .or_request_id(exchange.request_id())
        .sent(
            account.endpoint.authority().as_str(),
            exchange.attempts().max(1),
            arguments.target.attempts(),
        )
        .fact(match (listing.pages(), format) {
            (0, _) => "nothing was listed".to_owned(),
            (_, Format::Json) => format!("nothing was listed, though {}", came()),
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
