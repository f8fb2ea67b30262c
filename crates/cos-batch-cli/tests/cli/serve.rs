//! `cosbatch serve`: a service for other processes, until a signal

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use insta::assert_snapshot;

use crate::support::{Cosbatch, SECRET_KEY, cosbatch, end};

/// A service that ends with the test.
struct Served {
    child: Child,
    port: u16,
}

impl Served {
    /// Starts it and waits for its port file.
    fn start(name: &str, arguments: &str) -> Self {
        let file = port_file(name);
        let child = cosbatch(&format!("serve {arguments} --port-file")).arg(&file).spawn();
        let start = Instant::now();
        let port = loop {
            // Once it is there it is complete.
            if let Ok(port) = fs::read_to_string(&file) {
                break port.strip_suffix('\n').expect("a whole line").parse().expect("a port");
            }
            assert!(start.elapsed() < Duration::from_secs(20), "no port file");
            thread::sleep(Duration::from_millis(1));
        };
        Self { child, port }
    }

    fn list(&self, arguments: &str) -> Cosbatch {
        let endpoint = format!("http://127.0.0.1:{}", self.port);
        cosbatch(&format!("list --endpoint {endpoint} --app-id 1250000000 {arguments}"))
    }

    /// Sends a signal and waits for the end.
    fn end(mut self, signal: &str) -> (Option<i32>, Duration) {
        let start = Instant::now();
        let kill = Command::new("kill").args([signal, &self.child.id().to_string()]).status();
        assert!(kill.expect("kill runs").success());
        (end(&mut self.child), start.elapsed())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It has ended unless the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn port_file(name: &str) -> PathBuf {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.port"));
    let _ = fs::remove_file(&file);
    file
}

#[test]
fn it_serves_those_who_have_its_key() {
    let arguments = "--listen 127.0.0.1:0 --key AKIDone=first --key AKIDtwo=se=cond";
    let served = Served::start("keys", arguments);
    for (id, key) in [("AKIDone", "first"), ("AKIDtwo", "se=cond")] {
        assert_eq!(served.list("").credentials(id, key).stdout().lines().count(), 48);
    }
    let table = served.list("-o table").credentials("AKIDone", "first").run();
    assert_eq!(table.stderr, "48 jobs in 1 page\n", "the service's own page size");
    for (id, key) in [("AKIDone", SECRET_KEY), ("AKIDLOCAL", "local-secret")] {
        let ran = served.list("").credentials(id, key).fails(6);
        assert_eq!(ran.stdout, "");
    }
    assert_eq!(served.end("-TERM").0, Some(143));
}

#[test]
fn it_has_as_many_jobs_as_it_is_told() {
    for (count, pages) in [(0, "0 jobs in 1 page\n"), (100, "100 jobs in 4 pages\n")] {
        let served = Served::start(&format!("jobs{count}"), &format!("--seed-jobs {count}"));
        let list = served.list("-o table --page-size 30").credentials("AKIDLOCAL", "local-secret");
        let ran = list.run();
        assert_eq!((ran.code, &*ran.stderr), (Some(0), pages));
        assert_eq!(ran.stdout.is_empty(), count == 0);
    }
}

#[test]
fn a_signal_ends_it_soon() {
    for (signal, code) in [("-TERM", 143), ("-INT", 130)] {
        // Whoever sees the port file may send the signal at once.
        let (ended, took) = Served::start(&format!("signal{code}"), "").end(signal);
        assert_eq!(ended, Some(code));
        assert!(took < Duration::from_secs(5), "{took:?}");
    }
}

#[test]
fn it_says_where_it_listens() {
    let mut child = cosbatch("serve --seed-jobs 1").spawn();
    let mut line = String::new();
    let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
    stderr.read_line(&mut line).expect("a line");
    let served = Served { child, port: 0 };
    let said = line.strip_prefix("listening on http://127.0.0.1:").expect("an address");
    assert!(said.ends_with(", 1 job; interrupt to end\n"), "{line}");
    assert_eq!(served.end("-INT").0, Some(130));
}

#[test]
fn a_bad_key_is_named_and_not_shown() {
    let ran = cosbatch("serve --key").arg(format!("AKIDone={SECRET_KEY}\n")).fails(2);
    assert_snapshot!(ran.screen(), @r#"
    error[E0204 bad-key]: a --key is malformed
      the secret key is malformed: expected visible ASCII characters, without space
      help: give made-up keys as ID=SECRET
    "#);
    cosbatch("serve --key").arg(format!("={SECRET_KEY}")).fails(2).says("secret id is malformed");
    cosbatch("serve --key").arg("AKIDone=").fails(2).says("secret key is malformed");
}

#[test]
fn an_address_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address");
    let file = port_file("taken");
    let ran = cosbatch(&format!("serve --listen {address} --port-file")).arg(&file).fails(7);
    assert_snapshot!(ran.screen(), @r#"
    error[E0705 no-local-service]: the local service does not start
      127.0.0.1:PORT: Address already in use (os error 98)
      help: choose another address with --listen
    "#);
    assert!(!file.exists());
}

#[test]
fn a_port_file_that_cannot_be_written_is_named() {
    for file in ["no/such/directory/port", "/"] {
        let ran = cosbatch("serve --port-file").arg(file).fails(2);
        ran.says("error[E0205 port-file]: the port file cannot be written\n");
        ran.says("\n  help: choose another place with --port-file\n");
    }
}

/// A file of the test's own.
fn file(name: &str, text: &str) -> PathBuf {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&file, text).expect("written");
    file
}

#[test]
fn a_file_of_keys_lets_its_keys_in() {
    let text = "# for the walk\n\nAKIDone=first\nAKIDtwo=second to=ken\n";
    let keys = file("serve.keys", text);
    let served =
        Served::start("keyfile", &format!("--key AKIDzero=zero --keys {}", keys.display()));
    for (id, key, token) in
        [("AKIDzero", "zero", ""), ("AKIDone", "first", ""), ("AKIDtwo", "second", "to=ken")]
    {
        let list = served.list("").credentials(id, key);
        let list = if token.is_empty() { list } else { list.env("TENCENTCLOUD_TOKEN", token) };
        assert_eq!(list.stdout().lines().count(), 48, "{id}");
    }
    served.list("").credentials("AKIDtwo", "second").fails(6);
}

#[test]
fn a_file_of_keys_that_is_of_no_use_is_named_and_not_shown() {
    for (text, said) in [
        (format!("AKIDone=first\n{SECRET_KEY}\n"), "bad.keys:2: expected ID=SECRET\n"),
        (format!("AKIDone={SECRET_KEY}\u{7f}"), "bad.keys:1: the secret key is malformed"),
        ("=".to_owned(), "bad.keys:1: the secret id is malformed"),
    ] {
        let keys = file("bad.keys", &text);
        let ran = cosbatch("serve --keys").arg(&keys).fails(2);
        ran.says("error[E0209 bad-keys]: the file of keys is of no use\n").says(said);
    }
    cosbatch("serve --keys no/such/file").fails(2).says("no/such/file: No such file");
}

#[test]
fn what_it_keeps_is_there_again_and_is_held_by_one_at_a_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().display();
    let served = Served::start("data1", &format!("--data {data} --seed-jobs 3"));
    let listed = served.list("").credentials("AKIDLOCAL", "local-secret").stdout();
    assert_eq!(listed.lines().count(), 3);
    let ran = cosbatch(&format!("serve --data {data}")).fails(3);
    ran.says("error[E0311 bad-data]: the folder for the data is of no use\n");
    ran.says("jobs.redb: another service is using it\n");
    ran.says("help: end the other service, or choose another folder\n");
    assert_eq!(served.end("-TERM").0, Some(143));
    let served = Served::start("data2", &format!("--data {data} --seed-jobs 48"));
    assert_eq!(served.list("").credentials("AKIDLOCAL", "local-secret").stdout(), listed);
}

#[test]
fn faults_happen_as_their_file_says() {
    let faults = file(
        "faults.toml",
        "[[fault]]\nlost = \"request\"\nstatus = 502\nheaders = { Content-Type = \"text/html\" }\n\
         body = \"<html><h1>502</h1></html>\"\n",
    );
    let served = Served::start("faults", &format!("--faults {}", faults.display()));
    let ran = served.list("--retries 0").credentials("AKIDLOCAL", "local-secret").fails(9);
    ran.says("not-cos").says("502");

    let faults = file("bad-faults.toml", "[[fault]]\nlots = 1\n");
    let ran = cosbatch("serve --faults").arg(&faults).fails(2);
    ran.says("error[E0207 bad-faults]: the fault file is of no use\n");
    ran.says("TOML parse error at line 2, column 1\n").says("unknown field `lots`");
}

#[test]
fn its_clock_is_told_and_put_forward() {
    let served = Served::start("clock", "--clock manual --control");
    let ask = |line: &str| {
        use std::io::{Read, Write};
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", served.port)).expect("there");
        let request = format!("{line} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("sent");
        let mut reply = String::new();
        stream.read_to_string(&mut reply).expect("an answer");
        reply.split_once("\r\n\r\n").expect("a head").1.to_owned()
    };
    let before = ask("GET /_control/clock");
    assert!(before.starts_with("{\"clock\":\"manual\",\"now\":\"20"), "{before}");
    assert_ne!(ask("POST /_control/advance?by=1h"), before);
    for clock in ["x0", "fast", "x1.5"] {
        let ran = cosbatch("serve --clock").arg(clock).fails(2);
        ran.says("expected real, manual, or x and a number");
    }
}

#[test]
fn what_it_logs_on_stdout_is_json() {
    let mut child = cosbatch("serve --access-log - --port-file").arg(port_file("log")).spawn();
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    let start = Instant::now();
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("log.port");
    while !file.exists() {
        assert!(start.elapsed() < Duration::from_secs(20), "no port file");
        thread::sleep(Duration::from_millis(1));
    }
    let port = fs::read_to_string(&file).expect("a port").trim().parse().expect("a number");
    let served = Served { child, port };
    served.list("--status Active").credentials("AKIDLOCAL", "local-secret").stdout();
    let mut line = String::new();
    stdout.read_line(&mut line).expect("a line");
    let line: serde_json::Value = serde_json::from_str(&line).expect("JSON");
    assert_eq!((&line["call"], &line["status"]), (&"ListJobs".into(), &200.into()), "{line}");
    assert_eq!(line["query"], "jobStatuses=Active");
    assert_eq!(served.end("-TERM").0, Some(143));
    cosbatch("serve --access-log no/such/log").fails(2).says("error[E0208 access-log]");
}

#[test]
fn a_folder_of_buckets_that_is_not_there_is_named() {
    let ran = cosbatch("serve --buckets no/such/folder").fails(3);
    ran.says("error[E0312 bad-buckets]: the folder of buckets is of no use\n");
    ran.says("no/such/folder: ").says("named NAME-APPID");
}

#[test]
fn a_local_service_keeps_its_jobs_where_it_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let local = format!("--local={}", folder.path().join("jobs").display());
    let job = "create --template delete --manifest cos://src-1250000000/m.csv --etag e \
        --priority 1 --role-arn qcs::cam::uin/1:roleName/R -y";
    let id = cosbatch(job).arg(&local).stdout();
    let ids = cosbatch("list -o id").arg(&local).stdout();
    assert_eq!(ids.lines().count(), 49);
    assert!(ids.contains(&*id), "{ids}");
    assert_eq!(cosbatch("list --local -o id").stdout().lines().count(), 48, "not that one");
    // The command is not taken for a folder.
    assert_eq!(cosbatch("--local list -o id").stdout().lines().count(), 48);
    let file = folder.path().join("file");
    fs::write(&file, "x").expect("a file");
    let ran = cosbatch("list").arg(format!("--local={}", file.display())).fails(3);
    ran.says("error[E0311 bad-data]: the folder for the data is of no use");
}
