//! The server by its socket: one connection, many connections, bad manners

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use cos_batch::http::{HeaderName, HeaderValue, Response, StatusCode};
use cos_batch::time::OffsetDateTime;
use cos_batch::{ErrorCode, ListJobs, Operation, ServiceError, Signer};
use cos_batch_emulator::{Account, Emulator, Settings, StartError, sample_jobs};

use crate::support::{decoded, header, ids, page, refused};

const MIB: usize = 1024 * 1024;

/// A client that waits for nothing forever.
pub(crate) fn connect(address: SocketAddr) -> BufReader<TcpStream> {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.set_write_timeout(Some(Duration::from_secs(20))).unwrap();
    BufReader::new(stream)
}

/// A signed request, as bytes.
pub(crate) fn signed_call<O: Operation>(emulator: &Emulator, call: &O) -> String {
    let mut request = call.encode_request(&emulator.endpoint()).unwrap();
    Signer::new(emulator.credentials()).sign(&mut request, OffsetDateTime::now_utc()).unwrap();
    let target = request.uri().path_and_query().unwrap();
    let mut text = format!("{} {target} HTTP/1.1\r\n", request.method());
    for (name, value) in request.headers() {
        text.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
    }
    text + "\r\n" + std::str::from_utf8(request.body()).unwrap()
}

/// What a call comes to, on a connection of its own.
pub(crate) fn call<O: Operation>(
    emulator: &Emulator,
    call: &O,
) -> Result<O::Output<'static>, Box<ServiceError>> {
    decoded::<O>(&ask(&mut connect(emulator.address()), &signed_call(emulator, call)))
}

pub(crate) fn signed(emulator: &Emulator) -> String {
    signed_call(emulator, &ListJobs::new())
}

/// One reply; an error where the connection ends before it.
pub(crate) fn reply(connection: &mut BufReader<TcpStream>) -> io::Result<Response<Vec<u8>>> {
    let mut line = || -> io::Result<String> {
        let mut line = String::new();
        if connection.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end().to_owned())
    };
    let status: u16 = line()?.split(' ').nth(1).unwrap().parse().unwrap();
    let mut response = Response::new(Vec::new());
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    loop {
        let line = line()?;
        let Some((name, value)) = line.split_once(": ") else { break };
        response
            .headers_mut()
            .append(HeaderName::try_from(name).unwrap(), HeaderValue::try_from(value).unwrap());
    }
    let length = response.headers().get("content-length").map(|it| it.to_str().unwrap());
    let mut body = vec![0; length.unwrap_or("0").parse().unwrap()];
    connection.read_exact(&mut body)?;
    *response.body_mut() = body;
    Ok(response)
}

pub(crate) fn ask(connection: &mut BufReader<TcpStream>, request: &str) -> Response<Vec<u8>> {
    connection.get_mut().write_all(request.as_bytes()).unwrap();
    reply(connection).unwrap()
}

/// Does it still answer?
#[track_caller]
pub(crate) fn answers(emulator: &Emulator) {
    let reply = ask(&mut connect(emulator.address()), &signed(emulator));
    assert_eq!(page(&reply).unwrap().jobs.len(), 48);
}

#[test]
fn it_starts_in_a_line_with_jobs_to_list() {
    let emulator = Emulator::start().unwrap();
    assert!(emulator.address().ip().is_loopback());
    assert_eq!(emulator.endpoint().to_string(), format!("http://{}", emulator.address()));
    assert_eq!(emulator.credentials().secret_id(), "AKIDLOCAL");
    answers(&emulator);
}

#[test]
fn one_connection_carries_many_requests() {
    let emulator = Emulator::start().unwrap();
    let mut connection = connect(emulator.address());
    let mut seen = Vec::new();
    for _ in 0..3 {
        let mut list = ListJobs::new();
        list.max_results = Some("15".parse().unwrap());
        let reply = ask(&mut connection, &signed_call(&emulator, &list));
        assert_eq!(page(&reply).unwrap().jobs.len(), 15);
        let refusal = ask(&mut connection, "GET /jobs HTTP/1.1\r\nHost: h\r\n\r\n");
        refused(&refusal, 403, ErrorCode::AccessDenied);
        for reply in [reply, refusal] {
            seen.push(header(reply.headers(), "x-cos-request-id").to_owned());
            assert_eq!(reply.headers().get_all("date").iter().count(), 1);
            assert_eq!(header(reply.headers(), "server"), "tencent-cos");
        }
    }
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 6);
}

#[test]
fn requests_may_be_sent_before_the_answers_are_read() {
    let emulator = Emulator::start().unwrap();
    let mut connection = connect(emulator.address());
    let requests = signed(&emulator).repeat(5);
    connection.get_mut().write_all(requests.as_bytes()).unwrap();
    for _ in 0..5 {
        assert_eq!(page(&reply(&mut connection).unwrap()).unwrap().jobs.len(), 48);
    }
}

#[test]
fn it_is_told_where_to_listen_whom_to_let_in_and_what_to_have() {
    let mut settings = Settings::default();
    settings.always_next_token = true;
    let jobs = sample_jobs(OffsetDateTime::now_utc(), 3);
    let emulator = Emulator::builder()
        .listen("127.0.0.1:0".parse().unwrap())
        .account(Account::new("AKIDONE", "one").unwrap())
        .account(Account::new("AKIDTWO", "two").unwrap())
        .jobs(jobs.clone())
        .settings(settings)
        .start()
        .unwrap();
    assert_eq!(emulator.credentials().secret_id(), "AKIDONE");
    let listed = page(&ask(&mut connect(emulator.address()), &signed(&emulator))).unwrap();
    assert_eq!(ids(&listed).len(), 3);
    assert!(listed.next_token.is_some());

    let mut request = ListJobs::new().encode_request(&emulator.endpoint()).unwrap();
    let two = Account::new("AKIDTWO", "two").unwrap();
    Signer::new(two.credentials().clone()).sign(&mut request, OffsetDateTime::now_utc()).unwrap();
    let authorization = request.headers()["authorization"].to_str().unwrap();
    let host = emulator.address();
    let reply = ask(
        &mut connect(host),
        &format!(
            "GET /jobs HTTP/1.1\r\nHost: {host}\r\nx-cos-appid: 1250000000\r\n\
             Authorization: {authorization}\r\n\r\n"
        ),
    );
    assert_eq!(page(&reply).unwrap().jobs.len(), 3);

    let taken = Emulator::builder().listen(host).start().expect_err("an address in use");
    assert!(
        matches!(taken, StartError::Listen { error, .. } if error.kind() == io::ErrorKind::AddrInUse)
    );
}

#[test]
fn a_body_may_have_a_mebibyte_and_no_more() {
    let emulator = Emulator::start().unwrap();
    let post = |head: &str, body: &[u8]| {
        let mut connection = connect(emulator.address());
        let head = format!("POST /jobs HTTP/1.1\r\nHost: h\r\n{head}\r\n\r\n");
        connection.get_mut().write_all(head.as_bytes()).unwrap();
        connection.get_mut().write_all(body).unwrap();
        reply(&mut connection).unwrap()
    };
    let length = |length| format!("Content-Length: {length}");
    let reply = post(&length(MIB), &vec![b'a'; MIB]);
    refused(&reply, 403, ErrorCode::AccessDenied);
    for size in [MIB + 1, 5 * MIB] {
        let reply = post(&length(size), &vec![b'a'; size]);
        let error = refused(&reply, 400, ErrorCode::XmlSizeLimit);
        assert_eq!(error.resource.as_deref(), Some("/jobs"));
        assert_eq!(header(reply.headers(), "connection"), "close");
        assert!(reply.headers().contains_key("x-cos-request-id"));
    }
    let mut chunks = format!("{:x}\r\n", 2 * MIB).into_bytes();
    chunks.extend(vec![b'a'; 2 * MIB]);
    chunks.extend(b"\r\n0\r\n\r\n");
    let reply = post("Transfer-Encoding: chunked", &chunks);
    refused(&reply, 400, ErrorCode::XmlSizeLimit);
    answers(&emulator);
}

/// What is no HTTP gets a 400, or nothing; the next client gets its answer.
#[test]
fn garbage_harms_nobody_else() {
    let emulator = Emulator::start().unwrap();
    for garbage in [
        &b"\0\x01\x02\xff\xfe garbage\r\n\r\n"[..],
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET /jobs HTTP/9.9\r\n\r\n",
        b"GET /jo bs HTTP/1.1\r\nHost: h\r\n\r\n",
        b"GET /jobs HTTP/1.1\r\nno colon\r\n\r\n",
        b"POST /jobs HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n",
        b"POST /jobs HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /jobs HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nshort",
    ] {
        let mut connection = connect(emulator.address());
        connection.get_mut().write_all(garbage).unwrap();
        connection.get_mut().shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = Vec::new();
        let _ = connection.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400 "), "{garbage:?}: {answer}");
        answers(&emulator);
    }
    let mut connection = connect(emulator.address());
    let endless = format!("GET /jobs HTTP/1.1\r\nHost: h\r\nx: {}", "a".repeat(2 * MIB));
    let _ = connection.get_mut().write_all(endless.as_bytes());
    drop(connection);
    answers(&emulator);
}

#[test]
fn any_form_of_target_and_any_method_is_answered() {
    let emulator = Emulator::start().unwrap();
    let address = emulator.address();
    for (line, head_only) in [
        (format!("GET http://{address}/jobs HTTP/1.1"), false),
        ("OPTIONS * HTTP/1.1".to_owned(), false),
        ("GET /jobs?%00%FF+&&=& HTTP/1.1".to_owned(), false),
        ("GET /%00%ff HTTP/1.1".to_owned(), false),
        ("HEAD /jobs HTTP/1.1".to_owned(), true),
        (format!("CONNECT {address} HTTP/1.1"), false),
        ("BREW /jobs HTTP/1.1".to_owned(), false),
        ("GET /jobs HTTP/1.0".to_owned(), false),
    ] {
        let mut connection = connect(address);
        let request = format!("{line}\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        connection.get_mut().write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.split(' ').nth(1) == Some("403"), "{line}: {head}");
        assert!(head.contains("x-cos-request-id: "), "{line}: {head}");
        assert_eq!(body.is_empty(), head_only, "{line}: {body}");
    }
    // An absolute target is the same call.
    let absolute = signed(&emulator).replacen("/jobs", &format!("http://{address}/jobs"), 1);
    assert_eq!(page(&ask(&mut connect(address), &absolute)).unwrap().jobs.len(), 48);
}

#[test]
fn who_is_slow_or_silent_holds_up_nobody() {
    let emulator = Emulator::start().unwrap();
    let silent: Vec<_> = (0..50).map(|_| connect(emulator.address())).collect();
    let request = signed(&emulator);
    let (first, rest) = request.split_at(40);
    let mut slow = connect(emulator.address());
    slow.get_mut().write_all(first.as_bytes()).unwrap();
    let mut half = connect(emulator.address());
    half.get_mut()
        .write_all(b"POST /jobs HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n12345")
        .unwrap();
    for _ in 0..5 {
        answers(&emulator);
    }
    assert_eq!(page(&ask(&mut slow, rest)).unwrap().jobs.len(), 48);
    refused(&ask(&mut half, "67890"), 403, ErrorCode::AccessDenied);
    drop(silent);
}

#[test]
fn several_run_side_by_side() {
    let (one, other) = (Emulator::start().unwrap(), Emulator::start().unwrap());
    assert_ne!(one.address(), other.address());
    drop(one);
    answers(&other);
}
