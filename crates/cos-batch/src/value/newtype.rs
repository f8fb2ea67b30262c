//! Texts and numbers that only a legal value becomes

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

            #[inline]
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

            #[inline]
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

            #[inline]
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

            #[inline]
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

            #[inline]
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
                $crate::value::number(text)
                    .and_then(|number| u32::try_from(number).ok())
                    .and_then(|number| Self::try_from(number).ok())
                    .ok_or_else(|| $crate::ValueError::new($expected, text))
            }
        }

        impl TryFrom<std::borrow::Cow<'_, str>> for $name {
            type Error = $crate::ValueError;

            #[inline]
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
