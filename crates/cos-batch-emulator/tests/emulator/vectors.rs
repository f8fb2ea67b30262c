//! Signatures that the SDKs of COS make are accepted
//!
//! Each vector is a request with the signature that at least one SDK, or an independent program
//! written from the docs, gives it.

use cos_batch::http::{HeaderValue, Request};
use cos_batch::{
    CreateJob, DescribeJob, ErrorCode, Job, JobOperation, JobStatus, Priority, UpdateJobPriority,
    UpdateJobStatus,
};
use cos_batch_emulator::{Account, Engine, Settings};

use crate::support::*;

const JOB: &str = "53dc6228-c50b-46f7-8ad7-65e7159f1aae";
const BOTH: &str = "host;x-cos-appid";
const TOKEN: &str = "EXAMPLE-token/with+special=chars~and space";
const V1: &str = "89effff0debb70a86af3595b206e8093bda6efc1";

pub(crate) fn authorization(headers: &str, parameters: &str, signature: &str) -> String {
    format!(
        "q-sign-algorithm=sha1&q-ak={SECRET_ID}&q-sign-time={START};{END}&q-key-time={START};{END}\
         &q-header-list={headers}&q-url-param-list={parameters}&q-signature={signature}"
    )
}

/// A vector: what is sent, which headers and parameters are signed, and how.
fn vector(
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    signed: (&str, &str),
    signature: &str,
) -> Request<&'static [u8]> {
    let mut request = wire(method, target, headers);
    let value = authorization(signed.0, signed.1, signature);
    request.headers_mut().insert("authorization", HeaderValue::try_from(value).unwrap());
    request
}

pub(crate) fn v1() -> Request<&'static [u8]> {
    vector("GET", "/jobs", &[HOST, APPID], (BOTH, ""), V1)
}

#[test]
fn v1_lists_all_jobs() {
    let page = page(&sample_engine().handle(&v1(), at(START))).unwrap();
    assert_eq!(page.jobs.len(), 48);
    assert_eq!(page.next_token, None);
}

#[test]
fn v2_verifies_and_its_token_is_no_job_id() {
    let target = "/jobs?jobStatuses=Active%2CComplete&maxResults=100\
                  &nextToken=a%2Fb%2Bc%3Dd%20e~f%2Ag%27h%28i%29j%21k%3Bl%26m%25n%7Co%22p%E4%B8%AD";
    let list = "jobstatuses;maxresults;nexttoken";
    // The Go SDK writes a space as a plus.
    for target in [target, &target.replace("%20", "+")] {
        let signature = "7f3e4f1d5643d3288368fd94601dea967ffbb824";
        let request = vector("GET", target, &[HOST, APPID], (BOTH, list), signature);
        let reply = sample_engine().handle(&request, at(START));
        let error = refused(&reply, 400, ErrorCode::InvalidArgument);
        assert!(error.message.as_deref().unwrap().starts_with("nextToken"), "{error}");
    }
}

#[test]
fn v2c_is_a_second_page() {
    let target = "/jobs?jobStatuses=Suspended&maxResults=2\
                  &nextToken=066d919e-49b9-429e-b844-e17ea7b16421";
    let list = "jobstatuses;maxresults;nexttoken";
    let signature = "8dfef0cf9424ec0f7b86d84209c3decff26b534d";
    let request = vector("GET", target, &[HOST, APPID], (BOTH, list), signature);
    let page = page(&sample_engine().handle(&request, at(END))).unwrap();
    assert_eq!(page.jobs.len(), 2);
    for job in &page.jobs {
        assert_eq!(job.status, JobStatus::Suspended);
        assert!(job.job_id.as_str() > "066d919e-49b9-429e-b844-e17ea7b16421");
    }
}

/// The body of V3: one line, without an end.
const V3_BODY: &str = "<CreateJobRequest>\
    <ClientRequestToken>184ce261-18af-5e3d-3e30-253723cfd937</ClientRequestToken>\
    <ConfirmationRequired>false</ConfirmationRequired><Description>example-job</Description>\
    <Manifest><Location><ETag>&#34;15150651828fa9cdcb8356b6d1c7638b&#34;</ETag><ObjectArn>\
    qcs::cos:ap-chengdu::sourcebucket-1250000000/manifests/batch-copy-manifest.csv</ObjectArn>\
    </Location><Spec><Fields><member>Bucket</member><member>Key</member></Fields>\
    <Format>COSBatchOperations_CSV_V1</Format></Spec></Manifest><Operation><COSPutObjectCopy>\
    <TargetResource>qcs::cos:ap-chengdu:uid/1250000000:destinationbucket-1250000000\
    </TargetResource></COSPutObjectCopy></Operation><Priority>10</Priority><Report>\
    <Bucket>qcs::cos:ap-chengdu::sourcebucket-1250000000</Bucket><Enabled>true</Enabled>\
    <Format>Report_CSV_V1</Format><Prefix>job-result</Prefix><ReportScope>AllTasks</ReportScope>\
    </Report><RoleArn>qcs::cam::uin/100000000001:roleName/COS_Batch_QcsRole</RoleArn>\
    </CreateJobRequest>";

#[test]
fn v3_and_v3n_create_a_job() {
    assert_eq!(V3_BODY.len(), 959);
    let headers = [
        HOST,
        APPID,
        ("content-length", "959"),
        ("content-md5", "JNTKndU/iEWUhhCpdJZV6Q=="),
        ("content-type", "application/xml"),
    ];
    for (list, signature) in [
        (
            "content-length;content-md5;content-type;host;x-cos-appid",
            "0e516dd17e6f85d232eefe0e1816f546bc0217f2",
        ),
        ("content-length;content-md5;host;x-cos-appid", "eee9ad1819715a7338355960ba3a5d9544f5322b"),
    ] {
        let mut engine = sample_engine();
        let mut request = vector("POST", "/jobs", &headers, (list, ""), signature);
        // The signature covers the header; the header covers the body.
        let changed = V3_BODY.replace("example-job", "example_job");
        *request.body_mut() = changed.as_bytes();
        refused(&engine.handle(&request, at(START)), 400, ErrorCode::BadDigest);
        *request.body_mut() = V3_BODY.as_bytes();
        let job_id = decoded::<CreateJob>(&engine.handle(&request, at(START))).unwrap().job_id;
        let job = ask(&mut engine, &DescribeJob::new(job_id), at(START)).unwrap().job;
        assert_eq!(job.description.as_deref(), Some("example-job"));
        let etag = "\"15150651828fa9cdcb8356b6d1c7638b\"";
        assert_eq!(job.manifest.unwrap().location.etag, etag);
    }
}

#[test]
fn v4_needs_its_token() {
    let request = vector(
        "GET",
        &format!("/jobs/{JOB}"),
        &[HOST, APPID, ("x-cos-security-token", TOKEN)],
        ("host;x-cos-appid;x-cos-security-token", ""),
        "4c6d4be551e99d0fc7f1e243049e8468370309eb",
    );
    let answer = |accounts: &[Account]| {
        let mut engine = Engine::new(Settings::default());
        accounts.iter().for_each(|account| engine.add_account(account.clone()));
        engine.add_job(job(JobStatus::Active));
        engine.handle(&request, at(START))
    };
    let described = |accounts: &[Account]| {
        let job = decoded::<DescribeJob>(&answer(accounts)).unwrap().job;
        assert_eq!(job.job_id.as_str(), JOB);
    };
    let with_token = account().with_token(TOKEN).unwrap();
    let with_another = account().with_token("another").unwrap();
    let someone_else = Account::default();
    described(std::slice::from_ref(&with_token));
    described(&[account()]);
    described(&[someone_else.clone(), with_another.clone(), with_token]);
    refused(&answer(&[someone_else, with_another.clone()]), 403, ErrorCode::InvalidAccessKeyId);

    let mut engine = Engine::new(Settings::default());
    engine.add_account(with_another);
    refused(&engine.handle(&v1(), at(START)), 403, ErrorCode::InvalidAccessKeyId);
}

/// The job of the vectors, as it is found.
fn job(status: JobStatus) -> Job<'static> {
    let (job_id, operation) = (JOB.parse().unwrap(), JobOperation::DeleteObject);
    Job::new(job_id, operation, Priority::MAX, status, at(START))
}

#[test]
fn v5a_is_signed_in_its_query_in_both_forms() {
    let pairs = "/jobs?maxResults=10&q-sign-algorithm=sha1\
                 &q-ak=AKIDQjz3ltompVjBni5LitkWHFlFpwkn9U5q\
                 &q-sign-time=1557902800%3B1557910000&q-key-time=1557902800%3B1557910000\
                 &q-header-list=host%3Bx-cos-appid&q-url-param-list=maxresults\
                 &q-signature=c65f115f56e7fa9c05893d3534db04a30da48594";
    let merged = "/jobs?maxResults=10&sign=q-sign-algorithm%3Dsha1\
                  %26q-ak%3DAKIDQjz3ltompVjBni5LitkWHFlFpwkn9U5q\
                  %26q-sign-time%3D1557902800%3B1557910000%26q-key-time%3D1557902800%3B1557910000\
                  %26q-header-list%3Dhost%3Bx-cos-appid%26q-url-param-list%3Dmaxresults\
                  %26q-signature%3Dc65f115f56e7fa9c05893d3534db04a30da48594";
    for target in [pairs, merged] {
        let reply = sample_engine().handle(&wire("GET", target, &[HOST, APPID]), at(START));
        assert_eq!(reply.status(), 200, "{target}");
        let changed = target.replace("maxResults=10", "maxResults=11");
        let reply = sample_engine().handle(&wire("GET", &changed, &[HOST, APPID]), at(START));
        refused(&reply, 403, ErrorCode::SignatureDoesNotMatch);
    }
}

/// Its token is a parameter: signed, as Go has it, or appended after signing, as the others do.
#[test]
fn v5b_has_its_token_in_its_query() {
    let token = "EXAMPLE-token/with+special=chars";
    let encoded = "x-cos-security-token=EXAMPLE-token%2Fwith%2Bspecial%3Dchars";
    let signature = |list: &str, signature: &str| {
        format!(
            "q-sign-algorithm=sha1&q-ak={SECRET_ID}&q-sign-time={START}%3B{END}\
             &q-key-time={START}%3B{END}&q-header-list=host%3Bx-cos-appid\
             &q-url-param-list={list}&q-signature={signature}"
        )
    };
    let go =
        signature("maxresults%3Bx-cos-security-token", "a20cb33fe183b9056fe233ff106602b9a6605999");
    let others = signature("maxresults", "c65f115f56e7fa9c05893d3534db04a30da48594");
    let mut engine = Engine::new(Settings::default());
    engine.add_account(account().with_token(token).unwrap());
    for target in [
        format!("/jobs?maxResults=10&{encoded}&{go}"),
        format!("/jobs?maxResults=10&{others}&{encoded}"),
        // Node does not encode it, and leaves the semicolons of its lists.
        format!("/jobs?maxResults=10&{}&x-cos-security-token={token}", others.replace("%3B", ";")),
    ] {
        let reply = engine.handle(&wire("GET", &target, &[HOST, APPID]), at(START));
        assert_eq!(reply.status(), 200, "{target}");
        let other = target.replace("chars", "characters");
        let reply = engine.handle(&wire("GET", &other, &[HOST, APPID]), at(START));
        refused(&reply, 403, ErrorCode::InvalidAccessKeyId);
    }
}

#[test]
fn v6_and_v6n_cancel_a_job_and_say_why() {
    let target = format!(
        "/jobs/{JOB}/status?requestedJobStatus=Cancelled&statusUpdateReason=\
         %E5%8F%96%E6%B6%88%E6%93%8D%E4%BD%9C%20%28no%20longer%20needed%29"
    );
    let with_length = "content-length;host;x-cos-appid";
    let reasons = "requestedjobstatus;statusupdatereason";
    for (target, list, signature) in [
        (&target, with_length, "ef8e98fdb1d541c1c2da81cb23c312e12ff60629"),
        (&target.replace("%20", "+"), with_length, "ef8e98fdb1d541c1c2da81cb23c312e12ff60629"),
        (&target, BOTH, "44ded6879c8546185565ebe4b815967ee41d32d5"),
    ] {
        let headers = [HOST, APPID, ("content-length", "0")];
        let request = vector("POST", target, &headers, (list, reasons), signature);
        let mut engine = engine(Settings::default(), vec![job(JobStatus::Active)]);
        let reply = engine.handle(&request, at(START));
        let updated = decoded::<UpdateJobStatus>(&reply).unwrap();
        assert_eq!(updated.status, JobStatus::Cancelling);
        assert_eq!(updated.status_update_reason.as_deref(), Some("取消操作 (no longer needed)"));
        let error =
            refused(&sample_engine().handle(&request, at(START)), 404, ErrorCode::NoSuchJob);
        assert_eq!(error.resource.as_deref(), target.split('?').next());
    }
}

#[test]
fn v7_changes_a_priority_and_v8_deletes_a_job() {
    let headers = [HOST, APPID, ("content-length", "0")];
    let mut engine = engine(Settings::default(), vec![job(JobStatus::Suspended)]);
    let request = vector(
        "POST",
        &format!("/jobs/{JOB}/priority?priority=0"),
        &headers,
        ("content-length;host;x-cos-appid", "priority"),
        "8799dd53891017f333294265092924ce9bcae869",
    );
    let updated = engine.handle(&request, at(START));
    assert_eq!(decoded::<UpdateJobPriority>(&updated).unwrap().priority, Priority::MIN);

    let signature = "095a282513eeb42a7a9d7b1af68d66a7e7669096";
    let target = format!("/jobs/{JOB}");
    let request = vector("DELETE", &target, &headers, (BOTH, ""), signature);
    let deleted = engine.handle(&request, at(START));
    assert_eq!((deleted.status().as_u16(), deleted.body().len()), (204, 0));
    refused(&engine.handle(&request, at(START)), 404, ErrorCode::NoSuchJob);
}

#[test]
fn a_content_length_of_0_may_be_signed_on_a_get() {
    let mut request = wire("GET", "/jobs", &[HOST, APPID, ("content-length", "0")]);
    signer().sign(&mut request, at(START)).unwrap();
    let authorization = header(request.headers(), "authorization");
    assert!(authorization.contains("q-header-list=content-length;host;x-cos-appid&"));
    assert_eq!(page(&sample_engine().handle(&request, at(START))).unwrap().jobs.len(), 48);
}

#[test]
fn v9_lists_jobs_in_one_of_two_statuses() {
    let target = "/jobs?jobStatuses=Ready&jobStatuses=Active&maxResults=10";
    let signed = (BOTH, "jobstatuses;jobstatuses;maxresults");
    let signature = "cb72aa8c3b3686f41d5b6e0451eb3128761e01f6";
    let request = vector("GET", target, &[HOST, APPID], signed, signature);
    let page = page(&sample_engine().handle(&request, at(START))).unwrap();
    let statuses: Vec<_> = page.jobs.iter().map(|job| job.status.clone()).collect();
    assert!(statuses.contains(&JobStatus::Ready) && statuses.contains(&JobStatus::Active));
    assert!(statuses.iter().all(|it| [JobStatus::Ready, JobStatus::Active].contains(it)));
}

#[test]
fn v10_and_v10p_sign_the_host_with_its_port_and_without() {
    for signature in
        ["7d967c6764ac6636f37b1ce6b0882767a74e9b4a", "b4003ca391252c785520f97d977d49ade09aedd8"]
    {
        let headers = [("host", "127.0.0.1:9000"), APPID];
        let request = vector("GET", "/jobs", &headers, (BOTH, ""), signature);
        assert!(page(&sample_engine().handle(&request, at(START))).is_ok(), "{signature}");
    }
}

#[test]
fn v11_signs_its_date() {
    let request = vector(
        "GET",
        "/jobs?maxResults=1000",
        &[HOST, APPID, ("date", "Wed, 15 May 2019 06:46:40 GMT")],
        ("date;host;x-cos-appid", "maxresults"),
        "896b7057c2dfb6f1ad743ad3386d00cf10153623",
    );
    assert_eq!(page(&sample_engine().handle(&request, at(START))).unwrap().jobs.len(), 48);
}

/// V12 signs nothing, V13 the APPID only: good enough by default, as for COS, and not when strict.
#[test]
fn v12_and_v13_are_for_the_policy_to_judge() {
    let nothing = "643f3e2fde8959933142b4b9aa43809210da329c";
    let appid = "2abae856483ba2308a130d6d9c967cea2f2a9f82";
    let mut strict = Settings::default();
    strict.verify.strict = true;
    for (list, signature) in [("", nothing), ("x-cos-appid", appid)] {
        let request = vector("GET", "/jobs", &[HOST, APPID], (list, ""), signature);
        assert!(page(&sample_engine().handle(&request, at(START))).is_ok(), "{list}");
        let reply = engine(strict.clone(), Vec::new()).handle(&request, at(START));
        refused(&reply, 403, ErrorCode::AccessDenied);
    }
    assert!(page(&engine(strict, Vec::new()).handle(&v1(), at(START))).is_ok());

    // What signs nothing may leave everything out; the call itself still needs an APPID.
    let request = vector("GET", "/jobs", &[HOST], ("", ""), nothing);
    refused(&sample_engine().handle(&request, at(START)), 400, ErrorCode::InvalidArgument);
}

#[test]
fn an_odd_target_verifies_as_it_was_sent() {
    let request = vector(
        "GET",
        "/a%2Fb%20c+d?Foo%2FBar=1&foo=%20&acl&Z=b&z=a",
        &[("host", "h.example")],
        ("host", "acl;foo;foo%2fbar;z;z"),
        "2e90d1985a1e241d82092934b9971e5b4ae193da",
    );
    let reply = sample_engine().handle(&request, at(START));
    let error = refused(&reply, 404, ErrorCode::InvalidRequest);
    assert_eq!(error.resource.as_deref(), Some("/a%2Fb%20c+d"));
}

#[test]
fn no_other_signature_is_accepted() {
    for position in 0..V1.len() {
        let mut changed = V1.to_owned();
        let other = if changed.as_bytes()[position] == b'0' { "1" } else { "0" };
        changed.replace_range(position..=position, other);
        let request = vector("GET", "/jobs", &[HOST, APPID], (BOTH, ""), &changed);
        let reply = sample_engine().handle(&request, at(START));
        let error = refused(&reply, 403, ErrorCode::SignatureDoesNotMatch);
        assert_eq!(
            error.format_string.as_ref().map(cos_batch::HttpString::as_str),
            Some(&*format!("get\n/jobs\n\nhost={}&x-cos-appid=1250000000\n", HOST.1))
        );
        assert_eq!(
            error.string_to_sign.as_deref(),
            Some(&*format!("sha1\n{START};{END}\n74d37a33bdc14783207b03ff2421c0fc2ee22e4b\n"))
        );
    }
}

#[test]
fn the_signature_holds_for_what_it_signs_only() {
    let other_appid = ("x-cos-appid", "1250000001");
    for (method, target, headers) in [
        ("GET", "/jobs", [HOST, other_appid]),
        ("GET", "/jobs", [("host", "200000000002.cos-control.ap-chengdu.myqcloud.com"), APPID]),
        ("GET", "/jobs/", [HOST, APPID]),
        ("POST", "/jobs", [HOST, APPID]),
    ] {
        let request = vector(method, target, &headers, (BOTH, ""), V1);
        let reply = sample_engine().handle(&request, at(START));
        refused(&reply, 403, ErrorCode::SignatureDoesNotMatch);
    }
}
