//! Who asks: what is missing or malformed is named, and never shown

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use cos_batch_emulator::{Account, Emulator};
use insta::assert_snapshot;

use crate::support::{SECRET_ID, SECRET_KEY, TOKEN, always, cosbatch, list_at, page};

const ENDPOINT: &str = "list --endpoint http://127.0.0.1:1 --app-id 1250000000 --retries 0";

#[test]
fn without_an_account_a_newcomer_is_told_what_to_give() {
    assert_snapshot!(cosbatch("list").fails(3).screen(), @r#"
    error[E0301 no-account]: the account is not configured
      missing: the UIN, the APPID, the region
      help: give --uin, --app-id and --region (or COSBATCH_UIN, COSBATCH_APP_ID, COSBATCH_REGION), or --endpoint and --app-id; or try --local
    "#);
}

#[test]
fn programs_are_told_as_an_object_before_any_call_too() {
    let error = cosbatch("list -o json").fails(3).json_error();
    assert_eq!((&error["code"], &error["exit"]), (&"E0301".into(), &3.into()));
    assert_eq!(error["facts"][0], "missing: the UIN, the APPID, the region");
    assert_eq!(error["host"], serde_json::Value::Null);
}

#[test]
fn what_is_missing_of_an_account_is_named() {
    for (arguments, variables, missing) in [
        ("--uin 1", &[][..], "missing: the APPID, the region\n"),
        ("--app-id 1", &[], "missing: the UIN, the region\n"),
        ("--region ap-chengdu", &[], "missing: the UIN, the APPID\n"),
        ("--uin 1 --region ap-chengdu", &[], "missing: the APPID\n"),
        ("--uin 1", &[("COSBATCH_APP_ID", "1")], "missing: the region\n"),
        ("--app-id 1", &[("TENCENTCLOUD_REGION", "ap-chengdu")], "missing: the UIN\n"),
        ("--app-id 1", &[("COSBATCH_REGION", "ap-chengdu")], "missing: the UIN\n"),
        ("--app-id 1", &[("COSBATCH_UIN", "")], "missing: the UIN, the region\n"),
        ("--endpoint http://127.0.0.1:1", &[], "missing: the APPID\n"),
        ("", &[("COSBATCH_ENDPOINT", "http://127.0.0.1:1")], "missing: the APPID\n"),
    ] {
        let mut run = cosbatch(&format!("list {arguments}")).credentials(SECRET_ID, SECRET_KEY);
        for (name, value) in variables {
            run = run.env(name, value);
        }
        run.fails(3).says("error[E0301 no-account]").says(missing);
    }
}

#[test]
fn malformed_variables_are_named() {
    for (name, value) in [
        ("COSBATCH_UIN", "x"),
        ("COSBATCH_APP_ID", "1250000000 "),
        ("COSBATCH_REGION", "AP"),
        ("TENCENTCLOUD_REGION", "a b"),
    ] {
        let ran = cosbatch("list").env(name, value).fails(3);
        ran.says(&format!("error[E0304 bad-setting]: {name} is malformed\n  expected "));
    }
    let run = cosbatch("list --app-id 1").env("COSBATCH_ENDPOINT", "ftp://127.0.0.1");
    assert_snapshot!(run.fails(3).screen(), @r#"
    error[E0306 bad-endpoint]: COSBATCH_ENDPOINT is malformed
      ftp://127.0.0.1: it begins with neither http:// nor https://
      help: give a URL without a path, such as http://127.0.0.1:PORT
    "#);
    let run = cosbatch("list").env("COSBATCH_UIN", OsStr::from_bytes(b"1\xff"));
    assert_snapshot!(run.fails(3).screen(), @r#"
    error[E0305 bad-environment]: COSBATCH_UIN is not UTF-8
      help: set it again
    "#);
}

#[test]
fn a_flag_goes_before_the_environment() {
    let peer = always(1, "200 OK", page(&[], ""));
    let run = list_at(&peer, "")
        .env("COSBATCH_ENDPOINT", "http://127.0.0.1:1")
        .env("COSBATCH_APP_ID", "not a number");
    assert_eq!(run.stdout(), "");
    let request = String::from_utf8(peer.requests().remove(0)).expect("ASCII");
    assert!(request.contains("\r\nx-cos-appid: 1250000000\r\n"), "{request}");
}

#[test]
fn the_environment_alone_is_enough() {
    let peer = always(1, "200 OK", page(&["a2f09dab-b45c-4316-8b33-1645445bcd27"], ""));
    let run = cosbatch("list -o id")
        .env("COSBATCH_ENDPOINT", format!("http://{}/", peer.address()))
        .env("COSBATCH_APP_ID", "1250000000")
        .env("TENCENTCLOUD_SECURITY_TOKEN", TOKEN)
        .credentials(SECRET_ID, SECRET_KEY);
    assert_eq!(run.stdout(), "a2f09dab-b45c-4316-8b33-1645445bcd27\n");
    let request = String::from_utf8(peer.requests().remove(0)).expect("ASCII");
    assert!(request.contains(&format!("x-cos-security-token: {TOKEN}\r\n")), "{request}");
    assert!(request.contains(&format!("q-ak={SECRET_ID}&")), "{request}");
}

#[test]
fn missing_credentials_are_named() {
    assert_snapshot!(cosbatch(ENDPOINT).fails(3).screen(), @r#"
    error[E0302 no-credentials]: no credentials are configured
      TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY are not set
      no keys are in /nonexistent/.config/cosbatch/config.toml, /nonexistent/.tccli/default.credential, /nonexistent/.cos.yaml
      help: set TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY, and TENCENTCLOUD_SECURITY_TOKEN where they are temporary; or try --local
    "#);
    let ran = cosbatch(ENDPOINT).env("TENCENTCLOUD_SECRET_ID", SECRET_ID).fails(3);
    ran.says("\n  TENCENTCLOUD_SECRET_KEY is not set\n");
    let ran = cosbatch(ENDPOINT).env("TENCENTCLOUD_SECRET_KEY", SECRET_KEY).fails(3);
    ran.says("\n  TENCENTCLOUD_SECRET_ID is not set\n");
    cosbatch(ENDPOINT).credentials("", SECRET_KEY).fails(3).says("TENCENTCLOUD_SECRET_ID is not");
    cosbatch(ENDPOINT).env("TENCENTCLOUD_TOKEN", TOKEN).fails(3).says("E0302");
}

#[test]
fn malformed_credentials_are_named_and_not_shown() {
    let key = |key: &str| cosbatch(ENDPOINT).credentials(SECRET_ID, key);
    for bad in [
        format!("{SECRET_KEY}\n"),
        format!(" {SECRET_KEY}"),
        format!("{SECRET_KEY} {SECRET_KEY}"),
        format!("{SECRET_KEY}\u{1b}[31m"),
        format!("{SECRET_KEY}中"),
    ] {
        key(&bad).fails(3).says("the secret key is malformed: expected visible ASCII");
    }
    assert_snapshot!(key(&format!("{SECRET_KEY}\r")).fails(3).screen(), @r#"
    error[E0303 bad-credentials]: the credentials are malformed
      the secret key is malformed: expected visible ASCII characters, without space; they come from TENCENTCLOUD_SECRET_ID
      help: check them for spaces and line ends
    "#);

    let id = cosbatch(ENDPOINT).credentials("AKID one\n", SECRET_KEY).fails(3);
    id.says("the secret id is malformed");
    let token = key(SECRET_KEY).env("TENCENTCLOUD_TOKEN", format!("{TOKEN}\n")).fails(3);
    token.says("the security token is malformed");
    let bytes = [SECRET_KEY.as_bytes(), b"\xff"].concat();
    let bytes = cosbatch(ENDPOINT)
        .env("TENCENTCLOUD_SECRET_ID", SECRET_ID)
        .env("TENCENTCLOUD_SECRET_KEY", OsStr::from_bytes(&bytes))
        .fails(3);
    bytes.says("TENCENTCLOUD_SECRET_KEY is not UTF-8");
}

#[test]
fn the_service_knows_who_is_who() {
    let account = Account::new(SECRET_ID, "another-key").expect("an account");
    let temporary = Account::new("AKIDtemporary", SECRET_KEY).expect("an account");
    let temporary = temporary.with_token(TOKEN).expect("a token");
    let emulator = Emulator::builder().account(account).account(temporary).start();
    let emulator = emulator.expect("an emulator");
    let list = |id: &str, key: &str| {
        let endpoint = emulator.endpoint();
        cosbatch(&format!("list --endpoint {endpoint} --app-id 1250000000")).credentials(id, key)
    };
    let lines = |stdout: String| stdout.lines().count();
    assert_eq!(lines(list(SECRET_ID, "another-key").stdout()), 48);
    assert_eq!(
        lines(list("AKIDtemporary", SECRET_KEY).env("TENCENTCLOUD_TOKEN", TOKEN).stdout()),
        48
    );

    let wrong_key = list(SECRET_ID, SECRET_KEY).fails(6);
    wrong_key
        .says("error[E0602 signature]: COS refused ListJobs: SignatureDoesNotMatch (HTTP 403)");
    wrong_key.says("help: check the secret key").says("attempt 1 of 3");
    assert_eq!(wrong_key.stdout, "");
    for stranger in [list("AKIDstranger", SECRET_KEY), list("AKIDtemporary", SECRET_KEY)] {
        let ran = stranger.fails(6);
        ran.says("error[E0601 denied]: COS refused ListJobs: InvalidAccessKeyId (HTTP 403)");
        ran.says("  request ").says("  trace ").says("  host 127.0.0.1:");
    }
}
