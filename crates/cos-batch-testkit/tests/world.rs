//! Does the world notice a machine that misbehaves?

use std::cell::Cell;
use std::time::Duration;

use cos_batch::time::OffsetDateTime;
use cos_batch::{Endpoint, Error, Event, Exchange, ListJobs, Lost, Machine, Retry, Signer, Step};
use cos_batch_testkit::world::{Logged, World};

/// A machine that does as it is told.
struct Puppet<F: Fn(u32) -> Result<Step, Error>> {
    next: F,
    /// How often it was asked.
    asked: Cell<u32>,
}

struct Thing;

impl Logged for Thing {
    fn line(&self) -> String {
        "thing".to_owned()
    }
}

impl<F: Fn(u32) -> Result<Step, Error>> Machine for Puppet<F> {
    type Item = Thing;

    fn next(&self, _: &Signer, _: OffsetDateTime) -> Result<Step, Error> {
        self.asked.set(self.asked.get() + 1);
        (self.next)(self.asked.get())
    }

    fn receive(&mut self, event: Event<'_>, _: OffsetDateTime) -> Result<Option<Thing>, Error> {
        Ok(matches!(event, Event::Lost(Lost::AfterSending)).then_some(Thing))
    }
}

fn run(next: impl Fn(u32) -> Result<Step, Error>) {
    World::new().run(&mut Puppet { next, asked: Cell::new(0) });
}

#[test]
#[should_panic(expected = "does not end after 100 steps")]
fn one_that_never_ends() {
    run(|_| Ok(Step::Sleep(Duration::ZERO)));
}

#[test]
#[should_panic(expected = "must say the same")]
fn one_that_changes_its_mind() {
    run(|asked| Ok(Step::Sleep(Duration::from_secs(asked.into()))));
}

#[test]
#[should_panic(expected = "brings back to life")]
fn one_that_goes_on_after_its_end() {
    run(|_| Ok(Step::Done));
}

#[test]
#[should_panic(expected = "the script has ended, the machine has not")]
fn one_that_wants_more() {
    let endpoint = Endpoint::custom("http", "h", "1".parse().unwrap()).unwrap();
    World::new().lost(Lost::BeforeSending).run(&mut Exchange::new(
        endpoint,
        ListJobs::new(),
        Retry::new(7),
    ));
}

#[test]
#[should_panic(expected = "too late to send")]
fn one_that_sends_after_its_deadline() {
    run(|_| {
        let request = cos_batch::http::Request::new(Vec::new());
        Ok(Step::Send { request, within: Some(Duration::ZERO) })
    });
}
