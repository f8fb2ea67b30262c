//! How many instructions a job and a signature take, counted by callgrind and held to a record
//!
//! `check` fails where a figure is more than 3 % above the record, on a machine like that of the
//! record; on any other it prints both. `record` writes the record anew, on purpose. Times are
//! never compared: they say as much of the machine as of the code.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::hint::black_box;
use std::process::{Command, ExitCode};
use std::{env, fs};

use cos_batch_benches::{Call, PAGES, page_of, read, read_by_reader};

/// How far above the record a figure may be.
const MOST: f64 = 1.03;

const JOBS: usize = 1000;

const CASES: [&str; 8] = [
    "page tabs-mixed",
    "page compact-plain",
    "reader tabs-mixed",
    "reader compact-plain",
    "build",
    "sign",
    "sign with a key",
    "key",
];

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["check"] => check(),
        ["record"] => record(),
        // What callgrind runs.
        ["run", case, times] => {
            run(case, times.parse().expect("a number"));
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("usage: instructions check|record");
            ExitCode::from(2)
        }
    }
}

fn run(case: &str, times: usize) {
    match case.split_once(' ') {
        Some((way @ ("page" | "reader"), name)) => {
            let page = PAGES.iter().find(|page| page.0 == name);
            let (_, layout, content) = page.expect("one of the pages");
            let page = page_of(JOBS, *layout, *content);
            let read = if way == "page" { read } else { read_by_reader };
            (0..times).for_each(|_| drop(black_box(read(black_box(&page)))));
        }
        _ => {
            let call = Call::new();
            let mut request = call.build();
            (0..times).for_each(|_| match case {
                "build" => drop(black_box(call.build())),
                "sign" => call.signer.sign(black_box(&mut request), call.now).expect("signed"),
                "sign with a key" => {
                    call.key.sign(black_box(&mut request), call.now).expect("signed");
                }
                "key" => drop(black_box(call.signer.key(call.now))),
                _ => panic!("no case is {case}"),
            });
        }
    }
}

/// The instructions of one job, or of one signature.
fn count(case: &str) -> Result<f64, String> {
    let (times, jobs) = if case.contains('-') { (2, JOBS) } else { (200, 1) };
    // What is made before and behind is in both.
    let (none, some) = (callgrind(case, 1)?, callgrind(case, 1 + times)?);
    Ok((some - none) as f64 / (times * jobs) as f64)
}

fn callgrind(case: &str, times: usize) -> Result<u64, String> {
    let own = env::current_exe().map_err(|error| error.to_string())?;
    let run = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(own)
        .args(["run", case, &times.to_string()])
        // What is in the environment lies on the stack, and moves it.
        .env_clear()
        .env("PATH", env::var_os("PATH").unwrap_or_default())
        .output()
        .map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&run.stderr);
    let collected = said.lines().find_map(|line| line.split_once("Collected : "));
    collected
        .and_then(|(_, count)| count.trim().parse().ok())
        .ok_or_else(|| format!("callgrind counts nothing for {case}: {said}"))
}

/// What the figures depend on besides the code, line by line.
fn machine() -> Option<String> {
    let version = |tool: &str| {
        let output = Command::new(tool).arg("--version").output().ok()?;
        Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let rustc = version(&env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned()))?;
    Some(format!("{rustc}\n{}\n{}", version("valgrind")?, processor()))
}

#[cfg(target_arch = "x86_64")]
fn processor() -> String {
    macro_rules! found {
        ($($feature:tt)+) => {
            [$( ($feature, std::arch::is_x86_feature_detected!($feature)) ),+]
        };
    }
    let features = found!("sse4.2" "avx" "avx2" "bmi1" "bmi2" "lzcnt" "fma" "movbe" "avx512f");
    let found = features.into_iter().filter_map(|(name, found)| found.then_some(name));
    found.fold("x86_64".to_owned(), |all, name| all + " " + name)
}

#[cfg(not(target_arch = "x86_64"))]
fn processor() -> String {
    env::consts::ARCH.to_owned()
}

fn path() -> &'static str {
    concat!(env!("CARGO_MANIFEST_DIR"), "/instructions.txt")
}

fn record() -> ExitCode {
    let Some(machine) = machine() else {
        eprintln!("instructions: rustc and valgrind must be here to record");
        return ExitCode::FAILURE;
    };
    let mut text = machine + "\n\n";
    for case in CASES {
        match count(case) {
            Ok(count) => writeln!(text, "{case}: {count:.0}").expect("a text"),
            Err(error) => {
                eprintln!("instructions: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    print!("{text}");
    match fs::write(path(), text) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("instructions: {}: {error}", path());
            ExitCode::FAILURE
        }
    }
}

fn check() -> ExitCode {
    let Some(machine) = machine() else {
        println!("instructions: NOT COUNTED, for valgrind is not here");
        return ExitCode::SUCCESS;
    };
    let text = fs::read_to_string(path()).expect("the record");
    let (recorded_on, figures) = text.split_once("\n\n").expect("a machine and figures");
    let recorded: BTreeMap<_, f64> = figures
        .lines()
        .filter_map(|line| line.split_once(": "))
        .map(|(case, count)| (case, count.parse().expect("a number")))
        .collect();
    let comparable = machine == recorded_on;
    let mut worse = false;
    for case in CASES {
        let (now, before) = match (count(case), recorded.get(case)) {
            (Ok(now), Some(before)) => (now, *before),
            (Err(error), _) => {
                eprintln!("instructions: {error}");
                return ExitCode::FAILURE;
            }
            (Ok(_), None) => {
                eprintln!("instructions: {case} is not in the record");
                return ExitCode::FAILURE;
            }
        };
        let change = now / before;
        worse |= change > MOST;
        println!("{case:22} {now:8.0}, recorded {before:8.0}: {:+.1} %", 100.0 * (change - 1.0));
    }
    if !comparable {
        println!(
            "instructions: NOT COMPARED, for this machine has\n{machine}\nand the record\n{recorded_on}"
        );
    } else if worse {
        println!(
            "instructions: more than 3 % above the record; `just instructions-record` if that is meant"
        );
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
