//! The async adapter over loopback sockets: what leaves, what comes back, and what goes wrong
//!
//! The tests that every adapter stands run by way of a blocking face; what is asynchronous has
//! tests of its own.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "these are tests")]

mod awaited;
mod connected;
#[path = "../adapters/dropped.rs"]
mod dropped;
#[path = "../adapters/emulated.rs"]
mod emulated;
#[path = "../adapters/lost.rs"]
mod lost;
#[path = "../adapters/machines.rs"]
mod machines;
#[path = "../adapters/observed.rs"]
mod observed;
#[path = "../adapters/proxied.rs"]
mod proxied;
#[path = "../adapters/replies.rs"]
mod replies;
mod secured;
#[path = "../adapters/support.rs"]
mod shared;
mod support;
#[path = "../adapters/tls.rs"]
mod tls;
#[path = "../adapters/traced.rs"]
mod traced;
#[path = "../adapters/wire.rs"]
mod wire;
