//! Runs that are given up: the machine knows what may have arrived

use std::time::Duration;

use cos_batch::time::OffsetDateTime;
use cos_batch::{CreateOnce, Creation, DeleteJob, Error, ListJobs};
use cos_batch_testkit::peer::{Peer, Script};

use crate::machines::{described, listed};
use crate::support::{bounded, client, create, endpoint, page, peer, wait_until};

#[test]
fn a_call_that_was_dropped_may_have_arrived() {
    bounded(|| {
        let gone = "<Error><Code>NoSuchJob</Code></Error>";
        let silent = Script::new().request().pause(Peer::LONGEST);
        let peer = peer([silent, Script::new().answer("404 Not Found", gone)]);
        let client = client(&peer);
        let mut exchange = client.exchange(DeleteJob::new("job-1".parse().expect("an id")));
        client.run_until(&mut exchange, || peer.requests().len() == 1);
        assert_eq!(exchange.attempts(), 1);
        let failed = client.run(&mut exchange).expect_err("a job that is gone");
        assert_eq!((peer.connections(), peer.requests().len()), (2, 2));
        // Without the first attempt the answer would be just that: there is no such job.
        assert!(matches!(failed.error, Error::OutcomeUnknown { .. }), "{failed:?}");
    });
}

#[test]
fn a_call_that_was_dropped_in_its_answer_may_have_arrived() {
    bounded(|| {
        let half = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<ListJobsResult>";
        let peer = peer([
            Script::new().request().write(half).pause(Peer::LONGEST),
            Script::new().answer("200 OK", page(1, None)),
        ]);
        let client = client(&peer);
        let mut exchange = client.exchange(ListJobs::new());
        client.run_until(&mut exchange, || peer.written() > 0);
        assert_eq!(exchange.attempts(), 1);
        assert!(client.run(&mut exchange).expect("a page").is_some());
    });
}

#[test]
fn a_dropped_request_lets_its_connection_go() {
    bounded(|| {
        let script = Script::new().request().repeat("H", 1, Duration::ZERO);
        let peer = peer([script.pause(Duration::from_millis(50)).request()]);
        let client = client(&peer);
        client.run_until(&mut client.exchange(ListJobs::new()), || peer.requests().len() == 1);
        wait_until("the connection is let go", || peer.open() == 0);
        assert_eq!(peer.requests().len(), 1);
    });
}

#[test]
fn a_creation_that_was_dropped_is_found_again() {
    bounded(|| {
        let known = "<Error><Code>InvalidRequest</Code></Error>";
        let peer = peer([
            Script::new().request().pause(Peer::LONGEST),
            Script::new()
                .answer("400 Bad Request", known)
                .answer("200 OK", listed(&["job-1"]))
                .answer("200 OK", described("job-1", "New")),
        ]);
        let client = client(&peer);
        let endpoint = endpoint("http", peer.address());
        let now = OffsetDateTime::now_utc();
        let mut once = CreateOnce::new(endpoint, create(), now, client.retry().clone());
        client.run_until(&mut once, || peer.requests().len() == 1);
        assert_eq!(once.creation(), None);
        let creation = client.run(&mut once).expect("an end");
        assert_eq!(creation, Some(Creation::Created("job-1".parse().expect("an id"))));
        assert_eq!(peer.requests().len(), 4);
    });
}

#[test]
fn a_run_that_is_given_up_is_told_of() {
    bounded(|| {
        let peer = peer([Script::new().request().pause(Peer::LONGEST)]);
        let (said, heard) = std::sync::mpsc::channel();
        let client = client(&peer).with_observer(move |_, step| {
            said.send(step.to_string()).ok();
        });
        client.run_until(&mut client.exchange(ListJobs::new()), || peer.requests().len() == 1);
        let steps: Vec<_> = heard.try_iter().collect();
        assert_eq!(steps, [format!("send GET {}/jobs", peer.address()), "dropped".to_owned()]);
    });
}
