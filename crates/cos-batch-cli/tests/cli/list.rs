//! Listings that go well

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use crate::support::{Ran, always, answer, cosbatch, end, job, list_at, one_by_one, page, peak};

#[track_caller]
fn good(arguments: &str) -> Ran {
    let ran = cosbatch(arguments).run();
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    ran
}

fn ids(arguments: &str) -> Vec<String> {
    let stdout = good(&format!("list --local -o id {arguments}")).stdout;
    stdout.lines().map(str::to_owned).collect()
}

#[test]
fn a_pipe_gets_every_job_once_as_a_line_of_values() {
    let ran = good("list --local");
    assert_eq!(ran.stderr, "");
    let rows: Vec<Vec<_>> = ran.stdout.lines().map(|line| line.split('\t').collect()).collect();
    assert!(rows.iter().all(|row| row.len() == 10), "{}", ran.stdout);
    let column = |index: usize| rows.iter().map(|row| row[index]).collect::<BTreeSet<_>>();
    assert_eq!((rows.len(), column(0).len()), (48, 48), "no header, no repetition");
    assert_eq!(column(1).len(), 13, "every status");
    assert_eq!(
        column(3).into_iter().collect::<Vec<_>>(),
        ["COSDeleteObject", "COSInitiateRestoreObject", "COSPutObjectCopy", "COSPutObjectTagging"]
    );
    for time in rows.iter().flat_map(|row| [row[7], row[8]]).filter(|time| time.contains('T')) {
        assert!(time.len() == 20 && time.ends_with('Z'), "{time}");
    }
    assert!(column(9).contains("跨地域复制：成都 → 广州 & 北京"), "{}", ran.stdout);
}

#[test]
fn a_pipe_needs_no_pager() {
    let run = cosbatch("list --local --limit 1 --pager").env("COSBATCH_PAGER", "/nonexistent");
    let ran = run.run();
    assert_eq!((ran.code, ran.stdout.lines().count(), &*ran.stderr), (Some(0), 1, ""));
}

#[test]
fn every_format_has_the_same_jobs() {
    let expected = ids("");
    assert_eq!(expected.len(), 48);
    let of_json = |jobs: &[Value]| {
        let id = |job: &Value| job["job_id"].as_str().expect("an id").to_owned();
        jobs.iter().map(id).collect::<Vec<_>>()
    };

    let json = good("list --local -o json");
    assert_eq!(json.stderr, "");
    let json: Vec<Value> = serde_json::from_str(&json.stdout).expect("an array");
    assert_eq!(of_json(&json), expected);
    let fields: Vec<_> = json[0].as_object().expect("an object").keys().collect();
    assert_eq!(
        fields,
        [
            "creation_time",
            "description",
            "job_id",
            "operation",
            "priority",
            "progress_summary",
            "status",
            "termination_date"
        ]
    );

    let jsonl = good("list --local -o jsonl").stdout;
    let jsonl: Vec<Value> =
        jsonl.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    assert_eq!(of_json(&jsonl), expected);

    let tsv = good("list --local -o tsv").stdout;
    assert!(tsv.lines().zip(&expected).all(|(line, id)| line.starts_with(id.as_str())));

    let table = good("list --local -o table").stdout;
    let rows: Vec<_> = table.lines().skip(1).collect();
    assert_eq!(rows.len(), 48);
    assert!(rows.iter().zip(&expected).all(|(row, id)| row.starts_with(id.as_str())));
}

#[test]
fn a_table_fits_the_terminal_and_cuts_no_id() {
    let ids = ids("");
    for (width, header) in [
        // A priority of ten digits leaves no room for the priorities.
        (80, "JOB ID STATUS PROGRESS AGE"),
        (120, "JOB ID STATUS PRI OPERATION PROGRESS AGE"),
        (200, "JOB ID STATUS PRI OPERATION PROGRESS AGE DESCRIPTION"),
    ] {
        let ran = cosbatch("list --local -o table").env("COLUMNS", width.to_string()).run();
        assert_eq!(ran.stderr, "48 jobs in 4 pages\n");
        let lines: Vec<_> = ran.stdout.lines().collect();
        assert_eq!(lines[0].split_whitespace().collect::<Vec<_>>().join(" "), header);
        assert_eq!(lines.len(), 49);
        for line in &lines {
            assert!(line.width() <= width, "{} of {width}: {line}", line.width());
            assert_eq!(line.trim_end(), *line);
        }
        assert!(lines[1..].iter().zip(&ids).all(|(line, id)| line.starts_with(id.as_str())));
        let ages = lines[0].find("AGE").expect("a column") + "AGE".len();
        assert!(lines[1..].iter().all(|line| line.is_char_boundary(ages)), "columns are aligned");
    }
}

#[test]
fn a_table_says_how_many_failed_however_narrow_it_is() {
    for (width, progress) in [(80, "100.0% 1 failed"), (125, "10/10 (100.0%, 1 failed)")] {
        let peer = always(1, "200 OK", page(&["a2f09dab-b45c-4316-8b33-1645445bcd27"], ""));
        let ran = list_at(&peer, "-o table").env("COLUMNS", width.to_string()).run();
        assert!(ran.stdout.contains(progress), "{}", ran.stdout);
        assert_eq!(ran.stderr, "1 job in 1 page\n");
    }
}

#[test]
fn a_terminal_too_narrow_for_an_id_gets_whole_ids() {
    let ids = ids("");
    let table = cosbatch("list --local -o table").env("COLUMNS", "10").stdout();
    assert!(table.lines().skip(1).zip(&ids).all(|(line, id)| line.starts_with(id.as_str())));
}

#[test]
fn pages_are_as_large_as_they_are_asked_to_be() {
    for (size, pages) in [(1, "48 pages"), (7, "7 pages"), (47, "2 pages"), (1000, "1 page")] {
        let ran = good(&format!("list --local -o table --page-size {size}"));
        assert_eq!(ran.stderr, format!("48 jobs in {pages}\n"));
        assert_eq!(ran.stdout.lines().count(), 49);
    }
}

#[test]
fn a_limit_is_kept_and_said() {
    let all = ids("");
    for limit in [1, 2, 15, 16, 47, 48, 49, 1000] {
        assert_eq!(ids(&format!("--limit {limit}")), all[..limit.min(48)]);
    }
    for (limit, summary) in [
        (1, "1 job in 1 page, and there are more\n"),
        (15, "15 jobs in 1 page, and there are more\n"),
        (16, "16 jobs in 2 pages, and there are more\n"),
        (48, "48 jobs in 4 pages\n"),
        (1000, "48 jobs in 4 pages\n"),
    ] {
        assert_eq!(good(&format!("list --local -o table --limit {limit}")).stderr, summary);
    }
}

#[test]
fn statuses_are_joined_and_repeated() {
    let statuses = |arguments: &str| {
        let stdout = good(&format!("list --local {arguments}")).stdout;
        let status = |line: &str| line.split('\t').nth(1).expect("a status").to_owned();
        let all: Vec<_> = stdout.lines().map(status).collect();
        (all.len(), all.into_iter().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>())
    };
    let (active, names) = statuses("--status Active");
    assert_eq!(names, ["Active"]);
    let (ready, names) = statuses("--status Ready");
    assert_eq!(names, ["Ready"]);
    let (failed, names) = statuses("--status Failed");
    assert_eq!(names, ["Failed"]);
    let (three, names) = statuses("--status Active,Ready --status Failed");
    assert_eq!(names, ["Active", "Failed", "Ready"]);
    assert_eq!(three, active + ready + failed);
}

#[test]
fn a_listing_goes_on_from_a_token() {
    let all = ids("");
    assert_eq!(ids(&format!("--starting-token {}", all[19])), all[20..]);
}

#[test]
fn no_job_is_an_answer_too() {
    for (format, stdout, stderr) in [
        ("table", "", "0 jobs in 1 page\n"),
        ("json", "[]\n", ""),
        ("jsonl", "", ""),
        ("tsv", "", ""),
        ("id", "", ""),
    ] {
        let peer = always(1, "200 OK", page(&[], ""));
        let ran = list_at(&peer, &format!("-o {format}")).run();
        assert_eq!((ran.code, &*ran.stdout, &*ran.stderr), (Some(0), stdout, stderr));
    }
}

#[test]
fn what_would_steer_a_terminal_is_escaped_in_every_format() {
    let hostile = "a\u{9b}31m\u{202e}b\u{7f}\tc";
    let jobs = job("a2f09dab-b45c-4316-8b33-1645445bcd27", hostile);
    let page = format!("<ListJobsResult><Jobs>{jobs}</Jobs></ListJobsResult>");
    for format in ["table", "json", "jsonl", "tsv", "id"] {
        // That nothing steers is checked of every run.
        let peer = always(1, "200 OK", &page);
        let stdout = list_at(&peer, &format!("-o {format}")).env("COLUMNS", "200").stdout();
        if format == "jsonl" {
            let job: Value = serde_json::from_str(&stdout).expect("an object");
            assert_eq!(job["description"], hostile, "it is the same text all the same");
        }
        if format == "tsv" {
            assert!(stdout.ends_with("\ta\\u{9b}31m\\u{202e}b\\u{7f}\\tc\n"), "{stdout}");
        }
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    for format in ["table", "json", "jsonl", "tsv", "id"] {
        let mut child = cosbatch(&format!("list --local -o {format}")).spawn();
        drop(child.stdout.take());
        let mut stderr = String::new();
        child.stderr.take().expect("a pipe").read_to_string(&mut stderr).expect("it is read");
        assert_eq!((end(&mut child), &*stderr), (Some(0), ""), "{format}");
    }
    let script = r#"{ "$0" list --local -o jsonl; echo "exit $?" >&2; } | head -n 1"#;
    let output = Command::new("sh").args(["-c", script, env!("CARGO_BIN_EXE_cosbatch")]).output();
    let output = output.expect("a shell");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "exit 0\n");
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 1);
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_a_failure() {
    for format in ["table", "json", "jsonl", "tsv", "id"] {
        let script = format!(r#""$0" list --local -o {format} > /dev/full"#);
        let run = Command::new("sh").args(["-c", &script, env!("CARGO_BIN_EXE_cosbatch")]).output();
        let output = run.expect("a shell");
        assert_eq!(output.status.code(), Some(7), "{format}");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(stderr.contains("the output cannot be written"), "{stderr}");
    }
}

#[test]
fn it_does_not_wait_for_the_local_service_to_let_go() {
    let once = |_| {
        let start = Instant::now();
        good("list --local");
        start.elapsed()
    };
    // The best of some: the machine may be busy with other tests.
    let least = (0..3).map(once).min().expect("three");
    assert!(least < Duration::from_millis(500), "{least:?}");
}

#[test]
fn the_environment_does_not_mislead_the_local_service() {
    let run = cosbatch("list --local --limit 1")
        .env("COSBATCH_ENDPOINT", "http://127.0.0.1:1")
        .env("COSBATCH_UIN", "not a number")
        .env("HTTP_PROXY", "http://127.0.0.1:1")
        .env("ALL_PROXY", "http://127.0.0.1:1");
    assert_eq!(run.stdout().lines().count(), 1);
}

/// The memory that a listing of so many pages of 1000 jobs takes, in KiB.
#[cfg(target_os = "linux")]
fn peak_of(pages: u32) -> u64 {
    let scripts = (0..pages).map(|nth| {
        let ids: Vec<_> = (0..1000).map(|n| format!("{nth:08x}-0000-4000-8000-{n:012x}")).collect();
        let ids: Vec<_> = ids.iter().map(String::as_str).collect();
        let next = if nth + 1 < pages { ids[999] } else { "" };
        answer("200 OK", page(&ids, next))
    });
    let peer = one_by_one(scripts);
    let mut child = list_at(&peer, "-o jsonl").spawn();
    let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    let lines = thread::spawn(|| stdout.lines().count());
    let (code, peak) = peak(&mut child);
    let lines = lines.join().expect("it was read");
    assert_eq!((code, lines), (Some(0), pages as usize * 1000));
    peak
}

#[test]
#[cfg(target_os = "linux")]
fn memory_stays_as_it_is_however_many_jobs_there_are() {
    let [few, many] = [3, 30].map(peak_of);
    println!("3,000 jobs: {few} KiB at the peak; 30,000 jobs: {many} KiB");
    // 27,000 jobs that are kept take 30 MiB.
    assert!(few > 1024 && many < few + 8 * 1024, "{few} KiB, then {many} KiB");
}
