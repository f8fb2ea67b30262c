use http::Response;
use time::OffsetDateTime;

use crate::error::{Error, Lost};
use crate::machine::{Event, Machine};

/// A request under way: dropped before it landed, it may have arrived all the same
pub(super) struct Flight<'a, M: Machine + ?Sized, N: FnMut() -> OffsetDateTime> {
    machine: &'a mut M,
    now: &'a mut N,
    landed: bool,
}

impl<'a, M: Machine + ?Sized, N: FnMut() -> OffsetDateTime> Flight<'a, M, N> {
    pub(super) fn new(machine: &'a mut M, now: &'a mut N) -> Self {
        Self { machine, now, landed: false }
    }

    /// Tells the machine what came of the request.
    pub(super) fn landed<E>(
        mut self,
        outcome: Result<Response<Vec<u8>>, (Lost, E)>,
        cause: &mut Option<E>,
    ) -> Result<Option<M::Item>, Error> {
        self.landed = true;
        let now = (self.now)();
        match outcome {
            Ok(reply) => {
                let (parts, body) = reply.into_parts();
                let reply = Response::from_parts(parts, body.as_slice());
                self.machine.receive(Event::Reply(reply), now)
            }
            Err((lost, error)) => {
                *cause = Some(error);
                self.machine.receive(Event::Lost(lost), now)
            }
        }
    }
}

impl<M: Machine + ?Sized, N: FnMut() -> OffsetDateTime> Drop for Flight<'_, M, N> {
    fn drop(&mut self) {
        if !self.landed {
            let now = (self.now)();
            // Nobody is there to hear an error; the machine repeats it when it is asked next.
            drop(self.machine.receive(Event::Lost(Lost::AfterSending), now));
        }
    }
}
