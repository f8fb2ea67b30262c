//! What the terminal tool costs whoever starts it: its size, its time, its memory, as Markdown
//!
//! `terminal target/release/cosbatch`. Times are the least of some runs, memory is the most that was
//! seen in another run. Beside it stand programs that everybody has started once. It looks into
//! `/proc`, so it is for Linux.

use std::io::{self, ErrorKind};
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use std::{env, fs};

/// The most jobs that are listed, and fewer.
const MANY: u32 = 100_000;
const SOME: u32 = 10_000;

/// The key that `serve` knows unless told.
const KEY: [(&str, &str); 2] =
    [("TENCENTCLOUD_SECRET_ID", "AKIDLOCAL"), ("TENCENTCLOUD_SECRET_KEY", "local-secret")];

fn main() -> ExitCode {
    let Some(tool) = env::args().nth(1) else {
        eprintln!("usage: terminal PATH-OF-COSBATCH");
        return ExitCode::from(2);
    };
    match table(&tool) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{tool}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn table(tool: &str) -> io::Result<()> {
    let folder = env::temp_dir().join(format!("cosbatch-bench-{}", std::process::id()));
    fs::create_dir(&folder)?;
    let mib = fs::metadata(tool)?.len() as f64 / 1_048_576.0;
    println!("`cosbatch` has {mib:.1} MiB.\n");
    let measured = rows(tool, &folder);
    fs::remove_dir_all(&folder)?;
    measured
}

fn rows(tool: &str, folder: &Path) -> io::Result<()> {
    println!("| command | jobs | least time | memory at the peak |");
    println!("|---|--:|--:|--:|");
    let version = || command(tool, &["--version"]);
    row("`cosbatch --version`", 0, 51, version)?;
    row("`curl --version`", 0, 51, || command("curl", &["--version"]))?;
    row("`python3 -c pass`", 0, 21, || command("python3", &["-c", "pass"]))?;
    row("`cosbatch list --local`", 48, 21, || command(tool, &["list", "--local"]))?;

    let data = folder.join("data");
    drop(Served::start(tool, folder, SOME, Some(&data))?);
    let local = format!("--local={}", data.display());
    row("`cosbatch list --local=DIR`", SOME, 7, || command(tool, &["list", &local]))?;
    for (jobs, runs) in [(SOME, 7), (MANY, 3)] {
        let served = Served::start(tool, folder, jobs, None)?;
        let list = || {
            let arguments = ["list", "-o", "jsonl", "--page-size", "1000"];
            let place = ["--app-id", "1250000000", "--endpoint", &served.endpoint];
            let mut list = command(tool, &[&arguments[..], &place[..]].concat());
            list.envs(KEY);
            list
        };
        row("`cosbatch list -o jsonl`, from another process", jobs, runs, list)?;
    }
    Ok(())
}

/// Measures a command, where there is one.
fn row(name: &str, jobs: u32, runs: u32, command: impl Fn() -> Command) -> io::Result<()> {
    let mut least = Duration::MAX;
    for _ in 0..runs {
        let start = Instant::now();
        match command().status() {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            status => good(status?.success())?,
        }
        least = least.min(start.elapsed());
    }
    let peak = peak(&mut command().spawn()?)? as f64 / 1024.0;
    let jobs = if jobs == 0 { "-".to_owned() } else { jobs.to_string() };
    let milliseconds = least.as_secs_f64() * 1000.0;
    println!("| {name} | {jobs} | {milliseconds:.1} ms | {peak:.1} MiB |");
    Ok(())
}

fn good(is_good: bool) -> io::Result<()> {
    if is_good { Ok(()) } else { Err(io::Error::other("a command failed")) }
}

fn command(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null());
    command
}

/// The most memory that a child is seen to have until it ends, in KiB.
fn peak(child: &mut Child) -> io::Result<u64> {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    loop {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        peak = peak.max(kib.unwrap_or(0));
        if let Some(status) = child.try_wait()? {
            return good(status.success()).map(|()| peak);
        }
        thread::sleep(Duration::from_micros(100));
    }
}

/// A service with so many sample jobs, which ends with this
struct Served {
    child: Child,
    endpoint: String,
}

impl Served {
    fn start(tool: &str, folder: &Path, jobs: u32, data: Option<&Path>) -> io::Result<Self> {
        let file = folder.join("port");
        let mut serve = command(tool, &["serve", "--clock", "manual", "--seed-jobs"]);
        serve.arg(jobs.to_string()).arg("--port-file").arg(&file).stderr(Stdio::null());
        if let Some(data) = data {
            serve.arg("--data").arg(data);
        }
        let mut served = Self { child: serve.spawn()?, endpoint: String::new() };
        while !file.exists() {
            good(served.child.try_wait()?.is_none())?;
            thread::sleep(Duration::from_millis(5));
        }
        let port = fs::read_to_string(&file)?;
        served.endpoint = format!("http://127.0.0.1:{}", port.trim());
        fs::remove_file(&file)?;
        Ok(served)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
