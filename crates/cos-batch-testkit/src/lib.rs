//! What tests of cos-batch and of its users share
//!
//! | to | use |
//! | --- | --- |
//! | run a machine in virtual time against a script | [`world`] |
//! | make valid values of every type, for proptest | [`strategies`] |
//! | write and read any of the six calls | [`calls`] |
//! | make pages of any size, the same for the same seed | [`corpus`] |
//! | show a request as text, for a snapshot | [`show`] |
//! | hold a known answer against both directions | [`kat`] |
//! | answer an adapter byte by byte, or not at all | [`peer`] |
//! | check what must hold for any bytes, as the fuzz targets do | [`oracle`] |
//! | begin with, as those do | [`seeds`] |
//!
//! All of it panics where something does not hold: it is made for tests.

pub mod calls;
pub mod corpus;
pub mod kat;
pub mod oracle;
pub mod peer;
pub mod seeds;
pub mod show;
pub mod strategies;
pub mod world;
