use crate::value::{integer_newtype, text_newtype};

/// Is it a text of 1 to 64 bytes, as the docs bound every id?
fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
}

fn is_job_id_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() | matches!(byte, b'_' | b'-')
}

/// All of them, sixteen at a time: whether the next is a letter or a digit cannot be predicted.
fn are_job_id_bytes(bytes: &[u8]) -> bool {
    let legal =
        |chunk: &[u8; 16]| chunk.iter().fold(true, |legal, byte| legal & is_job_id_byte(*byte));
    match bytes.last_chunk() {
        Some(end) => legal(end) && bytes.as_chunks().0.iter().all(legal),
        None => bytes.iter().all(|byte| is_job_id_byte(*byte)),
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

text_newtype! {
    /// The id of a job: 1 to 64 bytes of `A-Z a-z 0-9 _ -`
    ///
    /// The service makes lower-case UUIDs. The docs bound the length only; the alphabet is that of
    /// the API's twin, and keeps an id from ever becoming a path or a query.
    pub struct JobId<'a>("a job id: 1 to 64 bytes of A-Z a-z 0-9 _ -", |text| {
        is_id(text) && are_job_id_bytes(text.as_bytes())
    });
}

text_newtype! {
    /// Where the next page of a listing begins: any text of 1 to 64 bytes
    ///
    /// The docs say that it is the last `JobId` of a page; treat it as opaque.
    pub struct NextToken<'a>("a token of 1 to 64 bytes", is_id);
}

text_newtype! {
    /// What makes a request to create a job unique: any text of 1 to 64 bytes, a UUID recommended
    ///
    /// The service refuses a token that was used before. For how long it remembers, and whether
    /// for each account or for all, is undocumented.
    pub struct ClientRequestToken<'a>("a token of 1 to 64 bytes", is_id);
}

text_newtype! {
    /// An account's APPID: 1 to 64 decimal digits, 10 in every sample
    ///
    /// It is the value of `x-cos-appid` and stands at the end of every bucket's name.
    pub struct AppId("an APPID: 1 to 64 decimal digits", |text| is_id(text) && is_digits(text));
}

text_newtype! {
    /// An account's UIN: decimal digits, 12 in every sample
    ///
    /// It is the first label of the endpoint's host, so 63 digits at most.
    pub struct Uin("a UIN: 1 to 63 decimal digits", |text| text.len() <= 63 && is_digits(text));
}

text_newtype! {
    /// A COS region such as `ap-chengdu`: `a-z 0-9 -`
    ///
    /// It is a label of the endpoint's host, so 63 bytes at most. Which regions offer batch is
    /// undocumented; none is refused.
    pub struct Region("a region such as ap-chengdu: 1 to 63 bytes of a-z 0-9 -", |text| {
        (1..=63).contains(&text.len())
            && !text.starts_with('-')
            && !text.ends_with('-')
            && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
    });
}

integer_newtype! {
    /// How many jobs a page of a listing holds at most: 1 to 1000
    pub struct MaxResults(u16) in 1..=1000, "an integer from 1 to 1000";
}

integer_newtype! {
    /// A job's priority: 0 to 2147483647, larger runs first
    ///
    /// A preference, not an ordering guarantee.
    pub struct Priority(u32) in 0..=2_147_483_647, "an integer from 0 to 2147483647";
}

integer_newtype! {
    /// How many days a restored copy lives: 1 to 365
    pub struct ExpirationInDays(u16) in 1..=365, "an integer from 1 to 365";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_id_never_becomes_a_path_or_a_query() {
        let long = "a".repeat(65);
        for text in ["", "a?x=1/../b#c", "a/b", "..", "a b", "a%2fb", "中", "a\n", &long] {
            assert!(JobId::try_from(text).is_err(), "{text:?}");
        }
        for text in ["a", "53dc6228-c50b-46f7-8ad7-65e7159f1aae", "A_9-", &"a".repeat(64)] {
            assert!(JobId::try_from(text).is_ok(), "{text:?}");
        }
    }

    #[test]
    fn every_byte_of_a_job_id_is_looked_at() {
        for length in 1..=64 {
            for at in 0..length {
                for illegal in ["/", ":", "@", "[", "`", "{", "\u{7f}"] {
                    let mut text = "A_9-z".repeat(13);
                    text.truncate(length);
                    text.replace_range(at..=at, illegal);
                    assert!(JobId::try_from(text.as_str()).is_err(), "{text}");
                }
            }
        }
    }

    #[test]
    fn tokens_are_bounded_in_bytes() {
        assert!(NextToken::try_from("中".repeat(21)).is_ok());
        assert!(NextToken::try_from("中".repeat(22)).is_err());
        assert!(NextToken::try_from("").is_err());
    }

    #[test]
    fn accounts_and_regions_make_a_host() {
        assert!("1250000000".parse::<AppId>().is_ok());
        assert!("125000000a".parse::<AppId>().is_err());
        assert!("".parse::<Uin>().is_err());
        for text in ["", "-a", "a-", "AP", "a.b", "a/b"] {
            assert!(text.parse::<Region>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn integers_are_digits_in_their_range() {
        for text in ["", "0", "1001", "-1", "+5", " 5", "5.0", "99999999999"] {
            assert!(text.parse::<MaxResults>().is_err(), "{text:?}");
        }
        assert_eq!("0010".parse::<MaxResults>().map(MaxResults::value), Ok(10));
        assert_eq!("2147483647".parse::<Priority>(), Ok(Priority::MAX));
        assert!("2147483648".parse::<Priority>().is_err());
        assert!("-5".parse::<Priority>().is_err());
    }
}
