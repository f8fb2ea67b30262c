//! What a server refuses, and how

use cos_batch::serve::AnyRequest;
use cos_batch::{
    Endpoint, ErrorCode, Limits, ListJobs, Operation, RequestError, RequestedJobStatus, StatusForm,
    UpdateJobStatus,
};
use cos_batch_testkit::{calls, strategies};
use proptest::prelude::*;
use proptest::sample::Index;

use super::cases;

/// Refused as an illegal value of a parameter.
fn refused<O: Operation>(call: &O, parameter: &str) -> Result<(), TestCaseError> {
    let endpoint = Endpoint::custom("http", "h", "1250000000".parse().unwrap()).unwrap();
    let request = call.encode_request(&endpoint).unwrap();
    let error = AnyRequest::decode(&calls::borrowed(&request), &Limits::default()).unwrap_err();
    prop_assert!(
        matches!(&error, RequestError::InvalidArgument { name, .. } if *name == parameter),
        "{error:?}"
    );
    let answer = error.to_service_error();
    prop_assert_eq!((answer.code, answer.status.as_u16()), (ErrorCode::InvalidArgument, 400));
    Ok(())
}

proptest! {
    #![proptest_config(cases(1))]

    #[test]
    fn a_filter_with_a_status_on_no_list(
        list in strategies::list_jobs(),
        name in strategies::unlisted(),
        at: Index,
        joined: bool,
    ) {
        let mut list = list;
        list.job_statuses.insert(at.index(list.job_statuses.len() + 1), name.parse().unwrap());
        list.status_form = if joined { StatusForm::Joined } else { StatusForm::Repeated };
        refused::<ListJobs>(&list, "jobStatuses")?;
    }

    #[test]
    fn a_request_for_a_status_on_no_list(
        update in strategies::update_job_status(),
        name in prop_oneof![strategies::unlisted(), strategies::listed_job_status().prop_map(|it| it.to_string())],
    ) {
        let mut update = update;
        update.requested_job_status = name.parse().unwrap();
        if let RequestedJobStatus::Other(_) = update.requested_job_status {
            refused::<UpdateJobStatus>(&update, "requestedJobStatus")?;
        }
    }

    #[test]
    fn a_request_of_nobody(any in strategies::any_request()) {
        let endpoint = Endpoint::custom("http", "h", "1250000000".parse().unwrap()).unwrap();
        let mut request = calls::encode(&any, &endpoint).unwrap();
        request.headers_mut().remove("x-cos-appid");
        let error = AnyRequest::decode(&calls::borrowed(&request), &Limits::default());
        prop_assert_eq!(error, Err(RequestError::MissingHeader("x-cos-appid")));
    }

    #[test]
    fn a_job_longer_than_the_limit(create in strategies::create_job()) {
        let endpoint = Endpoint::custom("http", "h", "1250000000".parse().unwrap()).unwrap();
        let request = create.encode_request(&endpoint).unwrap();
        let limits = Limits::bytes(request.body().len() - 1);
        let error = AnyRequest::decode(&calls::borrowed(&request), &limits).unwrap_err();
        prop_assert_eq!(error.code(), ErrorCode::XmlSizeLimit);
        let limits = Limits::bytes(request.body().len());
        prop_assert!(AnyRequest::decode(&calls::borrowed(&request), &limits).is_ok());
    }
}
