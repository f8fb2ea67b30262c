//! Keys, links and files that try to lead out of the folder

use std::fs;
use std::os::unix::fs::{FileTypeExt as _, symlink};

use cos_batch::JobOperation;

use super::world::{DST, SRC, World, copy, restore, tag};
use crate::buckets::Buckets;

/// A world beside which there is a secret.
fn world() -> World {
    let world = World::new()
        .put("outside/secret", "secret")
        .put(&format!("{SRC}/good"), "good")
        .put("more-1/good", "good");
    fs::rename(world.path("outside"), world.path("..").join(outside(&world))).unwrap();
    world
}

/// The folder beside the world's, named after it so that no two tests share one.
fn outside(world: &World) -> String {
    let root = world.path("");
    format!("{}-outside", root.file_name().unwrap().to_str().unwrap())
}

struct Outside<'w>(&'w World);

impl Outside<'_> {
    fn path(&self) -> std::path::PathBuf {
        self.0.path("..").join(outside(self.0))
    }
}

impl Drop for Outside<'_> {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(self.path());
    }
}

fn operations() -> [JobOperation<'static>; 4] {
    let tagged = tag(|tagging| tagging.tag_set = vec![cos_batch::Tag::new("k", "v")]);
    [copy(|_| {}), JobOperation::DeleteObject, tagged, restore("1")]
}

/// Does each operation on one object of `SRC`; each fails with this code, and outside all is as it
/// was.
fn refused(prepare: impl Fn(&World, &Outside<'_>), row: &str, code: &str) {
    for operation in operations() {
        let world = world();
        let outside = Outside(&world);
        prepare(&world, &outside);
        let report = world.run(&format!("{row}\n"), operation.clone());
        assert_eq!(report.len(), 1);
        let code = format!(",failed,{code},");
        assert!(report[0].contains(&code), "{row:?} {}: {report:?}, not {code}", operation.name());
        assert_eq!(fs::read_to_string(outside.path().join("secret")).unwrap(), "secret");
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1, "something new is outside");
    }
}

#[test]
fn keys_lead_nowhere_else() {
    let long = format!("{SRC},{}", "k".repeat(256));
    let deep = format!("{SRC},{}", "k/".repeat(600));
    for (row, code) in [
        (&*format!("{SRC},..,"), "InvalidArgument"),
        (&format!("{SRC},../{SRC}/good,"), "InvalidArgument"),
        (&format!("{SRC},a/../../secret,"), "InvalidArgument"),
        (&format!("{SRC},%2e%2e%2fsecret,"), "InvalidArgument"),
        (&format!("{SRC},/etc/passwd,"), "InvalidArgument"),
        (&format!("{SRC},%2Fetc%2Fpasswd,"), "InvalidArgument"),
        (&format!("{SRC},a%00b,"), "InvalidArgument"),
        (&format!("{long},"), "KeyTooLong"),
        (&format!("{deep},"), "KeyTooLong"),
        (&format!("{SRC},folder,"), "KeyConflict"),
    ] {
        refused(
            |world, _| fs::create_dir(world.path(&format!("{SRC}/folder"))).unwrap(),
            row,
            code,
        );
    }
}

#[test]
fn buckets_lead_nowhere_else() {
    for bucket in [
        "..",
        ".cosbatch",
        ".",
        "/",
        "none-1",
        "../src-1250000000",
        "a/b-1",
        "src",
        "-1",
        ".a-1",
        "b-1",
    ] {
        refused(
            |world, _| fs::write(world.path("b-1"), "a file").unwrap(),
            &format!("{bucket},good,"),
            "NoSuchBucket",
        );
    }
}

#[test]
fn links_are_not_followed() {
    let linked = |path: &'static str, to: &'static str, row: &str| {
        refused(
            |world, outside| {
                let path = world.path(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                symlink(outside.path().join(to), path).unwrap();
            },
            row,
            "AccessDenied",
        );
    };
    // An object, a folder on the way to it, a bucket.
    linked("src-1250000000/link", "secret", "src-1250000000,link,");
    linked("src-1250000000/link", "", "src-1250000000,link/secret,");
    linked("src-1250000000/link", "not-there", "src-1250000000,link,");
    linked("link-1", "", "link-1,secret,");
    // A sidecar, a folder on the way to it, what is kept of a bucket, its settings.
    linked(".cosbatch/more-1/objects/good.json", "secret", "more-1,good,");
    linked(".cosbatch/more-1/objects/a", "", "more-1,a/secret,");
    linked(".cosbatch/more-1/objects", "", "more-1,good,");
    linked(".cosbatch/more-1", "", "more-1,good,");
    linked(".cosbatch/more-1/bucket.json", "secret", "more-1,good,");
}

#[test]
fn a_link_within_the_bucket_is_none_the_better() {
    refused(
        |world, _| symlink("good", world.path(&format!("{SRC}/link"))).unwrap(),
        &format!("{SRC},link,"),
        "AccessDenied",
    );
}

#[test]
fn what_is_no_file_is_no_object_and_waits_for_nobody() {
    refused(
        |world, _| {
            let pipe = world.path(&format!("{SRC}/pipe"));
            let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
            assert!(made.success() && fs::metadata(pipe).unwrap().file_type().is_fifo());
        },
        &format!("{SRC},pipe,"),
        "AccessDenied",
    );
    refused(
        |world, _| {
            std::os::unix::net::UnixListener::bind(world.path(&format!("{SRC}/socket"))).unwrap();
        },
        &format!("{SRC},socket,"),
        "AccessDenied",
    );
}

#[test]
fn copies_go_nowhere_else() {
    for (prefix, code) in [
        ("../", "InvalidArgument"),
        ("/tmp/", "InvalidArgument"),
        ("link/", "AccessDenied"),
        ("file/", "KeyConflict"),
        ("folder", "KeyConflict"),
    ] {
        let world =
            world().put(&format!("{DST}/file"), "f").put(&format!("{DST}/foldergood/a"), "f");
        let outside = Outside(&world);
        symlink(outside.path(), world.path(&format!("{DST}/link"))).unwrap();
        let operation = copy(|copy| {
            copy.prefix_replace = Some(true);
            copy.target_key_prefix = Some(prefix.into());
        });
        let report = world.run(&format!("{SRC},good,\n"), operation);
        assert!(report[0].contains(&format!(",failed,{code},")), "{prefix} {report:?}");
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
    }
}

#[test]
fn a_report_goes_nowhere_else() {
    for (prefix, why) in [
        ("../reports", "InvalidArgument: the key has a part that is '..'"),
        ("/reports", "InvalidArgument: the key begins with a slash"),
        ("link", "AccessDenied: a link is on the way"),
    ] {
        let world = world();
        let outside = Outside(&world);
        symlink(outside.path(), world.path(&format!("{DST}/link"))).unwrap();
        let mut job = world.job(&format!("{SRC},good,\n"), copy(|_| {}));
        job.report.as_mut().unwrap().prefix = Some(prefix.into());
        let (code, reason) = super::world::run(&world.open(), &job, 1).unwrap_err();
        assert_eq!(code, "ReportNotWritable");
        assert!(reason.contains(why), "{reason}");
        assert_eq!(world.read(&format!("{DST}/good")), None, "no task ran");
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
    }
}

#[test]
fn sidecars_are_not_trusted() {
    for (sidecar, why) in [
        ("{", "the object's sidecar: EOF while parsing"),
        (r#"{ "tag": {} }"#, "the object's sidecar: unknown field `tag`"),
        (
            r#"{ "older": [{ "version_id": "../../../outside" }] }"#,
            "the object's sidecar: expected a version id",
        ),
    ] {
        let world = World::new().put(&format!("{SRC}/a"), "x").sidecar("a", sidecar);
        let report = world.run(&format!("{SRC},a,\n"), copy(|_| {}));
        assert!(report[0].contains("InternalError,500,") && report[0].contains(why), "{report:?}");
    }
    let world = World::new().put(&format!("{SRC}/a"), "x").sidecar("a", &" ".repeat(2 << 20));
    let report = world.run(&format!("{SRC},a,\n"), copy(|_| {}));
    assert_eq!(report, ["a,,failed,InternalError,500,the file is larger than 1048576 bytes"]);
}

#[test]
fn one_service_works_in_a_folder_at_a_time() {
    let world = World::new();
    let first = world.open();
    let error = Buckets::open(world.path("")).unwrap_err();
    assert_eq!(error.to_string(), "another service works in this folder");
    drop(first);
    world.open();

    let world = World::new();
    symlink("/nowhere", world.path(".cosbatch")).unwrap();
    let error = Buckets::open(world.path("")).unwrap_err();
    assert!(
        error.to_string().starts_with("the folder .cosbatch cannot be used: a link"),
        "{error}"
    );
    assert!(Buckets::open(world.path("none")).is_err());
}
