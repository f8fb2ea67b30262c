use std::thread;

use cos_batch::Machine;
use cos_batch::drive::{self, Failed};
use cos_batch::time::OffsetDateTime;
use cos_batch_adapter::SendError;
pub(crate) use cos_batch_adapter::SendErrorKind;

pub(crate) use crate::driven::*;
pub(crate) use crate::shared::wait_for as wait_until;
pub(crate) use crate::shared::*;

impl Client {
    pub(crate) fn run<M: Machine>(
        &self,
        machine: &mut M,
    ) -> Result<Option<M::Item>, Failed<SendError>> {
        let run = self.setup.begin();
        let ended = drive::blocking(
            machine,
            OffsetDateTime::now_utc,
            |now| self.setup.signer(now),
            |request, within| {
                run.sends(&request, within);
                let outcome = self.network.send(request, within, self.setup.limits());
                let outcome = outcome.and_then(wait);
                run.receives(&outcome);
                outcome
            },
            |rest| {
                run.rests(rest);
                thread::sleep(rest);
            },
        );
        run.ends(&ended);
        ended
    }
}
