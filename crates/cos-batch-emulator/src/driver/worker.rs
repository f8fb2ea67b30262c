//! A thread that does the engine's work

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use cos_batch::time::OffsetDateTime;

use super::Order;
use crate::buckets::Buckets;
use crate::work::Work;

/// What is to be done, and the time at which.
type Piece = (Work, OffsetDateTime);

/// Work under way, for buckets do one piece at a time
///
/// Where there are no buckets nothing is done: whatever needs them waits for a service that has
/// them.
pub(super) struct Worker {
    work: Option<Sender<Piece>>,
    thread: Option<JoinHandle<()>>,
    stopped: Arc<AtomicBool>,
    /// How many pieces have not come back.
    under_way: usize,
}

impl Worker {
    /// A worker that tells `orders` what came of it.
    pub(super) fn start(buckets: Option<Arc<Buckets>>, orders: &Sender<Order>) -> io::Result<Self> {
        let stopped = Arc::new(AtomicBool::new(false));
        let mut worker = Self { work: None, thread: None, stopped, under_way: 0 };
        if let Some(buckets) = buckets {
            let (sender, work) = channel();
            let (stopped, orders) = (Arc::clone(&worker.stopped), orders.clone());
            let thread = thread::Builder::new().name("cos-batch-worker".to_owned());
            worker.thread = Some(thread.spawn(move || run(&work, &buckets, &stopped, &orders))?);
            worker.work = Some(sender);
        }
        Ok(worker)
    }

    /// Has work done.
    pub(super) fn begin(&mut self, work: Work, now: OffsetDateTime) {
        if let Some(sender) = &self.work
            && sender.send((work, now)).is_ok()
        {
            self.under_way += 1;
        }
    }

    /// A piece has come back.
    pub(super) fn came_back(&mut self) {
        self.under_way = self.under_way.saturating_sub(1);
    }

    pub(super) fn is_idle(&self) -> bool {
        self.under_way == 0
    }

    /// Returns once what is under way has come to its end; what waits is not begun.
    pub(super) fn stop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        self.work = None;
        // A panic over there has been told on stderr.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn run(work: &Receiver<Piece>, buckets: &Buckets, stopped: &AtomicBool, orders: &Sender<Order>) {
    for (work, now) in work {
        if stopped.load(Ordering::Relaxed) {
            return;
        }
        let outcome = buckets.run(&work, now);
        let job_id = work.job_id().clone();
        if orders.send(Order::Finish { job_id, outcome }).is_err() {
            return;
        }
    }
}
