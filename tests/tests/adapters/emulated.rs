//! Against the emulator, with real signatures

use cos_batch::{Credentials, ErrorCode, JobStatus, ListJobs, Signer};
use cos_batch_emulator::{Emulator, SAMPLE_JOBS};

use crate::support::{Client, bounded, failure, ids};

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
