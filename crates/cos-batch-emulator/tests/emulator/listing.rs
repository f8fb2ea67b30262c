//! Listings: order, pages, filters, the window

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;

use cos_batch::http::Request;
use cos_batch::time::Duration;
use cos_batch::{Job, JobStatus, ListJobs, Lost, Pages, Retry, StatusForm, drive};
use cos_batch_emulator::{Engine, Settings, sample_jobs};

use crate::support::*;

/// The ids on each page of a whole listing.
fn pages(engine: &mut Engine, list: ListJobs) -> Vec<Vec<String>> {
    let mut pages = Pages::new(endpoint(), list, Retry::new(7));
    let signer = Arc::new(signer());
    let mut read = Vec::new();
    while let Some(page) = drive::blocking(
        &mut pages,
        || at(START),
        |_| Ok(signer.clone()),
        |request, _| -> Result<_, (Lost, Infallible)> {
            let (parts, body) = request.into_parts();
            Ok(engine.handle(&Request::from_parts(parts, &body), at(START)))
        },
        |_| panic!("a rest"),
    )
    .unwrap()
    {
        read.push(ids(&page));
    }
    read
}

fn by(max_results: u32) -> ListJobs {
    let mut list = ListJobs::new();
    list.max_results = Some(max_results.try_into().unwrap());
    list
}

fn sorted_ids(jobs: &[Job<'_>]) -> Vec<String> {
    let mut ids: Vec<_> = jobs.iter().map(|job| job.job_id.to_string()).collect();
    ids.sort_unstable();
    ids
}

#[test]
fn pages_of_15_bring_each_job_once_and_in_order() {
    let pages = pages(&mut sample_engine(), by(15));
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [15, 15, 15, 3]);
    assert_eq!(pages.concat(), sorted_ids(&sample_jobs(at(START), 48)));
}

#[test]
fn pages_of_any_size_bring_the_same() {
    let expected = sorted_ids(&sample_jobs(at(START), 48));
    for size in [1, 2, 7, 16, 24, 47, 48, 49, 1000] {
        let pages = pages(&mut sample_engine(), by(size));
        assert_eq!(pages.concat(), expected, "{size}");
        // The last page is never an empty one: a token is a promise.
        assert!(pages.iter().all(|page| !page.is_empty()), "{size}");
    }
}

#[test]
fn the_last_page_may_be_told_to_have_a_token() {
    let mut settings = Settings::default();
    settings.always_next_token = true;
    let jobs = sample_jobs(at(START), 48);
    let mut engine = engine(settings, jobs.clone());

    let page = list(&mut engine, &ListJobs::new(), at(START));
    assert_eq!(
        page.next_token.as_ref().unwrap().as_str(),
        page.jobs.last().unwrap().job_id.as_str()
    );
    let mut after = ListJobs::new();
    after.next_token = page.next_token;
    let page = list(&mut engine, &after, at(START));
    assert!(page.jobs.is_empty() && page.next_token.is_none());

    let pages = pages(&mut engine, by(15));
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [15, 15, 15, 3, 0]);
    assert_eq!(pages.concat(), sorted_ids(&jobs));
}

#[test]
fn a_page_has_1000_jobs_unless_told() {
    let mut engine = engine(Settings::default(), sample_jobs(at(START), 1001));
    let page = list(&mut engine, &ListJobs::new(), at(START));
    assert_eq!(page.jobs.len(), 1000);
    let mut rest = ListJobs::new();
    rest.next_token = page.next_token;
    let page = list(&mut engine, &rest, at(START));
    assert_eq!((page.jobs.len(), page.next_token), (1, None));

    let mut engine = crate::support::engine(Settings::default(), sample_jobs(at(START), 1000));
    let page = list(&mut engine, &ListJobs::new(), at(START));
    assert_eq!((page.jobs.len(), page.next_token), (1000, None));
}

#[test]
fn a_token_is_a_place_in_the_order_whether_a_job_is_there_or_not() {
    let mut engine = sample_engine();
    let all = sorted_ids(&sample_jobs(at(START), 48));
    let mut after = |token: &str| {
        let mut rest = ListJobs::new();
        rest.next_token = Some(token.parse().unwrap());
        ids(&list(&mut engine, &rest, at(START)))
    };
    assert_eq!(after(&all[0]), all[1..]);
    assert_eq!(after(&all[46]), all[47..]);
    assert_eq!(after(&format!("{}0", all[20])), all[21..]);
    assert_eq!(after("-"), all);
    assert_eq!(after("zzz"), [""; 0]);
}

#[test]
fn a_filter_brings_the_jobs_in_a_status_and_no_other() {
    let mut engine = sample_engine();
    let mut seen = BTreeSet::new();
    for status in JobStatus::LISTED {
        let mut filtered = by(1000);
        filtered.job_statuses.push(status.clone());
        let page = list(&mut engine, &filtered, at(START));
        assert!(!page.jobs.is_empty(), "{status}");
        assert!(page.jobs.iter().all(|job| job.status == *status));
        seen.extend(ids(&page));
        // Pages count what the filter leaves.
        filtered.max_results = Some("1".parse().unwrap());
        assert_eq!(pages(&mut engine, filtered).concat(), ids(&page));
    }
    assert_eq!(seen.len(), 48);
}

#[test]
fn several_statuses_are_one_or_the_other_in_both_forms() {
    let mut engine = sample_engine();
    let mut both = ListJobs::new();
    both.job_statuses = vec![JobStatus::Complete, JobStatus::Active];
    let repeated = list(&mut engine, &both, at(START));
    both.status_form = StatusForm::Joined;
    assert_eq!(list(&mut engine, &both, at(START)), repeated);
    for status in [JobStatus::Complete, JobStatus::Active] {
        assert!(repeated.jobs.iter().any(|job| job.status == status));
    }
    assert!(repeated.jobs.iter().all(|job| both.job_statuses.contains(&job.status)));
}

#[test]
fn a_job_is_listed_for_90_days() {
    let mut jobs = sample_jobs(at(START), 3);
    let ages = [Duration::days(90), Duration::days(90) + Duration::SECOND, Duration::days(-1)];
    for (job, age) in jobs.iter_mut().zip(ages) {
        job.creation_time = at(START) - age;
    }
    let (listed, gone) = (jobs[0].job_id.to_string(), jobs[1].job_id.to_string());
    let page =
        ids(&list(&mut engine(Settings::default(), jobs.clone()), &ListJobs::new(), at(START)));
    assert_eq!(page.len(), 2);
    assert!(page.contains(&listed) && !page.contains(&gone));

    let mut settings = Settings::default();
    settings.listed_for = std::time::Duration::MAX;
    let mut engine = engine(settings, jobs);
    assert_eq!(list(&mut engine, &ListJobs::new(), at(START)).jobs.len(), 3);
}

#[test]
fn a_job_with_the_same_id_replaces_the_first() {
    let mut jobs = sample_jobs(at(START), 1);
    jobs.push(jobs[0].clone());
    jobs[1].description = Some("the second".into());
    let page = list(&mut engine(Settings::default(), jobs), &ListJobs::new(), at(START));
    assert_eq!(page.jobs.len(), 1);
    assert_eq!(page.jobs[0].description.as_deref(), Some("the second"));
}

#[test]
fn without_jobs_there_is_an_empty_page() {
    let reply =
        engine(Settings::default(), Vec::new()).handle(&signed_get("/jobs", at(START)), at(START));
    let text = String::from_utf8(reply.into_body()).unwrap();
    assert_eq!(text, "<ListJobsResult><Jobs></Jobs><NextToken></NextToken></ListJobsResult>");
}

#[test]
fn what_is_listed_is_what_the_job_is() {
    let expected = sample_jobs(at(START), 300);
    let mut engine = engine(Settings::default(), expected.clone());
    let page = list(&mut engine, &ListJobs::new(), at(START));
    for job in expected {
        let listed = page.jobs.iter().find(|listed| listed.job_id == job.job_id).unwrap();
        assert_eq!(listed.operation.as_str(), job.operation.name());
        assert_eq!(
            (listed.creation_time, &listed.description, listed.priority, &listed.progress_summary),
            (job.creation_time, &job.description, job.priority, &job.progress_summary),
        );
        assert_eq!((&listed.status, listed.termination_date), (&job.status, job.termination_date));
    }
}
