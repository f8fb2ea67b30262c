//! The blocking adapter over loopback sockets: what leaves, what comes back, and what goes wrong

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "these are tests")]

#[path = "../adapters/emulated.rs"]
mod emulated;
mod logged;
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
