//! `cosbatch decode`: saved replies, without a network

use std::fs;
use std::path::PathBuf;

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{cosbatch, page, refusal};

const ONE: &str = "021140d8-67ca-4e89-8089-0de9a1e40943";
const TWO: &str = "066d919e-49b9-429e-b844-e17ea7b16421";

fn saved(name: &str, reply: impl AsRef<[u8]>) -> PathBuf {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&file, reply).expect("a file");
    file
}

#[test]
fn a_page_from_a_file_or_from_stdin() {
    let page = page(&[ONE, TWO], "");
    let from_file = cosbatch("decode ListJobs -o id").arg(saved("page.xml", &page)).stdout();
    assert_eq!(from_file, format!("{ONE}\n{TWO}\n"));
    assert_eq!(cosbatch("decode ListJobs -o id").input(page.as_str()).stdout(), from_file);
    assert_eq!(cosbatch("decode ListJobs - -o id").input(page.as_str()).stdout(), from_file);
}

#[test]
fn every_format() {
    let page = page(&[ONE], "next one");
    let decoded = |format: &str| {
        cosbatch(&format!("decode ListJobs {format}")).env("COLUMNS", "200").input(page.as_str())
    };
    let json: Value = serde_json::from_str(&decoded("").stdout()).expect("JSON unless told");
    assert_eq!(json["jobs"][0]["job_id"], ONE);
    assert_eq!(json["next_token"], "next one");
    assert_eq!(decoded("-o json").stdout(), decoded("").stdout());
    let jsonl: Value = serde_json::from_str(&decoded("-o jsonl").stdout()).expect("JSON");
    assert_eq!(jsonl, json["jobs"][0]);
    assert_snapshot!(decoded("-o tsv").stdout().replace('\t', " | "), @r#"
    021140d8-67ca-4e89-8089-0de9a1e40943 | Complete | 10 | COSPutObjectCopy | 9 | 1 | 10 | 2019-12-19T11:05:40Z | 2019-12-19T11:05:56Z | copy 2019 logs
    "#);
    assert_eq!(decoded("-o id").stdout(), format!("{ONE}\n"));
    assert_snapshot!(decoded("-o csv").stdout(), @r"
    job_id,status,priority,operation,succeeded,failed,total,created,ended,description
    021140d8-67ca-4e89-8089-0de9a1e40943,Complete,10,COSPutObjectCopy,9,1,10,2019-12-19T11:05:40Z,2019-12-19T11:05:56Z,copy 2019 logs
    ");
    assert_snapshot!(decoded("-o yaml").stdout(), @r#"
    jobs:
    - creation_time: "2019-12-19T11:05:40Z"
      description: copy 2019 logs
      job_id: 021140d8-67ca-4e89-8089-0de9a1e40943
      operation: COSPutObjectCopy
      priority: 10
      progress_summary:
        auto_manifest_status: null
        number_of_tasks_failed: 1
        number_of_tasks_succeeded: 9
        total_number_of_tasks: 10
      status: Complete
      termination_date: "2019-12-19T11:05:56Z"
    next_token: next one
    "#);
    let xml = decoded("-o xml").stdout();
    let again = cosbatch("decode ListJobs").input(xml.as_str()).stdout();
    assert_eq!(serde_json::from_str::<Value>(&again).ok(), Some(json));
    let table = decoded("-o table").stdout();
    let age = table.lines().nth(1).and_then(|row| row.split_whitespace().rev().nth(3));
    assert_snapshot!(table.replace(age.expect("an age"), "AGEd"), @r#"
    JOB ID                                STATUS    PRI  OPERATION         PROGRESS                    AGE  DESCRIPTION
    021140d8-67ca-4e89-8089-0de9a1e40943  Complete   10  COSPutObjectCopy  10/10 (100.0%, 1 failed)  AGEd  copy 2019 logs
    "#);
}

#[test]
fn every_call_has_its_answer() {
    let job = format!(
        "<DescribeJobResult><Job><CreationTime>2019-12-19T18:00:30Z</CreationTime>\
         <JobId>{ONE}</JobId><Operation><COSDeleteObject/></Operation><Priority>7</Priority>\
         <Status>Active</Status></Job></DescribeJobResult>"
    );
    let id = format!("<JobId>{ONE}</JobId>");
    for (call, reply, pointer, value) in [
        (
            "CreateJob",
            format!("<CreateJobResult>{id}</CreateJobResult>"),
            "/job_id",
            Value::from(ONE),
        ),
        ("DescribeJob", job, "/job/priority", Value::from(7)),
        (
            "UpdateJobPriority",
            format!(
                "<UpdateJobPriorityResult>{id}<Priority>9</Priority></UpdateJobPriorityResult>"
            ),
            "/priority",
            Value::from(9),
        ),
        (
            "UpdateJobStatus",
            format!("<UpdateJobStatusResult>{id}<Status>Ready</Status></UpdateJobStatusResult>"),
            "/status",
            Value::from("Ready"),
        ),
    ] {
        let decoded =
            |format: &str| cosbatch(&format!("decode {call} {format}")).input(reply.as_str());
        let json: Value = serde_json::from_str(&decoded("").stdout()).expect("JSON");
        assert_eq!(json.pointer(pointer), Some(&value), "{call}");
        let line = decoded("-o jsonl").stdout();
        assert_eq!(
            (line.lines().count(), serde_json::from_str(&line).ok()),
            (1, Some(json.clone()))
        );
        assert_eq!(decoded("-o id").stdout(), format!("{ONE}\n"), "{call}");
        let rows = decoded("-o tsv").stdout();
        let path = pointer.trim_start_matches('/').replace('/', ".");
        let value = value.to_string().replace('"', "");
        assert!(rows.lines().any(|row| row == format!("{path}\t{value}")), "{rows}");
        // What is read is what is written, whatever the space between.
        let xml = decoded("-o xml").stdout();
        let again = cosbatch(&format!("decode {call}")).input(xml.as_str()).stdout();
        assert_eq!(serde_json::from_str(&again).ok(), Some(json), "{xml}");
    }
    assert_eq!(cosbatch("decode DeleteJob --status 204").input("").stdout(), "null\n");
    cosbatch("decode DeleteJob --status 204 -o id").input("").fails(2).says("DeleteJob cannot be");
    assert_eq!(cosbatch("decode DeleteJob").input("<html>log in</html>").run().code, Some(9));
    assert_eq!(cosbatch("decode CreateJob").input("<ListJobsResult/>").run().code, Some(9));
}

#[test]
fn where_the_next_page_begins_is_told() {
    let ran = cosbatch("decode ListJobs -o id").input(page(&[ONE], TWO)).run();
    assert_eq!(ran.stderr, format!("the next page begins with the token {TWO}\n"));
    let ran = cosbatch("decode ListJobs -o json").input(page(&[ONE], TWO)).run();
    assert_eq!(ran.stderr, "", "the document has it");
}

#[test]
fn a_page_without_jobs() {
    let decoded = |format: &str| {
        cosbatch(&format!("decode ListJobs -o {format}")).input("<ListJobsResult/>").stdout()
    };
    assert_eq!(decoded("json"), "{\n  \"jobs\": [],\n  \"next_token\": null\n}\n");
    for format in ["table", "jsonl", "tsv", "id"] {
        assert_eq!(decoded(format), "");
    }
}

#[test]
fn refusals_are_classified_as_if_they_had_just_come() {
    for (status, code, exit) in [
        (400, "InvalidArgument", 4),
        (404, "NoSuchJob", 5),
        (403, "AccessDenied", 6),
        (500, "InternalError", 7),
        (200, "NoSuchJob", 5),
    ] {
        let ran = cosbatch(&format!("decode ListJobs -o json --status {status}"))
            .input(refusal(code))
            .fails(exit);
        let error = ran.json_error();
        assert_eq!(error["exit"], exit);
        assert_eq!(error["request_id"], "NWRmYmJhMTU=");
        assert_eq!((&error["host"], &error["attempts"]), (&Value::Null, &Value::Null));
        assert_eq!(ran.stdout, "");
    }
    let ran = cosbatch("decode ListJobs --status 404 -o tsv").input(refusal("NoSuchJob")).fails(5);
    assert_snapshot!(ran.screen(), @r#"
    error[E0501 no-such-job]: COS refused ListJobs: NoSuchJob (HTTP 404)
      message: as the message says
      request NWRmYmJhMTU=  trace OGVmYzZiMmQz
      help: check the id with cosbatch list
    "#);
}

#[test]
fn what_is_no_page() {
    let html = "<html><body><h1>502 Bad Gateway</h1><hr></body></html>";
    let ran = cosbatch("decode ListJobs --status 502 -o id").input(html).fails(9);
    assert_snapshot!(ran.screen(), @r#"
    error[E0901 not-cos]: ListJobs: the reply is no COS document (HTTP 502, 54 bytes: "<html><body><h1>502 Bad Gateway</h1><hr></body></html>")
      help: check the endpoint, and what stands between here and it: a proxy, a login page
    "#);
    let page = page(&[ONE, TWO], "");
    let cut = cosbatch("decode ListJobs -o tsv").input(&page[..page.len() / 2]).fails(9);
    cut.says("error[E0902 cut-off]: the reply to ListJobs is not understood: the document is cut");
    assert_eq!(cut.stdout, "");
    cosbatch("decode ListJobs -o id").input("").fails(9).says("the reply to ListJobs is empty");
    cosbatch("decode ListJobs -o id").input("<a>\u{fffd}\0</a>").fails(9).says("E0903");
}

#[test]
fn what_cannot_be_read() {
    let missing = cosbatch("decode ListJobs -o id").arg("no/such/\u{1b}[31mfile").fails(2);
    assert_snapshot!(missing.screen(), @r#"
    error[E0203 no-input]: no/such/\u{1b}[31mfile cannot be read
      No such file or directory (os error 2)
      help: give a file that is there, or pipe it in
    "#);
    let directory = cosbatch("decode ListJobs -o id").arg(env!("CARGO_TARGET_TMPDIR")).fails(2);
    directory.says("cannot be read");
}

#[test]
fn cells_are_chosen_and_times_shown_as_asked_for() {
    let page = page(&[ONE], "");
    let shown = |arguments: &str| {
        cosbatch(&format!("decode ListJobs {arguments}"))
            .input(page.as_str())
            .env("TZ", "Asia/Tokyo")
    };
    assert_eq!(shown("-o tsv --columns ended,status").stdout(), "2019-12-19T11:05:56Z\tComplete\n");
    assert_eq!(shown("-o csv --columns job_id --no-headers").stdout(), format!("{ONE}\n"));
    let times = |form: &str| shown(&format!("-o tsv --columns created --time {form}")).stdout();
    assert_eq!(times("unix"), "1576753540\n");
    assert_eq!(times("local"), "2019-12-19T20:05:40+09:00\n");
    assert_eq!(times("utc"), "2019-12-19T11:05:40Z\n");
    assert!(times("relative").ends_with("d\n"));
    assert_snapshot!(shown("-o table --time utc --columns job_id,created,failed").stdout(), @r"
    JOB ID                                             CREATED  FAILED
    021140d8-67ca-4e89-8089-0de9a1e40943  2019-12-19T11:05:40Z       1
    ");
    assert_eq!(
        shown("-o table --columns priority,total --no-headers").env("COLUMNS", "20").stdout(),
        " 10     10\n"
    );
    shown("-o tsv --columns job_id,nothing").fails(2).says("error[E0211 no-such-column]");
    shown("-o pdf").fails(2);
}

#[test]
fn colour_goes_where_it_is_wanted() {
    let page = page(&[ONE], "");
    let colored = |arguments: &str, variables: &[(&str, &str)]| {
        let mut run =
            cosbatch(&format!("decode ListJobs -o table --columns job_id,status {arguments}"));
        for (name, value) in variables {
            run = run.env(name, value);
        }
        run.input(page.as_str()).raw().contains("\u{1b}[32mComplete\u{1b}[0m")
    };
    assert!(!colored("", &[]), "a pipe is no terminal");
    assert!(colored("--color always", &[("NO_COLOR", "1")]));
    assert!(colored("", &[("CLICOLOR_FORCE", "1")]));
    assert!(!colored("", &[("CLICOLOR_FORCE", "0")]));
    assert!(!colored("", &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!colored("--color never", &[("CLICOLOR_FORCE", "1")]));
}

#[test]
fn what_would_steer_a_terminal_is_escaped_in_every_form() {
    let page = page(&[ONE], "").replace("copy 2019 logs", "a&#x9b;31m&#x9;b\u{202e}c");
    for form in ["table", "json", "jsonl", "csv", "tsv", "xml", "yaml"] {
        let shown = cosbatch(&format!("decode ListJobs -o {form}")).input(page.as_str()).stdout();
        assert!(shown.contains("31m"), "{form}: {shown}");
    }
}

#[test]
fn what_no_page_documents_appears_under_unknown() {
    let page =
        page(&[ONE], "").replace("<JobId>", "<Cost>7</Cost><Quota unit='GB'>1</Quota><JobId>");
    let decode = |form: &str| cosbatch(&format!("decode ListJobs {form}")).input(page.as_str());
    let json: Value = serde_json::from_str(&decode("-o json").stdout()).expect("JSON");
    let unknown = json!({"Cost": "7", "Quota": "<Quota unit='GB'>1</Quota>"});
    assert_eq!(json["jobs"][0]["unknown"], unknown);
    let line: Value = serde_json::from_str(&decode("-o jsonl -q").stdout()).expect("JSON");
    assert_eq!(line["unknown"], unknown);
    let yaml = decode("-o yaml").stdout();
    assert!(yaml.contains("Cost: '7'") || yaml.contains("Cost: \"7\""), "{yaml}");
    let json = serde_json::to_string(&json).expect("JSON");
    let back = cosbatch("encode ListJobs").input(json).stdout();
    assert!(back.contains("<Cost>7</Cost><Quota unit='GB'>1</Quota></member>"), "{back}");
}

#[test]
fn a_request_is_read_too() {
    let operation = "<Operation><COSDeleteObject/></Operation>";
    let request = format!(
        "<CreateJobRequest><ClientRequestToken>t</ClientRequestToken><Manifest><Location>\
         <ETag>e</ETag><ObjectArn>qcs::cos:r::b-1/k</ObjectArn></Location><Spec><Fields>\
         <member>Bucket</member><member>Key</member></Fields><Format>COSBatchOperations_CSV_V1\
         </Format></Spec></Manifest>{operation}<Priority>1</Priority><Report><Enabled>false\
         </Enabled></Report><RoleArn>qcs::cam::uin/1:roleName/R</RoleArn></CreateJobRequest>"
    );
    let rows = cosbatch("decode CreateJob --request -o tsv").input(request.as_str()).stdout();
    assert!(rows.contains("manifest.spec.fields.1\tKey\n"), "{rows}");
    let cut = &request[..200];
    cosbatch("decode CreateJob --request").input(cut).fails(9).says("error[E0903 malformed]");
    cosbatch("decode ListJobs --request").input("").fails(2).says("error[E0212 no-body]");
}

#[test]
fn a_file_that_is_too_large_is_not_read_to_its_end() {
    let file = saved("large.xml", "<ListJobsResult>");
    let length = 16 * 1024 * 1024 + 1;
    fs::File::options().write(true).open(&file).and_then(|file| file.set_len(length)).expect("it");
    let ran = cosbatch("decode ListJobs -o id").arg(&file).fails(9);
    ran.says("error[E0904 too-large]").says("larger than the limit of 16777216 bytes");
    fs::remove_file(file).expect("it was there");
}
