//! What the benches share
