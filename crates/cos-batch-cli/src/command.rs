//! The commands: one file each

pub(crate) mod decode;
pub(crate) mod list;
pub(crate) mod serve;
