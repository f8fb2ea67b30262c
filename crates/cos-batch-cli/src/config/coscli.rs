//! `~/.cos.yaml`: the file of coscli, read and never written
//!
//! coscli hides keys by AES under a key that everybody knows. That is undone here, and who uses such
//! a file is told that it protects nothing.

use aes::Aes128;
use aes::cipher::{Array, BlockCipherDecrypt, KeyInit};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

use super::Keys;
use super::file::{malformed, read_secret};
use super::source::{Found, Origin, home};
use crate::failure::Failure;
use crate::talk::{Talk, Warning};

/// `coscli-secret`, filled up with zeros.
const KEY: [u8; 16] = *b"coscli-secret\0\0\0";

pub(super) fn keys(talk: Talk) -> Result<Option<Found<Keys>>, Failure> {
    let Some(path) = home().map(|home| home.join(".cos.yaml")) else { return Ok(None) };
    let Some(text) = read_secret(&path, talk)? else { return Ok(None) };
    let yaml: Value = serde_saphyr::from_str(&text).map_err(|error| {
        let place =
            error.location().map(|at| format!("line {}, column {}", at.line(), at.column()));
        malformed(&path, format!("it is no YAML: {}", place.unwrap_or_default()))
    })?;
    let Some(base) = yaml.pointer("/cos/base") else { return Ok(None) };
    let get = |name: &str| match base.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone()).filter(|text| !text.is_empty())),
        Some(_) => Err(malformed(&path, format!("{name} in base: expected a text"))),
    };
    // The setting is a text in coscli; what people write by hand is a boolean.
    let plain = match base.get("disableencryption") {
        Some(Value::String(text)) => text == "true",
        Some(Value::Bool(plain)) => *plain,
        _ => false,
    };
    let undo = |text: Option<String>| match plain {
        true => text,
        false => text.map(|text| unhide(&text).unwrap_or(text)),
    };
    let (id, key, token) = (get("secretid")?, get("secretkey")?, get("sessiontoken")?);
    let origin = Origin::File(path.clone(), None);
    let keys = Keys::pair(undo(id), undo(key), undo(token), ["secretid", "secretkey"], &origin)?;
    if keys.is_some() && !plain {
        let message =
            format!("the keys in {} are not encrypted, whatever it looks like", path.display());
        let help = "the key to them is in coscli's source: protect the file itself";
        talk.warning(Warning::NOT_ENCRYPTED, &message, help);
    }
    Ok(keys.map(|keys| Found::new(keys, origin)))
}

/// The text behind Base64 of AES-128 in ECB mode with zeros behind it; `None` for what is none.
fn unhide(hidden: &str) -> Option<String> {
    let mut bytes = BASE64_STANDARD.decode(hidden).ok().filter(|bytes| !bytes.is_empty())?;
    let cipher = Aes128::new(&Array::from(KEY));
    let (blocks, []) = Array::slice_as_chunks_mut(&mut bytes) else { return None };
    cipher.decrypt_blocks(blocks);
    let length = bytes.iter().rposition(|byte| *byte != 0)? + 1;
    bytes.truncate(length);
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::unhide;

    #[test]
    fn what_coscli_hides_is_found() {
        let id = "E31ijbrdvRHqD/CBLIClMlSnoCX8lR64ayYGgXnA03lgCOHqO2dnd228bzyvgYin";
        let key = "Ujw6VVHFxYaMtRD/y1RakETX8csYHvqMq4HpJEW8x/PeQ1lHjB+NSA6psd9+JBIz";
        assert_eq!(unhide(id).as_deref(), Some("AKIDQjz3ltompVjBni5LitkWHFlFpwkn9U5q"));
        assert_eq!(unhide(key).as_deref(), Some("BQYIM75p8x0iWVFSIgqEKwFprpRSVHlz"));
    }

    #[test]
    fn what_is_not_hidden_is_none_of_it() {
        for text in [
            "",
            "AKIDQjz3ltompVjBni5LitkWHFlFpwkn9U5q",
            "no base64!",
            "AAAA",
            "AAAAAAAAAAAAAAAAAAAAAA==",
        ] {
            assert_eq!(unhide(text), None, "{text}");
        }
    }
}
