//! `cosbatch decode`: what a library makes of a reply, without a network

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

use cos_batch::http::{Response, StatusCode};
use cos_batch::time::OffsetDateTime;
use cos_batch::{IntoOwned, Limits, ListJobs, NextToken, Operation, printable};

use crate::arguments::Decode;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Format, Jobs, closed, document};

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
    let page = ListJobs::decode_response(&reply, &limits)
        .map_err(|error| Failure::of_reply(ListJobs::NAME, &error))?;
    let mut out = BufWriter::new(io::stdout().lock());
    let written = match arguments.output {
        Format::Json => document(&mut out, &page).and_then(|()| out.flush()),
        format => {
            let page = page.into_owned();
            let mut jobs = Jobs::new(out, format, OffsetDateTime::now_utc());
            let written = page.jobs.into_iter().try_for_each(|job| jobs.write(job));
            written.and_then(|()| jobs.finish()).inspect(|()| tell_of(page.next_token.as_ref()))
        }
    };
    written.map(|()| Exit::Good).or_else(|error| closed(&error))
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
