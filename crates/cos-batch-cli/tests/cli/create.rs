//! Jobs that are created: by flags, by files, once

use std::fs;
use std::process::Command;
use std::thread;
use std::time::Duration;

use cos_batch::{CreateJob, DescribeJob, JobOperation, JobStatus, Limits, Operation};
use cos_batch_testkit::peer::{Peer, Script};
use insta::assert_snapshot;
use md5::{Digest, Md5};
use serde_json::Value;

use crate::stage::Stage;
use crate::support::{Cosbatch, Ran, cosbatch, end, one_by_one};

const ROLE: &str = "qcs::cam::uin/100000000001:roleName/R";

/// What every template needs.
const NEEDS: &str = "--manifest cos://src-1250000000/m.csv --etag 15150651828fa9cd --priority 1 \
    --role-arn qcs::cam::uin/100000000001:roleName/R";

const DELETE_LOST: &str = "[[fault]]\ncall = \"CreateJob\"\nlost = \"answer\"\n";

fn create(stage: &Stage, arguments: &str) -> Cosbatch {
    stage.cosbatch(&format!("create {arguments}")).env("COSBATCH_REGION", "ap-chengdu")
}

/// The job that the flags make, as it would be sent.
fn made(arguments: &str) -> CreateJob {
    let stage = Stage::still();
    let shown = create(&stage, &format!("--dry-run {NEEDS} {arguments}")).stdout();
    let (head, body) = shown.split_once("\n\n").expect("a body");
    assert!(head.starts_with("POST /jobs HTTP/1.1\n"), "{head}");
    CreateJob::from_xml(body.trim_end().as_bytes(), &Limits::default()).expect("a job")
}

#[test]
fn the_session_of_a_restoration() {
    let stage = Stage::still();
    let ran = create(
        &stage,
        &format!(
            "--template restore {NEEDS} --fields Bucket,Key --report cos://src-1250000000/out --yes"
        ),
    )
    .run();
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""));
    let id = ran.stdout.strip_suffix('\n').expect("one line");
    let job = stage.call(DescribeJob::new(id.parse().expect("an id"))).job;
    assert_eq!(job.status, JobStatus::New);
    let manifest = job.manifest.expect("a manifest").location;
    assert_eq!(
        manifest.object_arn.as_str(),
        "qcs::cos:ap-chengdu:uid/1250000000:src-1250000000/m.csv"
    );
    let report = job.report.expect("a report");
    assert_eq!((report.enabled, report.prefix.as_deref()), (true, Some("out")));
    assert_eq!(job.role_arn.expect("a role").as_str(), ROLE);
}

#[test]
fn flags_make_each_kind_of_job() {
    let job = made("--template delete --description spring-cleaning --confirm-first");
    assert_eq!(job.operation, JobOperation::DeleteObject);
    assert_eq!(job.description.as_deref(), Some("spring-cleaning"));
    assert_eq!((job.confirmation_required, job.report.enabled), (Some(true), false));

    let job = made("--template restore --days 7 --tier Bulk");
    let JobOperation::InitiateRestoreObject(restore) = job.operation else { panic!("{job:?}") };
    assert_eq!((restore.expiration_in_days.value(), restore.job_tier.as_str()), (7, "Bulk"));

    let job = made("--template copy --to cos://dst-1250000000/new/ --strip-prefix old/");
    let JobOperation::PutObjectCopy(copy) = job.operation else { panic!("{job:?}") };
    assert_eq!(copy.target_key("old/a").as_deref(), Some("new/a"));
    assert_eq!(copy.target_resource.bucket(), "dst-1250000000");
    let job = made("--template copy --to qcs::cos:ap-beijing::dst-1250000000");
    let JobOperation::PutObjectCopy(copy) = job.operation else { panic!("{job:?}") };
    assert_eq!((copy.target_resource.region(), copy.prefix_replace), ("ap-beijing", None));

    let job = made("--template tagging --tag team=ingest --tag a= --add-tags");
    let JobOperation::PutObjectTagging(tagging) = job.operation else { panic!("{job:?}") };
    assert_eq!(tagging.tag_set.len(), 2);
    assert_eq!(tagging.tagging_directive.expect("one").as_str(), "Add");

    let token = |arguments: &str| made(arguments).client_request_token.to_string();
    assert_eq!(token("--template delete --token t-1"), "t-1");
    assert_ne!(token("--template delete"), token("--template delete --token new"));
}

#[test]
fn a_file_is_a_job_in_any_form() {
    let stage = Stage::still();
    let job = made("--template delete --token in-the-file");
    let folder = tempfile::tempdir().expect("a folder");
    let xml = folder.path().join("job.xml");
    fs::write(&xml, job.to_xml().expect("XML")).expect("a file");
    let json = serde_json::to_string(&job).expect("JSON");
    let run = |arguments: &str| create(&stage, arguments);
    let shown = |run: Cosbatch| run.stdout().split_once("\n\n").expect("a body").1.to_owned();
    let by_xml = shown(run("--dry-run -f").arg(&xml));
    assert_eq!(by_xml.trim_end().as_bytes(), job.to_xml().expect("XML"));
    assert_eq!(shown(run("--dry-run -f -").input(json.as_str())), by_xml);
    let yaml = cosbatch("decode CreateJob --request -o yaml").input(job.to_xml().expect("XML"));
    assert_eq!(shown(run("--dry-run -f -").input(yaml.stdout())), by_xml);
    assert!(shown(run("--dry-run --token other -f").arg(&xml)).contains(">other<"));

    // Its token makes it one job, however often it is asked for.
    let id = run("-y -o json -f").arg(&xml).stdout();
    assert!(serde_json::from_str::<Value>(&id).expect("JSON")["job_id"].is_string());
    let ran = run("-y -f").arg(&xml).fails(4);
    ran.says("InvalidRequest").says("no job was created; its token was to be in-the-file");
    run("-y --token new -f").arg(&xml).stdout();
}

#[test]
fn what_makes_no_job_is_named() {
    let stage = Stage::still();
    for (arguments, named) in [
        ("", "--file <FILE>"),
        ("--template delete", "--manifest <PLACE>"),
        ("--template format", "possible values: copy, restore, delete, tagging"),
        (&*format!("--template copy {NEEDS}"), "a copy needs a bucket to go to"),
        (&format!("--template tagging {NEEDS}"), "no tag is given"),
        (&format!("--template delete {NEEDS} --days 3"), "--days does not belong to this kind"),
        (&format!("--template restore {NEEDS} --days 366"), "from 1 to 365"),
        (&format!("--template restore {NEEDS} --tier Fast"), "expected Bulk or Standard"),
        (&format!("--template delete {NEEDS} --fields Key,Size"), "expected Bucket, Key"),
        (&format!("--template delete {NEEDS} -f x"), "cannot be used with"),
        (&format!("--template delete {NEEDS} --token a --resume b"), "cannot be used with"),
        (&format!("--template delete {NEEDS} --report src"), "expected cos://BUCKET/KEY"),
        ("-f /nonexistent", "cannot be read"),
        (&format!("--template delete {NEEDS}"), "nobody can be asked whether to do it"),
    ] {
        create(&stage, arguments).fails(2).says(named);
    }
    let run = |input: &str| create(&stage, "-f - -y").input(input.to_owned()).fails(2);
    run("<CreateJobRequest>").says("the document is cut off at byte 18 in CreateJobRequest");
    run("{\"priority\":1}").says("missing field");
    let ran = stage.cosbatch(&format!("create -y --template delete {NEEDS}")).fails(2);
    assert_snapshot!(ran.screen(), @"
    error[E0223 no-region]: nothing says which region cos://src-1250000000 is in
      help: set COSBATCH_REGION, or name it as qcs::cos:REGION::src-1250000000
    ");
    assert_eq!(stage.jobs().len(), 48, "nothing was created");
}

#[test]
fn a_lost_answer_leaves_a_token_that_finds_the_job() {
    let stage = Stage::with_faults(DELETE_LOST);
    let job = format!("--template delete {NEEDS} -y");
    let ran = create(&stage, &job).fails(10);
    assert_eq!(ran.stdout, "", "nobody knows an id");
    assert!(ran.stderr.starts_with(
        "error[E1001 outcome-unknown]: CreateJob may or may not have happened (127.0"
    ));
    let token = ran.stderr.split("\n  token ").nth(1).expect("a token").lines().next();
    let token = token.expect("a line");
    ran.says(&format!("\n  help: cosbatch create --resume {token}, and the rest as before: "));
    assert_eq!(stage.jobs().len(), 49, "it was created");

    let ran = create(&stage, &format!("{job} --resume {token}")).run();
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let found = stage.call(DescribeJob::new(ran.stdout.trim().parse().expect("an id"))).job;
    assert_eq!(found.client_request_token.expect("a token").as_str(), token);
    assert_eq!(stage.jobs().len(), 49, "and not again");
}

#[test]
fn a_job_that_may_still_come_is_not_created_again() {
    let stage = Stage::still();
    let job = format!("--template delete {NEEDS} -y");
    // Nobody ever asked for it. To be certain of that takes longer than there is time.
    let ran = create(&stage, &format!("{job} --resume never-seen --deadline 2s")).fails(10);
    ran.says("it is not known whether the job was created").says("\n  token never-seen\n");
    assert_eq!(stage.jobs().len(), 48);
}

#[test]
fn a_job_of_unknown_outcome_has_candidates_where_tokens_are_not_shown() {
    let mut settings = cos_batch_emulator::Settings::default();
    settings.describe_token = false;
    let builder = cos_batch_emulator::Emulator::builder()
        .clock(cos_batch_emulator::Clock::Manual)
        .faults(DELETE_LOST.parse().expect("faults"))
        .settings(settings);
    let stage = Stage::of(builder);
    let job = format!("--template delete {NEEDS} -y --description only-one");
    let before: Vec<_> = stage.jobs().into_iter().map(|job| job.job_id).collect();
    create(&stage, &format!("{job} --token t")).fails(10);
    let ran = create(&stage, &format!("{job} --resume t --deadline 10s")).fails(10);
    let new = stage.jobs().into_iter().find(|job| !before.contains(&job.job_id)).expect("a job");
    ran.says(&format!("\n  it may be job {}\n", new.job_id));
}

#[test]
fn a_preflight_sends_nothing_that_is_wrong() {
    let stage = Stage::still();
    let many: String = (0..11).map(|n| format!("--tag k{n}=v ")).collect();
    let job = format!("--template tagging {NEEDS} {many} --fields Key,Key --preflight -y");
    let ran = create(&stage, &job).fails(1);
    assert_snapshot!(ran.screen(), @r#"
    error[E0101 bad-preflight]: the job would not do what it is to do
      Fields: expected columns with Bucket and Key among them, found "Key,Key"
      the manifest has several columns Key
      11 tags, and an object has at most 10
      nothing was sent
      help: mend it and try again
    "#);
    assert_eq!(stage.jobs().len(), 48);
    let long = "d".repeat(257);
    create(&stage, &format!("--template delete {NEEDS} --description {long} --preflight -y"))
        .fails(1)
        .says("256 bytes");

    let odd = format!("--template copy {NEEDS} --to cos://src-1250000000 --preflight -y");
    let ran = create(&stage, &odd).env("COSBATCH_UIN", "100000000002").run();
    assert_eq!((ran.code, ran.stdout.lines().count()), (Some(0), 1));
    ran.says("warning[W0101 odd-job]: copies go to the bucket that the manifest is in");
    ran.says("warning[W0101 odd-job]: the role is that of 100000000001, and you are 100000000002");
    let other = NEEDS.replace("src-1250000000", "src-1250000009");
    create(&stage, &format!("--template delete {other} --preflight -y"))
        .run()
        .says("the manifest's bucket src-1250000009 does not end in -1250000000");
    let good = create(&stage, &format!("--template delete {NEEDS} --preflight -y")).run();
    assert_eq!((good.code, &*good.stderr), (Some(0), ""));
}

#[test]
fn a_preflight_reads_a_manifest_that_is_at_hand() {
    let stage = Stage::still();
    let folder = tempfile::tempdir().expect("a folder");
    let list = folder.path().join("m.csv");
    let preflight = |rows: &str, etag: &str, arguments: &str| {
        fs::write(&list, rows).expect("a file");
        let needs = NEEDS.replace("15150651828fa9cd", etag);
        let run = create(&stage, &format!("--template delete {needs} {arguments} --preflight -y"));
        run.arg("--manifest-file").arg(&list)
    };
    let digest = |rows: &str| -> String {
        Md5::digest(rows.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let shown = |ran: &Ran| ran.screen().replace(&*list.display().to_string(), "m.csv");

    let good = "src-1250000000,a\nsrc-1250000000,b\n";
    // The ETag of an upload in parts is no digest of the whole.
    for etag in [digest(good), digest(good).to_uppercase(), "15150651828fa9cd-2".to_owned()] {
        let ran = preflight(good, &etag, "").run();
        assert_eq!((ran.code, ran.stdout.lines().count()), (Some(0), 1), "{ran:?}");
        assert_eq!(shown(&ran), "m.csv: 2 rows, 1 bucket, 0 duplicates, 0 warnings\n");
    }
    let odd = "src-1250000000,%20a\n";
    let ran = preflight(odd, &digest(odd), "").run();
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(
        shown(&ran).contains("warning[W0101 odd-job]: m.csv:1: warning[M0104 leading-space]: ")
    );

    let bad = "src-1250000000,a\nsrc-1250000000\ndst-1250000000,b\n";
    let ran = preflight(bad, &digest(good), "").fails(1);
    assert_snapshot!(shown(&ran), @"
    m.csv: 3 rows, several buckets, 0 duplicates, 2 errors, 0 warnings
    error[E0101 bad-preflight]: the job would not do what it is to do
      the manifest's ETag is b95e43c7c6c6b494aceeb4dda4aaa7fa, and that of m.csv is f4f916d29087193831007afaa6397157
      m.csv:2: error[M0102 field-count]: expected 2 fields, found 1 in row 2 at byte 17
      m.csv:3: error[M0108 bucket-differs]: the bucket is dst-1250000000, and that of the first row src-1250000000
      nothing was sent
      help: mend it and try again
    ");
    // Its columns are those of the job.
    let ran = preflight(good, &digest(good), "--fields Key,Bucket").fails(1);
    ran.says("expected a bucket with its APPID, found \"a\"");
    let many = "src-1250000000\n".repeat(30);
    preflight(&many, &digest(&many), "")
        .fails(1)
        .says("\n  10 more; cosbatch manifest check shows");
    assert_eq!(stage.jobs().len(), 48 + 4, "nothing was sent that is wrong");

    let delete = format!("--template delete {NEEDS} -y");
    create(&stage, &format!("{delete} --manifest-file x")).fails(2).says("--preflight");
    let nowhere = format!("{delete} --preflight --manifest-file");
    create(&stage, &format!("{nowhere} /nonexistent")).fails(2).says("cannot be read");
    create(&stage, &format!("{nowhere} -")).fails(2).says("expected a file: it is read twice");
}

#[test]
fn a_job_that_waits_for_confirmation_needs_none_now() {
    let stage = Stage::still();
    let id = create(&stage, &format!("--template delete {NEEDS} --confirm-first")).stdout();
    let job = stage.call(DescribeJob::new(id.trim().parse().expect("an id"))).job;
    assert_eq!(job.confirmation_required, Some(true));
}

#[test]
#[cfg(unix)]
fn an_interrupt_leaves_the_token_too() {
    let peer = one_by_one([Script::new().request().pause(Peer::LONGEST)]);
    let mut child = cosbatch(&format!("create --template delete {NEEDS} -y --token t-77"))
        .env("COSBATCH_REGION", "ap-chengdu")
        .env("COSBATCH_ENDPOINT", format!("http://{}", peer.address()))
        .env("COSBATCH_APP_ID", "1250000000")
        .credentials("a", "b")
        .spawn();
    while peer.requests().is_empty() {
        thread::sleep(Duration::from_millis(2));
    }
    let kill = Command::new("kill").args(["-s", "INT", &child.id().to_string()]).status();
    assert!(kill.expect("kill").success());
    assert_eq!(end(&mut child), Some(130));
    let mut stderr = String::new();
    let mut pipe = child.stderr.take().expect("a pipe");
    std::io::Read::read_to_string(&mut pipe, &mut stderr).expect("it is read");
    assert!(stderr.contains("CreateJob may or may not have happened: it was interrupted"));
    assert!(stderr.contains("\n  token t-77\n"), "{stderr}");
}

#[test]
fn the_answer_decides_and_no_other() {
    for (call, exit) in [
        ("status = 502\nlost = \"request\"\nbody = \"<html>\"", 10),
        ("lost = \"request\"", 10),
        (
            "status = 403\nlost = \"request\"\nbody = \"<Error><Code>AccessDenied</Code></Error>\"",
            6,
        ),
        ("cut = 20", 10),
        ("repeat = 2", 4),
    ] {
        let stage =
            Stage::with_faults(&format!("[[fault]]\ncall = \"{}\"\n{call}\n", CreateJob::NAME));
        let ran = create(&stage, &format!("--template delete {NEEDS} -y --retries 1")).fails(exit);
        assert_eq!(ran.stdout, "", "{ran:?}");
    }
}
