//! What an operator does, from the first command to the last

use std::fs;
use std::path::Path;

use cos_batch::JobStatus;
use cos_batch_emulator::{Buckets, Emulator};
use md5::{Digest, Md5};

use crate::stage::Stage;

#[test]
fn what_needs_attention_is_looked_at_and_confirmed() {
    let stage = Stage::still();
    let ran = stage.cosbatch("list --status attention --since 90d -o table").run();
    assert_eq!(ran.code, Some(0));
    let rows: Vec<_> = ran.stdout.lines().collect();
    assert!(rows[0].starts_with("JOB ID ") && rows.len() > 8, "{}", ran.stdout);
    let said =
        format!("{} jobs need attention (of 48 in the last 90 days, 1 page)\n", rows.len() - 1);
    assert_eq!(ran.stderr, said);
    for status in ["Suspended", "Failed", "Paused", "Failing"] {
        assert!(rows.iter().any(|row| row.contains(status)), "{status}: {}", ran.stdout);
    }

    let failed = stage.id(JobStatus::Failed);
    let why = stage.cosbatch(&format!("describe {failed} --failures -o table")).stdout();
    assert!(why.starts_with("FailureRateExceeded  "));

    let suspended = stage.id(JobStatus::Suspended);
    let confirm = stage.cosbatch("confirm --yes -o table --reason").arg("reviewed by ops");
    assert_eq!(confirm.arg(&suspended).stdout(), format!("{suspended}  Suspended -> Ready\n"));
}

/// Puts archived objects into a bucket.
fn archive(buckets: &Path, bucket: &str, keys: &[String]) {
    let sidecars = buckets.join(".cosbatch").join(bucket).join("objects");
    for key in keys {
        let (file, sidecar) =
            (buckets.join(bucket).join(key), sidecars.join(format!("{key}.json")));
        for path in [&file, &sidecar] {
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        }
        fs::write(&file, key).expect("an object");
        fs::write(&sidecar, r#"{"storage_class":"ARCHIVE"}"#).expect("a sidecar");
    }
}

#[test]
fn objects_are_restored_and_those_that_failed_tried_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let bucket = "src-1250000000";
    let keys: Vec<_> = (0..40).map(|n| format!("logs/2026/{n:02}.gz")).collect();
    // The last three are not there.
    archive(folder.path(), bucket, &keys[..37]);

    let faults = "[[fault]]\ncall = \"CreateJob\"\nnth = 1\nlost = \"answer\"\n";
    let buckets = Buckets::open(folder.path()).expect("the folder");
    let stage = Stage::of(
        Emulator::builder()
            .clock("x100".parse().expect("a clock"))
            .jobs([])
            .buckets(buckets)
            .faults(faults.parse().expect("faults")),
    );

    let list = keys.join("\n") + "\nlogs/2026/a b.gz\n";
    let made = stage.cosbatch("manifest make --bucket").arg(bucket).input(list.as_str()).stdout();
    let manifest = folder.path().join(bucket).join("m.csv");
    fs::write(&manifest, &made).expect("the manifest");
    let checked = stage.cosbatch("manifest check").arg(&manifest).run();
    assert_eq!(checked.code, Some(0), "{checked:?}");
    let etag: String =
        Md5::digest(made.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();

    let job = format!(
        "create --template restore --manifest cos://{bucket}/m.csv --etag {etag} \
         --fields Bucket,Key --report cos://{bucket}/out --priority 1 --yes \
         --role-arn qcs::cam::uin/100000000001:roleName/R"
    );
    let create = |arguments: &str| {
        stage.cosbatch(&format!("{job} {arguments}")).env("COSBATCH_REGION", "ap-chengdu")
    };
    let lost = create("").fails(10);
    let token = lost.stderr.split("\n  token ").nth(1).and_then(|rest| rest.lines().next());
    let token = token.expect("a token");
    let id = create(&format!("--resume {token}")).stdout();
    let id = id.trim();

    let waited = stage.cosbatch(&format!("wait {id} --timeout 30s --interval 50ms -o table")).run();
    assert_eq!(waited.code, Some(1), "{waited:?}");
    let said = waited.stdout.trim();
    assert!(said.contains("failed (allowed: 0)"), "{said}");

    // Whoever does not mind waits to the very end.
    let waited = stage.cosbatch(&format!("wait {id} --interval 50ms --allow-failed 10% -o table"));
    let said = waited.stdout();
    assert!(said.starts_with("Complete in "), "{said}");
    assert!(said.ends_with(": 37 succeeded, 4 failed (allowed: 10%)\n"), "{said}");

    let out = folder.path().join(bucket).join("out").join(format!("job-{id}"));
    let retried = stage.cosbatch("report retry").arg(out.join("results")).stdout();
    assert_eq!(retried.lines().count(), 4, "{retried}");
    for row in retried.lines() {
        assert!(made.contains(row), "{row}");
    }
    assert_eq!(stage.jobs().len(), 1, "one job, though it was asked for twice");
}
