//! The feature `serde`: names in snake case, values as on the wire, and back again

use cos_batch::{
    CreateJob, DescribeJob, DescribeJobResult, IntoOwned, Limits, ListJobs, ListJobsResult,
    Operation,
};
use http::Response;
use insta::assert_snapshot;
use serde_json::json;

const JOB: &str = "<CreateJobRequest><ClientRequestToken>t</ClientRequestToken><Manifest><Location>\
    <ETag>e</ETag><ObjectArn>qcs::cos:r::b-1/k</ObjectArn></Location><Spec><Fields>\
    <member>Bucket</member><member>Key</member></Fields><Format>COSBatchOperations_CSV_V1</Format>\
    </Spec></Manifest><Operation>OPERATION</Operation><Priority>1</Priority><Report>\
    <Enabled>false</Enabled></Report><RoleArn>qcs::cam::uin/1:roleName/R</RoleArn></CreateJobRequest>";

#[test]
fn a_page_as_json_and_back() {
    let document = b"<ListJobsResult><Jobs><member><CreationTime>2019-12-19T11:05:40Z</CreationTime>\
        <JobId>a-1</JobId><Operation>COSNew</Operation><Priority>10</Priority><ProgressSummary>\
        <NumberOfTasksFailed>1</NumberOfTasksFailed><NumberOfTasksSucceeded>2</NumberOfTasksSucceeded>\
        <TotalNumberOfTasks>3</TotalNumberOfTasks></ProgressSummary><Status>Active</Status></member>\
        </Jobs><NextToken>a-1</NextToken></ListJobsResult>";
    let page = ListJobs::decode_response(&Response::new(&document[..]), &Limits::default());
    let page = page.expect("a page");
    let json = serde_json::to_string_pretty(&page).expect("JSON");
    assert_snapshot!(json);
    assert_eq!(serde_json::from_str::<ListJobsResult<'_>>(&json).expect("a page"), page);
}

#[test]
fn every_operation_as_json_and_back() {
    for operation in [
        "<COSDeleteObject></COSDeleteObject>",
        "<COSInitiateRestoreObject><ExpirationInDays>7</ExpirationInDays><JobTier>Bulk</JobTier></COSInitiateRestoreObject>",
        "<COSPutObjectCopy><ModifiedSinceConstraint>1557902800</ModifiedSinceConstraint><TargetResource>qcs::cos:r::b-1</TargetResource></COSPutObjectCopy>",
        "<COSPutObjectTagging><TagSet><COSTag><Key>k</Key><Value>v</Value></COSTag></TagSet></COSPutObjectTagging>",
        "<COSFreezeObject a='1'/>",
    ] {
        let document = JOB.replace("OPERATION", operation);
        let create = CreateJob::from_xml(document.as_bytes(), &Limits::default()).expect("a job");
        let json = serde_json::to_string(&create).expect("JSON");
        assert_eq!(serde_json::from_str::<CreateJob>(&json).expect(&json), create);
    }
}

#[test]
fn a_job_as_json_and_back() {
    let document = b"<DescribeJobResult><Job><CreationTime>2019-12-19T18:00:30Z</CreationTime>\
        <FailureReasons><JobFailure><FailureCode/></JobFailure></FailureReasons><JobId>a</JobId>\
        <Operation><COSDeleteObject/></Operation><Priority>0</Priority><Status>Hibernating</Status>\
        <SuspendedDate>2019-12-19T18:00:31Z</SuspendedDate></Job></DescribeJobResult>";
    let described = DescribeJob::decode_response(&Response::new(&document[..]), &Limits::default());
    let described = described.expect("a job");
    let json = serde_json::to_string_pretty(&described).expect("JSON");
    assert_snapshot!(json);
    assert_eq!(serde_json::from_str::<DescribeJobResult<'_>>(&json).expect("a job"), described);
}

#[test]
fn what_is_illegal_on_the_wire_is_illegal_in_json() {
    let document = JOB.replace("OPERATION", "<COSDeleteObject/>");
    let create = CreateJob::from_xml(document.as_bytes(), &Limits::default()).expect("a job");
    let json = serde_json::to_string(&create).expect("JSON");
    for (from, to) in [
        ("\"priority\":1", "\"priority\":2147483648"),
        ("\"priority\":1", "\"priority\":-1"),
        ("\"client_request_token\":\"t\"", "\"client_request_token\":\"\""),
        ("qcs::cam::uin/1:roleName/R", "R"),
        ("qcs::cos:r::b-1/k", "b/k"),
        ("\"delete_object\"", "{\"other\":\"<A></B>\"}"),
        ("\"delete_object\"", "{\"other\":\"<COSDeleteObject/>\"}"),
    ] {
        let changed = json.replace(from, to);
        assert_ne!(changed, json, "{from}");
        assert!(serde_json::from_str::<CreateJob>(&changed).is_err(), "{to}");
    }
}

const LISTED: &str = "<ListJobsResult><Jobs><member>UNKNOWN<CreationTime>2019-12-19T11:05:40Z\
    </CreationTime><JobId>a-1</JobId><Operation>COSNew</Operation><Priority>10</Priority><Status>New\
    </Status></member></Jobs></ListJobsResult>";

/// The `unknown` of a listed job with these elements in it.
fn unknown(elements: &str) -> (ListJobsResult<'static>, serde_json::Value) {
    let document = LISTED.replace("UNKNOWN", elements);
    let page = ListJobs::decode_response(&Response::new(document.as_bytes()), &Limits::default());
    let page = page.expect("a page").into_owned();
    let json = serde_json::to_value(&page).expect("JSON")["jobs"][0]["unknown"].take();
    (page, json)
}

#[test]
fn what_no_page_documents_is_an_object_of_texts_and_markup() {
    for (elements, json) in [
        ("<Colour>red</Colour>", json!({"Colour": "red"})),
        ("<Empty></Empty>", json!({"Empty": ""})),
        ("<Closed/>", json!({"Closed": "<Closed/>"})),
        ("<Amp>&lt;b&gt;&amp;</Amp>", json!({"Amp": "<Amp>&lt;b&gt;&amp;</Amp>"})),
        ("<Amp>a&amp;b</Amp>", json!({"Amp": "a&b"})),
        ("<x:Colour>red</x:Colour>", json!({"Colour": "<x:Colour>red</x:Colour>"})),
        ("<Tag>a</Tag><Tag>b</Tag>", json!({"Tag": "<Tag>a</Tag><Tag>b</Tag>"})),
        ("<A><B/></A><C>c</C>", json!({"A": "<A><B/></A>", "C": "c"})),
    ] {
        let (page, found) = unknown(elements);
        assert_eq!(found, json, "{elements}");
        let written = serde_json::to_string(&page).expect("JSON");
        assert_eq!(serde_json::from_str::<ListJobsResult<'_>>(&written).expect(elements), page);
    }
}

#[test]
fn what_a_listing_does_not_have_but_a_description_is_not_unknown() {
    assert_eq!(unknown("<RoleArn>a</RoleArn>").1, json!(null));
    assert_eq!(unknown("<!-- <Colour/> -->").1, json!(null));
}

#[test]
fn only_elements_that_no_page_documents_are_taken_for_unknown() {
    let (page, _) = unknown("<Colour>red</Colour>");
    let json = serde_json::to_string(&page).expect("JSON");
    for (name, value) in [
        ("Status", "red"),
        ("RoleArn", "red"),
        ("Two words", "red"),
        ("", "red"),
        ("Colour", "<Color>red</Color>"),
        ("Colour", "<Colour>red</Colour>red"),
        ("Colour", "<Colour>red</Colour> <Colour/>"),
        ("Colour", "<Colour>red"),
        ("Colour", "<Colour/></b></a><a><b><Colour/>"),
        ("Colour", "<Colour/></b><b><Colour/>"),
        ("Colour", "red\u{1}"),
        ("Colour", "<!-- red -->"),
    ] {
        let mut changed: serde_json::Value = serde_json::from_str(&json).expect("JSON");
        changed["jobs"][0]["unknown"] = json!({ name: value });
        let error = serde_json::from_value::<ListJobsResult<'_>>(changed).expect_err(value);
        assert!(error.to_string().contains("that no page documents"), "{error}");
    }
}
