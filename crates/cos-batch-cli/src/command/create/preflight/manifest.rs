use std::io::{self, Write};
use std::path::Path;

use cos_batch::{CreateJob, ManifestFormat, printable};
use cos_batch_csv::ManifestFields;
use md5::{Digest, Md5};

use super::Found;
use crate::arguments::Global;
use crate::command::manifest::{Search, Severity};
use crate::failure::Failure;
use crate::input;
use crate::output::grouped;
use crate::rows::Keys;

/// How many findings are told.
const MOST: usize = 20;

/// Is the list on this machine the one that the job names, and is it good?
pub(super) fn check(
    create: &CreateJob,
    list: &Path,
    global: &Global,
    found: &mut Found,
) -> Result<(), Failure> {
    etag(create, list, found)?;
    let spec = &create.manifest.spec;
    if spec.format != ManifestFormat::CosBatchOperationsCsvV1 {
        let format = printable(spec.format.as_str(), 64);
        found
            .odd(format!("the rows of {} are not checked: {format} is read there", list.display()));
        return Ok(());
    }
    // Columns that are none were told of.
    let Ok(fields) = ManifestFields::new(spec.fields.clone()) else { return Ok(()) };
    let keys = Keys::default();
    let search = Search { file: Some(list), fields, keys, most: MOST, allow: &[] };
    let rows = search.run(|finding| {
        match finding.severity {
            Severity::Error => found.error(finding.sentence()),
            Severity::Warning => found.odd(finding.sentence()),
        }
        Ok(())
    })?;
    if rows.untold() > 0 {
        let more = format!("{} more; cosbatch manifest check shows them", grouped(rows.untold()));
        match rows.errors {
            0 => found.odd(more),
            _ => found.error(more),
        }
    }
    global.output.talk().note(&format!("{}: {}", input::name(Some(list)), rows.sentence()));
    Ok(())
}

/// The ETag of an object that was uploaded in one piece is the MD5 of its bytes; that of another is
/// made of parts that nobody knows here.
fn etag(create: &CreateJob, list: &Path, found: &mut Found) -> Result<(), Failure> {
    let etag = create.manifest.location.etag.trim_matches('"');
    if etag.len() != 32 || !etag.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(());
    }
    let mut digest = Digester(Md5::new());
    io::copy(&mut input::open(Some(list))?, &mut digest)
        .map_err(|error| input::unreadable(Some(list), &error))?;
    let of_list: String = digest.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    if !of_list.eq_ignore_ascii_case(etag) {
        let name = input::name(Some(list));
        found.error(format!("the manifest's ETag is {etag}, and that of {name} is {of_list}"));
    }
    Ok(())
}

/// Whatever is written goes into a digest
struct Digester(Md5);

impl Write for Digester {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
