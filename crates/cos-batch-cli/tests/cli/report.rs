//! `cosbatch report`: counted, listed, tried again, compared

use std::fs;

use insta::assert_snapshot;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Cosbatch, cosbatch};

const OLD: &str = "b-1,a,,succeeded,,200,
b-1,b%20c,v1,failed,AccessDenied,403,\"Access, denied\"
b-1,d,,failed,AccessDenied,403,x
b-1,e,,failed,NoSuchKey,404,
b-1,f,,skipped,,,
";

const NEW: &str = "b-1,b%20c,v1,succeeded,,200,
b-1,d,,failed,404,NoSuchKey,x
b-1,e,,failed,NoSuchKey,404,
b-1,z,,failed,NoSuchKey,404,
b-1,f,,failed,,,
";

fn report(arguments: &str, input: &str) -> Cosbatch {
    cosbatch(&format!("report {arguments}")).input(input)
}

/// A folder with reports.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    folder
}

#[test]
fn failures_are_drawn_by_code() {
    let ran = report("show -o table", OLD).env("COLUMNS", "100").run();
    assert_eq!(ran.code, Some(1));
    assert_snapshot!(ran.stdout, @r"
    STATUS     CODE          HTTP  TASKS  SHARE                    EXAMPLE
    succeeded  -             200       1  20.0%                    a
    failed     AccessDenied  403       2  40.0%  ████████████████  b c
    failed     NoSuchKey     404       1  20.0%  ████████          e
    skipped    -             -         1  20.0%  ████████          f
    ");
    assert_eq!(ran.stderr, "4 of 5 tasks failed\n");
    assert_snapshot!(report("show -o table", OLD).env("COLUMNS", "50").run().stdout, @r"
    STATUS     CODE          HTTP  TASKS  SHARE
    succeeded  -             200       1  20.0%
    failed     AccessDenied  403       2  40.0%
    failed     NoSuchKey     404       1  20.0%
    skipped    -             -         1  20.0%
    ");
    let json: Value =
        serde_json::from_str(&report("show -o json", OLD).run().stdout).expect("JSON");
    assert_eq!(json[1]["error_code"], "AccessDenied");
    assert_eq!((&json[1]["count"], &json[1]["share"]), (&2.into(), &0.4.into()));
    assert_eq!(json[1]["example"], "b c");
    let good = report("show -o tsv", "b-1,a,,succeeded,,200,\n").run();
    assert_eq!((good.code, good.stdout.as_str()), (Some(0), "succeeded\t\t200\t1\t1.000000\ta\n"));
    assert_eq!(report("show -o table", "").stdout(), "");
}

#[test]
fn no_more_kinds_than_anybody_looks_at() {
    let rows: String = (0..1000).map(|nth| format!("b-1,k,,failed,E{nth:04},500,\n")).collect();
    let stdout = report("show -o tsv", &rows).run().stdout;
    assert_eq!(stdout.lines().count(), 257);
    assert!(stdout.starts_with("(others)\t\t\t744\t"), "{stdout}");
}

#[test]
fn what_failed_is_listed() {
    assert_snapshot!(report("failed -o table", OLD).stdout(), @r"
    b-1/b c (v1)  AccessDenied 403: Access, denied
    b-1/d  AccessDenied 403: x
    b-1/e  NoSuchKey 404
    b-1/f  skipped
    ");
    assert_eq!(
        report("failed -o tsv --columns key,error_code --code NoSuchKey", OLD).stdout(),
        "e\tNoSuchKey\n"
    );
    let line = report("failed -o jsonl --code NoSuchKey", OLD).stdout();
    assert_eq!(serde_json::from_str::<Value>(&line).expect("JSON")["http_status_code"], 404);
}

#[test]
fn what_failed_becomes_a_manifest() {
    let ran = report("retry --fields Bucket,Key,VersionId", OLD).run();
    assert_eq!(ran.stdout, "b-1,b%20c,v1\nb-1,d,\nb-1,e,\nb-1,f,\n");
    assert_eq!(ran.stderr, "4 rows with the columns Bucket,Key,VersionId\n");
    assert_eq!(report("retry --code NoSuchKey -q", OLD).stdout(), "b-1,e\n");
    let ran = report("retry", OLD).fails(2);
    ran.says(
        "error[E0213 bad-row]: a task cannot be tried again: VersionId: expected no version id",
    );
    let made = report("retry --fields Bucket,Key,VersionId", OLD).stdout();
    let checked = cosbatch("manifest check --fields Bucket,Key,VersionId").input(made).run();
    assert_eq!(checked.code, Some(0), "{checked:#?}");
}

#[test]
fn two_reports_are_compared() {
    let files = folder(&[("old.csv", OLD), ("new.csv", NEW)]);
    let diff = |old: &str, new: &str, more: &str| {
        let [old, new] = [old, new].map(|name| files.path().join(name));
        cosbatch(&format!("report diff {more}")).arg(old).arg(new).run()
    };
    let ran = diff("old.csv", "new.csv", "-o table");
    assert_eq!(ran.code, Some(1));
    assert_snapshot!(ran.stdout, @r"
    CHANGE   OLD                      NEW                   BUCKET  KEY  VERSION
    gone     succeeded 200            -                     b-1     a    -
    fixed    failed AccessDenied 403  succeeded 200         b-1     b c  v1
    changed  failed AccessDenied 403  failed NoSuchKey 404  b-1     d    -
    added    -                        failed NoSuchKey 404  b-1     z    -
    changed  skipped                  failed                b-1     f    -
    ");
    assert_eq!(ran.stderr, "1 fixed, 2 changed, 1 added, 1 gone\n");
    let back = diff("new.csv", "old.csv", "-o tsv");
    assert!(back.stdout.contains("broken\tsucceeded 200\tfailed AccessDenied 403\tb-1\tb c\tv1\n"));
    let same = diff("old.csv", "old.csv", "-o table");
    assert_eq!(
        (same.code, same.stdout.as_str(), same.stderr.as_str()),
        (Some(0), "", "no difference\n")
    );
    let some = diff("old.csv", "new.csv", "-o table --max 2");
    assert_eq!(some.stdout.lines().count(), 3);
    assert!(some.stderr.starts_with("3 more are not shown; --max shows more\n1 fixed, 2 changed"));
}

#[test]
fn a_report_may_be_a_folder() {
    let results = folder(&[
        ("old/1.csv", &OLD[..23]),
        ("old/2.csv", &OLD[23..]),
        ("old/manifest.json", "{}"),
        ("new.csv", NEW),
        ("empty/x", ""),
    ]);
    let path = |name: &str| results.path().join(name);
    let shown = cosbatch("report show -o tsv").arg(path("old")).run();
    assert_eq!(shown.stdout, report("show -o tsv", OLD).run().stdout);
    let diff = cosbatch("report diff").arg(path("old")).arg(path("new.csv")).run();
    assert_eq!(diff.stdout.lines().count(), 5);
    cosbatch("report show").arg(path("empty")).fails(2).says("has no CSV file");
}

#[test]
fn a_bad_row_is_told_with_its_place() {
    for (rows, why) in [
        ("b-1,a,,succeeded\n", "stdin: expected 7 fields, found 4 in row 1 at byte 0"),
        ("b-1,a,,,,,\n", "stdin: TaskStatus is empty in row 1 at byte 7"),
        ("b-1,a,,failed,X,40\u{1b},\n", "stdin: HTTPStatusCode: expected an HTTP status"),
    ] {
        for command in ["show", "failed", "retry"] {
            report(command, rows).fails(2).says("error[E0213 bad-row]: ").says(why);
        }
    }
    let row = "b-1,%1b[31m\u{202e},,failed,\u{9b}31m,,\u{1b}]0;x\u{7}\n";
    for form in ["table", "json", "csv", "tsv", "yaml"] {
        report(&format!("show -o {form}"), row).run();
        report(&format!("failed -o {form}"), row).stdout();
    }
}
