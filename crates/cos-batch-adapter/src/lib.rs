//! What the adapters of cos-batch have in common, for one more of them
//!
//! A program that makes calls needs none of this: it takes an adapter. Whoever writes one finds here
//! what does not depend on how bytes move:
//!
//! | | |
//! | --- | --- |
//! | [`Setup`] | where calls go, who signs them, how often they are tried, who watches |
//! | [`outgoing`] | a request as it leaves: complete, and held against its own length |
//! | [`SendError`] | why a request brought no response, in words, and whether it can have left |
//! | [`Observed`] | every step of a run, without anything secret |
//! | [`ProxySettings`] | the proxy that the environment names, and what goes by it |
//!
//! What is left for the adapter is to send a request, and to say how far it came when that fails.
//!
//! ```
//! use std::io::{Error, ErrorKind};
//!
//! use cos_batch::{Credentials, Endpoint, ListJobs, Lost, Signer, drive, time::OffsetDateTime};
//! use cos_batch_adapter::{SendError, Setup, Stage, outgoing};
//!
//! let endpoint = Endpoint::custom("http", "127.0.0.1:9000", "1250000000".parse()?)?;
//! let setup = Setup::new(endpoint, Signer::new(Credentials::new("AKIDEXAMPLE", "SECRETEXAMPLE")?));
//!
//! let mut exchange = setup.exchange(ListJobs::new());
//! let run = setup.begin();
//! let ended = drive::blocking(
//!     &mut exchange,
//!     OffsetDateTime::now_utc,
//!     |now| setup.signer(now),
//!     |request, within| {
//!         let request = outgoing(request, "mine/1.0")?;
//!         run.sends(&request, within);
//!         // A network on which nobody listens.
//!         let error = Error::from(ErrorKind::ConnectionRefused);
//!         let outcome = Err(SendError::io(Stage::Connecting, "127.0.0.1:9000", error));
//!         run.receives(&outcome);
//!         outcome
//!     },
//!     |rest| run.rests(rest),
//! );
//! run.ends(&ended);
//! assert_eq!(ended.unwrap_err().error, cos_batch::Error::Lost(Lost::BeforeSending));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The feature `tracing` gives every step to [`tracing`](https://docs.rs/tracing) too.

mod error;
mod observe;
mod outgoing;
mod proxy;
mod setup;

pub use error::{SendError, SendErrorKind, Stage, Unsent, source_of};
pub use observe::{Observed, Run};
pub use outgoing::outgoing;
pub use proxy::ProxySettings;
pub use setup::Setup;
