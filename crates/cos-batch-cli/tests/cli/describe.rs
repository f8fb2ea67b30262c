//! What is known of a job

use cos_batch::JobStatus;
use insta::assert_snapshot;
use serde_json::Value;

use crate::stage::Stage;
use crate::support::{SECRET_ID, SECRET_KEY, always, cosbatch, refusal};

const DESCRIBED: &str = "<DescribeJobResult><Job><CreationTime>2019-12-19T18:00:30Z</CreationTime>\
    <Description>a\u{9b}31m\u{202e}b</Description>\
    <FailureReasons><JobFailure><FailureCode>X\u{9b}Y</FailureCode>\
    <FailureReason>z\u{202e}</FailureReason></JobFailure></FailureReasons>\
    <JobId>53dc6228</JobId><Operation><COSHibernate>\u{9b}</COSHibernate></Operation>\
    <Priority>10</Priority><Status>Failed</Status></Job></DescribeJobResult>";

#[test]
fn one_job_is_one_document() {
    let stage = Stage::still();
    let id = stage.id(JobStatus::Failed);
    let json = stage.cosbatch(&format!("describe {id} -o json")).stdout();
    let job: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!((&job["job_id"], &job["status"]), (&id.as_str().into(), &"Failed".into()));
    let line = stage.cosbatch(&format!("describe {id} -o jsonl")).stdout();
    assert_eq!(serde_json::from_str::<Value>(&line).expect("JSON"), job);
    let table = stage.cosbatch(&format!("describe {id} -o table")).stdout();
    assert!(table.lines().any(|line| line.starts_with("status ") && line.ends_with(" Failed")));
    // A line of values is that of a listing.
    let tsv = stage.cosbatch(&format!("describe {id}")).stdout();
    assert_eq!(tsv, stage.cosbatch(&format!("list --match {id}")).stdout());
    assert_eq!(stage.cosbatch(&format!("describe {id} -o id")).stdout(), format!("{id}\n"));
}

#[test]
fn a_table_of_named_columns_has_a_line_for_each_job() {
    let stage = Stage::still();
    let ids = [JobStatus::Failed, JobStatus::Complete].map(|status| stage.id(status));
    let describe = format!("describe {} {} -o table --columns status,job_id", ids[0], ids[1]);
    let table = stage.cosbatch(&describe).stdout();
    let rows: Vec<Vec<&str>> =
        table.lines().map(|line| line.split_whitespace().collect()).collect();
    let [header, first, second] = &rows[..] else { panic!("{table}") };
    assert_eq!(header[0], "STATUS");
    assert_eq!((first, second), (&vec!["Failed", &ids[0]], &vec!["Complete", &ids[1]]));
}

#[test]
fn several_jobs_and_one_that_is_not_there() {
    let stage = Stage::still();
    let ids = stage.ids(JobStatus::Complete);
    let ran = stage
        .cosbatch("describe -o json - nobody")
        .input(format!("{}\n{{\"job_id\":\"{}\"}}\n{}\n", ids[0], ids[1], ids[0]))
        .fails(5);
    let jobs: Vec<Value> = serde_json::from_str(&ran.stdout).expect("an array");
    let found: Vec<_> = jobs.iter().map(|job| job["job_id"].as_str().expect("an id")).collect();
    assert_eq!(found, ids[..2]);
    let error = ran.json_error();
    assert_eq!((&error["name"], &error["facts"][1]), (&"no-such-job".into(), &"job nobody".into()));
    let ran = stage.cosbatch(&format!("describe nobody {}", ids[0])).fails(5);
    assert_eq!(ran.stdout.lines().count(), 1, "the others are shown all the same");
    for (input, named) in [("", "no job is named"), ("a b\n", "stdin:1: \"a b\" is no job id")] {
        stage.cosbatch("describe -").input(input).fails(2).says(named);
    }
}

#[test]
fn failures_are_rows() {
    let stage = Stage::still();
    let id = stage.id(JobStatus::Failed);
    let run = |format: &str| {
        stage.cosbatch(&format!("describe --failures -o {format} {id}")).stdout().replace(&id, "ID")
    };
    assert_snapshot!(run("table"), @"FailureRateExceeded  349 of 696 tasks failed, more than half of them");
    assert_snapshot!(run("jsonl"), @r#"{"job_id":"ID","code":"FailureRateExceeded","reason":"349 of 696 tasks failed, more than half of them"}"#);
    let good = stage.id(JobStatus::Complete);
    let table = format!("describe --failures -o table {id} {good}");
    let table = stage.cosbatch(&table).stdout();
    assert!(table.starts_with("JOB ID "), "{table}");
    assert!(table.lines().skip(1).all(|row| row.starts_with(&id)), "{table}");
    assert_eq!(stage.cosbatch(&format!("describe --failures {good}")).stdout(), "");
}

#[test]
fn raw_is_the_answer_itself() {
    let peer = always(1, "200 OK", DESCRIBED.replace(['\u{9b}', '\u{202e}'], "中"));
    let run = |arguments: &str| {
        cosbatch(&format!("describe --endpoint http://{} --app-id 1 {arguments}", peer.address()))
            .credentials(SECRET_ID, SECRET_KEY)
    };
    let expected = DESCRIBED.replace(['\u{9b}', '\u{202e}'], "中") + "\n";
    assert_eq!(run("--raw 53dc6228").stdout(), expected);
    run("--raw -o json 53dc6228").fails(2).says("cannot be used with");
    let peer = always(1, "404 Not Found", refusal("NoSuchJob"));
    let endpoint = format!("--endpoint http://{} --app-id 1", peer.address());
    let ran = cosbatch(&format!("describe --raw x {endpoint}")).credentials("a", "b").fails(5);
    assert_eq!(ran.stdout, "", "a refusal is no answer");
}

#[test]
fn what_would_steer_a_terminal_is_escaped() {
    for format in ["table", "json", "jsonl", "tsv", "csv", "yaml", "xml", "id"] {
        for failures in ["", "--failures"] {
            if format == "xml" && !failures.is_empty() {
                continue;
            }
            // That nothing steers is checked of every run.
            let peer = always(1, "200 OK", DESCRIBED);
            let endpoint = format!("--endpoint http://{} --app-id 1", peer.address());
            let run = cosbatch(&format!("describe 53dc6228 -o {format} {failures} {endpoint}"));
            assert!(!run.credentials("a", "b").stdout().is_empty());
        }
    }
}
