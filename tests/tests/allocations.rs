//! What is allocated: a page's jobs borrow from its bytes, and a request is built as it goes out

use allocation_counter::{AllocationInfo, measure};
use cos_batch::http::Response;
use cos_batch::time::OffsetDateTime;
use cos_batch::{Credentials, Endpoint, JobStatus, Limits, ListJobs, Operation, Signer};
use cos_batch_testkit::corpus::{Content, Layout, page};

const SEED: u64 = 7;

/// What is allocated while a page is read.
fn reading(bytes: &[u8]) -> AllocationInfo {
    let reply = Response::new(bytes);
    let mut page = None;
    let info = measure(|| page = Some(ListJobs::decode_response(&reply, &Limits::default())));
    assert!(matches!(page, Some(Ok(_))));
    info
}

/// How many texts of a document have a reference, and so cannot be borrowed.
fn texts_with_references(bytes: &[u8]) -> u64 {
    let text = std::str::from_utf8(bytes).unwrap();
    let texts = text.split('<').filter_map(|part| part.split_once('>'));
    texts.filter(|(_, text)| text.contains('&')).count() as u64
}

#[test]
fn a_plain_page_allocates_for_its_list_alone() {
    for layout in [Layout::Tabs, Layout::Compact] {
        for jobs in [0, 1, 4, 5, 1000] {
            let info = reading(&page(SEED, jobs, layout, Content::Plain));
            assert_eq!(info.count_total, u64::from(jobs > 0), "{jobs} jobs: {info:?}");
        }
    }
}

#[test]
fn a_mixed_page_allocates_once_more_for_each_text_with_a_reference() {
    for jobs in [1, 10, 1000] {
        for layout in [Layout::Tabs, Layout::Compact] {
            let bytes = page(SEED, jobs, layout, Content::Mixed);
            let texts = texts_with_references(&bytes);
            let info = reading(&bytes);
            assert_eq!(info.count_total, 1 + texts, "{jobs} jobs: {info:?}");
        }
    }
    let bytes = page(SEED, 1000, Layout::Tabs, Content::Mixed);
    assert!((80..160).contains(&texts_with_references(&bytes)), "the page is as mixed as it says");
}

#[test]
fn the_reader_reserves_by_the_first_job_it_read() {
    let bytes = page(SEED, 1000, Layout::Compact, Content::Plain);
    let bytes = [b"<!-- -->".as_slice(), &bytes].concat();
    let info = reading(&bytes);
    assert!(info.count_total <= 3, "{info:?}");
}

#[test]
fn memory_is_a_small_multiple_of_the_page() {
    for content in [Content::Plain, Content::Mixed] {
        let bytes = page(SEED, 1000, Layout::Compact, content);
        let info = reading(&bytes);
        assert!(info.bytes_max <= bytes.len() as u64, "{info:?} for {}", bytes.len());
    }
}

#[test]
fn a_signature_allocates_its_header_alone() {
    let signer = Signer::new(Credentials::new("AKIDEXAMPLE", "SECRETEXAMPLE").unwrap());
    let endpoint = "1250000000".parse().unwrap();
    let endpoint =
        Endpoint::new(&"100000000001".parse().unwrap(), &"ap-chengdu".parse().unwrap(), endpoint);
    let mut list = ListJobs::new();
    list.job_statuses.push(JobStatus::Suspended);
    list.max_results = Some("2".parse().unwrap());
    list.next_token = Some("066d919e-49b9-429e-b844-e17ea7b16421".parse().unwrap());
    let now = OffsetDateTime::from_unix_timestamp(1_557_902_860).unwrap();
    let key = signer.key(now);
    let mut request = list.encode_request(&endpoint).unwrap();
    for _ in 0..2 {
        let info = measure(|| signer.sign(&mut request, now).unwrap());
        assert_eq!(info.count_total, 1, "{info:?}");
        let info = measure(|| key.sign(&mut request, now).unwrap());
        assert_eq!(info.count_total, 1, "{info:?}");
    }
    let info = measure(|| drop(list.encode_request(&endpoint)));
    assert_eq!(info.count_total, 4, "parameters, the target, headers: {info:?}");
}

#[test]
fn what_a_page_claims_reserves_nothing() {
    // The smallest jobs there are: the most that a list can grow for the bytes it takes.
    let smallest = "<member><CreationTime>2019-12-19T11:05:40Z</CreationTime><JobId>a</JobId>\
                    <Operation>A</Operation><Priority>1</Priority><Status>New</Status></member>";
    let bytes = format!("<ListJobsResult><Jobs>{}", smallest.repeat(1000));
    let mut failed = false;
    let reply = Response::new(bytes.as_bytes());
    let info = measure(|| failed = ListJobs::decode_response(&reply, &Limits::default()).is_err());
    assert!(failed && info.bytes_max <= 4 * bytes.len() as u64, "{info:?} for {}", bytes.len());
}
