//! The emulator from the outside: the engine by its requests, the server by its sockets
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that cannot go on fails"
)]

mod jobs;
mod listing;
mod refusals;
mod replies;
mod server;
mod stopping;
mod support;
mod vectors;
