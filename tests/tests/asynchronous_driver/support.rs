use std::future::poll_fn;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use cos_batch::Machine;
use cos_batch::drive::{self, Failed};
use cos_batch::time::OffsetDateTime;
use cos_batch_adapter::SendError;
pub(crate) use cos_batch_adapter::SendErrorKind;

pub(crate) use crate::driven::*;
pub(crate) use crate::shared::wait_for as wait_until;
pub(crate) use crate::shared::*;

/// An executor for one future, which it drops where `until` comes true before it ends.
fn block_on<T>(future: impl Future<Output = T>, until: impl Fn() -> bool) -> Option<T> {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return Some(output);
        }
        if until() {
            return None;
        }
        thread::sleep(Duration::from_millis(1));
    }
}

async fn sleep(rest: Duration) {
    let begun = Instant::now();
    poll_fn(|_| if begun.elapsed() < rest { Poll::Pending } else { Poll::Ready(()) }).await;
}

impl Client {
    async fn drive<M: Machine>(
        &self,
        machine: &mut M,
    ) -> Result<Option<M::Item>, Failed<SendError>> {
        let run = self.setup.begin();
        let ended = drive::asynchronous(
            machine,
            OffsetDateTime::now_utc,
            |now| self.setup.signer(now),
            async |request, within| {
                run.sends(&request, within);
                let outcome = match self.network.send(request, within, self.setup.limits()) {
                    Ok(mut flight) => {
                        poll_fn(|_| flight.poll().map_or(Poll::Pending, Poll::Ready)).await
                    }
                    Err(unsent) => Err(unsent),
                };
                run.receives(&outcome);
                outcome
            },
            |rest| {
                run.rests(rest);
                sleep(rest)
            },
        )
        .await;
        run.ends(&ended);
        ended
    }

    pub(crate) fn run<M: Machine>(
        &self,
        machine: &mut M,
    ) -> Result<Option<M::Item>, Failed<SendError>> {
        block_on(self.drive(machine), || false).expect("an end")
    }

    /// Runs a machine and gives up once something has become true, which it must before the end.
    pub(crate) fn run_until<M: Machine>(&self, machine: &mut M, check: impl Fn() -> bool) {
        assert!(block_on(self.drive(machine), check).is_none(), "it ended too soon");
    }
}
