//! Waiting for jobs, and watching them

use std::io::{BufRead, BufReader};
use std::time::{Duration, Instant};

use cos_batch::{DescribeJob, JobStatus};
use cos_batch_emulator::{Clock, Emulator, Settings};
use serde_json::Value;

use crate::stage::Stage;
use crate::support::{SECRET_ID, SECRET_KEY, TOKEN, cosbatch, end};

/// A service whose clock runs so fast, with no jobs but these.
fn fast(failed_of_1000: u64) -> Stage {
    let mut settings = Settings::default();
    settings.imagined.tasks = 100..=100;
    settings.imagined.failed_of_1000 = failed_of_1000..=failed_of_1000;
    settings.jobs_at_once = 8;
    let clock = "x100".parse().expect("a clock");
    Stage::of(Emulator::builder().clock(clock).jobs([]).settings(settings))
}

const JOB: &str = "create --template delete --manifest qcs::cos:ap-chengdu::src-1250000000/m.csv \
    --etag 15150651828fa9cd --priority 1 --role-arn qcs::cam::uin/100000000001:roleName/R -y";

fn created(stage: &Stage) -> String {
    stage.cosbatch(JOB).stdout().trim().to_owned()
}

#[test]
fn a_job_that_ends_well_and_one_that_does_not() {
    for (failed, exit, result) in [(0, 0, "reached"), (310, 1, "too_many_failed")] {
        let stage = fast(failed);
        let id = created(&stage);
        let ran = stage.cosbatch(&format!("wait {id} --interval 20ms -o json")).run();
        assert_eq!(ran.code, Some(exit), "{ran:?}");
        let waited: Value = serde_json::from_str(&ran.stdout).expect("JSON");
        let (of, status) = (&waited[0], &waited[0]["status"]);
        assert_eq!((&of["job_id"], &of["result"]), (&id.as_str().into(), &result.into()));
        assert!(exit == 1 || *status == "Complete", "{waited}");
    }
}

#[test]
fn the_session_of_a_wait() {
    let stage = fast(310);
    let id = created(&stage);
    let ran = stage
        .cosbatch(&format!("wait {id} --timeout 20s --interval 20ms -o table --allow-failed 50%"))
        .run();
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let said = ran.stdout.trim();
    assert!(said.starts_with("Complete in "), "{said}");
    assert!(said.ends_with(" succeeded, 31 failed (allowed: 50%)"), "{said}");
}

#[test]
fn create_waits_too_and_says_only_the_id() {
    for (failed, exit) in [(0, 0), (310, 1)] {
        let stage = fast(failed);
        let ran = stage.cosbatch(&format!("{JOB} --wait")).run();
        assert_eq!((ran.code, ran.stdout.lines().count()), (Some(exit), 1), "{ran:?}");
        ran.says(" succeeded, ");
    }
}

#[test]
fn several_jobs_and_the_worst_of_them() {
    let stage = Stage::still();
    let (complete, failed) = (stage.ids(JobStatus::Complete), stage.id(JobStatus::Failed));
    let good = complete
        .iter()
        .find(|id| {
            let wait = stage.cosbatch(&format!("wait {id}")).run();
            wait.code == Some(0)
        })
        .expect("a job without a failed task");
    let ran = stage.cosbatch(&format!("wait {good} {failed} -o table")).run();
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let lines: Vec<_> = ran.stdout.lines().collect();
    assert!(lines[0].starts_with(&format!("{good}  Complete in ")), "{ran:?}");
    assert!(lines[1].starts_with(&format!("{failed}  Failed in ")), "{ran:?}");
    let ran = stage.cosbatch(&format!("wait {failed} {good} --any")).run();
    assert_eq!((ran.code, ran.stdout.lines().count()), (Some(0), 2), "{ran:?}");
    let ran = stage.cosbatch(&format!("wait nobody {good}")).fails(5);
    assert_eq!(ran.stdout.lines().count(), 1);
    ran.says("\n  job nobody\n  it is not looked at again\n");
    let ran = stage.cosbatch(&format!("wait {failed} --for Failed")).run();
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let ran = stage.cosbatch(&format!("wait {failed} --for Ready")).run();
    assert_eq!(ran.code, Some(1), "{ran:?}");
}

#[test]
fn time_that_is_up_is_an_end_of_its_own() {
    let stage = Stage::still();
    let id = stage.id(JobStatus::Suspended);
    for limit in
        ["--timeout 200ms --interval 50ms", "--max-polls 2 --interval 1ms", "--deadline 200ms"]
    {
        let start = Instant::now();
        let ran = stage.cosbatch(&format!("wait {id} {limit}")).fails(8);
        assert!(start.elapsed() < Duration::from_secs(15), "{limit}");
        assert_eq!(ran.stdout, "");
        ran.says("error[E0801 time-up]: the job is not there yet, and time is up\n");
        ran.says(&format!("\n  job {id}: Suspended\n"));
    }
    let ran = stage.cosbatch(&format!("wait {id} --for Suspended")).run();
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

#[test]
#[cfg(unix)]
fn keys_that_expire_meanwhile_are_asked_for_again() {
    let stage = Stage::still();
    let id = stage.id(JobStatus::Suspended);
    let folder = tempfile::tempdir().expect("a folder");
    let asked = folder.path().join("asked");
    // At first keys that hold for some seconds more, then keys that hold for an hour.
    let soon = cos_batch::time::OffsetDateTime::now_utc().unix_timestamp() + 6;
    let command = format!(
        r#"echo x >> {asked}; [ $(wc -l < {asked}) = 1 ] && end={soon} || end={later}
        echo '{{"secret_id":"{SECRET_ID}","secret_key":"{SECRET_KEY}","token":"{TOKEN}",
        "expires_at":'$end'}}'"#,
        asked = asked.display(),
        later = soon + 3600,
    );
    let run = |limit: &str| {
        stage
            .cosbatch(&format!("wait {id} --interval 200ms --timeout {limit}"))
            .arg("--credential-process")
            .arg(&command)
    };
    // Past the end of the first keys: without new ones it would end with 6.
    run("8s").fails(8).says("time is up");
    assert_eq!(std::fs::read_to_string(&asked).expect("a file"), "x\nx\n");
}

#[test]
fn a_watch_in_a_pipe_has_a_line_for_each_change() {
    let mut settings = Settings::default();
    settings.imagined.failed_of_1000 = 20..=20;
    let stage = Stage::of(Emulator::builder().clock(Clock::Manual).jobs([]).settings(settings));
    let id = created(&stage);
    let mut child = stage.cosbatch("watch --interval 5ms").spawn();
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut next = || -> Option<Value> {
        let line = lines.next()?.expect("it is read");
        Some(serde_json::from_str(&line).expect("JSON"))
    };
    let mut last = next().expect("a line");
    assert_eq!((&last["job_id"], &last["status"]), (&id.as_str().into(), &"New".into()));
    // Time goes on only once the job was seen as it was before.
    while last["status"] != "Complete" {
        let before = stage.call(DescribeJob::new(id.parse().expect("an id"))).job;
        stage.emulator.step();
        let after = stage.call(DescribeJob::new(id.parse().expect("an id"))).job;
        if after == before {
            continue;
        }
        let line = next().expect("a line");
        assert_ne!(line, last, "only what changes");
        assert_eq!(line["status"], after.status.as_str());
        last = line;
    }
    assert_eq!((next(), end(&mut child)), (None, Some(1)), "some tasks have failed");
    let ran = stage.cosbatch("watch").run();
    assert_eq!((ran.code, &*ran.stdout, &*ran.stderr), (Some(0), "", "all jobs have ended\n"));
    assert_eq!(stage.cosbatch("watch -o json").stdout(), "[]\n");
}

#[test]
fn a_watch_ends_as_it_is_told() {
    let stage = Stage::still();
    let (failed, active) = (stage.id(JobStatus::Failed), stage.id(JobStatus::Active));
    let ran = stage.cosbatch(&format!("watch {active} {failed} --until any-failed")).run();
    assert_eq!((ran.code, ran.stdout.lines().count()), (Some(1), 2), "{ran:?}");
    let ran = stage.cosbatch(&format!("watch {active} --deadline 300ms --interval 50ms")).fails(8);
    assert_eq!(ran.stdout.lines().count(), 1, "nothing changes");
    let ran = stage.cosbatch(&format!("watch {failed} -o table")).run();
    assert_eq!(ran.code, Some(1));
    assert!(ran.stdout.starts_with("JOB ID "), "{ran:?}");
    let mut ids = [stage.ids(JobStatus::Failed), stage.ids(JobStatus::Complete)].concat();
    ids.reverse();
    let table = stage.cosbatch(&format!("watch {} -o table", ids.join(" "))).run().stdout;
    let rows: Vec<_> = table.lines().skip(1).map(|row| row.split(' ').next()).collect();
    assert_eq!(rows, ids.iter().map(|id| Some(id.as_str())).collect::<Vec<_>>(), "as named");
    stage.cosbatch("watch nobody").fails(5).says("no-such-job");
}

#[test]
fn dry_runs_and_bad_arguments() {
    let stage = Stage::still();
    for command in ["wait x", "watch x"] {
        let shown = stage.cosbatch(&format!("{command} --dry-run")).stdout();
        assert!(shown.starts_with("GET /jobs/x HTTP/1.1\n"), "{shown}");
    }
    let shown = stage.cosbatch("watch --dry-run").stdout();
    assert!(shown.starts_with("GET /jobs HTTP/1.1\n"), "{shown}");
    for (arguments, named) in [
        ("wait", "<ID>"),
        ("wait x --for gone", "or terminal"),
        ("wait x --allow-failed 101%", "a percentage from 0% to 100%"),
        ("wait x --max-polls 0", "--max-polls <N>"),
        ("wait x --interval 0s", "expected a time"),
        ("watch --until never", "possible values: all-terminal, any-failed"),
        ("wait a/b", "is no job id"),
    ] {
        cosbatch(&format!("{arguments} --local")).fails(2).says(named);
    }
}
