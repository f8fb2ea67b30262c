//! JSON that a terminal may show

use std::io::{self, Write};

use cos_batch::printable;
use serde::Serialize;

/// Writes one JSON document.
pub(crate) fn document(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    writeln!(out, "{}", safe(&serde_json::to_string_pretty(value)?))
}

/// Writes one JSON document on one line.
pub(crate) fn line(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    writeln!(out, "{}", safe(&serde_json::to_string(value)?))
}

/// JSON with everything escaped that would steer a terminal: the same document. Between its strings
/// it has line ends at most.
pub(crate) fn safe(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for c in json.chars() {
        if is_plain(c) {
            safe.push(c);
        } else {
            safe.push_str(&format!("\\u{:04x}", u32::from(c)));
        }
    }
    safe
}

/// May a terminal be shown this character as it is? A line end may.
pub(crate) fn is_plain(c: char) -> bool {
    c.is_ascii_graphic()
        || matches!(c, ' ' | '\n')
        || printable(c.encode_utf8(&mut [0; 4]), 1).starts_with(c)
}
