use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};

use crate::error::{CsvError, CsvErrorKind};
use crate::put;
use crate::rows::Rows;

/// What is encoded in a key: all bytes but `A-Z a-z 0-9 - _ . ~ /`.
const ENCODED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');

/// How keys are written in a file
///
/// No page says it, neither of manifests made by hand nor of reports. Those of inventories are
/// percent-encoded, and manifests are said to be "in the format of an inventory file"; so that is
/// the default throughout, in reports too, where their keys then come out as in the manifest.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum KeyEncoding {
    /// Percent-encoded: written with all bytes but `A-Z a-z 0-9 - _ . ~ /` as `%XX`. When read, a
    /// `%` without two hex digits behind it stands for itself, and `+` is a plus.
    #[default]
    Percent,
    /// As it is, in UTF-8, quoted where CSV needs it.
    AsWritten,
}

impl KeyEncoding {
    pub(crate) fn put(self, out: &mut Vec<u8>, key: &str) {
        match self {
            Self::Percent => {
                for part in percent_encode(key.as_bytes(), ENCODED) {
                    out.extend_from_slice(part.as_bytes());
                }
            }
            Self::AsWritten => put::field(out, key),
        }
    }

    /// The key in the row's field `index`; `room` holds it where it had escapes.
    #[inline]
    pub(crate) fn read<'r>(
        self,
        rows: &'r Rows,
        index: usize,
        room: &'r mut Vec<u8>,
    ) -> Result<&'r str, CsvError> {
        const COLUMN: &str = "Key";
        let written = rows.bytes(index);
        let key = match self {
            Self::Percent if written.contains(&b'%') => {
                room.clear();
                room.extend(percent_decode(written));
                room
            }
            _ => written,
        };
        match std::str::from_utf8(key) {
            Ok("") => Err(rows.error(index, CsvErrorKind::Missing { column: COLUMN })),
            Ok(key) => Ok(key),
            Err(_) => Err(rows.error(index, CsvErrorKind::NotUtf8 { column: COLUMN })),
        }
    }
}
