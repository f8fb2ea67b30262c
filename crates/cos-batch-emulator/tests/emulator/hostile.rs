//! Bad manners: each gets an error or a close, and the others their answers

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::time::Duration;

use cos_batch::http::Request;
use cos_batch::time::OffsetDateTime;
use cos_batch::{ErrorCode, Signer};
use cos_batch_emulator::Emulator;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::server::{answers, ask, connect, reply, signed};
use crate::support::{header, refused};

/// A refusal by the server itself has what every answer has.
#[test]
fn what_is_no_http_is_refused_as_the_service_refuses() {
    let emulator = Emulator::start().unwrap();
    let headers = (0..200).map(|n| format!("x-{n}: 1\r\n")).collect::<String>();
    for (garbage, status) in [
        ("GET\r\n\r\n".to_owned(), 400),
        ("GET /jobs HTTP/9.9\r\n\r\n".to_owned(), 400),
        ("\u{0}\r\n\r\n".to_owned(), 400),
        (format!("GET /jobs HTTP/1.1\r\nHost: h\r\n{headers}\r\n"), 431),
        (format!("GET /jobs HTTP/1.1\r\nHost: h\r\nx: {}\r\n\r\n", "a".repeat(100_000)), 431),
        (format!("GET /{} HTTP/1.1\r\nHost: h\r\n\r\n", "a".repeat(65_534)), 431),
        (
            "POST /jobs HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"
                .to_owned(),
            400,
        ),
    ] {
        let mut connection = connect(emulator.address());
        // Where the server has had enough it reads no further.
        let _ = connection.get_mut().write_all(garbage.as_bytes());
        let reply = reply(&mut connection).unwrap();
        refused(&reply, status, ErrorCode::BadRequest);
        assert!(reply.headers().contains_key("x-cos-request-id"));
        assert!(reply.headers().contains_key("date"));
        assert_eq!(header(reply.headers(), "connection"), "close");
        assert_eq!(connection.read(&mut [0; 1]).unwrap_or(0), 0);
        answers(&emulator);
    }
}

/// An answer that stood before the garbage leaves as it is.
#[test]
fn garbage_behind_a_request_is_refused_after_its_answer() {
    let emulator = Emulator::start().unwrap();
    let mut connection = connect(emulator.address());
    let both = signed(&emulator) + "GARBAGE\r\n\r\n";
    connection.get_mut().write_all(both.as_bytes()).unwrap();
    assert_eq!(reply(&mut connection).unwrap().status(), 200);
    refused(&reply(&mut connection).unwrap(), 400, ErrorCode::BadRequest);
}

#[test]
fn a_client_that_asks_to_go_on_is_told_to() {
    let emulator = Emulator::start().unwrap();
    let mut connection = connect(emulator.address());
    let head =
        "POST /jobs HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n";
    connection.get_mut().write_all(head.as_bytes()).unwrap();
    let mut go_on = [0; 25];
    connection.read_exact(&mut go_on).unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    refused(&ask(&mut connection, "a"), 403, ErrorCode::AccessDenied);
}

/// Whatever bytes come, an answer is HTTP with a request id, and the next client gets its own.
#[test]
fn random_bytes_harm_nobody() {
    let emulator = Emulator::start().unwrap();
    let piece = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..40),
        proptest::sample::select(vec![
            "GET ",
            "POST ",
            "/jobs",
            "/jobs/a/status",
            "?nextToken=",
            "%2e%2e/",
            " HTTP/1.1",
            "\r\n",
            "\r\n\r\n",
            "Host: h\r\n",
            "Content-Length: 3\r\n",
            "Content-Length: 99999999999999999999\r\n",
            "Transfer-Encoding: chunked\r\n",
            "ffffffffffffffff\r\n",
            "0\r\n\r\n",
            "Expect: 100-continue\r\n",
            "Authorization: q-sign-algorithm=sha1&q-ak=",
            "Upgrade: h2c\r\n",
            "Connection: upgrade\r\n",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    let bytes = proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat());
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    let ran = TestRunner::new(config).run(&bytes, |bytes| {
        let mut connection = connect(emulator.address());
        let _ = connection.get_mut().write_all(&bytes);
        let _ = connection.get_mut().shutdown(Shutdown::Write);
        let mut answer = Vec::new();
        let _ = connection.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer).replace("HTTP/1.1 100 Continue\r\n\r\n", "");
        prop_assert!(answer.is_empty() || answer.starts_with("HTTP/1."), "{answer}");
        prop_assert_eq!(answer.is_empty(), !answer.contains("x-cos-request-id: "), "{}", answer);
        Ok(())
    });
    ran.unwrap();
    answers(&emulator);
}

#[test]
fn who_takes_too_long_is_cut_off() {
    let emulator = Emulator::builder().patience(Duration::from_millis(200)).start().unwrap();
    let mut late = connect(emulator.address());
    late.get_mut()
        .write_all(b"POST /jobs HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n123")
        .unwrap();
    refused(&reply(&mut late).unwrap(), 400, ErrorCode::RequestTimeout);
    // A byte now and then does not help: it is the whole head that counts.
    let mut slow = connect(emulator.address());
    let mut sent = 0;
    while sent < 1000 && slow.get_mut().write_all(b"G").is_ok() {
        sent += 1;
        thread::sleep(Duration::from_millis(5));
    }
    assert!(sent < 1000, "it is still listened to");
    let mut idle = connect(emulator.address());
    assert_eq!(idle.read(&mut [0; 1]).unwrap(), 0);
    answers(&emulator);
}

/// As many as the process may have files, up to 9,000: they come and stay, and say nothing.
#[test]
fn thousands_of_idle_connections_stop_nobody() {
    let emulator = Emulator::builder().connections(64).start().unwrap();
    let mut idle: Vec<TcpStream> = Vec::new();
    let mut used = connect(emulator.address());
    for n in 0..9_000 {
        match TcpStream::connect(emulator.address()) {
            Ok(stream) => idle.push(stream),
            // Out of files: some for the others.
            Err(_) => {
                idle.truncate(idle.len().saturating_sub(100));
                break;
            }
        }
        if n % 500 == 0 {
            answers(&emulator);
        }
        if n % 16 == 0 {
            // Who is used now and then is not the idlest.
            assert_eq!(ask(&mut used, &signed(&emulator)).status(), 200);
        }
    }
    println!("{} idle connections", idle.len());
    assert!(idle.len() > 500);
    answers(&emulator);
    // The oldest are closed, the youngest are not.
    let mut oldest = idle.swap_remove(0);
    oldest.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    match oldest.read(&mut [0; 1]) {
        Ok(read) => assert_eq!(read, 0),
        Err(error) => assert_ne!(error.kind(), io::ErrorKind::WouldBlock, "it is open"),
    }
    let mut youngest = idle.pop().unwrap();
    youngest.set_nonblocking(true).unwrap();
    assert_eq!(youngest.read(&mut [0; 1]).unwrap_err().kind(), io::ErrorKind::WouldBlock);
}

/// Who asks for a lot and fetches nothing takes a place, and no memory beyond an answer.
#[test]
fn who_does_not_fetch_its_answers_stops_nobody() {
    let emulator = Emulator::builder().connections(8).start().unwrap();
    let requests = signed(&emulator).repeat(50);
    let mut greedy: Vec<_> = (0..16).map(|_| connect(emulator.address())).collect();
    for connection in &mut greedy {
        let stream = connection.get_mut();
        stream.set_nonblocking(true).unwrap();
        let _ = stream.write(requests.as_bytes());
    }
    for _ in 0..20 {
        answers(&emulator);
    }
}

#[test]
fn paths_and_ids_reach_nothing_they_do_not_name() {
    let emulator = Emulator::start().unwrap();
    for path in [
        "/jobs/..",
        "/jobs/../jobs",
        "/jobs/%2e%2e",
        "/jobs/..%2f..%2fetc%2fpasswd",
        "/jobs/%00",
        "/jobs/a%2Fstatus",
        "//jobs",
        "/jobs//",
        "/jobs/.",
        "/./jobs",
        "/jobs;a=b",
        "/jobs/a;b",
        "/jobs/%c0%ae",
        "/jobs/a/status/..",
        "/_control/clock",
        "/_control/../jobs",
        "/JOBS",
        "/jobs/%",
        "/jobs/%zz",
    ] {
        let address = emulator.address().to_string();
        let mut request = Request::get(path).header("host", &address);
        request = request.header("x-cos-appid", "1250000000");
        let mut request = request.body(()).unwrap();
        let sign = Signer::new(emulator.credentials());
        sign.sign(&mut request, OffsetDateTime::now_utc()).unwrap();
        let authorization = request.headers()["authorization"].to_str().unwrap();
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nx-cos-appid: 1250000000\r\nAuthorization: {authorization}\r\n\r\n"
        );
        let reply = ask(&mut connect(emulator.address()), &head);
        let status = reply.status().as_u16();
        assert!((400..500).contains(&status), "{path}: {status}");
        assert_ne!(status, 403, "{path} is signed");
        assert!(reply.headers().contains_key("x-cos-request-id"), "{path}");
    }
    answers(&emulator);
}
