//! `kill -9` at random moments: what was acknowledged stays, and no task is lost or told twice
//!
//! Clients create jobs and change them while their tasks run on folders; the service is killed in
//! the midst of it, and started again, 20 times unless `CRASHES` says how often. The seed is printed
//! and can be given as `CRASH_SEED`; the moments themselves are the machine's.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that cannot go on fails"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};
use std::{env, fs, thread};

use cos_batch::drive::Failed;
use cos_batch::{
    CreateJob, Credentials, DeleteJob, DescribeJob, Endpoint, Error, Job, JobId, JobOperation,
    JobStatus, ListJobs, Manifest, ManifestField, ManifestLocation, Operation, PutObjectCopy,
    ReplyError, Report, ReportScope, RequestedJobStatus, Retry, Signer, UpdateJobPriority,
    UpdateJobStatus,
};
use cos_batch_ureq::{Client, SendError};
use md5::{Digest, Md5};
use serde_json::Value;

const CLIENTS: u64 = 3;
/// The tasks of a copy: 198 that succeed and 2 that fail.
const COPIES: usize = 200;
/// The tasks of a deletion, of several turns.
const DELETIONS: usize = 2500;
/// How many jobs a client creates between two kills at most: all run to their ends.
const CREATIONS: usize = 2;

/// A number that follows from another: SplitMix64.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A service in a process of its own, killed with the test.
struct Served {
    child: Child,
    port: u16,
}

impl Served {
    fn start(folder: &Path) -> Self {
        let port_file = folder.join("port");
        let _ = fs::remove_file(&port_file);
        let mut child = Command::new(env!("CARGO_BIN_EXE_cosbatch"))
            .args(["serve", "--seed-jobs", "0", "--clock", "x20", "--data"])
            .arg(folder.join("data"))
            .arg("--buckets")
            .arg(folder.join("buckets"))
            .arg("--port-file")
            .arg(&port_file)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let begun = Instant::now();
        loop {
            if let Some(port) = fs::read_to_string(&port_file).ok().filter(|it| it.ends_with('\n'))
            {
                break Self { child, port: port.trim().parse().unwrap() };
            }
            if child.try_wait().unwrap().is_some() || begun.elapsed() > Duration::from_secs(60) {
                let _ = child.kill();
                let output = child.wait_with_output().unwrap();
                panic!("it does not start: {}", String::from_utf8_lossy(&output.stderr));
            }
            thread::sleep(Duration::from_millis(1));
        }
    }

    fn client(&self) -> Client {
        let authority = format!("127.0.0.1:{}", self.port);
        let endpoint = Endpoint::custom("http", &authority, "1250000000".parse().unwrap()).unwrap();
        let signer = Signer::new(Credentials::new("AKIDLOCAL", "local-secret").unwrap());
        let mut retry = Retry::new(0);
        retry.attempts = 1;
        Client::new(endpoint, signer).with_retry(retry).with_timeout(Duration::from_secs(60))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // SIGKILL: it has no chance to do anything more.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the service answered, if it did.
fn ask<O: Operation>(client: &Client, call: O) -> Option<Result<O::Output<'static>, String>> {
    match client.call(call) {
        Ok(output) => Some(Ok(output)),
        Err(Failed { error: Error::Reply(ReplyError::Service(error)), .. }) => {
            assert!(error.status.is_client_error(), "{error}");
            Some(Err(error.code.to_string()))
        }
        Err(failed) => {
            assert!(is_loss(&failed), "{failed}");
            None
        }
    }
}

/// Did the answer get lost, in whole or in part?
fn is_loss(failed: &Failed<SendError>) -> bool {
    match &failed.error {
        Error::Lost(_) | Error::OutcomeUnknown { .. } => true,
        Error::Reply(ReplyError::Xml(error)) => error.to_string().contains("end"),
        _ => false,
    }
}

/// What must be true of a job, and what may be, for a request about it was lost.
#[derive(Clone, Debug, Default)]
struct Known {
    token: String,
    priority: u32,
    maybe_priority: Option<u32>,
    cancelled: bool,
    maybe_cancelled: bool,
    deleted: bool,
    maybe_deleted: bool,
}

type Jobs = BTreeMap<JobId<'static>, Known>;

/// One client until the service is gone: creates, changes, cancels and deletes jobs of its own.
fn work(client: &Client, number: u64, seed: u64, etags: &[String; 2], mut jobs: Jobs) -> Jobs {
    let mut random = seed;
    let most = jobs.len() + CREATIONS;
    for n in 0.. {
        let random_job = |random: &mut u64, jobs: &Jobs| {
            let alive: Vec<_> = jobs.iter().filter(|(_, known)| !known.deleted).collect();
            let nth = next(random) as usize % alive.len().max(1);
            alive.get(nth).map(|(id, _)| (*id).clone())
        };
        match (next(&mut random) % 20, random_job(&mut random, &jobs)) {
            (0..=5, _) | (_, None) if jobs.len() < most => {
                let token = format!("{number}-{seed:x}-{n}");
                let Some(created) = ask(client, create(&token, etags)) else { return jobs };
                let job_id = created.expect("a token of its own").job_id;
                jobs.insert(job_id, Known { token, priority: 10, ..Known::default() });
            }
            (6, Some(job_id)) => {
                let known = jobs.get_mut(&job_id).unwrap();
                known.maybe_cancelled = true;
                let cancel = UpdateJobStatus::new(job_id, RequestedJobStatus::Cancelled);
                let Some(answer) = ask(client, cancel) else { return jobs };
                known.cancelled |= answer.is_ok();
                known.maybe_cancelled = false;
            }
            (7, Some(job_id)) => {
                let known = jobs.get_mut(&job_id).unwrap();
                known.maybe_deleted = true;
                let Some(answer) = ask(client, DeleteJob::new(job_id)) else { return jobs };
                known.deleted |= answer.is_ok();
                known.maybe_deleted = false;
            }
            (_, Some(job_id)) => {
                let known = jobs.get_mut(&job_id).unwrap();
                let priority = next(&mut random) as u32 % 1000;
                known.maybe_priority = Some(priority);
                let update = UpdateJobPriority::new(job_id, priority.try_into().unwrap());
                let Some(answer) = ask(client, update) else { return jobs };
                if answer.is_ok() {
                    known.priority = priority;
                }
                known.maybe_priority = None;
            }
            (_, None) => {
                let Some(_) = ask(client, ListJobs::new()) else { return jobs };
            }
        }
        thread::sleep(Duration::from_millis(next(&mut random) % 10));
    }
    jobs
}

/// A copy, or where its token ends in an odd number a deletion of what is not there.
fn create(token: &str, etags: &[String; 2]) -> CreateJob {
    let bucket = |name: &str| format!("qcs::cos:ap-chengdu:uid/1250000000:{name}-1250000000");
    let deletes = token.ends_with(['1', '3', '5', '7', '9']);
    let operation = if deletes {
        JobOperation::DeleteObject
    } else {
        let mut copy = PutObjectCopy::new(bucket("dst").parse().unwrap());
        copy.prefix_replace = Some(true);
        copy.target_key_prefix = Some(format!("{token}/").into());
        JobOperation::PutObjectCopy(Box::new(copy))
    };
    let list = format!("{}/{}.csv", bucket("src"), if deletes { "delete" } else { "copy" });
    let location =
        ManifestLocation::new(list.parse().unwrap(), etags[usize::from(deletes)].clone());
    let mut report = Report::new(bucket("out").parse().unwrap(), ReportScope::AllTasks);
    report.prefix = Some(token.to_owned().into());
    CreateJob::new(
        token.parse().unwrap(),
        Manifest::csv(location, [ManifestField::Bucket, ManifestField::Key]),
        operation,
        10.try_into().unwrap(),
        report,
        "qcs::cam::uin/100000000001:roleName/COS_Batch_QcsRole".parse().unwrap(),
    )
}

/// Is everything true that was acknowledged? What is now known for sure is noted.
fn check(client: &Client, jobs: &mut Jobs) {
    for (job_id, known) in jobs {
        let answer = ask(client, DescribeJob::new(job_id.clone())).expect("an answer");
        match answer {
            Err(code) => {
                assert!(known.deleted || known.maybe_deleted, "{job_id} is gone: {code} {known:?}");
                known.deleted = true;
            }
            Ok(described) => {
                let job = described.job;
                assert!(!known.deleted, "{job_id} is back: {known:?}");
                let token = job.client_request_token.as_ref().map(|token| token.as_str());
                assert_eq!(token, Some(&*known.token), "{job_id}");
                let priority = job.priority.value();
                let is_right = priority == known.priority || Some(priority) == known.maybe_priority;
                assert!(is_right, "{job_id}: {priority} {known:?}");
                known.priority = priority;
                let is_cancelled =
                    matches!(job.status, JobStatus::Cancelling | JobStatus::Cancelled);
                assert!(is_cancelled || !known.cancelled, "{job_id}: {} {known:?}", job.status);
                assert!(!is_cancelled || known.cancelled || known.maybe_cancelled, "{known:?}");
                known.cancelled = is_cancelled;
            }
        }
        (known.maybe_priority, known.maybe_cancelled, known.maybe_deleted) = (None, false, false);
    }
}

/// The buckets, and the ETags of the two manifests.
fn fill(buckets: &Path) -> [String; 2] {
    for name in ["src", "dst", "out"] {
        fs::create_dir_all(buckets.join(format!("{name}-1250000000"))).unwrap();
    }
    let source = buckets.join("src-1250000000");
    let mut copies = String::new();
    for n in 0..COPIES {
        if n % 100 != 99 {
            fs::write(source.join(format!("object-{n}")), format!("content {n}")).unwrap();
        }
        copies += &format!("src-1250000000,object-{n}\n");
    }
    let deletions =
        (0..DELETIONS).map(|n| format!("src-1250000000,none-{n}\n")).collect::<String>();
    [("copy.csv", copies), ("delete.csv", deletions)].map(|(name, text)| {
        let digest = Md5::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();
        fs::write(source.join(name), text).unwrap();
        digest
    })
}

/// The rows of a job's report: each key with its status, as often as it is told.
fn report(buckets: &Path, job: &Job<'static>, token: &str) -> Vec<(String, String)> {
    let out = buckets.join("out-1250000000");
    let manifest = out.join(format!("{token}/job-{}/manifest.json", job.job_id));
    let manifest: Value = serde_json::from_slice(&fs::read(manifest).unwrap()).unwrap();
    let mut rows = Vec::new();
    for result in manifest["Results"].as_array().unwrap() {
        let file: PathBuf = out.join(result["Key"].as_str().unwrap());
        for line in fs::read_to_string(file).unwrap().lines() {
            let columns: Vec<_> = line.split(',').collect();
            assert_eq!(columns[3], result["TaskExecutionStatus"].as_str().unwrap(), "{line}");
            rows.push((columns[1].to_owned(), columns[3].to_owned()));
        }
    }
    rows.sort();
    rows
}

/// Is what a job tells of its tasks what the manifest asks for and the folders hold?
fn check_tasks(buckets: &Path, job: &Job<'static>, known: &Known) {
    // One that was cancelled at once knows nothing of its tasks.
    let Some(progress) = &job.progress_summary else { return };
    let (succeeded, failed) = (progress.number_of_tasks_succeeded, progress.number_of_tasks_failed);
    if succeeded + failed == 0 {
        return;
    }
    let rows = report(buckets, job, &known.token);
    let mut keys: Vec<_> = rows.iter().map(|(key, _)| key).collect();
    keys.dedup();
    assert_eq!(keys.len(), rows.len(), "{}: a task is told twice", job.job_id);
    assert_eq!(rows.len() as u64, succeeded + failed, "{}: a task is lost", job.job_id);
    let told_failed = rows.iter().filter(|(_, status)| status == "failed").count() as u64;
    assert_eq!(told_failed, failed, "{}", job.job_id);
    let copies = matches!(job.operation, JobOperation::PutObjectCopy(_));
    if job.status == JobStatus::Complete {
        let expected = if copies { (198, 2) } else { (DELETIONS as u64, 0) };
        assert_eq!((succeeded, failed), expected, "{}", job.job_id);
    }
    for (key, status) in rows.iter().filter(|_| copies) {
        let copy = buckets.join(format!("dst-1250000000/{}/{key}", known.token));
        let number = key.strip_prefix("object-").unwrap();
        match status.as_str() {
            "succeeded" => {
                assert_eq!(fs::read_to_string(copy).unwrap(), format!("content {number}"))
            }
            _ => assert!(!copy.exists()),
        }
    }
}

#[test]
fn whatever_was_acknowledged_survives_a_kill() {
    let number = |name: &str| env::var(name).ok().map(|it| it.parse::<u64>().expect("a number"));
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let seed = number("CRASH_SEED").unwrap_or(now.as_nanos() as u64 % 1_000_000);
    let crashes = number("CRASHES").unwrap_or(20);
    println!("CRASH_SEED={seed} CRASHES={crashes}");
    let folder = tempfile::tempdir().unwrap();
    let buckets = folder.path().join("buckets");
    let etags = fill(&buckets);
    let mut random = seed;
    let mut all: Vec<Jobs> = vec![Jobs::new(); CLIENTS as usize];
    for _ in 0..crashes {
        let served = Served::start(folder.path());
        let client = served.client();
        all.iter_mut().for_each(|jobs| check(&client, jobs));
        let moment = Duration::from_millis(next(&mut random) % 400);
        let seeds: Vec<_> = all.iter().map(|_| next(&mut random)).collect();
        thread::scope(|scope| {
            let workers: Vec<_> = (0..CLIENTS)
                .zip(seeds)
                .zip(std::mem::take(&mut all))
                .map(|((number, seed), jobs)| {
                    let (client, etags) = (&client, &etags);
                    scope.spawn(move || work(client, number, seed, etags, jobs))
                })
                .collect();
            thread::sleep(moment);
            drop(served);
            all = workers.into_iter().map(|worker| worker.join().expect("no error")).collect();
        });
    }

    // What is left runs to its end.
    let served = Served::start(folder.path());
    let client = served.client();
    let begun = Instant::now();
    let has_ended = |job: &cos_batch::JobSummary<'static>| job.status.is_terminal();
    while !ask(&client, ListJobs::new()).unwrap().unwrap().jobs.iter().all(has_ended) {
        assert!(begun.elapsed() < Duration::from_secs(600), "they do not end");
        thread::sleep(Duration::from_millis(50));
    }
    let (mut ended, mut statuses) = (0, BTreeMap::<String, usize>::new());
    for jobs in &mut all {
        check(&client, jobs);
        for (job_id, known) in jobs.iter().filter(|(_, known)| !known.deleted) {
            let job = ask(&client, DescribeJob::new(job_id.clone())).unwrap().unwrap().job;
            *statuses.entry(job.status.to_string()).or_default() += 1;
            assert_ne!(job.status, JobStatus::Failed, "{:?}", job.failure_reasons);
            check_tasks(&buckets, &job, known);
            ended += 1;
        }
    }
    let deleted = all.iter().flat_map(BTreeMap::values).filter(|known| known.deleted).count();
    println!("{ended} jobs ended, {statuses:?}; {deleted} were deleted");
    assert!(statuses.contains_key("Complete"), "{statuses:?}");
}
