//! What is written is read back as it was, and written again as it was

use std::fmt::Debug;

use cos_batch::http::Response;
use cos_batch::serve::AnyRequest;
use cos_batch::xml::Writer;
use cos_batch::{
    CreateJob, DeleteJob, DescribeJob, DescribeJobResult, Endpoint, IntoOwned, JobOperation,
    Limits, ListJobs, Operation, ReplyError, RequestError, UpdateJobPriority, UpdateJobStatus,
};
use cos_batch_testkit::corpus::{Content, Layout, page};
use cos_batch_testkit::{calls, oracle, strategies};
use proptest::prelude::*;

use super::cases;

/// A request goes to its endpoint, is read as its own call and as any, and gives itself again.
fn request<O>(call: O, any: AnyRequest, endpoint: &Endpoint) -> Result<(), TestCaseError>
where
    O: Operation + Debug + PartialEq,
{
    let limits = Limits::default();
    let request = call.encode_request(endpoint).unwrap();
    prop_assert_eq!(&request.headers()["host"], endpoint.authority().as_str());
    prop_assert!(request.headers().contains_key("x-cos-appid"));
    let read = O::decode_request(&calls::borrowed(&request), &limits);
    prop_assert_eq!(read.as_ref(), Ok(&call));
    let again = read.unwrap().encode_request(endpoint).unwrap();
    prop_assert_eq!((again.method(), again.uri()), (request.method(), request.uri()));
    prop_assert_eq!((again.headers(), again.body()), (request.headers(), request.body()));
    prop_assert_eq!(any.name(), O::NAME);
    prop_assert_eq!(AnyRequest::decode(&calls::borrowed(&request), &limits), Ok(any));
    Ok(())
}

/// An answer is read as it was, equals its detached copy, and gives the same bytes again.
fn answer<O>(answer: O::Output<'static>) -> Result<(), TestCaseError>
where
    O: Operation,
    O::Output<'static>: Clone + Debug + PartialEq,
{
    let written = O::encode_response(&answer).unwrap();
    let read = O::decode_response(&calls::received(&written), &Limits::default()).unwrap();
    let again = O::encode_response(&read).unwrap();
    prop_assert_eq!(again.body(), written.body());
    prop_assert_eq!(read.into_owned(), answer.clone());
    prop_assert_eq!(answer.clone().into_owned(), answer);
    Ok(())
}

macro_rules! calls {
    ($($name:ident: $Call:ident, $any:expr, $answers:expr;)+) => { $(
        mod $name {
            use super::*;

            proptest! {
                #![proptest_config(cases(1))]

                #[test]
                fn a_request(call in strategies::$name(), endpoint in strategies::endpoint()) {
                    request(call.clone(), $any(call), &endpoint)?;
                }

                #[test]
                fn an_answer(value in $answers) {
                    answer::<$Call>(value)?;
                }
            }
        }
    )+ };
}

calls! {
    create_job: CreateJob, |call| AnyRequest::CreateJob(Box::new(call)), strategies::create_job_result();
    delete_job: DeleteJob, AnyRequest::DeleteJob, Just(());
    describe_job: DescribeJob, AnyRequest::DescribeJob, strategies::describe_job_result();
    list_jobs: ListJobs, AnyRequest::ListJobs, strategies::list_jobs_result();
    update_job_priority: UpdateJobPriority, AnyRequest::UpdateJobPriority, strategies::update_job_priority_result();
    update_job_status: UpdateJobStatus, AnyRequest::UpdateJobStatus, strategies::update_job_status_result();
}

/// Space between the tags of a document, but in no element that could be a text.
fn spaced(document: &[u8]) -> String {
    let text = std::str::from_utf8(document).unwrap();
    text.replace("><", ">\r\n\t<").replace(">\r\n\t</", "></")
}

proptest! {
    #![proptest_config(cases(1))]

    #[test]
    fn a_refusal_of_any_call(error in strategies::service_error()) {
        let reply = error.encode();
        let (reply, limits) = (calls::received(&reply), Limits::default());
        let refused = Err(ReplyError::from(error));
        prop_assert_eq!(&CreateJob::decode_response(&reply, &limits).map(drop), &refused);
        prop_assert_eq!(&DeleteJob::decode_response(&reply, &limits), &refused);
        prop_assert_eq!(&DescribeJob::decode_response(&reply, &limits).map(drop), &refused);
        prop_assert_eq!(&ListJobs::decode_response(&reply, &limits).map(drop), &refused);
        prop_assert_eq!(&UpdateJobPriority::decode_response(&reply, &limits).map(drop), &refused);
        prop_assert_eq!(&UpdateJobStatus::decode_response(&reply, &limits).map(drop), &refused);
    }

    #[test]
    fn a_request_is_for_one_call(any in strategies::any_request(), endpoint in strategies::endpoint()) {
        let request = calls::encode(&any, &endpoint).unwrap();
        let (request, limits) = (calls::borrowed(&request), Limits::default());
        let taken = [
            CreateJob::decode_request(&request, &limits).map(|_| CreateJob::NAME),
            DeleteJob::decode_request(&request, &limits).map(|_| DeleteJob::NAME),
            DescribeJob::decode_request(&request, &limits).map(|_| DescribeJob::NAME),
            ListJobs::decode_request(&request, &limits).map(|_| ListJobs::NAME),
            UpdateJobPriority::decode_request(&request, &limits).map(|_| UpdateJobPriority::NAME),
            UpdateJobStatus::decode_request(&request, &limits).map(|_| UpdateJobStatus::NAME),
        ];
        prop_assert_eq!(taken.iter().filter(|taken| **taken == Ok(any.name())).count(), 1);
        let others = taken.iter().filter(|taken| **taken == Err(RequestError::OtherCall));
        prop_assert_eq!(others.count(), 5, "{:?}", taken);
    }

    #[test]
    fn a_job_in_a_file(create in strategies::create_job()) {
        let file = create.to_xml().unwrap();
        prop_assert_eq!(CreateJob::from_xml(&file, &Limits::default()), Ok(create.clone()));
        // The markup of an unknown operation is kept as it was written, space and all.
        if !matches!(create.operation, JobOperation::Other(_)) {
            let spaced = spaced(&file);
            prop_assert_eq!(CreateJob::from_xml(spaced.as_bytes(), &Limits::default()), Ok(create));
        }
    }

    #[test]
    fn the_layout_of_a_job_means_nothing(described in strategies::describe_job_result()) {
        fn read(document: &[u8]) -> Result<DescribeJobResult<'static>, ReplyError> {
            let reply = Response::new(document);
            DescribeJob::decode_response(&reply, &Limits::default()).map(IntoOwned::into_owned)
        }
        let compact = described.to_xml(Writer::new()).unwrap();
        let indented = described.to_xml(Writer::indented()).unwrap();
        prop_assert!(indented.starts_with(b"<DescribeJobResult>\n\t<Job>\n\t\t<"));
        prop_assert_eq!(read(&compact), Ok(described.clone()));
        prop_assert_eq!(read(&indented), Ok(described));
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
    fn the_layout_of_a_page_means_nothing(seed: u64, jobs in 0..8_usize) {
        let pages = [Layout::Tabs, Layout::Compact].map(|layout| page(seed, jobs, layout, Content::Mixed));
        let [tabs, compact] = pages.each_ref().map(|page| {
            ListJobs::decode_response(&Response::new(page.as_slice()), &Limits::default())
        });
        prop_assert_eq!(tabs, compact);
    }
}
