use cos_batch::time::{Duration, OffsetDateTime};
use cos_batch::{CreateJob, CreateOnce, Creation, JobId, Operation};

use super::{SIGNATURE_LIFE, lost, token};
use crate::arguments::Global;
use crate::failure::{Failure, Kind};
use crate::service::Service;

/// How far a listing goes back, and with it whoever does not know when a token was made.
const LISTED_FOR: Duration = Duration::days(90);

/// The job of a token, if it is there; `None` if it is certain that it is not.
pub(super) fn find(
    create: &CreateJob,
    service: &Service,
    global: &Global,
) -> Result<Option<JobId<'static>>, Failure> {
    let now = OffsetDateTime::now_utc();
    let token = &create.client_request_token;
    let begun = token::made_at(token).unwrap_or_else(|| now.saturating_sub(LISTED_FOR));
    global.output.talk().note(&format!(
        "looking for the job of {token}; where it is not there, it takes half an hour to be certain"
    ));
    let (endpoint, retry) = (service.endpoint().clone(), service.retry().clone());
    let once = CreateOnce::resuming(endpoint, create.clone(), begun, now, retry)
        .with_signature_life(SIGNATURE_LIFE);
    let unknown = |facts: Vec<String>| {
        let message = "it is not known whether the job was created";
        let failure = Failure::new(Kind::OUTCOME_UNKNOWN, message);
        lost(facts.into_iter().fold(failure, Failure::fact), token)
    };
    match service.items(once).next() {
        Some(Ok(Creation::Created(job_id))) => Ok(Some(job_id)),
        Some(Ok(Creation::NotCreated)) => Ok(None),
        Some(Ok(Creation::Unknown { candidates })) => {
            Err(unknown(candidates.iter().map(|id| format!("it may be job {id}")).collect()))
        }
        Some(Err(failed)) => Err(Failure::of_call(CreateJob::NAME, &failed)),
        None => Err(unknown(Vec::new())),
    }
}
