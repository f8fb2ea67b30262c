//! The blocking adapter over loopback sockets: what leaves, what comes back, and what goes wrong

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "these are tests")]

#[path = "../adapters/emulated.rs"]
mod emulated;
#[path = "../adapters/lost.rs"]
mod lost;
mod proxied;
#[path = "../adapters/replies.rs"]
mod replies;
#[path = "../adapters/support.rs"]
mod shared;
mod support;
#[path = "../adapters/wire.rs"]
mod wire;
