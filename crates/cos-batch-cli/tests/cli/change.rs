//! Priorities, confirmations, cancellations, deletions

use cos_batch::{DescribeJob, JobStatus};
use insta::{allow_duplicates, assert_snapshot};
use serde_json::Value;

use crate::stage::Stage;
use crate::support::cosbatch;

#[test]
fn a_suspended_job_is_confirmed() {
    let stage = Stage::still();
    let id = stage.id(JobStatus::Suspended);
    let ran = stage.cosbatch(&format!("confirm {id} --yes -o table --reason reviewed")).run();
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""));
    assert_eq!(ran.stdout, format!("{id}  Suspended -> Ready\n"));
    assert_eq!(stage.status(&id), Some(JobStatus::Ready));
    let job = stage.call(DescribeJob::new(id.parse().expect("an id"))).job;
    assert_eq!(job.status_update_reason.as_deref(), Some("reviewed"));
}

#[test]
fn each_change_has_its_line() {
    let stage = Stage::still();
    let (active, complete) = (stage.id(JobStatus::Active), stage.id(JobStatus::Complete));
    let run = |arguments: String| stage.cosbatch(&arguments).stdout();
    assert_eq!(run(format!("priority 99 {active}")), format!("{active}\tdone\t10\t99\t\n"));
    assert_eq!(
        run(format!("cancel {active} -y")),
        format!("{active}\tdone\tActive\tCancelling\t\n")
    );
    let json = run(format!("delete {complete} -y -o jsonl"));
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(
        json,
        serde_json::json!({
            "job_id": complete, "result": "done", "before": "Complete", "after": "deleted",
            "reason": null,
        })
    );
    assert_eq!(stage.status(&complete), None);
}

#[test]
fn ids_come_by_a_pipe_and_the_worst_is_the_exit() {
    let stage = Stage::still();
    let suspended = stage.ids(JobStatus::Suspended);
    let complete = stage.id(JobStatus::Complete);
    let jobs = stage.cosbatch("list --status Suspended -o jsonl").stdout();
    let ran = stage
        .cosbatch("confirm - -y --retries 0")
        .input(format!("{complete}\n{jobs}nobody\n"))
        .fails(5);
    let lines: Vec<_> = ran.stdout.lines().collect();
    assert_eq!(lines.len(), suspended.len() + 2);
    assert_eq!(lines[0], format!("{complete}\tfailed\tComplete\t\tE0401 refused"));
    assert_eq!(lines[lines.len() - 1], "nobody\tfailed\t\t\tE0501 no-such-job");
    ran.says(&format!("\n  job {complete}\n  it was Complete before\n  nothing was changed\n"));
    ran.says("\n  job nobody\n  nothing was changed\n");
    assert_eq!(stage.ids(JobStatus::Suspended), Vec::<String>::new());
}

#[test]
fn nothing_is_done_unless_somebody_says_so() {
    let stage = Stage::still();
    let id = stage.id(JobStatus::Suspended);
    for command in ["confirm", "cancel", "delete"] {
        let ran = stage.cosbatch(&format!("{command} {id}")).fails(2);
        allow_duplicates! {
            assert_snapshot!(ran.screen(), @"
            error[E0218 not-confirmed]: nobody can be asked whether to do it
              nothing was done
              help: say --yes
            ");
        }
    }
    assert_eq!(stage.status(&id), Some(JobStatus::Suspended));
}

#[test]
fn a_job_in_another_status_is_left_alone() {
    let stage = Stage::still();
    let id = stage.id(JobStatus::Active);
    let ran = stage.cosbatch(&format!("cancel {id} -y --if-status Suspended -o table")).run();
    assert_eq!(ran.code, Some(1));
    assert_eq!(ran.stdout, format!("{id}  skipped: Active, not Suspended\n"));
    assert_eq!(stage.status(&id), Some(JobStatus::Active));
}

#[test]
fn all_that_match_and_no_other() {
    let stage = Stage::still();
    let before = stage.jobs();
    let ran =
        stage.cosbatch("priority 77 --all-matching --status active --operation copy -o id").run();
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let meant: Vec<_> = before
        .iter()
        .filter(|job| !job.status.is_terminal() && job.operation.as_str() == "COSPutObjectCopy")
        .map(|job| job.job_id.to_string())
        .collect();
    assert!(meant.len() > 5);
    assert_eq!(ran.stdout.lines().collect::<Vec<_>>(), meant);
    for (was, is) in before.iter().zip(stage.jobs()) {
        let changed = meant.contains(&is.job_id.to_string());
        assert_eq!(is.priority.value(), if changed { 77 } else { was.priority.value() });
    }
    let ran = stage.cosbatch("cancel -y --all-matching --match nobody.has.this").run();
    assert_eq!((ran.code, &*ran.stdout, &*ran.stderr), (Some(0), "", "no job matches\n"));
    let json = stage.cosbatch("cancel -y --all-matching --match nobody.has.this -o json");
    assert_eq!(json.stdout(), "[]\n", "a list without a job is one too");
    for (arguments, named) in [
        ("--all-matching", "--all-matching without a filter means all jobs there are"),
        ("x --status Active", "filters choose among all jobs, and jobs are named"),
        ("x --all-matching --status Active", "cannot be used with"),
        ("", "<ID>"),
    ] {
        stage.cosbatch(&format!("cancel -y {arguments}")).fails(2).says(named);
    }
}

#[test]
fn a_lost_answer_is_looked_for() {
    for (call, command, from, stdout) in [
        ("UpdateJobStatus", "confirm -y", JobStatus::Suspended, "Suspended -> Ready"),
        ("UpdateJobStatus", "cancel -y", JobStatus::Active, "Active -> Cancelling"),
        ("DeleteJob", "delete -y", JobStatus::Complete, "Complete -> deleted"),
        ("UpdateJobPriority", "priority 99", JobStatus::Active, "10 -> 99"),
    ] {
        // Whether it is asked again or not: once is enough, and no answer says so.
        for retries in [0, 2] {
            let stage =
                Stage::with_faults(&format!("[[fault]]\ncall = \"{call}\"\nlost = \"answer\"\n"));
            let id = stage.id(from.clone());
            let ran = stage.cosbatch(&format!("{command} {id} -o table --retries {retries}")).run();
            assert_eq!((ran.code, &*ran.stderr), (Some(0), ""), "{ran:?}");
            assert_eq!(ran.stdout, format!("{id}  {stdout}\n"));
        }
    }
}

#[test]
fn a_change_that_has_not_happened_is_not_said_to_have() {
    for (call, command, from, exit) in [
        ("UpdateJobStatus", "confirm -y", JobStatus::Suspended, 10),
        ("UpdateJobStatus", "cancel -y", JobStatus::Active, 10),
        ("DeleteJob", "delete -y", JobStatus::Complete, 10),
        // To ask for a priority twice is to ask once, so nothing is left to be known.
        ("UpdateJobPriority", "priority 99", JobStatus::Active, 7),
    ] {
        let stage =
            Stage::with_faults(&format!("[[fault]]\ncall = \"{call}\"\nlost = \"request\"\n"));
        let id = stage.id(from.clone());
        let ran = stage.cosbatch(&format!("{command} {id} --retries 1")).fails(exit);
        ran.says("\n  it has not happened so far, as the job shows, and may still\n");
        ran.says("\n  help: ask again: to ask twice does no harm\n");
        let result = if exit == 10 { "unknown" } else { "failed" };
        assert!(ran.stdout.starts_with(&format!("{id}\t{result}\t")), "{ran:?}");
        assert_eq!(stage.status(&id), Some(from));
    }
}

#[test]
fn a_dry_run_sends_nothing_and_shows_no_signature() {
    let stage = Stage::still();
    let id = stage.id(JobStatus::Suspended);
    let ran = stage.cosbatch(&format!("confirm {id} --dry-run --reason a&b")).run();
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""));
    let shown =
        ran.stdout.replace(&id, "ID").replace(&stage.emulator.address().to_string(), "HOST");
    assert_snapshot!(shown, @"
    POST /jobs/ID/status?requestedJobStatus=Ready&statusUpdateReason=a%26b HTTP/1.1
    host: HOST
    x-cos-appid: 1250000000
    content-length: 0
    x-cos-security-token: (not shown)
    authorization: (not shown)
    ");
    assert_eq!(stage.status(&id), Some(JobStatus::Suspended));
    let list = stage.cosbatch("cancel -y --all-matching --status Suspended --dry-run").stdout();
    assert!(list.starts_with("GET /jobs?jobStatuses=Suspended HTTP/1.1\n"), "{list}");
    let describe = stage.cosbatch("describe x --dry-run").stdout();
    assert!(describe.starts_with("GET /jobs/x HTTP/1.1\n"), "{describe}");
}

#[test]
fn bad_arguments_are_named() {
    for (arguments, named) in [
        ("priority", "<N>"),
        ("priority 1", "<ID>"),
        ("priority high x", "expected an integer from 0 to 2147483647"),
        ("priority 2147483648 x", "expected an integer from 0 to 2147483647"),
        ("cancel a/b -y", "\"a/b\" is no job id"),
        ("cancel x -y --if-status active", "expected one of Active"),
        ("delete x -y --reason why", "unexpected argument '--reason'"),
        ("describe", "<ID>"),
        ("describe a?b", "\"a?b\" is no job id"),
    ] {
        cosbatch(&format!("{arguments} --local")).fails(2).says(named);
    }
    let long = "r".repeat(257);
    let stage = Stage::still();
    let id = stage.id(JobStatus::Suspended);
    stage.cosbatch(&format!("confirm {id} -y --reason {long}")).fails(2).says("256 bytes");
}
