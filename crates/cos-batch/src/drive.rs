//! Two loops over any machine, given the I/O as closures
//!
//! This is all that an adapter adds to a machine. Where neither fits, write your own: it is short.

mod asynchronous;
mod flight;

pub use asynchronous::asynchronous;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use time::OffsetDateTime;

use crate::error::{Error, Lost, SignError};
use crate::machine::{Event, Machine, Step};
use crate::sign::{Credentials, Signer};

use flight::Flight;

/// A run that failed, and what the driver's own I/O said last
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Failed<E> {
    /// Why the machine ended.
    pub error: Error,
    /// Why the last request was lost, in the words of the I/O: a name that was not found, a
    /// certificate that was refused, a timeout.
    pub cause: Option<E>,
}

impl<E> Failed<E> {
    fn new(error: Error, cause: Option<E>) -> Self {
        // A cause belongs to a loss; after a reply it is history.
        let lost = matches!(error.root_cause(), Error::Lost(_));
        Self { error, cause: cause.filter(|_| lost) }
    }
}

impl<E: fmt::Display> fmt::Display for Failed<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)?;
        match &self.cause {
            Some(cause) => write!(f, ": {cause}"),
            None => Ok(()),
        }
    }
}

impl<E: std::error::Error + 'static> std::error::Error for Failed<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_ref().map(|cause| cause as _)
    }
}

/// Runs a machine to its next item; `None` once it is done
///
/// | closure | what it does |
/// | --- | --- |
/// | `now` | tells the time |
/// | `signer` | gives the signer of the moment: rotation is a new value |
/// | `send` | sends a request within the time given, if one is; an error status is a response |
/// | `sleep` | rests |
///
/// `send` hands over a body that is larger than the machine's limit as one byte more than the
/// limit, and a body that broke off as far as it came. Where it panics, the machine learns that the
/// request may have arrived.
///
/// Where there is no signer, a machine that rests or has ended goes on all the same.
///
/// ```
/// use std::sync::Arc;
/// use cos_batch::{Credentials, Endpoint, ListJobs, Lost, Pages, Retry, Signer, drive};
/// use time::OffsetDateTime;
///
/// let endpoint = Endpoint::custom("http", "127.0.0.1:9000", "1250000000".parse()?)?;
/// let signer = Arc::new(Signer::new(Credentials::new("AKIDEXAMPLE", "SECRETEXAMPLE")?));
/// let mut pages = Pages::new(endpoint, ListJobs::new(), Retry::new(7));
/// let page = drive::blocking(
///     &mut pages,
///     || OffsetDateTime::UNIX_EPOCH,
///     |_| Ok(signer.clone()),
///     |_request, _within| -> Result<_, (Lost, std::io::Error)> {
///         Ok(http::Response::new(b"<ListJobsResult></ListJobsResult>".to_vec()))
///     },
///     |_rest| (),
/// )?;
/// assert!(page.is_some_and(|page| page.jobs.is_empty()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`Failed`], with the machine's error. The machine can be run again; it repeats a final error.
pub fn blocking<M: Machine + ?Sized, E>(
    machine: &mut M,
    mut now: impl FnMut() -> OffsetDateTime,
    mut signer: impl FnMut(OffsetDateTime) -> Result<Arc<Signer>, SignError>,
    mut send: impl FnMut(Request<Vec<u8>>, Option<Duration>) -> Result<Response<Vec<u8>>, (Lost, E)>,
    mut sleep: impl FnMut(Duration),
) -> Result<Option<M::Item>, Failed<E>> {
    let mut cause = None;
    loop {
        let time = now();
        let received = match step(machine, signer(time), time) {
            Ok(Step::Send { request, within }) => {
                let flight = Flight::new(machine, &mut now);
                let outcome = send(request, within);
                flight.landed(outcome, &mut cause)
            }
            Ok(Step::Sleep(rest)) => {
                sleep(rest);
                machine.receive(Event::Woke, now())
            }
            Ok(Step::Done) => return Ok(None),
            Err(error) => Err(error),
        };
        match received {
            Ok(None) => {}
            Ok(item) => return Ok(item),
            Err(error) => return Err(Failed::new(error, cause)),
        }
    }
}

/// What the machine does now, with a signer or, where no signature is needed, without one.
fn step<M: Machine + ?Sized>(
    machine: &M,
    signer: Result<Arc<Signer>, SignError>,
    now: OffsetDateTime,
) -> Result<Step, Error> {
    let none = match signer {
        Ok(signer) => return machine.next(&signer, now),
        Err(none) => none,
    };
    // Rests and ends need no key. What this signer signs is never sent.
    let nobody = Signer::new(Credentials::new("nobody", "nothing")?);
    match machine.next(&nobody, now) {
        Ok(Step::Send { .. }) | Err(Error::Sign(_)) => Err(none.into()),
        step => step,
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[test]
    fn the_source_of_a_failed_run_is_what_the_io_said() {
        let lost = Failed::new(Error::Lost(Lost::BeforeSending), Some(fmt::Error));
        assert!(lost.source().is_some_and(|source| source.is::<fmt::Error>()));
        let failed = Failed::new(Error::DeadlinePassed { cause: None }, Some(fmt::Error));
        assert!(failed.source().is_none());
    }
}
