//! Closed lists of the docs, kept open

use std::fmt;
use std::marker::PhantomData;

use super::is_xml_char;

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

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn what_no_list_has_is_told_apart_by_its_text() {
        let [one, other] = ["New", "Newer"].map(Unlisted::<()>::new);
        assert_eq!(one, one.clone());
        assert_ne!(one, other);
        assert!(one < other);
        assert_eq!(HashSet::from([one.clone(), other.clone(), one.clone()]).len(), 2);
        assert_eq!(format!("{one:?}"), "\"New\"");
    }

    #[test]
    fn equal_texts_have_equal_hashes() {
        use std::hash::{BuildHasher, RandomState};

        let state = RandomState::new();
        let hash = |text| state.hash_one(Unlisted::<()>::new(text));
        assert_eq!(hash("New"), hash("New"));
        assert!(["a", "b", "c"].iter().any(|text| hash(text) != hash("New")));
    }
}
