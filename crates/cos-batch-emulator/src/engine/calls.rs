//! The six calls

use std::ops::Bound;

use cos_batch::http::{Request, Response};
use cos_batch::serve::AnyRequest;
use cos_batch::time::OffsetDateTime;
use cos_batch::xml::Writer;
use cos_batch::{
    APPID_HEADER, AppId, BuildError, CreateJob, CreateJobResult, DeleteJob, DescribeJob,
    DescribeJobResult, JobId, JobOperation, JobStatus, Limits, ListJobs, ListJobsResult,
    ManifestField, ManifestFormat, MaxResults, NextToken, Operation, ReportFormat, ReportScope,
    RequestError, RequestedJobStatus, UpdateJobPriority, UpdateJobPriorityResult, UpdateJobStatus,
    UpdateJobStatusResult, ValueError,
};

use super::Engine;
use super::record::Life;
use super::refusal::{self, Refusal};
use crate::ids;
use crate::moment::before;

/// How many ids are tried before one that is free is given up.
const ATTEMPTS: u64 = 100;

type Answer = Result<Response<Vec<u8>>, Refusal>;

impl Engine {
    /// Answers a request of somebody who may ask.
    pub(super) fn call(&mut self, request: &Request<&[u8]>, now: OffsetDateTime) -> Answer {
        let limit = self.settings.body_limit;
        if request.body().len() > limit {
            return Err(refusal::too_large(limit));
        }
        let refused = |error| refusal::request(&error);
        let asked = AnyRequest::decode(request, &Limits::bytes(limit)).map_err(refused)?;
        let app_id = app_id(request).map_err(refused)?;
        match asked {
            AnyRequest::CreateJob(create) => {
                if self.settings.require_content_md5
                    && !request.headers().contains_key("content-md5")
                {
                    return Err(refusal::no_digest());
                }
                self.create(*create, app_id, now)
            }
            AnyRequest::DeleteJob(delete) => self.delete(&delete, &app_id, now),
            AnyRequest::DescribeJob(describe) => self.describe(&describe, &app_id),
            AnyRequest::ListJobs(list) => self.list(&list, &app_id, now),
            AnyRequest::UpdateJobPriority(update) => self.update_priority(&update, &app_id, now),
            AnyRequest::UpdateJobStatus(update) => self.update_status(update, &app_id, now),
            // A call that the core learns before this service does.
            _ => Err(refusal::request(&RequestError::NoSuchCall)),
        }
    }

    fn create(&mut self, create: CreateJob, app_id: AppId, now: OffsetDateTime) -> Answer {
        documented(&create)?;
        let (settings, token) = (&self.settings, &create.client_request_token);
        if self.jobs.is_used(settings, &app_id, token) {
            return Err(refusal::token_used());
        }
        if let Some(limit) = settings.job_limit.filter(|limit| self.jobs.open() >= *limit) {
            return Err(refusal::too_many_jobs(limit));
        }
        let job_id = (0..ATTEMPTS)
            .filter_map(|n| ids::job_id(settings.seed, token.as_str(), now, n).parse().ok())
            .find(|job_id| !self.jobs.is_known(job_id))
            .ok_or_else(refusal::no_id)?;
        let reply = CreateJob::encode_response(&CreateJobResult::new(job_id.clone()));
        let life = Life::created(create, job_id, app_id, settings.runner, now);
        self.jobs.insert(settings, life);
        written(reply)
    }

    fn delete(&mut self, delete: &DeleteJob, app_id: &AppId, now: OffsetDateTime) -> Answer {
        let status = &self.visible(&delete.job_id, app_id)?.job.status;
        let may_go = status.is_terminal() || *status == JobStatus::Suspended;
        if !may_go && !self.settings.delete_running {
            return Err(refusal::illegal(status, "deleted"));
        }
        self.jobs.delete(&self.settings, &delete.job_id, now);
        written(DeleteJob::encode_response(&()))
    }

    fn describe(&self, describe: &DescribeJob, app_id: &AppId) -> Answer {
        let mut job = self.visible(&describe.job_id, app_id)?.job.clone();
        if !self.settings.describe_token {
            job.client_request_token = None;
        }
        written(DescribeJob::encode_response(&DescribeJobResult::new(job)))
    }

    fn list(&self, list: &ListJobs, app_id: &AppId, now: OffsetDateTime) -> Answer {
        let place = match &list.next_token {
            None => Bound::Unbounded,
            // The token need not be the id of a job that is there: it is a place in the order.
            Some(token) => Bound::Excluded(job_id(token).map_err(|e| refusal::request(&e))?),
        };
        let most = list.max_results.unwrap_or(MaxResults::MAX).value().into();
        let since = before(now, self.settings.listed_for);
        let mut jobs = self.jobs.behind(place).filter(|life| {
            life.job.creation_time >= since
                && (list.job_statuses.is_empty() || list.job_statuses.contains(&life.job.status))
                && self.sees(app_id, life)
        });
        let page: Result<_, _> = jobs.by_ref().take(most).map(|life| life.job.summary()).collect();
        let unlistable =
            |error| refusal::unwritable(&BuildError::Value { name: "Operation", error });
        let mut page = ListJobsResult::new(page.map_err(unlistable)?);
        if self.settings.always_next_token || jobs.next().is_some() {
            page.next_token = page.jobs.last().and_then(|job| token_of(&job.job_id));
        }
        written(ListJobs::encode_response(&page))
    }

    fn update_priority(
        &mut self,
        update: &UpdateJobPriority,
        app_id: &AppId,
        now: OffsetDateTime,
    ) -> Answer {
        let (job_id, priority) = (&update.job_id, update.priority);
        let life = self.visible(job_id, app_id)?;
        if life.has_ended() {
            return Err(refusal::ended(&life.job.status));
        }
        self.jobs.change(&self.settings, job_id, now, |entry| {
            entry.life.touch(now);
            entry.life.job.priority = priority;
        });
        let updated = UpdateJobPriorityResult::new(job_id.clone(), priority);
        written(UpdateJobPriority::encode_response(&updated))
    }

    fn update_status(
        &mut self,
        update: UpdateJobStatus,
        app_id: &AppId,
        now: OffsetDateTime,
    ) -> Answer {
        let (job_id, requested) = (&update.job_id, &update.requested_job_status);
        let reason = update.status_update_reason;
        carried(reason.as_deref()).map_err(|error| refusal::request(&error))?;
        let life = self.visible(job_id, app_id)?;
        let current = &life.job.status;
        if life.has_ended() && self.settings.ended_is_gone {
            return Err(refusal::ended(current));
        }
        let status = life.requested(requested).ok_or_else(|| match requested {
            RequestedJobStatus::Ready => refusal::illegal(current, "confirmed"),
            _ => refusal::illegal(current, "cancelled"),
        })?;
        let mut updated = UpdateJobStatusResult::new(job_id.clone(), status.clone());
        updated.status_update_reason.clone_from(&reason);
        self.jobs.change(&self.settings, job_id, now, |entry| {
            entry.waits = false;
            entry.life.become_requested(status, reason, now);
        });
        written(UpdateJobStatus::encode_response(&updated))
    }

    /// The job, if whoever asks may know of it.
    fn visible(&self, job_id: &JobId<'static>, app_id: &AppId) -> Result<&Life, Refusal> {
        let life = self.jobs.get(job_id).filter(|life| self.sees(app_id, life));
        life.ok_or_else(refusal::no_such_job)
    }

    fn sees(&self, app_id: &AppId, life: &Life) -> bool {
        !self.settings.by_app_id || life.app_id.as_ref().is_none_or(|owner| owner == app_id)
    }
}

/// Whose account the request is for.
fn app_id(request: &Request<&[u8]>) -> Result<AppId, RequestError> {
    let value = request.headers().get(APPID_HEADER).and_then(|value| value.to_str().ok());
    value
        .ok_or(RequestError::MissingHeader(APPID_HEADER))?
        .parse()
        .map_err(|error| RequestError::InvalidArgument { name: APPID_HEADER, error })
}

/// Does the job name only what the docs list? What is not known cannot be done.
fn documented(create: &CreateJob) -> Result<(), Refusal> {
    let (spec, report) = (&create.manifest.spec, &create.report);
    let others = [
        match &create.operation {
            JobOperation::Other(other) => Some(("Operation", other.name())),
            _ => None,
        },
        match &spec.format {
            ManifestFormat::Other(format) => Some(("Manifest", format.as_str())),
            _ => None,
        },
        spec.fields.iter().find_map(|field| match field {
            ManifestField::Other(field) => Some(("Manifest", field.as_str())),
            _ => None,
        }),
        match &report.format {
            Some(ReportFormat::Other(format)) => Some(("Report", format.as_str())),
            _ => None,
        },
        match &report.report_scope {
            Some(ReportScope::Other(scope)) => Some(("Report", scope.as_str())),
            _ => None,
        },
    ];
    match others.into_iter().flatten().next() {
        Some((part, value)) => Err(refusal::undocumented(part, value)),
        None => Ok(()),
    }
}

/// A reason will be shown in documents, which cannot carry every character.
fn carried(reason: Option<&str>) -> Result<(), RequestError> {
    let reason = reason.unwrap_or_default();
    Writer::new().text("StatusUpdateReason", reason).map_err(|_| RequestError::InvalidArgument {
        name: "statusUpdateReason",
        error: ValueError::new("a text that XML can carry", reason),
    })
}

fn written(reply: Result<Response<Vec<u8>>, BuildError>) -> Answer {
    reply.map_err(|error| refusal::unwritable(&error))
}

/// The job id that a token is.
fn job_id(token: &NextToken<'_>) -> Result<JobId<'static>, RequestError> {
    token
        .as_str()
        .parse()
        .map_err(|error: ValueError| RequestError::InvalidArgument { name: "nextToken", error })
}

/// The token that a job id is.
fn token_of(job_id: &JobId<'_>) -> Option<NextToken<'static>> {
    job_id.as_str().parse().ok()
}
