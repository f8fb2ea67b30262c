//! The seeds of the fuzz targets, replayed: what each gives, and that the oracles hold
//!
//! Those that are made by hand are named for what they give; the others are what `just seeds` writes.

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
use cos_batch_testkit::{oracle, seeds};

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/corpus");

/// The seeds in a folder by name, in order.
fn seeds(folder: &str) -> Vec<(String, Vec<u8>)> {
    let mut seeds: Vec<_> = fs::read_dir(Path::new(CORPUS).join(folder))
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

/// Those that are made by hand.
fn named(folder: &str) -> impl Iterator<Item = (String, Vec<u8>)> {
    seeds(folder).into_iter().filter(|(name, _)| !name.starts_with(seeds::PREFIX))
}

fn hold(folder: &str, oracles: &[fn(&[u8])]) {
    for (name, seed) in seeds(folder) {
        // Shown where an oracle fails.
        println!("{name}");
        oracles.iter().for_each(|oracle| oracle(&seed));
    }
}

#[test]
fn the_oracles_hold_for_every_reply() {
    // Cutting takes the square of the length.
    let cut = |seed: &[u8]| {
        if seed.len() <= 1024 {
            oracle::truncate(seed)
        }
    };
    hold("reply", &[oracle::reply, oracle::plain_page, cut, oracle::reply_round]);
}

#[test]
fn the_oracles_hold_for_every_other_seed() {
    hold("csv", &[oracle::csv]);
    hold("machine", &[oracle::machine]);
    hold("reply_round", &[oracle::reply_round]);
    hold("request_round", &[oracle::request_round]);
    hold("xml_diff", &[oracle::xml_diff]);
}

#[test]
fn the_oracles_hold_for_every_request() {
    for (name, seed) in seeds("server") {
        println!("{name}");
        // Each meets the same jobs.
        let mut engine = engine();
        let serve = |request: &Request<&[u8]>, now| engine.handle(request, now);
        oracle::server(&seed, Account::default().credentials(), serve);
    }
}

#[test]
fn the_seeds_of_the_model_are_those_that_it_gives() {
    let made = seeds::all();
    let mut folders: Vec<_> = made.iter().map(|seed| seed.folder).collect();
    folders.dedup();
    for folder in folders {
        let mut there = seeds(folder);
        there.retain(|(name, _)| name.starts_with(seeds::PREFIX));
        let made = made.iter().filter(|seed| seed.folder == folder);
        let made: Vec<_> = made.map(|seed| (seed.name.clone(), seed.bytes.clone())).collect();
        assert_eq!(names(&there), names(&made), "`just seeds` writes those of {folder}");
        for (there, made) in there.iter().zip(&made) {
            assert_eq!(there, made, "`just seeds` writes {folder}/{}", made.0);
        }
    }
}

fn names(seeds: &[(String, Vec<u8>)]) -> Vec<&str> {
    seeds.iter().map(|(name, _)| name.as_str()).collect()
}

/// What the model wrote is an answer, a job or a refusal, and what it asks for is a call.
#[test]
fn the_seeds_of_the_model_can_be_read() {
    for seed in seeds::all().iter().filter(|seed| !seed.name.contains("-without-")) {
        if seed.folder == "reply" {
            let (reply, call) = oracle::reply_of(&seed.bytes);
            let read = shown(&reply, call);
            assert!(matches!(read, Ok(_) | Err(ReplyError::Service(_))), "{}: {read:?}", seed.name);
        }
        if seed.folder == "server" {
            let request = oracle::request_of(&seed.bytes).unwrap();
            let read = AnyRequest::decode(&request, &Limits::default());
            assert!(read.is_ok(), "{}: {read:?}", seed.name);
        }
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
    for (name, seed) in named("reply") {
        let (reply, call) = oracle::reply_of(&seed);
        let line = shown(&reply, call).unwrap_or_else(|error| error.to_string());
        table.push_str(&format!("{name}: {line}\n"));
    }
    insta::assert_snapshot!(table);
}

#[test]
fn every_request_gives_what_it_is_named_for() {
    let mut table = String::new();
    for (name, seed) in named("server") {
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
