//! A peer that says anything: no command hangs, is content with what is no answer, or hands on what
//! steers a terminal

use std::time::Duration;

use cos_batch_testkit::peer::{Peer, Script};

use crate::support::{Cosbatch, SECRET_ID, SECRET_KEY, TOKEN, answer, cosbatch, one_by_one};

const DESCRIBED: &str = "<DescribeJobResult><Job><CreationTime>2019-12-19T18:00:30Z</CreationTime>\
    <JobId>53dc6228</JobId><Operation><COSDeleteObject/></Operation><Priority>10</Priority>\
    <Status>Suspended</Status></Job></DescribeJobResult>";

/// What steers a terminal, as far as XML may hold it and as it may not.
const STEERS: &str = "\u{1b}[2J\u{9b}31m\u{202e}\u{7}";

/// Everything but an answer; and would DeleteJob, which has no body, be content with it?
fn scripts() -> Vec<(&'static str, Script, bool)> {
    let error = format!("<Error><Code>X{STEERS}</Code><Message>{STEERS}</Message></Error>");
    let legal = "<Error><Code>X\u{9b}\u{202e}</Code><Message>\u{9b}\u{202e}</Message></Error>";
    let html = format!("<html>{STEERS}</html>");
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n";
    vec![
        ("closed", Script::new(), false),
        ("closed after the request", Script::new().request(), false),
        ("reset", Script::new().request().reset(), false),
        ("another protocol", Script::new().request().write(format!("SSH-2.0{STEERS}\r\n")), false),
        ("NULs", Script::new().request().write(vec![0; 4096]), false),
        ("half a head", Script::new().request().write("HTTP/1.1 200 O"), false),
        ("half a body", Script::new().request().write(format!("{head}<DescribeJob")), false),
        ("silence", Script::new().request().pause(Peer::LONGEST), false),
        (
            "a body without end",
            Script::new().request().write(head).repeat("<", 9000, Duration::from_millis(5)),
            false,
        ),
        (
            "a head without end",
            Script::new().request().write("HTTP/1.1 200 OK\r\n").repeat(
                "x-a: b\r\n",
                100_000,
                Duration::ZERO,
            ),
            false,
        ),
        ("a page of a proxy", answer("502 Bad Gateway", &html), false),
        ("a page under 200", answer("200 OK", &html), false),
        ("a redirect", answer("301 Moved\r\nLocation: /jobs", ""), false),
        ("an error that steers", answer("400 Bad Request", error), false),
        ("an error that steers by legal characters", answer("403 Forbidden", legal), false),
        ("an error under 200", answer("200 OK", legal), false),
        ("nothing", answer("200 OK", ""), true),
        ("another root", answer("200 OK", "<Other\u{9b}>x</Other\u{9b}>"), true),
        ("cut XML", answer("200 OK", &DESCRIBED[..DESCRIBED.len() - 30]), true),
        ("bytes", answer("200 OK", [0xff, 0xfe, 0x1b, b'[', b'2', b'J']), true),
        ("gzip", answer("200 OK\r\nContent-Encoding: gzip", [0x1f, 0x8b, 8, 0, 0, 0]), true),
    ]
}

fn at(peer: &Peer, arguments: &str) -> Cosbatch {
    within("--retries 1 --timeout 200ms --deadline 1s", peer, arguments)
}

fn within(patience: &str, peer: &Peer, arguments: &str) -> Cosbatch {
    let endpoint = format!("http://{}", peer.address());
    cosbatch(&format!("{arguments} {patience} --endpoint {endpoint} --app-id 1250000000"))
        .credentials(SECRET_ID, SECRET_KEY)
        .env("TENCENTCLOUD_TOKEN", TOKEN)
}

const CREATE: &str = "create --template delete --manifest qcs::cos:ap-chengdu::src-1250000000/m \
    --etag e --priority 1 --role-arn qcs::cam::uin/1:roleName/R -y";

const RESUME: &str = "create --template delete --manifest qcs::cos:ap-chengdu::src-1250000000/m \
    --etag e --priority 1 --role-arn qcs::cam::uin/1:roleName/R -y --wait --resume t";

#[test]
fn no_command_takes_it_for_an_answer() {
    for (name, script, _) in scripts() {
        for command in [
            "list",
            "list -o json --sort created",
            "list --count",
            "list -vv --log-format json",
            "describe 53dc6228",
            "describe 53dc6228 --raw",
            "describe 53dc6228 --failures -o json",
            "priority 1 53dc6228",
            "confirm 53dc6228 -y",
            "cancel --all-matching --status Active -y",
            "delete 53dc6228 -y -o jsonl",
            CREATE,
            RESUME,
            "wait 53dc6228 --interval 10ms",
            "watch --interval 10ms",
            "watch 53dc6228 --interval 10ms -o table",
        ] {
            let peer = one_by_one(vec![script.clone(); 40]);
            // That it ends, and what it shows, is looked at in every run.
            let ran = at(&peer, command).run();
            let is_failure = ran.code.is_some_and(|code| (4..=10).contains(&code));
            assert!(is_failure && !ran.stderr.is_empty(), "{name}: {command}: {ran:#?}");
        }
    }
}

#[test]
fn a_change_is_not_said_to_be_made_that_nobody_confirmed() {
    for (name, script, is_deletion) in scripts() {
        for command in [
            "confirm 53dc6228 -y",
            "cancel 53dc6228 -y",
            "priority 7 53dc6228",
            "delete 53dc6228 -y",
        ] {
            if is_deletion && command.starts_with("delete") {
                continue;
            }
            let described = answer("200 OK", DESCRIBED);
            let peer = one_by_one([vec![described], vec![script.clone(); 40]].concat());
            let ran = at(&peer, command).run();
            let is_failure = ran.code.is_some_and(|code| (4..=10).contains(&code));
            assert!(is_failure && !ran.stdout.contains("\tdone\t"), "{name}: {command}: {ran:#?}");
        }
    }
}

/// A job whose texts would steer a terminal.
fn steering(root: &str) -> String {
    let job = DESCRIBED
        .replace("Suspended", "Hiber\u{202e}nating")
        .replace("<COSDeleteObject/>", "<COSDelete>\u{9b}\u{202e}</COSDelete>")
        .replace(
            "</Job>",
            "<Description>zu\u{9b}sammen\u{202e}</Description><FailureReasons><JobFailure>\
             <FailureCode>F\u{9b}</FailureCode></JobFailure></FailureReasons></Job>",
        );
    match root {
        "list" => {
            let job = job.replace("<COSDelete>\u{9b}\u{202e}</COSDelete>", "COS\u{202e}Delete");
            let job = job.replace("DescribeJobResult", "ListJobsResult");
            let job = job.replace("<Job>", "<Jobs><member>").replace("</Job>", "</member></Jobs>");
            job.replace(
                "</ListJobsResult>",
                "<NextToken>T\u{9b}\u{202e}</NextToken></ListJobsResult>",
            )
        }
        _ => job,
    }
}

#[test]
fn what_is_said_of_a_job_steers_nothing_wherever_it_is_said() {
    for command in [
        "describe 53dc6228",
        "describe 53dc6228 --failures",
        "list --one-page",
        "list --one-page --sort status",
        "list --one-page --columns status,operation,description",
        "cancel 53dc6228 -y --if-status Active",
        "wait 53dc6228 --max-polls 1",
        "watch 53dc6228 --interval 50ms",
    ] {
        let answered = steering(if command.starts_with("list") { "list" } else { "describe" });
        for form in ["table", "json", "jsonl", "csv", "tsv", "yaml", "xml", "id"] {
            let peer = one_by_one(vec![answer("200 OK", &answered); 200]);
            let shows = command.starts_with("describe") || command.starts_with("list");
            // What it shows is looked at in every run.
            let command = format!("{command} -o {form} -vv");
            let ran = match shows {
                true => within("--timeout 20s", &peer, &command).run(),
                false => at(&peer, &command).run(),
            };
            let has_form = !ran.stderr.contains("no-such-form");
            assert!(!ran.stderr.contains("malformed"), "the job is one: {command} {ran:#?}");
            if shows && has_form && form != "id" {
                assert!(
                    ran.stdout.to_lowercase().contains("9b"),
                    "it is shown, and escaped: {form} {ran:#?}"
                );
            }
        }
    }
}

#[test]
fn a_doctor_is_told_by_no_peer_that_all_is_well() {
    for (name, script, _) in scripts() {
        let ends = !matches!(name, "silence" | "a body without end");
        if ends {
            let peer = one_by_one(vec![script; 4]);
            let ran = at(&peer, "config doctor").run();
            assert_eq!(ran.code, Some(1), "{name}: {ran:#?}");
            assert!(ran.stdout.contains("call\terror\t"), "{name}: {ran:#?}");
        }
    }
}
