//! The README as a doctest; the tests themselves stand beside this
