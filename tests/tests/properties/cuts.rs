//! What was cut is taken for cut, and what was changed for what it has become

use cos_batch::http::{Request, Response};
use cos_batch::{
    CreateJob, DescribeJob, Endpoint, Limits, ListJobs, Operation, ReplyError, RequestError,
    UpdateJobPriority, UpdateJobStatus, XmlErrorKind,
};
use cos_batch_testkit::{calls, oracle, strategies};
use proptest::prelude::*;
use proptest::sample::Index;

use super::cases;

/// Where documents are cut.
fn cuts() -> impl Strategy<Value = Vec<Index>> {
    prop::collection::vec(any::<Index>(), 16)
}

/// An answer that ends before its root does is cut off, wherever that is.
fn answer<O: Operation>(answer: O::Output<'static>, cuts: &[Index]) -> Result<(), TestCaseError> {
    let written = O::encode_response(&answer).unwrap().into_body();
    for cut in cuts {
        let cut = &written[..cut.index(written.len())];
        match O::decode_response(&Response::new(cut), &Limits::default()) {
            Err(ReplyError::Xml(error)) => {
                prop_assert_eq!(error.kind(), &XmlErrorKind::Truncated);
                prop_assert!(error.offset() <= cut.len(), "{error}");
            }
            Err(error) => prop_assert!(false, "{error} for {}", String::from_utf8_lossy(cut)),
            Ok(_) => prop_assert!(false, "passes: {}", String::from_utf8_lossy(cut)),
        }
    }
    Ok(())
}

macro_rules! calls {
    ($($name:ident: $Call:ident, $answers:ident;)+) => { $(
        mod $name {
            use super::*;

            proptest! {
                #![proptest_config(cases(2))]

                #[test]
                fn an_answer_that_is_cut_is_cut(value in strategies::$answers(), cuts in cuts()) {
                    answer::<$Call>(value, &cuts)?;
                }
            }
        }
    )+ };
}

calls! {
    create_job: CreateJob, create_job_result;
    describe_job: DescribeJob, describe_job_result;
    list_jobs: ListJobs, list_jobs_result;
    update_job_priority: UpdateJobPriority, update_job_priority_result;
    update_job_status: UpdateJobStatus, update_job_status_result;
}

fn endpoint() -> Endpoint {
    Endpoint::custom("http", "127.0.0.1:9000", "1250000000".parse().unwrap()).unwrap()
}

proptest! {
    #![proptest_config(cases(2))]

    #[test]
    fn a_job_that_is_cut_is_cut(create in strategies::create_job(), cuts in cuts()) {
        let request = create.encode_request(&endpoint()).unwrap();
        for cut in cuts {
            let cut = &request.body()[..cut.index(request.body().len())];
            let error = CreateJob::from_xml(cut, &Limits::default()).unwrap_err();
            prop_assert_eq!(error.kind(), &XmlErrorKind::Truncated, "{}", String::from_utf8_lossy(cut));
            let (parts, _) = calls::borrowed(&request).into_parts();
            let read = CreateJob::decode_request(&Request::from_parts(parts, cut), &Limits::default());
            let expected = if cut.is_empty() { RequestError::NoBody } else { RequestError::BadDigest };
            prop_assert_eq!(read, Err(expected), "the digest tells");
        }
    }

    #[test]
    fn a_body_with_a_byte_changed_has_another_digest(
        create in strategies::create_job(),
        at: Index,
        change in 1..=u8::MAX,
    ) {
        let mut request = create.encode_request(&endpoint()).unwrap();
        let at = at.index(request.body().len());
        request.body_mut()[at] ^= change;
        let read = CreateJob::decode_request(&calls::borrowed(&request), &Limits::default());
        prop_assert_eq!(read, Err(RequestError::BadDigest));
    }
}

/// A document of any call as the oracles take it, with its status and its letter.
fn document() -> impl Strategy<Value = Vec<u8>> {
    fn answer<O: Operation>(letter: u8, output: &O::Output<'_>) -> Vec<u8> {
        [&[b'2', letter], O::encode_response(output).unwrap().body().as_slice()].concat()
    }
    prop_oneof![
        1 => strategies::create_job_result().prop_map(|it| answer::<CreateJob>(b'C', &it)),
        3 => strategies::describe_job_result().prop_map(|it| answer::<DescribeJob>(b'D', &it)),
        3 => strategies::list_jobs_result().prop_map(|it| answer::<ListJobs>(b'L', &it)),
        1 => strategies::update_job_priority_result().prop_map(|it| answer::<UpdateJobPriority>(b'P', &it)),
        1 => strategies::update_job_status_result().prop_map(|it| answer::<UpdateJobStatus>(b'S', &it)),
        3 => strategies::create_job().prop_map(|it| [b"2J", it.to_xml().unwrap().as_slice()].concat()),
    ]
}

proptest! {
    #![proptest_config(cases(8))]

    #[test]
    fn a_document_cut_after_each_byte(document in document()) {
        oracle::truncate(&document);
    }

    #[test]
    fn a_document_with_a_byte_changed(
        document in document(),
        changes in prop::collection::vec((any::<Index>(), any::<u8>()), 16),
    ) {
        let mut data = document;
        oracle::reply(&data);
        for (at, byte) in changes {
            let at = at.index(data.len());
            let before = std::mem::replace(&mut data[at], byte);
            oracle::reply(&data);
            data[at] = before;
        }
    }
}
