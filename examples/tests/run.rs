//! Every example runs to its end, against the emulator

#![allow(clippy::expect_used, reason = "these are tests")]

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use cos_batch_emulator::SAMPLE_JOBS;

/// What no example may take.
const LONGEST: Duration = Duration::from_secs(60);

/// Runs an example, which cargo has built beside this test: what it printed.
fn run(name: &str) -> String {
    let mut folder = env::current_exe().expect("this test");
    folder.pop();
    folder.pop();
    let example: PathBuf = folder.join("examples").join(name);
    let mut child = Command::new(&example)
        .env_remove("COS_UIN")
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap_or_else(|error| panic!("{}: {error}", example.display()));
    let start = Instant::now();
    while child.try_wait().expect("an end").is_none() {
        if start.elapsed() > LONGEST {
            child.kill().expect("an end");
            panic!("{name} is not over after {LONGEST:?}");
        }
        thread::sleep(Duration::from_millis(10));
    }
    let output = child.wait_with_output().expect("its output");
    assert!(output.status.success(), "{name}: {output:?}");
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn list_ureq() {
    assert_eq!(run("list_ureq").lines().count(), SAMPLE_JOBS);
}

#[test]
fn list_hyper() {
    assert_eq!(run("list_hyper").lines().count(), SAMPLE_JOBS);
}

#[test]
fn list_smol() {
    assert_eq!(run("list_smol").lines().count(), SAMPLE_JOBS);
}

#[test]
fn own_runtime() {
    let printed = run("own_runtime");
    let statuses = ["Complete", "Failed", "Suspended"];
    for status in statuses {
        assert!(printed.lines().any(|line| line.ends_with(status)), "{status}: {printed}");
    }
    assert!(printed.lines().all(|line| statuses.iter().any(|status| line.ends_with(status))));
}

#[test]
fn hundred_accounts() {
    let expected = format!("{} jobs of 100 accounts\n", 100 * SAMPLE_JOBS);
    assert_eq!(run("hundred_accounts"), expected);
}
