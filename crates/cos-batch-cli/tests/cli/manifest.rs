//! `cosbatch manifest`: keys become manifests, and what is wrong with one is found

use std::fs;
use std::io::Write;
use std::thread;

use insta::assert_snapshot;
use serde_json::Value;

use crate::support::{Cosbatch, cosbatch, peak};

fn make(arguments: &str, keys: impl Into<Vec<u8>>) -> Cosbatch {
    cosbatch(&format!("manifest make --bucket src-1250000000 {arguments}")).input(keys)
}

fn check(arguments: &str, manifest: impl Into<Vec<u8>>) -> Cosbatch {
    cosbatch(&format!("manifest check {arguments}")).input(manifest)
}

#[test]
fn keys_become_a_manifest() {
    let keys = "a b.txt\r\n logs/x\n中,\"\n+%\nlast";
    assert_snapshot!(make("", keys).stdout(), @"
    src-1250000000,a%20b.txt
    src-1250000000,%20logs/x
    src-1250000000,%E4%B8%AD%2C%22
    src-1250000000,%2B%25
    src-1250000000,last
    ");
    assert_snapshot!(make("--keys as-written --fields Ignore,Key,Bucket,VersionId", keys).stdout(), @r#"
    ,a b.txt,src-1250000000,
    ," logs/x",src-1250000000,
    ,"中,""",src-1250000000,
    ,+%,src-1250000000,
    ,last,src-1250000000,
    "#);
    assert_eq!(make("", "").stdout(), "");
    assert_eq!(make("-0", "a\nb\0c\r\0").stdout(), "src-1250000000,a%0Ab\nsrc-1250000000,c%0D\n");
}

#[test]
fn what_is_no_key_is_named_with_its_line() {
    make("", "a\n\nb\n").fails(2).says("error[E0213 bad-row]: stdin:2: Key: expected a text that");
    make("", b"a\nb\xff\n").fails(2).says("stdin:2: the key is not UTF-8 at byte 1");
    let long = "k".repeat(64 * 1024);
    assert_eq!(make("", long.as_str()).stdout().len(), long.len() + 16);
    assert_eq!(make("", long.clone() + "\r\n").stdout().len(), long.len() + 16);
    make("", long.clone() + "k").fails(2).says("stdin:1: the key is longer than 65536 bytes");
    make("", long.repeat(100)).fails(2).says("stdin:1: the key is longer");
    for bucket in ["src", "src-", "-125", "src-12a", "a/b-1"] {
        let run = cosbatch(&format!("manifest make --bucket={bucket}"));
        run.fails(2).says("expected a bucket with its APPID, such as name-1250000000");
    }
    make("no/such/file", "").fails(2).says("error[E0203 no-input]: no/such/file cannot be read");
}

#[test]
fn everything_odd_is_found() {
    let manifest =
        b"\xef\xbb\xbfBucket,Key\nb-1, k\r\nb-2,k\n\"b-1\"x,k\n\nb-1,k\nb-1,%ff\nb-1,\nb-1,k,v\n\
        b-1,%20a\nb-1,a%20\nb-1,%1B[31m\nb-1,\xe2\x80\xae\n\"b-1,\n\"b-1,unclosed\n"
            .as_slice();
    let ran = check("-o table", manifest).run();
    assert_eq!(ran.code, Some(1));
    assert_snapshot!(ran.stdout, @r#"
    stdin:1: warning[M0111 byte-order-mark]: the file begins with a byte order mark: the service may take it for a part of the first field
    stdin:1: error[M0115 header]: the first row names the columns: the service takes it for an object
    stdin:2: warning[M0112 carriage-return]: the row ends with a carriage return, and perhaps others do: the service may take it for a part of the last field
    stdin:2: warning[M0113 space-around-field]: there is space around a field, and perhaps around others: the service may take it for a part of the field
    stdin:3: error[M0108 bucket-differs]: the bucket is b-2, and that of the first row b-1
    stdin:4: error[M0101 malformed-row]: expected a comma or the row's end behind a closing quote in row 4 at byte 33
    stdin:7: error[M0107 not-utf-8]: Key is not UTF-8 in row 6 at byte 48
    stdin:8: error[M0103 empty-field]: Key is empty in row 7 at byte 56
    stdin:9: error[M0102 field-count]: expected 2 fields, found 3 in row 8 at byte 57
    stdin:10: warning[M0104 leading-space]: key begins with a space: " a"
    stdin:11: warning[M0105 trailing-space]: key ends with a space: "a "
    stdin:12: warning[M0106 control-character]: key holds a control character: "\u{1b}[31m"
    stdin:13: warning[M0106 control-character]: key holds a control character: "\u{202e}"
    stdin:14: error[M0101 malformed-row]: expected a comma or the row's end behind a closing quote in row 13 at byte 110
    stdin:6: warning[M0110 duplicate]: line 2 names the same object
    "#);
    assert_snapshot!(ran.stderr, @"13 rows, several buckets, 1 duplicate, 7 errors, 8 warnings");
    let json: Value = serde_json::from_str(&check("-o json", manifest).run().stdout).expect("JSON");
    assert_eq!(json[0]["code"], "M0111");
    assert_eq!((&json[2]["line"], &json[2]["severity"]), (&2.into(), &"warning".into()));
    let codes = "--allow M0101,M0102,M0103,M0107,M0108,M0115";
    let ran = check(&format!("-o tsv {codes}"), manifest).run();
    assert_eq!((ran.code, ran.stdout.contains("M0110")), (Some(0), true), "{ran:#?}");
}

#[test]
fn a_good_manifest_is_good() {
    let keys: String = (0..1000).map(|nth| format!("k{nth}\n")).collect();
    let made = make("", keys).stdout();
    let ran = check("-o table", made).run();
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""));
    assert_eq!(ran.stderr, "1,000 rows, 1 bucket, 0 duplicates, 0 warnings\n");
    let versions = "b-1,k,v1\nb-1,k,v2\nb-1,k,\n";
    let ran = check("-o table --fields Bucket,Key,VersionId", versions).run();
    assert_snapshot!(ran.stdout, @"stdin:3: warning[M0109 mixed-versions]: there is no version id, and the first row has one");
    let ran = check("-o table", "").run();
    assert_eq!(ran.code, Some(1));
    assert_snapshot!(ran.stdout, @"stdin: error[M0116 no-rows]: the manifest names no object");
    let ran = check("-o table", "b_1,k\nb_1,l\n").run();
    assert_snapshot!(ran.stdout, @r#"stdin:1: error[M0114 bucket-name]: expected a bucket with its APPID, found "b_1""#);
}

#[test]
fn so_many_findings_are_shown_and_all_are_counted() {
    let rows = "b-1,k\n".repeat(50) + &"b-1\n".repeat(30);
    let ran = check("-o table --max-errors 3", rows.as_str()).run();
    assert_eq!(ran.stdout.lines().count(), 3, "{ran:#?}");
    assert_eq!(
        ran.stderr,
        "76 more are not shown; --max-errors shows more\n\
         80 rows, 1 bucket, 49 duplicates, 30 errors, 49 warnings\n"
    );
    let ran = check("-o tsv --max-errors 32", rows).run();
    let last: Vec<_> = ran.stdout.lines().skip(30).collect();
    assert!(last[0].contains("\t2\twarning\tM0110") && last[1].contains("\t3\twarning\tM0110"));
}

#[test]
fn huge_and_hostile_manifests_end() {
    let huge = "b-1,".to_owned() + &"k".repeat(3_000_000) + "\nb-1,k\n";
    check("-o tsv", huge).fails_with(1, "M0101");
    let quote = "b-1,k\nb-1,\"".to_owned() + &"k\n".repeat(100_000);
    check("-o tsv", quote).fails_with(1, "M0101");
    check("-o tsv", vec![0; 100_000]).fails_with(1, "M0101");
    check("-o tsv", b"\xff\xfeb\0-\x001\0,\0k\0\n\0".as_slice()).fails_with(1, "M01");
}

#[test]
fn a_manifest_is_split_into_whole_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("m.csv");
    fs::write(&path, "b-1, k1\r\nb-1,k2\nb-1,k3\nb-1,k4\nb-1,k5\n").expect("a file");
    let prefix = folder.path().join("part-").display().to_string();
    let split = |rows: &str, more: &str| {
        cosbatch(&format!("manifest split --rows {rows} --prefix {prefix} {more}")).arg(&path)
    };
    let stdout = split("2", "-o tsv").stdout().replace(&prefix, "");
    assert_eq!(stdout, "0001.csv\t2\t14\n0002.csv\t2\t14\n0003.csv\t1\t7\n");
    let part = |name: &str| fs::read_to_string(format!("{prefix}{name}.csv")).expect("a part");
    assert_eq!([part("0001"), part("0003")], ["b-1,k1\nb-1,k2\n", "b-1,k5\n"]);
    split("3", "").fails(2).says("error[E0214 no-output]").says("part-0001.csv cannot be written");
    assert_eq!(part("0001"), "b-1,k1\nb-1,k2\n");
    assert_eq!(split("5", "--force -o id").stdout().lines().count(), 1);
    assert_eq!(part("0001").lines().count(), 5);
    fs::write(&path, "b-1,k\nb-1\n").expect("a file");
    split("1", "--force").fails(2).says("m.csv: expected 2 fields, found 1 in row 2 at byte 6");
    assert_eq!(fs::read_dir(folder.path()).expect("it").count(), 4, "nothing half-written stays");
}

/// How much memory a check takes, however many rows there are. `MANIFEST_ROWS` is another number.
#[test]
#[cfg(target_os = "linux")]
fn memory_stays_as_it_is_however_many_rows_there_are() {
    const MOST: u64 = 32;
    let rows = std::env::var("MANIFEST_ROWS").map_or(1_000_000, |it| it.parse().expect("a number"));
    let mut child = check("-o tsv", "").spawn();
    let mut stdin = child.stdin.take().expect("a pipe");
    let feed = thread::spawn(move || {
        let mut buffer = Vec::new();
        for nth in 0_u64..rows {
            writeln!(buffer, "src-1250000000,logs/2026/11/22/{:x}.gz", nth * 0x9e37_79b9)
                .expect("it");
            if buffer.len() > 60_000 || nth + 1 == rows {
                stdin.write_all(&buffer).expect("it is read");
                buffer.clear();
            }
        }
    });
    let (code, peak) = peak(&mut child);
    feed.join().expect("it was read");
    assert_eq!(code, Some(0));
    println!("{rows} rows: {peak} KiB at the peak");
    assert!((1024..MOST * 1024).contains(&peak), "{peak} KiB");
}
