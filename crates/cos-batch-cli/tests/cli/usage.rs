//! What makes no sense is refused before anything is sent

use insta::assert_snapshot;

use crate::support::cosbatch;

#[test]
fn bad_arguments_are_named() {
    for (arguments, named) in [
        ("", "Usage: cosbatch [OPTIONS] <COMMAND>"),
        ("explode", "unrecognized subcommand 'explode'"),
        ("list --local --clock real", "expected auto or system"),
        ("serve --clock auto", "expected"),
        ("--clock system serve", "name a clock behind serve: real, xN or manual"),
        ("list --local --deadline 0s", "expected a time such as 30s, 500ms, 2m or 7d"),
        ("list --local -q -v", "cannot be used with"),
        ("list --local --secret-key x", "unexpected argument '--secret-key'"),
        ("list --local extra", "unexpected argument 'extra'"),
        ("list --local --status bogus", "expected one of Active, Cancelled, Cancelling, Complete"),
        ("list --local --status Active,", "expected one of Active"),
        ("list --local --status aktive", "expected one of Active"),
        ("list --local --page-size 0", "expected an integer from 1 to 1000"),
        ("list --local --page-size 1001", "expected an integer from 1 to 1000"),
        ("list --local --page-size x", "expected an integer from 1 to 1000"),
        ("list --local --page-size=-1", "expected an integer from 1 to 1000"),
        ("list --local --limit 0", "--limit <N>"),
        ("list --local --limit x", "--limit <N>"),
        ("list --local --timeout 0", "expected a time such as 30s, 500ms, 2m or 7d"),
        ("list --local --timeout 0s", "expected a time such as 30s, 500ms, 2m or 7d"),
        ("list --local --timeout x", "expected a time such as 30s, 500ms, 2m or 7d"),
        ("list --local --timeout 30", "expected a time such as 30s, 500ms, 2m or 7d"),
        ("list --local --timeout=-5s", "expected a time such as 30s, 500ms, 2m or 7d"),
        ("list --local --retries x", "--retries <N>"),
        ("list --local --retries=-1", "--retries <N>"),
        ("list --local --retries 101", "101 is not in 0..=100"),
        ("list --local -o pdf", "possible values: table, json, jsonl, csv, tsv, xml, yaml, id"),
        ("list --local --endpoint http://127.0.0.1:1", "cannot be used with"),
        ("list --local --uin 1", "cannot be used with"),
        ("list --endpoint http://127.0.0.1:1 --region ap-chengdu", "cannot be used with"),
        ("list --uin abc", "expected a UIN"),
        ("list --app-id x-1", "expected an APPID"),
        ("list --region AP_CHENGDU", "expected a region such as ap-chengdu"),
        ("decode", "<OP>"),
        ("decode CopyJob", "possible values: CreateJob"),
        ("decode ListJobs --status 99", "--status <N>"),
        ("decode ListJobs --status OK", "--status <N>"),
        ("serve --listen localhost", "--listen <ADDR>"),
        ("serve --seed-jobs=-1", "--seed-jobs <N>"),
        ("serve --key no-secret", "expected ID=SECRET"),
    ] {
        let ran = cosbatch(arguments).fails(2);
        ran.says(named);
        assert_eq!(ran.stdout, "", "{arguments}");
    }
}

#[test]
fn times_are_said_as_people_say_them() {
    for time in ["500ms", "30s", "2m", "1m30s", "1h", "9999h"] {
        let run = cosbatch(&format!("list --local --limit 1 --timeout {time}"));
        assert_eq!(run.stdout().lines().count(), 1, "{time}");
    }
}

#[test]
fn malformed_endpoints_are_named() {
    for (url, fact) in [
        ("127.0.0.1:9000", "127.0.0.1:9000: "),
        ("localhost", "localhost: it begins with neither http:// nor https://"),
        ("ftp://127.0.0.1", "ftp://127.0.0.1: it begins with neither http:// nor https://"),
        ("http://127.0.0.1:1/jobs", "http://127.0.0.1:1/jobs: it has a path or a query"),
        ("http://127.0.0.1:1?x", "http://127.0.0.1:1: it has a path or a query"),
        ("http://127.0.0.1:99999", "http://127.0.0.1:99999: its port is none"),
        ("http://127.0.0.1:", "http://127.0.0.1:: its port is none"),
        ("http://", "http://: "),
    ] {
        let ran = cosbatch(&format!("list --app-id 1250000000 --endpoint {url}")).fails(2);
        ran.says("error[E0201 bad-endpoint]: --endpoint is malformed\n  ").says(fact);
        ran.says("\n  help: give a URL without a path, such as http://127.0.0.1:9000\n");
    }
}

#[test]
fn a_password_in_an_endpoint_is_not_repeated() {
    for url in ["http://user:passw0rd@host", "http://user:passw0rd@host/path", "user:passw0rd@host"]
    {
        for run in [
            cosbatch("list --app-id 1250000000").arg("--endpoint").arg(url),
            cosbatch("list --app-id 1250000000").env("COSBATCH_ENDPOINT", url),
        ] {
            let ran = run.run();
            assert!(matches!(ran.code, Some(2 | 3)), "{ran:?}");
            assert!(!ran.stderr.contains("passw0rd"), "{ran:?}");
            ran.says("host");
        }
    }
}

#[test]
fn two_places_are_one_too_many() {
    let ran = cosbatch("list --uin 100000000001 --app-id 1250000000")
        .env("COSBATCH_ENDPOINT", "http://127.0.0.1:1")
        .fails(2);
    assert_snapshot!(ran.screen(), @"
    error[E0206 two-places]: COSBATCH_ENDPOINT is set, and --uin or --region name another place
      help: unset COSBATCH_ENDPOINT, or leave out --uin and --region
    ");
}

#[test]
fn help_names_what_there_is_and_no_value_of_the_environment() {
    let help = cosbatch("list --help").env("COSBATCH_ENDPOINT", "http://user:passw0rd@h").stdout();
    for named in ["--local", "--page-size", "COSBATCH_ENDPOINT", "TENCENTCLOUD_REGION"] {
        assert!(help.contains(named), "{named} is not in {help}");
    }
    assert!(!help.contains("passw0rd"), "{help}");
    let help = cosbatch("--help").stdout();
    assert!(help.contains("Exit codes:") && help.contains("TENCENTCLOUD_SECRET_ID"), "{help}");
    assert!(cosbatch("--version").stdout().starts_with("cosbatch "));
}
