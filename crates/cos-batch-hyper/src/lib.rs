//! Async adapter of cos-batch for hyper and tower
//!
//! A [`Client`] runs the machines of [`cos_batch`] over HTTP, on tokio: it signs with the signer of
//! the moment, sends, rests and tries again. It decides nothing about the protocol, and it works
//! the same against the service and against an emulator.
//!
//! ```
//! use cos_batch::{ListJobs, Signer};
//! use cos_batch_emulator::Emulator;
//! use cos_batch_hyper::Client;
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     // For the service: `Endpoint::new(uin, region, app_id)` and its account's credentials.
//!     let emulator = Emulator::start()?;
//!     let client = Client::new(emulator.endpoint(), Signer::new(emulator.credentials()));
//!
//!     let mut list = ListJobs::new();
//!     list.max_results = Some("15".parse()?);
//!     let mut pages = client.pages(list);
//!     let mut count = 0;
//!     while let Some(page) = pages.next().await {
//!         for job in page?.jobs {
//!             println!("{} {}", job.job_id, job.status);
//!             count += 1;
//!         }
//!     }
//!     assert_eq!(count, cos_batch_emulator::SAMPLE_JOBS);
//!     Ok(())
//! }
//! ```
//!
//! # What goes over the wire
//!
//! A request leaves as it was signed, with two headers more: `User-Agent` and `Accept`. A response
//! is handed over as it came: an error status is an answer, a redirect is not followed, nothing is
//! decompressed, no cookie is kept. A body larger than the limit is cut one byte after it.
//!
//! Over HTTP/2 the host is said by `:authority`.
//!
//! # Dropped futures
//!
//! Every future may be dropped at any time. A request that was under way is given up with it, and
//! [`Client::run`] tells its machine that it may have arrived.
//!
//! # A service of one's own
//!
//! Whatever is a [`tower_service::Service`] of HTTP requests can carry the calls: a stack of tower
//! layers, a router in the same process, a connection of another kind. So can hyper-util's client
//! over any connector, by [`Connections::by`].
//!
//! ```
//! use std::convert::Infallible;
//! use std::future::{Ready, ready};
//! use std::task::{Context, Poll};
//!
//! use cos_batch::http::{Request, Response};
//! use cos_batch::{Credentials, Endpoint, ListJobs, Signer};
//! use cos_batch_hyper::{Client, RequestBody};
//! use tower_service::Service;
//!
//! #[derive(Clone)]
//! struct NoJobs;
//!
//! impl Service<Request<RequestBody>> for NoJobs {
//!     type Response = Response<String>;
//!     type Error = Infallible;
//!     type Future = Ready<Result<Response<String>, Infallible>>;
//!
//!     fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
//!         Poll::Ready(Ok(()))
//!     }
//!
//!     fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
//!         assert!(request.headers().contains_key("authorization"));
//!         ready(Ok(Response::new("<ListJobsResult></ListJobsResult>".to_owned())))
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let endpoint = Endpoint::custom("http", "nobody.invalid", "1250000000".parse()?)?;
//! let signer = Signer::new(Credentials::new("AKIDEXAMPLE", "SECRETEXAMPLE")?);
//! let client = Client::new(endpoint, signer).over(NoJobs);
//! assert!(client.call(ListJobs::new()).await?.jobs.is_empty());
//! # Ok(())
//! # }
//! ```

mod client;
mod connections;
mod connector;
mod error;
mod items;
mod service;
mod transport;

pub use client::Client;
pub use connections::Connections;
pub use connector::Connector;
pub use cos_batch_adapter::{Observed, ProxySettings, SendError, SendErrorKind};
pub use items::{Items, Listing, Watching};
pub use service::{HttpService, RequestBody};
pub use transport::Transport;
