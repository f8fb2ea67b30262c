//! A runtime of one's own: no async crate, sockets of std, an executor of a few lines
//!
//! ```text
//! cargo run -p cos-batch-examples --example own_runtime
//! ```
//!
//! Three listings are read side by side, on one thread.

use std::error::Error;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use cos_batch::drive;
use cos_batch::http::{Request, Response};
use cos_batch::time::OffsetDateTime;
use cos_batch::{JobStatus, Limits, ListJobs, Lost, Pages, Retry, Signer};
use cos_batch_adapter::SendError;
use cos_batch_emulator::Emulator;
use cos_batch_examples::Network;

type Task<'a> = Pin<Box<dyn Future<Output = Result<(), Box<dyn Error>>> + 'a>>;

/// Runs tasks on this thread, side by side, to the end of all.
fn run(mut tasks: Vec<Task<'_>>) -> Result<(), Box<dyn Error>> {
    let mut context = Context::from_waker(Waker::noop());
    let mut ended = Ok(());
    while !tasks.is_empty() {
        tasks.retain_mut(|task| match task.as_mut().poll(&mut context) {
            Poll::Pending => true,
            Poll::Ready(end) => {
                ended = std::mem::replace(&mut ended, Ok(())).and(end);
                false
            }
        });
        // std cannot wait for several sockets: look again soon.
        thread::sleep(Duration::from_millis(1));
    }
    ended
}

async fn sleep(rest: Duration) {
    let begun = Instant::now();
    poll_fn(|_| if begun.elapsed() < rest { Poll::Pending } else { Poll::Ready(()) }).await;
}

async fn send(
    network: &Network,
    request: Request<Vec<u8>>,
    within: Option<Duration>,
) -> Result<Response<Vec<u8>>, (Lost, SendError)> {
    let mut flight = network.send(request, within, &Limits::default())?;
    poll_fn(|_| flight.poll().map_or(Poll::Pending, Poll::Ready)).await
}

async fn list(emulator: &Emulator, status: JobStatus) -> Result<(), Box<dyn Error>> {
    let network = Network::new(Duration::from_secs(30));
    let signer = Arc::new(Signer::new(emulator.credentials()));
    let mut list = ListJobs::new();
    list.job_statuses.push(status);
    let mut pages = Pages::new(emulator.endpoint(), list, Retry::new(7));
    while let Some(page) = drive::asynchronous(
        &mut pages,
        OffsetDateTime::now_utc,
        |_| Ok(signer.clone()),
        |request, within| send(&network, request, within),
        sleep,
    )
    .await?
    {
        for job in page.jobs {
            println!("{}  {}", job.job_id, job.status);
        }
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let emulator = Emulator::start()?;
    let statuses = [JobStatus::Complete, JobStatus::Failed, JobStatus::Suspended];
    run(statuses.map(|status| Box::pin(list(&emulator, status)) as Task<'_>).into())
}
