//! The two digests of the signature

use hmac::{Hmac, KeyInit, Mac};
use sha1::{Digest, Sha1};
use zeroize::Zeroizing;

use super::SecretKey;
use super::small::Small;
use crate::text::hex;

/// The hex text of a digest: 40 digits.
pub(super) type Hex = [u8; 40];

/// A key of the signature, ready for any number of them
///
/// What the hash makes of a key is computed once, when it is made, and wiped when it is dropped.
#[derive(Clone)]
pub(super) struct Key(Hmac<Sha1>);

impl Key {
    pub(super) fn of(secret_key: &SecretKey) -> Self {
        Self::new(secret_key.as_bytes())
    }

    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    fn new(bytes: &[u8]) -> Self {
        Self(Hmac::new_from_slice(bytes).expect("HMAC takes keys of any length"))
    }

    /// `SignKey`, made by the secret key
    pub(super) fn sign_key(&self, key_time: &[u8]) -> Self {
        Self::new(&*self.sign_key_text(key_time))
    }

    /// The hex text, not the bytes, is the key of the second HMAC.
    fn sign_key_text(&self, key_time: &[u8]) -> Zeroizing<Hex> {
        Zeroizing::new(hex_text(
            self.0.clone().chain_update(key_time).finalize().into_bytes().into(),
        ))
    }

    /// `Signature`, made by the `SignKey`
    pub(super) fn signature(&self, time: &[u8], http_string: &Hex) -> Hex {
        hex_text(self.sign(time, http_string).finalize().into_bytes().into())
    }

    /// Is `signature` the one that this makes? In constant time.
    pub(super) fn made(&self, signature: &[u8; 20], time: &[u8], http_string: &Hex) -> bool {
        self.sign(time, http_string).verify_slice(signature).is_ok()
    }

    fn sign(&self, time: &[u8], http_string: &Hex) -> Hmac<Sha1> {
        self.0.clone().chain_update(string_to_sign(time, http_string).as_slice())
    }
}

/// `StringToSign`, whose end is a line feed; it has the digest of the `HttpString`
pub(super) fn string_to_sign(time: &[u8], http_string: &Hex) -> Small<u8, 96> {
    let mut text = Small::new();
    text.push(b"sha1\n");
    text.push(time);
    text.push(b"\n");
    text.push(http_string);
    text.push(b"\n");
    text
}

/// `hex(SHA1(text))`
pub(super) fn sha1_hex(text: &[u8]) -> Hex {
    hex_text(Sha1::digest(text).into())
}

fn hex_text(digest: [u8; 20]) -> Hex {
    let mut text = [0; 40];
    let (pairs, _) = text.as_chunks_mut();
    pairs.iter_mut().zip(digest).for_each(|(pair, byte)| *pair = hex(byte));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(secret_key: &str, key_time: &str) -> String {
        let secret_key = SecretKey::new(secret_key).expect("a key");
        String::from_utf8_lossy(&*Key::of(&secret_key).sign_key_text(key_time.as_bytes()))
            .into_owned()
    }

    /// The SignKeys of the page's two examples, of the Go SDK's test and of the batch vectors.
    #[test]
    fn sign_keys_are_those_of_the_page() {
        let docs = "BQYIM75p8x0iWVFSIgqEKwFprpRSVHlz";
        let go = "AKIDZfbOA78asKUYBcXFrJD0a1ICvR98JM";
        assert_eq!(key(docs, "1557989151;1557996351"), "eb2519b498b02ac213cb1f3d1a3d27a3b3c9bc5f");
        assert_eq!(key(docs, "1557989753;1557996953"), "937914bf490e9e8c189836aad2052e4feeb35eaf");
        assert_eq!(key(docs, "1557902800;1557910000"), "1101994244449a067e7659a123ba5bba59cc1a78");
        assert_eq!(key(go, "1480932292;1481012292"), "95d110a8ead64cac52083100db75b7e3f369e72f");
    }
}
