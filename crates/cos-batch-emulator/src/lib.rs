//! A local COS Batch service
