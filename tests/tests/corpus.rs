//! The seeds of the fuzz targets, replayed: what each gives, and that the oracles hold

use std::fs;
use std::path::Path;

use cos_batch::http::{Request, Response};
use cos_batch::serve::AnyRequest;
use cos_batch::time::OffsetDateTime;
use cos_batch::{
    CreateJob, DeleteJob, DescribeJob, Limits, ListJobs, Operation, ReplyError, UpdateJobPriority,
    UpdateJobStatus,
};
use cos_batch_emulator::{Account, Engine, SAMPLE_JOBS, Settings, sample_jobs};
use cos_batch_testkit::oracle;

/// The seeds of a target by name, in order.
fn seeds(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target);
    let mut seeds: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read(path).unwrap())
        })
        .collect();
    seeds.sort();
    seeds
}

fn now() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(oracle::NOW).unwrap()
}

/// A service with jobs, as the fuzz target has it.
fn engine() -> Engine {
    let mut engine = Engine::new(Settings::default());
    engine.add_account(Account::default());
    sample_jobs(now(), SAMPLE_JOBS).into_iter().for_each(|job| engine.add_job(job));
    engine
}

#[test]
fn the_oracles_hold_for_every_reply() {
    for (name, seed) in seeds("reply") {
        // Shown where an oracle fails.
        println!("{name}");
        oracle::reply(&seed);
        oracle::plain_page(&seed);
        oracle::truncate(&seed);
        oracle::reply_round(&seed);
    }
}

#[test]
fn the_oracles_hold_for_every_request() {
    let mut engine = engine();
    for (name, seed) in seeds("server") {
        println!("{name}");
        let serve = |request: &Request<&[u8]>, now| engine.handle(request, now);
        oracle::server(&seed, Account::default().credentials(), serve);
    }
}

/// What a reply is read as, by its call.
fn shown(reply: &Response<&[u8]>, call: u8) -> Result<String, ReplyError> {
    let limits = Limits::default();
    Ok(match call {
        b'C' => format!("created {}", CreateJob::decode_response(reply, &limits)?.job_id),
        b'X' => DeleteJob::decode_response(reply, &limits).map(|()| "deleted".to_owned())?,
        b'D' => {
            let job = DescribeJob::decode_response(reply, &limits)?.job;
            let failures = job.failure_reasons.len();
            format!(
                "{} is {}, {}, {failures} failures",
                job.job_id,
                job.status,
                job.operation.name()
            )
        }
        b'P' => {
            let updated = UpdateJobPriority::decode_response(reply, &limits)?;
            format!("{} has priority {}", updated.job_id, updated.priority)
        }
        b'S' => {
            let updated = UpdateJobStatus::decode_response(reply, &limits)?;
            format!("{} is {}, {:?}", updated.job_id, updated.status, updated.status_update_reason)
        }
        b'J' => match CreateJob::from_xml(reply.body(), &limits) {
            Ok(create) => {
                format!("a job: {}, {}", create.operation.name(), create.manifest.spec.format)
            }
            Err(error) => format!("the job cannot be read: {error}"),
        },
        _ => {
            let page = ListJobs::decode_response(reply, &limits)?;
            let token = page.next_token.as_ref().map(|token| token.as_str());
            format!("{} jobs, next token {token:?}", page.jobs.len())
        }
    })
}

#[test]
fn every_seed_gives_what_it_is_named_for() {
    let mut table = String::new();
    for (name, seed) in seeds("reply") {
        let (reply, call) = oracle::reply_of(&seed);
        let line = shown(&reply, call).unwrap_or_else(|error| error.to_string());
        table.push_str(&format!("{name}: {line}\n"));
    }
    insta::assert_snapshot!(table);
}

#[test]
fn every_request_gives_what_it_is_named_for() {
    let mut table = String::new();
    for (name, seed) in seeds("server") {
        let Some(request) = oracle::request_of(&seed) else {
            table.push_str(&format!("{name}: no request\n"));
            continue;
        };
        let read = match AnyRequest::decode(&request, &Limits::default()) {
            Ok(any) => any.name().to_owned(),
            Err(error) => error.to_string(),
        };
        let let_in = match engine().handle(&request, now()).status().as_u16() {
            403 => String::new(),
            status => format!("; let in, {status}"),
        };
        table.push_str(&format!("{name}: {read}{let_in}\n"));
    }
    insta::assert_snapshot!(table);
}
