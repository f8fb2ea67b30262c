//! `cosbatch sign`: a signed request, for another program to send

mod form;

use std::borrow::Cow;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use cos_batch::date::format_timestamp;
use cos_batch::http::Request;
use cos_batch::time::OffsetDateTime;
use cos_batch::{
    BuildError, DeleteJob, DescribeJob, Endpoint, JobId, JobStatus, ListJobs, MaxResults,
    NextToken, Operation, Priority, RequestedJobStatus, SignError, Signer, UpdateJobPriority,
    UpdateJobStatus,
};

use self::form::Form;
use crate::account::Account;
use crate::arguments::{Global, duration};
use crate::exit::Exit;
use crate::failure::{Failure, Kind};
use crate::filter::listed_status;
use crate::structured;
use crate::talk::Warning;

/// How long before now a signature begins to hold, as the library has it.
const BEFORE: Duration = Duration::from_secs(60);

#[derive(Args, Debug)]
pub(crate) struct Sign {
    #[command(subcommand)]
    call: Call,

    /// What to print: a command for curl, the request as it goes over the wire, its URL with the
    /// signature in it, or each stage of the signature
    #[arg(long = "as", value_name = "FORM", default_value = "curl", global = true)]
    form: Form,

    /// How long the signature holds from now on
    #[arg(long, value_name = "D", default_value = "60s", value_parser = duration, global = true)]
    expires: Duration,
}

#[derive(Debug, Subcommand)]
enum Call {
    /// List jobs, one page
    #[command(name = "ListJobs")]
    List {
        /// Jobs in these statuses only
        #[arg(long, value_name = "S[,S…]", value_delimiter = ',', value_parser = listed_status)]
        status: Vec<JobStatus>,
        /// The most jobs on the page, 1 to 1000
        #[arg(long, value_name = "N")]
        max_results: Option<MaxResults>,
        /// Where the page begins
        #[arg(long, value_name = "T")]
        next_token: Option<NextToken<'static>>,
    },
    /// Create a job
    #[command(name = "CreateJob")]
    Create {
        /// The job as XML, JSON or YAML; stdin where it is absent or -
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// Describe a job
    #[command(name = "DescribeJob")]
    Describe {
        /// Its id
        #[arg(value_name = "ID")]
        job_id: JobId<'static>,
    },
    /// Change a job's priority
    #[command(name = "UpdateJobPriority")]
    Priority {
        /// Its id
        #[arg(value_name = "ID")]
        job_id: JobId<'static>,
        /// The priority, 0 to 2147483647
        #[arg(value_name = "N")]
        priority: Priority,
    },
    /// Confirm or cancel a job
    #[command(name = "UpdateJobStatus")]
    Status {
        /// Its id
        #[arg(value_name = "ID")]
        job_id: JobId<'static>,
        /// Ready or Cancelled
        #[arg(value_name = "STATUS")]
        status: RequestedJobStatus,
        /// Why, at most 256 bytes
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Delete a job
    #[command(name = "DeleteJob")]
    Delete {
        /// Its id
        #[arg(value_name = "ID")]
        job_id: JobId<'static>,
    },
}

pub(crate) fn run(sign: &Sign, global: &Global) -> Result<Exit, Failure> {
    sign.form.refuse_others(&global.output)?;
    if global.target.is_local() {
        return Err(Failure::new(Kind::BAD_PARAMETER, "the local service ends with this command")
            .help("run cosbatch serve beside it, and sign for its --endpoint"));
    }
    let account = Account::find(global)?;
    let request = sign.call.request(&account.endpoint)?.map_err(|error| {
        Failure::new(Kind::BAD_PARAMETER, format!("the request cannot be made: {error}"))
            .help("mend the parameter")
    })?;
    let now = OffsetDateTime::now_utc();
    let signer = Signer::new(account.credentials);
    let signer = signer.window(BEFORE, BEFORE.saturating_add(sign.expires));
    let printed = sign.form.print(&signer, request, now, &global.output);
    printed?.map_err(|error| unsigned(&error))?;

    let end = now.checked_add(sign.expires.try_into().unwrap_or(cos_batch::time::Duration::MAX));
    let end = end.and_then(|end| format_timestamp(end).ok());
    let message = format!(
        "whoever has what is printed can make this call until {}",
        end.as_deref().unwrap_or("the end of time")
    );
    let help = "keep it out of logs and tickets; --expires makes it hold for less";
    global.output.talk().warning(Warning::LIVE_CREDENTIAL, &message, help);
    if matches!(sign.form, Form::Url) {
        let app_id = "the request needs the header x-cos-appid too, with the value that was signed";
        global.output.talk().note(app_id);
    }
    Ok(Exit::Good)
}

impl Call {
    fn request(
        &self,
        endpoint: &Endpoint,
    ) -> Result<Result<Request<Vec<u8>>, BuildError>, Failure> {
        Ok(match self {
            Self::List { status, max_results, next_token } => {
                let mut list = ListJobs::new();
                list.job_statuses.clone_from(status);
                list.max_results = *max_results;
                list.next_token.clone_from(next_token);
                list.encode_request(endpoint)
            }
            Self::Create { file } => {
                structured::create_job(file.as_deref())?.encode_request(endpoint)
            }
            Self::Describe { job_id } => DescribeJob::new(job_id.clone()).encode_request(endpoint),
            Self::Priority { job_id, priority } => {
                UpdateJobPriority::new(job_id.clone(), *priority).encode_request(endpoint)
            }
            Self::Status { job_id, status, reason } => {
                let mut update = UpdateJobStatus::new(job_id.clone(), status.clone());
                update.status_update_reason = reason.clone().map(Cow::Owned);
                update.encode_request(endpoint)
            }
            Self::Delete { job_id } => DeleteJob::new(job_id.clone()).encode_request(endpoint),
        })
    }
}

fn unsigned(error: &SignError) -> Failure {
    let kind = match error {
        SignError::Expired { .. } => Kind::EXPIRED_CREDENTIALS,
        _ => Kind::BAD_CREDENTIALS,
    };
    Failure::new(kind, format!("the request cannot be signed: {error}"))
        .help("check the credentials with cosbatch config show")
}
