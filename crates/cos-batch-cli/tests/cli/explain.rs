//! `cosbatch explain`: a refused signature, from what was saved of the call

use std::fs;
use std::path::PathBuf;

use insta::assert_snapshot;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Cosbatch, SECRET_ID, SECRET_KEY, TOKEN, cosbatch};

/// A call that was saved.
struct Saved(TempDir);

impl Saved {
    fn new(request: impl AsRef<[u8]>, response: impl AsRef<[u8]>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("request"), request).expect("a file");
        fs::write(folder.path().join("response"), response).expect("a file");
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn explain(&self, arguments: &str) -> Cosbatch {
        let run = cosbatch(&format!("explain {arguments}"));
        run.arg("--request").arg(self.path("request")).arg("--response").arg(self.path("response"))
    }
}

/// A signed request as it goes over the wire.
fn request(arguments: &str) -> String {
    let run = cosbatch(&format!(
        "sign --endpoint http://h.example --app-id 1250000000 {arguments} --as http -q"
    ));
    run.credentials(SECRET_ID, SECRET_KEY).env("TENCENTCLOUD_SECURITY_TOKEN", TOKEN).raw()
}

fn refusal(code: &str, more: &str) -> String {
    format!("<Error><Code>{code}</Code><Message>no</Message>{more}</Error>")
}

/// What the service would have computed.
fn format_string(request: &str) -> String {
    let line = request.lines().next().expect("a line");
    let target = line.split(' ').nth(1).expect("a target");
    let (path, query) = target.split_once('?').expect("a query");
    format!(
        "get\n{path}\n{}\nhost=h.example&amp;x-cos-appid=1250000000&amp;x-cos-security-token={TOKEN}\n",
        query.replace("nextToken", "nexttoken")
    )
}

#[test]
fn what_was_changed_on_the_way_is_named() {
    let request = request("ListJobs --next-token a+b");
    let theirs = format_string(&request).replace("%2B", "%20");
    let refusal =
        refusal("SignatureDoesNotMatch", &format!("<FormatString>{theirs}</FormatString>"));
    let saved = Saved::new(&request, &refusal);
    assert_snapshot!(saved.explain("-o table").stdout(), @r"
    SignatureDoesNotMatch: a plus and a space were taken for each other: write a space as %20 and a plus as %2B
    parameter nexttoken
      ours:   a%2Bb
      theirs: a%20b
    ");
    let keyed = saved.explain("-o table").credentials(SECRET_ID, SECRET_KEY).stdout();
    assert!(keyed.ends_with("was signed with the keys that are configured here\n"), "{keyed}");
    let wrong = saved.explain("-o json").credentials(SECRET_ID, "wrong").stdout();
    let wrong: Value = serde_json::from_str(&wrong).expect("JSON");
    assert_eq!(wrong["signed_with_these_keys"], false);
    assert_eq!(wrong["differences"][0]["part"], "parameter nexttoken");
    let other = saved.explain("-o json").credentials("AKIDanother", SECRET_KEY).stdout();
    assert_eq!(
        serde_json::from_str::<Value>(&other).expect("JSON")["signed_with_these_keys"],
        Value::Null
    );
}

#[test]
fn the_same_on_both_sides_is_another_key() {
    let request = request("ListJobs --next-token a+b");
    let same = format!("<FormatString>{}</FormatString>", format_string(&request));
    for head in [
        "",
        "HTTP/1.1 403 Forbidden\r\nx-cos-request-id: r\r\n\r\n",
        "HTTP/2 403\r\nserver: x\r\n\r\n",
    ] {
        let response = head.to_owned() + &refusal("SignatureDoesNotMatch", &same);
        let stdout = Saved::new(&request, response).explain("-o table").stdout();
        assert!(
            stdout
                .starts_with("SignatureDoesNotMatch: all that is signed is equal: the secret key"),
            "{stdout}"
        );
    }
    // A head without the empty line behind it, and lines without carriage returns.
    let head = request.replace("\r\n\r\n", "").replace('\r', "");
    Saved::new(head, refusal("SignatureDoesNotMatch", &same)).explain("-o table").stdout();
}

#[test]
fn a_signature_in_the_query_is_explained_too() {
    let url = cosbatch("sign --endpoint http://h.example --app-id 1250000000 ListJobs --as url -q");
    let url = url.credentials(SECRET_ID, SECRET_KEY).stdout();
    let target = url.trim_end().strip_prefix("http://h.example").expect("its place");
    let request =
        format!("GET {target} HTTP/1.1\r\nhost: h.example\r\nx-cos-appid: 1250000000\r\n\r\n");
    let saved = Saved::new(
        &request,
        refusal("RequestTimeTooSkewed", "<ServerTime>2020-01-01T00:00:00Z</ServerTime>"),
    );
    let shown = saved.explain("-o table").credentials(SECRET_ID, SECRET_KEY).stdout();
    assert!(shown.starts_with("RequestTimeTooSkewed: our clock is about "), "{shown}");
    assert!(shown.contains("days ahead of the service's: set the clock"), "{shown}");
    assert!(shown.contains("was signed with the keys that are configured here"), "{shown}");
}

#[test]
fn what_is_not_explained_says_so() {
    let request = request("ListJobs");
    let ran = Saved::new(&request, refusal("AccessDenied", "")).explain("-o table").run();
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    assert!(ran.stdout.starts_with("AccessDenied: the service does not say what it computed"));
    for (response, exit, says) in [
        ("<ListJobsResult/>", 2, "error[E0220 not-refused]: the response is no refusal"),
        ("<html><h1>502</h1></html>", 9, "error[E0901 not-cos]"),
        ("<Error><Code>Signature", 9, "error[E0902 cut-off]"),
        ("", 6, "E0601"),
        ("HTTP/1.1", 2, "it does not begin like an HTTP response"),
        ("HTTP/1.1 abc\r\n\r\n", 2, "it does not begin like an HTTP response"),
    ] {
        let ran = Saved::new(&request, response).explain("-o table").run();
        assert_eq!(ran.code, Some(exit), "{response}: {ran:#?}");
        ran.says(says);
    }
    for (request, says) in [
        ("", "it does not begin like an HTTP request"),
        ("nonsense\r\n\r\n", "it does not begin like an HTTP request"),
        ("GET /jobs HTTP/1.1\r\nhost: h\r\n\r\n", "no time of signing"),
        ("GET /jobs?q-sign-time=5;1&q-ak=a&q-signature=b HTTP/1.1\r\n\r\n", "no time of signing"),
        ("GET /jobs?q-sign-time=1;5&q-ak=a HTTP/1.1\r\n\r\n", "it is not signed: q-signature"),
        ("GET /jobs?q-sign-time=1;5&q-signature=a HTTP/1.1\r\n\r\n", "no secret id: q-ak"),
        (
            "GET /jobs?q-sign-time=1;5&q-ak=a&q-signature=b&q-header-list=%00 HTTP/1.1\r\n\r\n",
            "q-header-list is malformed",
        ),
        (
            "GET /jobs?q-sign-time=1;99999999999999999999&q-ak=a&q-signature=b HTTP/1.1\r\n\r\n",
            "no time",
        ),
        ("GET /\u{1b}[31m HTTP/1.1\r\n\r\n", "it does not begin like an HTTP request"),
    ] {
        let saved = Saved::new(request, refusal("SignatureDoesNotMatch", ""));
        saved.explain("-o table").fails(2).says("error[E0219 bad-document]: ").says(says);
    }
    let far = "GET /jobs?q-sign-time=1;9223372036854775807&q-ak=a&q-signature=b HTTP/1.1\r\n\r\n";
    Saved::new(far, refusal("ExpiredToken", "")).explain("-o table").stdout();
}
