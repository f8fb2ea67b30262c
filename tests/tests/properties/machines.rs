//! Whatever happens, a machine ends within its budget

use std::time::Duration as Rest;

use cos_batch::time::{Duration, OffsetDateTime};
use cos_batch::{
    CreateJob, CreateOnce, DeleteJob, DescribeJob, Endpoint, Error, Exchange, ListJobs, Lost,
    Operation, Pages, Repeat, Retry, UpdateJobPriority, UpdateJobStatus, Watch,
};
use cos_batch_testkit::oracle::{ends_in_budget, ends_in_sends};
use cos_batch_testkit::strategies;
use cos_batch_testkit::world::{Logged, Outcome, World};
use proptest::prelude::*;
use proptest::sample::select;

use super::cases;

const MOST_PAGES: u32 = 4;

fn endpoint() -> Endpoint {
    Endpoint::custom("http", "127.0.0.1:9000", "1250000000".parse().unwrap()).unwrap()
}

fn world(script: Vec<Outcome>) -> World {
    let mut world = World::new();
    world.script = script.into();
    world
}

/// One call ends, with its answer or with an error.
fn call<O>(call: O, script: Vec<Outcome>, retry: &Retry, offset: i64) -> Result<(), TestCaseError>
where
    O: Operation,
    O::Output<'static>: Logged,
{
    let mut exchange =
        Exchange::new(endpoint(), call, retry.clone()).with_clock_offset(Duration::seconds(offset));
    let run = world(script).run(&mut exchange);
    prop_assert_eq!(run.items.len(), usize::from(run.end.is_ok()), "{}", &run.log);
    if let Err(Error::OutcomeUnknown { .. }) = run.end {
        prop_assert!(O::REPEAT != Repeat::Safe, "{}", &run.log);
    }
    ends_in_budget(&run, retry, 1);
    Ok(())
}

macro_rules! calls {
    ($($name:ident: $Call:ident, $answers:expr;)+) => { $(
        mod $name {
            use super::*;

            proptest! {
                #![proptest_config(cases(2))]

                #[test]
                fn a_call_ends(
                    request in strategies::$name(),
                    script in strategies::course(strategies::answer_text::<$Call>($answers), 1),
                    retry in strategies::retry_soon(),
                    offset in -100_000..100_000_i64,
                ) {
                    call::<$Call>(request, script, &retry, offset)?;
                }
            }
        }
    )+ };
}

calls! {
    create_job: CreateJob, strategies::create_job_result();
    delete_job: DeleteJob, Just(());
    describe_job: DescribeJob, strategies::describe_job_result();
    list_jobs: ListJobs, strategies::list_jobs_result();
    update_job_priority: UpdateJobPriority, strategies::update_job_priority_result();
    update_job_status: UpdateJobStatus, strategies::update_job_status_result();
}

proptest! {
    #![proptest_config(cases(1))]

    #[test]
    fn a_listing_ends(
        script in strategies::course(strategies::page_text(), MOST_PAGES),
        list in strategies::list_jobs(),
        retry in strategies::retry_soon(),
        most_pages in 1..=MOST_PAGES,
    ) {
        let asked = list.job_statuses.clone();
        let mut pages = Pages::new(endpoint(), list, retry.clone()).with_max_pages(most_pages);
        let run = world(script).run(&mut pages);
        prop_assert!(run.items.len() as u32 <= most_pages, "{}", &run.log);
        prop_assert_eq!(pages.pages() as usize, run.items.len(), "{}", &run.log);
        prop_assert!(run.end.is_ok() || !run.log.ends_with("done\n"));
        for page in &run.items {
            let kept = |status| asked.len() < 2 || asked.contains(status);
            prop_assert!(page.jobs.iter().all(|job| kept(&job.status)), "{}", &run.log);
        }
        ends_in_budget(&run, &retry, most_pages);
    }

    /// Two rests a second, so the time that is left at its first answer bounds how many.
    #[test]
    fn a_watch_ends(
        statuses in prop::collection::vec((select(vec!["Active", "Suspended"]), strategies::jump()), 60),
        hiccups in prop::collection::vec(any::<bool>(), 60),
        last in prop::option::of(0..60_usize),
        seconds in 0..20_i64,
    ) {
        let mut world = World::new();
        world.most_steps = 1000;
        for (at, ((status, jump), hiccup)) in statuses.into_iter().zip(hiccups).enumerate() {
            world = if hiccup { world.lost(Lost::AfterSending) } else { world };
            let status = if last == Some(at) { "Complete" } else { status };
            world = world.reply(200, &[], strategies::described_text(status)).then(jump);
        }
        let deadline = world.now + Duration::seconds(seconds);
        let mut watch = Watch::new(endpoint(), "a".parse().unwrap(), deadline, Retry::new(7))
            .with_intervals(Rest::from_secs(1), Rest::from_secs(1));
        let run = world.run(&mut watch);
        let patience = Rest::from_secs(seconds as u64);
        let hiccups = Rest::from_secs(run.sends as u64);
        prop_assert!(run.slept <= patience + hiccups, "{}", &run.log);
        prop_assert!(run.items.len() as i64 <= 2 * seconds + 1, "{}", &run.log);
        prop_assert_eq!(run.end.is_ok(), run.log.ends_with("job a is Complete\ndone\n"), "{}", &run.log);
    }

    #[test]
    fn a_creation_ends(
        create in strategies::create_job(),
        script in strategies::course(prop_oneof![strategies::page_text(), Just(strategies::described_text("New"))], 30),
        retry in strategies::retry_soon(),
        offset in -100_000..100_000_i64,
        resumed in any::<bool>(),
    ) {
        let (now, retried) = (World::new().now, retry.clone());
        let once = if resumed {
            CreateOnce::resuming(endpoint(), create, now - Duration::HOUR, now, retried)
        } else {
            CreateOnce::new(endpoint(), create, now, retried)
        };
        let mut once = once.with_max_pages(MOST_PAGES).with_clock_offset(Duration::seconds(offset));
        let mut world = world(script);
        world.most_steps = 1000;
        let run = world.run(&mut once);
        prop_assert_eq!(run.items.len(), usize::from(run.end.is_ok()), "{}", &run.log);
        let posts = run.log.matches("send POST").count() as u32;
        prop_assert!(posts <= if resumed { 0 } else { retry.attempts.max(1) + 1 }, "{}", &run.log);
        // Twice all pages, of three jobs that may be it.
        ends_in_sends(&run, &retry, 1 + 2 * (MOST_PAGES + 3));
    }

    #[test]
    fn a_deadline_that_has_passed_sends_nothing(retry in strategies::retry_soon(), late in 0..i64::MAX) {
        let deadline = retry.deadline.unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let retry = { let mut retry = retry; retry.deadline = Some(deadline); retry };
        let mut world = World::new();
        world.now = deadline.saturating_add(Duration::seconds(late));
        let run = world.run(&mut Exchange::new(endpoint(), ListJobs::new(), retry));
        prop_assert_eq!(run.log, "failed: the deadline passed\n");
    }
}
