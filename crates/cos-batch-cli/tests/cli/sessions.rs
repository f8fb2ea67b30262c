//! Every command and every exit code, as an operator or a script meets them: `tests/sessions`

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use crate::replay::{self, Session, Step};
use crate::support::cosbatch;

/// Those that are told at length, and have a test of their own.
const LONG: [&str; 3] = ["attention", "restore", "proxy"];

#[track_caller]
fn replayed(sessions: impl IntoIterator<Item = Session>) {
    let differences: Vec<_> =
        sessions.into_iter().filter_map(|session| session.replay().err()).collect();
    assert!(differences.is_empty(), "{}", differences.concat());
}

#[track_caller]
fn told(name: &str) {
    let sessions: Vec<_> = replay::all().into_iter().filter(|it| it.name() == name).collect();
    assert_eq!(sessions.len(), 1, "{name}");
    replayed(sessions);
}

#[test]
fn what_needs_attention_is_looked_at_and_confirmed() {
    told("attention");
}

#[test]
fn objects_are_restored_and_those_that_failed_tried_again() {
    told("restore");
}

#[test]
fn a_proxy_in_between_is_noticed_by_whoever_reads_the_reply() {
    if !Command::new("curl").arg("--version").output().is_ok_and(|it| it.status.success()) {
        eprintln!("curl is not here: the session of a proxy is NOT replayed");
        return;
    }
    told("proxy");
}

#[test]
fn the_others_too() {
    replayed(replay::all().into_iter().filter(|it| !LONG.contains(&it.name())));
}

/// The commands that have none below them, as the pages for man name them.
fn commands() -> BTreeSet<String> {
    let folder = tempfile::tempdir().expect("a folder");
    cosbatch("man").arg(folder.path()).stdout();
    let pages = fs::read_dir(folder.path()).expect("pages");
    let name = |page: std::io::Result<fs::DirEntry>| {
        let name = page.expect("a page").file_name().into_string().expect("a name");
        name.strip_suffix(".1").expect("a page of section 1").replace('-', " ")
    };
    let names: BTreeSet<_> = pages.map(name).collect();
    let is_leaf = |name: &&String| !names.iter().any(|it| it.starts_with(&format!("{name} ")));
    names.iter().filter(is_leaf).cloned().collect()
}

fn steps() -> Vec<Step> {
    replay::all().into_iter().flat_map(|session| session.steps).collect()
}

#[test]
fn every_command_has_a_session() {
    let (commands, steps) = (commands(), steps());
    assert!(commands.contains("cosbatch manifest check") && commands.len() > 24, "{commands:?}");
    // One that does what it is for, whatever the answer is.
    let shows = |command: &&String| {
        steps.iter().any(|step| {
            step.code() < 2 && format!("{} ", step.typed).contains(&format!("{command} "))
        })
    };
    let without: Vec<_> = commands.iter().filter(|command| !shows(command)).collect();
    assert!(without.is_empty(), "no session has {without:?}");
}

#[test]
fn every_exit_code_has_a_session() {
    let seen: BTreeSet<_> = steps().iter().map(Step::code).collect();
    let source = include_str!("../../src/exit.rs");
    let code = |line: &str| line.trim().strip_suffix(',')?.split_once(" = ")?.1.parse().ok();
    let codes: BTreeSet<u8> = source.lines().filter_map(code).collect();
    assert!(codes.is_superset(&[0, 10, 130, 143].into()), "{codes:?}");
    assert_eq!(seen, codes);
}
