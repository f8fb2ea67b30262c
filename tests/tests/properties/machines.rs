//! Whatever happens, a machine ends within its budget

use std::time::Duration as Rest;

use cos_batch::http::{HeaderValue, Response, StatusCode};
use cos_batch::time::{Duration, OffsetDateTime};
use cos_batch::{
    CreateJob, CreateOnce, DeleteJob, DescribeJob, Endpoint, Error, Exchange, ListJobs, Lost,
    Operation, Pages, Repeat, Retry, UpdateJobPriority, UpdateJobStatus, Watch, printable,
};
use cos_batch_testkit::strategies;
use cos_batch_testkit::world::{Logged, Outcome, Run, World};
use proptest::prelude::*;
use proptest::sample::select;

use super::cases;

const MOST_PAGES: u32 = 4;

fn endpoint() -> Endpoint {
    Endpoint::custom("http", "127.0.0.1:9000", "1250000000".parse().unwrap()).unwrap()
}

/// A page with jobs or none, a token or none; of few different ones, so that they come again.
fn page() -> impl Strategy<Value = String> {
    let job = |id: &str| {
        format!(
            "<member><CreationTime>2019-12-19T11:05:40Z</CreationTime><JobId>{id}</JobId>\
             <Operation>COSDeleteObject</Operation><Priority>1</Priority><Status>New</Status></member>"
        )
    };
    let jobs = prop::collection::vec(select(vec!["a", "b", "c"]), 0..3)
        .prop_map(move |ids| ids.into_iter().map(job).collect::<String>());
    let token = select(vec!["", "a", "b", "c", "d", "e", "\u{9b}2J"]);
    (jobs, token).prop_map(|(jobs, token)| {
        format!(
            "<ListJobsResult><Jobs>{jobs}</Jobs><NextToken>{token}</NextToken></ListJobsResult>"
        )
    })
}

fn job(status: &str) -> String {
    format!(
        "<DescribeJobResult><Job><CreationTime>2019-12-19T18:00:30Z</CreationTime><JobId>a</JobId>\
         <Operation><COSDeleteObject/></Operation><Priority>1</Priority><Status>{status}</Status>\
         </Job></DescribeJobResult>"
    )
}

fn refusal() -> impl Strategy<Value = String> {
    let codes = [
        "SlowDown",
        "InternalError",
        "RequestTimeTooSkewed",
        "Request has expired",
        "NoSuchJob",
        "New",
    ];
    select(codes.to_vec()).prop_map(|code| format!("<Error><Code>{code}</Code></Error>"))
}

/// The answer to a call, whole or cut off.
fn answer<O: Operation>(
    answers: impl Strategy<Value = O::Output<'static>>,
) -> impl Strategy<Value = String> {
    answers.prop_map(|answer| {
        String::from_utf8(O::encode_response(&answer).unwrap().into_body()).unwrap()
    })
}

/// What a reply may hold, in half of the cases an answer.
fn body(answer: impl Strategy<Value = String> + 'static) -> impl Strategy<Value = String> {
    let answer = answer.boxed();
    prop_oneof![
        8 => answer.clone(),
        4 => refusal(),
        1 => answer.prop_map(|answer| answer.chars().take(answer.chars().count() / 2).collect()),
        1 => Just("<html>busy</html>".to_owned()),
        1 => strategies::xml_text(0, 40),
    ]
}

fn header() -> impl Strategy<Value = (&'static str, &'static str)> {
    select(vec![
        ("retry-after", "0"),
        ("retry-after", "2"),
        ("retry-after", "99999999999999999999"),
        ("retry-after", "Wed, 15 May 2019 06:47:00 GMT"),
        ("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT"),
        ("retry-after", "soon"),
        ("date", "Wed, 15 May 2019 06:46:40 GMT"),
        ("date", "Wed, 15 May 2019 09:46:40 GMT"),
        ("date", "Sat, 01 Jan 0000 00:00:00 GMT"),
        ("x-cos-request-id", "NWNhMTU5"),
    ])
}

fn reply(body: impl Strategy<Value = String>) -> impl Strategy<Value = Outcome> {
    let statuses = [200, 200, 200, 204, 301, 400, 403, 404, 429, 500, 502, 503, 504];
    let headers = prop::collection::vec(header(), 0..3);
    (select(statuses.to_vec()), headers, body).prop_map(|(status, headers, body)| {
        let mut reply = Response::new(body.into_bytes());
        *reply.status_mut() = StatusCode::from_u16(status).unwrap();
        for (name, value) in headers {
            reply.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        Outcome::Reply(reply)
    })
}

fn jump() -> impl Strategy<Value = Outcome> {
    let jumps = [Duration::ZERO, Duration::SECOND, Duration::DAY, Duration::MAX, Duration::MIN];
    prop_oneof![select(jumps.to_vec()), (-100_000..100_000_i64).prop_map(Duration::milliseconds),]
        .prop_map(Outcome::Jump)
}

/// More than so many calls can use up.
fn script(
    answer: impl Strategy<Value = String> + 'static,
    calls: u32,
) -> impl Strategy<Value = Vec<Outcome>> {
    let lost = select(vec![Lost::BeforeSending, Lost::AfterSending]).prop_map(Outcome::Lost);
    let outcome = prop_oneof![6 => reply(body(answer)), 2 => lost];
    let outcome = (prop::option::weighted(0.2, jump()), outcome);
    let length = (calls * (4 + 1)) as usize;
    prop::collection::vec(outcome, length).prop_map(|script| {
        script.into_iter().flat_map(|(jump, outcome)| jump.into_iter().chain([outcome])).collect()
    })
}

fn retry() -> impl Strategy<Value = Retry> {
    let near = prop::option::weighted(0.3, 0..100_i64);
    (strategies::retry(), near).prop_map(|(mut retry, near)| {
        if let Some(seconds) = near {
            retry.deadline = Some(World::new().now + Duration::seconds(seconds));
        }
        retry
    })
}

fn world(script: Vec<Outcome>) -> World {
    let mut world = World::new();
    world.script = script.into();
    world
}

/// Has it sent and rested no more than `pages` calls may?
fn check<T: Logged>(run: &Run<T>, retry: &Retry, pages: u32) -> Result<(), TestCaseError> {
    check_sends(run, retry, pages)?;
    let attempts = retry.attempts.max(1);
    let longest = retry.cap.max(retry.patience);
    let rests = pages * (attempts - 1);
    prop_assert!(
        run.slept <= longest.saturating_mul(rests.max(u32::from(run.slept > Rest::ZERO))),
        "{}",
        run.log
    );
    if let Err(error) = &run.end {
        let shown = error.to_string();
        prop_assert_eq!(printable(&shown, usize::MAX), shown);
    }
    Ok(())
}

/// Has it sent no more than so many calls may?
fn check_sends<T>(run: &Run<T>, retry: &Retry, calls: u32) -> Result<(), TestCaseError> {
    // One attempt more where the clock was corrected.
    let most = calls * (retry.attempts.max(1) + 1);
    prop_assert!(run.sends as u32 <= most, "{}", run.log);
    Ok(())
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
    check(&run, retry, 1)
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
                    script in script(answer::<$Call>($answers), 1),
                    retry in retry(),
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
        script in script(page(), MOST_PAGES),
        list in strategies::list_jobs(),
        retry in retry(),
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
        check(&run, &retry, most_pages)?;
    }

    /// Two rests a second, so the time that is left at its first answer bounds how many.
    #[test]
    fn a_watch_ends(
        statuses in prop::collection::vec((select(vec!["Active", "Suspended"]), jump()), 60),
        hiccups in prop::collection::vec(any::<bool>(), 60),
        last in prop::option::of(0..60_usize),
        seconds in 0..20_i64,
    ) {
        let mut world = World::new();
        world.most_steps = 1000;
        for (at, ((status, jump), hiccup)) in statuses.into_iter().zip(hiccups).enumerate() {
            world = if hiccup { world.lost(Lost::AfterSending) } else { world };
            let status = if last == Some(at) { "Complete" } else { status };
            world = world.reply(200, &[], job(status)).then(jump);
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
        script in script(prop_oneof![page(), Just(job("New"))], 30),
        retry in retry(),
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
        check_sends(&run, &retry, 1 + 2 * (MOST_PAGES + 3))?;
    }

    #[test]
    fn a_deadline_that_has_passed_sends_nothing(retry in retry(), late in 0..i64::MAX) {
        let deadline = retry.deadline.unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let retry = { let mut retry = retry; retry.deadline = Some(deadline); retry };
        let mut world = World::new();
        world.now = deadline.saturating_add(Duration::seconds(late));
        let run = world.run(&mut Exchange::new(endpoint(), ListJobs::new(), retry));
        prop_assert_eq!(run.log, "failed: the deadline passed\n");
    }
}
