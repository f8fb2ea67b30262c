use std::time::Duration;

use cos_batch::{
    CreateJob, CreateOnce, Endpoint, Error, Exchange, Machine, Operation, Pages, Repeat, Retry,
    Watch, printable, time,
};
use proptest::prelude::*;

use super::check::must;
use super::drawn::Drawn;
use crate::strategies;
use crate::world::{Logged, Outcome, Run, World};

/// How many pages a listing has at most.
const PAGES: u32 = 4;

/// A machine, whatever happens to it
///
/// The first byte chooses the machine: one of the six calls, a listing, a watch or a creation; the
/// rest is drawn from: how it tries, what replies come, what is lost, how the clock jumps.
///
/// - Asked twice what to do it says the same, and nothing moves it once it has ended.
/// - It ends, and has sent and rested no more than its attempts, its pages and its deadline allow.
/// - A call ends with an answer or with an error; nobody is told that the outcome of what can safely
///   be asked again is unknown.
///
/// # Panics
///
/// Where that does not hold.
pub fn machine(data: &[u8]) {
    let Some((which, data)) = data.split_first() else { return };
    let mut drawn = Drawn::from(data);
    // Nothing that happened: the input is too short.
    let _: Option<()> = match which % 9 {
        0 => call(&mut drawn, strategies::create_job(), strategies::create_job_result()),
        1 => call(&mut drawn, strategies::delete_job(), Just(())),
        2 => call(&mut drawn, strategies::describe_job(), strategies::describe_job_result()),
        3 => call(&mut drawn, strategies::list_jobs(), strategies::list_jobs_result()),
        4 => call(
            &mut drawn,
            strategies::update_job_priority(),
            strategies::update_job_priority_result(),
        ),
        5 => call(
            &mut drawn,
            strategies::update_job_status(),
            strategies::update_job_status_result(),
        ),
        6 => listing(&mut drawn),
        7 => watch(&mut drawn),
        _ => creation(&mut drawn),
    };
}

fn endpoint() -> Endpoint {
    must(Endpoint::custom("http", "127.0.0.1:9000", must("1250000000".parse())))
}

fn run<M: Machine<Item: Logged>>(course: Vec<Outcome>, machine: &mut M) -> Run<M::Item> {
    let mut world = World::new();
    world.script = course.into();
    world.most_steps = 1000;
    world.run(machine)
}

fn call<O>(
    drawn: &mut Drawn,
    calls: impl Strategy<Value = O>,
    answers: impl Strategy<Value = O::Output<'static>> + 'static,
) -> Option<()>
where
    O: Operation + 'static,
    O::Output<'static>: Logged,
{
    let (call, retry) = (drawn.next(calls)?, drawn.next(strategies::retry_soon())?);
    let offset = drawn.next(-100_000..100_000_i64)?;
    let course = drawn.next(strategies::course(strategies::answer_text::<O>(answers), 1))?;
    let offset = time::Duration::seconds(offset);
    let mut exchange = Exchange::new(endpoint(), call, retry.clone()).with_clock_offset(offset);
    let run = run(course, &mut exchange);
    assert_eq!(run.items.len(), usize::from(run.end.is_ok()), "{}", run.log);
    if let Err(Error::OutcomeUnknown { .. }) = run.end {
        assert!(O::REPEAT != Repeat::Safe, "{}", run.log);
    }
    ends_in_budget(&run, &retry, 1);
    Some(())
}

fn listing(drawn: &mut Drawn) -> Option<()> {
    let (list, retry) =
        (drawn.next(strategies::list_jobs())?, drawn.next(strategies::retry_soon())?);
    let course = drawn.next(strategies::course(strategies::page_text(), PAGES))?;
    let mut pages = Pages::new(endpoint(), list, retry.clone()).with_max_pages(PAGES);
    let run = run(course, &mut pages);
    assert!(run.items.len() as u64 <= u64::from(PAGES), "{}", run.log);
    ends_in_budget(&run, &retry, PAGES);
    Some(())
}

fn watch(drawn: &mut Drawn) -> Option<()> {
    let statuses = proptest::sample::select(vec!["Active", "Suspended", "Active", "Complete"]);
    let texts = statuses.prop_map(strategies::described_text);
    let (retry, seconds) = (drawn.next(strategies::retry_soon())?, drawn.next(0..10_i64)?);
    // An answer every half second at least.
    let course = drawn.next(strategies::course(texts, 21))?;
    let deadline = World::new().now + time::Duration::seconds(seconds);
    let pace = Duration::from_secs(1);
    let mut watch = Watch::new(endpoint(), must("a".parse()), deadline, retry.clone())
        .with_intervals(pace, pace);
    let run = run(course, &mut watch);
    assert!(run.items.len() <= 21, "{}", run.log);
    ends_in_sends(&run, &retry, 21);
    Some(())
}

fn creation(drawn: &mut Drawn) -> Option<()> {
    let create = drawn.next(strategies::create_job())?;
    let (retry, resumes) = (drawn.next(strategies::retry_soon())?, drawn.next(any::<bool>())?);
    let texts = prop_oneof![
        strategies::page_text(),
        Just("New").prop_map(strategies::described_text),
        strategies::answer_text::<CreateJob>(strategies::create_job_result()),
    ];
    // The call, and twice all pages and the three jobs that may be it.
    let calls = 1 + 2 * (PAGES + 3);
    let course = drawn.next(strategies::course(texts, calls))?;
    let now = World::new().now;
    let once = if resumes {
        let begun = now - time::Duration::HOUR;
        CreateOnce::resuming(endpoint(), create, begun, now, retry.clone())
    } else {
        CreateOnce::new(endpoint(), create, now, retry.clone())
    };
    let run = run(course, &mut once.with_max_pages(PAGES));
    assert_eq!(run.items.len(), usize::from(run.end.is_ok()), "{}", run.log);
    assert!(!resumes || !run.log.contains("send POST"), "{}", run.log);
    ends_in_sends(&run, &retry, calls);
    Some(())
}

/// Has it sent and rested no more than so many calls may, and does its error print safely?
///
/// # Panics
///
/// Where it has not.
pub fn ends_in_budget<T>(run: &Run<T>, retry: &Retry, calls: u32) {
    ends_in_sends(run, retry, calls);
    let longest = retry.cap.max(retry.patience);
    let rests = calls * (retry.attempts.max(1) - 1);
    let most = longest.saturating_mul(rests.max(u32::from(run.slept > Duration::ZERO)));
    assert!(run.slept <= most, "{}", run.log);
}

/// Has it sent no more than so many calls may, and does its error print safely?
///
/// # Panics
///
/// Where it has not.
pub fn ends_in_sends<T>(run: &Run<T>, retry: &Retry, calls: u32) {
    // One attempt more where the clock was corrected.
    let most = u64::from(calls) * u64::from(retry.attempts.max(1) + 1);
    assert!(run.sends as u64 <= most, "{}", run.log);
    if let Err(error) = &run.end {
        let shown = error.to_string();
        assert_eq!(printable(&shown, usize::MAX), shown);
    }
}
