//! What a single value on the wire may be
//!
//! Identifiers are parsed newtypes and every closed list of the docs is an enum plus `Other`, so
//! that an illegal value cannot be sent. This module holds what they share: the error
//! [`ValueError`], the escape hatch [`Unlisted`], the trait [`IntoOwned`] and the macros that
//! define them.

mod http_string;
mod list;
mod newtype;

pub use http_string::HttpString;
pub(crate) use http_string::masked;
pub use list::Unlisted;
pub(crate) use list::{closed_list, is_unlisted_name};
pub(crate) use newtype::{integer_newtype, text_newtype};

use std::fmt;

/// Detach a value from the buffer it borrows from
///
/// Replies borrow their texts from the bytes they were decoded from. `into_owned` copies what is
/// borrowed and moves what is not.
pub trait IntoOwned {
    /// The same type without a borrow.
    type Owned: 'static;

    /// Copies what is borrowed.
    fn into_owned(self) -> Self::Owned;
}

/// For calls that answer with nothing.
impl IntoOwned for () {
    type Owned = ();

    fn into_owned(self) {}
}

impl<T: IntoOwned> IntoOwned for Vec<T> {
    type Owned = Vec<T::Owned>;

    fn into_owned(self) -> Self::Owned {
        self.into_iter().map(T::into_owned).collect()
    }
}

impl<T: IntoOwned> IntoOwned for Option<T> {
    type Owned = Option<T::Owned>;

    fn into_owned(self) -> Self::Owned {
        self.map(T::into_owned)
    }
}

impl IntoOwned for std::borrow::Cow<'_, str> {
    type Owned = std::borrow::Cow<'static, str>;

    fn into_owned(self) -> std::borrow::Cow<'static, str> {
        std::borrow::Cow::Owned(Self::into_owned(self))
    }
}

/// A text that is not a legal value of the type it was meant for
///
/// Says what was expected and shows the start of what was found, control characters escaped.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ValueError {
    /// What a legal value looks like, such as `an integer from 1 to 1000`.
    pub expected: &'static str,
    /// The start of the offending text, at most [`ValueError::SHOWN`] characters, printable.
    pub found: Box<str>,
}

impl ValueError {
    /// How many characters of the offending text are kept.
    pub const SHOWN: usize = 64;

    /// An error for `found`, where `expected` says what a legal value looks like.
    #[must_use]
    #[cold]
    #[inline(never)]
    pub fn new(expected: &'static str, found: &str) -> Self {
        Self { expected, found: printable(found, Self::SHOWN).into() }
    }
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}, found \"{}\"", self.expected, self.found)
    }
}

impl std::error::Error for ValueError {}

/// The start of a text from outside, fit for a terminal or a log: control characters and
/// characters that steer the direction of a line are escaped, and what is cut ends in `…`
#[must_use]
pub fn printable(text: &str, most: usize) -> String {
    let mut shown = String::new();
    for (count, c) in text.chars().enumerate() {
        if count == most {
            shown.push('…');
            break;
        }
        let steers = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if c.is_control() || steers {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// May a text stand in an XML 1.0 document, behind a reference or not?
pub(crate) fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..) && c != '\u{fffe}'
}

/// A count as the service writes it: decimal digits that fit 64 bits.
pub(crate) fn parse_count(text: std::borrow::Cow<'_, str>) -> Result<u64, ValueError> {
    number(&text).ok_or_else(|| ValueError::new("an integer from 0 to 18446744073709551615", &text))
}

/// Decimal digits that fit 64 bits; Rust's own parser would also take a plus sign.
pub(crate) fn number(text: &str) -> Option<u64> {
    match digits(text) {
        (number, length @ 1..20) if length == text.len() => Some(number),
        (_, length) => text.parse().ok().filter(|_| length == text.len()),
    }
}

/// The number that a text begins with, where it cannot overflow, and of how many digits it is.
#[inline(never)]
pub(crate) fn digits(text: &str) -> (u64, usize) {
    let (mut number, mut length) = (0_u64, 0);
    for byte in text.bytes() {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        number = number.wrapping_mul(10).wrapping_add(u64::from(digit));
        length += 1;
    }
    (number, length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_short_and_printable() {
        assert_eq!(printable("a\u{1b}[2Jb\u{202e}", 64), "a\\u{1b}[2Jb\\u{202e}");
        assert_eq!(printable("取消取消", 2), "取消…");
    }

    #[test]
    fn a_count_is_digits_that_fit_64_bits() {
        let zeros = "0".repeat(30);
        for (text, count) in [
            ("0", 0),
            ("007", 7),
            ("9999999999999999999", 9_999_999_999_999_999_999),
            ("18446744073709551615", u64::MAX),
            (&(zeros + "12"), 12),
        ] {
            assert_eq!(parse_count(text.into()), Ok(count), "{text}");
        }
        for text in [
            "",
            "+1",
            "-1",
            " 1",
            "1 ",
            "1.0",
            "18446744073709551616",
            "1a",
            "99999999999999999999a",
        ] {
            assert!(parse_count(text.into()).is_err(), "{text}");
        }
    }

    #[test]
    fn xml_characters_are_those_of_xml_1_0() {
        for legal in ['\t', '\n', '\r', ' ', '\u{85}', '\u{fffd}', '\u{10000}', '\u{10ffff}'] {
            assert!(is_xml_char(legal), "{legal:?}");
        }
        for forbidden in ['\0', '\u{1}', '\u{1f}', '\u{fffe}', '\u{ffff}'] {
            assert!(!is_xml_char(forbidden), "{forbidden:?}");
        }
    }
}
