//! `cosbatch create`: a job, never two

mod place;
mod preflight;
mod resume;
mod template;
mod token;

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use cos_batch::{ClientRequestToken, CreateJob, CreateJobResult, JobId, Signer};

use self::template::Template;
use self::token::Token;
use super::wait;
use crate::arguments::Global;
use crate::consent;
use crate::exit::Exit;
use crate::failure::{Failure, Kind};
use crate::output::{Document, Format};
use crate::service::Service;
use crate::signals::last_words;
use crate::structured;

#[derive(Args, Debug)]
pub(crate) struct Create {
    /// The job, as the XML of its request, as JSON or as YAML; - for stdin
    #[arg(long, short, value_name = "FILE", required_unless_present = "template")]
    file: Option<PathBuf>,

    /// What makes the request unique, 1 to 64 bytes; new for a new UUID, which a template gets
    /// anyway
    #[arg(long, value_name = "UUID|new")]
    token: Option<Token>,

    /// Have the job wait for cosbatch confirm once its manifest is read
    #[arg(long)]
    confirm_first: bool,

    /// Check names and limits first, and what is known to go wrong; an error sends nothing
    #[arg(long)]
    preflight: bool,

    /// The manifest as it is on this machine, for --preflight: its rows are checked as cosbatch
    /// manifest check does, and whether it has the ETag of the job
    #[arg(long, value_name = "FILE", requires = "preflight", value_parser = preflight::file)]
    manifest_file: Option<PathBuf>,

    /// Find out what became of a job whose answer was lost, by its token; create it only if it is
    /// certain that it is not there, which takes half an hour
    #[arg(long, value_name = "TOKEN", conflicts_with = "token")]
    resume: Option<ClientRequestToken<'static>>,

    /// Wait until the job has ended, as cosbatch wait does
    #[arg(long)]
    wait: bool,

    /// Do not ask whether to do it
    #[arg(long, short)]
    yes: bool,

    #[command(flatten)]
    template: Option<Template>,
}

/// How long a signature of CreateJob holds, so that it is known when a lost one is dead.
const SIGNATURE_LIFE: Duration = Duration::from_secs(15 * 60);

/// How long before the time of signing it begins to hold.
const BEFORE: Duration = Duration::from_secs(60);

pub(crate) fn run(arguments: &Create, global: &Global) -> Result<Exit, Failure> {
    let create = arguments.job(global)?;
    if arguments.preflight {
        preflight::check(&create, arguments.manifest_file.as_deref(), global)?;
    }
    let signer = |credentials| Signer::new(credentials).window(BEFORE, SIGNATURE_LIFE);
    let service = Service::signed_by(signer, global)?;
    if service.shows(create.clone())? {
        return Ok(Exit::Good);
    }
    let waits = create.confirmation_required == Some(true);
    if !arguments.yes && !waits && !consent::asked(&question(&create))? {
        global.output.talk().note("nothing was done");
        return Ok(Exit::Bad);
    }
    let found = match &arguments.resume {
        Some(_) => resume::find(&create, &service, global)?,
        None => None,
    };
    let job_id = match found {
        Some(job_id) => job_id,
        None => send(create, &service)?,
    };
    tell(&job_id, global)?;
    match arguments.wait {
        true => wait::until_ended(job_id, &service, global),
        false => Ok(Exit::Good),
    }
}

impl Create {
    /// What is to be created.
    fn job(&self, global: &Global) -> Result<CreateJob, Failure> {
        let token = match (&self.resume, &self.token) {
            (Some(token), _) => Some(token.clone()),
            (None, Some(token)) => Some(token.value()),
            (None, None) => None,
        };
        let mut create = match &self.template {
            Some(template) => template.job(token.unwrap_or_else(token::new), global)?,
            None => {
                let mut create = structured::create_job(self.file.as_deref())?;
                create.client_request_token = token.unwrap_or(create.client_request_token);
                create
            }
        };
        if self.confirm_first {
            create.confirmation_required = Some(true);
        }
        Ok(create)
    }
}

/// Asks for the job once.
fn send(create: CreateJob, service: &Service) -> Result<JobId<'static>, Failure> {
    let token = create.client_request_token.clone();
    let interrupted = "CreateJob may or may not have happened: it was interrupted";
    last_words(Some(lost(Failure::new(Kind::OUTCOME_UNKNOWN, interrupted), &token)));
    let created = service.call(create);
    last_words(None);
    created.map(|created| created.job_id).map_err(|failure| match failure.exit() {
        Exit::OutcomeUnknown => lost(failure, &token),
        _ => failure.fact(format!("no job was created; its token was to be {token}")),
    })
}

/// A failure after which nobody knows whether there is a job, and how to find out.
fn lost(failure: Failure, token: &ClientRequestToken<'_>) -> Failure {
    failure.fact(format!("token {token}")).help(format!(
        "cosbatch create --resume {token}, and the rest as before: it looks for the job first, and \
         creates it only if it is certain that it is not there"
    ))
}

/// The id alone, unless another form was asked for.
fn tell(job_id: &JobId<'static>, global: &Global) -> Result<(), Failure> {
    let created = CreateJobResult::new(job_id.clone());
    let document =
        Document { id: Some(job_id.as_str()), ..Document::new("a created job", &created) };
    document.print(global.output.format.unwrap_or(Format::Id)).map(drop)
}

fn question(create: &CreateJob) -> String {
    let manifest = &create.manifest.location.object_arn;
    let (operation, bucket, key) = (create.operation.name(), manifest.bucket(), manifest.key());
    let shown = |text| cos_batch::printable(text, 200);
    format!("{} of what cos://{bucket}/{} lists? [y/N] ", shown(operation), shown(key))
}
