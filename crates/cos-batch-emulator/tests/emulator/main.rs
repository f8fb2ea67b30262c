//! The emulator from the outside: the engine by its requests, the server by its sockets
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that cannot go on fails"
)]

mod access_log;
mod calls;
mod clock;
mod durable;
mod faults;
mod folders;
mod hostile;
mod jobs;
mod life;
mod listing;
mod random;
mod refusals;
mod replies;
mod restart;
mod schedule;
mod server;
mod stage;
mod stopping;
mod support;
mod vectors;
mod worker;
