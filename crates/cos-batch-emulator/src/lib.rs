//! A local COS Batch service: no account, no network, no cost
//!
//! It answers on a loopback port as the service would: it verifies signatures, pages through its
//! jobs and refuses what the docs say is refused, with their codes and statuses. Where a user
//! outgrows it, the same client points at COS: the endpoint and the credentials change, nothing
//! else.
//!
//! | to | use |
//! | --- | --- |
//! | start a service in a test, with jobs to list | [`Emulator::start`] |
//! | say where it listens, to whom, with which jobs, on which clock | [`Emulator::builder`] |
//! | have things go wrong | [`Faults`] |
//! | ask without a socket and without a clock | [`Engine`] |
//! | run the tasks of its jobs | [`work`] |
//! | run them on files, each bucket a folder | [`Buckets`] |
//! | choose where the docs are silent | [`Settings`] |
//!
//! ```
//! use std::io::{Read, Write};
//! use std::net::TcpStream;
//!
//! use cos_batch::http::Response;
//! use cos_batch::time::OffsetDateTime;
//! use cos_batch::{Limits, ListJobs, Operation, Signer};
//! use cos_batch_emulator::Emulator;
//!
//! let emulator = Emulator::start()?;
//!
//! let mut list = ListJobs::new();
//! list.max_results = Some("15".parse()?);
//! let mut request = list.encode_request(&emulator.endpoint())?;
//! Signer::new(emulator.credentials()).sign(&mut request, OffsetDateTime::now_utc())?;
//!
//! // An HTTP client of your choice does this.
//! let mut connection = TcpStream::connect(emulator.address())?;
//! let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
//! write!(connection, "{} {target} HTTP/1.1\r\nConnection: close\r\n", request.method())?;
//! for (name, value) in request.headers() {
//!     write!(connection, "{name}: {}\r\n", value.to_str()?)?;
//! }
//! write!(connection, "\r\n")?;
//! let mut reply = String::new();
//! connection.read_to_string(&mut reply)?;
//! let (head, body) = reply.split_once("\r\n\r\n").ok_or("no head")?;
//! assert!(head.starts_with("HTTP/1.1 200 OK"));
//!
//! let page = ListJobs::decode_response(&Response::new(body.as_bytes()), &Limits::default())?;
//! assert_eq!(page.jobs.len(), 15);
//! assert!(page.next_token.is_some());
//!
//! emulator.stop();
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod access_log;
mod account;
mod buckets;
mod call;
mod clock;
mod driver;
mod emulator;
mod engine;
mod faults;
mod ids;
mod jobs;
mod moment;
mod server;
mod settings;
mod store;
mod texts;
pub mod work;

pub use access_log::AccessLog;
pub use account::Account;
pub use buckets::Buckets;
pub use clock::{Clock, ClockError};
pub use emulator::{Builder, Emulator, StartError, StopHandle};
pub use engine::{Change, Engine, Record};
pub use faults::{Faults, FaultsError};
pub use jobs::{SAMPLE_JOBS, sample_jobs};
pub use settings::{Runner, Settings};
pub use store::DataError;
