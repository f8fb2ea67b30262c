//! Deletion: what each row of a manifest does, by its bucket's versioning

use cos_batch::JobOperation;
use serde_json::{Value, json};

use super::world::{SRC, World};

/// `a/b.txt` with two versions, the newer at its key; and an object without a sidecar.
fn world(versioning: &str) -> World {
    World::new()
        .versioning(SRC, versioning)
        .put(&format!("{SRC}/a/b.txt"), "v2")
        .put(&format!(".cosbatch/{SRC}/objects/a/b.txt.v1.version"), "v1")
        .sidecar("a/b.txt", r#"{ "version_id": "v2", "older": [{ "version_id": "v1" }] }"#)
        .put(&format!("{SRC}/c/plain"), "null")
}

fn kept(world: &World, name: &str) -> Option<String> {
    world.read(&format!(".cosbatch/{SRC}/objects/{name}"))
}

fn sidecar(world: &World, key: &str) -> Value {
    kept(world, &format!("{key}.json"))
        .map_or(Value::Null, |text| serde_json::from_str(&text).unwrap())
}

fn delete(world: &World, row: &str) {
    let report = world.run(&format!("{SRC},{row}\n"), JobOperation::DeleteObject);
    assert_eq!(report, [format!("{row},succeeded,,204,")]);
}

#[test]
fn without_versions_an_object_is_gone_with_all_that_was_kept_of_it() {
    for id in ["", "v1", "anything at all"] {
        let world = World::new()
            .put(&format!("{SRC}/a/b.txt"), "x")
            .sidecar("a/b.txt", r#"{ "tags": { "k": "v" } }"#);
        delete(&world, &format!("a/b.txt,{id}"));
        let files = world.files();
        let left: Vec<_> = files.keys().filter(|path| path.contains("/a")).collect();
        assert!(left.is_empty(), "{left:?}");
    }
    let world =
        World::new().put(&format!("{SRC}/a/b.txt"), "x").put(&format!("{SRC}/a/c.txt"), "y");
    delete(&world, "a/b.txt,");
    assert!(world.read(&format!("{SRC}/a/c.txt")).is_some());
}

#[test]
fn what_is_not_there_is_deleted_all_the_same() {
    let world = World::new();
    delete(&world, "none,");
    delete(&world, "none,v1");
}

#[test]
fn where_versions_are_kept_a_marker_is_put_on_top() {
    let world = world("Enabled");
    delete(&world, "a/b.txt,");
    assert_eq!(world.read(&format!("{SRC}/a/b.txt")), None);
    assert_eq!(kept(&world, "a/b.txt.v2.version").as_deref(), Some("v2"));
    let newest = sidecar(&world, "a/b.txt");
    assert_eq!(newest["delete_marker"], true);
    assert_eq!(newest["version_id"].as_str().map(str::len), Some(32));
    assert_eq!(newest["older"], json!([{ "version_id": "v2" }, { "version_id": "v1" }]));

    delete(&world, "c/plain,");
    assert_eq!(world.read(&format!("{SRC}/c/plain")), None);
    assert_eq!(kept(&world, "c/plain.null.version").as_deref(), Some("null"));
    assert_eq!(sidecar(&world, "c/plain")["older"], json!([{ "version_id": "null" }]));

    // Of what was deleted nothing is to be had but by its version.
    let rows =
        format!("{SRC},a/b.txt,\n{SRC},a/b.txt,{}\n", newest["version_id"].as_str().unwrap());
    let id = newest["version_id"].as_str().unwrap();
    assert_eq!(
        world.run(&rows, super::world::copy(|_| {})),
        [
            "a/b.txt,,failed,NoSuchKey,404,there is no such object".to_owned(),
            format!("a/b.txt,{id},failed,MethodNotAllowed,405,this version is a delete marker"),
        ]
    );
}

#[test]
fn a_version_is_deleted_by_its_id_and_the_one_below_comes_up() {
    for versioning in ["Enabled", "Suspended"] {
        let world = world(versioning);
        delete(&world, "a/b.txt,v2");
        assert_eq!(world.read(&format!("{SRC}/a/b.txt")).as_deref(), Some("v1"));
        assert_eq!(kept(&world, "a/b.txt.v1.version"), None);
        assert_eq!(sidecar(&world, "a/b.txt"), json!({ "version_id": "v1" }));
        delete(&world, "a/b.txt,v1");
        let files = world.files();
        assert!(!files.keys().any(|path| path.contains("/a")), "{files:?}");
    }
    let world = world("Enabled");
    delete(&world, "a/b.txt,v1");
    assert_eq!(world.read(&format!("{SRC}/a/b.txt")).as_deref(), Some("v2"));
    assert_eq!(kept(&world, "a/b.txt.v1.version"), None);
    delete(&world, "a/b.txt,v7");
    assert_eq!(sidecar(&world, "a/b.txt"), json!({ "version_id": "v2" }));
}

#[test]
fn a_deleted_marker_brings_the_object_back() {
    let world = world("Enabled");
    delete(&world, "a/b.txt,");
    let id = sidecar(&world, "a/b.txt")["version_id"].as_str().unwrap().to_owned();
    delete(&world, &format!("a/b.txt,{id}"));
    assert_eq!(world.read(&format!("{SRC}/a/b.txt")).as_deref(), Some("v2"));
    assert_eq!(sidecar(&world, "a/b.txt")["older"], json!([{ "version_id": "v1" }]));
}

#[test]
fn where_versions_are_no_longer_kept_the_null_version_is_really_deleted() {
    let world = world("Suspended");
    delete(&world, "c/plain,");
    assert_eq!(world.read(&format!("{SRC}/c/plain")), None);
    assert_eq!(kept(&world, "c/plain.null.version"), None);
    assert_eq!(sidecar(&world, "c/plain"), json!({ "version_id": "null", "delete_marker": true }));

    delete(&world, "a/b.txt,");
    assert_eq!(kept(&world, "a/b.txt.v2.version").as_deref(), Some("v2"));
    assert_eq!(kept(&world, "a/b.txt.v1.version").as_deref(), Some("v1"));
    let newest = sidecar(&world, "a/b.txt");
    assert_eq!((&newest["version_id"], &newest["delete_marker"]), (&json!("null"), &json!(true)));
}

#[test]
fn a_file_put_by_hand_over_a_marker_is_an_object() {
    let world = world("Suspended");
    delete(&world, "c/plain,");
    let world = world.put(&format!("{SRC}/c/plain"), "again");
    let report = world.run(&format!("{SRC},c/plain,\n"), super::world::copy(|_| {}));
    assert_eq!(report, ["c/plain,,succeeded,,200,"]);
}
