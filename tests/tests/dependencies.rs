//! What the core depends on: few crates, the ones that ARCHITECTURE.md shows

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// The names that `cargo tree` gives for the core, itself aside.
fn tree(depth: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "-e", "normal", "-p", "cos-batch", "--prefix", "none", "--depth", depth])
        .args(["--offline", "--locked"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .output()
        .expect("cargo");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).expect("UTF-8");
    let names = lines.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned);
    names.filter(|name| !name.is_empty() && name != "cos-batch").collect()
}

#[test]
fn the_core_needs_what_it_is_given_and_nothing_else() {
    let given = [
        "base64",
        "hmac",
        "http",
        "md-5",
        "memchr",
        "percent-encoding",
        "sha1",
        "time",
        "xmlparser",
        "zeroize",
    ];
    assert_eq!(tree("1"), given.map(str::to_owned).into());
}

#[test]
fn its_tree_is_small_and_shown_as_it_is() {
    let tree = tree("99");
    assert!(tree.len() <= 28, "{} crates: {tree:?}", tree.len());
    let page =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../ARCHITECTURE.md"))
            .expect("ARCHITECTURE.md");
    let block = page.split("```text\ncos-batch\n").nth(1).expect("the tree");
    let block = block.split("```").next().expect("its end");
    let shown: BTreeSet<_> = block
        .lines()
        .map(|line| line.trim_start_matches(['├', '└', '│', '─', ' ', '\u{a0}']).to_owned())
        .collect();
    assert_eq!(shown, tree);
    assert!(page.contains(&format!("{} crates, itself not counted", tree.len())));
}
