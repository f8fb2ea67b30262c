use cos_batch::{BuildError, ValueError};

/// Appends a field, quoted where CSV or the trimming of a reader would change it.
pub(crate) fn field(out: &mut Vec<u8>, text: &str) {
    if !needs_quotes(text) {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    out.push(b'"');
    for (nth, part) in text.split('"').enumerate() {
        if nth > 0 {
            out.extend_from_slice(b"\"\"");
        }
        out.extend_from_slice(part.as_bytes());
    }
    out.push(b'"');
}

/// Appends what may be absent.
///
/// An empty text is refused, for it would come back as none.
pub(crate) fn optional(
    out: &mut Vec<u8>,
    name: &'static str,
    text: Option<&str>,
) -> Result<(), BuildError> {
    text.map_or(Ok(()), |text| required(name, text).map(|text| field(out, text)))
}

/// A text that is not empty.
pub(crate) fn required<'a>(name: &'static str, text: &'a str) -> Result<&'a str, BuildError> {
    if text.is_empty() {
        let error = ValueError::new("a text that is not empty", text);
        return Err(BuildError::Value { name, error });
    }
    Ok(text)
}

/// Runs `write`, and takes back what it appended where it fails.
pub(crate) fn whole(
    out: &mut Vec<u8>,
    write: impl FnOnce(&mut Vec<u8>) -> Result<(), BuildError>,
) -> Result<(), BuildError> {
    let before = out.len();
    write(out).inspect_err(|_| out.truncate(before))
}

fn needs_quotes(text: &str) -> bool {
    text.bytes().any(|byte| matches!(byte, b',' | b'"' | b'\r' | b'\n'))
        || text.starts_with([' ', '\t'])
        || text.ends_with([' ', '\t'])
        // At the start of a file it would pass for a byte order mark.
        || text.starts_with('\u{feff}')
}

#[cfg(test)]
mod tests {
    fn put(text: &str) -> String {
        let mut out = Vec::new();
        super::field(&mut out, text);
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn a_field_is_quoted_only_where_it_must_be() {
        for plain in ["", "a", "a b", "a'b", "中", "a;b", "a\tb"] {
            assert_eq!(put(plain), plain);
        }
        assert_eq!(put("a,b"), "\"a,b\"");
        assert_eq!(put("a\"b\"\""), "\"a\"\"b\"\"\"\"\"");
        assert_eq!(put("a\rb"), "\"a\rb\"");
        assert_eq!(put("a\nb"), "\"a\nb\"");
    }

    #[test]
    fn what_a_reader_would_drop_is_quoted() {
        for text in [" a", "a ", "\ta", "a\t", "\u{feff}a"] {
            assert_eq!(put(text), format!("\"{text}\""));
        }
    }
}
