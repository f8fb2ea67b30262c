//! Runs of the binary, peers to talk to, pages to be told

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use cos_batch_testkit::peer::{Peer, Script};
use serde_json::Value;

/// Credentials that nothing else looks like.
pub(crate) const SECRET_ID: &str = "AKIDdistinctive0001";
pub(crate) const SECRET_KEY: &str = "sk~distinctive~secret~key~Q7";
pub(crate) const TOKEN: &str = "tk~distinctive~security~token~Z3";

/// How long any run may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The binary, about to be run in a bare environment.
pub(crate) struct Cosbatch {
    command: Command,
    input: Vec<u8>,
}

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The binary with arguments that hold no space.
pub(crate) fn cosbatch(arguments: &str) -> Cosbatch {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cosbatch"));
    command.env_clear().env("HOME", "/nonexistent").args(arguments.split_whitespace());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    Cosbatch { command, input: Vec::new() }
}

/// `cosbatch list` with an account, at a peer.
pub(crate) fn list_at(peer: &Peer, arguments: &str) -> Cosbatch {
    list_from(&format!("http://{}", peer.address()), arguments)
}

/// `cosbatch list` with an account, from an endpoint.
pub(crate) fn list_from(endpoint: &str, arguments: &str) -> Cosbatch {
    let target = format!("list --endpoint {endpoint} --app-id 1250000000 {arguments}");
    cosbatch(&target).credentials(SECRET_ID, SECRET_KEY).env("TENCENTCLOUD_TOKEN", TOKEN)
}

impl Cosbatch {
    pub(crate) fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn credentials(self, id: &str, key: &str) -> Self {
        self.env("TENCENTCLOUD_SECRET_ID", id).env("TENCENTCLOUD_SECRET_KEY", key)
    }

    pub(crate) fn input(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = input.into();
        self
    }

    pub(crate) fn spawn(mut self) -> Child {
        self.command.spawn().expect("the binary starts")
    }

    /// Runs it to its end.
    pub(crate) fn run(self) -> Ran {
        let ran = self.run_bare();
        ran.is_decent();
        ran
    }

    fn run_bare(mut self) -> Ran {
        let mut child = self.command.spawn().expect("the binary starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        // Not every run reads what it is given.
        let input = thread::spawn(move || drop(stdin.write_all(&self.input)));
        let stdout = reader(child.stdout.take().expect("a pipe"));
        let stderr = reader(child.stderr.take().expect("a pipe"));
        let code = end(&mut child);
        input.join().expect("the writer ends");
        let [stdout, stderr] = [stdout, stderr].map(|it| it.join().expect("the reader ends"));
        Ran { code, stdout, stderr }
    }

    /// Runs it to a good end and gives its stdout as it is: colours, wire, credentials.
    #[track_caller]
    pub(crate) fn raw(self) -> String {
        let ran = self.run_bare();
        assert_eq!(ran.code, Some(0), "{ran:#?}");
        ran.stdout
    }

    /// Runs it to a failure.
    #[track_caller]
    pub(crate) fn fails(self, code: i32) -> Ran {
        let ran = self.run();
        assert_eq!(ran.code, Some(code), "{ran:#?}");
        assert!(!ran.stderr.is_empty(), "a failure is told: {ran:#?}");
        ran
    }

    /// Runs it to an answer that is bad, which says so on stdout.
    #[track_caller]
    pub(crate) fn fails_with(self, code: i32, text: &str) {
        let ran = self.run();
        assert_eq!(ran.code, Some(code), "{ran:#?}");
        assert!(ran.stdout.contains(text), "{text:?} is not in {ran:#?}");
    }

    /// Runs it to a good end and gives its stdout.
    #[track_caller]
    pub(crate) fn stdout(self) -> String {
        let ran = self.run();
        assert_eq!(ran.code, Some(0), "{ran:#?}");
        ran.stdout
    }
}

impl Ran {
    /// What it says on stderr, the same whatever the ports are.
    pub(crate) fn screen(&self) -> String {
        let mut parts = self.stderr.split("127.0.0.1:");
        let mut screen = parts.next().expect("there is one at least").to_owned();
        for part in parts {
            let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
            screen += "127.0.0.1:";
            screen += if rest == part { "" } else { "PORT" };
            screen += rest;
        }
        screen
    }

    /// The error on stderr, which is the one line there.
    #[track_caller]
    pub(crate) fn json_error(&self) -> Value {
        let mut error: Value = serde_json::from_str(&self.stderr).expect("JSON on stderr");
        assert_eq!(self.stderr.lines().count(), 1, "{}", self.stderr);
        error["error"].take()
    }

    /// Does stderr hold this?
    #[track_caller]
    pub(crate) fn says(&self, text: &str) -> &Self {
        assert!(self.stderr.contains(text), "{text:?} is not in {self:#?}");
        self
    }

    #[track_caller]
    fn is_decent(&self) {
        for shown in [&self.stdout, &self.stderr] {
            let steers = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
            assert!(!shown.contains(steers), "a control character: {shown:?}");
            assert!(!shown.contains(['\u{202e}', '\u{2066}']), "it changes direction: {shown:?}");
            for secret in forms_of_secrets() {
                assert!(!shown.contains(&secret), "{secret:?} is shown: {shown}");
            }
        }
    }
}

/// The secrets as they are, in hex, and in base64.
fn forms_of_secrets() -> Vec<String> {
    let forms = |secret: &str| {
        let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
        [
            secret.to_owned(),
            hex.to_uppercase(),
            hex,
            BASE64_STANDARD_NO_PAD.encode(secret),
            BASE64_URL_SAFE_NO_PAD.encode(secret),
        ]
    };
    [SECRET_KEY, TOKEN].into_iter().flat_map(forms).collect()
}

/// Waits for the end of a child, but not for ever.
#[track_caller]
pub(crate) fn end(child: &mut Child) -> Option<i32> {
    end_within(child, PATIENCE)
}

/// The same with another patience.
#[track_caller]
pub(crate) fn end_within(child: &mut Child, patience: Duration) -> Option<i32> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("its status") {
            return status.code();
        }
        if start.elapsed() > patience {
            child.kill().expect("it can be killed");
            panic!("it does not end");
        }
        thread::sleep(Duration::from_millis(2));
    }
}

/// Waits for the end of a child, and gives the most memory that it was seen to have, in KiB.
#[cfg(target_os = "linux")]
pub(crate) fn peak(child: &mut Child) -> (Option<i32>, u64) {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    loop {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        peak = peak.max(kib.unwrap_or(0_u64));
        if let Some(status) = child.try_wait().expect("its status") {
            return (status.code(), peak);
        }
        thread::sleep(Duration::from_millis(2));
    }
}

pub(crate) fn reader(mut from: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut text = Vec::new();
        from.read_to_end(&mut text).expect("the pipe can be read");
        String::from_utf8(text).expect("all output is UTF-8")
    })
}

/// A peer that gives each request, on a connection of its own, the same answer.
pub(crate) fn always(times: usize, status: &str, body: impl AsRef<[u8]>) -> Peer {
    Peer::start(vec![answer(status, body); times]).expect("a free port")
}

/// A peer that answers one request after the other.
pub(crate) fn one_by_one(scripts: impl IntoIterator<Item = Script>) -> Peer {
    Peer::start(scripts).expect("a free port")
}

/// An answer after which the connection is closed.
pub(crate) fn answer(status: &str, body: impl AsRef<[u8]>) -> Script {
    Script::new().answer(&format!("{status}\r\nConnection: close"), body)
}

/// A page with these jobs, and a token behind them.
pub(crate) fn page(ids: &[&str], token: &str) -> String {
    let jobs = ids.iter().map(|id| job(id, "copy 2019 logs")).collect::<String>();
    format!("<ListJobsResult><Jobs>{jobs}</Jobs><NextToken>{token}</NextToken></ListJobsResult>")
}

pub(crate) fn job(id: &str, description: &str) -> String {
    format!(
        "<member><CreationTime>2019-12-19T11:05:40Z</CreationTime>\
         <Description>{description}</Description><JobId>{id}</JobId>\
         <Operation>COSPutObjectCopy</Operation><Priority>10</Priority>\
         <ProgressSummary><NumberOfTasksFailed>1</NumberOfTasksFailed>\
         <NumberOfTasksSucceeded>9</NumberOfTasksSucceeded>\
         <TotalNumberOfTasks>10</TotalNumberOfTasks></ProgressSummary>\
         <Status>Complete</Status><TerminationDate>2019-12-19T11:05:56Z</TerminationDate></member>"
    )
}

/// A refusal as COS words it.
pub(crate) fn refusal(code: &str) -> String {
    format!(
        "<Error><Code>{code}</Code><Message>as the message says</Message>\
         <Resource>/jobs</Resource><RequestId>NWRmYmJhMTU=</RequestId>\
         <TraceId>OGVmYzZiMmQz</TraceId></Error>"
    )
}

#[test]
fn a_secret_that_is_shown_is_noticed() {
    for secret in forms_of_secrets() {
        let shown = Ran { code: None, stdout: format!("x{secret}x"), stderr: String::new() };
        assert!(std::panic::catch_unwind(|| shown.is_decent()).is_err(), "{secret}");
    }
}
