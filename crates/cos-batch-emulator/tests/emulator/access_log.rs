//! The access log

use std::fs;
use std::io::{Read, Write};

use cos_batch::time::OffsetDateTime;
use cos_batch::{ListJobs, Operation, Signer};
use cos_batch_emulator::{AccessLog, Account, Emulator};
use serde_json::Value;

use crate::server::{ask, call, connect, signed};
use crate::stage::create;

#[test]
fn each_request_is_a_line_without_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    let temporary = Account::new("AKIDTEMP", "5ecret-key").unwrap().with_token("5ecret-token");
    let emulator = Emulator::builder()
        .account(temporary.unwrap())
        .access_log(AccessLog::append(&file).unwrap())
        .faults(
            "[[fault]]\ncall = \"DeleteJob\"\nlost = \"answer\"\nconnection = \"close\""
                .parse()
                .unwrap(),
        )
        .start()
        .unwrap();
    let listing = ask(&mut connect(emulator.address()), &signed(&emulator));
    call(&emulator, &create("t")).unwrap();
    let mut list = ListJobs::new();
    list.max_results = Some("7".parse().unwrap());
    let request = list.encode_request(&emulator.endpoint()).unwrap();
    let signer = Signer::new(emulator.credentials());
    let presigned = signer.presign(&request, OffsetDateTime::now_utc()).unwrap();
    let signature = presigned.to_string().split("q-signature=").nth(1).unwrap().to_owned();
    let signature = signature[..40].to_owned();
    let presigned = presigned.path_and_query().unwrap();
    let host = emulator.address();
    let request =
        format!("GET {presigned} HTTP/1.1\r\nHost: {host}\r\nx-cos-appid: 1250000000\r\n\r\n");
    assert_eq!(ask(&mut connect(host), &request).status(), 200);
    ask(&mut connect(host), "GET /\" HTTP/1.1\r\nHost: h\r\n\r\n");
    let mut lost = connect(host);
    lost.get_mut().write_all(b"DELETE /jobs/a HTTP/1.1\r\nHost: h\r\n\r\n").unwrap();
    assert_eq!(lost.read(&mut [0; 1]).unwrap(), 0);
    emulator.stop();

    let text = fs::read_to_string(&file).unwrap();
    for secret in ["5ecret", &*signature] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<_> = lines
        .iter()
        .map(|line| {
            let text = |name: &str| line[name].as_str().unwrap_or("-").to_owned();
            let status = line["status"].as_u64().unwrap_or(0);
            (text("method"), text("path"), text("call"), status, line["fault"].as_u64())
        })
        .collect();
    let line = |method: &str, path: &str, call: &str, status, fault| {
        (method.to_owned(), path.to_owned(), call.to_owned(), status, fault)
    };
    assert_eq!(
        told,
        [
            line("GET", "/jobs", "ListJobs", 200, None),
            line("POST", "/jobs", "CreateJob", 200, None),
            line("GET", "/jobs", "ListJobs", 200, None),
            line("GET", "/\"", "-", 403, None),
            line("DELETE", "/jobs/a", "DeleteJob", 0, Some(1)),
        ]
    );
    assert_eq!(lines[0]["request_id"], listing.headers()["x-cos-request-id"].to_str().unwrap());
    assert!(lines[1]["bytes"].as_u64().unwrap() > 500);
    let query = lines[2]["query"].as_str().unwrap();
    assert!(
        query.starts_with("maxResults=7&x-cos-security-token=…&q-sign-algorithm=…&"),
        "{query}"
    );
    assert!(lines.iter().all(|line| line["peer"].as_str().unwrap().starts_with("127.0.0.1:")));
}
