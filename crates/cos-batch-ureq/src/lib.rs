//! Blocking adapter of cos-batch for ureq
