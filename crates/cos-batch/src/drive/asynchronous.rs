use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use time::OffsetDateTime;

use super::flight::Flight;
use super::{Failed, step};
use crate::error::{Lost, SignError};
use crate::machine::{Event, Machine, Step};
use crate::sign::Signer;

/// Runs a machine to its next item, on any executor; `None` once it is done
///
/// The same as [`blocking`](super::blocking) with a `send` and a `sleep` that are awaited: async
/// closures, or closures that give a future. Where their futures can change threads, so can this
/// one.
///
/// The future may be dropped at any time. A request that it had begun to send counts as
/// [`Lost::AfterSending`], a rest that it had begun is taken anew; the machine can be run again and
/// tells the truth: a call that must not be repeated blindly does not forget that it may have
/// arrived. (A future that is forgotten instead, by [`std::mem::forget`], cannot tell.)
///
/// ```
/// use std::pin::pin;
/// use std::sync::Arc;
/// use std::task::{Context, Poll, Waker};
/// use cos_batch::{Credentials, Endpoint, ListJobs, Lost, Pages, Retry, Signer, drive};
/// use time::OffsetDateTime;
///
/// // An executor of one line, for futures that are always ready.
/// fn block_on<T>(future: impl Future<Output = T>) -> T {
///     match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
///         Poll::Ready(output) => output,
///         Poll::Pending => unreachable!(),
///     }
/// }
///
/// let endpoint = Endpoint::custom("http", "127.0.0.1:9000", "1250000000".parse()?)?;
/// let signer = Arc::new(Signer::new(Credentials::new("AKIDEXAMPLE", "SECRETEXAMPLE")?));
/// let mut pages = Pages::new(endpoint, ListJobs::new(), Retry::new(7));
/// let page = block_on(drive::asynchronous(
///     &mut pages,
///     || OffsetDateTime::UNIX_EPOCH,
///     |_| Ok(signer.clone()),
///     async |_request, _within| -> Result<_, (Lost, std::io::Error)> {
///         Ok(http::Response::new(b"<ListJobsResult></ListJobsResult>".to_vec()))
///     },
///     async |_rest| (),
/// ))?;
/// assert!(page.is_some_and(|page| page.jobs.is_empty()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`Failed`], with the machine's error. The machine can be run again; it repeats a final error.
pub async fn asynchronous<M, E, Sent, Slept>(
    machine: &mut M,
    mut now: impl FnMut() -> OffsetDateTime,
    mut signer: impl FnMut(OffsetDateTime) -> Result<Arc<Signer>, SignError>,
    mut send: impl FnMut(Request<Vec<u8>>, Option<Duration>) -> Sent,
    mut sleep: impl FnMut(Duration) -> Slept,
) -> Result<Option<M::Item>, Failed<E>>
where
    M: Machine + ?Sized,
    Sent: Future<Output = Result<Response<Vec<u8>>, (Lost, E)>>,
    Slept: Future<Output = ()>,
{
    let mut cause = None;
    loop {
        let time = now();
        let received = match step(machine, signer(time), time) {
            Ok(Step::Send { request, within }) => {
                let flight = Flight::new(machine, &mut now);
                let outcome = send(request, within).await;
                flight.landed(outcome, &mut cause)
            }
            Ok(Step::Sleep(rest)) => {
                sleep(rest).await;
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
