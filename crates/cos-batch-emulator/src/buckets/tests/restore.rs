//! Restoration from the archive

use serde_json::{Value, json};

use super::world::{SRC, World, restore};

#[test]
fn what_is_archived_is_restored_for_some_days_and_again_for_longer() {
    for class in ["ARCHIVE", "DEEP_ARCHIVE"] {
        let sidecar = format!(r#"{{ "storage_class": "{class}" }}"#);
        let world = World::new().put(&format!("{SRC}/a"), "x").sidecar("a", &sidecar);
        let until = |world: &World| {
            let text = world.read(&format!(".cosbatch/{SRC}/objects/a.json")).unwrap();
            serde_json::from_str::<Value>(&text).unwrap()["restored_until"].clone()
        };
        let rows = format!("{SRC},a,\n");
        assert_eq!(world.run(&rows, restore("1")), ["a,,succeeded,,202,"]);
        assert_eq!(until(&world), json!("2023-11-15T22:13:20Z"));
        assert_eq!(world.run(&rows, restore("365")), ["a,,succeeded,,200,"]);
        assert_eq!(until(&world), json!("2024-11-13T22:13:20Z"));
    }
}

#[test]
fn nothing_else_can_be_restored() {
    let world = World::new().put(&format!("{SRC}/a"), "x");
    assert_eq!(
        world.run(&format!("{SRC},a,\n{SRC},none,\n"), restore("7")),
        [
            "a,,failed,InvalidObjectState,403,the object's class is STANDARD: only archived ones are restored",
            "none,,failed,NoSuchKey,404,there is no such object",
        ]
    );
}
