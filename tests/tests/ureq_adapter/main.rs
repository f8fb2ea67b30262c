//! The blocking adapter over loopback sockets: what leaves, what comes back, and what goes wrong

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "these are tests")]

mod emulated;
mod lost;
mod proxied;
mod replies;
mod support;
mod wire;
