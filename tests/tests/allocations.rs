//! What reading a page costs in memory: its jobs borrow from the bytes, and only from them

use allocation_counter::{AllocationInfo, measure};
use cos_batch::http::Response;
use cos_batch::{Limits, ListJobs, Operation};
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
