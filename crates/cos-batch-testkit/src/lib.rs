//! What tests of cos-batch and of its users share
