//! Listings of jobs that are chosen, sorted, counted, merged

use std::collections::BTreeSet;

use cos_batch::{JobStatus, JobSummary};
use insta::assert_snapshot;

use crate::stage::Stage;
use crate::support::{always, cosbatch, list_at, page};

/// The ids of those that are meant, in the order of a listing.
fn ids(jobs: &[JobSummary<'_>], meant: impl Fn(&JobSummary<'_>) -> bool) -> Vec<String> {
    jobs.iter().filter(|job| meant(job)).map(|job| job.job_id.to_string()).collect()
}

fn listed(stage: &Stage, arguments: &str) -> Vec<String> {
    let stdout = stage.cosbatch(&format!("list -o id {arguments}")).stdout();
    stdout.lines().map(str::to_owned).collect()
}

#[test]
fn groups_of_statuses_and_their_opposites() {
    use JobStatus::{Complete, Failed, Failing, Paused, Suspended};
    let stage = Stage::still();
    let jobs = stage.jobs();
    let attention = ids(&jobs, |it| matches!(it.status, Suspended | Paused | Failing | Failed));
    assert!(attention.len() > 4);
    assert_eq!(listed(&stage, "--status attention"), attention);
    let active = ids(&jobs, |it| !it.status.is_terminal());
    assert_eq!(listed(&stage, "--status active"), active);
    assert_eq!(listed(&stage, "--status ^terminal"), active);
    let terminal = ids(&jobs, |it| it.status.is_terminal());
    assert_eq!(listed(&stage, "--status terminal"), terminal);
    assert_eq!(active.len() + terminal.len(), 48);
    assert_eq!(
        listed(&stage, "--status ^Complete,^Failed"),
        ids(&jobs, |it| it.status != Complete && it.status != Failed)
    );
    assert_eq!(
        listed(&stage, "--status terminal --status ^Complete"),
        ids(&jobs, |it| it.status.is_terminal() && it.status != Complete)
    );
    assert_eq!(
        listed(&stage, "--status Complete,attention"),
        ids(&jobs, |it| it.status == Complete || attention.contains(&it.job_id.to_string()))
    );
}

#[test]
fn times_operations_and_texts() {
    let stage = Stage::still();
    let jobs = stage.jobs();
    let since = stage.emulator.now().saturating_sub(cos_batch::time::Duration::days(7));
    let young = ids(&jobs, |it| it.creation_time >= since);
    assert!(!young.is_empty() && young.len() < 48);
    // A day more or less would be other jobs: whole days have no job at their ends.
    assert_eq!(listed(&stage, "--since 7d"), young);
    let old = ids(&jobs, |it| it.creation_time < since);
    assert_eq!(listed(&stage, "--until 168h"), old);
    let date = since.date();
    let midnight = date.midnight().assume_utc();
    assert_eq!(
        listed(&stage, &format!("--since {date}")),
        ids(&jobs, |it| it.creation_time >= midnight)
    );
    assert_eq!(
        listed(&stage, &format!("--until {date}T00:00:00Z")),
        ids(&jobs, |it| it.creation_time < midnight)
    );

    let deletions = ids(&jobs, |it| it.operation.as_str() == "COSDeleteObject");
    assert_eq!(listed(&stage, "--operation delete"), deletions);
    assert_eq!(listed(&stage, "--operation COSDeleteObject"), deletions);
    assert_eq!(listed(&stage, "--operation COSHibernate"), Vec::<String>::new());

    let mirrors = |it: &JobSummary<'_>| {
        it.description.as_deref().is_some_and(|text| text.starts_with("nightly mirror"))
    };
    assert_eq!(listed(&stage, "--match ^nightly.mirror"), ids(&jobs, mirrors));
    let id = jobs[7].job_id.to_string();
    assert_eq!(listed(&stage, &format!("--match {id}")), [id]);
}

#[test]
fn an_order_and_a_number() {
    let stage = Stage::still();
    let by = |order: &str| {
        let ids = listed(&stage, &format!("--sort {order}"));
        let mut jobs = stage.jobs();
        jobs.sort_by_key(|job| ids.iter().position(|id| *id == job.job_id.as_str()));
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 48);
        jobs
    };
    assert!(by("created").is_sorted_by_key(|job| job.creation_time));
    assert!(by("-created").is_sorted_by_key(|job| std::cmp::Reverse(job.creation_time)));
    assert!(by("priority").is_sorted_by_key(|job| std::cmp::Reverse(job.priority)));
    let statuses = by("status");
    assert_eq!(statuses[0].status, JobStatus::New);
    assert_eq!(statuses[47].status, JobStatus::Failed);
    let done = |job: &JobSummary<'_>| {
        let progress = job.progress_summary.as_ref()?;
        let done = progress.number_of_tasks_succeeded + progress.number_of_tasks_failed;
        (done * 1000).checked_div(progress.total_number_of_tasks)
    };
    assert!(by("progress").is_sorted_by_key(|job| done(job).unwrap_or_default()));
    let first = listed(&stage, "--sort -created --limit 3 --page-size 10");
    assert_eq!(first, listed(&stage, "--sort -created")[..3]);

    assert_eq!(stage.cosbatch("list --count").stdout(), "48\n");
    let failed = stage.ids(JobStatus::Failed).len();
    assert_eq!(stage.cosbatch("list --count --status Failed").stdout(), format!("{failed}\n"));
    let ran = stage.cosbatch("list -o table --page-size 20 --status attention").run();
    assert_eq!(ran.stderr, "12 jobs need attention (of 48, 3 pages)\n");
}

#[test]
fn what_was_left_out_is_said() {
    let stage = Stage::still();
    let jobs = stage.jobs();
    let count =
        |meant: &dyn Fn(&JobSummary<'_>) -> bool| jobs.iter().filter(|it| meant(it)).count();
    let since = stage.emulator.now().saturating_sub(cos_batch::time::Duration::days(7));
    let young = |it: &JobSummary<'_>| it.creation_time >= since;
    let complete = |it: &JobSummary<'_>| it.status == JobStatus::Complete;
    let deletes = |it: &JobSummary<'_>| it.operation.as_str() == "COSDeleteObject";
    let said = |arguments: &str| stage.cosbatch(&format!("list -o table {arguments}")).run().stderr;

    let ended = count(&complete);
    assert_eq!(said("--status Complete"), format!("{ended} jobs in 1 page\n"));
    let week = count(&young);
    assert_eq!(said("--since 7d"), format!("{week} jobs (of 48, 1 page)\n"));
    let both = count(&|it| young(it) && complete(it));
    assert_eq!(
        said("--status Complete --since 7d"),
        format!("{both} jobs (of {ended} Complete, 1 page)\n")
    );
    let deletions = count(&deletes);
    assert_eq!(said("--operation delete"), format!("{deletions} jobs (of 48, 1 page)\n"));
    let both = count(&|it| young(it) && deletes(it));
    assert_eq!(
        said("--operation delete --since 7d"),
        format!("{both} jobs (of {week} in the last 7 days, 1 page)\n")
    );
    assert_eq!(
        said("--operation delete --since 2001-01-01 --until 1h --limit 1 --page-size 1000"),
        format!(
            "1 job (of {} since 2001-01-01T00:00:00Z and before 1 hour ago, 1 page), and there are \
             more\n",
            1 + jobs.iter().position(deletes).expect("one")
        )
    );
    assert_eq!(said("--sort created --limit 3"), "3 jobs (of 48, 1 page)\n");
}

#[test]
fn one_page_names_the_next() {
    let stage = Stage::still();
    let all = listed(&stage, "");
    let ran = stage.cosbatch("list --one-page --page-size 20 -o id").run();
    assert_eq!(ran.stdout.lines().collect::<Vec<_>>(), all[..20]);
    assert_eq!(
        ran.stderr,
        format!("20 jobs in 1 page, the next with --starting-token {}\n", all[19])
    );
    let ran = stage.cosbatch("list --one-page --page-size 1000 -o id").run();
    assert_eq!((ran.stdout.lines().count(), &*ran.stderr), (48, "48 jobs in 1 page\n"));
}

#[test]
fn what_cannot_be_meant() {
    for (arguments, named) in [
        ("--status ^bogus", "or a group: active, terminal, attention"),
        ("--since yesterday", "expected 7d, 2026-11-22 or 2026-11-22T13:44:54Z"),
        ("--since 2026-02-30", "expected 7d, 2026-11-22"),
        ("--operation a,b", "an operation's name"),
        ("--match (", "unclosed group"),
        ("--sort size", "possible values: created, -created, priority, status, progress"),
        ("--sort created --count", "cannot be used with"),
    ] {
        cosbatch(&format!("list --local {arguments}")).fails(2).says(named);
    }
    let regions = "--uin 100000000001 --app-id 1250000000 --region ap-chengdu,ap-beijing";
    let asked = |arguments: &str| cosbatch(&format!("{arguments} {regions}")).credentials("a", "b");
    assert_snapshot!(asked("list --starting-token x").fails(2).screen(), @"
    error[E0215 several-regions]: a token belongs to one region, and --region names several
      help: go on with each region on its own
    ");
    assert_snapshot!(asked("describe x").fails(2).screen(), @"
    error[E0215 several-regions]: --region names several regions
      help: name one: only list asks several at a time
    ");
}

#[test]
fn regions_that_fail_are_told_each() {
    // Both go by a proxy that is not there.
    let ran = cosbatch("list --uin 100000000001 --app-id 1250000000 --retries 0 -o json")
        .arg("--region=ap-chengdu,ap-beijing")
        .env("HTTPS_PROXY", "http://127.0.0.1:1")
        .credentials("a", "b")
        .fails(7);
    assert_eq!(ran.stdout, "[]\n");
    let hosts: BTreeSet<_> = ran
        .stderr
        .lines()
        .map(|line| {
            let error: serde_json::Value = serde_json::from_str(line).expect("JSON");
            error["error"]["host"].as_str().expect("a host").to_owned()
        })
        .collect();
    assert_eq!(
        hosts.into_iter().collect::<Vec<_>>(),
        [
            "100000000001.cos-control.ap-beijing.myqcloud.com",
            "100000000001.cos-control.ap-chengdu.myqcloud.com"
        ]
    );
}

#[test]
fn a_count_that_is_not_all_is_none() {
    let peer = always(1, "200 OK", page(&["a2f09dab-b45c-4316-8b33-1645445bcd27"], "more"));
    let ran = list_at(&peer, "--count --retries 0").fails(7);
    assert_eq!(ran.stdout, "");
    ran.says("nothing was listed, though 1 job of 1 page came before this");
}
