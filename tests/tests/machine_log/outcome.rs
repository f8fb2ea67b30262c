//! Calls that must not be repeated blindly: is it known whether they were carried out?

use cos_batch::http::{Request, Response};
use cos_batch::{
    BuildError, Endpoint, Exchange, IntoOwned, Limits, ListJobs, Lost, Operation, Repeat,
    ReplyError, RequestError, Retry,
};
use cos_batch_testkit::world::{Logged, World};
use insta::assert_snapshot;

use super::{endpoint, refusal};

/// A call whose second copy the service refuses, or answers otherwise.
struct Call<const SAME_TOKEN: bool>;

#[derive(Debug)]
struct Carried;

impl IntoOwned for Carried {
    type Owned = Self;

    fn into_owned(self) -> Self {
        self
    }
}

impl Logged for Carried {
    fn line(&self) -> String {
        "carried out".to_owned()
    }
}

impl<const SAME_TOKEN: bool> Operation for Call<SAME_TOKEN> {
    const NAME: &'static str = "Call";
    const REPEAT: Repeat = if SAME_TOKEN { Repeat::SameToken } else { Repeat::AnswerMayDiffer };
    type Output<'a> = Carried;

    fn encode_request(&self, endpoint: &Endpoint) -> Result<Request<Vec<u8>>, BuildError> {
        ListJobs::new().encode_request(endpoint)
    }

    fn decode_response(reply: &Response<&[u8]>, limits: &Limits) -> Result<Carried, ReplyError> {
        ListJobs::decode_response(reply, limits).map(|_| Carried)
    }

    fn decode_request(_: &Request<&[u8]>, _: &Limits) -> Result<Self, RequestError> {
        Ok(Self)
    }

    fn encode_response(_: &Carried) -> Result<Response<Vec<u8>>, BuildError> {
        Ok(Response::new(b"<ListJobsResult/>".to_vec()))
    }
}

fn same_token() -> Exchange<Call<true>> {
    Exchange::new(endpoint(), Call, Retry::new(7))
}

fn answer_may_differ() -> Exchange<Call<false>> {
    Exchange::new(endpoint(), Call, Retry::new(7))
}

#[test]
fn a_refusal_of_the_first_attempt_is_certain() {
    let run = World::new().reply(400, &[], refusal("InvalidRequest")).run(&mut same_token());
    assert_snapshot!(run.log, @"
    send GET /jobs
    reply 400
    failed: the service refused: InvalidRequest (HTTP 400)
    ");
    let run = World::new()
        .lost(Lost::BeforeSending)
        .reply(503, &[], refusal("SlowDown"))
        .reply(404, &[], refusal("NoSuchJob"))
        .run(&mut answer_may_differ());
    assert_snapshot!(run.log, @"
    send GET /jobs
    lost before sending
    sleep 77ms
    send GET /jobs
    reply 503
    sleep 6ms
    send GET /jobs
    reply 404
    failed: the service refused: NoSuchJob (HTTP 404)
    ");
}

#[test]
fn a_refusal_after_an_attempt_that_may_have_arrived_is_not() {
    let run = World::new()
        .lost(Lost::AfterSending)
        .reply(400, &[], refusal("InvalidRequest"))
        .run(&mut same_token());
    assert_snapshot!(run.log, @"
    send GET /jobs
    lost after sending
    sleep 77ms
    send GET /jobs
    reply 400
    failed: the request may or may not have been carried out: the service refused: InvalidRequest (HTTP 400)
    ");
    let run = World::new()
        .reply(500, &[], refusal("InternalError"))
        .reply(404, &[], refusal("NoSuchJob"))
        .run(&mut answer_may_differ());
    assert_snapshot!(run.log, @"
    send GET /jobs
    reply 500
    sleep 77ms
    send GET /jobs
    reply 404
    failed: the request may or may not have been carried out: the service refused: NoSuchJob (HTTP 404)
    ");
    let run = World::new()
        .reply(200, &[], "<ListJobsRes")
        .reply(500, &[], refusal("TooManyJobs"))
        .run(&mut same_token());
    assert_snapshot!(run.log, @"
    send GET /jobs
    reply 200
    sleep 77ms
    send GET /jobs
    reply 500
    failed: the request may or may not have been carried out: the service refused: TooManyJobs (HTTP 500)
    ");
}

#[test]
fn an_answer_after_all_is_certain() {
    let run = World::new()
        .lost(Lost::AfterSending)
        .reply(200, &[], "<ListJobsResult/>")
        .run(&mut same_token());
    assert_snapshot!(run.log, @"
    send GET /jobs
    lost after sending
    sleep 77ms
    send GET /jobs
    reply 200
    carried out
    done
    ");
}

#[test]
fn three_losses_on_the_way_there_are_certain_and_on_the_way_back_are_not() {
    let three = |lost| World::new().lost(lost).lost(lost).lost(lost);
    assert_snapshot!(three(Lost::BeforeSending).run(&mut same_token()).log, @"
    send GET /jobs
    lost before sending
    sleep 77ms
    send GET /jobs
    lost before sending
    sleep 6ms
    send GET /jobs
    lost before sending
    failed: the request could not be sent
    ");
    assert_snapshot!(three(Lost::AfterSending).run(&mut same_token()).log, @"
    send GET /jobs
    lost after sending
    sleep 77ms
    send GET /jobs
    lost after sending
    sleep 6ms
    send GET /jobs
    lost after sending
    failed: the request may or may not have been carried out: the request was sent, but no complete response came back
    ");
}
