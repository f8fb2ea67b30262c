//! Futures: moved, dropped, asked again

use std::pin::pin;
use std::time::Duration;

use cos_batch::ListJobs;
use cos_batch_hyper::{Client, Connections, Connector, Listing, SendError, Transport};
use cos_batch_testkit::peer::Script;
use futures_core::Stream;

use crate::support::{self, awaited, bounded, page, peer, until};

#[test]
fn clients_are_shared_between_threads() {
    fn shared<T: Send + Sync + Clone + 'static>() {}
    fn moved<T: Send + Unpin + futures_core::FusedStream + 'static>() {}
    shared::<Client>();
    shared::<Transport>();
    shared::<Connections>();
    shared::<Connector>();
    shared::<SendError>();
    moved::<Listing>();
}

#[test]
fn futures_change_threads() {
    bounded(|| {
        let script = (0..3).fold(Script::new(), |script, _| script.answer("200 OK", page(1, None)));
        let peer = peer([script]);
        let client = support::client(&peer).0;
        awaited(async move {
            client.call(ListJobs::new()).await.expect("a page");
            client.run(&mut client.exchange(ListJobs::new())).await.expect("a page");
            client.pages(ListJobs::new()).next().await.expect("a page").expect("a page");
        });
        assert_eq!(peer.requests().len(), 3);
    });
}

#[test]
fn no_page_is_lost_where_the_asking_is_given_up() {
    bounded(|| {
        let script = Script::new()
            .answer("200 OK", page(1, Some("t-1")))
            .request()
            .pause(Duration::from_millis(100))
            .write("HTTP/1.1 200 OK\r\nContent-Length: 4096\r\n\r\n")
            .write([page(2, None), vec![b' '; 4096]].concat()[..4096].to_vec());
        let peer = peer([script]);
        let client = support::client(&peer).0;
        awaited(async move {
            let mut listing = client.pages(ListJobs::new());
            assert!(listing.machine().is_some());
            listing.next().await.expect("a page").expect("a page");
            until(pin!(listing.next()), || peer.requests().len() == 2).await;
            assert!(listing.machine().is_none());
            let token = listing.resume_token().map(ToString::to_string);
            assert_eq!((listing.pages(), token.as_deref()), (1, Some("t-1")));
            listing.next().await.expect("a page").expect("a page");
            assert_eq!((listing.pages(), listing.resume_token()), (2, None));
            assert_eq!((peer.connections(), peer.requests().len()), (1, 2));
        });
    });
}

#[test]
fn a_listing_is_a_stream_that_stays_at_its_end() {
    bounded(|| {
        let peer = peer([Script::new().answer("403 Forbidden", "")]);
        let client = support::client(&peer).0;
        awaited(async move {
            let mut listing = pin!(client.pages(ListJobs::new()));
            let mut next = async || std::future::poll_fn(|cx| listing.as_mut().poll_next(cx)).await;
            assert!(next().await.is_some_and(|page| page.is_err()));
            assert!(next().await.is_none());
            assert!(next().await.is_none());
            assert_eq!(peer.requests().len(), 1);
        });
    });
}

#[test]
fn a_future_that_is_not_awaited_sends_nothing() {
    bounded(|| {
        let peer = peer([]);
        let client = support::client(&peer).0;
        drop(client.call(ListJobs::new()));
        drop(client.pages(ListJobs::new()));
        assert_eq!(peer.connections(), 0);
    });
}

#[test]
fn calls_one_after_the_other_need_one_connection() {
    bounded(|| {
        let answers =
            (0..50).fold(Script::new(), |script, _| script.answer("200 OK", page(1, None)));
        let peer = peer([answers]);
        let client = support::client(&peer).0;
        let peer = awaited(async move {
            for _ in 0..50 {
                client.call(ListJobs::new()).await.expect("a page");
            }
            peer
        });
        assert_eq!((peer.connections(), peer.requests().len()), (1, 50));
    });
}
