//! How others talk to the driver

use std::sync::mpsc::Sender;
use std::time::Duration;

use cos_batch::http::{Request, Response, StatusCode};
use cos_batch::time::OffsetDateTime;
use cos_batch::{ErrorCode, JobId, ServiceError};
use tokio::sync::oneshot;

use crate::clock::Clock;
use crate::work::Outcome;

/// What the driver is asked for.
pub(super) enum Order {
    /// Hear of a request so often; the last answer counts. It may be nobody's.
    Deliver { request: Request<Vec<u8>>, times: u32, answer: Answer },
    /// Answer what did not come far enough to be heard of.
    Refuse { error: ServiceError, path: String, answer: Answer },
    /// Hear what came of work.
    Finish { job_id: JobId<'static>, outcome: Outcome },
    /// Tell the time.
    Tell { told: TellThem },
    /// Put the clock forward by so much, or to the next event.
    Advance { by: Option<Duration>, told: TellThem },
    /// End.
    Stop,
}

/// Where an answer goes.
pub(super) type Answer = oneshot::Sender<Response<Vec<u8>>>;

/// Where the time goes.
pub(crate) type TellThem = Box<dyn FnOnce(Told) + Send>;

/// What a clock tells.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told {
    pub(crate) clock: Clock,
    pub(crate) now: OffsetDateTime,
}

/// The driver, from outside.
#[derive(Clone, Debug)]
pub(crate) struct Service(Sender<Order>);

impl Service {
    pub(super) fn new(orders: Sender<Order>) -> Self {
        Self(orders)
    }

    /// Has the service hear of a request so often.
    pub(crate) async fn deliver(&self, request: Request<Vec<u8>>, times: u32) -> Response<Vec<u8>> {
        self.ask(|answer| Order::Deliver { request, times, answer }).await.unwrap_or_else(ended)
    }

    /// Refuses what did not come far enough to be heard of.
    pub(crate) async fn refuse(&self, error: ServiceError, path: String) -> Response<Vec<u8>> {
        self.ask(|answer| Order::Refuse { error, path, answer }).await.unwrap_or_else(ended)
    }

    /// What time it is for the jobs, in a while; nothing once the driver has ended.
    pub(crate) fn tell(&self, told: TellThem) {
        // Then it is never told, and the sender of whoever waits for it is dropped.
        let _ = self.0.send(Order::Tell { told });
    }

    /// Puts the clock forward by so much, or to the next event, and tells the time once all that is
    /// to happen until then has happened.
    pub(crate) fn advance(&self, by: Option<Duration>, told: TellThem) {
        let _ = self.0.send(Order::Advance { by, told });
    }

    /// Ends it; what waits is still answered.
    pub(crate) fn stop(&self) {
        // It may have ended already.
        let _ = self.0.send(Order::Stop);
    }

    async fn ask<T>(&self, order: impl FnOnce(oneshot::Sender<T>) -> Order) -> Option<T> {
        let (sender, receiver) = oneshot::channel();
        self.0.send(order(sender)).ok()?;
        receiver.await.ok()
    }
}

/// The answer when there is nobody to ask.
fn ended() -> Response<Vec<u8>> {
    let mut error = ServiceError::new(StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::InternalError);
    error.message = Some("the emulator has ended".into());
    error.encode()
}
