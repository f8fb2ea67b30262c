//! Where the objects of a bucket are on disk
//!
//! A key is the path of its file, so that any file put into the folder is an object. A part of it
//! that cannot be a name is written with an escape that no other part is written with; the table
//! stands with [`Buckets`](super::Buckets). A key that begins with `/`, holds a NUL or has a part
//! `..` is no path in any way.
//!
//! What is kept of an object beside its content has the same path in a tree of its own, where files
//! end in `.json` or `.version`; a folder there whose name ends so has `%2E` for that dot.

use super::task::TaskError;

/// The most bytes that a key has here: as many as a whole resource name.
pub(super) const KEY_LIMIT: usize = 1024;

/// The ends of the names of what is kept of an object.
pub(super) const SIDECAR: &str = ".json";
pub(super) const VERSION: &str = ".version";

/// The path of the file at a key.
pub(super) fn content(key: &str) -> Result<String, TaskError> {
    if key.len() > KEY_LIMIT {
        let message = format!("the key has {} bytes, {KEY_LIMIT} are taken here", key.len());
        return Err(TaskError::new("KeyTooLong", 400, message));
    }
    let why = if key.is_empty() {
        "is empty"
    } else if key.starts_with('/') {
        "begins with a slash"
    } else if key.contains('\0') {
        "holds a NUL"
    } else if key.split('/').any(|part| part == "..") {
        "has a part that is '..'"
    } else {
        return Ok(path(key));
    };
    Err(TaskError::new("InvalidArgument", 400, format!("the key {why}: it cannot be a file here")))
}

fn path(key: &str) -> String {
    let mut path = String::with_capacity(key.len() + 8);
    for (nth, part) in key.split('/').enumerate() {
        if nth > 0 {
            path.push('/');
        }
        match part {
            "" => path.push_str("%2F"),
            "." => path.push_str("%2E"),
            _ => escape(part, &mut path),
        }
    }
    path
}

/// Writes a part of a key so that nothing in it looks like an escape.
fn escape(part: &str, path: &mut String) {
    let mut pieces = part.split('%');
    path.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let hex = piece.bytes().take_while(u8::is_ascii_hexdigit).take(2).count();
        path.push_str(if hex == 2 { "%25" } else { "%" });
        path.push_str(piece);
    }
}

/// What is kept of the object at a path: the path of the file that ends in `end`.
pub(super) fn kept(path: &str, end: &str) -> String {
    let mut kept = String::with_capacity(path.len() + end.len() + 4);
    let mut parts = path.split('/').peekable();
    while let Some(part) = parts.next() {
        kept.push_str(part);
        if parts.peek().is_none() {
            break;
        }
        for reserved in [SIDECAR, VERSION] {
            if part.ends_with(reserved) {
                kept.truncate(kept.len() - reserved.len());
                kept.push_str("%2E");
                kept.push_str(reserved.trim_start_matches('.'));
            }
        }
        kept.push('/');
    }
    kept.push_str(end);
    kept
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_key_is_the_path_of_its_file() {
        for (key, on_disk) in [
            ("a.txt", "a.txt"),
            ("photos/2019/a b.jpg", "photos/2019/a b.jpg"),
            ("中/é", "中/é"),
            ("100%.txt", "100%.txt"),
            ("100%25.txt", "100%2525.txt"),
            ("%2F", "%252F"),
            ("%%41%4", "%%2541%4"),
            ("a/", "a/%2F"),
            ("a//b", "a/%2F/b"),
            ("./a/.", "%2E/a/%2E"),
            ("...", "..."),
            ("a\\b:c\n", "a\\b:c\n"),
        ] {
            assert_eq!(content(key), Ok(on_disk.to_owned()), "{key:?}");
        }
    }

    #[test]
    fn what_cannot_be_a_path_is_refused() {
        let long = "k".repeat(KEY_LIMIT + 1);
        for (key, code) in [
            ("", "InvalidArgument"),
            ("/etc/passwd", "InvalidArgument"),
            ("..", "InvalidArgument"),
            ("a/../../b", "InvalidArgument"),
            ("a/..", "InvalidArgument"),
            ("a\0b", "InvalidArgument"),
            (&long, "KeyTooLong"),
        ] {
            assert_eq!(content(key).expect_err(key).code, code);
        }
        assert!(content(&long[..KEY_LIMIT]).is_ok());
    }

    #[test]
    fn what_is_kept_is_apart_from_folders() {
        assert_eq!(kept("a/b.txt", SIDECAR), "a/b.txt.json");
        assert_eq!(
            kept("a.json/b.version/c.json", ".v1.version"),
            "a%2Ejson/b%2Eversion/c.json.v1.version"
        );
    }

    /// Parts of keys that get into each other's way.
    fn key() -> impl Strategy<Value = String> {
        let piece = proptest::sample::select(vec![
            "", ".", "...", "%", "2", "F", "E", "5", "25", "a", ".json", ".version", "%2E",
            "%2Ejson", "null", "/",
        ]);
        proptest::collection::vec(piece, 1..7).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn no_two_keys_have_one_path(keys in proptest::collection::hash_set(key(), 2..40)) {
            let keys: Vec<_> = keys.into_iter().filter(|key| content(key).is_ok()).collect();
            let paths: Vec<_> = keys.iter().filter_map(|key| content(key).ok()).collect();
            prop_assert_eq!(paths.iter().collect::<HashSet<_>>().len(), keys.len());
            for path in &paths {
                prop_assert!(path.split('/').all(|name| !matches!(name, "" | "." | "..")));
            }
            // What is kept never is where a folder is, whatever the other keys are.
            let ends = [SIDECAR.to_owned(), format!(".null{VERSION}"), format!(".a-1{VERSION}")];
            let files: Vec<_> =
                paths.iter().flat_map(|path| ends.iter().map(|end| kept(path, end))).collect();
            prop_assert_eq!(files.iter().collect::<HashSet<_>>().len(), files.len());
            let folders: HashSet<_> = files
                .iter()
                .flat_map(|file| file.match_indices('/').map(|(end, _)| &file[..end]))
                .collect();
            for file in &files {
                prop_assert!(!folders.contains(&**file), "{}", file);
            }
        }
    }
}
