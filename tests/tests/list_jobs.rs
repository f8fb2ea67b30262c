//! ListJobs on the wire: requests, pages, and replies that are something else

use cos_batch::time::OffsetDateTime;
use cos_batch::{
    Endpoint, ErrorCode, JobStatus, Limits, ListJobs, ListJobsResult, NextToken, Operation,
    ReplyError, RequestError, StatusForm, XmlErrorKind,
};
use cos_batch_testkit::show;
use http::{Request, Response, StatusCode};
use insta::assert_snapshot;

fn endpoint() -> Endpoint {
    Endpoint::new(
        &"100000000001".parse().expect("a UIN"),
        &"ap-chengdu".parse().expect("a region"),
        "1250000000".parse().expect("an APPID"),
    )
}

fn encoded(list: &ListJobs) -> String {
    show::request(&list.encode_request(&endpoint()).expect("a request"))
}

#[test]
fn a_request_without_parameters() {
    assert_snapshot!(encoded(&ListJobs::new()), @r"
    GET https://100000000001.cos-control.ap-chengdu.myqcloud.com/jobs
    host: 100000000001.cos-control.ap-chengdu.myqcloud.com
    x-cos-appid: 1250000000
    ");
}

#[test]
fn a_request_with_all_parameters() {
    let mut list = ListJobs::new();
    list.job_statuses = vec![JobStatus::Ready, JobStatus::Active];
    list.max_results = Some("10".parse().expect("a number"));
    list.next_token = Some("a/b+c=d e~f*中".parse().expect("a token"));
    assert_snapshot!(encoded(&list), @r"
    GET https://100000000001.cos-control.ap-chengdu.myqcloud.com/jobs?jobStatuses=Ready&jobStatuses=Active&maxResults=10&nextToken=a%2Fb%2Bc%3Dd%20e~f%2A%E4%B8%AD
    host: 100000000001.cos-control.ap-chengdu.myqcloud.com
    x-cos-appid: 1250000000
    ");
    list.next_token = None;
    list.status_form = StatusForm::Joined;
    assert_snapshot!(encoded(&list), @r"
    GET https://100000000001.cos-control.ap-chengdu.myqcloud.com/jobs?jobStatuses=Ready%2CActive&maxResults=10
    host: 100000000001.cos-control.ap-chengdu.myqcloud.com
    x-cos-appid: 1250000000
    ");
}

#[test]
fn no_status_is_no_parameter_in_either_form() {
    for status_form in [StatusForm::Repeated, StatusForm::Joined] {
        let mut list = ListJobs::new();
        list.status_form = status_form;
        let request = list.encode_request(&endpoint()).expect("a request");
        assert_eq!(request.uri().path_and_query().map(|it| it.as_str()), Some("/jobs"));
    }
}

/// A request as a server receives it.
fn received(method: &str, target: &str) -> Result<ListJobs, RequestError> {
    let request = Request::builder()
        .method(method)
        .uri(target)
        .header("x-cos-appid", "1250000000")
        .body(&b""[..])
        .expect("a request");
    ListJobs::decode_request(&request, &Limits::default())
}

#[test]
fn a_server_takes_statuses_repeated_and_joined() {
    use JobStatus::{Active, Failed, Ready};
    let statuses = |target| received("GET", target).expect("a listing").job_statuses;
    assert_eq!(statuses("/jobs?jobStatuses=Ready&jobStatuses=Active"), [Ready, Active]);
    assert_eq!(statuses("/jobs?jobStatuses=Ready%2CActive"), [Ready, Active]);
    assert_eq!(
        statuses("/jobs?jobStatuses=Ready,Active&jobStatuses=Failed"),
        [Ready, Active, Failed]
    );
    assert_eq!(statuses("/jobs?other=x&jobStatuses=Ready"), [Ready]);
}

#[test]
fn a_server_refuses_with_the_documented_code() {
    let long = format!("/jobs?nextToken={}", "a".repeat(65));
    for target in [
        "/jobs?jobStatuses=Bogus",
        "/jobs?jobStatuses=active",
        "/jobs?jobStatuses=",
        "/jobs?jobStatuses=Active,",
        "/jobs?maxResults=0",
        "/jobs?maxResults=1001",
        "/jobs?maxResults=-1",
        "/jobs?maxResults=ten",
        "/jobs?maxResults=",
        "/jobs?maxResults=1&maxResults=2",
        "/jobs?nextToken=",
        "/jobs?nextToken=%ff",
        &long,
    ] {
        let error = received("GET", target).expect_err(target);
        assert_eq!(
            (error.code(), error.status()),
            (ErrorCode::InvalidArgument, StatusCode::BAD_REQUEST)
        );
    }
    assert_eq!(received("POST", "/jobs"), Err(RequestError::OtherCall));
    assert_eq!(received("GET", "/jobs/"), Err(RequestError::NoJobId));
    assert_eq!(received("GET", "/jobs/a"), Err(RequestError::OtherCall));
    assert_eq!(received("PUT", "/jobs"), Err(RequestError::MethodNotAllowed));
    assert_eq!(received("GET", "/job"), Err(RequestError::NoSuchCall));
    for app_id in [None, Some(""), Some("12a")] {
        let request = Request::get("/jobs");
        let request =
            app_id.into_iter().fold(request, |request, it| request.header("x-cos-appid", it));
        let request = request.body(&b""[..]).expect("a request");
        let error = ListJobs::decode_request(&request, &Limits::default()).expect_err("no APPID");
        assert_eq!(error.code(), ErrorCode::InvalidArgument, "{app_id:?}");
    }
}

fn reply(status: u16, body: &str) -> Result<ListJobsResult<'static>, ReplyError> {
    typed_reply(status, "application/xml", body.as_bytes())
}

fn typed_reply(
    status: u16,
    content_type: &str,
    body: &[u8],
) -> Result<ListJobsResult<'static>, ReplyError> {
    let reply = Response::builder()
        .status(status)
        .header("content-type", content_type)
        .header("x-cos-request-id", "REQ-1")
        .header("x-cos-trace-id", "TRACE-1")
        .body(body)
        .expect("a reply");
    ListJobs::decode_response(&reply, &Limits::default()).map(cos_batch::IntoOwned::into_owned)
}

const MEMBER: &str = "<member><CreationTime>2019-12-19T11:05:40Z</CreationTime>\
    <Description>copy &amp; 归档</Description><JobId>021140d8-67ca-4e89-8089-0de9a1e40943</JobId>\
    <Operation>COSPutObjectCopy</Operation><Priority>10</Priority><ProgressSummary>\
    <NumberOfTasksFailed>0</NumberOfTasksFailed><NumberOfTasksSucceeded>10</NumberOfTasksSucceeded>\
    <TotalNumberOfTasks>10</TotalNumberOfTasks></ProgressSummary><Status>Complete</Status>\
    <TerminationDate>2019-12-19T11:05:56Z</TerminationDate></member>";

fn page(members: &str) -> String {
    format!("<ListJobsResult><Jobs>{members}</Jobs><NextToken></NextToken></ListJobsResult>")
}

#[test]
fn a_page_is_read_and_written_again() {
    let document = page(MEMBER).replace("<NextToken>", "<NextToken>066d919e");
    let page = reply(200, &document).expect("a page");
    assert_snapshot!(format!("{page:#?}"), @r#"
    ListJobsResult {
        jobs: [
            JobSummary {
                creation_time: 2019-12-19 11:05:40.0 +00:00:00,
                description: Some(
                    "copy & 归档",
                ),
                job_id: JobId(
                    "021140d8-67ca-4e89-8089-0de9a1e40943",
                ),
                operation: CosPutObjectCopy,
                priority: Priority(
                    10,
                ),
                progress_summary: Some(
                    ProgressSummary {
                        auto_manifest_status: None,
                        number_of_tasks_failed: 0,
                        number_of_tasks_succeeded: 10,
                        total_number_of_tasks: 10,
                    },
                ),
                status: Complete,
                termination_date: Some(
                    2019-12-19 11:05:56.0 +00:00:00,
                ),
                unknown: UnknownFields {
                    xml: "",
                },
            },
        ],
        next_token: Some(
            NextToken(
                "066d919e",
            ),
        ),
    }
    "#);
    let written = ListJobs::encode_response(&page).expect("a reply");
    assert_eq!(std::str::from_utf8(written.body()), Ok(document.as_str()));
    assert_eq!(written.headers()["content-type"], "application/xml");
}

#[test]
fn what_is_optional_may_be_absent_or_empty() {
    let least = "<member><CreationTime>2019-12-19T11:05:40Z</CreationTime><JobId>a</JobId>\
        <Operation>COSNew</Operation><Priority>0</Priority><Status>Hibernating</Status></member>";
    let empty = least.replace(
        "<JobId>",
        "<Description/><ProgressSummary></ProgressSummary><TerminationDate/><JobId>",
    );
    let one = reply(200, &page(least)).expect("a page");
    assert_eq!(reply(200, &page(&empty)).as_ref(), Ok(&one));
    let job = &one.jobs[0];
    assert_eq!(
        (&job.description, &job.progress_summary, job.termination_date),
        (&None, &None, None)
    );
    assert_eq!((job.operation.as_str(), job.status.as_str()), ("COSNew", "Hibernating"));
}

#[test]
fn an_empty_list_is_empty_in_every_form() {
    for document in [
        "<ListJobsResult/>",
        "<ListJobsResult></ListJobsResult>",
        "<ListJobsResult><Jobs/></ListJobsResult>",
        "<ListJobsResult><Jobs></Jobs><NextToken/></ListJobsResult>",
        "<?xml version='1.0' encoding='utf-8' ?>\n<ListJobsResult>\n\t<Jobs>\n\t</Jobs>\n</ListJobsResult>\n",
        "<a:ListJobsResult xmlns:a=\"urn:x\"><New>1</New></a:ListJobsResult>",
    ] {
        assert_eq!(reply(200, document), Ok(ListJobsResult::default()), "{document}");
    }
}

#[test]
fn unknown_elements_are_kept_apart_and_order_does_not_matter() {
    let shuffled = "<member><Status>Complete</Status><New a='1'><JobId>no</JobId></New>\
        <JobId>021140d8-67ca-4e89-8089-0de9a1e40943</JobId><Priority>10</Priority>\
        <ProgressSummary><TotalNumberOfTasks>10</TotalNumberOfTasks><X/>\
        <NumberOfTasksSucceeded>10</NumberOfTasksSucceeded><NumberOfTasksFailed>0</NumberOfTasksFailed>\
        </ProgressSummary><TerminationDate>2019-12-19T11:05:56Z</TerminationDate>\
        <Operation>COSPutObjectCopy</Operation><Description>copy &#38; 归档</Description>\
        <CreationTime>2019-12-19T11:05:40Z</CreationTime></member>";
    let mut read = reply(200, &page(shuffled)).expect("a page");
    let unknown = std::mem::take(&mut read.jobs[0].unknown);
    assert_eq!(unknown.xml(), "<New a='1'><JobId>no</JobId></New>");
    assert_eq!(Ok(read), reply(200, &page(MEMBER)));
}

#[test]
fn the_state_of_an_automatic_manifest_is_carried() {
    let member = MEMBER.replace(
        "<ProgressSummary>",
        "<ProgressSummary><AutoManifestStatus>Failed</AutoManifestStatus>",
    );
    let page = reply(200, &page(&member)).expect("a page");
    let progress = page.jobs[0].progress_summary.as_ref().expect("progress");
    assert_eq!(progress.auto_manifest_status.as_deref(), Some("Failed"));
}

/// The error of a page with one of its texts changed.
fn changed(from: &str, to: &str) -> String {
    let changed = MEMBER.replace(from, to);
    assert_ne!(changed, MEMBER);
    reply(200, &page(&format!("{MEMBER}{MEMBER}{changed}"))).expect_err("an error").to_string()
}

#[test]
fn a_value_that_makes_no_sense_is_an_error_that_says_where() {
    assert_snapshot!(changed(">10</Priority>", ">high</Priority>"), @r#"the reply cannot be read: expected an integer from 0 to 2147483647, found "high" at byte 1165 in ListJobsResult/Jobs/member[3]/Priority"#);
    assert_snapshot!(changed("<Priority>10</Priority>", ""), @"the reply cannot be read: a required element is absent or empty at byte 1427 in ListJobsResult/Jobs/member[3]/Priority");
    assert_snapshot!(changed("<Priority>10</Priority>", "<Priority/>"), @"the reply cannot be read: a required element is absent or empty at byte 1438 in ListJobsResult/Jobs/member[3]/Priority");
    assert_snapshot!(changed("<Status>", "<Status>New</Status><Status>"), @"the reply cannot be read: an element stands twice where one is allowed at byte 1381 in ListJobsResult/Jobs/member[3]/Status[2]");
    assert_snapshot!(changed("<Status>", "<Status/><Status>"), @"the reply cannot be read: an element stands twice where one is allowed at byte 1370 in ListJobsResult/Jobs/member[3]/Status[2]");
    assert_snapshot!(changed("11:05:40Z", "11:05:60Z"), @r#"the reply cannot be read: expected a time such as 2019-12-19T11:05:40Z, found "2019-12-19T11:05:60Z" at byte 982 in ListJobsResult/Jobs/member[3]/CreationTime"#);
    assert_snapshot!(changed("021140d8-67ca-4e89-8089-0de9a1e40943", "../etc"), @r#"the reply cannot be read: expected a job id: 1 to 64 bytes of A-Z a-z 0-9 _ -, found "../etc" at byte 1075 in ListJobsResult/Jobs/member[3]/JobId"#);
    assert_snapshot!(changed("<TotalNumberOfTasks>10", "<TotalNumberOfTasks>18446744073709551616"), @r#"the reply cannot be read: expected an integer from 0 to 18446744073709551615, found "18446744073709551616" at byte 1300 in ListJobsResult/Jobs/member[3]/ProgressSummary/TotalNumberOfTasks"#);
    assert_snapshot!(changed("<TotalNumberOfTasks>10</TotalNumberOfTasks>", ""), @"the reply cannot be read: a required element is absent or empty at byte 1318 in ListJobsResult/Jobs/member[3]/ProgressSummary/TotalNumberOfTasks");
    assert_snapshot!(changed("Complete", "A,B"), @r#"the reply cannot be read: expected a job status: a name without commas or control characters, found "A,B" at byte 1361 in ListJobsResult/Jobs/member[3]/Status"#);
}

#[test]
fn the_root_decides_what_a_reply_is() {
    let error = "<Error><Code>NoSuchJob</Code><Message>no such job</Message><Resource/>\
        <RequestId>REQ-2</RequestId></Error>";
    for status in [200, 404, 500] {
        let Err(ReplyError::Service(refusal)) = reply(status, error) else { panic!("{status}") };
        assert_eq!((refusal.status.as_u16(), &refusal.code), (status, &ErrorCode::NoSuchJob));
        assert_eq!(refusal.request_id.as_deref(), Some("REQ-2"));
        assert_eq!(refusal.trace_id.as_deref(), Some("TRACE-1"), "from the header");
        assert_eq!(refusal.resource, None);
    }
    assert_eq!(reply(500, "<ListJobsResult/>"), Ok(ListJobsResult::default()));
    assert_snapshot!(reply(200, "<ListBucketResult/>").unwrap_err(), @"the reply cannot be read: expected <ListJobsResult>, found <ListBucketResult> at byte 0 in ListBucketResult");
    assert_snapshot!(reply(200, error).unwrap_err(), @"the service refused: NoSuchJob (HTTP 200): no such job, request REQ-2, trace TRACE-1");
}

#[test]
fn what_is_no_cos_document_is_said_to_be_none() {
    let html = "<html>\r\n<body><h1>502 Bad Gateway</h1>\u{1b}[31m<hr>";
    for status in [200, 403, 502] {
        let error = typed_reply(status, "text/html", html.as_bytes()).unwrap_err();
        let ReplyError::NotCos(reply) = &error else { panic!("{error:?}") };
        assert_eq!(reply.status.as_u16(), status);
        assert_eq!(reply.request_id.as_deref(), Some("REQ-1"));
    }
    assert_snapshot!(typed_reply(502, "text/html", html.as_bytes()).unwrap_err(), @r#"the reply is no COS document (HTTP 502, text/html, 47 bytes: "<html>\r\n<body><h1>502 Bad Gateway</h1>\u{1b}[31m<hr>")"#);
    let gzip = b"\x1f\x8b\x08\0\0";
    let long = "x".repeat(100_000);
    for (status, body) in [
        (200, "<!DOCTYPE html><html></html>".as_bytes()),
        (200, b"<!-- a proxy --><HTML></HTML>"),
        (200, b"{\"code\":1}"),
        (200, gzip),
        (200, long.as_bytes()),
        (503, b""),
        (503, b" \n"),
        (404, b"<ListBucketResult/>"),
        (404, b"<Error><Message>no code</Message></Error>"),
        (404, b"<Error><Code>A</Code><Code>B</Code></Error>"),
        (404, b"<!DOCTYPE x><Error><Code>A</Code></Error>"),
        (404, b"<Error>\xff</Error>"),
    ] {
        let error = typed_reply(status, "text/plain", body).unwrap_err();
        let ReplyError::NotCos(reply) = &error else { panic!("{error:?}") };
        assert!(reply.start.chars().count() <= 4 * cos_batch::NotCos::SHOWN);
        assert_eq!((reply.status.as_u16(), reply.length), (status, body.len()));
    }
}

#[test]
fn a_cut_reply_is_truncated_whatever_its_status() {
    let document = page(MEMBER);
    let error = "<Error><Code>NoSuchJob</Code></Error>";
    for status in [200, 404, 503] {
        for document in [document.as_str(), error] {
            for end in 1..document.len() {
                if !document.is_char_boundary(end) {
                    continue;
                }
                let Err(ReplyError::Xml(error)) = reply(status, &document[..end]) else {
                    panic!("{status}: {} of {} bytes pass", end, document.len());
                };
                assert_eq!(error.kind(), &XmlErrorKind::Truncated, "{status}, {end}: {error}");
            }
        }
    }
    let Err(ReplyError::Xml(error)) = reply(200, "") else { panic!("an empty page") };
    assert_eq!(error.kind(), &XmlErrorKind::Truncated);
}

#[test]
fn what_is_shown_of_a_stranger_holds_no_token_and_no_signature() {
    // A refusal without its code, and pages that show the request they were sent.
    for body in [
        "<Error><FormatString>get\n/jobs\n\nhost=h&amp;x-cos-security-token=T0KEN&amp;z=1\n</FormatString></Error>",
        "<html>x-cos-security-token: T0KEN<br>q-url-param-list=&q-signature=T0KEN</html>",
        "X-Cos-Security-Token:T0KEN\r\nAuthorization: q-signature=T0KEN",
    ] {
        let error = typed_reply(403, "text/plain", body.as_bytes()).unwrap_err();
        assert!(matches!(error, ReplyError::NotCos(_)), "{error:?}");
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("T0KEN") && shown.contains('…'), "{shown}");
    }
}

#[test]
fn a_cut_byte_order_mark_is_a_cut_reply() {
    for end in 0..=3 {
        let Err(ReplyError::Xml(error)) = typed_reply(200, "", &b"\xef\xbb\xbf"[..end]) else {
            panic!("{end} bytes");
        };
        assert_eq!(error.kind(), &XmlErrorKind::Truncated, "{end}");
        let refused = typed_reply(503, "", &b"\xef\xbb\xbf"[..end]);
        assert!(matches!(refused, Err(ReplyError::NotCos(_))), "{end}");
    }
}

#[test]
fn a_long_name_makes_no_long_error() {
    let document = format!("<{}><b>", "a".repeat(1_000_000));
    let error = reply(200, &document).unwrap_err();
    assert!(error.to_string().len() < 400, "{} bytes", error.to_string().len());
    let document = format!("<ListJobsResult><{}>", "a".repeat(1_000_000));
    let error = reply(200, &document).unwrap_err();
    assert!(error.to_string().len() < 400, "{} bytes", error.to_string().len());
}

#[test]
fn a_reply_larger_than_the_limit_is_refused() {
    let body = page(MEMBER);
    let reply = Response::new(body.as_bytes());
    assert!(ListJobs::decode_response(&reply, &Limits::bytes(body.len())).is_ok());
    let error = ListJobs::decode_response(&reply, &Limits::bytes(body.len() - 1)).unwrap_err();
    let ReplyError::Xml(error) = error else { panic!("{error}") };
    assert!(matches!(error.kind(), XmlErrorKind::TooLarge { .. }));
    for status in [200, 503] {
        let reply = Response::builder().status(status).body(&b"          "[..]).expect("a reply");
        let error = ListJobs::decode_response(&reply, &Limits::bytes(5)).unwrap_err();
        let ReplyError::Xml(error) = error else { panic!("{error}") };
        assert!(matches!(error.kind(), XmlErrorKind::TooLarge { .. }), "{status}");
    }
}

#[test]
fn what_xml_cannot_carry_is_not_written() {
    let now = OffsetDateTime::UNIX_EPOCH;
    let mut page = reply(200, &page(MEMBER)).expect("a page");
    page.jobs[0].description = Some("a\u{1}b".into());
    assert_snapshot!(ListJobs::encode_response(&page).unwrap_err(), @r"Description: XML cannot carry the character '\u{1}'; remove it");
    page.jobs[0].description = None;
    page.jobs[0].creation_time = now.replace_year(-1).expect("a year");
    assert_snapshot!(ListJobs::encode_response(&page).unwrap_err(), @r#"CreationTime: expected a year from 0 to 9999, found "-1""#);
    page.jobs[0].creation_time = now;
    page.next_token = Some(NextToken::try_from("\0").expect("a token"));
    assert!(ListJobs::encode_response(&page).is_err());
}
