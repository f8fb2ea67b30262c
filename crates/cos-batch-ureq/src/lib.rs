//! Blocking adapter of cos-batch for ureq
//!
//! A [`Client`] runs the machines of [`cos_batch`] over HTTP: it signs with the signer of the
//! moment, sends, rests and tries again. It decides nothing about the protocol, and it works the
//! same against the service and against an emulator.
//!
//! ```
//! use cos_batch::{ListJobs, Signer};
//! use cos_batch_emulator::Emulator;
//! use cos_batch_ureq::Client;
//!
//! // For the service: `Endpoint::new(uin, region, app_id)` and its account's credentials.
//! let emulator = Emulator::start()?;
//! let client = Client::new(emulator.endpoint(), Signer::new(emulator.credentials()));
//!
//! let mut list = ListJobs::new();
//! list.max_results = Some("15".parse()?);
//! let mut count = 0;
//! for page in client.pages(list) {
//!     for job in page?.jobs {
//!         println!("{} {}", job.job_id, job.status);
//!         count += 1;
//!     }
//! }
//! assert_eq!(count, cos_batch_emulator::SAMPLE_JOBS);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What goes over the wire
//!
//! A request leaves as it was signed, with two headers more: `User-Agent` and `Accept`. A response
//! is handed over as it came: an error status is an answer, a redirect is not followed, nothing is
//! decompressed, no cookie is kept. A body larger than the limit is cut one byte after it.
//!
//! # Features of ureq
//!
//! Cargo unites the features of a crate. Where something else in the same program switches on
//! ureq's `cookies` or `gzip`, ureq keeps cookies and decompresses here too.
//!
//! ureq logs what it does by the crate `log`. Its level `debug` shows no secret; its level `trace`
//! writes requests out whole, with their signature and token.

mod client;
mod error;
mod items;
mod stage;
mod transport;

pub use client::Client;
pub use cos_batch_adapter::{Observed, ProxySettings, SendError, SendErrorKind};
pub use items::{Items, Listing, Watching};
pub use transport::Transport;
