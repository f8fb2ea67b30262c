//! Manifests of both formats, good and bad

use std::io::Write as _;

use cos_batch::{JobOperation, Manifest, ManifestField, ManifestLocation, OperationName};
use flate2::Compression;
use flate2::write::GzEncoder;
use md5::{Digest as _, Md5};

use super::world::{DST, SRC, World, copy, job, now, object_arn, run};
use crate::buckets::hex;
use crate::work::{Checkpoint, Outcome, Work};

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn md5(content: impl AsRef<[u8]>) -> String {
    hex(&Md5::digest(content))
}

/// An inventory of files of rows, beside the key of its manifest; `change` sees the whole text.
fn inventory(
    world: World,
    files: &[&str],
    change: impl Fn(String) -> String,
) -> (World, Manifest<'static>) {
    let mut world = world;
    let mut listed = Vec::new();
    for (nth, rows) in files.iter().enumerate() {
        let bytes = gzip(rows);
        let key = format!("inv/1250000000/src/daily/{nth}.csv.gz");
        listed.push(format!(
            r#"{{ "key": "{key}", "size": "{}", "md5Checksum": "{}" }}"#,
            bytes.len(),
            md5(&bytes)
        ));
        world = world.put(&format!("{SRC}/{key}"), bytes);
    }
    let text = change(format!(
        r#"{{
            "sourceAppid": "1250000000", "sourceBucket": "src",
            "destinationAppid": "1250000000", "destinationBucket": "src",
            "fileFormat": "CSV", "listObjectCount": "3", "listStorageSize": "10",
            "filterObjectCount": "3", "filterStorageSize": "10",
            "fileSchema": "Appid, Bucket, Key, Size, LastModifiedDate, ETag, StorageClass, IsMultipartUploaded, ReplicationStatus",
            "files": [{}]
        }}"#,
        listed.join(",")
    ));
    let key = "inv/1250000000/src/daily/20190511/manifest.json";
    let location = ManifestLocation::new(object_arn(SRC, key), md5(&text));
    (world.put(&format!("{SRC}/{key}"), text), Manifest::inventory(location))
}

const ROWS: [&str; 3] = [
    "\"1250000000\",\"src\",\"a%20b.txt\",\"1\",\"2019-05-11T00:00:00Z\",\"e\",\"Standard\",\"false\",\"\"\n",
    "",
    "1250000000,src-1250000000,c/%E4%B8%AD,1,,,,,\r\n1250000000,src,d,1,,,,,",
];

fn objects() -> World {
    World::new()
        .put(&format!("{SRC}/a b.txt"), "1")
        .put(&format!("{SRC}/c/中"), "2")
        .put(&format!("{SRC}/d"), "3")
}

#[test]
fn an_inventory_is_read_file_by_file() {
    for most in [1, 2, 1000] {
        let (world, manifest) = inventory(objects(), &ROWS, |text| text);
        let job = job(copy(|_| {}), manifest);
        let checkpoint = run(&world.open(), &job, most).unwrap();
        assert_eq!((checkpoint.succeeded, checkpoint.failed), (3, 0));
        assert_eq!(
            world.report(&job),
            ["a%20b.txt,,succeeded,,200,", "c/%E4%B8%AD,,succeeded,,200,", "d,,succeeded,,200,"]
        );
        assert_eq!(world.read(&format!("{DST}/c/中")).as_deref(), Some("2"));
    }
}

#[test]
fn an_inventory_is_read_on_after_each_restart() {
    let (world, manifest) = inventory(objects(), &ROWS, |text| text);
    let job = job(copy(|_| {}), manifest);
    let mut from = Checkpoint::default();
    for key in ["a b.txt", "c/中", "d"] {
        assert!(!world.path(&format!("{DST}/{key}")).exists());
        let work = Work::Tasks { job: Box::new(job.clone()), from, most: 1 };
        let Outcome::Ran { checkpoint } = world.open().run(&work, now()) else {
            panic!("a task runs")
        };
        assert!(world.path(&format!("{DST}/{key}")).exists());
        from = checkpoint;
    }
    assert_eq!((from.succeeded, from.failed), (3, 0));
}

#[test]
fn an_inventory_of_several_gzip_members_is_read_to_its_end() {
    let (world, manifest) = inventory(objects(), &["x"], |text| text);
    let bytes = [gzip(ROWS[0]), gzip(ROWS[2])].concat();
    let text =
        world.read(&format!("{SRC}/inv/1250000000/src/daily/20190511/manifest.json")).unwrap();
    let text = text.replace(&md5(gzip("x")), &md5(&bytes));
    let mut manifest = manifest;
    manifest.location.etag = md5(&text).into();
    let world = world
        .put(&format!("{SRC}/inv/1250000000/src/daily/20190511/manifest.json"), text)
        .put(&format!("{SRC}/inv/1250000000/src/daily/0.csv.gz"), bytes);
    assert_eq!(run(&world.open(), &job(copy(|_| {}), manifest), 1).unwrap().succeeded, 3);
}

#[test]
fn an_inventory_that_is_wrong_fails_the_job() {
    let refused = |files: &[&str], change: &dyn Fn(String) -> String, code: &str, why: &str| {
        let (world, manifest) = inventory(objects(), files, change);
        let (found, reason) = run(&world.open(), &job(copy(|_| {}), manifest), 1000).unwrap_err();
        assert_eq!((&*found, reason.contains(why)), (code, true), "{reason}");
        assert_eq!(world.read(&format!("{DST}/d")), None, "no task ran");
    };
    refused(
        &ROWS,
        &|text| text.replace("files", "file"),
        "ManifestMalformed",
        "manifest.json: missing field `files`",
    );
    refused(
        &ROWS,
        &|text| text.replace("CSV", "ORC"),
        "ManifestMalformed",
        "fileFormat is ORC, expected CSV",
    );
    refused(
        &ROWS,
        &|text| text.replace("Key", "Name"),
        "ManifestMalformed",
        "fileSchema: expected Bucket and Key once each",
    );
    refused(&ROWS, &|text| text.replace("1.csv.gz", "9.csv.gz"), "ManifestNotFound", "NoSuchKey");
    refused(
        &ROWS,
        &|text| text.replace("inv/1250000000/src/daily/1.csv.gz", "../1.csv.gz"),
        "ManifestNotReadable",
        "InvalidArgument",
    );
    refused(
        &ROWS,
        &|text| text.replace("\"destinationBucket\": \"src\"", "\"destinationBucket\": \"none\""),
        "ManifestNotFound",
        "NoSuchBucket",
    );
    let first = md5(gzip(ROWS[0]));
    refused(
        &ROWS,
        &|text| text.replace(&first, &md5("")),
        "ManifestChecksumMismatch",
        &format!("0.csv.gz is {first}, expected"),
    );
    refused(
        &[ROWS[0], "a,b\n"],
        &|text| text,
        "ManifestMalformed",
        "1.csv.gz: expected 9 fields, found 2 in row 1 at byte 0",
    );

    // A file that is not gzip, and one that is cut.
    for bytes in [b"1250000000,src,d,1,,,,,\n".to_vec(), gzip(ROWS[2])[..30].to_vec()] {
        let key = "inv/1250000000/src/daily/0.csv.gz";
        let (world, manifest) =
            inventory(objects(), &["x"], |text| text.replace(&md5(gzip("x")), &md5(&bytes)));
        let world = world.put(&format!("{SRC}/{key}"), bytes);
        let (code, reason) = run(&world.open(), &job(copy(|_| {}), manifest), 1000).unwrap_err();
        assert_eq!(code, "ManifestNotReadable", "{reason}");
    }
}

#[test]
fn the_etag_is_compared_without_its_quotes() {
    let world = World::new().put(&format!("{SRC}/a"), "x");
    let job = world.job(&format!("{SRC},a,\n"), copy(|_| {}));
    let etag = job.manifest.as_ref().unwrap().location.etag.clone();
    for (etag, right) in [
        (etag.to_string(), true),
        (format!("\"{etag}\""), true),
        (etag.to_uppercase(), true),
        (format!("\"{etag}"), false),
        (md5("else"), false),
    ] {
        let mut job = job.clone();
        job.manifest.as_mut().unwrap().location.etag = etag.into();
        let outcome = run(&world.open(), &job, 1000);
        if right {
            outcome.unwrap();
        } else {
            assert_eq!(outcome.unwrap_err().0, "ManifestETagMismatch");
        }
    }
}

#[test]
fn an_etag_that_is_kept_counts() {
    let world = World::new()
        .put(&format!("{SRC}/a"), "x")
        .sidecar("manifest.csv", r#"{ "etag": "\"abc-2\"" }"#);
    let mut job = world.job(&format!("{SRC},a,\n"), copy(|_| {}));
    assert_eq!(run(&world.open(), &job, 1).unwrap_err().0, "ManifestETagMismatch");
    job.manifest.as_mut().unwrap().location.etag = "abc-2".into();
    run(&world.open(), &job, 1).unwrap();
}

#[test]
fn columns_are_those_of_the_job() {
    use ManifestField::{Bucket, Ignore, Key};
    let world = World::new().put(&format!("{SRC}/a"), "x");
    let mut job = world.job(&format!("1, a ,{SRC}\r\n"), copy(|_| {}));
    job.manifest.as_mut().unwrap().spec.fields = vec![Ignore, Key, Bucket];
    assert_eq!(run(&world.open(), &job, 1).unwrap().succeeded, 1);
    job.manifest.as_mut().unwrap().spec.fields = vec![Ignore, Key];
    let (code, reason) = run(&world.open(), &job, 1).unwrap_err();
    assert_eq!(code, "ManifestMalformed");
    assert!(reason.starts_with("Fields: expected Bucket and Key once each"), "{reason}");
}

#[test]
fn a_manifest_that_cannot_be_used_fails_the_job_before_any_task_runs() {
    let world = World::new().put(&format!("{SRC}/a"), "x");
    let good = world.job(&format!("{SRC},a,\n"), copy(|_| {}));
    let refused = |change: &dyn Fn(&mut cos_batch::Job<'static>), code: &str, why: &str| {
        let mut job = good.clone();
        change(&mut job);
        let (found, reason) = run(&world.open(), &job, 1000).unwrap_err();
        assert_eq!((&*found, reason.contains(why)), (code, true), "{reason}");
        assert_eq!(world.read(&format!("{DST}/a")), None);
    };
    fn location<'j>(job: &'j mut cos_batch::Job<'static>) -> &'j mut ManifestLocation<'static> {
        &mut job.manifest.as_mut().unwrap().location
    }
    refused(&|job| job.manifest = None, "ManifestNotFound", "names no manifest");
    refused(
        &|job| location(job).object_arn = object_arn(SRC, "none"),
        "ManifestNotFound",
        "NoSuchKey",
    );
    refused(
        &|job| location(job).object_arn = object_arn("none-1", "m"),
        "ManifestNotFound",
        "NoSuchBucket",
    );
    refused(
        &|job| location(job).object_arn = object_arn(SRC, "../x"),
        "ManifestNotReadable",
        "InvalidArgument",
    );
    refused(
        &|job| location(job).object_version_id = Some("v1".into()),
        "ManifestNotFound",
        "NoSuchVersion",
    );
    refused(
        &|job| job.manifest.as_mut().unwrap().spec.format = "Parquet".parse().unwrap(),
        "ManifestMalformed",
        "the format Parquet is not known",
    );
    let other = "<COSDoSomething/>".to_owned();
    refused(
        &|job| job.operation = JobOperation::Other(other.clone().try_into().unwrap()),
        "OperationUnknown",
        "COSDoSomething is no operation",
    );
    assert!("COSDoSomething".parse::<OperationName>().is_ok());
    for (rows, why) in [
        (format!("{SRC},a,\n{SRC}\n"), "expected 3 fields, found 1 in row 2 at byte 18"),
        (format!("{SRC},a,\n{SRC},\"a,\n"), "a quote is opened and never closed in row 2"),
        (format!("{SRC},%ff,\n"), "Key is not UTF-8 in row 1"),
        (format!("{SRC},,\n"), "Key is empty in row 1"),
    ] {
        let job = world.job(&rows, copy(|_| {}));
        let (code, reason) = run(&world.open(), &job, 1000).unwrap_err();
        assert_eq!((&*code, reason.contains(why)), ("ManifestMalformed", true), "{reason}");
    }
}

#[test]
fn a_manifest_without_rows_has_no_tasks() {
    let world = World::new();
    for rows in ["", "\n\r\n  \n"] {
        let job = Box::new(world.job(rows, copy(|_| {})));
        let outcome = world.open().run(&Work::Prepare { job }, now());
        assert_eq!(outcome, Outcome::Prepared { tasks: 0 });
    }
}

#[test]
fn a_manifest_may_delete_itself() {
    let world = World::new().put(&format!("{SRC}/a"), "x");
    let job = world.job(&format!("{SRC},manifest.csv,\n{SRC},a,\n"), JobOperation::DeleteObject);
    assert_eq!(run(&world.open(), &job, 1).unwrap().succeeded, 2);
}

#[test]
fn a_manifest_that_changed_since_is_noticed_when_it_is_opened_again() {
    let world = World::new().put(&format!("{SRC}/a"), "x");
    let job = world.job(&format!("{SRC},a,\n{SRC},b,\n"), copy(|_| {}));
    let work = |from| Work::Tasks { job: Box::new(job.clone()), from, most: 1 };
    let Outcome::Ran { checkpoint } = world.open().run(&work(Checkpoint::default()), now()) else {
        panic!("a task runs");
    };
    world.job(&format!("{SRC},a,\n{SRC},c,\n"), copy(|_| {}));
    let Outcome::Failed(failure) = world.open().run(&work(checkpoint), now()) else {
        panic!("the manifest is another");
    };
    assert_eq!(failure.failure_code.as_deref(), Some("ManifestETagMismatch"));
}
