//! Imports inside the core point down only: the table of ARCHITECTURE.md, held against the code

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What each module of the core may import, itself aside. Equal to the table in ARCHITECTURE.md.
const LAYERS: &[(&str, &[&str])] = &[
    ("drive", &["machine", "sign", "error"]),
    ("machine", &["op", "sign", "endpoint", "model", "xml::Limits", "date", "error", "value"]),
    ("serve", &["op", "xml::Limits", "error"]),
    ("op", &["endpoint", "model", "xml", "text", "date", "error", "value"]),
    ("sign", &["endpoint::APPID_HEADER", "text", "error", "value"]),
    ("endpoint", &["model", "text", "error", "value"]),
    ("model", &["value"]),
    ("xml", &["error", "value"]),
    ("text", &["error", "value"]),
    ("error", &["date", "value"]),
    ("date", &["value"]),
    ("value", &[]),
];

fn core() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/cos-batch/src")
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The paths behind `crate::` in a source, documentation and tests aside: `xml::Limits`, `error`.
fn imports(source: &str) -> BTreeSet<String> {
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code: String = lines.collect::<Vec<_>>().join("\n");
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let before = code[..at].chars().next_back();
        if before == Some('$') {
            // A macro's path is its caller's import.
            continue;
        }
        let path = &code[at + "crate::".len()..];
        let end = path.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
        found.insert(path[..end.unwrap_or(path.len())].trim_end_matches(':').to_owned());
    }
    found
}

/// Where a name lives that the front door re-exports.
fn home(path: &str, doors: &BTreeMap<String, String>) -> String {
    let first = path.split("::").next().unwrap_or_default();
    match doors.get(first) {
        Some(module) => format!("{module}::{path}"),
        None => path.to_owned(),
    }
}

/// `pub use error::{A, B}` in `lib.rs` makes A and B live in `error`.
fn front_door() -> BTreeMap<String, String> {
    let library = fs::read_to_string(core().join("lib.rs")).expect("lib.rs");
    let mut doors = BTreeMap::new();
    for statement in library.split(';').filter_map(|part| part.split("pub use ").nth(1)) {
        let Some((module, names)) = statement.split_once("::") else { continue };
        for name in names.trim_matches(['{', '}']).split(',').map(str::trim) {
            doors.insert(name.trim_matches(['{', '}', '\n', ' ']).to_owned(), module.to_owned());
        }
    }
    doors
}

/// The imports of all sources that the table does not allow.
fn upward() -> Vec<String> {
    let doors = front_door();
    let mut files = Vec::new();
    sources(&core(), &mut files);
    let mut wrong = Vec::new();
    for file in files {
        let inside = file.strip_prefix(core()).expect("a source of the core");
        let module = inside.components().next().expect("a module").as_os_str();
        let module = module.to_string_lossy().trim_end_matches(".rs").to_owned();
        if module == "lib" {
            continue;
        }
        let (_, allowed) = LAYERS
            .iter()
            .find(|(name, _)| *name == module)
            .unwrap_or_else(|| panic!("{module} has no place in the table"));
        for import in imports(&fs::read_to_string(&file).expect("a source")) {
            let import = home(&import, &doors);
            let fits =
                |allowed: &str| import == allowed || import.starts_with(&format!("{allowed}::"));
            if !fits(&module) && !allowed.iter().any(|allowed| fits(allowed)) {
                wrong.push(format!("{} imports {import}", inside.display()));
            }
        }
    }
    wrong
}

#[test]
fn imports_point_down() {
    assert_eq!(upward(), Vec::<String>::new());
}

#[test]
fn the_table_has_no_way_up() {
    let level = |module: &str| LAYERS.iter().position(|(name, _)| *name == module);
    for (module, allowed) in LAYERS {
        for import in *allowed {
            let below = import.split("::").next().unwrap_or_default();
            assert!(level(below) > level(module), "{module} stands below {import}");
        }
    }
}

#[test]
fn the_table_is_that_of_the_architecture() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ARCHITECTURE.md");
    let page = fs::read_to_string(page).expect("ARCHITECTURE.md");
    for (module, allowed) in LAYERS {
        let row = if allowed.is_empty() {
            format!("| `{module}` | nothing |")
        } else {
            format!("| `{module}` | `{}` |", allowed.join("`, `"))
        };
        assert!(page.contains(&row), "ARCHITECTURE.md lacks the row\n{row}");
    }
}

#[test]
fn only_the_xml_room_names_the_tokenizer() {
    let mut files = Vec::new();
    sources(&core(), &mut files);
    let named = files
        .iter()
        .filter(|file| fs::read_to_string(file).expect("a source").contains("xmlparser"));
    let mut rooms: Vec<_> = named
        .map(|file| file.strip_prefix(core()).expect("inside").display().to_string())
        .collect();
    rooms.sort();
    assert_eq!(rooms, ["xml/broken.rs", "xml/reader.rs", "xml/reader/errors.rs"]);
}
