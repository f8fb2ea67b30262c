//! What a page of the emulator costs does not depend on how many jobs there are, nor on where it stands

use allocation_counter::{AllocationInfo, measure};
use cos_batch::time::OffsetDateTime;
use cos_batch::{Endpoint, Limits, ListJobs, Operation, Signer};
use cos_batch_emulator::{Account, Engine, Settings, sample_jobs};
use cos_batch_testkit::calls::{borrowed, received};

/// All pages of 1000 of a service with so many jobs, by what the engine allocates for each.
fn pages(count: usize) -> Vec<AllocationInfo> {
    let now = OffsetDateTime::from_unix_timestamp(1_557_902_800).unwrap();
    let mut engine = Engine::new(Settings::default());
    engine.add_account(Account::default());
    sample_jobs(now, count).into_iter().for_each(|job| engine.add_job(job));
    let endpoint = Endpoint::custom("http", "h", "1250000000".parse().unwrap()).unwrap();
    let signer = Signer::new(Account::default().credentials().clone());
    let mut list = ListJobs::new();
    let (mut costs, mut listed) = (Vec::new(), 0);
    loop {
        let mut request = list.encode_request(&endpoint).unwrap();
        signer.sign(&mut request, now).unwrap();
        let mut reply = None;
        costs.push(measure(|| reply = Some(engine.handle(&borrowed(&request), now))));
        let reply = reply.unwrap();
        let page = ListJobs::decode_response(&received(&reply), &Limits::default()).unwrap();
        listed += page.jobs.len();
        match page.next_token {
            Some(token) => list.next_token = Some(token.as_str().parse().unwrap()),
            None => break,
        }
    }
    assert_eq!(listed, count);
    costs
}

#[test]
fn ten_thousand_jobs_cost_ten_times_what_a_thousand_cost() {
    let one = pages(1000);
    let ten = pages(10_000);
    assert_eq!((one.len(), ten.len()), (1, 10));
    for page in &ten {
        println!("{} allocations, {} bytes at once", page.count_total, page.bytes_max);
        // Descriptions, ids and counts are not all of the same length.
        assert!(page.count_total <= one[0].count_total * 11 / 10, "{page:?} {:?}", one[0]);
        assert!(page.bytes_max <= one[0].bytes_max * 11 / 10, "{page:?} {:?}", one[0]);
    }
}
