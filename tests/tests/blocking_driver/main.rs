//! The blocking driver over sockets of std: it stands what the adapters stand

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "these are tests")]

#[path = "../adapters/driven.rs"]
mod driven;
#[path = "../adapters/emulated.rs"]
mod emulated;
#[path = "../adapters/lost.rs"]
mod lost;
#[path = "../adapters/machines.rs"]
mod machines;
#[path = "../adapters/observed.rs"]
mod observed;
#[path = "../adapters/replies.rs"]
mod replies;
#[path = "../adapters/support.rs"]
mod shared;
mod support;
#[path = "../adapters/wire.rs"]
mod wire;
