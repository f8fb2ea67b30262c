//! Copies: content, keys, attributes, conditions

use std::fs;
use std::time::SystemTime;

use cos_batch::time::{Duration, OffsetDateTime};
use cos_batch::{
    CannedAccessControlList, Directive, Grant, Grantee, Permission, Tag, UserMetadata,
};
use serde_json::{Value, json};

use super::world::{DST, SRC, World, copy, now};

fn modified(world: &World, path: &str) -> OffsetDateTime {
    fs::metadata(world.path(path)).unwrap().modified().unwrap().into()
}

/// What is kept of `a.txt` in `DST`; `null` where nothing is.
fn copied(world: &World) -> Value {
    let text = world.read(&format!(".cosbatch/{DST}/objects/a.txt.json"));
    text.map_or(Value::Null, |text| serde_json::from_str(&text).unwrap())
}

const ATTRIBUTES: &str = r#"{
    "headers": { "Content-Type": "text/plain", "x-cos-meta-color": "red" },
    "tags": { "team": "logs" },
    "acl": "public-read",
    "grants": [{
        "grantee": { "identifier": "qcs::cam::uin/1:uin/2", "type_identifier": "ID" },
        "permission": "READ"
    }]
}"#;

#[test]
fn a_copy_has_the_content_and_the_time_of_the_copying() {
    let world =
        World::new().put(&format!("{SRC}/a/b.txt"), "hello").put(&format!("{DST}/a/b.txt"), "old");
    let report = world.run(&format!("{SRC},a/b.txt,\n{SRC},none,\n"), copy(|_| {}));
    assert_eq!(
        report,
        ["a/b.txt,,succeeded,,200,", "none,,failed,NoSuchKey,404,there is no such object"]
    );
    assert_eq!(world.read(&format!("{DST}/a/b.txt")).as_deref(), Some("hello"));
    assert_eq!(world.read(&format!("{SRC}/a/b.txt")).as_deref(), Some("hello"));
    assert_eq!(modified(&world, &format!("{DST}/a/b.txt")), now());
    assert_eq!(world.read(&format!(".cosbatch/{DST}/objects/a/b.txt.json")), None);
}

#[test]
fn prefixes_are_added_replaced_and_taken_off() {
    for (old, new, key) in [
        ("", "new/", "new/pic/a.jpg"),
        ("pic", "abc", "abc/a.jpg"),
        ("pic/", "", "a.jpg"),
        ("", "", "pic/a.jpg"),
    ] {
        let world = World::new().put(&format!("{SRC}/pic/a.jpg"), "x");
        let operation = copy(|copy| {
            copy.prefix_replace = Some(true);
            copy.resources_prefix = Some(old.into());
            copy.target_key_prefix = Some(new.into());
        });
        assert_eq!(
            world.run(&format!("{SRC},pic/a.jpg,\n"), operation),
            ["pic/a.jpg,,succeeded,,200,"]
        );
        assert_eq!(world.read(&format!("{DST}/{key}")).as_deref(), Some("x"));
    }
    let world = World::new().put(&format!("{SRC}/a"), "x");
    let operation = |new: &'static str| {
        copy(move |copy| {
            copy.prefix_replace = Some(true);
            copy.resources_prefix = Some(if new.is_empty() { "a" } else { "b" }.into());
            copy.target_key_prefix = Some(new.into());
        })
    };
    let rows = format!("{SRC},a,\n");
    let message = "the key does not begin with ResourcesPrefix";
    assert_eq!(
        world.run(&rows, operation("c")),
        [format!("a,,failed,InvalidArgument,400,{message}")]
    );
    let world = World::new().put(&format!("{SRC}/a"), "x");
    let message = "the key is empty: it cannot be a file here";
    assert_eq!(
        world.run(&rows, operation("")),
        [format!("a,,failed,InvalidArgument,400,{message}")]
    );
}

#[test]
fn attributes_are_copied_unless_told() {
    let world = World::new().put(&format!("{SRC}/a.txt"), "x").sidecar("a.txt", ATTRIBUTES);
    world.run(&format!("{SRC},a.txt,\n"), copy(|_| {}));
    let copied = copied(&world);
    let source: Value = serde_json::from_str(ATTRIBUTES).unwrap();
    for name in ["headers", "tags", "acl"] {
        assert_eq!(copied[name], source[name], "{name}");
    }
    assert_eq!(copied["grants"][0]["permission"], "READ");
}

#[test]
fn directives_replace_and_add() {
    let told = |directive: &'static Directive| {
        copy(move |copy| {
            copy.metadata_directive = Some(directive.clone());
            copy.new_object_metadata.content_type = Some("image/png".into());
            copy.new_object_metadata.http_expires_date = Some("never".into());
            copy.new_object_metadata.user_metadata =
                vec![UserMetadata::new("Size", "1"), UserMetadata::new("x-cos-meta-b", "2")];
            copy.tagging_directive = Some(directive.clone());
            copy.new_object_tagging = vec![Tag::new("env", "prod")];
            copy.access_control_directive = Some(directive.clone());
            let grantee = Grantee::new("qcs::cam::uin/1:uin/3".parse().unwrap());
            copy.access_control_grants = vec![Grant::new(grantee, Permission::FullControl)];
        })
    };
    let run = |directive| {
        let world = World::new().put(&format!("{SRC}/a.txt"), "x").sidecar("a.txt", ATTRIBUTES);
        assert_eq!(
            world.run(&format!("{SRC},a.txt,\n"), told(directive)),
            ["a.txt,,succeeded,,200,"]
        );
        copied(&world)
    };
    let replaced = run(&Directive::Replaced);
    assert_eq!(
        replaced["headers"],
        json!({ "Content-Type": "image/png", "Expires": "never", "x-cos-meta-size": "1", "x-cos-meta-b": "2" })
    );
    assert_eq!(replaced["tags"], json!({ "env": "prod" }));
    assert_eq!(replaced["acl"], Value::Null);
    assert_eq!(replaced["grants"].as_array().map(Vec::len), Some(1));

    let added = run(&Directive::Add);
    assert_eq!(added["headers"]["Content-Type"], "image/png");
    assert_eq!(added["headers"]["x-cos-meta-color"], "red");
    assert_eq!(added["tags"], json!({ "env": "prod", "team": "logs" }));
    assert_eq!(added["acl"], "public-read");
    assert_eq!(added["grants"].as_array().map(Vec::len), Some(2));

    let kept = run(&Directive::Copy);
    assert_eq!(kept["headers"]["Content-Type"], "text/plain");
    assert_eq!(kept["tags"], json!({ "team": "logs" }));
    assert_eq!(kept["grants"][0]["permission"], "READ");
}

#[test]
fn an_access_control_list_without_a_directive_replaces() {
    let world = World::new().put(&format!("{SRC}/a.txt"), "x").sidecar("a.txt", ATTRIBUTES);
    let operation =
        copy(|copy| copy.canned_access_control_list = Some(CannedAccessControlList::Private));
    world.run(&format!("{SRC},a.txt,\n"), operation);
    assert_eq!(copied(&world)["acl"], "private");
    assert_eq!(copied(&world)["grants"], Value::Null);
}

#[test]
fn an_unknown_directive_fails_the_task() {
    let world = World::new().put(&format!("{SRC}/a.txt"), "x");
    let operation = copy(|copy| copy.metadata_directive = Some("Merge".parse().unwrap()));
    let row = "a.txt,,failed,InvalidArgument,400,\"the directive Merge is none of Copy, Replaced and Add\"";
    assert_eq!(world.run(&format!("{SRC},a.txt,\n"), operation), [row]);
    assert_eq!(world.read(&format!("{DST}/a.txt")), None);
}

#[test]
fn times_of_modification_are_conditions() {
    let day = now() - Duration::days(1);
    let second = Duration::seconds(1);
    for (since, until, copied) in [
        (Some(day - second), None, true),
        (Some(day), None, false),
        (None, Some(day), true),
        (None, Some(day - second), false),
        (Some(day - second), Some(day), true),
    ] {
        let world = World::new().put(&format!("{SRC}/a"), "x");
        let operation = copy(|copy| {
            copy.modified_since_constraint = since;
            copy.un_modified_since_constraint = until;
        });
        let report = world.run(&format!("{SRC},a,\n"), operation);
        let expected = if copied {
            "a,,succeeded,,200,"
        } else {
            "a,,failed,PreconditionFailed,412,the object was"
        };
        assert!(report[0].starts_with(expected), "{report:?}");
        assert_eq!(world.read(&format!("{DST}/a")).is_some(), copied);
    }
}

#[test]
fn a_file_may_be_of_any_time() {
    for (seconds, copied) in [(-1, false), (i64::from(i32::MAX) * 10, true), (1 << 55, true)] {
        let world = World::new().put(&format!("{SRC}/a"), "x");
        let span = std::time::Duration::from_secs(seconds.unsigned_abs());
        let time = match seconds {
            0.. => SystemTime::UNIX_EPOCH + span,
            _ => SystemTime::UNIX_EPOCH - span,
        };
        let file = fs::File::options().write(true).open(world.path(&format!("{SRC}/a"))).unwrap();
        if file.set_modified(time).is_err() || file.metadata().unwrap().modified().unwrap() != time
        {
            println!("this file system has no such time: {seconds}");
            continue;
        }
        let operation =
            copy(|copy| copy.modified_since_constraint = Some(OffsetDateTime::UNIX_EPOCH));
        let report = world.run(&format!("{SRC},a,\n"), operation);
        assert_eq!(report[0].contains("succeeded"), copied, "{seconds}: {report:?}");
    }
}

#[test]
fn classes_are_set_and_archives_restored_first() {
    let world = World::new().put(&format!("{SRC}/a.txt"), "x");
    let to_archive = || copy(|copy| copy.storage_class = Some("ARCHIVE".parse().unwrap()));
    world.run(&format!("{SRC},a.txt,\n"), to_archive());
    assert_eq!(copied(&world)["storage_class"], "ARCHIVE");

    for (until, row) in [
        (
            "null",
            "a.txt,,failed,InvalidObjectState,403,the object's class is ARCHIVE: restore it first",
        ),
        (
            "\"2023-11-14T22:13:19Z\"",
            "a.txt,,failed,InvalidObjectState,403,the object's class is ARCHIVE: restore it first",
        ),
        ("\"2023-11-14T22:13:21Z\"", "a.txt,,succeeded,,200,"),
    ] {
        let sidecar = format!(r#"{{ "storage_class": "ARCHIVE", "restored_until": {until} }}"#);
        let world = World::new().put(&format!("{SRC}/a.txt"), "x").sidecar("a.txt", &sidecar);
        assert_eq!(world.run(&format!("{SRC},a.txt,\n"), copy(|_| {})), [row]);
        // The copy is of the default class, which needs no word.
        assert_eq!(copied(&world), Value::Null);
    }
}

#[test]
fn more_than_5_gb_are_not_copied() {
    let world = World::new().put(&format!("{SRC}/a"), "").put(&format!("{SRC}/b"), "");
    let file = fs::File::options().write(true).open(world.path(&format!("{SRC}/a"))).unwrap();
    file.set_len((5 << 30) + 1).unwrap();
    let report = world.run(&format!("{SRC},a,\n"), copy(|_| {}));
    assert_eq!(
        report,
        [
            "a,,failed,EntityTooLarge,400,\"the object has 5368709121 bytes, at most 5368709120 are copied\""
        ]
    );
    assert_eq!(world.read(&format!("{DST}/a")), None);
}

#[test]
fn the_target_bucket_is_there() {
    let world = World::new().put(&format!("{SRC}/a"), "x");
    let operation =
        copy(|copy| copy.target_resource = "qcs::cos:ap-chengdu::none-1".parse().unwrap());
    let row = "a,,failed,NoSuchBucket,404,there is no such bucket";
    assert_eq!(world.run(&format!("{SRC},a,\n"), operation), [row]);
}

#[test]
fn an_object_is_copied_onto_itself() {
    let world = World::new().put(&format!("{SRC}/a.txt"), "x").sidecar("a.txt", ATTRIBUTES);
    let operation = copy(|copy| {
        copy.target_resource = format!("qcs::cos:ap-chengdu::{SRC}").parse().unwrap();
        copy.metadata_directive = Some(Directive::Replaced);
        copy.new_object_metadata.content_type = Some("image/png".into());
    });
    assert_eq!(world.run(&format!("{SRC},a.txt,\n"), operation), ["a.txt,,succeeded,,200,"]);
    assert_eq!(world.read(&format!("{SRC}/a.txt")).as_deref(), Some("x"));
    let sidecar = world.read(&format!(".cosbatch/{SRC}/objects/a.txt.json")).unwrap();
    let sidecar: Value = serde_json::from_str(&sidecar).unwrap();
    assert_eq!(sidecar["headers"], json!({ "Content-Type": "image/png" }));
    assert_eq!(sidecar["tags"], json!({ "team": "logs" }));
}

#[test]
fn a_bucket_that_keeps_versions_keeps_what_was_there() {
    let world = World::new()
        .versioning(DST, "Enabled")
        .put(&format!("{SRC}/a.txt"), "new")
        .put(&format!("{DST}/a.txt"), "old");
    world.run(&format!("{SRC},a.txt,\n"), copy(|_| {}));
    assert_eq!(world.read(&format!("{DST}/a.txt")).as_deref(), Some("new"));
    let kept = copied(&world);
    assert_eq!(kept["version_id"].as_str().map(str::len), Some(32));
    assert_eq!(kept["older"], json!([{ "version_id": "null" }]));
    let old = world.read(&format!(".cosbatch/{DST}/objects/a.txt.null.version"));
    assert_eq!(old.as_deref(), Some("old"));
}

#[test]
fn a_bucket_that_no_longer_keeps_versions_replaces_the_null_version_only() {
    let world = World::new()
        .versioning(SRC, "Suspended")
        .put(&format!("{SRC}/a.txt"), "v1")
        .put(&format!(".cosbatch/{SRC}/objects/a.txt.null.version"), "null")
        .put(&format!("{SRC}/b.txt"), "b")
        .sidecar("a.txt", r#"{ "version_id": "v1", "older": [{ "tags": { "k": "v" } }] }"#);
    let onto_a = copy(|copy| {
        copy.target_resource = format!("qcs::cos:ap-chengdu::{SRC}").parse().unwrap();
        copy.prefix_replace = Some(true);
        copy.resources_prefix = Some("b".into());
        copy.target_key_prefix = Some("a".into());
    });
    assert_eq!(world.run(&format!("{SRC},b.txt,\n"), onto_a), ["b.txt,,succeeded,,200,"]);
    assert_eq!(world.read(&format!("{SRC}/a.txt")).as_deref(), Some("b"));
    let at = |name: &str| world.read(&format!(".cosbatch/{SRC}/objects/a.txt.{name}"));
    assert_eq!(at("v1.version").as_deref(), Some("v1"));
    assert_eq!(at("null.version"), None);
    let sidecar: Value = serde_json::from_str(&at("json").unwrap()).unwrap();
    assert_eq!(sidecar, json!({ "version_id": "null", "older": [{ "version_id": "v1" }] }));
}

#[test]
fn a_version_is_copied_by_its_id() {
    let world = World::new()
        .versioning(SRC, "Enabled")
        .put(&format!("{SRC}/a.txt"), "new")
        .put(&format!(".cosbatch/{SRC}/objects/a.txt.v1.version"), "old")
        .sidecar(
            "a.txt",
            r#"{ "version_id": "v2", "older": [{ "version_id": "v1", "tags": { "k": "v" } }] }"#,
        );
    let rows = format!("{SRC},a.txt,v3\n{SRC},none,v1\n{SRC},a.txt,v1\n");
    assert_eq!(
        world.run(&rows, copy(|_| {})),
        [
            "a.txt,v1,succeeded,,200,",
            "a.txt,v3,failed,NoSuchVersion,404,the object has no such version",
            "none,v1,failed,NoSuchKey,404,there is no such object",
        ]
    );
    assert_eq!(world.read(&format!("{DST}/a.txt")).as_deref(), Some("old"));
    assert_eq!(copied(&world)["tags"], json!({ "k": "v" }));
}
