//! The same format read in the plainest way: all bytes at once, by position

/// A field and where it begins.
pub(crate) struct Field {
    text: Vec<u8>,
    start: u64,
}

/// The rows, each as where it begins and its fields; what is wrong as where it is wrong.
pub(crate) fn rows(bytes: &[u8]) -> Vec<Result<(u64, Vec<Field>), u64>> {
    let mut at = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let mut rows = Vec::new();
    loop {
        at = skip(bytes, at, b" \t\r\n");
        if at == bytes.len() {
            return rows;
        }
        let start = at as u64;
        let mut fields = Vec::new();
        let mut refused = None;
        loop {
            at = skip(bytes, at, b" \t");
            let from = at;
            let mut text = Vec::new();
            if bytes.get(at) == Some(&b'"') {
                at += 1;
                loop {
                    match (bytes.get(at), bytes.get(at + 1)) {
                        (Some(b'"'), Some(b'"')) => {
                            text.push(b'"');
                            at += 2;
                        }
                        (Some(b'"'), _) => break,
                        (Some(&byte), _) => {
                            text.push(byte);
                            at += 1;
                        }
                        (None, _) => {
                            rows.extend(refused.map(Err));
                            rows.push(Err(from as u64));
                            return rows;
                        }
                    }
                }
                at = skip(bytes, at + 1, b" \t");
                if !matches!(bytes.get(at), None | Some(b',' | b'\r' | b'\n')) {
                    refused = refused.or(Some(at as u64));
                    at = until_end(bytes, at);
                }
            } else {
                at = until_end(bytes, at);
                text = bytes[from..at].to_vec();
                while text.pop_if(|byte| matches!(byte, b' ' | b'\t')).is_some() {}
            }
            fields.push(Field { text, start: from as u64 });
            if bytes.get(at) != Some(&b',') {
                break;
            }
            at += 1;
        }
        rows.push(refused.map_or(Ok((start, fields)), Err));
    }
}

/// The row as that of a manifest with the fields Bucket and Key.
pub(crate) fn object((start, fields): (u64, Vec<Field>)) -> Result<Vec<Vec<u8>>, u64> {
    if fields.len() != 2 {
        return Err(start);
    }
    let legal = |field: Field| match field.text {
        text if text.is_empty() || std::str::from_utf8(&text).is_err() => Err(field.start),
        text => Ok(text),
    };
    fields.into_iter().map(legal).collect()
}

fn skip(bytes: &[u8], at: usize, skipped: &[u8]) -> usize {
    at + bytes[at..].iter().take_while(|byte| skipped.contains(byte)).count()
}

fn until_end(bytes: &[u8], at: usize) -> usize {
    at + bytes[at..].iter().take_while(|byte| !b",\r\n".contains(byte)).count()
}
