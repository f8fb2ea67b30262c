//! Runs seeds of the simulation, on all processors
//!
//! ```console
//! cargo run --release -p cos-batch-simulation -- --seeds 100000
//! cargo run --release -p cos-batch-simulation -- --seed 7
//! ```
//!
//! The first prints how many seeds a second were run, and fails where one breaks a rule: with the
//! seed, the rule, and the steps of the least of its plan that still shows it. The second prints all
//! steps of one seed.

use std::process::ExitCode;
use std::thread;
use std::time::Instant;

use cos_batch_simulation::{Found, search, transcript};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)?.parse::<u64>().ok()
    };
    if let Some(seed) = number("--seed") {
        print!("{}", transcript(seed));
        return ExitCode::SUCCESS;
    }
    let Some(seeds) = number("--seeds") else {
        eprintln!("usage: cos-batch-simulation --seeds N [--from SEED] | --seed SEED");
        return ExitCode::from(2);
    };
    let from = number("--from").unwrap_or(0);
    let threads = thread::available_parallelism().map_or(1, |count| count.get() as u64);
    let share = seeds.div_ceil(threads);
    let begun = Instant::now();
    let found: Vec<Found> = thread::scope(|scope| {
        let part = |n: u64| from + n * share..from + ((n + 1) * share).min(seeds);
        let running: Vec<_> = (0..threads).map(|n| scope.spawn(move || search(part(n)))).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let total = |of: fn(&Found) -> u64| found.iter().map(of).sum::<u64>();
    let (seeds, took) = (total(|it| it.seeds), begun.elapsed().as_secs_f64());
    println!(
        "{seeds} seeds, {} requests, {} jobs, {:.0} seeds a second",
        total(|it| it.requests),
        total(|it| it.jobs),
        seeds as f64 / took,
    );
    let Some(broken) = found.into_iter().find_map(|found| found.broken) else {
        return ExitCode::SUCCESS;
    };
    println!("seed {} breaks a rule: {}", broken.seed, broken.rule);
    println!("shown by {}\n{}", broken.plan, broken.transcript);
    ExitCode::FAILURE
}
