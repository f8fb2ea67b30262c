//! A whole listing: where it goes on, and where it ends

use cos_batch::time::Duration;
use cos_batch::{Error, JobStatus, ListJobs, Lost, Pages, Retry};
use cos_batch_testkit::world::World;
use insta::assert_snapshot;

use super::{endpoint, page, page_of, pages, refusal};

#[test]
fn it_goes_from_token_to_token_and_ends_where_there_is_none() {
    let mut machine = pages();
    let run = World::new()
        .reply(200, &[], page(&["a", "b"], "b"))
        .reply(200, &[], page(&["c", "d"], "a b&+%中"))
        .reply(200, &[], page(&["e"], ""))
        .run(&mut machine);
    assert_snapshot!(run.log, @"
    send GET /jobs
    reply 200
    page 2 jobs: a b
    send GET /jobs?nextToken=b
    reply 200
    page 2 jobs: c d
    send GET /jobs?nextToken=a%20b%26%2B%25%E4%B8%AD
    reply 200
    page 1 job: e
    done
    ");
    assert_eq!((machine.pages(), machine.resume_token()), (3, None));
    let absent = "<ListJobsResult><Jobs/></ListJobsResult>";
    let run = World::new().reply(200, &[], absent).run(&mut pages());
    assert_snapshot!(run.log, @"
    send GET /jobs
    reply 200
    page 0 jobs
    done
    ");
}

#[test]
fn it_ends_on_an_empty_page_whatever_its_token() {
    let run = World::new()
        .reply(200, &[], page(&["a"], "a"))
        .reply(200, &[], page(&[], "b"))
        .run(&mut pages());
    assert_snapshot!(run.log, @"
    send GET /jobs
    reply 200
    page 1 job: a
    send GET /jobs?nextToken=a
    reply 200
    page 0 jobs
    done
    ");
}

#[test]
fn it_ends_on_the_token_that_was_just_sent() {
    let run = World::new()
        .reply(200, &[], page(&["a", "b"], "b"))
        .reply(200, &[], page(&["c"], "b"))
        .run(&mut pages());
    assert_snapshot!(run.log, @"
    send GET /jobs
    reply 200
    page 2 jobs: a b
    send GET /jobs?nextToken=b
    reply 200
    page 1 job: c
    done
    ");
}

#[test]
fn a_token_that_was_seen_earlier_is_an_error() {
    let mut machine = pages();
    let run = World::new()
        .reply(200, &[], page(&["a"], "a"))
        .reply(200, &[], page(&["b"], "b"))
        .reply(200, &[], page(&["a"], "a"))
        .run(&mut machine);
    assert_snapshot!(run.log, @r#"
    send GET /jobs
    reply 200
    page 1 job: a
    send GET /jobs?nextToken=a
    reply 200
    page 1 job: b
    send GET /jobs?nextToken=b
    reply 200
    failed: the listing goes round in a circle: the token "a" came twice
    "#);
    assert_eq!(machine.resume_token().map(ToString::to_string).as_deref(), Some("b"));
}

#[test]
fn the_token_it_starts_at_counts_as_seen() {
    let mut machine = pages().starting_at("a".parse().unwrap());
    let run = World::new()
        .reply(200, &[], page(&["b"], "b"))
        .reply(200, &[], page(&["a"], "a"))
        .run(&mut machine);
    assert_snapshot!(run.log, @r#"
    send GET /jobs?nextToken=a
    reply 200
    page 1 job: b
    send GET /jobs?nextToken=b
    reply 200
    failed: the listing goes round in a circle: the token "a" came twice
    "#);
}

#[test]
fn it_ends_after_the_pages_it_may_read_and_says_where_to_go_on() {
    let mut machine = pages().with_max_pages(2);
    let run = World::new()
        .reply(200, &[], page(&["a"], "a"))
        .reply(200, &[], page(&["b"], "b"))
        .run(&mut machine);
    assert_snapshot!(run.log, @r#"
    send GET /jobs
    reply 200
    page 1 job: a
    send GET /jobs?nextToken=a
    reply 200
    page 1 job: b
    failed: the listing goes on after 2 pages; resume at the token "b"
    "#);
    let token = machine.resume_token().unwrap().clone();
    let run = World::new()
        .reply(200, &[], page(&["c"], ""))
        .run(&mut pages().with_max_pages(1).starting_at(token));
    assert_snapshot!(run.log, @"
    send GET /jobs?nextToken=b
    reply 200
    page 1 job: c
    done
    ");
}

#[test]
fn one_status_is_left_to_the_service() {
    let mut list = ListJobs::new();
    list.job_statuses = vec![JobStatus::Active];
    let run = World::new()
        .reply(200, &[], page_of(&[("a", "Active"), ("b", "Ready")], ""))
        .run(&mut Pages::new(endpoint(), list, Retry::new(7)));
    assert_snapshot!(run.log, @"
    send GET /jobs?jobStatuses=Active
    reply 200
    page 2 jobs: a b
    done
    ");
}

#[test]
fn several_statuses_are_filtered_here() {
    let mut list = ListJobs::new();
    list.job_statuses = vec![JobStatus::Active, JobStatus::Ready];
    list.max_results = Some("2".parse().unwrap());
    let run = World::new()
        .reply(200, &[], page_of(&[("a", "Active"), ("b", "Failed")], "b"))
        .reply(200, &[], page_of(&[("c", "New"), ("d", "Hibernating")], "d"))
        .reply(200, &[], page_of(&[("e", "Ready")], ""))
        .run(&mut Pages::new(endpoint(), list, Retry::new(7)));
    assert_snapshot!(run.log, @"
    send GET /jobs?maxResults=2
    reply 200
    page 1 job: a
    send GET /jobs?maxResults=2&nextToken=b
    reply 200
    page 0 jobs
    send GET /jobs?maxResults=2&nextToken=d
    reply 200
    page 1 job: e
    done
    ");
}

#[test]
fn a_job_of_the_page_before_is_not_brought_twice() {
    let run = World::new()
        .reply(200, &[], page(&["a", "b"], "b"))
        .reply(200, &[], page(&["b", "c"], "c"))
        .reply(200, &[], page(&["c"], "d"))
        .reply(200, &[], page(&["a"], ""))
        .run(&mut pages());
    assert_snapshot!(run.log, @"
    send GET /jobs
    reply 200
    page 2 jobs: a b
    send GET /jobs?nextToken=b
    reply 200
    page 1 job: c
    send GET /jobs?nextToken=c
    reply 200
    page 0 jobs
    send GET /jobs?nextToken=d
    reply 200
    page 1 job: a
    done
    ");
}

#[test]
fn each_page_has_all_attempts() {
    let run = World::new()
        .lost(Lost::BeforeSending)
        .reply(503, &[], refusal("SlowDown"))
        .reply(200, &[], page(&["a"], "a"))
        .lost(Lost::AfterSending)
        .reply(503, &[], refusal("SlowDown"))
        .reply(200, &[], page(&["b"], ""))
        .run(&mut pages());
    assert_snapshot!(run.log, @"
    send GET /jobs
    lost before sending
    sleep 77ms
    send GET /jobs
    reply 503
    sleep 6ms
    send GET /jobs
    reply 200
    page 1 job: a
    send GET /jobs?nextToken=a
    lost after sending
    sleep 77ms
    send GET /jobs?nextToken=a
    reply 503
    sleep 6ms
    send GET /jobs?nextToken=a
    reply 200
    page 1 job: b
    done
    ");
}

#[test]
fn where_a_page_fails_the_listing_can_go_on_later() {
    let mut machine = pages();
    let run = World::new()
        .reply(200, &[], page(&["a"], "a"))
        .reply(403, &[], refusal("AccessDenied"))
        .run(&mut machine);
    assert_snapshot!(run.log, @"
    send GET /jobs
    reply 200
    page 1 job: a
    send GET /jobs?nextToken=a
    reply 403
    failed: the service refused: AccessDenied (HTTP 403)
    ");
    assert_eq!(machine.resume_token().map(ToString::to_string).as_deref(), Some("a"));
}

#[test]
fn a_clock_that_was_corrected_stays_corrected() {
    let date = ("date", "Wed, 15 May 2019 05:46:40 GMT");
    let run = World::new()
        .reply(403, &[date], refusal("RequestTimeTooSkewed"))
        .reply(200, &[], page(&["a"], "a"))
        .reply(200, &[], page(&["b"], ""))
        .run(&mut pages());
    assert_snapshot!(run.log, @"
    send GET /jobs
    reply 403
    send GET /jobs signed -3600s
    reply 200
    page 1 job: a
    send GET /jobs?nextToken=a signed -3600s
    reply 200
    page 1 job: b
    done
    ");
}

#[test]
fn the_deadline_is_one_for_all_pages() {
    let mut retry = Retry::new(7);
    retry.deadline = Some(World::new().now + Duration::seconds(10));
    let mut machine = Pages::new(endpoint(), ListJobs::new(), retry);
    let run = World::new()
        .jump(Duration::seconds(6))
        .reply(200, &[], page(&["a"], "a"))
        .jump(Duration::seconds(6))
        .reply(200, &[], page(&["b"], "b"))
        .run(&mut machine);
    assert_snapshot!(run.log, @"
    send GET /jobs within 10s
    clock +6s
    reply 200
    page 1 job: a
    send GET /jobs?nextToken=a within 4s
    clock +6s
    reply 200
    page 1 job: b
    failed: the deadline passed
    ");
    assert_eq!(run.end, Err(Error::DeadlinePassed { cause: None }));
    assert_eq!(machine.resume_token().map(ToString::to_string).as_deref(), Some("b"));
}
