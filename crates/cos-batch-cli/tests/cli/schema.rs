//! `cosbatch schema`: all JSON that is printed is as its schema says; completions and pages for man

use std::fs;

use cos_batch::JobStatus;
use cos_batch_emulator::Emulator;
use cos_batch_testkit::strategies;
use jsonschema::Validator;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, TestRunner};
use serde::Serialize;
use serde_json::{Value, json};

use crate::stage::Stage;
use crate::support::{SECRET_ID, SECRET_KEY, cosbatch, page, refusal};

fn schema(name: &str) -> Validator {
    let schema: Value =
        serde_json::from_str(&cosbatch(&format!("schema {name}")).stdout()).expect("JSON");
    jsonschema::draft202012::new(&schema).expect("a schema")
}

#[track_caller]
fn is(name: &str, value: &Value) {
    let errors: Vec<_> = schema(name).iter_errors(value).map(|it| it.to_string()).collect();
    assert!(errors.is_empty(), "{name}: {errors:?} in {value:#}");
}

/// Each of a list.
#[track_caller]
fn all_are(name: &str, list: &str) {
    are(name, &serde_json::from_str::<Vec<Value>>(list).expect("a list"));
}

/// Each of many.
#[track_caller]
pub(crate) fn are(name: &str, values: &[Value]) {
    assert!(!values.is_empty(), "there is something to look at");
    let validator = schema(name);
    for value in values {
        assert!(validator.is_valid(value), "{name}: {value:#}");
    }
}

#[test]
fn whatever_the_service_says_is_as_its_schema_says() {
    fn all<T: Serialize>(name: &str, strategy: impl Strategy<Value = T>) {
        let validator = schema(name);
        let mut runner = TestRunner::new(Config::default());
        for _ in 0..64 {
            let value = strategy.new_tree(&mut runner).expect("a value").current();
            let value = serde_json::to_value(value).expect("JSON");
            let errors: Vec<_> = validator.iter_errors(&value).map(|it| it.to_string()).collect();
            assert!(errors.is_empty(), "{name}: {errors:?} in {value:#}");
        }
    }
    all("create_job", strategies::create_job());
    all("create_job_result", strategies::create_job_result());
    all("describe_job_result", strategies::describe_job_result());
    all("list_jobs_result", strategies::list_jobs_result());
    all("update_job_priority_result", strategies::update_job_priority_result());
    all("update_job_status_result", strategies::update_job_status_result());
    all("job_summary", strategies::job_summary());
    all("operation", strategies::job_operation());
}

#[test]
fn all_that_is_printed_is_as_its_schema_says() {
    let page = page(&["a-1", "a-2"], "a-2");
    let decode = |form: &str| cosbatch(&format!("decode ListJobs {form}")).input(page.as_str());
    is("list_jobs_result", &serde_json::from_str(&decode("-o json").stdout()).expect("JSON"));
    let line = decode("-o jsonl -q").stdout();
    is("job_summary", &serde_json::from_str(line.lines().next().expect("a line")).expect("JSON"));
    is("jobs", &serde_json::from_str(&cosbatch("list --local -o json").stdout()).expect("JSON"));

    let refused = cosbatch("decode ListJobs -o json --status 404").input(refusal("NoSuchJob"));
    is("error", &serde_json::from_str(&refused.run().stderr).expect("JSON"));
    let unasked = cosbatch("list -o json --retries 0 --endpoint http://127.0.0.1:1 --app-id 1");
    let unasked = unasked.credentials(SECRET_ID, SECRET_KEY).run();
    is("error", &serde_json::from_str(&unasked.stderr).expect("JSON"));

    let account = "--endpoint http://h --app-id 1 -o json";
    let keyed = |arguments: &str| {
        cosbatch(&format!("{arguments} {account}")).credentials(SECRET_ID, SECRET_KEY).run()
    };
    let traced = keyed("sign ListJobs --as trace");
    is("trace", &serde_json::from_str(&traced.stdout).expect("JSON"));
    is("warning", &serde_json::from_str(&traced.stderr).expect("JSON"));
    all_are("setting", &keyed("config show").stdout);
    let emulator = Emulator::start().expect("an emulator");
    let doctor = format!("config doctor -o json --app-id 1 --endpoint {}", emulator.endpoint());
    all_are("check", &cosbatch(&doctor).credentials(SECRET_ID, SECRET_KEY).run().stdout);

    let stage = Stage::still();
    let (failed, active) = (stage.id(JobStatus::Failed), stage.id(JobStatus::Active));
    let one = |arguments: String| {
        serde_json::from_str(&stage.cosbatch(&arguments).run().stdout).expect("JSON")
    };
    is("job", &one(format!("describe {failed} -o json")));
    is("failure_reason", &one(format!("describe {failed} --failures -o jsonl")));
    is("change", &one(format!("priority 99 {active} -o jsonl")));
    is("change", &one(format!("priority 99 {active} -o jsonl --if-status Failed")));
    is("waited", &one(format!("wait {failed} -o jsonl")));
    is("job_summary", &one(format!("watch {failed}")));

    let note = cosbatch("list --local -o table --log-format json").run().stderr;
    is("note", &serde_json::from_str(&note).expect("JSON"));

    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("a file");
        path
    };
    all_are("finding", &cosbatch("manifest check -o json").input("b,k\r\nb\nb,k\n").run().stdout);
    all_are("finding", &cosbatch("manifest check -o json").input("").run().stdout);
    let split = format!("manifest split --rows 1 -o json --prefix {}/p", folder.path().display());
    all_are("part", &cosbatch(&split).arg(file("m.csv", "b-1,k\nb-1,l\n")).stdout());
    let old = file("old.csv", "b-1,k,,failed,X,404,m\nb-1,l,v,skipped,,,\nb-1,m,,succeeded,,,\n");
    let new = file("new.csv", "b-1,k,,succeeded,,,\n");
    all_are("outcome", &cosbatch("report show -o json").arg(&old).run().stdout);
    all_are("task", &cosbatch("report failed -o json").arg(&old).stdout());
    all_are("difference", &cosbatch("report diff -o json").arg(&old).arg(&new).run().stdout);

    let request = cosbatch("sign ListJobs --as http -q --endpoint http://h --app-id 1");
    let request = file("request", &request.credentials(SECRET_ID, SECRET_KEY).raw());
    let theirs = "<FormatString>get\n/\n\n\n</FormatString></Error>";
    let response = refusal("SignatureDoesNotMatch").replace("</Error>", theirs);
    let explain = cosbatch("explain -o json --request").arg(request).arg("--response");
    let explained = explain.arg(file("response", &response)).stdout();
    is("explanation", &serde_json::from_str(&explained).expect("JSON"));
    all_are("type", &cosbatch("schema -o json").stdout());
}

#[test]
fn a_schema_refuses_what_is_not_so() {
    let good = json!({ "job_id": "a", "priority": 1 });
    is("update_job_priority_result", &good);
    let validator = schema("update_job_priority_result");
    for bad in [
        json!({ "job_id": "a" }),
        json!({ "job_id": "a", "priority": -1 }),
        json!({ "job_id": "a/b", "priority": 1 }),
        json!({ "job_id": "a", "priority": 1, "more": 1 }),
        json!(null),
    ] {
        assert!(!validator.is_valid(&bad), "{bad}");
    }
    cosbatch("schema nothing").fails(2).says("error[E0221 no-such-type]");
    cosbatch("schema job -o tsv").fails(2).says("error[E0210 no-such-form]");
}

#[test]
fn every_type_is_listed_and_whole() {
    let names = cosbatch("schema -o id").stdout();
    assert!(names.lines().count() > 20, "{names}");
    for name in names.lines() {
        schema(name);
    }
    let list = cosbatch("schema -o tsv").stdout();
    assert!(list.lines().all(|line| line.split('\t').nth(1).is_some_and(|it| !it.is_empty())));
}

#[test]
fn shells_complete_every_command() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = cosbatch(&format!("completions {shell}")).stdout();
        for command in ["manifest", "doctor", "UpdateJobStatus"] {
            assert!(script.contains(command), "{shell}: {command}");
        }
    }
    cosbatch("completions tcsh").fails(2);
}

#[test]
fn every_command_has_a_page() {
    let first = cosbatch("man").stdout();
    assert!(first.starts_with(".ie") && first.contains("Exit codes"), "{first}");
    let folder = tempfile::tempdir().expect("a folder");
    let pages = folder.path().join("pages");
    cosbatch("man").arg(&pages).stdout();
    for name in ["cosbatch", "cosbatch-list", "cosbatch-manifest-check", "cosbatch-sign-CreateJob"]
    {
        let page = fs::read_to_string(pages.join(format!("{name}.1"))).expect(name);
        assert!(page.contains(".SH SYNOPSIS"), "{page}");
    }
    cosbatch("man /dev/null/x").fails(2).says("error[E0214 no-output]");
}
