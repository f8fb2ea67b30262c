//! Ids that look made up and can be made again

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use cos_batch::time::OffsetDateTime;

/// A number that looks random and follows from `seed` and `n` alone: SplitMix64.
pub(crate) fn mixed(seed: u64, n: u64) -> u64 {
    let mut z = seed.wrapping_add(n.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A number that looks random and follows from `seed` and the text.
pub(crate) fn folded(seed: u64, text: &str) -> u64 {
    let length = mixed(seed, text.len() as u64);
    text.bytes().fold(length, |folded, byte| mixed(folded, byte.into()))
}

/// The id of the job that this token asked for at that time: a lower-case UUID. Another `attempt`
/// gives another.
pub(crate) fn job_id(seed: u64, token: &str, now: OffsetDateTime, attempt: u64) -> String {
    let (seconds, nanoseconds) = (now.unix_timestamp(), now.nanosecond());
    let when = mixed(mixed(seed, seconds.cast_unsigned()), nanoseconds.into());
    let high = folded(mixed(when, attempt), token);
    uuid(high, folded(high, token))
}

/// A lower-case UUID, version 4, from 122 of 128 bits.
pub(crate) fn uuid(high: u64, low: u64) -> String {
    let high = high & !0xf000 | 0x4000;
    let low = low & !(0b11 << 62) | 0b10 << 62;
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff,
    )
}

/// The id of the `n`th request: Base64 of hex groups joined by `_`, the first of which is the
/// time, as in the docs' samples.
pub(crate) fn request_id(seed: u64, n: u64, now: OffsetDateTime) -> String {
    let [high, low] = [seed >> 32, seed & 0xffff_ffff];
    let text = format!("{:08x}_{low:08x}_{high:04x}_{n:x}", now.unix_timestamp());
    BASE64_STANDARD.encode(text)
}

/// The id of the failure of the `n`th request: Base64 of a long hex number.
pub(crate) fn trace_id(seed: u64, n: u64) -> String {
    let parts = (0..4).map(|part| mixed(mixed(seed, n), part));
    BASE64_STANDARD.encode(parts.map(|part| format!("{part:016x}")).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_those_of_their_request_and_no_other() {
        let now = OffsetDateTime::from_unix_timestamp(0x5dfb_babd).expect("a time");
        let id = request_id(0x6b3a_25b2_5864, 0x1016, now);
        assert_eq!(BASE64_STANDARD.decode(&id).as_deref(), Ok(&b"5dfbbabd_25b25864_6b3a_1016"[..]));
        assert_eq!(id, request_id(0x6b3a_25b2_5864, 0x1016, now));
        assert_ne!(id, request_id(0x6b3a_25b2_5864, 0x1017, now));
        assert_eq!(trace_id(7, 1), trace_id(7, 1));
        assert_ne!(trace_id(7, 1), trace_id(7, 2));
        assert_ne!(trace_id(7, 1), trace_id(8, 1));
    }
}
