use std::fmt;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_masked_wherever_it_stands() {
        let text = "get\n/\nx-cos-security-token=T0KEN&z=1\nhost=h&x-cos-security-token=T0KEN\n";
        let text = HttpString::from(text.to_owned());
        let shown = format!("{text:?}");
        assert!(!shown.contains("T0KEN") && shown.contains("z=1") && shown.contains("host=h"));
    }
}
