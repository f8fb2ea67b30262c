//! What may happen to a machine

use cos_batch::http::{HeaderValue, Response, StatusCode};
use cos_batch::time::Duration;
use cos_batch::{Lost, Operation, Retry};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::around::retry;
use super::texts::xml_text;
use crate::world::{Outcome, World};

/// A page with jobs or none, a token or none; of few different ones, so that they come again
pub fn page_text() -> impl Strategy<Value = String> {
    let job = |id: &str| {
        format!(
            "<member><CreationTime>2019-12-19T11:05:40Z</CreationTime><JobId>{id}</JobId>\
             <Operation>COSDeleteObject</Operation><Priority>1</Priority><Status>New</Status></member>"
        )
    };
    let jobs = vec(select(vec!["a", "b", "c"]), 0..3)
        .prop_map(move |ids| ids.into_iter().map(job).collect::<String>());
    let token = select(vec!["", "a", "b", "c", "d", "e", "\u{9b}2J"]);
    (jobs, token).prop_map(|(jobs, token)| {
        format!(
            "<ListJobsResult><Jobs>{jobs}</Jobs><NextToken>{token}</NextToken></ListJobsResult>"
        )
    })
}

/// The answer to DescribeJob for a job in a status
#[must_use]
pub fn described_text(status: &str) -> String {
    format!(
        "<DescribeJobResult><Job><CreationTime>2019-12-19T18:00:30Z</CreationTime><JobId>a</JobId>\
         <Operation><COSDeleteObject/></Operation><Priority>1</Priority><Status>{status}</Status>\
         </Job></DescribeJobResult>"
    )
}

fn refusal() -> impl Strategy<Value = String> {
    let codes = [
        "SlowDown",
        "InternalError",
        "RequestTimeTooSkewed",
        "Request has expired",
        "NoSuchJob",
        "New",
    ];
    select(codes.to_vec()).prop_map(|code| format!("<Error><Code>{code}</Code></Error>"))
}

/// The answers to a call, as texts
pub fn answer_text<O: Operation>(
    answers: impl Strategy<Value = O::Output<'static>>,
) -> impl Strategy<Value = String> {
    answers.prop_map(|answer| {
        let reply = O::encode_response(&answer).expect("a legal answer");
        String::from_utf8(reply.into_body()).expect("what is written is UTF-8")
    })
}

/// What a reply may hold, in half of the cases an answer.
fn body(answer: impl Strategy<Value = String> + 'static) -> impl Strategy<Value = String> {
    let answer = answer.boxed();
    prop_oneof![
        8 => answer.clone(),
        4 => refusal(),
        1 => answer.prop_map(|answer| answer.chars().take(answer.chars().count() / 2).collect()),
        1 => Just("<html>busy</html>".to_owned()),
        1 => xml_text(0, 40),
    ]
}

fn header() -> impl Strategy<Value = (&'static str, &'static str)> {
    select(vec![
        ("retry-after", "0"),
        ("retry-after", "2"),
        ("retry-after", "99999999999999999999"),
        ("retry-after", "Wed, 15 May 2019 06:47:00 GMT"),
        ("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT"),
        ("retry-after", "soon"),
        ("date", "Wed, 15 May 2019 06:46:40 GMT"),
        ("date", "Wed, 15 May 2019 09:46:40 GMT"),
        ("date", "Sat, 01 Jan 0000 00:00:00 GMT"),
        ("x-cos-request-id", "NWNhMTU5"),
    ])
}

fn reply(body: impl Strategy<Value = String>) -> impl Strategy<Value = Outcome> {
    let statuses = [200, 200, 200, 204, 301, 400, 403, 404, 429, 500, 502, 503, 504];
    let headers = vec(header(), 0..3);
    (select(statuses.to_vec()), headers, body).prop_map(|(status, headers, body)| {
        let mut reply = Response::new(body.into_bytes());
        *reply.status_mut() = StatusCode::from_u16(status).expect("a status");
        for (name, value) in headers {
            reply.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        Outcome::Reply(reply)
    })
}

/// A jump of the clock, of any size
pub fn jump() -> impl Strategy<Value = Outcome> {
    let jumps = [Duration::ZERO, Duration::SECOND, Duration::DAY, Duration::MAX, Duration::MIN];
    prop_oneof![select(jumps.to_vec()), (-100_000..100_000_i64).prop_map(Duration::milliseconds),]
        .prop_map(Outcome::Jump)
}

/// What may happen to a machine, more of it than so many calls can use up: half of the replies are
/// answers
pub fn course(
    answer: impl Strategy<Value = String> + 'static,
    calls: u32,
) -> impl Strategy<Value = Vec<Outcome>> {
    let lost = select(vec![Lost::BeforeSending, Lost::AfterSending]).prop_map(Outcome::Lost);
    let outcome = prop_oneof![6 => reply(body(answer)), 2 => lost];
    let outcome = (option::weighted(0.2, jump()), outcome);
    let length = (calls * (4 + 1)) as usize;
    vec(outcome, length).prop_map(|script| {
        script.into_iter().flat_map(|(jump, outcome)| jump.into_iter().chain([outcome])).collect()
    })
}

/// How often, how long and until when, often until soon
pub fn retry_soon() -> impl Strategy<Value = Retry> {
    let near = option::weighted(0.3, 0..100_i64);
    (retry(), near).prop_map(|(mut retry, near)| {
        if let Some(seconds) = near {
            retry.deadline = Some(World::new().now + Duration::seconds(seconds));
        }
        retry
    })
}
