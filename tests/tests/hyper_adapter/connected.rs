//! Connections and services of other kinds

use std::future::{Pending, Ready, pending, ready};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use cos_batch::http::{Request, Response, Uri};
use cos_batch::{Error, Limits, ListJobs, Lost, Operation};
use cos_batch_emulator::Emulator;
use cos_batch_hyper::{Client, Connections, RequestBody, SendErrorKind, Transport};
use cos_batch_testkit::peer::Script;
use tokio::runtime::Builder;
use tower_service::Service;

use crate::support::{awaited, bounded, endpoint, page, peer, signer};

/// A service that answers as it is told.
#[derive(Clone)]
struct Own {
    answer: fn(u32) -> Result<Response<String>, io::ErrorKind>,
    ready: Result<(), io::ErrorKind>,
    asked: Arc<AtomicU32>,
}

impl Own {
    fn new(answer: fn(u32) -> Result<Response<String>, io::ErrorKind>) -> Self {
        Self { answer, ready: Ok(()), asked: Arc::default() }
    }

    fn client(&self) -> Client<Self> {
        let client = Client::new(endpoint("http", "host.invalid"), signer("AKIDEXAMPLE"));
        let mut retry = client.retry().clone();
        retry.base = Duration::from_millis(2);
        client.with_retry(retry).over(self.clone())
    }
}

impl Service<Request<RequestBody>> for Own {
    type Response = Response<String>;
    type Error = io::Error;
    type Future = Ready<io::Result<Response<String>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(self.ready.map_err(io::Error::from))
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        assert_eq!(request.headers()["host"], "host.invalid");
        let n = self.asked.fetch_add(1, Ordering::SeqCst);
        ready((self.answer)(n).map_err(io::Error::from))
    }
}

#[test]
fn a_service_of_ones_own_is_tried_again_as_any_other() {
    bounded(|| {
        let own = Own::new(|n| match n {
            0 => Ok(Response::builder().status(503).body(String::new()).expect("a response")),
            1 => Err(io::ErrorKind::ConnectionReset),
            _ => Ok(Response::new("<ListJobsResult></ListJobsResult>".to_owned())),
        });
        let client = own.client();
        let page = awaited(async move { client.call(ListJobs::new()).await });
        assert!(page.expect("a page").jobs.is_empty());
        assert_eq!(own.asked.load(Ordering::SeqCst), 3);
    });
}

#[test]
fn a_service_that_takes_a_request_may_have_sent_it() {
    bounded(|| {
        for (kind, expected) in [
            (io::ErrorKind::ConnectionRefused, SendErrorKind::Other),
            (io::ErrorKind::ConnectionReset, SendErrorKind::Closed),
            (io::ErrorKind::TimedOut, SendErrorKind::TimedOut),
        ] {
            for is_ready in [true, false] {
                let mut own = Own::new(|_| unreachable!());
                if is_ready {
                    own.answer = match kind {
                        io::ErrorKind::ConnectionRefused => {
                            |_| Err(io::ErrorKind::ConnectionRefused)
                        }
                        io::ErrorKind::ConnectionReset => |_| Err(io::ErrorKind::ConnectionReset),
                        _ => |_| Err(io::ErrorKind::TimedOut),
                    };
                } else {
                    own.ready = Err(kind);
                }
                let client = own.client();
                let failed = awaited(async move { client.call(ListJobs::new()).await });
                let failed = failed.expect_err("no answer");
                let lost = if is_ready { Lost::AfterSending } else { Lost::BeforeSending };
                assert_eq!(failed.error, Error::Lost(lost));
                let cause = failed.cause.as_ref().expect("a cause");
                assert_eq!(cause.kind(), expected, "{cause}");
                assert!(cause.to_string().contains("host.invalid"), "{cause}");
            }
        }
    });
}

/// A connector that never connects.
#[derive(Clone)]
struct Never;

impl Service<Uri> for Never {
    type Response = hyper_util::rt::TokioIo<tokio::net::TcpStream>;
    type Error = io::Error;
    type Future = Pending<io::Result<Self::Response>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        pending()
    }
}

#[test]
fn time_that_runs_out_without_a_connection_is_before_sending() {
    bounded(|| {
        let short = Duration::from_millis(100);
        let transport = Transport::over(Connections::by(Never));
        for (transport, within) in
            [(transport.clone().with_timeout(short), None), (transport, Some(short))]
        {
            let request = ListJobs::new().encode_request(&endpoint("http", "host.invalid"));
            let request = request.expect("a request");
            let (lost, error) = awaited(async move {
                let sent = transport.send(request, within, &Limits::default()).await;
                sent.expect_err("no connection")
            });
            assert_eq!((lost, error.kind()), (Lost::BeforeSending, SendErrorKind::TimedOut));
            assert_eq!(error.to_string(), "no connection with host.invalid within 100ms");
        }
    });
}

#[test]
fn a_kept_connection_needs_no_time_to_connect() {
    bounded(|| {
        let slow = Script::new()
            .answer("200 OK", page(1, None))
            .request()
            .pause(Duration::from_millis(600))
            .write(
                "HTTP/1.1 200 OK\r\nContent-Length: 33\r\n\r\n<ListJobsResult></ListJobsResult>",
            );
        let peer = peer([slow]);
        let client = Client::new(endpoint("http", peer.address()), signer("AKIDEXAMPLE"))
            .with_connect_timeout(Duration::from_millis(300));
        awaited(async move {
            client.call(ListJobs::new()).await.expect("a page");
            client.call(ListJobs::new()).await.expect("a page");
        });
        assert_eq!((peer.connections(), peer.requests().len()), (1, 2));
    });
}

#[test]
fn calls_at_the_same_time() {
    bounded(|| {
        let emulator = Emulator::start().expect("an emulator");
        let signer = cos_batch::Signer::new(emulator.credentials());
        let client = Client::new(emulator.endpoint(), signer);
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build();
        runtime.expect("a runtime").block_on(async {
            let calls: Vec<_> = (0..16)
                .map(|_| {
                    let client = client.clone();
                    tokio::spawn(async move { client.call(ListJobs::new()).await })
                })
                .collect();
            for call in calls {
                assert!(!call.await.expect("an end").expect("a page").jobs.is_empty());
            }
        });
    });
}
