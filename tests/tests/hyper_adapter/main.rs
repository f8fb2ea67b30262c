//! The async adapter over loopback sockets: what leaves, what comes back, and what goes wrong
//!
//! The tests that every adapter stands run by way of a blocking face; what is asynchronous has
//! tests of its own.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "these are tests")]

mod awaited;
mod connected;
#[path = "../adapters/emulated.rs"]
mod emulated;
#[path = "../adapters/lost.rs"]
mod lost;
#[path = "../adapters/replies.rs"]
mod replies;
mod secured;
#[path = "../adapters/support.rs"]
mod shared;
mod support;
#[path = "../adapters/wire.rs"]
mod wire;
