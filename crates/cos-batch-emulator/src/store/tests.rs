use std::fs;
use std::path::Path;

use super::*;

const NOON: i64 = 1_557_921_600;

fn noon() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(NOON).expect("a time")
}

fn changed(jobs: &[(&str, Option<&str>)]) -> Changed {
    jobs.iter().map(|(id, job)| ((*id).to_owned(), job.map(|job| job.into()))).collect()
}

fn open(folder: &Path) -> (Store, Kept) {
    Store::open(folder).expect("a store")
}

fn refused(folder: &Path) -> String {
    let error = Store::open(folder).expect_err("no store");
    error.to_string().replace(folder.to_str().expect("UTF-8"), "FOLDER")
}

#[test]
fn what_was_committed_is_there_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let deeper = folder.path().join("not/there/yet");
    let (mut store, kept) = open(&deeper);
    assert!(kept.jobs.is_empty() && kept.latest.is_none());
    let first = changed(&[("a", Some("1")), ("b", Some("2")), ("c", Some("3"))]);
    store.commit(&first, noon()).expect("written");
    store.commit(&changed(&[("b", None), ("c", Some("4"))]), noon()).expect("written");
    drop(store);
    let (_, kept) = open(&deeper);
    assert_eq!(kept.jobs, [("a".into(), b"1".into()), ("c".into(), b"4".into())]);
    assert_eq!(kept.latest, Some(noon()));
}

#[test]
fn memory_keeps_nothing_and_complains_of_nothing() {
    assert!(Store::memory().commit(&changed(&[("a", Some("1"))]), noon()).is_ok());
}

#[test]
fn a_store_in_use_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_held, _) = open(folder.path());
    assert_eq!(
        refused(folder.path()),
        "FOLDER/jobs.redb: another service is using it; \
         end the other service, or choose another folder"
    );
}

#[test]
fn a_store_of_another_form_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(FILE);
    let form = |form: Option<i64>| {
        let database = Database::create(&file).expect("a database");
        let transaction = database.begin_write().expect("a transaction");
        {
            let mut about = transaction.open_table(ABOUT).expect("a table");
            match form {
                Some(form) => about.insert(FORM, form).expect("written"),
                None => about.remove(FORM).expect("written"),
            };
        }
        transaction.commit().expect("committed");
    };
    form(Some(2));
    assert_eq!(
        refused(folder.path()),
        "FOLDER/jobs.redb: it has form 2, written by another version of the emulator; \
         use the version that wrote it, or choose another folder"
    );
    form(None);
    assert!(refused(folder.path()).contains("it was written by something else; use the version"));
    form(Some(1));
    assert!(refused(folder.path()).contains("it is damaged: it does not tell the latest time;"));
}

#[test]
fn what_is_no_store_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(FILE);
    for content in [&b"not a database"[..], &[0; 100_000], b"redb"] {
        fs::write(&file, content).expect("written");
        let said = refused(folder.path());
        assert!(
            said.contains("it is damaged: ") && said.contains("; move the file away"),
            "{said}"
        );
        assert_eq!(fs::read(&file).expect("there"), content);
    }
}

#[test]
fn a_folder_that_is_a_file_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    fs::write(&file, "").expect("written");
    assert!(
        refused(&file)
            .ends_with("; check the folder's permissions and the disk, or choose another folder")
    );
}

/// Whatever bytes of it change, it opens with what was committed, or it is refused.
#[test]
fn a_damaged_store_is_never_misread() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(FILE);
    let (mut store, _) = open(folder.path());
    let jobs: Vec<_> = (0..200).map(|n| (format!("job-{n:03}"), "x".repeat(300))).collect();
    let all: Vec<_> = jobs.iter().map(|(id, job)| (&**id, Some(&**job))).collect();
    store.commit(&changed(&all), noon()).expect("written");
    drop(store);
    let whole = fs::read(&file).expect("there");
    let used = whole.chunks(64).enumerate().filter(|(_, chunk)| chunk.iter().any(|it| *it != 0));
    let places: Vec<_> = used.map(|(n, _)| n * 64).collect();
    let mut refusals = 0;
    for place in places.iter().step_by(places.len() / 100) {
        let mut damaged = whole.clone();
        damaged[place + 7] ^= 0xa5;
        fs::write(&file, &damaged).expect("written");
        match Store::open(folder.path()) {
            Ok((_, kept)) => {
                assert_eq!(kept.jobs.len(), 200, "{place}");
                for ((id, job), (kept_id, kept_job)) in jobs.iter().zip(kept.jobs) {
                    assert_eq!((id, job.as_bytes()), (&kept_id, &*kept_job), "{place}");
                }
            }
            Err(error) => {
                assert!(error.reason().starts_with("it "), "{place}: {error}");
                refusals += 1;
            }
        }
    }
    assert!(refusals > 50, "{refusals} of 100");
}
