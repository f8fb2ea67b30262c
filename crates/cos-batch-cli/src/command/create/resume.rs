use cos_batch::time::{Duration, OffsetDateTime};
use cos_batch::{
    ClientRequestToken, CreateJob, CreateOnce, Creation, Endpoint, JobId, Operation, Retry,
};

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
    let token = &create.client_request_token;
    global.output.talk().note(&format!(
        "looking for the job of {token}; where it is not there, it takes half an hour to be certain"
    ));
    let (endpoint, retry) = (service.endpoint().clone(), service.retry().clone());
    let search = search(create.clone(), endpoint, OffsetDateTime::now_utc(), retry);
    match service.items(search).next() {
        Some(Ok(creation)) => settled(creation, token),
        Some(Err(failed)) => Err(Failure::of_call(CreateJob::NAME, &failed)),
        None => Err(unknown(&[], token)),
    }
}

/// A search for the job of a token that was first sent when it was made, if it tells.
fn search(create: CreateJob, endpoint: Endpoint, now: OffsetDateTime, retry: Retry) -> CreateOnce {
    let made = token::made_at(&create.client_request_token);
    let begun = made.unwrap_or_else(|| now.saturating_sub(LISTED_FOR));
    CreateOnce::resuming(endpoint, create, begun, now, retry).with_signature_life(SIGNATURE_LIFE)
}

fn settled(
    creation: Creation,
    token: &ClientRequestToken<'_>,
) -> Result<Option<JobId<'static>>, Failure> {
    match creation {
        Creation::Created(job_id) => Ok(Some(job_id)),
        Creation::NotCreated => Ok(None),
        Creation::Unknown { candidates } => Err(unknown(&candidates, token)),
    }
}

fn unknown(candidates: &[JobId<'_>], token: &ClientRequestToken<'_>) -> Failure {
    let failure =
        Failure::new(Kind::OUTCOME_UNKNOWN, "it is not known whether the job was created");
    let facts = candidates.iter().map(|id| format!("it may be job {id}"));
    lost(facts.fold(failure, Failure::fact), token)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::sync::Arc;

    use cos_batch::date::format_http_date;
    use cos_batch::http::{Method, Response};
    use cos_batch::{Credentials, Lost, Signer, drive};

    use super::*;

    /// What a search comes to at a service that answers so, and how long it takes by the clock.
    fn searched(answer: &str) -> (Creation, Duration) {
        let create: CreateJob = serde_json::from_str(
            r#"{"client_request_token":"t","manifest":{"location":{"etag":"e",
            "object_arn":"qcs::cos:ap-chengdu::src-1250000000/m"},"spec":{"fields":["Bucket","Key"],
            "format":"COSBatchOperations_CSV_V1"}},"operation":"delete_object","priority":1,
            "report":{"enabled":false},"role_arn":"qcs::cam::uin/1:roleName/R"}"#,
        )
        .expect("a job");
        let app_id = "1250000000".parse().expect("an APPID");
        let endpoint = Endpoint::custom("http", "127.0.0.1:1", app_id).expect("an endpoint");
        let start = OffsetDateTime::UNIX_EPOCH + Duration::days(20_000);
        let now = Cell::new(start);
        let mut search = search(create, endpoint, start, Retry::new(7));
        let credentials = Credentials::new("AKID", "secret").expect("credentials");
        let signer = Arc::new(Signer::new(credentials));
        let creation = drive::blocking::<_, ()>(
            &mut search,
            || now.get(),
            |_| Ok(signer.clone()),
            |request, _| {
                // It looks; it never asks for the job.
                assert_eq!(request.method(), Method::GET);
                let reply = Response::builder().header("date", format_http_date(now.get()));
                reply.body(answer.as_bytes().to_vec()).map_err(|_| (Lost::BeforeSending, ()))
            },
            |rest| now.set(now.get() + rest),
        );
        (creation.expect("no failure").expect("an end"), now.get() - start)
    }

    #[test]
    fn it_is_certain_once_no_signature_of_the_lost_request_holds() {
        let (creation, took) = searched("<ListJobsResult></ListJobsResult>");
        assert_eq!(creation, Creation::NotCreated);
        let minutes = took.whole_minutes();
        assert!((29..=31).contains(&minutes), "half an hour, as it is said: {took}");
        let token = "t".parse().expect("a token");
        assert!(matches!(settled(creation, &token), Ok(None)), "now it may be created");
    }

    #[test]
    fn it_is_never_certain_where_nothing_can_be_seen() {
        let (creation, _) = searched("<html></html>");
        assert_eq!(creation, Creation::Unknown { candidates: Vec::new() });
        let token = "t".parse().expect("a token");
        let failure = settled(creation, &token).expect_err("unknown");
        assert_eq!(failure.kind(), Kind::OUTCOME_UNKNOWN);
    }
}
