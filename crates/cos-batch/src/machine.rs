//! What happens over time, without a clock: retries, pages, deadlines
//!
//! A machine says what to do now, and is told what came of it. Two functions, three steps:
//!
//! ```text
//!            ┌──────────── next() ────────────┐
//!            ▼               ▼                ▼
//!     Send { request }   Sleep(rest)        Done
//!            │               │
//!      send it              rest
//!            │               │
//!   Reply(response)         Woke
//!   or Lost(when)            │
//!            └── receive() ──┘──▶ an item, or nothing yet
//! ```
//!
//! `next` is a question and changes nothing; `receive` is the only mutation. Both get `now`, so
//! that time can be real, virtual or standing still. All state is plain data.
//!
//! ```
//! use cos_batch::{
//!     Credentials, Endpoint, Event, Exchange, ListJobs, Machine, Retry, Signer, Step,
//! };
//! use time::OffsetDateTime;
//!
//! let endpoint = Endpoint::custom("http", "127.0.0.1:9000", "1250000000".parse()?)?;
//! let signer = Signer::new(Credentials::new("AKIDEXAMPLE", "SECRETEXAMPLE")?);
//! let now = OffsetDateTime::UNIX_EPOCH;
//!
//! let mut exchange = Exchange::new(endpoint, ListJobs::new(), Retry::new(7));
//! let mut replies = [
//!     http::Response::builder().status(503).body("").unwrap(),
//!     http::Response::new("<ListJobsResult><Jobs></Jobs></ListJobsResult>"),
//! ]
//! .into_iter();
//! loop {
//!     match exchange.next(&signer, now)? {
//!         Step::Send { request, .. } => {
//!             assert_eq!(request.uri(), "http://127.0.0.1:9000/jobs");
//!             let reply = replies.next().unwrap().map(str::as_bytes);
//!             if let Some(page) = exchange.receive(Event::Reply(reply), now)? {
//!                 assert!(page.jobs.is_empty());
//!             }
//!         }
//!         Step::Sleep(_rest) => drop(exchange.receive(Event::Woke, now)?),
//!         Step::Done => break,
//!     }
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod create_once;
mod exchange;
mod pages;
mod retry;
mod skew;
mod watch;

pub use create_once::{CreateOnce, Creation};
pub use exchange::Exchange;
pub use pages::Pages;
pub use retry::Retry;
pub use watch::Watch;

use std::time::Duration;

use time::OffsetDateTime;

use crate::error::{Error, Lost};
use crate::sign::Signer;

/// What the driver must do now
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_enums, reason = "a driver handles all three")]
#[expect(clippy::large_enum_variant, reason = "a step lives for one turn of the driver's loop")]
pub enum Step {
    /// Send this request, and tell the machine of its reply or its loss.
    Send {
        /// The request, complete and signed.
        request: http::Request<Vec<u8>>,
        /// The time left of the machine's deadline: give up after it.
        within: Option<Duration>,
    },
    /// Rest for this long, then say [`Event::Woke`].
    Sleep(Duration),
    /// Nothing: the machine has ended well.
    Done,
}

/// What came of a step
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_enums, reason = "a driver says one of the three")]
pub enum Event<'a> {
    /// A response came, whatever its status, with as much of its body as arrived.
    Reply(http::Response<&'a [u8]>),
    /// No response came.
    Lost(Lost),
    /// The rest is over, whatever the clock says.
    Woke,
}

/// A conversation with the service, as plain state
///
/// - `next` gives the same answer until `receive`. An error of building or signing changes
///   nothing: mend the cause, ask again. After a final error `next` repeats it.
/// - `Step::Done` only follows success; stray events after the end are ignored.
/// - A send that was given up must be told as [`Lost::AfterSending`].
/// - No clock can prolong a rest: [`Event::Woke`] ends it.
pub trait Machine {
    /// What it brings, once or often.
    type Item;

    /// What to do now. Changes nothing.
    ///
    /// # Errors
    ///
    /// [`Error::Build`] and [`Error::Sign`], which can be mended; [`Error::DeadlinePassed`]; the
    /// final error, if there was one.
    fn next(&self, signer: &Signer, now: OffsetDateTime) -> Result<Step, Error>;

    /// What came of it. The only mutation.
    ///
    /// # Errors
    ///
    /// The final error; the machine has ended.
    fn receive(
        &mut self,
        event: Event<'_>,
        now: OffsetDateTime,
    ) -> Result<Option<Self::Item>, Error>;
}
