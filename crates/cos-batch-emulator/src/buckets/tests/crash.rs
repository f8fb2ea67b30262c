//! The process ends at any step, and the work is asked for again

use cos_batch::{Directive, Job, JobOperation, Tag};
use proptest::prelude::*;

use super::fuse;
use super::world::{DST, SRC, World, copy, differences, now, restore, tag};
use crate::work::{Checkpoint, Outcome, Work};

/// What an engine remembers of a job: it survives the process
#[derive(Default)]
struct Memory {
    checkpoint: Checkpoint,
    tasks_ended: bool,
    reported: bool,
}

/// Asks for a job's work until nothing is left, `most` tasks at a time.
fn go_on(world: &World, job: &Job<'static>, most: u64, memory: &mut Memory) {
    let buckets = world.open();
    let job = || Box::new(job.clone());
    while !memory.reported {
        let from = memory.checkpoint;
        let work = match memory.tasks_ended {
            false => Work::Tasks { job: job(), from, most },
            true => Work::Report { job: job(), checkpoint: from },
        };
        match buckets.run(&work, now()) {
            Outcome::Ran { checkpoint } => {
                memory.tasks_ended = checkpoint.executed() == from.executed();
                memory.checkpoint = checkpoint;
            }
            Outcome::Reported => memory.reported = true,
            other => panic!("{other:?}"),
        }
    }
}

/// A job that ran undisturbed, and its world.
fn undisturbed(world: World, rows: &str, operation: &JobOperation<'static>, most: u64) -> World {
    let job = world.job(rows, operation.clone());
    go_on(&world, &job, most, &mut Memory::default());
    world
}

/// The same with the process ending behind so many steps, once for each; and whether it ended at
/// the last of them.
fn disturbed(
    world: World,
    rows: &str,
    operation: &JobOperation<'static>,
    most: u64,
    ends: &[u32],
) -> (World, bool) {
    let job = world.job(rows, operation.clone());
    let mut memory = Memory::default();
    let mut ended = false;
    for &steps in ends {
        ended = fuse::within(steps, || go_on(&world, &job, most, &mut memory)).is_none();
    }
    go_on(&world, &job, most, &mut memory);
    (world, ended)
}

/// Runs a job in a world of its own for each step that it takes, with the process ending there: how
/// many are there? All ends are that of a job that runs undisturbed.
fn each_end(
    world: impl Fn() -> World,
    rows: &str,
    operation: &JobOperation<'static>,
    most: u64,
) -> u32 {
    let expected = undisturbed(world(), rows, operation, most);
    for steps in 0.. {
        let (world, ended) = disturbed(world(), rows, operation, most, &[steps]);
        let differences = differences(&world, &expected);
        assert!(differences.is_empty(), "{operation:?} ended at step {steps}: {differences:#?}");
        if !ended {
            return steps;
        }
    }
    unreachable!("a job has an end")
}

/// Objects with versions and without, in `SRC` and in `DST`.
fn world() -> World {
    World::new()
        .put(&format!("{SRC}/a/a"), "a")
        .put(&format!("{SRC}/a/b"), "b")
        .put(&format!("{SRC}/c"), "c2")
        .put(&format!(".cosbatch/{SRC}/objects/c.v1.version"), "c1")
        .sidecar("c", r#"{ "version_id": "v2", "older": [{ "version_id": "v1", "tags": { "x": "y" } }] }"#)
        .sidecar("a/b", r#"{ "storage_class": "ARCHIVE", "restored_until": "2030-01-01T00:00:00Z", "tags": { "x": "y" } }"#)
        .put(&format!("{DST}/a/a"), "old")
}

const ROWS: &str = "src-1250000000,a/a,\n\
    src-1250000000,none,\n\
    src-1250000000,a/b,\n\
    src-1250000000,c,\n\
    src-1250000000,c,v1\n\
    src-1250000000,c,v2\n\
    src-1250000000,../c,\n\
    src-1250000000,a/a,\n\
    src-1250000000,c,\n";

const VERSIONINGS: [&str; 3] = ["Never", "Enabled", "Suspended"];

/// A copy from `SRC` to itself.
fn copy_within(
    prefix: &'static str,
    change: impl FnOnce(&mut cos_batch::PutObjectCopy<'static>),
) -> JobOperation<'static> {
    copy(|copy| {
        copy.target_resource = format!("qcs::cos:ap-chengdu::{SRC}").parse().unwrap();
        copy.prefix_replace = Some(true);
        copy.target_key_prefix = Some(prefix.into());
        change(copy);
    })
}

#[test]
fn each_operation_ends_as_if_nothing_had_happened() {
    let tags = || {
        tag(|tagging| {
            tagging.tagging_directive = Some(Directive::Add);
            tagging.tag_set = vec![Tag::new("k", "v")];
        })
    };
    let mut ends = 0;
    for versioning in VERSIONINGS {
        for operation in [
            copy(|_| {}),
            // Each copy changes what its own conditions look at.
            copy_within("", |copy| {
                copy.un_modified_since_constraint =
                    Some(now() - cos_batch::time::Duration::hours(1));
                copy.storage_class = Some("ARCHIVE".parse().unwrap());
                copy.metadata_directive = Some(Directive::Add);
                copy.new_object_metadata.content_type = Some("text/plain".into());
            }),
            JobOperation::DeleteObject,
            tags(),
            restore("7"),
        ] {
            let world = || world().versioning(SRC, versioning).versioning(DST, versioning);
            ends += each_end(world, ROWS, &operation, 4);
        }
    }
    println!("the process ended at {ends} steps in all");
    assert!(ends > 500, "{ends}");
}

#[test]
fn a_task_does_not_see_the_work_of_those_behind_it() {
    // The first row copies what the second makes, and fails because it is not there yet.
    let rows = format!("{SRC},x/a,\n{SRC},a,\n{SRC},x/a,\n");
    for versioning in VERSIONINGS {
        let world = || World::new().versioning(SRC, versioning).put(&format!("{SRC}/a"), "a");
        for most in [2, 10] {
            each_end(world, &rows, &copy_within("x/", |_| {}), most);
        }
    }
}

#[test]
fn a_turn_whose_outcome_was_lost_is_run_again_to_the_same_end() {
    let rows = format!("{SRC},x/a,\n{SRC},a,\n{SRC},x/a,\n{SRC},b,\n");
    let world = World::new().versioning(SRC, "Enabled").put(&format!("{SRC}/a"), "a");
    let job = world.job(&rows, copy_within("x/", |_| {}));
    let work = |from| Work::Tasks { job: Box::new(job.clone()), from, most: 3 };
    let first = world.open().run(&work(Checkpoint::default()), now());
    let files = world.files();
    // Later by the clock: what was done stays as it was.
    let later = now() + cos_batch::time::Duration::hours(1);
    for _ in 0..3 {
        assert_eq!(world.open().run(&work(Checkpoint::default()), later), first);
        assert_eq!(world.files(), files);
    }
}

/// Keys that are each other's folders, copies and versions.
fn rows() -> impl Strategy<Value = String> {
    let key =
        proptest::sample::select(vec!["a", "a/a", "a/b", "c", "x/a", "x/x/c", "x/c", "..", "x/"]);
    let id = proptest::sample::select(vec!["", "", "", "v1", "v2", "null"]);
    let row = (key, id).prop_map(|(key, id)| format!("{SRC},{key},{id}\n"));
    proptest::collection::vec(row, 1..12).prop_map(|rows| rows.concat())
}

fn operation() -> impl Strategy<Value = JobOperation<'static>> {
    let directive = || proptest::sample::select(Directive::LISTED.to_vec());
    prop_oneof![
        (directive(), directive(), proptest::sample::select(vec!["", "x/", "a"]), any::<bool>())
            .prop_map(|(metadata, tags, prefix, archive)| copy_within(prefix, |copy| {
                copy.metadata_directive = Some(metadata);
                copy.new_object_metadata.cache_control = Some("no-store".into());
                copy.tagging_directive = Some(tags);
                copy.new_object_tagging = vec![Tag::new("k", "v")];
                copy.storage_class = archive.then(|| "ARCHIVE".parse().unwrap());
            })),
        Just(JobOperation::DeleteObject),
        directive().prop_map(|directive| tag(|tagging| {
            tagging.tagging_directive = Some(directive);
            tagging.tag_set = vec![Tag::new("k", "v")];
        })),
        Just(restore("7")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Any job, ended at three steps one after the other, ends as if nothing had happened.
    #[test]
    fn any_job_survives_any_ends(
        rows in rows(),
        operation in operation(),
        versioning in proptest::sample::select(VERSIONINGS.to_vec()),
        most in 1_u64..8,
        ends in proptest::array::uniform3(0_u32..60),
    ) {
        let world = || world().versioning(SRC, versioning);
        let expected = undisturbed(world(), &rows, &operation, most);
        let (world, _) = disturbed(world(), &rows, &operation, most, &ends);
        prop_assert_eq!(differences(&world, &expected), Vec::<String>::new());
    }
}
