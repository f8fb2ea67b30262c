//! What a server refuses, with the documented code and status

use cos_batch::serve::AnyRequest;
use cos_batch::{ErrorCode, JobId, Limits, RequestError};
use http::Request;

fn decode(method: &str, target: &str, body: &str) -> Result<&'static str, RequestError> {
    let request = Request::builder()
        .method(method)
        .uri(target)
        .header("x-cos-appid", "1250000000")
        .body(body.as_bytes())
        .expect("a request");
    AnyRequest::decode(&request, &Limits::bytes(1024 * 1024)).map(|request| request.name())
}

#[track_caller]
fn refused(method: &str, target: &str, body: &str, status: u16, code: ErrorCode) {
    let error = decode(method, target, body).expect_err("refused");
    let said = (error.status().as_u16(), error.code());
    assert_eq!(said, (status, code), "{method} {target} {body}: {error}");
    let answer = error.to_service_error();
    assert_eq!((answer.status.as_u16(), &answer.code), (status, &said.1));
}

/// A body with all that is required.
const BODY: &str = "<CreateJobRequest><ClientRequestToken>t</ClientRequestToken><Manifest>\
    <Location><ETag>e</ETag><ObjectArn>qcs::cos:r::b-1/k</ObjectArn></Location><Spec><Fields>\
    <member>Bucket</member><member>Key</member></Fields><Format>COSBatchOperations_CSV_V1</Format>\
    </Spec></Manifest><Operation><COSDeleteObject></COSDeleteObject></Operation>\
    <Priority>1</Priority><Report><Enabled>false</Enabled></Report>\
    <RoleArn>qcs::cam::uin/1:roleName/R</RoleArn></CreateJobRequest>";

#[test]
fn every_call_is_found_by_its_method_and_path() {
    for (method, target, name) in [
        ("GET", "/jobs", "ListJobs"),
        ("GET", "/jobs?maxResults=1", "ListJobs"),
        ("POST", "/jobs", "CreateJob"),
        ("GET", "/jobs/a", "DescribeJob"),
        ("DELETE", "/jobs/a", "DeleteJob"),
        ("POST", "/jobs/a/priority?priority=1", "UpdateJobPriority"),
        ("POST", "/jobs/a/status?requestedJobStatus=Ready", "UpdateJobStatus"),
        ("GET", "http://h.example/jobs/%61", "DescribeJob"),
        ("GET", "/jobs/priority", "DescribeJob"),
    ] {
        assert_eq!(decode(method, target, BODY), Ok(name), "{method} {target}");
    }
}

#[test]
fn what_is_no_call_is_404_and_a_wrong_method_405() {
    use ErrorCode::{InvalidRequest, MethodNotAllowed};
    for target in ["/", "/job", "/jobsx", "/jobs/a/b", "/jobs/a/priority/c", "/a/jobs", "/jobs/a/"]
    {
        refused("GET", target, "", 404, InvalidRequest);
    }
    for (method, target) in [
        ("PUT", "/jobs"),
        ("DELETE", "/jobs"),
        ("POST", "/jobs/a"),
        ("GET", "/jobs/a/priority"),
        ("PUT", "/jobs/a/status"),
    ] {
        refused(method, target, "", 405, MethodNotAllowed);
    }
}

#[test]
fn an_id_that_is_none_is_400_and_never_a_path() {
    use ErrorCode::{InvalidArgument, InvalidRequest};
    let long = "a".repeat(65);
    for id in ["a?x=1/../b#c", "", &long, "..", "a b", "中"] {
        assert!(JobId::try_from(id).is_err(), "{id}");
    }
    for id in ["a%3Fx%3D1%2F..%2Fb%23c", &long, "..", "a%20b", "%E4%B8%AD", "%ff", "%2e%2e", "a%00"]
    {
        for (method, rest) in [
            ("GET", ""),
            ("DELETE", ""),
            ("POST", "/priority?priority=1"),
            ("POST", "/status?requestedJobStatus=Ready"),
        ] {
            refused(method, &format!("/jobs/{id}{rest}"), "", 400, InvalidArgument);
        }
    }
    refused("GET", "/jobs/", "", 400, InvalidRequest);
    refused("POST", "/jobs//priority?priority=1", "", 400, InvalidRequest);
}

#[test]
fn parameters_are_refused_as_the_pages_say() {
    use ErrorCode::{InvalidArgument, InvalidRequest};
    refused("POST", "/jobs/a/priority", "", 400, InvalidRequest);
    for priority in ["-5", "2147483648", "", "x", "1.0", "+1", "1&priority=2"] {
        refused("POST", &format!("/jobs/a/priority?priority={priority}"), "", 400, InvalidArgument);
    }
    for status in
        ["", "Active", "ready", "Bogus", "Ready,Cancelled", "Ready&requestedJobStatus=Ready"]
    {
        let target = format!("/jobs/a/status?requestedJobStatus={status}");
        refused("POST", &target, "", 400, InvalidArgument);
    }
    refused("POST", "/jobs/a/status", "", 400, InvalidArgument);
    let long =
        format!("/jobs/a/status?requestedJobStatus=Ready&statusUpdateReason={}", "r".repeat(257));
    refused("POST", &long, "", 400, InvalidArgument);
    for query in ["jobStatuses=Bogus", "maxResults=0", "maxResults=x", "nextToken="] {
        refused("GET", &format!("/jobs?{query}"), "", 400, InvalidArgument);
    }
}

/// A body with one of its parts changed.
fn changed(from: &str, to: &str) -> String {
    let changed = BODY.replace(from, to);
    assert_ne!(changed, BODY, "{from}");
    changed
}

#[test]
fn a_body_is_refused_as_the_pages_say() {
    use ErrorCode::{InvalidArgument, InvalidRequest, MalformedXml, XmlSizeLimit};
    refused("POST", "/jobs", "", 400, InvalidRequest);
    for (from, to) in [
        ("<ClientRequestToken>t</ClientRequestToken>", ""),
        ("<ClientRequestToken>t<", "<ClientRequestToken><"),
        ("<ClientRequestToken>t<", &format!("<ClientRequestToken>{}<", "t".repeat(65))),
        ("<Priority>1<", "<Priority>-5<"),
        ("<Priority>1<", "<Priority>2147483648<"),
        ("<Priority>1<", "<Priority>high<"),
        ("<Priority>1</Priority>", ""),
        ("qcs::cam::uin/1:roleName/R", "R"),
        ("<Priority>", &format!("<Description>{}</Description><Priority>", "d".repeat(257))),
        ("<Priority>", "<ConfirmationRequired>maybe</ConfirmationRequired><Priority>"),
    ] {
        refused("POST", "/jobs", &changed(from, to), 400, InvalidArgument);
    }
    for (from, to) in [
        ("<CreateJobRequest>", "<CreateJob>"),
        ("</Manifest>", ""),
        ("<ETag>e</ETag>", ""),
        ("qcs::cos:r::b-1/k", "b/k"),
        ("<member>Key</member>", ""),
        ("<COSDeleteObject></COSDeleteObject>", ""),
        ("<COSDeleteObject></COSDeleteObject>", "<COSDeleteObject/><COSDeleteObject/>"),
        ("<COSDeleteObject></COSDeleteObject>", "<COSInitiateRestoreObject/>"),
        ("<Enabled>false</Enabled>", ""),
        ("<Enabled>false</Enabled>", "<Enabled>true</Enabled>"),
        ("<Priority>1</Priority>", "<Priority>1</Priority><Priority>1</Priority>"),
        ("</CreateJobRequest>", ""),
        ("<CreateJobRequest>", "<!DOCTYPE x><CreateJobRequest>"),
    ] {
        refused("POST", "/jobs", &changed(from, to), 400, MalformedXml);
    }
    for document in ["text", "<a/>", "{}", "<CreateJobRequest></CreateJobRequest>x"] {
        let error = decode("POST", "/jobs", document).expect_err("refused");
        assert!(matches!(error.code(), MalformedXml | InvalidArgument), "{document}");
    }
    refused("POST", "/jobs", &" ".repeat(1024 * 1024 + 1), 400, XmlSizeLimit);
}

#[test]
fn a_digest_that_is_wrong_is_refused() {
    let decode = |digest: &str| {
        let request = Request::post("/jobs")
            .header("x-cos-appid", "1250000000")
            .header("content-md5", digest)
            .body(BODY.as_bytes())
            .expect("a request");
        AnyRequest::decode(&request, &Limits::default()).map(|request| request.name())
    };
    assert_eq!(decode("JNTKndU/iEWUhhCpdJZV6Q=="), Err(RequestError::BadDigest));
    for digest in ["", "JNTKndU/iEWUhhCpdJZV6Q", "AAAA", "!"] {
        assert_eq!(decode(digest), Err(RequestError::InvalidDigest), "{digest}");
    }
}
