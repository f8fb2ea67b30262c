//! The seeds of the fuzz targets, replayed: what each gives, and that the oracles hold

use std::fs;
use std::path::Path;

use cos_batch::{Limits, ListJobs, Operation};
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

#[test]
fn the_oracles_hold_for_every_seed() {
    for (name, seed) in seeds("reply") {
        // Shown where an oracle fails.
        println!("{name}");
        oracle::reply(&seed);
        oracle::truncate(&seed);
        oracle::reply_round(&seed);
    }
}

#[test]
fn every_seed_gives_what_it_is_named_for() {
    let mut table = String::new();
    for (name, seed) in seeds("reply") {
        let reply = oracle::reply_of(&seed);
        let line = match ListJobs::decode_response(&reply, &Limits::default()) {
            Ok(page) => {
                let token = page.next_token.as_ref().map(|token| token.as_str());
                format!("{} jobs, next token {token:?}", page.jobs.len())
            }
            Err(error) => error.to_string(),
        };
        table.push_str(&format!("{name}: {line}\n"));
    }
    insta::assert_snapshot!(table);
}
