//! What a single value on the wire may be
//!
//! Identifiers are parsed newtypes and every closed list of the docs is an enum plus `Other`, so
//! that an illegal value cannot be sent. This module holds what they share: the error
//! [`ValueError`], the escape hatch [`Unlisted`], the trait [`IntoOwned`] and the macros that
//! define them.

use std::fmt;
use std::marker::PhantomData;

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

/// A value that is on no list the documentation has, kept as it was written
///
/// Made only by the `FromStr` of the enum `T`, so it never equals one of the names that `T` knows
/// and never holds what the wire cannot carry.
pub struct Unlisted<T> {
    text: Box<str>,
    list: PhantomData<fn() -> T>,
}

impl<T> Unlisted<T> {
    pub(crate) fn new(text: &str) -> Self {
        Self { text: text.into(), list: PhantomData }
    }

    /// The value as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl<T> Clone for Unlisted<T> {
    fn clone(&self) -> Self {
        Self::new(&self.text)
    }
}

impl<T> PartialEq for Unlisted<T> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<T> Eq for Unlisted<T> {}

impl<T> PartialOrd for Unlisted<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Unlisted<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.text.cmp(&other.text)
    }
}

impl<T> std::hash::Hash for Unlisted<T> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl<T> fmt::Debug for Unlisted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

/// A request as it is signed, the `HttpString` of the docs; the service calls it `FormatString`
///
/// It holds the token of temporary credentials where that is signed. `Debug` masks it.
#[derive(Clone, Eq, PartialEq)]
pub struct HttpString(Box<str>);

impl HttpString {
    /// The name of the header and of the parameter whose value is a secret.
    const SECRET: &str = "x-cos-security-token=";

    /// The text, token included.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for HttpString {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<std::borrow::Cow<'_, str>> for HttpString {
    fn from(text: std::borrow::Cow<'_, str>) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for HttpString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = self.0.split(Self::SECRET);
        let mut shown = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let value = part.find(['&', '\n']).unwrap_or(part.len());
            shown.extend([Self::SECRET, "…", part.get(value..).unwrap_or_default()]);
        }
        fmt::Debug::fmt(&shown, f)
    }
}

/// May a text stand in an XML 1.0 document, behind a reference or not?
pub(crate) fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..) && c != '\u{fffe}'
}

/// A name that a list not known to us may hold: printable, without the comma that joins several,
/// without space around it.
pub(crate) fn is_unlisted_name(text: &str) -> bool {
    !text.is_empty()
        && text.trim() == text
        && text.chars().all(|c| c != ',' && !c.is_control() && is_xml_char(c))
}

/// Define an enum for a closed list of the docs: one variant per documented name, and `Other`. A
/// name that is read but not written stands behind `or`.
macro_rules! closed_list {
    (
        $(#[$meta:meta])*
        pub enum $name:ident ($expected:literal) {
            $( $(#[$variant_meta:meta])* $variant:ident = $text:literal $(or $alias:literal)?, )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[$variant_meta])* $variant, )+
            /// A value that no page documents, kept as it was written.
            Other($crate::Unlisted<$name>),
        }

        impl $name {
            /// Every documented value, in the order of the docs.
            pub const LISTED: &'static [Self] = &[$( Self::$variant, )+];

            /// The value as it is written on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $( Self::$variant => $text, )+
                    Self::Other(other) => other.as_str(),
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::ValueError;

            fn from_str(text: &str) -> Result<Self, $crate::ValueError> {
                match text {
                    $( $text $(| $alias)? => Ok(Self::$variant), )+
                    _ if $crate::value::is_unlisted_name(text) => {
                        Ok(Self::Other($crate::Unlisted::new(text)))
                    }
                    _ => Err($crate::ValueError::new($expected, text)),
                }
            }
        }

        impl TryFrom<std::borrow::Cow<'_, str>> for $name {
            type Error = $crate::ValueError;

            fn try_from(text: std::borrow::Cow<'_, str>) -> Result<Self, $crate::ValueError> {
                text.parse()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.as_str())
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use closed_list;

/// Define a newtype over a text that only a legal text becomes: borrowed where it has a lifetime,
/// owned where it has none.
macro_rules! text_newtype {
    (
        $(#[$meta:meta])*
        pub struct $name:ident<'a>($expected:literal, $legal:expr);
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
        #[cfg_attr(feature = "serde", serde(into = "String", try_from = "String"))]
        pub struct $name<'a>(std::borrow::Cow<'a, str>);

        impl $crate::IntoOwned for $name<'_> {
            type Owned = $name<'static>;

            fn into_owned(self) -> $name<'static> {
                $name(std::borrow::Cow::Owned(self.0.into_owned()))
            }
        }

        impl<'a> TryFrom<std::borrow::Cow<'a, str>> for $name<'a> {
            type Error = $crate::ValueError;

            fn try_from(text: std::borrow::Cow<'a, str>) -> Result<Self, $crate::ValueError> {
                let legal: fn(&str) -> bool = $legal;
                if legal(&text) {
                    Ok(Self(text))
                } else {
                    Err($crate::ValueError::new($expected, &text))
                }
            }
        }

        impl<'a> TryFrom<&'a str> for $name<'a> {
            type Error = $crate::ValueError;

            fn try_from(text: &'a str) -> Result<Self, $crate::ValueError> {
                Self::try_from(std::borrow::Cow::Borrowed(text))
            }
        }

        $crate::value::text_newtype!(@owned $name, $name<'static>, $name<'_>);
    };
    (
        $(#[$meta:meta])*
        pub struct $name:ident($expected:literal, $legal:expr);
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
        #[cfg_attr(feature = "serde", serde(into = "String", try_from = "String"))]
        pub struct $name(Box<str>);

        impl TryFrom<std::borrow::Cow<'_, str>> for $name {
            type Error = $crate::ValueError;

            fn try_from(text: std::borrow::Cow<'_, str>) -> Result<Self, $crate::ValueError> {
                let legal: fn(&str) -> bool = $legal;
                if legal(&text) {
                    Ok(Self(text.into()))
                } else {
                    Err($crate::ValueError::new($expected, &text))
                }
            }
        }

        $crate::value::text_newtype!(@owned $name, $name, $name);
    };
    (@owned $name:ident, $owned:ty, $any:ty) => {
        impl $any {
            /// The text as it is written on the wire, before any encoding.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $owned {
            type Error = $crate::ValueError;

            fn try_from(text: String) -> Result<Self, $crate::ValueError> {
                Self::try_from(std::borrow::Cow::Owned(text))
            }
        }

        impl std::str::FromStr for $owned {
            type Err = $crate::ValueError;

            fn from_str(text: &str) -> Result<Self, $crate::ValueError> {
                Self::try_from(text.to_owned())
            }
        }

        impl From<$any> for String {
            fn from(value: $any) -> Self {
                value.0.into()
            }
        }

        impl AsRef<str> for $any {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $any {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}
pub(crate) use text_newtype;

/// Define a newtype over an integer with documented bounds.
macro_rules! integer_newtype {
    (
        $(#[$meta:meta])*
        pub struct $name:ident($repr:ty) in $least:literal..=$most:literal, $expected:literal;
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
        #[cfg_attr(feature = "serde", serde(into = "u32", try_from = "u32"))]
        pub struct $name($repr);

        impl $name {
            /// The smallest legal value.
            pub const MIN: Self = Self($least);
            /// The largest legal value.
            pub const MAX: Self = Self($most);

            /// The number.
            #[must_use]
            pub const fn value(self) -> $repr {
                self.0
            }
        }

        impl TryFrom<u32> for $name {
            type Error = $crate::ValueError;

            fn try_from(number: u32) -> Result<Self, $crate::ValueError> {
                <$repr>::try_from(number)
                    .ok()
                    .filter(|number| ($least..=$most).contains(number))
                    .map(Self)
                    .ok_or_else(|| $crate::ValueError::new($expected, &number.to_string()))
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::ValueError;

            fn from_str(text: &str) -> Result<Self, $crate::ValueError> {
                // Digits only: Rust's own parser would also take a plus sign.
                let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
                text.parse::<u32>()
                    .ok()
                    .filter(|_| digits)
                    .and_then(|number| Self::try_from(number).ok())
                    .ok_or_else(|| $crate::ValueError::new($expected, text))
            }
        }

        impl TryFrom<std::borrow::Cow<'_, str>> for $name {
            type Error = $crate::ValueError;

            fn try_from(text: std::borrow::Cow<'_, str>) -> Result<Self, $crate::ValueError> {
                text.parse()
            }
        }

        impl From<$name> for u32 {
            fn from(value: $name) -> Self {
                value.0.into()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.0, f)
            }
        }
    };
}
pub(crate) use integer_newtype;

/// A count as the service writes it: decimal digits that fit 64 bits.
pub(crate) fn parse_count(text: std::borrow::Cow<'_, str>) -> Result<u64, ValueError> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse::<u64>()
        .ok()
        .filter(|_| digits)
        .ok_or_else(|| ValueError::new("an integer from 0 to 18446744073709551615", &text))
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
    fn a_token_is_masked_wherever_it_stands() {
        let text = "get\n/\nx-cos-security-token=T0KEN&z=1\nhost=h&x-cos-security-token=T0KEN\n";
        let text = HttpString::from(text.to_owned());
        let shown = format!("{text:?}");
        assert!(!shown.contains("T0KEN") && shown.contains("z=1") && shown.contains("host=h"));
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
