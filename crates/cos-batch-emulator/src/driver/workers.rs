//! Threads that do the engine's work

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use cos_batch::time::OffsetDateTime;

use super::Order;
use crate::work::{Outcome, Work};

/// Does work, at a time.
pub(crate) type Runner = Arc<dyn Fn(&Work, OffsetDateTime) -> Outcome + Send + Sync>;

/// How many pieces of work are done at once at most.
const MOST: usize = 4;

pub(super) struct Workers {
    /// Absent where there is nobody to do it.
    work: Option<Sender<(Work, OffsetDateTime)>>,
    threads: Vec<JoinHandle<()>>,
    stopped: Arc<AtomicBool>,
    /// How many pieces have not come back.
    under_way: usize,
}

impl Workers {
    /// Threads that tell `orders` what came of it.
    pub(super) fn start(runner: Option<Runner>, orders: &Sender<Order>) -> io::Result<Self> {
        let stopped = Arc::new(AtomicBool::new(false));
        let mut workers = Self { work: None, threads: Vec::new(), stopped, under_way: 0 };
        let Some(runner) = runner else { return Ok(workers) };
        let (sender, receiver) = channel();
        workers.work = Some(sender);
        let receiver = Arc::new(Mutex::new(receiver));
        for _ in 0..thread::available_parallelism().map_or(1, usize::from).min(MOST) {
            let (receiver, runner) = (Arc::clone(&receiver), Arc::clone(&runner));
            let (stopped, orders) = (Arc::clone(&workers.stopped), orders.clone());
            let worker = move || run(&receiver, &runner, &stopped, &orders);
            let thread =
                thread::Builder::new().name("cos-batch-worker".to_owned()).spawn(worker)?;
            workers.threads.push(thread);
        }
        Ok(workers)
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

    pub(super) fn are_idle(&self) -> bool {
        self.under_way == 0
    }

    /// Returns once what is under way has come to its end; what waits is not begun.
    pub(super) fn stop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        self.work = None;
        for thread in self.threads.drain(..) {
            // A panic over there has been told on stderr.
            let _ = thread.join();
        }
    }
}

fn run(
    work: &Mutex<Receiver<(Work, OffsetDateTime)>>,
    runner: &Runner,
    stopped: &AtomicBool,
    orders: &Sender<Order>,
) {
    loop {
        // Held while waiting: the other workers wait as well, with nothing to do.
        let next = work.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((work, now)) = next else { return };
        if stopped.load(Ordering::Relaxed) {
            return;
        }
        let outcome = runner(&work, now);
        let job_id = work.job_id().clone();
        if orders.send(Order::Finish { job_id, outcome }).is_err() {
            return;
        }
    }
}
