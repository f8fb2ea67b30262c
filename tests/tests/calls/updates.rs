use cos_batch::{
    BuildError, DeleteJob, JobId, Limits, Operation, ReplyError, RequestedJobStatus,
    UpdateJobPriority, UpdateJobStatus, XmlErrorKind,
};
use cos_batch_testkit::show;
use http::Response;
use insta::assert_snapshot;

use super::endpoint;

fn id() -> JobId<'static> {
    "53dc6228-c50b-46f7-8ad7-65e7159f1aae".parse().expect("an id")
}

#[test]
fn a_priority_and_a_status_travel_in_the_query_of_an_empty_post() {
    let update = UpdateJobPriority::new(id(), "0".parse().expect("a priority"));
    assert_snapshot!(show::request(&update.encode_request(&endpoint()).expect("a request")));
    let mut update = UpdateJobStatus::new(id(), RequestedJobStatus::Cancelled);
    update.status_update_reason = Some("取消操作 (no longer needed)".into());
    assert_snapshot!(show::request(&update.encode_request(&endpoint()).expect("a request")));
    update.status_update_reason = Some("r".repeat(257).into());
    let refused = update.encode_request(&endpoint());
    assert!(matches!(refused, Err(BuildError::Value { name: "statusUpdateReason", .. })));
}

#[test]
fn a_deletion_is_empty() {
    let delete = DeleteJob::new(id());
    assert_snapshot!(show::request(&delete.encode_request(&endpoint()).expect("a request")));
    let answer = DeleteJob::encode_response(&()).expect("an answer");
    assert_eq!((answer.status().as_u16(), answer.body().as_slice()), (204, &b""[..]));
}

fn deleted(status: u16, body: &str) -> Result<(), ReplyError> {
    let reply = Response::builder().status(status).body(body.as_bytes()).expect("a reply");
    DeleteJob::decode_response(&reply, &Limits::default())
}

#[test]
fn any_2xx_answers_a_deletion_and_a_page_of_html_does_not() {
    for (status, body) in [
        (200, ""),
        (204, ""),
        (202, "\n"),
        (200, "<DeleteJobResult/>"),
        (200, "<Anything>read by nobody</Anything>"),
    ] {
        assert_eq!(deleted(status, body), Ok(()), "{status} {body}");
    }
    for (status, body) in
        [(200, "<html>log in</html>"), (200, "ok"), (500, ""), (302, ""), (404, "<Anything/>")]
    {
        assert!(matches!(deleted(status, body), Err(ReplyError::NotCos(_))), "{status} {body}");
    }
    for status in [200, 404] {
        let error = "<Error><Code>NoSuchJob</Code></Error>";
        assert!(matches!(deleted(status, error), Err(ReplyError::Service(_))), "{status}");
        let Err(ReplyError::Xml(error)) = deleted(status, "<Error><Code>NoS") else {
            panic!("a cut refusal passes for a deletion");
        };
        assert_eq!(error.kind(), &XmlErrorKind::Truncated);
    }
}
