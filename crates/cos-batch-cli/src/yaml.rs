//! YAML that a terminal may show

use std::io::{self, Write};

use serde::Serialize;

use crate::json;

/// Writes one YAML document.
pub(crate) fn document(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    // By way of JSON, so that both have the same fields.
    let value = serde_json::to_value(value)?;
    let yaml = serde_saphyr::to_string(&value).map_err(io::Error::other)?;
    if yaml.chars().all(json::is_plain) {
        return out.write_all(yaml.as_bytes());
    }
    // What would steer a terminal can be escaped in JSON, and JSON is YAML too.
    json::document(out, &value)
}
