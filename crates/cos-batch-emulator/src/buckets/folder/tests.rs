use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use tempfile::TempDir;

use super::*;

/// A folder with a file and a folder with a file, a link to each, and a link that leads out.
fn folder() -> (TempDir, Folder) {
    let dir = TempDir::new().unwrap();
    let at = |path: &str| dir.path().join(path);
    fs::create_dir_all(at("in/folder")).unwrap();
    for path in ["in/file", "in/folder/file", "secret"] {
        fs::write(at(path), path).unwrap();
    }
    for (to, link) in
        [("file", "to-file"), ("folder", "to-folder"), ("..", "out"), ("../secret", "to-secret")]
    {
        symlink(to, at(&format!("in/{link}"))).unwrap();
    }
    let folder = Folder::ambient(&at("in")).unwrap();
    (dir, folder)
}

/// What each way to a file says.
fn each_way(folder: &Folder, path: &str) -> [Result<(), FileError>; 5] {
    [
        folder.open(path).map(drop),
        folder.edit(path).map(drop),
        folder.read(path, 100).map(drop),
        folder.has(path).map(drop),
        folder.folder(path).map(drop),
    ]
}

#[test]
fn a_link_is_never_followed() {
    let (dir, folder) = folder();
    for path in
        ["to-file", "to-secret", "to-folder", "out", "to-folder/file", "out/secret", "out/in/file"]
    {
        for (way, outcome) in each_way(&folder, path).into_iter().enumerate() {
            assert!(matches!(outcome, Err(FileError::Link)), "{path}, way {way}: {outcome:?}");
        }
        assert!(matches!(folder.make_folder(path), Err(FileError::Link)), "{path}");
    }
    for path in ["to-folder/new", "out/new"] {
        assert!(matches!(folder.create(path), Err(FileError::Link)), "{path}");
        assert!(matches!(folder.rename("file", &folder, path), Err(FileError::Link)), "{path}");
        assert!(matches!(folder.remove(path), Err(FileError::Link)), "{path}");
    }
    folder.prune("out/in/folder/none");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
    assert_eq!(fs::read_dir(dir.path().join("in/folder")).unwrap().count(), 1);
}

#[test]
fn a_link_itself_is_replaced_and_removed() {
    let (dir, folder) = folder();
    folder.create("to-secret").unwrap();
    folder.rename("file", &folder, "to-file").unwrap();
    folder.remove("out").unwrap();
    let is_link = |name: &str| {
        fs::symlink_metadata(dir.path().join("in").join(name)).map(|found| found.is_symlink())
    };
    assert!(!is_link("to-secret").unwrap() && !is_link("to-file").unwrap());
    assert!(is_link("out").is_err());
    assert_eq!(fs::read_to_string(dir.path().join("secret")).unwrap(), "secret");
}

#[test]
fn a_path_is_made_of_names() {
    let (_dir, folder) = folder();
    for path in [
        "",
        ".",
        "..",
        "/",
        "../secret",
        "folder/../file",
        "/etc/passwd",
        "folder//file",
        "folder/",
    ] {
        for outcome in each_way(&folder, path) {
            assert!(matches!(outcome, Err(FileError::Missing) | Ok(())), "{path}: {outcome:?}");
        }
        assert!(folder.open(path).is_err() && folder.edit(path).is_err(), "{path}");
    }
}

#[test]
fn a_pipe_is_not_waited_for() {
    let (dir, folder) = folder();
    let made = Command::new("mkfifo").arg(dir.path().join("in/pipe")).status().unwrap();
    assert!(made.success());
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        for outcome in each_way(&folder, "pipe") {
            sender.send(outcome).unwrap();
        }
    });
    for _ in 0..4 {
        let outcome = receiver.recv_timeout(Duration::from_secs(60)).expect("it does not wait");
        assert!(matches!(outcome, Err(FileError::Special)), "{outcome:?}");
    }
}

/// Somebody turns a folder into a link and back as fast as may be: what is read is what is inside,
/// or nothing.
#[test]
fn a_link_that_comes_and_goes_is_never_followed() {
    let (dir, folder) = folder();
    let at = |path: &str| dir.path().join(path);
    fs::create_dir(at("outside")).unwrap();
    fs::write(at("outside/file"), "outside").unwrap();
    fs::write(at("outside/precious"), "").unwrap();
    symlink(at("outside"), at("link")).unwrap();
    let is_over = AtomicBool::new(false);
    let swap = |from: &Path, to: &Path| fs::rename(from, to).is_ok();
    let (mut read, mut refused) = (0, 0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                let there =
                    swap(&at("in/folder"), &at("aside")) && swap(&at("link"), &at("in/folder"));
                let back =
                    swap(&at("in/folder"), &at("link")) && swap(&at("aside"), &at("in/folder"));
                assert!(there && back);
            }
        });
        for _ in 0..20_000 {
            match folder.read("folder/file", 100) {
                Ok(text) => {
                    assert_eq!(text, "in/folder/file");
                    read += 1;
                }
                Err(_) => refused += 1,
            }
            // Only outside is there a file of that name.
            drop(folder.remove("folder/precious"));
        }
        is_over.store(true, Ordering::Relaxed);
    });
    println!("{read} times read, {refused} times refused");
    assert!(at("outside/precious").exists());
}
