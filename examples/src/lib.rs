//! HTTP over sockets that never block, for the examples that bring a network of their own
//!
//! A [`Network`] sends requests, and a [`Flight`] is one of them under way: something that is asked
//! from time to time whether there is a response yet. That is all a loop over machines needs, be it
//! blocking, asynchronous, or over a hundred machines at once. It speaks HTTP/1.1 by `ureq-proto`,
//! no TLS, and keeps one connection.

mod flight;
mod http1;
mod network;

pub use flight::Flight;
pub use network::Network;
