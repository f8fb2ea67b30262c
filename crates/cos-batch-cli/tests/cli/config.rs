//! What is configured: by flags, the environment and files, in their order

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use cos_batch_emulator::{Account, Emulator};
use insta::assert_snapshot;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Cosbatch, SECRET_ID, SECRET_KEY, TOKEN, answer, cosbatch, one_by_one};

/// A home of one's own, with files that only their owner may read.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn file(&self, name: &str, text: impl AsRef<[u8]>) -> &Self {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, text).expect("a file");
        self.mode(name, 0o600)
    }

    fn mode(&self, name: &str, mode: u32) -> &Self {
        let path = self.0.path().join(name);
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is ours");
        self
    }

    fn cosbatch(&self, arguments: &str) -> Cosbatch {
        cosbatch(arguments).env("HOME", self.0.path())
    }

    /// Where a setting comes from, and what is shown of it.
    #[track_caller]
    fn show(&self, name: &str, variables: &[(&str, &str)], flags: &str) -> (String, String) {
        let mut run = self.cosbatch(&format!("config show -q -o json {flags}"));
        for (name, value) in variables {
            run = run.env(name, value);
        }
        let settings: Value = serde_json::from_str(&run.stdout()).expect("JSON");
        let settings = settings.as_array().expect("a list");
        let setting = settings.iter().find(|it| it["name"] == name).expect("it is there");
        let text = |part: &str| setting[part].as_str().unwrap_or("-").to_owned();
        let home = self.0.path().to_str().expect("UTF-8");
        (text("value"), text("origin").replace(home, "~"))
    }
}

const OWN: &str = ".config/cosbatch/config.toml";
const TCCLI: &str = ".tccli/default.credential";

/// The keys of the docs' worked example, as coscli hides them.
const COSCLI: &str = "cos:
  base:
    secretid: E31ijbrdvRHqD/CBLIClMlSnoCX8lR64ayYGgXnA03lgCOHqO2dnd228bzyvgYin
    secretkey: Ujw6VVHFxYaMtRD/y1RakETX8csYHvqMq4HpJEW8x/PeQ1lHjB+NSA6psd9+JBIz
    sessiontoken: \"\"
    protocol: https
  buckets: []
";

#[test]
fn keys_come_from_the_first_source_that_has_any() {
    let home = Home::new();
    let id = |variables: &[(&str, &str)], flags: &str| home.show("secret_id", variables, flags);
    let found = |id: &str, origin: &str| (id.to_owned(), origin.to_owned());
    assert_eq!(id(&[], ""), found("-", "-"));
    home.file(".cos.yaml", COSCLI);
    assert_eq!(id(&[], ""), found("AKID…9U5q", "~/.cos.yaml"));
    home.file(TCCLI, r#"{"secretId": "AKIDtccli0002", "secretKey": "k", "token": null}"#);
    assert_eq!(id(&[], ""), found("AKID…0002", "~/.tccli/default.credential"));
    home.file(OWN, "[default]\nsecret_id = 'AKIDprofile0003'\nsecret_key = 'k'\n");
    assert_eq!(id(&[], ""), found("AKID…0003", "~/.config/cosbatch/config.toml [default]"));
    let mut set = Vec::new();
    for (names, value, shown) in [
        (["COS_SECRETID", "COS_SECRETKEY"], "AKIDexample0004", "AKID…0004"),
        (["TKE_SECRET_ID", "TKE_SECRET_KEY"], "AKIDcontainer0005", "AKID…0005"),
        (["TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY"], "AKIDcloud0006", "AKID…0006"),
        (["COSBATCH_SECRET_ID", "COSBATCH_SECRET_KEY"], "AKIDours000007", "AKID…0007"),
    ] {
        set.extend([(names[0], value), (names[1], "k")]);
        assert_eq!(id(&set, ""), found(shown, names[0]));
    }
    let process = fs::canonicalize(home.file("keys", "").0.path().join("keys")).expect("it");
    let printed = r#"echo '{"secret_id": "AKIDprocess0008", "secret_key": "k"}'"#;
    fs::write(&process, printed).expect("a file");
    let flags = format!("--credential-process .{}", process.display());
    // The shell reads a file behind a dot, and no space is in it.
    let flags = flags.replace("./", "/");
    home.mode("keys", 0o700);
    assert_eq!(id(&set, &flags), found("AKID…0008", "--credential-process"));
}

#[test]
fn settings_come_from_flags_variables_and_files_in_this_order() {
    let home = Home::new();
    home.file(".tccli/default.configure", r#"{"_sys_param": {"region": "ap-tccli"}}"#);
    home.file(".tccli/other.configure", r#"{"_sys_param": {"region": "ap-other"}}"#);
    let region = |variables: &[(&str, &str)], flags: &str| home.show("region", variables, flags).0;
    assert_eq!(region(&[], ""), "ap-tccli");
    assert_eq!(region(&[("TCCLI_PROFILE", "other")], ""), "ap-other");
    home.file(OWN, "[default]\nregion = 'ap-own'\nuin = 100000000001\n[b]\nregion = 'ap-b'\n");
    assert_eq!(region(&[], ""), "ap-own");
    assert_eq!(region(&[("COSBATCH_PROFILE", "b")], ""), "ap-b");
    assert_eq!(region(&[("COSBATCH_PROFILE", "b")], "--profile default"), "ap-own");
    let mut set = Vec::new();
    for name in ["COS_REGION", "TKE_REGION", "TENCENTCLOUD_REGION", "COSBATCH_REGION"] {
        let value = name.to_ascii_lowercase().replace('_', "-");
        set.push((name, value));
        let set: Vec<_> = set.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(home.show("region", &set, ""), (set[set.len() - 1].1.into(), name.into()));
        assert_eq!(home.show("region", &set, "--region ap-flag").1, "--region");
    }
    assert_eq!(home.show("uin", &[], "").0, "100000000001");
    assert_eq!(home.show("app_id", &[("COS_APPID", "125")], "").1, "COS_APPID");
    assert_eq!(home.show("profile", &[], ""), ("default".into(), "default".into()));
}

#[test]
fn a_place_in_a_profile_gives_way_to_a_nearer_account() {
    let home = Home::new();
    home.file(OWN, "[default]\nendpoint = 'http://user:passw0rd@127.0.0.1:1'\n");
    let shown = home.show("endpoint", &[], "");
    assert_eq!(shown.0, "127.0.0.1:1");
    assert_eq!(home.show("endpoint", &[("COSBATCH_UIN", "1")], "").0, "-");
    assert_eq!(home.show("endpoint", &[], "--region ap-chengdu").0, "-");
    assert_eq!(home.show("endpoint", &[("TENCENTCLOUD_REGION", "ap-chengdu")], ""), shown);
}

#[test]
fn a_profile_is_enough_to_list() {
    let account = Account::new(SECRET_ID, SECRET_KEY).and_then(|it| it.with_token(TOKEN));
    let emulator = Emulator::builder().account(account.expect("an account")).start();
    let emulator = emulator.expect("an emulator");
    let endpoint = emulator.endpoint();
    let profile = |keys: &str| format!("endpoint = '{endpoint}'\napp_id = '1250000000'\n{keys}");
    let keys =
        format!("secret_id = '{SECRET_ID}'\nsecret_key = '{SECRET_KEY}'\ntoken = '{TOKEN}'\n");
    let process = format!(
        "credential_process = '''echo '{{\"TmpSecretId\": \"{SECRET_ID}\", \"TmpSecretKey\": \
         \"{SECRET_KEY}\", \"Token\": \"{TOKEN}\", \"ExpiredTime\": 4102444800}}' '''\n"
    );
    let home = Home::new();
    home.file(OWN, format!("[prod]\n{}[made]\n{}", profile(&keys), profile(&process)));
    for name in ["prod", "made"] {
        let ran = home.cosbatch(&format!("--profile {name} list -o id")).run();
        assert_eq!((ran.code, ran.stdout.lines().count()), (Some(0), 48), "{ran:#?}");
        assert_eq!(ran.stderr, "");
        let ran = home.cosbatch("config doctor -o tsv").arg("--profile").arg(name).run();
        assert_eq!(ran.code, Some(0), "{ran:#?}");
    }
    let expired = process.replace("4102444800", "1000000000");
    home.file(OWN, format!("[default]\n{}", profile(&expired)));
    home.cosbatch("list").fails(6).says("error[E0604 expired-credentials]");
}

#[test]
fn half_a_pair_is_named_and_never_completed_from_elsewhere() {
    let home = Home::new();
    home.file(OWN, "[default]\nsecret_id = 'AKIDprofile0003'\n");
    let ran = home.cosbatch("config show").fails(3);
    ran.says("error[E0302 no-credentials]: the credentials are incomplete\n  secret_key is not");
    let ran = home.cosbatch("config show").env("COSBATCH_SECRET_ID", SECRET_ID);
    let ran = ran.env("TENCENTCLOUD_SECRET_ID", "b").env("TENCENTCLOUD_SECRET_KEY", "c").fails(3);
    ran.says("\n  COSBATCH_SECRET_KEY is not set\n");
    // A token of other keys is not theirs.
    let keys = [("COSBATCH_SECRET_ID", "AKIDours000007"), ("COSBATCH_SECRET_KEY", "k")];
    let set = [&keys[..], &[("TENCENTCLOUD_TOKEN", TOKEN)]].concat();
    assert_eq!(home.show("token", &set, "").0, "-");
    let set = [&keys[..], &[("COSBATCH_SECURITY_TOKEN", TOKEN)]].concat();
    assert_eq!(home.show("token", &set, "").0, "…n~Z3");
}

#[test]
fn what_is_shown() {
    let home = Home::new();
    home.file(OWN, "[default]\nuin = '100000000001'\nregion = 'ap-chengdu'\n");
    let run = |form: &str| {
        home.cosbatch(&format!("config show {form}"))
            .credentials(SECRET_ID, SECRET_KEY)
            .env("COSBATCH_APP_ID", "1250000000")
            .env("SSL_CERT_FILE", "/etc/ca.pem")
    };
    let table = run("-o table").stdout().replace(home.0.path().to_str().expect("UTF-8"), "~");
    assert_snapshot!(table, @r"
    NAME          VALUE         ORIGIN
    profile       default       default
    endpoint      -             -
    uin           100000000001  ~/.config/cosbatch/config.toml [default]
    app_id        1250000000    COSBATCH_APP_ID
    region        ap-chengdu    ~/.config/cosbatch/config.toml [default]
    certificates  /etc/ca.pem   SSL_CERT_FILE
    secret_id     AKID…0001     TENCENTCLOUD_SECRET_ID
    secret_key    …y~Q7         TENCENTCLOUD_SECRET_ID
    token         -             -
    expires_at    -             -
    ");
    assert_snapshot!(run("-o csv --columns value,name").stdout(), @r"
    value,name
    default,profile
    ,endpoint
    100000000001,uin
    1250000000,app_id
    ap-chengdu,region
    /etc/ca.pem,certificates
    AKID…0001,secret_id
    …y~Q7,secret_key
    ,token
    ,expires_at
    ");
    run("-o xml").fails(2).says("error[E0210 no-such-form]: settings cannot be shown as xml");
    run("--columns nam").fails(2).says("settings have no column \"nam\"").says("name, value, orig");
}

#[test]
fn files_that_others_may_read_are_told() {
    let home = Home::new();
    home.file(OWN, "[default]\nsecret_id = 'AKIDprofile0003'\nsecret_key = 'k'\n").mode(OWN, 0o644);
    let warn = |form: &str| home.cosbatch(&format!("config show {form}")).run().stderr;
    let own = home.0.path().join(OWN).display().to_string();
    assert_eq!(
        warn(""),
        format!(
            "warning[W0301 readable-by-others]: {own} holds keys and is open to others (mode 0644)\n  \
             help: chmod 600 {own}\n"
        )
    );
    let json: Value = serde_json::from_str(&warn("-o json")).expect("JSON");
    assert_eq!(json["warning"]["code"], "W0301");
    assert_eq!(warn("-q"), "");
    assert_eq!(home.mode(OWN, 0o600).cosbatch("config show").run().stderr, "");

    let home = Home::new();
    home.file(".cos.yaml", COSCLI);
    home.cosbatch("config show")
        .run()
        .says("warning[W0302 not-encrypted]")
        .says("protect the file");
    let plain = "cos:\n  base:\n    secretid: AKIDplain0009\n    secretkey: k\n    disableencryption: \"true\"\n";
    home.file(".cos.yaml", plain);
    assert_eq!(home.cosbatch("config show").run().stderr, "");
    assert_eq!(home.show("secret_id", &[], "").0, "AKID…0009");
}

#[test]
fn a_profile_that_the_environment_passes_over_is_told() {
    let home = Home::new();
    home.file(OWN, "[prod]\nsecret_id = 'AKIDprofile0003'\nsecret_key = 'k'\n[bare]\nuin = '1'\n");
    let show = |profile: &str| {
        let run = home.cosbatch(&format!("config show --profile {profile}"));
        run.credentials(SECRET_ID, SECRET_KEY).run().stderr
    };
    assert!(show("prod").starts_with(
        "warning[W0303 profile-passed-over]: TENCENTCLOUD_SECRET_ID goes before the keys of "
    ));
    assert_eq!(show("bare"), "");
    let ran = home.cosbatch("config show --profile nowhere").fails(3);
    ran.says("error[E0308 no-profile]: there is no profile \"nowhere\"\n  looked in ");
    home.cosbatch("list --profile ../../etc/x --local").stdout();
    home.cosbatch("config show").arg("--profile").arg("../\u{1b}[31m").fails(3).says("E0308");
}

#[test]
fn malformed_files_are_named_and_never_quoted() {
    for (name, text, why) in [
        (OWN, "[default]\nsecret_key = SECRET\n", "it is no TOML: line 2, column 14"),
        (OWN, "secret_key = 'SECRET'\n", "\"secret_key\" stands outside of a profile"),
        (OWN, "[default]\nsecret_key = ['SECRET']\n", "secret_key in [default]: expected a text"),
        (OWN, "[other]\npassword = 'SECRET'\n", "[other] has \"password\", expected one of uin, "),
        (OWN, "[default]\nrole = 'SECRET'\n", "role in [default]: expected \"cvm\""),
        (
            OWN,
            "[default]\nrole = 'cvm'\nsecret_id = 'SECRET'\nsecret_key = 'SECRET'\n",
            "[default] has more than one of secret_id, credential_process and role",
        ),
        (TCCLI, "{\"secretKey\": \"SECRET\"", "it is no JSON: line 1, column 22"),
        (TCCLI, "{\"secretId\": \"a\", \"secretKey\": [\"SECRET\"]}", "secretKey: expected a text"),
        (".cos.yaml", "cos:\n  base: {secretkey: SECRET\n", "it is no YAML: line "),
        (".cos.yaml", "cos: &a\n  base:\n    secretkey: [SECRET]\n", "secretkey in base: expected"),
    ] {
        let home = Home::new();
        let ran = home.file(name, text).cosbatch("config show").fails(3);
        ran.says("error[E0307 bad-file]: ").says(name).says(why);
        assert!(!ran.stderr.contains("SECRET"), "{ran:#?}");
    }
    let home = Home::new();
    home.file(OWN, b"[default]\nuin = '\xff'\n").cosbatch("config show").fails(3).says("not UTF-8");
    home.file(OWN, "#".repeat(1024 * 1024 + 1))
        .cosbatch("config show")
        .fails(3)
        .says("larger than");
    let bomb = "a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n\
        c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n\
        e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\n\
        g: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f]\nh: &h [*g,*g,*g,*g,*g,*g,*g,*g,*g]\n";
    let home = Home::new();
    home.file(".cos.yaml", bomb).cosbatch("config show").fails(3).says("it is no YAML");
    // Another file is not looked at where it is not needed.
    home.cosbatch("config show --uin 1 --region ap-chengdu").credentials("a", "b").stdout();
}

#[test]
fn a_file_may_be_elsewhere() {
    let home = Home::new();
    home.file("here.toml", "[default]\nuin = '7'\n")
        .file("xdg/cosbatch/config.toml", "[default]\nuin = '8'\n");
    let path = |name: &str| home.0.path().join(name).display().to_string();
    assert_eq!(home.show("uin", &[("COSBATCH_CONFIG", &path("here.toml"))], "").0, "7");
    assert_eq!(home.show("uin", &[("XDG_CONFIG_HOME", &path("xdg"))], "").0, "8");
    let no_home = cosbatch("config show").env("HOME", "").run();
    assert!(Path::new("/root").exists() || no_home.code == Some(0), "{no_home:#?}");
}

#[test]
fn a_credential_process_gives_keys_or_says_why_not() {
    let run =
        |command: &str| cosbatch("config show -o json").arg("--credential-process").arg(command);
    for command in [
        r#"echo '{"secretId":"AKIDprocess0008","secretKey":"k","expires_at":"2030-01-01T00:00:00Z"}'"#,
        r#"echo '{"Response":{"Credentials":{"TmpSecretId":"AKIDprocess0008","TmpSecretKey":"k","Token":"t"},"ExpiredTime":1893456000}}'"#,
    ] {
        let shown = run(command).stdout();
        assert!(shown.contains("AKID…0008") && shown.contains("2030-01-01T00:00:00Z"), "{shown}");
    }
    for (command, why) in [
        ("exit 3", "it ends with exit status: 3"),
        ("echo SECRET", "it is no JSON: line 1, column 1"),
        ("echo '{}'", "it has no secret_id"),
        (r#"echo '{"secret_id": "SECRET"}'"#, "secret_key is not set in --credential-process"),
        (r#"echo '{"secret_id": ["SECRET"]}'"#, "secret_id: expected a text"),
        (
            r#"echo '{"secret_id": "a", "secret_key": "SECRET", "expires_at": "SECRET"}'"#,
            "expires_at: expected a time",
        ),
        ("head -c 70000 /dev/zero", "it prints more than 65536 bytes"),
    ] {
        let ran = run(command).fails(3);
        assert!(!ran.stderr.contains("SECRET"), "{ran:#?}");
        let error = ran.json_error();
        assert!(error["facts"][0].as_str().is_some_and(|fact| fact.contains(why)), "{error}");
    }
    // It may talk to its user on stderr.
    let ran = cosbatch("config show -q").arg("--credential-process").arg("echo hello >&2; exit 1");
    assert!(ran.fails(3).stderr.starts_with("hello\n"));
}

#[test]
fn a_machine_s_role_is_asked_only_where_it_is_wanted() {
    let keys = format!(
        r#"{{"TmpSecretId":"{SECRET_ID}","TmpSecretKey":"{SECRET_KEY}","ExpiredTime":4102444800,"Expiration":"2100-01-01T00:00:00Z","Token":"{TOKEN}","Code":"Success"}}"#
    );
    let peer = one_by_one([answer("200 OK", "batch\nother\n"), answer("200 OK", &keys)]);
    let service = |address| format!("http://{address}/");
    let run =
        cosbatch("config show -o tsv --role cvm").env("COSBATCH_METADATA", service(peer.address()));
    let shown = run.credentials("AKIDcloud0006", "k").stdout();
    assert!(shown.contains("secret_id\tAKID…0001\trole batch of this machine\n"), "{shown}");
    assert!(shown.contains("expires_at\t2100-01-01T00:00:00Z\t"), "{shown}");
    let asked: Vec<_> =
        peer.requests().into_iter().map(|it| String::from_utf8(it).expect("ASCII")).collect();
    assert!(
        asked[0].starts_with("GET /latest/meta-data/cam/security-credentials/ HTTP/1.1\r\n"),
        "{asked:?}"
    );
    assert!(
        asked[1].starts_with("GET /latest/meta-data/cam/security-credentials/batch HTTP/1.1\r\n")
    );
    assert!(!asked.concat().contains("authorization"), "{asked:?}");

    for (answers, why) in [
        (vec![("404 Not Found", "")], "it answers HTTP 404"),
        (vec![("200 OK", "")], "it names no role"),
        (vec![("200 OK", "../a b\n")], "it names no role"),
        (
            vec![("200 OK", "r"), ("200 OK", "<html>")],
            "it answers no JSON with a code for the role r",
        ),
        (
            vec![("200 OK", "r"), ("200 OK", r#"{"Code":"Failed"}"#)],
            "it answers Failed for the role r",
        ),
    ] {
        let answers: Vec<_> = answers.iter().map(|(status, body)| answer(status, body)).collect();
        let peer = one_by_one(answers);
        let run =
            cosbatch("config show --role cvm").env("COSBATCH_METADATA", service(peer.address()));
        run.fails(3).says("error[E0310 no-role]: this machine's role gives no keys").says(why);
    }
    let ran =
        cosbatch("config show --role cvm").env("COSBATCH_METADATA", "http://127.0.0.1:1").fails(3);
    ran.says("E0310").says("refused");
}

#[test]
fn the_doctor_says_what_is_wrong() {
    let nothing = cosbatch("config doctor -o tsv").run();
    assert_eq!(nothing.code, Some(1), "{nothing:#?}");
    assert_snapshot!(nothing.stdout.replace('\t', " | ").replace(" \n", "\n"), @r"
    file | skipped | /nonexistent/.config/cosbatch/config.toml is not there |
    file | skipped | /nonexistent/.tccli/default.credential is not there |
    file | skipped | /nonexistent/.tccli/default.configure is not there |
    file | skipped | /nonexistent/.cos.yaml is not there |
    account | error | the account is not configured; missing: the UIN, the APPID, the region | give --uin, --app-id and --region (or COSBATCH_UIN, COSBATCH_APP_ID, COSBATCH_REGION), or --endpoint and --app-id; or try --local
    keys | error | no credentials are configured; TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY are not set; no keys are in /nonexistent/.config/cosbatch/config.toml, /nonexistent/.tccli/default.credential, /nonexistent/.cos.yaml | set TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY, and TENCENTCLOUD_SECURITY_TOKEN where they are temporary; or try --local
    name | skipped | something before it failed |
    clock | skipped | something before it failed |
    call | skipped | something before it failed |
    ");

    let emulator = Emulator::start().expect("an emulator");
    let home = Home::new();
    home.file(OWN, "[default]\nuin = '1'\n").mode(OWN, 0o640);
    let run = |key: &str| {
        let endpoint = emulator.endpoint();
        let arguments = format!("config doctor -o json --endpoint {endpoint} --app-id 1250000000");
        home.cosbatch(&arguments).credentials("AKIDLOCAL", key).run()
    };
    let results = |stdout: &str| {
        let checks: Value = serde_json::from_str(stdout).expect("JSON");
        let checks = checks.as_array().expect("a list").iter();
        let line = |it: &Value| format!("{} {}", it["check"], it["result"]).replace('"', "");
        checks.map(line).collect::<Vec<_>>().join(", ")
    };
    let good = run("local-secret");
    let files = "file warning, file skipped, file skipped, file skipped, account ok, keys ok";
    assert_eq!(results(&good.stdout), format!("{files}, name ok, clock ok, call ok"));
    assert_eq!((good.code, good.stderr.as_str()), (Some(0), ""));
    let bad = run(SECRET_KEY);
    assert_eq!(results(&bad.stdout), format!("{files}, name ok, clock ok, call error"));
    assert_eq!(bad.code, Some(1));
    assert!(bad.stdout.contains("COS refused ListJobs: SignatureDoesNotMatch"), "{bad:#?}");
    let nobody =
        cosbatch("config doctor --endpoint http://127.0.0.1:1 --app-id 1").credentials("a", "b");
    assert!(nobody.run().stdout.contains("call\terror\tno answer: "));
}
