//! `cosbatch sign`: what is printed can be sent by another program, and the service takes it

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::process::Command;
use std::time::Duration;

use cos_batch_emulator::{Account, Emulator};
use insta::assert_snapshot;
use serde_json::Value;

use crate::support::{Cosbatch, SECRET_ID, SECRET_KEY, TOKEN, cosbatch};

const JOB: &str = "\
client_request_token: 184ce261-18af-5e3d-3e30-253723cfd937
description: it's \"quoted\" $HOME
manifest:
  location:
    etag: 15150651828fa9cdcb8356b6d1c7638b
    object_arn: qcs::cos:ap-chengdu:uid/1250000000:src-1250000000/m/list.csv
  spec:
    fields: [Bucket, Key]
    format: COSBatchOperations_CSV_V1
operation: delete_object
priority: 10
report:
  enabled: true
  bucket: qcs::cos:ap-chengdu:uid/1250000000:src-1250000000
  format: Report_CSV_V1
  report_scope: AllTasks
role_arn: qcs::cam::uin/100000000001:roleName/COS_Batch_QcsRole
";

fn emulator() -> Emulator {
    let account = Account::new(SECRET_ID, SECRET_KEY).and_then(|it| it.with_token(TOKEN));
    Emulator::builder().account(account.expect("an account")).start().expect("an emulator")
}

fn sign(endpoint: impl std::fmt::Display, arguments: &str) -> Cosbatch {
    let target = format!("sign --endpoint {endpoint} --app-id 1250000000 {arguments}");
    cosbatch(&target).credentials(SECRET_ID, SECRET_KEY).env("TENCENTCLOUD_SECURITY_TOKEN", TOKEN)
}

/// Sends bytes as they are.
fn send(emulator: &Emulator, request: &str) -> String {
    let mut stream = TcpStream::connect(emulator.address()).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    stream.write_all(request.as_bytes()).expect("it reads");
    stream.shutdown(Shutdown::Write).expect("it is open");
    let mut reply = String::new();
    stream.read_to_string(&mut reply).expect("it answers");
    reply
}

#[test]
fn a_request_as_it_goes_over_the_wire_is_taken() {
    let emulator = emulator();
    let page =
        send(&emulator, &sign(emulator.endpoint(), "ListJobs --max-results 2 --as http -q").raw());
    assert!(page.starts_with("HTTP/1.1 200 OK\r\n") && page.contains("<JobId>"), "{page}");
    let created = sign(emulator.endpoint(), "CreateJob --as http -q").input(JOB).raw();
    let created = send(&emulator, &created);
    assert!(created.contains("<CreateJobResult><JobId>"), "{created}");
    let id = created.split("<JobId>").nth(1).and_then(|it| it.split('<').next()).expect("an id");
    for (call, root) in [
        (format!("DescribeJob {id}"), "<DescribeJobResult>"),
        (format!("UpdateJobPriority {id} 7"), "<UpdateJobPriorityResult>"),
        (format!("UpdateJobStatus {id} Cancelled --reason no~more"), "<UpdateJobStatusResult>"),
    ] {
        let request = sign(emulator.endpoint(), &format!("{call} --as http -q")).raw();
        let reply = send(&emulator, &request);
        assert!(reply.contains(root), "{call}: {reply}");
    }
    let delete = sign(emulator.endpoint(), &format!("DeleteJob {id} --as http -q")).raw();
    assert!(delete.starts_with(&format!("DELETE /jobs/{id} HTTP/1.1\r\n")), "{delete}");
    assert!(!send(&emulator, &delete).contains("SignatureDoesNotMatch"));
}

#[test]
fn a_url_is_taken_with_the_header_that_it_needs() {
    let emulator = emulator();
    let ran = sign(emulator.endpoint(), "ListJobs --as url").raw();
    let target = ran.trim_end().strip_prefix(&emulator.endpoint().to_string()).expect("its place");
    let host = emulator.address();
    let head = format!("GET {target} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
    let page = send(&emulator, &format!("{head}x-cos-appid: 1250000000\r\n\r\n"));
    assert!(page.starts_with("HTTP/1.1 200 OK\r\n"), "{page}");
    assert!(send(&emulator, &format!("{head}\r\n")).starts_with("HTTP/1.1 40"));
}

/// The words of a command that a shell makes of what is printed.
fn words(command: &str) -> Vec<String> {
    let script = format!("curl() {{ for word; do printf '%s\\0' \"$word\"; done; }}\n{command}");
    let output = Command::new("sh").args(["-c", &script]).env_clear().output().expect("sh");
    assert!(output.status.success(), "{output:?}");
    let words = String::from_utf8(output.stdout).expect("UTF-8");
    words.split_terminator('\0').map(str::to_owned).collect()
}

#[test]
fn a_shell_takes_each_word_as_it_is_meant() {
    let command = sign("http://127.0.0.1:9", "CreateJob").input(JOB).raw();
    let words = words(&command);
    assert_eq!(words[..3], ["-sS", "-X", "POST"]);
    assert_eq!(words.last().map(String::as_str), Some("http://127.0.0.1:9/jobs"));
    let data = words.iter().position(|word| word == "--data-binary").expect("a body");
    assert!(
        words[data + 1].contains("<Description>it's &quot;quoted&quot; $HOME</Description>"),
        "{words:?}"
    );
    let headers: Vec<_> = words.iter().filter(|word| word.contains(": ")).collect();
    let names: Vec<_> = headers.iter().filter_map(|it| it.split(": ").next()).collect();
    assert_eq!(
        names,
        ["authorization", "content-md5", "content-type", "x-cos-appid", "x-cos-security-token"]
    );
    let command = sign("http://127.0.0.1:9", "UpdateJobPriority a 1").raw();
    assert!(self::words(&command).contains(&"content-length: 0".to_owned()), "{command}");
}

#[test]
fn curl_sends_it_where_there_is_curl() {
    if Command::new("curl").arg("--version").output().is_err() {
        return;
    }
    let emulator = emulator();
    for (call, root) in [("ListJobs", "<ListJobsResult>"), ("CreateJob", "<CreateJobResult>")] {
        let command = sign(emulator.endpoint(), call).input(JOB).raw();
        let output = Command::new("sh").args(["-c", &command]).env("NO_PROXY", "*").output();
        let output = output.expect("sh");
        let reply = String::from_utf8_lossy(&output.stdout);
        assert!(reply.contains(root), "{output:?}");
    }
    let command = sign(emulator.endpoint(), "UpdateJobPriority no-such-job 1").raw();
    let output = Command::new("sh").args(["-c", &command]).env("NO_PROXY", "*").output();
    let reply = String::from_utf8_lossy(&output.expect("sh").stdout).into_owned();
    assert!(reply.contains("<Code>NoSuchJob</Code>"), "{reply}");
}

#[test]
fn a_trace_shows_each_stage_and_no_token() {
    let trace: Value = serde_json::from_str(
        &sign("http://h.example:8", "ListJobs --next-token a+b --as trace -o json -q").stdout(),
    )
    .expect("JSON");
    assert_eq!(trace["url_param_list"], "nexttoken");
    assert_eq!(trace["header_list"], "host;x-cos-appid;x-cos-security-token");
    assert_eq!(
        trace["http_string"],
        "get\n/jobs\nnexttoken=a%2Bb\nhost=h.example%3A8&x-cos-appid=1250000000&x-cos-security-token=…\n"
    );
    assert_eq!(trace["signature"].as_str().map(str::len), Some(40));
    sign("http://h", "ListJobs --as trace -o id").fails(2).says("a trace cannot be shown as id");
    sign("http://h", "ListJobs -o json").fails(2).says("\"name\":\"no-such-form\"");
}

#[test]
fn a_signature_holds_as_long_as_it_should_and_no_longer() {
    let window = |arguments: &str| {
        let trace =
            sign("http://h", &format!("ListJobs --as trace -o json -q {arguments}")).stdout();
        let trace: Value = serde_json::from_str(&trace).expect("JSON");
        let (start, end) =
            trace["key_time"].as_str().and_then(|it| it.split_once(';')).expect("two");
        end.parse::<u64>().expect("a time") - start.parse::<u64>().expect("a time")
    };
    assert_eq!([window(""), window("--expires 1s"), window("--expires 2h")], [120, 61, 7260]);
    window("--expires 99999999h");
    let ran = sign("http://h", "ListJobs --as trace -o tsv").run();
    ran.says(
        "warning[W0601 live-credential]: whoever has what is printed can make this call until 2",
    );
    sign("http://h", "ListJobs --expires 0s").fails(2).says("expected a time");
}

#[test]
fn what_cannot_be_signed_is_named() {
    let yaml = |from: &str, to: &str| {
        assert!(JOB.contains(from), "{from}");
        sign("http://h", "CreateJob").input(JOB.replace(from, to)).fails(2)
    };
    yaml("priority", "priorty").says("error[E0219 bad-document]: stdin is not understood");
    yaml("description", "descripton").says("there is no field descripton");
    yaml("    etag", "    eTag: x\n    etag").says("there is no field manifest.location.eTag");
    yaml("priority: 10", "priority: -1").says("invalid u32 at line 11, column 11");
    yaml("priority: 10", "priority: 10\npriority: 11").says("E0219");
    yaml("role_arn: qcs", "role_arn: x").says("expected a role such as");
    sign("http://h", "CreateJob").input("{\"priority\": 1,\n}").fails(2).says("line 2 column 1");
    sign("http://h", "CreateJob").input("<CreateJobRequest/>").fails(2).says("E0219");
    sign("http://h", "CreateJob").input(b"\xff".as_slice()).fails(2).says("not UTF-8 at byte 0");
    sign("http://h", "CreateJob").input("a: \"\u{1b}[31m").fails(2);
    sign("http://h", "DescribeJob ../x").fails(2).says("expected a job id");
    sign("http://h", "ListJobs --status bogus").fails(2).says("expected one of Active");
    let reason = "r".repeat(257);
    let long = sign("http://h", &format!("UpdateJobStatus a Ready --reason {reason}"));
    long.fails(2).says("error[E0202 bad-parameter]");
    cosbatch("sign ListJobs").fails(3).says("E0301");
    cosbatch("sign ListJobs --local").fails(2).says("the local service ends with this command");
}

#[test]
fn what_is_encoded_is_what_was_decoded() {
    let xml = cosbatch("encode CreateJob").input(JOB).stdout();
    assert!(xml.starts_with("<CreateJobRequest><ClientRequestToken>184ce261"), "{xml}");
    for form in ["json", "yaml"] {
        let decoded =
            cosbatch(&format!("decode CreateJob --request -o {form}")).input(xml.as_str());
        assert_eq!(cosbatch("encode CreateJob").input(decoded.stdout()).stdout(), xml);
    }
    assert_eq!(cosbatch("encode CreateJob").input(xml.as_str()).stdout(), xml);
    for (call, reply) in [
        ("CreateJob --reply", "<CreateJobResult><JobId>a</JobId></CreateJobResult>\n"),
        (
            "UpdateJobPriority",
            "<UpdateJobPriorityResult><JobId>a</JobId><Priority>9</Priority></UpdateJobPriorityResult>\n",
        ),
    ] {
        let name = call.split(' ').next().expect("a name");
        let json = cosbatch(&format!("decode {name}")).input(reply).stdout();
        assert_eq!(cosbatch(&format!("encode {call}")).input(json).stdout(), reply);
    }
    assert_snapshot!(cosbatch("encode ListJobs").input("jobs: []").stdout(), @"<ListJobsResult><Jobs></Jobs><NextToken></NextToken></ListJobsResult>");
    cosbatch("encode DeleteJob").input("null").fails(2).says("E0212");
    cosbatch("encode DescribeJob").input("{\"job\": {}}").fails(2).says("missing field");
    cosbatch("encode UpdateJobStatus")
        .input("job_id: a\nstatus: Ready\nreason: x\n")
        .fails(2)
        .says("no field reason");
}
