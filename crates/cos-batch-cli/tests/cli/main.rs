//! The terminal as it is used: the real binary, a bare environment, loopback only
//!
//! Of every run it is checked that it ends in time, that no secret is in what it says, and that
//! nothing it says steers a terminal.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "these are tests")]

mod account;
mod change;
mod config;
mod create;
mod decode;
mod describe;
mod explain;
mod filters;
mod globals;
mod hostile;
mod list;
mod lost;
mod manifest;
mod misread;
mod refused;
mod regions;
#[cfg(unix)]
mod replay;
mod report;
mod schema;
#[cfg(unix)]
mod screens;
mod serve;
#[cfg(unix)]
mod sessions;
mod sign;
mod stage;
mod support;
mod terminal;
mod usage;
mod wait;
