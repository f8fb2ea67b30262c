use std::fmt;

/// A request as it is signed, the `HttpString` of the docs; the service calls it `FormatString`
///
/// It holds the token of temporary credentials where that is signed. `Debug` masks it.
#[derive(Clone, Eq, PartialEq)]
pub struct HttpString(Box<str>);

impl HttpString {
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
        fmt::Debug::fmt(&masked(&self.0), f)
    }
}

/// A text from anywhere, with the tokens and signatures in it masked, be they written as
/// parameters or as headers.
pub(crate) fn masked(text: &str) -> String {
    const SECRETS: [&str; 2] = ["x-cos-security-token", "q-signature"];
    let lower = text.to_ascii_lowercase();
    let named = SECRETS
        .iter()
        .flat_map(|name| lower.match_indices(name).map(|(start, name)| start + name.len()));
    let mut ends: Vec<_> = named.collect();
    ends.sort_unstable();
    let mut shown = String::with_capacity(text.len());
    let mut from = 0;
    for end in ends {
        // A name within a value that is masked already has no part `from..end`.
        let Some(before) = text.get(from..end) else { continue };
        shown.push_str(before);
        from = end;
        let behind = text.get(end..).unwrap_or_default();
        let value = behind.trim_start_matches(' ').strip_prefix(['=', ':']);
        if let Some(value) = value.map(|value| value.trim_start_matches(' ')) {
            let length = value.find(['&', '\r', '\n', '<', '"']).unwrap_or(value.len());
            shown.push_str("=…");
            from = text.len() - value.len() + length;
        }
    }
    shown.push_str(text.get(from..).unwrap_or_default());
    shown
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

    #[test]
    fn what_is_no_token_stays_as_it_is() {
        for text in ["", "get\n/jobs\n\nhost=h\n", "host;x-cos-security-token", "中 q-signature"] {
            assert_eq!(masked(text), text);
        }
        assert_eq!(masked("q-signature=q-signature=x&a"), "q-signature=…&a");
    }

    #[test]
    fn masking_takes_linear_time() {
        let text = "q-signature".repeat(100_000);
        assert_eq!(masked(&text), text);
        let text = "q-signature=&".repeat(100_000);
        assert_eq!(masked(&text).len(), text.len() + 3 * 100_000);
    }
}
