//! An adapter is thin: what is below its `Client` is counted

use std::fs;
use std::path::Path;

/// The lines of code of some files of a crate: neither blank nor a comment nor documentation.
fn lines(name: &str, files: &[&str]) -> usize {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates").join(name).join("src");
    let count = |file: &&str| {
        let text = fs::read_to_string(folder.join(file)).expect("a file of the adapter");
        let code = text.lines().map(str::trim);
        code.filter(|line| !line.is_empty() && !line.starts_with("//")).count()
    };
    files.iter().map(count).sum()
}

/// The files of a crate, but for those of its face.
fn below_the_client(name: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates").join(name).join("src");
    let names = fs::read_dir(folder).expect("a folder").map(|entry| {
        let entry = entry.expect("an entry");
        assert!(entry.path().is_file(), "{entry:?}: a folder that nobody counts");
        entry.file_name().into_string().expect("a name")
    });
    let face = ["client.rs", "items.rs", "lib.rs"];
    let mut names: Vec<_> = names.filter(|name| !face.contains(&name.as_str())).collect();
    names.sort();
    names
}

#[test]
fn to_send_and_to_say_what_went_wrong_takes_200_lines() {
    let ureq = ["error.rs", "stage.rs", "transport.rs"];
    let hyper = ["error.rs", "service.rs", "transport.rs"];
    // hyper leaves connections to whoever uses it: the pool, TCP, TLS and a proxy's tunnel.
    let connections = ["connections.rs", "connector.rs"];

    assert_eq!(below_the_client("cos-batch-ureq"), ureq);
    let mut all = [&hyper[..], &connections].concat();
    all.sort_unstable();
    assert_eq!(below_the_client("cos-batch-hyper"), all);

    let (ureq, other) = (lines("cos-batch-ureq", &ureq), lines("cos-batch-hyper", &hyper));
    assert!(ureq <= 200, "ureq: {ureq} lines");
    assert!(other <= 200, "hyper: {other} lines");
    let connections = lines("cos-batch-hyper", &connections);
    assert!(connections <= 180, "hyper's connections: {connections} lines");
}
