mod copy;
mod crash;
mod delete;
pub(super) mod fuse;
#[cfg(unix)]
mod hostile;
mod manifests;
mod reports;
mod restore;
mod tagging;
mod world;
