//! `cosbatch list`

use std::io::{self, BufWriter, Write};

use cos_batch::time::OffsetDateTime;
use cos_batch::{ListJobs, MaxResults, Operation, Signer};
use cos_batch_ureq::{Client, Listing};

use crate::account::Account;
use crate::arguments::List;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Format, Jobs, closed};

/// A page of the local service, so that a newcomer sees a listing of several pages.
const LOCAL_PAGE: u32 = 15;

pub(crate) fn run(arguments: &List) -> Result<Exit, Failure> {
    let account = Account::find(&arguments.target)?;
    let mut list = ListJobs::new();
    list.job_statuses.clone_from(&arguments.status);
    list.max_results = page_size(arguments);

    let mut client =
        Client::new(account.endpoint.clone(), Signer::new(account.credentials.clone()))
            .with_timeout(arguments.target.timeout);
    if !account.is_on_this_machine() {
        client = client.with_proxy_from_env();
    }
    let mut retry = client.retry().clone();
    retry.attempts = arguments.target.retries.saturating_add(1);
    let mut listing = client.with_retry(retry).pages(list);

    let format = arguments.output.unwrap_or_else(Format::of_stdout);
    let out = BufWriter::new(io::stdout().lock());
    let mut jobs = Jobs::new(out, format, OffsetDateTime::now_utc());
    let limit = arguments.limit.unwrap_or(u64::MAX);
    let ended = write_pages(&mut listing, &mut jobs, limit);
    let count = jobs.count();
    let result = match ended {
        Ok(()) => jobs.finish().map(|()| Exit::Good).or_else(|error| closed(&error)),
        Err(Ended::Output(error)) => closed(&error),
        Err(Ended::Call(failure)) => {
            // What came is shown where jobs are shown as they come, and said to be incomplete.
            let shown = match format {
                Format::Table => jobs.finish(),
                _ => jobs.flush(),
            };
            return shown
                .or_else(|error| closed(&error).map(drop))
                .and(Err(incomplete(*failure, &account, &listing, count)));
        }
    };
    if format == Format::Table && result.is_ok() {
        let plural = |count: u64| if count == 1 { "" } else { "s" };
        let pages = u64::from(listing.pages());
        // Where nobody listens there is nobody to tell.
        let _ =
            writeln!(io::stderr(), "{count} job{} in {pages} page{}", plural(count), plural(pages));
    }
    if let Some(emulator) = account.emulator {
        emulator.stop();
    }
    result
}

/// Why a listing ended early.
enum Ended {
    Call(Box<Failure>),
    Output(io::Error),
}

fn write_pages<W: Write>(
    listing: &mut Listing,
    jobs: &mut Jobs<W>,
    limit: u64,
) -> Result<(), Ended> {
    for page in listing.by_ref() {
        let page = page.map_err(|failed| {
            let cause = failed.cause.as_ref().map(|cause| cause as _);
            Ended::Call(Box::new(Failure::of_call(ListJobs::NAME, &failed.error, cause)))
        })?;
        for job in page.jobs {
            jobs.write(job).map_err(Ended::Output)?;
            if jobs.count() >= limit {
                return Ok(());
            }
        }
        jobs.flush().map_err(Ended::Output)?;
    }
    Ok(())
}

fn incomplete(failure: Failure, account: &Account, listing: &Listing, count: u64) -> Failure {
    let exchange = listing.machine().exchange();
    let host = account.endpoint.authority();
    let mut failure = failure.fact(format!("host {host}  attempt {}", exchange.attempts().max(1)));
    if count > 0 {
        failure = failure.fact(format!(
            "the listing is incomplete: {count} jobs of {} pages came before this",
            listing.pages()
        ));
    }
    failure
}

fn page_size(arguments: &List) -> Option<MaxResults> {
    let local = || MaxResults::try_from(LOCAL_PAGE).ok().filter(|_| arguments.target.local);
    arguments.page_size.or_else(local)
}
