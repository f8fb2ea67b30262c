//! `cosbatch decode`: a reply that was saved, as if it had just come

use std::io::BufWriter;
use std::path::PathBuf;

use clap::Args;
use cos_batch::http::{Response, StatusCode};
use cos_batch::{
    CreateJob, DeleteJob, DescribeJob, IntoOwned, Limits, ListJobs, NextToken, Operation,
    UpdateJobPriority, UpdateJobStatus, printable,
};
use serde::Serialize;

use super::OPERATIONS;
use crate::arguments::Global;
use crate::exit::Exit;
use crate::failure::{Failure, Kind};
use crate::input;
use crate::output::{self, Document, Format, Listed, Options, Printer};
use crate::pager::Out;

#[derive(Args, Debug)]
pub(crate) struct Decode {
    /// The call that the reply answers
    #[arg(value_name = "OP", value_parser = OPERATIONS)]
    operation: String,

    /// The reply's body; stdin where it is absent or -
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,

    /// The status that the reply came with
    #[arg(long, value_name = "N", default_value = "200")]
    status: StatusCode,

    /// It is not the reply but the body of the request; CreateJob only
    #[arg(long, conflicts_with = "status")]
    request: bool,
}

pub(crate) fn run(arguments: &Decode, global: &Global) -> Result<Exit, Failure> {
    let limits = Limits::default();
    let body = input::read(arguments.file.as_deref(), limits.bytes)?;
    if arguments.request {
        return request(&arguments.operation, &body, &limits, &global.output);
    }
    let mut reply = Response::new(&*body);
    *reply.status_mut() = arguments.status;
    let answer = Answer { reply, limits, format: format(&global.output) };
    match arguments.operation.as_str() {
        CreateJob::NAME => answer.print::<CreateJob>(|it| Some(it.job_id.as_str())),
        DeleteJob::NAME => answer.print::<DeleteJob>(|()| None),
        DescribeJob::NAME => answer.print::<DescribeJob>(|it| Some(it.job.job_id.as_str())),
        UpdateJobPriority::NAME => answer.print::<UpdateJobPriority>(|it| Some(it.job_id.as_str())),
        UpdateJobStatus::NAME => answer.print::<UpdateJobStatus>(|it| Some(it.job_id.as_str())),
        _ => page(&answer, &global.output),
    }
}

/// A document, unless told otherwise, wherever it goes.
fn format(options: &Options) -> Format {
    options.format.unwrap_or(Format::Json)
}

/// A reply, and what becomes of it
struct Answer<'a> {
    reply: Response<&'a [u8]>,
    limits: Limits,
    format: Format,
}

impl<'a> Answer<'a> {
    fn decode<O: Operation>(&self) -> Result<O::Output<'a>, Failure> {
        O::decode_response(&self.reply, &self.limits)
            .map_err(|error| Failure::of_reply(O::NAME, &error))
    }

    fn print<O>(
        &self,
        id: impl for<'o> FnOnce(&'o O::Output<'a>) -> Option<&'o str>,
    ) -> Result<Exit, Failure>
    where
        O: Operation,
        O::Output<'a>: Serialize,
    {
        let answer = self.decode::<O>()?;
        let xml = || O::encode_response(&answer).map(Response::into_body);
        let document =
            Document { id: id(&answer), xml: Some(&xml), ..Document::new(O::NAME, &answer) };
        document.print(self.format).map(|_| Exit::Good)
    }
}

/// A page of jobs: one document, or a row for each job.
fn page(answer: &Answer<'_>, options: &Options) -> Result<Exit, Failure> {
    if matches!(answer.format, Format::Json | Format::Yaml | Format::Xml) {
        return answer.print::<ListJobs>(|_| None);
    }
    let page = answer.decode::<ListJobs>()?.into_owned();
    let out = BufWriter::new(Out::new());
    let mut jobs = Printer::<Listed, _>::with_format(out, options, answer.format)?;
    let printed = page.jobs.into_iter().try_for_each(|job| jobs.write(job.into()));
    output::written(printed.and_then(|()| jobs.finish()))?;
    tell_of(page.next_token.as_ref(), options);
    Ok(Exit::Good)
}

/// Says that the page is not the last one, where the format has no room for it.
fn tell_of(next_token: Option<&NextToken<'_>>, options: &Options) {
    if let Some(token) = next_token {
        let token = printable(token.as_str(), usize::MAX);
        options.talk().note(&format!("the next page begins with the token {token}"));
    }
}

fn request(
    operation: &str,
    body: &[u8],
    limits: &Limits,
    options: &Options,
) -> Result<Exit, Failure> {
    if operation != CreateJob::NAME {
        let message = format!("a request of {operation} has no body");
        return Err(Failure::new(Kind::NO_BODY, message).help("leave out --request"));
    }
    let create = CreateJob::from_xml(body, limits).map_err(|error| {
        let message = format!("the request of {operation} is not understood: {error}");
        Failure::new(Kind::MALFORMED, message).help("look at that byte")
    })?;
    let xml = || create.to_xml();
    let document = Document { xml: Some(&xml), ..Document::new("a request", &create) };
    document.print(format(options)).map(|_| Exit::Good)
}
