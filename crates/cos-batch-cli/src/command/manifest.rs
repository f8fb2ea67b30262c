//! `cosbatch manifest`: lists of objects, made, checked and split

mod check;
mod checker;
mod duplicates;
mod finding;
mod make;
mod split;

use clap::Subcommand;

pub(super) use self::checker::Search;
pub(super) use self::finding::Severity;
use crate::arguments::Global;
use crate::exit::Exit;
use crate::failure::Failure;

#[derive(Debug, Subcommand)]
pub(crate) enum Manifest {
    /// Make a manifest of keys, one a line
    Make(make::Make),
    /// Find what is wrong or odd in a manifest, in constant memory
    Check(check::Check),
    /// Split a manifest into several
    Split(split::Split),
}

pub(crate) fn run(manifest: &Manifest, global: &Global) -> Result<Exit, Failure> {
    match manifest {
        Manifest::Make(make) => make::run(make),
        Manifest::Check(check) => check::run(check, global),
        Manifest::Split(split) => split::run(split, global),
    }
}

/// Is it a bucket's name with the APPID behind it?
fn is_bucket(name: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let parts = name.rsplit_once('-');
    parts
        .is_some_and(|(name, app_id)| !name.is_empty() && name.bytes().all(legal) && digits(app_id))
}
