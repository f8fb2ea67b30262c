//! Tags: directives and limits

use cos_batch::{Directive, Tag};
use serde_json::{Value, json};

use super::world::{SRC, World, tag};

fn tagged(sidecar: &str, directive: Option<&str>, tags: &[(&str, &str)]) -> (String, Value) {
    let world = World::new().put(&format!("{SRC}/a"), "x").sidecar("a", sidecar);
    let tags = tags.iter().map(|(k, v)| Tag::new((*k).to_owned(), (*v).to_owned())).collect();
    let operation = tag(|tagging| {
        tagging.tagging_directive = directive.map(|directive| directive.parse().unwrap());
        tagging.tag_set = tags;
    });
    let report = world.run(&format!("{SRC},a,\n"), operation);
    let sidecar = world.read(&format!(".cosbatch/{SRC}/objects/a.json"));
    let sidecar: Value = sidecar.map_or(Value::Null, |text| serde_json::from_str(&text).unwrap());
    (report[0].clone(), sidecar["tags"].clone())
}

#[test]
fn tags_are_replaced_added_or_kept() {
    let present = r#"{ "tags": { "a": "1", "b": "2" } }"#;
    let done = || "a,,succeeded,,200,".to_owned();
    let new = [("b", "3"), ("c", "")];
    for (directive, tags) in [
        (None, json!({ "b": "3", "c": "" })),
        (Some("Replaced"), json!({ "b": "3", "c": "" })),
        (Some("Add"), json!({ "a": "1", "b": "3", "c": "" })),
        (Some("Copy"), json!({ "a": "1", "b": "2" })),
    ] {
        assert_eq!(tagged(present, directive, &new), (done(), tags), "{directive:?}");
    }
    assert_eq!(tagged(present, Some("Replaced"), &[]), (done(), Value::Null));
}

#[test]
fn tags_have_limits() {
    let (long_key, long_value) = ("k".repeat(128), "v".repeat(256));
    let present = r#"{ "tags": { "a": "1" } }"#;
    let keys: Vec<String> = (0..11).map(|n| format!("k{n}")).collect();
    let many: Vec<_> = keys.iter().map(|key| (&**key, "")).collect();
    let refused = |directive, tags: &[(&str, &str)], why: &str| {
        let row = format!("a,,failed,InvalidTag,400,{why}");
        assert_eq!(tagged(present, directive, tags), (row, json!({ "a": "1" })));
    };
    refused(None, &[("b", ""), ("", "1")], "the key of tag 2 has not 1 to 127 bytes");
    refused(None, &[(&long_key, "1")], "the key of tag 1 has not 1 to 127 bytes");
    refused(None, &[("b", &long_value)], "the value of tag 1 has more than 255 bytes");
    refused(None, &[("b", "1"), ("b", "2")], "the key of tag 2 is that of an earlier one");
    let why = "\"the object would have 11 tags, at most 10 are allowed\"";
    refused(None, &many, why);
    refused(Some("Add"), &many[..10], why);
    assert_eq!(tagged(present, None, &many[..10]).0, "a,,succeeded,,200,");
    let longest = [(&long_key[1..], &long_value[1..])];
    assert_eq!(tagged(present, None, &longest).0, "a,,succeeded,,200,");
}

#[test]
fn a_version_is_tagged_by_its_id() {
    let world = World::new()
        .versioning(SRC, "Enabled")
        .put(&format!("{SRC}/a"), "new")
        .put(&format!(".cosbatch/{SRC}/objects/a.v1.version"), "old")
        .sidecar("a", r#"{ "version_id": "v2", "older": [{ "version_id": "v1" }] }"#);
    let operation = tag(|tagging| {
        tagging.tagging_directive = Some(Directive::Add);
        tagging.tag_set = vec![Tag::new("k", "v")];
    });
    let report = world.run(&format!("{SRC},a,v1\n{SRC},none,\n"), operation);
    assert_eq!(
        report,
        ["a,v1,succeeded,,200,", "none,,failed,NoSuchKey,404,there is no such object"]
    );
    let sidecar = world.read(&format!(".cosbatch/{SRC}/objects/a.json")).unwrap();
    let sidecar: Value = serde_json::from_str(&sidecar).unwrap();
    assert_eq!(
        sidecar,
        json!({ "version_id": "v2", "older": [{ "version_id": "v1", "tags": { "k": "v" } }] })
    );
}
