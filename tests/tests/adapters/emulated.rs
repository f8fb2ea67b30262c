//! Against the emulator, with real signatures

use std::collections::BTreeSet;
use std::time::Duration;

use cos_batch::time::OffsetDateTime;
use cos_batch::{Creation, Credentials, DescribeJob, ErrorCode, JobStatus, ListJobs, Signer};
use cos_batch_emulator::{Emulator, SAMPLE_JOBS, Settings};

use crate::support::{Client, TOKEN, bounded, create, failure, ids};

fn client(emulator: &Emulator) -> Client {
    Client::new(emulator.endpoint(), Signer::new(emulator.credentials()))
}

#[test]
fn every_job_comes_once_by_pages_of_fifteen() {
    bounded(|| {
        let emulator = Emulator::start().expect("an emulator");
        let mut list = ListJobs::new();
        list.max_results = Some("15".parse().expect("a number"));
        let mut listing = client(&emulator).pages(list);
        let mut seen = Vec::new();
        for page in listing.by_ref() {
            let page = page.expect("a page");
            assert!(page.jobs.len() <= 15);
            seen.extend(ids(&page.jobs));
        }
        let pages = u32::try_from(SAMPLE_JOBS.div_ceil(15)).expect("few pages");
        assert_eq!((seen.len(), listing.pages()), (SAMPLE_JOBS, pages));
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), SAMPLE_JOBS);
    });
}

#[test]
fn one_status_or_several() {
    bounded(|| {
        let emulator = Emulator::start().expect("an emulator");
        let count = |statuses: &[JobStatus]| {
            let mut list = ListJobs::new();
            list.job_statuses = statuses.to_vec();
            let jobs = client(&emulator).pages(list).flat_map(|page| page.expect("a page").jobs);
            jobs.inspect(|job| assert!(statuses.contains(&job.status))).count()
        };
        let (complete, failed) = (count(&[JobStatus::Complete]), count(&[JobStatus::Failed]));
        assert!(complete > 0);
        assert_eq!(count(&[JobStatus::Complete, JobStatus::Failed]), complete + failed);
    });
}

#[test]
fn the_id_of_an_answered_request_is_known() {
    bounded(|| {
        let emulator = Emulator::start().expect("an emulator");
        let client = client(&emulator);
        let mut exchange = client.exchange(ListJobs::new());
        client.run(&mut exchange).expect("a page");
        assert!(exchange.request_id().is_some_and(|id| !id.is_empty()));
    });
}

#[test]
fn a_wrong_key_is_refused_and_not_tried_again() {
    bounded(|| {
        let emulator = Emulator::start().expect("an emulator");
        let known = emulator.credentials();
        let wrong = Credentials::new(known.secret_id(), "WRONG").expect("credentials");
        let client = Client::new(emulator.endpoint(), Signer::new(wrong));
        let failed = failure(client.call(ListJobs::new()));
        let cos_batch::Error::Reply(cos_batch::ReplyError::Service(error)) = &failed.error else {
            panic!("{failed:?}")
        };
        assert_eq!(error.code, ErrorCode::SignatureDoesNotMatch);
    });
}

fn faulty(faults: &str) -> Emulator {
    let faults = faults.parse().expect("faults");
    Emulator::builder().faults(faults).start().expect("an emulator")
}

/// A client that comes back at once.
fn quick(emulator: &Emulator) -> Client {
    let client = client(emulator);
    let mut retry = client.retry().clone();
    (retry.attempts, retry.base) = (5, Duration::from_millis(2));
    client.with_retry(retry)
}

#[test]
fn no_fault_repeats_or_loses_a_job() {
    bounded(|| {
        for fault in [
            "lost = \"answer\"",
            "lost = \"request\"",
            "lost = \"answer\"\nconnection = \"close\"",
            "cut = 300",
            "cut = 300\ncontent_length = \"cut\"",
            "cut = 0",
            "repeat = 3",
            "status = 503\nlost = \"request\"\nbody = \"\"",
            "drip = { bytes = 512, every = \"1ms\" }",
        ] {
            let emulator = faulty(&format!("[[fault]]\ncall = \"ListJobs\"\nevery = 2\n{fault}"));
            let mut list = ListJobs::new();
            list.max_results = Some("5".parse().expect("a number"));
            let mut seen = Vec::new();
            for page in quick(&emulator).pages(list) {
                seen.extend(ids(&page.unwrap_or_else(|error| panic!("{fault}: {error}")).jobs));
            }
            let different: BTreeSet<_> = seen.iter().collect();
            assert_eq!((seen.len(), different.len()), (SAMPLE_JOBS, SAMPLE_JOBS), "{fault}");
        }
    });
}

#[test]
fn a_job_is_created_once_whatever_becomes_of_the_answer() {
    bounded(|| {
        for fault in [
            "lost = \"answer\"",
            "lost = \"request\"",
            "cut = 60",
            "cut = 60\ncontent_length = \"cut\"",
            "status = 502\nlost = \"answer\"\nbody = \"<html>\"",
            "status = 200\nlost = \"answer\"\nbody = \"\"",
        ] {
            let emulator = faulty(&format!("[[fault]]\ncall = \"CreateJob\"\nnth = 1\n{fault}"));
            let client = quick(&emulator);
            let creation = client.create_once(create()).expect("an end");
            let Creation::Created(job_id) = creation else { panic!("{fault}: {creation:?}") };

            let jobs = client.pages(ListJobs::new()).flat_map(|page| page.expect("a page").jobs);
            let ours = jobs.filter(|job| {
                let described = client.call(DescribeJob::new(job.job_id.clone())).expect("a job");
                described.job.client_request_token.is_some_and(|token| token.as_str() == TOKEN)
            });
            let ours: Vec<_> = ours.map(|job| job.job_id).collect();
            assert_eq!(ours, [job_id], "{fault}");
        }
    });
}

#[test]
fn a_job_is_watched_from_its_creation_to_its_end() {
    bounded(|| {
        let mut settings = Settings::default();
        settings.status_lasts = Duration::from_millis(20);
        settings.imagined.tasks = 5..=5;
        let emulator = Emulator::builder().settings(settings).start().expect("an emulator");
        let client = client(&emulator);
        let creation = client.create_once(create()).expect("an end");
        let Creation::Created(job_id) = creation else { panic!("{creation:?}") };
        let deadline = OffsetDateTime::now_utc() + Duration::from_secs(40);
        let rest = Duration::from_millis(10);
        let watch = client.watch(job_id, deadline).with_intervals(rest, rest);
        let seen: Vec<_> = watch.map(|answer| answer.expect("an answer").job.status).collect();
        assert!(seen.len() > 1, "{seen:?}");
        assert_eq!(seen.last(), Some(&JobStatus::Complete));
        assert_eq!(seen.iter().filter(|status| status.is_terminal()).count(), 1, "{seen:?}");
    });
}
