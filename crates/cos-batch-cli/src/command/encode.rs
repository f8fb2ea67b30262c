//! `cosbatch encode`: the service's XML of JSON or YAML

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use cos_batch::http::Response;
use cos_batch::{
    BuildError, CreateJob, CreateJobResult, DeleteJob, DescribeJob, DescribeJobResult, ListJobs,
    ListJobsResult, Operation, UpdateJobPriority, UpdateJobPriorityResult, UpdateJobStatus,
    UpdateJobStatusResult,
};

use super::OPERATIONS;
use crate::exit::Exit;
use crate::failure::{Failure, Kind};
use crate::output;
use crate::structured;

#[derive(Args, Debug)]
pub(crate) struct Encode {
    /// The call: its request for CreateJob, its reply for all others
    #[arg(value_name = "OP", value_parser = OPERATIONS)]
    operation: String,

    /// JSON or YAML, as decode writes it; stdin where it is absent or -
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,

    /// The reply for CreateJob too
    #[arg(long)]
    reply: bool,
}

pub(crate) fn run(encode: &Encode) -> Result<Exit, Failure> {
    let file = encode.file.as_deref();
    let made = match encode.operation.as_str() {
        CreateJob::NAME if encode.reply => {
            let answer: CreateJobResult<'static> = structured::read(file)?;
            body(CreateJob::encode_response(&answer))
        }
        CreateJob::NAME => structured::create_job(file)?.to_xml(),
        DeleteJob::NAME => {
            return Err(Failure::new(Kind::NO_BODY, "DeleteJob has neither body nor answer")
                .help("there is nothing to encode"));
        }
        DescribeJob::NAME => {
            let answer: DescribeJobResult<'static> = structured::read(file)?;
            body(DescribeJob::encode_response(&answer))
        }
        UpdateJobPriority::NAME => {
            let answer: UpdateJobPriorityResult<'static> = structured::read(file)?;
            body(UpdateJobPriority::encode_response(&answer))
        }
        UpdateJobStatus::NAME => {
            let answer: UpdateJobStatusResult<'static> = structured::read(file)?;
            body(UpdateJobStatus::encode_response(&answer))
        }
        _ => {
            let answer: ListJobsResult<'static> = structured::read(file)?;
            body(ListJobs::encode_response(&answer))
        }
    };
    let made = made.map_err(|error| {
        let message = format!("{} cannot be encoded: {error}", encode.operation);
        Failure::new(Kind::BAD_PARAMETER, message).help("mend the value that it names")
    })?;
    let mut out = io::stdout().lock();
    output::done(output::xml(&mut out, &made).and_then(|()| out.flush()))
}

fn body(reply: Result<Response<Vec<u8>>, BuildError>) -> Result<Vec<u8>, BuildError> {
    reply.map(Response::into_body)
}
