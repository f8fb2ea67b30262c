//! A hundred accounts on one thread, without async: a loop over a hundred machines
//!
//! ```text
//! cargo run -p cos-batch-examples --example hundred_accounts
//! ```
//!
//! Each machine says what to do next. None of it blocks, so one slow account holds up no other.

use std::error::Error;
use std::thread;
use std::time::{Duration, Instant};

use cos_batch::http::Response;
use cos_batch::time::OffsetDateTime;
use cos_batch::{Event, Limits, ListJobs, Lost, Machine, Pages, Retry, Signer, Step};
use cos_batch_adapter::SendError;
use cos_batch_emulator::{Account, Emulator};
use cos_batch_examples::{Flight, Network};

/// An account whose jobs are being listed.
struct Listing {
    signer: Signer,
    network: Network,
    pages: Pages,
    doing: Doing,
    jobs: usize,
}

enum Doing {
    Nothing,
    Sending(Box<Flight>),
    Resting(Instant),
    Done(Result<(), cos_batch::Error>),
}

impl Listing {
    /// Goes one step on, if that can be done at once.
    fn go_on(&mut self) {
        let gone = match std::mem::replace(&mut self.doing, Doing::Nothing) {
            Doing::Nothing => self.begin(),
            Doing::Sending(mut flight) => match flight.poll() {
                Some(outcome) => self.came(outcome),
                None => Ok(Doing::Sending(flight)),
            },
            Doing::Resting(until) if until <= Instant::now() => self.receive(Event::Woke),
            doing @ (Doing::Resting(_) | Doing::Done(_)) => Ok(doing),
        };
        self.doing = gone.unwrap_or_else(|error| Doing::Done(Err(error)));
    }

    fn begin(&mut self) -> Result<Doing, cos_batch::Error> {
        match self.pages.next(&self.signer, OffsetDateTime::now_utc())? {
            Step::Send { request, within } => {
                match self.network.send(request, within, &Limits::default()) {
                    Ok(flight) => Ok(Doing::Sending(Box::new(flight))),
                    Err(unsent) => self.came(Err(unsent)),
                }
            }
            Step::Sleep(rest) => Ok(Doing::Resting(Instant::now() + rest)),
            Step::Done => Ok(Doing::Done(Ok(()))),
        }
    }

    fn came(
        &mut self,
        outcome: Result<Response<Vec<u8>>, (Lost, SendError)>,
    ) -> Result<Doing, cos_batch::Error> {
        match outcome {
            Ok(reply) => {
                let (parts, body) = reply.into_parts();
                self.receive(Event::Reply(Response::from_parts(parts, &body)))
            }
            Err((lost, error)) => {
                eprintln!("{error}");
                self.receive(Event::Lost(lost))
            }
        }
    }

    fn receive(&mut self, event: Event<'_>) -> Result<Doing, cos_batch::Error> {
        if let Some(page) = self.pages.receive(event, OffsetDateTime::now_utc())? {
            self.jobs += page.jobs.len();
        }
        Ok(Doing::Nothing)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let accounts = (0..100).map(|n| Account::new(format!("AKID{n}"), format!("secret-{n}")));
    let accounts = accounts.collect::<Result<Vec<_>, _>>()?;
    let emulator = Emulator::builder();
    let emulator =
        accounts.iter().cloned().fold(emulator, |emulator, account| emulator.account(account));
    let emulator = emulator.start()?;

    let mut listings = Vec::new();
    for (account, seed) in accounts.iter().zip(0..) {
        let mut list = ListJobs::new();
        list.max_results = Some("15".parse()?);
        listings.push(Listing {
            signer: Signer::new(account.credentials().clone()),
            network: Network::new(Duration::from_secs(30)),
            pages: Pages::new(emulator.endpoint(), list, Retry::new(seed)),
            doing: Doing::Nothing,
            jobs: 0,
        });
    }
    while listings.iter().any(|listing| !matches!(listing.doing, Doing::Done(_))) {
        listings.iter_mut().for_each(Listing::go_on);
        thread::sleep(Duration::from_millis(1));
    }
    for listing in &listings {
        if let Doing::Done(Err(error)) = &listing.doing {
            return Err(error.clone().into());
        }
    }
    let jobs: usize = listings.iter().map(|listing| listing.jobs).sum();
    println!("{jobs} jobs of {} accounts", listings.len());
    Ok(())
}
