//! On a terminal: questions are asked, bars are shown, nothing steers

#![cfg(unix)]

use std::io::{Read, Write};
use std::thread;

use cos_batch::JobStatus;
use cos_batch_emulator::{Emulator, Settings};
use pty_process::Size;
use pty_process::blocking::{Command, open};

use crate::stage::Stage;
use crate::support::{SECRET_ID, SECRET_KEY, TOKEN, answer, end, one_by_one};

/// What a run at a terminal of 120 columns shows, and its exit code.
fn at_terminal(address: &str, arguments: &str, typed: &str) -> (String, Option<i32>) {
    with_pager("/nonexistent/pager", address, arguments, typed)
}

/// The same where the environment names a pager.
fn with_pager(pager: &str, address: &str, arguments: &str, typed: &str) -> (String, Option<i32>) {
    let (mut terminal, side) = open().expect("a terminal");
    terminal.resize(Size::new(30, 120)).expect("a size");
    let command = Command::new(env!("CARGO_BIN_EXE_cosbatch"))
        .env_clear()
        .env("TERM", "xterm")
        .env("HOME", "/nonexistent")
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("COSBATCH_PAGER", pager)
        .env("COSBATCH_ENDPOINT", format!("http://{address}"))
        .env("COSBATCH_APP_ID", "1250000000")
        .env("COSBATCH_REGION", "ap-chengdu")
        .env("TENCENTCLOUD_SECRET_ID", SECRET_ID)
        .env("TENCENTCLOUD_SECRET_KEY", SECRET_KEY)
        .env("TENCENTCLOUD_TOKEN", TOKEN)
        .args(arguments.split_whitespace());
    let mut child = command.spawn(side).expect("the binary starts");
    terminal.write_all(typed.as_bytes()).expect("it is typed");
    let screen = thread::spawn(move || {
        let mut screen = Vec::new();
        let mut chunk = [0; 4096];
        // The end of a terminal is an error.
        while let Ok(length @ 1..) = terminal.read(&mut chunk) {
            screen.extend_from_slice(&chunk[..length]);
        }
        String::from_utf8_lossy(&screen).into_owned()
    });
    let code = end(&mut child);
    let screen = screen.join().expect("the reader ends");
    assert!(!screen.contains(SECRET_KEY) && !screen.contains(TOKEN), "{screen}");
    (screen, code)
}

fn at(stage: &Stage, arguments: &str, typed: &str) -> (String, Option<i32>) {
    at_terminal(&stage.emulator.address().to_string(), arguments, typed)
}

#[test]
fn it_is_asked_whether_to_do_it() {
    let stage = Stage::still();
    let id = stage.id(JobStatus::Suspended);
    for no in ["n\n", "\n", "what\n", "\u{4}"] {
        let (screen, code) = at(&stage, &format!("confirm {id}"), no);
        assert_eq!(code, Some(1), "{screen}");
        assert!(screen.contains(&format!("  {id}\r\nconfirm this job? [y/N] ")), "{screen}");
        assert!(screen.contains("nothing was done"), "{screen}");
        assert_eq!(stage.status(&id), Some(JobStatus::Suspended));
    }
    let (screen, code) = at(&stage, &format!("confirm {id}"), "y\n");
    assert_eq!(code, Some(0), "{screen}");
    assert!(screen.contains(&format!("{id}  Suspended -> Ready")), "{screen}");

    let create = "create --template delete --manifest cos://src-1250000000/m.csv --etag e \
        --priority 1 --role-arn qcs::cam::uin/1:roleName/R";
    let (screen, code) = at(&stage, create, "n\n");
    assert_eq!(code, Some(1), "{screen}");
    let question = "COSDeleteObject of what cos://src-1250000000/m.csv lists? [y/N] ";
    assert!(screen.contains(question), "{screen}");
    assert_eq!(stage.jobs().len(), 48);
    let (screen, code) = at(&stage, create, "yes\n");
    assert_eq!((code, stage.jobs().len()), (Some(0), 49), "{screen}");
}

#[test]
fn a_watch_draws_bars_and_ends_with_a_table() {
    let mut settings = Settings::default();
    settings.imagined.tasks = 100..=100;
    settings.imagined.failed_of_1000 = 0..=0;
    let clock = "x50".parse().expect("a clock");
    let stage = Stage::of(Emulator::builder().clock(clock).jobs([]).settings(settings));
    let job = "create --template delete --manifest qcs::cos:ap-chengdu::src-1250000000/m.csv \
        --etag e --priority 1 --role-arn qcs::cam::uin/1:roleName/R -y";
    let id = stage.cosbatch(job).stdout().trim().to_owned();
    let (screen, code) = at(&stage, &format!("watch {id} --interval 20ms"), "");
    assert_eq!(code, Some(0), "{screen}");
    assert!(screen.contains(&format!("{id}  [")), "{screen}");
    assert!(screen.contains("Complete") && screen.contains("100.0%"), "{screen}");
    let table = screen.rsplit("JOB ID").next().expect("a table");
    assert!(table.contains(&id) && table.contains("100/100"), "{screen}");
    for quiet in ["--no-progress", "-q"] {
        let (screen, _) = at(&stage, &format!("watch {id} {quiet}"), "");
        assert!(!screen.contains(&format!("{id}  [")), "{screen}");
    }
}

#[test]
fn raw_steers_no_terminal() {
    let described = "<DescribeJobResult><Job><CreationTime>2019-12-19T18:00:30Z</CreationTime>\
        <Description>\u{9b}31m\u{202e}</Description>\
        <JobId>53dc6228</JobId><Operation><COSDeleteObject/></Operation><Priority>10</Priority>\
        <Status>Active</Status></Job></DescribeJobResult>";
    let peer = one_by_one([answer("200 OK", described)]);
    let (screen, code) = at_terminal(&peer.address().to_string(), "describe 53dc6228 --raw", "");
    assert_eq!(code, Some(0), "{screen}");
    assert!(screen.contains("<Description>&#x9b;31m&#x202e;</Description>"), "{screen:?}");
    assert!(!screen.contains(['\u{9b}', '\u{202e}']), "{screen:?}");
}

#[test]
fn a_pager_shows_all_of_it_in_order() {
    let stage = Stage::still();
    let address = stage.emulator.address().to_string();
    let marked = "sed s/^/|/";
    let (screen, code) = with_pager(marked, &address, "list --status attention --pager", "");
    assert_eq!(code, Some(0), "{screen}");
    let lines: Vec<_> = screen.lines().collect();
    assert!(lines[0].contains("JOB ID"), "{screen}");
    assert!(lines.iter().all(|line| line.starts_with('|')), "{screen}");
    assert_eq!(lines.last(), Some(&"|12 jobs need attention (of 48, 1 page)"), "{screen}");
    let (screen, code) = with_pager(marked, &address, "describe nobody --pager --color never", "");
    assert_eq!(code, Some(5), "{screen}");
    assert!(screen.starts_with("|error[E0501 no-such-job]: "), "{screen}");

    // It was not asked for, or somebody is asked something.
    let (screen, _) = with_pager(marked, &address, "list --limit 1", "");
    assert!(!screen.contains('|'), "{screen}");
    let id = stage.id(JobStatus::Suspended);
    let (screen, code) = with_pager(marked, &address, &format!("confirm {id} --pager"), "y\n");
    assert!(code == Some(0) && !screen.contains('|'), "{screen}");
}

#[test]
fn a_pager_is_waited_for_and_may_end_when_it_likes() {
    let folder = tempfile::tempdir().expect("a folder");
    let (script, done) = (folder.path().join("script"), folder.path().join("done"));
    let text = format!("cat > /dev/null; sleep 0.3; echo > {}", done.display());
    std::fs::write(&script, text).expect("a script");
    let pager = format!("sh {}", script.display());
    let (screen, code) = with_pager(&pager, "127.0.0.1:1", "schema --pager", "");
    assert_eq!((code, done.exists()), (Some(0), true), "{screen}");

    let stage = Stage::still();
    let address = stage.emulator.address().to_string();
    let (screen, code) = with_pager("true", &address, "list --page-size 1 --pager -o jsonl", "");
    assert_eq!((code, &*screen), (Some(0), ""), "whoever ends it has seen enough");
    let (screen, code) =
        with_pager("/nonexistent/pager", &address, "list --limit 1 --pager --color never", "");
    assert_eq!(code, Some(0), "{screen}");
    assert!(screen.starts_with("warning[W0201 no-pager]: "), "{screen}");
    assert!(screen.contains("JOB ID"), "{screen}");
}
