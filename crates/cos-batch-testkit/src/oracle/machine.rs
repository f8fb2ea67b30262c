use std::time::Duration as Rest;

use arbitrary::{Result, Unstructured};
use cos_batch::time::Duration;
use cos_batch::{
    CreateJob, CreateJobResult, CreateOnce, DeleteJob, DescribeJob, Endpoint, Error, Exchange,
    JobId, JobOperation, JobStatus, ListJobs, Machine, Manifest, ManifestField, ManifestLocation,
    Operation, Pages, Priority, Repeat, Report, ReportScope, RequestedJobStatus, Retry,
    UpdateJobPriority, UpdateJobPriorityResult, UpdateJobStatus, UpdateJobStatusResult, Watch,
    printable,
};

use super::check::must;
use super::course::{course, described, offset, page, retry, written};
use crate::world::{Logged, Outcome, Run, World};

/// How many machines there are to choose from.
pub const MACHINES: u8 = 9;

/// How many pages a listing has at most.
const PAGES: u32 = 4;

/// How many seconds a watch waits at most.
const PATIENCE: u32 = 9;

/// A machine, whatever happens to it
///
/// The first byte chooses the machine: one of the six calls, a listing, a watch or a creation. The
/// rest tells, choice by choice, how it tries and what then happens, event by event: what replies
/// come, what is lost, how the clock jumps. Where the bytes have ended nothing odd happens any more.
///
/// - Asked twice what to do it says the same, and nothing moves it once it has ended.
/// - It ends, and has sent and rested no more than its attempts, its pages and its deadline allow.
/// - A call ends with an answer or with an error; nobody is told that the outcome of what can safely
///   be asked again is unknown.
/// - A page of a listing has no job with a status that was not asked for; a watch ends well only
///   with its job; a creation that is resumed creates nothing.
///
/// # Panics
///
/// Where that does not hold.
pub fn machine(data: &[u8]) {
    must(run_any(&mut Unstructured::new(data)));
}

fn run_any(bytes: &mut Unstructured<'_>) -> Result<()> {
    match bytes.int_in_range(0..=MACHINES - 1)? {
        0 => {
            let answer = written::<CreateJob>(&CreateJobResult::new(id()));
            call(bytes, create(), |_| Ok(answer.clone()))
        }
        1 => call(bytes, DeleteJob::new(id()), |_| Ok(String::new())),
        2 => call(bytes, DescribeJob::new(id()), described),
        3 => call(bytes, ListJobs::new(), page),
        4 => {
            let result = UpdateJobPriorityResult::new(id(), Priority::MIN);
            let answer = written::<UpdateJobPriority>(&result);
            call(bytes, UpdateJobPriority::new(id(), Priority::MIN), |_| Ok(answer.clone()))
        }
        5 => {
            let result = UpdateJobStatusResult::new(id(), JobStatus::Cancelling);
            let answer = written::<UpdateJobStatus>(&result);
            let cancel = UpdateJobStatus::new(id(), RequestedJobStatus::Cancelled);
            call(bytes, cancel, |_| Ok(answer.clone()))
        }
        6 => listing(bytes),
        7 => watch(bytes),
        _ => creation(bytes),
    }
}

fn endpoint() -> Endpoint {
    must(Endpoint::custom("http", "127.0.0.1:9000", must("1250000000".parse())))
}

fn id() -> JobId<'static> {
    must("a".parse())
}

fn create() -> CreateJob {
    CreateJob::new(
        must("t".parse()),
        Manifest::csv(
            ManifestLocation::new(must("qcs::cos:r::b-1/k".parse()), "e"),
            [ManifestField::Bucket, ManifestField::Key],
        ),
        JobOperation::DeleteObject,
        Priority::MIN,
        Report::new(must("qcs::cos:r::b-1".parse()), ReportScope::AllTasks),
        must("qcs::cam::uin/1:roleName/R".parse()),
    )
}

fn run<M: Machine<Item: Logged>>(course: Vec<Outcome>, machine: &mut M) -> Run<M::Item> {
    let mut world = World::new();
    world.script = course.into();
    world.most_steps = 1000;
    world.run(machine)
}

fn call<O>(
    bytes: &mut Unstructured<'_>,
    call: O,
    answer: impl Fn(&mut Unstructured<'_>) -> Result<String>,
) -> Result<()>
where
    O: Operation + 'static,
    O::Output<'static>: Logged,
{
    let (retry, offset) = (retry(bytes)?, offset(bytes)?);
    let mut exchange = Exchange::new(endpoint(), call, retry.clone()).with_clock_offset(offset);
    let run = run(course(bytes, answer, 1)?, &mut exchange);
    assert_eq!(run.items.len(), usize::from(run.end.is_ok()), "{}", run.log);
    if let Err(Error::OutcomeUnknown { .. }) = run.end {
        assert!(O::REPEAT != Repeat::Safe, "{}", run.log);
    }
    ends_in_budget(&run, &retry, 1);
    Ok(())
}

fn listing(bytes: &mut Unstructured<'_>) -> Result<()> {
    let (retry, most) = (retry(bytes)?, bytes.int_in_range(1..=PAGES)?);
    let mut list = ListJobs::new();
    for _ in 0..bytes.int_in_range(0..=2)? {
        list.job_statuses.push(bytes.choose(&[JobStatus::New, JobStatus::Active])?.clone());
    }
    let asked = list.job_statuses.clone();
    let mut pages = Pages::new(endpoint(), list, retry.clone()).with_max_pages(most);
    let run = run(course(bytes, page, PAGES)?, &mut pages);
    assert!(run.items.len() as u64 <= u64::from(most), "{}", run.log);
    assert_eq!(pages.pages() as usize, run.items.len(), "{}", run.log);
    for job in run.items.iter().flat_map(|page| &page.jobs) {
        // One status is left to the service.
        assert!(asked.len() < 2 || asked.contains(&job.status), "{}", run.log);
    }
    ends_in_budget(&run, &retry, most);
    Ok(())
}

fn watch(bytes: &mut Unstructured<'_>) -> Result<()> {
    let (retry, seconds) = (retry(bytes)?, bytes.int_in_range(0..=PATIENCE)?);
    // An answer every half second at least, and the first one.
    let (course, most) = (course(bytes, described, 2 * PATIENCE + 1)?, 2 * seconds + 1);
    // How long it waits is settled at its first event: until then the clock is right.
    let is_jump = |outcome: &Outcome| matches!(outcome, Outcome::Jump(_));
    let course = course.into_iter().skip_while(is_jump).collect();
    let deadline = World::new().now + Duration::seconds(seconds.into());
    let pace = Rest::from_secs(1);
    let mut watch =
        Watch::new(endpoint(), id(), deadline, retry.clone()).with_intervals(pace, pace);
    let run = run(course, &mut watch);
    assert!(run.items.len() as u64 <= most.into(), "{}", run.log);
    assert_eq!(run.end.is_ok(), run.log.ends_with("is Complete\ndone\n"), "{}", run.log);
    ends_in_sends(&run, &retry, most);
    Ok(())
}

fn creation(bytes: &mut Unstructured<'_>) -> Result<()> {
    let (retry, offset, resumes) = (retry(bytes)?, offset(bytes)?, bytes.arbitrary::<bool>()?);
    let created = written::<CreateJob>(&CreateJobResult::new(id()));
    let answer = |bytes: &mut Unstructured<'_>| match bytes.int_in_range(0..=2)? {
        0 => Ok(created.clone()),
        1 => page(bytes),
        _ => described(bytes),
    };
    // The call, and twice all pages and the three jobs that may be it.
    let calls = 1 + 2 * (PAGES + 3);
    let now = World::new().now;
    let once = if resumes {
        let begun = now - Duration::HOUR;
        CreateOnce::resuming(endpoint(), create(), begun, now, retry.clone())
    } else {
        CreateOnce::new(endpoint(), create(), now, retry.clone())
    };
    let mut once = once.with_max_pages(PAGES).with_clock_offset(offset);
    let run = run(course(bytes, answer, calls)?, &mut once);
    assert_eq!(run.items.len(), usize::from(run.end.is_ok()), "{}", run.log);
    let posts = run.log.matches("send POST").count() as u64;
    let most = if resumes { 0 } else { u64::from(retry.attempts.max(1) + 1) };
    assert!(posts <= most, "{}", run.log);
    ends_in_sends(&run, &retry, calls);
    Ok(())
}

/// Has it sent and rested no more than so many calls may, and does its error print safely?
fn ends_in_budget<T>(run: &Run<T>, retry: &Retry, calls: u32) {
    ends_in_sends(run, retry, calls);
    let longest = retry.cap.max(retry.patience);
    let rests = calls * (retry.attempts.max(1) - 1);
    let most = longest.saturating_mul(rests.max(u32::from(run.slept > Rest::ZERO)));
    assert!(run.slept <= most, "{}", run.log);
}

/// Has it sent no more than so many calls may, and does its error print safely?
fn ends_in_sends<T>(run: &Run<T>, retry: &Retry, calls: u32) {
    // One attempt more where the clock was corrected.
    let most = u64::from(calls) * u64::from(retry.attempts.max(1) + 1);
    assert!(run.sends as u64 <= most, "{}", run.log);
    if let Err(error) = &run.end {
        let shown = error.to_string();
        assert_eq!(printable(&shown, usize::MAX), shown);
    }
}
