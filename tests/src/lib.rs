//! The README as a doctest; the tests of the whole stand in `tests/` beside this

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
