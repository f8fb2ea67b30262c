//! `cosbatch decode`: what a library makes of a reply, without a network

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

use cos_batch::http::{Response, StatusCode};
use cos_batch::time::OffsetDateTime;
use cos_batch::{
    CreateJob, DeleteJob, DescribeJob, IntoOwned, JobId, Limits, ListJobs, ListJobsResult,
    NextToken, Operation, UpdateJobPriority, UpdateJobStatus, printable,
};
use serde::Serialize;

use crate::arguments::Decode;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::format::Format;
use crate::json;
use crate::output::{Jobs, closed};

pub(crate) fn run(arguments: &Decode) -> Result<Exit, Failure> {
    let limits = Limits::default();
    let body = read(arguments.file.as_deref(), limits.bytes).map_err(|error| {
        let name =
            arguments.file.as_ref().map_or("stdin".into(), |file| file.display().to_string());
        Failure::new(Exit::Usage, 3, "no-input", format!("{name} cannot be read"))
            .fact(error.to_string())
            .help("give a file that holds the body of a reply, or pipe one in")
    })?;
    let reply = reply(arguments.status, &body);
    let format = arguments.output;
    let written = match arguments.operation.as_str() {
        CreateJob::NAME => one(&answer::<CreateJob>(&reply, &limits)?, format, |it| &it.job_id)?,
        DeleteJob::NAME => nothing(answer::<DeleteJob>(&reply, &limits)?, format)?,
        DescribeJob::NAME => {
            one(&answer::<DescribeJob>(&reply, &limits)?, format, |it| &it.job.job_id)?
        }
        UpdateJobPriority::NAME => {
            one(&answer::<UpdateJobPriority>(&reply, &limits)?, format, |it| &it.job_id)?
        }
        UpdateJobStatus::NAME => {
            one(&answer::<UpdateJobStatus>(&reply, &limits)?, format, |it| &it.job_id)?
        }
        _ => page(answer::<ListJobs>(&reply, &limits)?, format),
    };
    written.map(|()| Exit::Good).or_else(|error| closed(&error))
}

fn answer<'a, O: Operation>(
    reply: &Response<&'a [u8]>,
    limits: &Limits,
) -> Result<O::Output<'a>, Failure> {
    O::decode_response(reply, limits).map_err(|error| Failure::of_reply(O::NAME, &error))
}

/// A page of jobs, in any format.
fn page(page: ListJobsResult<'_>, format: Format) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    if format == Format::Json {
        return json::document(&mut out, &page).and_then(|()| out.flush());
    }
    let page = page.into_owned();
    let mut jobs = Jobs::new(out, format, OffsetDateTime::now_utc());
    page.jobs.into_iter().try_for_each(|job| jobs.write(job))?;
    jobs.finish()?;
    tell_of(page.next_token.as_ref());
    Ok(())
}

/// An answer about one job, as a document or by its id.
fn one<T: Serialize>(
    answer: &T,
    format: Format,
    job_id: impl FnOnce(&T) -> &JobId<'_>,
) -> Result<io::Result<()>, Failure> {
    let mut out = io::stdout().lock();
    Ok(match format {
        Format::Json => json::document(&mut out, answer),
        Format::Jsonl => json::line(&mut out, answer),
        Format::Id => writeln!(out, "{}", job_id(answer)),
        Format::Table | Format::Tsv => return Err(no_list()),
    })
}

/// An answer that says nothing: JSON has a word for it, and nothing has no id.
fn nothing((): (), format: Format) -> Result<io::Result<()>, Failure> {
    match format {
        Format::Id => Ok(Ok(())),
        Format::Json | Format::Jsonl => Ok(writeln!(io::stdout().lock(), "null")),
        Format::Table | Format::Tsv => Err(no_list()),
    }
}

fn no_list() -> Failure {
    Failure::new(Exit::Usage, 6, "no-list", "only a listing has rows")
        .help("choose -o json, jsonl or id")
}

/// Says that the page is not the last one, where the format has no room for it.
fn tell_of(next_token: Option<&NextToken<'_>>) {
    if let Some(token) = next_token {
        let token = printable(token.as_str(), usize::MAX);
        // Where nobody listens there is nobody to tell.
        let _ = writeln!(io::stderr(), "the next page begins with the token {token}");
    }
}

fn reply(status: StatusCode, body: &[u8]) -> Response<&[u8]> {
    let mut reply = Response::new(body);
    *reply.status_mut() = status;
    reply
}

/// A file or stdin, as far as one byte beyond the limit.
fn read(file: Option<&Path>, limit: usize) -> io::Result<Vec<u8>> {
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let mut body = Vec::new();
    match file.filter(|file| *file != Path::new("-")) {
        Some(file) => File::open(file)?.take(most).read_to_end(&mut body)?,
        None => io::stdin().lock().take(most).read_to_end(&mut body)?,
    };
    Ok(body)
}
