//! The two digests of the signature

use hmac::{Hmac, KeyInit, Mac};
use sha1::{Digest, Sha1};
use zeroize::Zeroizing;

use super::SecretKey;
use crate::text::hex;

/// `hex(SHA1(text))`
pub(super) fn sha1_hex(text: &[u8]) -> String {
    hex::<20>(Sha1::digest(text).into()).collect()
}

/// `StringToSign`, whose end is a line feed
pub(super) fn string_to_sign(time: &str, http_string: &[u8]) -> String {
    format!("sha1\n{time}\n{}\n", sha1_hex(http_string))
}

/// `SignKey`: the hex text, not the bytes, is the key of the second HMAC
pub(super) fn sign_key(secret_key: &SecretKey, key_time: &str) -> Zeroizing<String> {
    let digest = hmac(secret_key.as_bytes(), key_time).finalize().into_bytes();
    Zeroizing::new(hex::<20>(digest.into()).collect())
}

/// `Signature`
pub(super) fn signature(sign_key: &str, string_to_sign: &str) -> String {
    let digest = hmac(sign_key.as_bytes(), string_to_sign).finalize().into_bytes();
    hex::<20>(digest.into()).collect()
}

/// Is `signature` that of `string_to_sign`? In constant time.
pub(super) fn is_signature(sign_key: &str, string_to_sign: &str, signature: &[u8; 20]) -> bool {
    hmac(sign_key.as_bytes(), string_to_sign).verify_slice(signature).is_ok()
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
fn hmac(key: &[u8], message: &str) -> Hmac<Sha1> {
    let mac = Hmac::<Sha1>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.chain_update(message.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(secret_key: &str, key_time: &str) -> String {
        sign_key(&SecretKey::new(secret_key).expect("a key"), key_time).to_string()
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
