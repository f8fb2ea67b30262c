//! It stops when it is told, soon, and leaves nothing behind

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use cos_batch_emulator::Emulator;

use crate::server::{ask, connect, signed};

/// Loopback refuses at once where nobody listens.
fn is_gone(address: SocketAddr) -> bool {
    TcpStream::connect(address).is_err()
}

#[test]
fn an_idle_connection_does_not_delay_the_end() {
    let emulator = Emulator::start().unwrap();
    let address = emulator.address();
    let mut used = connect(address);
    ask(&mut used, &signed(&emulator));
    let mut fresh = connect(address);
    let begun = Instant::now();
    emulator.stop();
    assert!(begun.elapsed() < Duration::from_millis(900), "{:?}", begun.elapsed());
    assert!(is_gone(address));
    // A connection that nobody had accepted yet may end in a reset.
    assert_eq!(used.read(&mut [0; 1]).unwrap(), 0);
    assert!(!matches!(fresh.read(&mut [0; 1]), Ok(1..)));
}

#[test]
fn a_stuck_client_delays_the_end_by_a_second_at_most() {
    let emulator = Emulator::start().unwrap();
    let address = emulator.address();
    let mut stuck = connect(address);
    stuck.get_mut().write_all(b"GET /jobs HTTP/1.1\r\nHost").unwrap();
    ask(&mut connect(address), &signed(&emulator));
    let begun = Instant::now();
    drop(emulator);
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    assert!(is_gone(address));
}

#[test]
fn a_request_under_way_is_answered() {
    let emulator = Emulator::start().unwrap();
    let mut connection = connect(emulator.address());
    connection
        .get_mut()
        .write_all(b"POST /jobs HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n12345")
        .unwrap();
    // An answer on another connection shows that the one before has been accepted.
    ask(&mut connect(emulator.address()), &signed(&emulator));
    let stop = emulator.stop_handle();
    let stopping = thread::spawn(move || emulator.stop());
    stop.stop();
    thread::sleep(Duration::from_millis(50));
    let reply = ask(&mut connection, "67890");
    assert_eq!(reply.status(), 403);
    assert_eq!(connection.read(&mut [0; 1]).unwrap(), 0);
    stopping.join().unwrap();
}

#[test]
fn it_waits_until_another_thread_stops_it() {
    let emulator = Emulator::start().unwrap();
    let (address, handle) = (emulator.address(), emulator.stop_handle());
    let other = handle.clone();
    let stopping = thread::spawn(move || {
        thread::sleep(Duration::from_millis(100));
        other.stop();
        other.stop();
    });
    let begun = Instant::now();
    emulator.wait();
    assert!(begun.elapsed() >= Duration::from_millis(90));
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert!(is_gone(address));
    stopping.join().unwrap();
    // It may outlive what it stops.
    handle.stop();
}

#[test]
fn a_handle_that_is_dropped_stops_nothing() {
    let emulator = Emulator::start().unwrap();
    drop(emulator.stop_handle());
    assert_eq!(ask(&mut connect(emulator.address()), &signed(&emulator)).status(), 200);
}
