//! One call: what is sent again, when, and how often

use cos_batch::time::{Duration, OffsetDateTime};
use cos_batch::{Exchange, ListJobs, Lost, Retry};
use cos_batch_testkit::world::World;
use insta::assert_snapshot;

use super::{endpoint, exchange, page, refusal};

/// The world's time plus `seconds`.
fn in_seconds(seconds: i64) -> OffsetDateTime {
    World::new().now + Duration::seconds(seconds)
}

fn until(deadline: OffsetDateTime) -> Exchange<ListJobs> {
    let mut retry = Retry::new(7);
    retry.deadline = Some(deadline);
    Exchange::new(endpoint(), ListJobs::new(), retry)
}

#[test]
fn a_passing_fault_is_tried_again() {
    let run = World::new()
        .reply(503, &[], refusal("SlowDown"))
        .reply(500, &[], refusal("ServiceUnavailable"))
        .reply(200, &[], page(&["a"], ""))
        .run(&mut exchange());
    assert_snapshot!(run.log, @"
    send GET /jobs
    reply 503
    sleep 77ms
    send GET /jobs
    reply 500
    sleep 6ms
    send GET /jobs
    reply 200
    page 1 job: a
    done
    ");
}

#[test]
fn attempts_are_three() {
    let run = World::new()
        .reply(500, &[], refusal("InternalError"))
        .reply(500, &[], refusal("InternalError"))
        .reply(503, &[], "")
        .run(&mut exchange());
    assert_snapshot!(run.log, @"
    send GET /jobs
    reply 500
    sleep 77ms
    send GET /jobs
    reply 500
    sleep 6ms
    send GET /jobs
    reply 503
    failed: the reply is no COS document (HTTP 503, empty)
    ");
}

#[test]
fn retry_after_is_the_least_rest() {
    let run = World::new()
        .reply(503, &[("retry-after", "3")], refusal("SlowDown"))
        .reply(503, &[("retry-after", "Wed, 15 May 2019 06:47:00 GMT")], refusal("SlowDown"))
        .reply(200, &[], page(&[], ""))
        .run(&mut exchange());
    assert_snapshot!(run.log, @"
    send GET /jobs
    reply 503
    sleep 3s
    send GET /jobs
    reply 503
    sleep 17s
    send GET /jobs
    reply 200
    page 0 jobs
    done
    ");
}

#[test]
fn a_date_to_come_back_at_is_one_of_the_services_clock() {
    // Ours is an hour behind: 07:46:43 is in three seconds.
    let ahead = Duration::hours(1);
    let run = World::new()
        .reply(503, &[("retry-after", "Wed, 15 May 2019 07:46:43 GMT")], refusal("SlowDown"))
        .reply(200, &[], page(&[], ""))
        .run(&mut exchange().with_clock_offset(ahead));
    assert_snapshot!(run.log, @"
    send GET /jobs signed +3600s
    reply 503
    sleep 3s
    send GET /jobs signed +3600s
    reply 200
    page 0 jobs
    done
    ");
}

#[test]
fn nobody_comes_back_too_early() {
    let run =
        World::new().reply(503, &[("retry-after", "61")], refusal("SlowDown")).run(&mut exchange());
    assert_snapshot!(run.log, @"
    send GET /jobs
    reply 503
    failed: the service refused: SlowDown (HTTP 503)
    ");
}

#[test]
fn the_code_decides_where_it_is_known() {
    let run = World::new().reply(500, &[], refusal("TooManyJobs")).run(&mut exchange());
    assert_snapshot!(run.log, @"
    send GET /jobs
    reply 500
    failed: the service refused: TooManyJobs (HTTP 500)
    ");
    let run = World::new()
        .reply(400, &[], refusal("RequestTimeout"))
        .reply(200, &[], page(&[], ""))
        .run(&mut exchange());
    assert_snapshot!(run.log, @"
    send GET /jobs
    reply 400
    sleep 77ms
    send GET /jobs
    reply 200
    page 0 jobs
    done
    ");
}

#[test]
fn the_status_decides_where_the_code_is_unknown() {
    let run = World::new()
        .reply(500, &[], refusal("DiskOnFire"))
        .reply(400, &[], refusal("DiskOnFire"))
        .run(&mut exchange());
    assert_snapshot!(run.log, @"
    send GET /jobs
    reply 500
    sleep 77ms
    send GET /jobs
    reply 400
    failed: the service refused: DiskOnFire (HTTP 400)
    ");
    let run = World::new()
        .reply(502, &[("content-type", "text/html")], "<html><h1>Bad Gateway</h1></html>")
        .reply(429, &[], "slow down")
        .reply(403, &[], "<html>no</html>")
        .run(&mut exchange());
    assert_snapshot!(run.log, @r#"
    send GET /jobs
    reply 502
    sleep 77ms
    send GET /jobs
    reply 429
    sleep 6ms
    send GET /jobs
    reply 403
    failed: the reply is no COS document (HTTP 403, 15 bytes: "<html>no</html>")
    "#);
}

#[test]
fn an_error_under_200_is_an_error() {
    let run = World::new()
        .reply(200, &[], refusal("InternalError"))
        .reply(200, &[], refusal("AccessDenied"))
        .run(&mut exchange());
    assert_snapshot!(run.log, @"
    send GET /jobs
    reply 200
    sleep 77ms
    send GET /jobs
    reply 200
    failed: the service refused: AccessDenied (HTTP 200)
    ");
}

#[test]
fn what_is_lost_is_sent_again() {
    let run = World::new()
        .lost(Lost::BeforeSending)
        .lost(Lost::AfterSending)
        .reply(200, &[], page(&[], ""))
        .run(&mut exchange());
    assert_snapshot!(run.log, @"
    send GET /jobs
    lost before sending
    sleep 77ms
    send GET /jobs
    lost after sending
    sleep 6ms
    send GET /jobs
    reply 200
    page 0 jobs
    done
    ");
}

#[test]
fn what_is_lost_three_times_is_lost() {
    let run = World::new()
        .lost(Lost::AfterSending)
        .lost(Lost::AfterSending)
        .lost(Lost::BeforeSending)
        .run(&mut exchange());
    assert_snapshot!(run.log, @"
    send GET /jobs
    lost after sending
    sleep 77ms
    send GET /jobs
    lost after sending
    sleep 6ms
    send GET /jobs
    lost before sending
    failed: the request could not be sent
    ");
}

#[test]
fn a_cut_reply_is_asked_for_again_and_a_wrong_one_is_not() {
    let whole = page(&["a"], "");
    let run = World::new()
        .reply(200, &[], &whole[..whole.len() - 1])
        .reply(200, &[], "")
        .reply(200, &[], "<ListJobsResult></Jobs>")
        .run(&mut exchange());
    assert_snapshot!(run.log, @"
    send GET /jobs
    reply 200
    sleep 77ms
    send GET /jobs
    reply 200
    sleep 6ms
    send GET /jobs
    reply 200
    failed: the reply cannot be read: an end tag that matches no start tag at byte 16 in ListJobsResult
    ");
}

#[test]
fn a_wrong_clock_is_corrected_once_and_costs_no_attempt() {
    let date = ("date", "Wed, 15 May 2019 07:46:40 GMT");
    let mut machine = exchange();
    let run = World::new()
        .reply(403, &[date], refusal("RequestTimeTooSkewed"))
        .reply(503, &[], refusal("SlowDown"))
        .reply(503, &[], refusal("SlowDown"))
        .reply(200, &[], page(&[], ""))
        .run(&mut machine);
    assert_snapshot!(run.log, @"
    send GET /jobs
    reply 403
    send GET /jobs signed +3600s
    reply 503
    sleep 77ms
    send GET /jobs signed +3600s
    reply 503
    sleep 6ms
    send GET /jobs signed +3600s
    reply 200
    page 0 jobs
    done
    ");
    assert_eq!(machine.clock_offset(), Duration::HOUR);
    assert_eq!(machine.attempts(), 2);

    let expired = "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>";
    let run =
        World::new().reply(403, &[date], expired).reply(403, &[date], expired).run(&mut exchange());
    assert_snapshot!(run.log, @"
    send GET /jobs
    reply 403
    send GET /jobs signed +3600s
    reply 403
    failed: the service refused: AccessDenied (HTTP 403): Request has expired
    ");
}

/// A service whose clock runs away is not run after.
#[test]
fn a_second_correction_is_a_refusal() {
    let run = World::new()
        .reply(403, &[("date", "Wed, 15 May 2019 07:46:40 GMT")], refusal("RequestTimeTooSkewed"))
        .reply(403, &[("date", "Wed, 15 May 2019 08:46:40 GMT")], refusal("RequestTimeTooSkewed"))
        .run(&mut exchange());
    assert_snapshot!(run.log, @"
    send GET /jobs
    reply 403
    send GET /jobs signed +3600s
    reply 403
    failed: the service refused: RequestTimeTooSkewed (HTTP 403)
    ");
}

#[test]
fn a_clock_that_is_right_or_absurd_is_not_corrected() {
    for date in [
        "Wed, 15 May 2019 06:47:10 GMT",
        "Thu, 16 May 2019 06:46:41 GMT",
        "Wed May 15 07:46:40 2019",
        "",
    ] {
        let run = World::new()
            .reply(403, &[("date", date)], refusal("RequestTimeTooSkewed"))
            .run(&mut exchange());
        assert_eq!(run.sends, 1, "{date}");
    }
    let run = World::new().reply(403, &[], refusal("RequestTimeTooSkewed")).run(&mut exchange());
    assert_snapshot!(run.log, @"
    send GET /jobs
    reply 403
    failed: the service refused: RequestTimeTooSkewed (HTTP 403)
    ");
}

#[test]
fn an_offset_that_is_known_is_signed_with_and_corrected_when_it_is_wrong() {
    let date = ("date", "Wed, 15 May 2019 06:46:40 GMT");
    let run = World::new()
        .reply(403, &[date], refusal("RequestTimeTooSkewed"))
        .reply(200, &[], page(&[], ""))
        .run(&mut exchange().with_clock_offset(Duration::hours(-2)));
    assert_snapshot!(run.log, @"
    send GET /jobs signed -7200s
    reply 403
    send GET /jobs
    reply 200
    page 0 jobs
    done
    ");
}

#[test]
fn a_deadline_is_told_to_the_driver_and_ends_the_call() {
    let run = World::new()
        .reply(503, &[("retry-after", "3")], refusal("SlowDown"))
        .reply(503, &[("retry-after", "2")], refusal("SlowDown"))
        .run(&mut until(in_seconds(5)));
    assert_snapshot!(run.log, @"
    send GET /jobs within 5s
    reply 503
    sleep 3s
    send GET /jobs within 2s
    reply 503
    failed: the deadline passed; last of all, the service refused: SlowDown (HTTP 503)
    ");
}

#[test]
fn a_deadline_that_has_passed_sends_nothing_until_the_clock_is_mended() {
    let mut machine = until(in_seconds(5));
    let mut world = World::new().lost(Lost::AfterSending).jump(Duration::HOUR);
    let run = world.run(&mut machine);
    assert_snapshot!(run.log, @"
    send GET /jobs within 5s
    lost after sending
    sleep 77ms
    clock +3600s
    failed: the deadline passed; last of all, the request was sent, but no complete response came back
    ");
    world.now -= Duration::HOUR;
    let run = world.reply(200, &[], page(&[], "")).run(&mut machine);
    assert_snapshot!(run.log, @"
    send GET /jobs within 4.922s
    reply 200
    page 0 jobs
    done
    ");
}

#[test]
fn a_clock_that_goes_back_prolongs_no_rest() {
    let run = World::new()
        .reply(503, &[("retry-after", "3")], refusal("SlowDown"))
        .jump(Duration::days(-30))
        .reply(200, &[], page(&[], ""))
        .run(&mut exchange());
    assert_snapshot!(run.log, @"
    send GET /jobs
    reply 503
    sleep 3s
    clock -2592000s
    send GET /jobs
    reply 200
    page 0 jobs
    done
    ");
}

#[test]
fn credentials_that_have_expired_can_be_renewed() {
    let mut world = World::new().reply(200, &[], page(&[], ""));
    let valid = world.signer.clone();
    let expired = valid.credentials().clone().with_expiry(world.now);
    world.signer = cos_batch::Signer::new(expired);
    let mut machine = exchange();
    assert_snapshot!(world.run(&mut machine).log, @"failed: the credentials expired at 2019-05-15T06:46:40Z; renew them and try again");
    world.signer = valid;
    assert_snapshot!(world.run(&mut machine).log, @"
    send GET /jobs
    reply 200
    page 0 jobs
    done
    ");
}
