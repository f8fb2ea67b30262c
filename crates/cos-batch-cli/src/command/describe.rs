//! `cosbatch describe`

use std::borrow::Cow;
use std::io::{BufWriter, IsTerminal, Write};

use clap::Args;
use cos_batch::http::{Request, Response};
use cos_batch::{
    BuildError, DescribeJob, DescribeJobResult, Endpoint, Job, JobFailure, JobId, Limits,
    Operation, Repeat, ReplyError, RequestError,
};
use serde::Serialize;

use crate::arguments::Global;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::ids;
use crate::output::{self, Column, Document, Format, Listed, Options, Printer, Record};
use crate::pager::Out;
use crate::service::Service;

#[derive(Args, Debug)]
pub(crate) struct Describe {
    /// The jobs; - for ids on stdin, one a line or as the job_id of an object a line
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,

    /// Only why they failed, a row for each reason
    #[arg(long)]
    failures: bool,

    /// The service's answer as it came
    #[arg(long, conflicts_with_all = ["failures", "format"])]
    raw: bool,
}

pub(crate) fn run(arguments: &Describe, global: &Global) -> Result<Exit, Failure> {
    let ids = ids::named(&arguments.ids)?;
    let asked = Asked { service: Service::find(global)?, global };
    match () {
        () if arguments.raw => asked.raw(ids),
        () if arguments.failures => asked.failures(ids),
        () => asked.jobs(ids),
    }
}

/// A service that is asked for one job after the other, and what is told of those it does not give
struct Asked<'a> {
    service: Service,
    global: &'a Global,
}

impl Asked<'_> {
    /// Hands on each answer as it comes; a job that there is none of is told of, and the worst of
    /// it is the exit code.
    fn each<O: Operation>(
        &self,
        ids: Vec<JobId<'static>>,
        call: impl Fn(JobId<'static>) -> O,
        mut take: impl FnMut(O::Output<'static>) -> Result<bool, Failure>,
    ) -> Result<Exit, Failure> {
        let mut exit = Exit::Good;
        for id in ids {
            if self.service.shows(call(id.clone()))? {
                continue;
            }
            match self.service.call(call(id.clone())) {
                Ok(answer) => {
                    if !take(answer)? {
                        // Whoever read it has seen enough.
                        break;
                    }
                }
                Err(failure) => {
                    exit = exit.max(failure.exit());
                    self.global.output.talk().failure(&failure.fact(format!("job {id}")));
                }
            }
        }
        Ok(exit)
    }

    fn raw(&self, ids: Vec<JobId<'static>>) -> Result<Exit, Failure> {
        let mut out = Out::new();
        self.each(
            ids,
            |id| Raw(DescribeJob::new(id)),
            |xml| {
                // A file gets every byte, a terminal none that steers it.
                output::written(match std::io::stdout().is_terminal() {
                    true => output::xml(&mut out, xml.as_bytes()),
                    false => writeln!(out, "{xml}"),
                })
            },
        )
    }

    fn failures(&self, ids: Vec<JobId<'static>>) -> Result<Exit, Failure> {
        let out = BufWriter::new(Out::new());
        let mut options = self.global.output.clone();
        if ids.len() > 1 && options.columns.is_empty() {
            options.columns = Reason::LINE.iter().map(|name| (*name).to_owned()).collect();
        }
        let mut reasons = Printer::new(out, &options)?;
        let exit = self.each(ids, DescribeJob::new, |described| {
            let mut rows = Reason::of(described.job);
            output::written(rows.try_for_each(|row| reasons.write(row)))
        })?;
        output::written(reasons.finish())?;
        Ok(exit)
    }

    /// Documents; where there is a line for each job or columns are named, it is that of a listing.
    fn jobs(&self, ids: Vec<JobId<'static>>) -> Result<Exit, Failure> {
        let options = &self.global.output;
        match options.format() {
            Format::Tsv | Format::Csv | Format::Id => self.lines(ids, options),
            Format::Table if !options.columns.is_empty() => self.lines(ids, options),
            format => self.documents(ids, format),
        }
    }

    fn lines(&self, ids: Vec<JobId<'static>>, options: &Options) -> Result<Exit, Failure> {
        let out = BufWriter::new(Out::new());
        let mut jobs = Printer::<Listed, _>::new(out, options)?;
        let exit = self.each(ids, DescribeJob::new, |described| {
            let job = Listed::try_from(&described.job)?;
            output::written(jobs.write(job).and_then(|()| jobs.flush()))
        })?;
        output::written(jobs.finish())?;
        Ok(exit)
    }

    /// One job is one document. Several are a list where that is a document too.
    fn documents(&self, ids: Vec<JobId<'static>>, format: Format) -> Result<Exit, Failure> {
        let several = ids.len() > 1;
        let (mut kept, mut count) = (Vec::new(), 0_u64);
        let exit = self.each(ids, DescribeJob::new, |described| {
            if several && matches!(format, Format::Json | Format::Yaml) {
                kept.push(described.job);
                return Ok(true);
            }
            if count > 0 && format == Format::Table && !output::written(writeln!(Out::new()))? {
                return Ok(false);
            }
            count += 1;
            document(&described, format)
        })?;
        if several && !kept.is_empty() {
            Document::new("jobs", &kept).print(format)?;
        }
        Ok(exit)
    }
}

/// Writes one job; does anybody still read?
fn document(described: &DescribeJobResult<'_>, format: Format) -> Result<bool, Failure> {
    let xml = || DescribeJob::encode_response(described).map(Response::into_body);
    let job = &described.job;
    let document =
        Document { id: Some(job.job_id.as_str()), xml: Some(&xml), ..Document::new("a job", job) };
    document.print(format)
}

/// Why a job failed
#[derive(Serialize)]
struct Reason {
    job_id: JobId<'static>,
    code: Option<Cow<'static, str>>,
    reason: Option<Cow<'static, str>>,
}

impl Reason {
    /// The service gives one without a word to jobs that did not fail.
    fn of(job: Job<'static>) -> impl Iterator<Item = Self> {
        let said = |it: &JobFailure<'_>| it.failure_code.is_some() || it.failure_reason.is_some();
        let job_id = job.job_id;
        job.failure_reasons.into_iter().filter(said).map(move |it| Self {
            job_id: job_id.clone(),
            code: it.failure_code,
            reason: it.failure_reason,
        })
    }
}

impl Record for Reason {
    const NAME: &'static str = "failures";

    const COLUMNS: &'static [Column<Self>] = &[
        Column::<Self>::new("job_id", "JOB ID", |it, _| it.job_id.to_string()).whole(),
        Column::<Self>::new("code", "CODE", |it, look| look.optional(it.code.as_deref())),
        Column::<Self>::new("reason", "REASON", |it, look| look.optional(it.reason.as_deref())),
    ];

    const LINE: &'static [&'static str] = &["job_id", "code", "reason"];

    /// `FailureThresholdExceeded  more than 50% of the first 1,024 tasks failed`
    const SENTENCE: Option<fn(&Self) -> String> = Some(|it| {
        let parts = [&it.code, &it.reason].into_iter().flatten();
        parts.map(|part| &**part).collect::<Vec<_>>().join("  ")
    });

    const ID: Option<fn(&Self) -> String> = Some(|it| it.job_id.to_string());
}

/// A call whose answer is kept as it came, once it has been read and found good
#[derive(Clone)]
struct Raw<O>(O);

impl<O: Operation> Operation for Raw<O> {
    const NAME: &'static str = O::NAME;
    const REPEAT: Repeat = O::REPEAT;
    type Output<'a> = Cow<'a, str>;

    fn encode_request(&self, endpoint: &Endpoint) -> Result<Request<Vec<u8>>, BuildError> {
        self.0.encode_request(endpoint)
    }

    fn decode_response<'a>(
        reply: &Response<&'a [u8]>,
        limits: &Limits,
    ) -> Result<Cow<'a, str>, ReplyError> {
        O::decode_response(reply, limits)?;
        Ok(String::from_utf8_lossy(reply.body()))
    }

    fn decode_request(request: &Request<&[u8]>, limits: &Limits) -> Result<Self, RequestError> {
        O::decode_request(request, limits).map(Self)
    }

    fn encode_response(output: &Cow<'_, str>) -> Result<Response<Vec<u8>>, BuildError> {
        Ok(Response::new(output.as_bytes().to_vec()))
    }
}
