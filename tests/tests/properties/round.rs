//! What is written is read back as it was

use cos_batch::http::{Request, Response};
use cos_batch::{IntoOwned, Limits, ListJobs, ListJobsResult, Operation, ReplyError, XmlErrorKind};
use cos_batch_testkit::corpus::{Content, Layout, page};
use cos_batch_testkit::{oracle, strategies};
use proptest::prelude::*;
use proptest::sample::Index;

use super::cases;

/// A reply of 200 with this body, read.
fn read(body: &[u8]) -> Result<ListJobsResult<'static>, ReplyError> {
    ListJobs::decode_response(&Response::new(body), &Limits::default()).map(IntoOwned::into_owned)
}

proptest! {
    #![proptest_config(cases(1))]

    #[test]
    fn a_request(list in strategies::list_jobs(), endpoint in strategies::endpoint()) {
        let request = list.encode_request(&endpoint).unwrap();
        prop_assert_eq!(&request.headers()["host"], endpoint.authority().as_str());
        prop_assert!(request.headers().contains_key("x-cos-appid"));
        let (parts, body) = request.into_parts();
        let request = Request::from_parts(parts, body.as_slice());
        prop_assert_eq!(ListJobs::decode_request(&request, &Limits::default()), Ok(list));
    }

    #[test]
    fn a_page(page in strategies::list_jobs_result()) {
        let written = ListJobs::encode_response(&page).unwrap().into_body();
        let again = read(&written).unwrap();
        prop_assert_eq!(&again, &page);
        prop_assert_eq!(ListJobs::encode_response(&again).unwrap().into_body(), written);
    }

    #[test]
    fn a_refusal(error in strategies::service_error()) {
        let (parts, body) = error.encode().into_parts();
        let reply = Response::from_parts(parts, body.as_slice());
        let read = ListJobs::decode_response(&reply, &Limits::default());
        prop_assert_eq!(read, Err(ReplyError::from(error)));
    }

    #[test]
    fn a_page_that_is_cut_is_cut(
        page in strategies::list_jobs_result(),
        cuts in prop::collection::vec(any::<Index>(), 16),
    ) {
        let written = ListJobs::encode_response(&page).unwrap().into_body();
        for cut in cuts {
            let cut = &written[..cut.index(written.len())];
            match read(cut) {
                Err(ReplyError::Xml(error)) => {
                    prop_assert_eq!(error.kind(), &XmlErrorKind::Truncated);
                }
                other => prop_assert!(false, "{other:?} for {}", String::from_utf8_lossy(cut)),
            }
        }
    }

    #[test]
    fn any_bytes_give_a_value_or_an_error(data in prop::collection::vec(any::<u8>(), 0..64)) {
        oracle::reply(&data);
        oracle::truncate(&data);
        oracle::reply_round(&data);
    }
}

proptest! {
    #![proptest_config(cases(8))]

    #[test]
    fn a_page_cut_after_each_byte(page in strategies::list_jobs_result()) {
        let written = ListJobs::encode_response(&page).unwrap().into_body();
        oracle::truncate(&[b"2", written.as_slice()].concat());
    }

    #[test]
    fn a_page_with_a_byte_changed(
        page in strategies::list_jobs_result(),
        changes in prop::collection::vec((any::<Index>(), any::<u8>()), 16),
    ) {
        let mut data = b"2".to_vec();
        data.extend(ListJobs::encode_response(&page).unwrap().into_body());
        for (at, byte) in changes {
            let at = at.index(data.len());
            let before = std::mem::replace(&mut data[at], byte);
            oracle::reply(&data);
            data[at] = before;
        }
    }

    #[test]
    fn the_layout_of_a_page_means_nothing(seed: u64, jobs in 0..8_usize) {
        let read = |layout| read(&page(seed, jobs, layout, Content::Mixed));
        prop_assert_eq!(read(Layout::Tabs), read(Layout::Compact));
    }
}
