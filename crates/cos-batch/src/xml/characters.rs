//! What stands between two tags: references, line ends, forbidden characters

use std::borrow::Cow;

use memchr::{memchr, memchr2};

use crate::value::is_xml_char;

/// Why a text cannot be resolved: where in it, and what is wrong.
pub(super) struct Unresolved {
    pub(super) offset: usize,
    pub(super) reason: &'static str,
}

/// Where the next character stands that `resolve` would change; the end where there is none.
pub(super) fn next_special(text: &str, from: usize) -> usize {
    let rest = text.as_bytes().get(from..).unwrap_or_default();
    memchr2(b'&', b'\r', rest).map_or(text.len(), |at| from + at)
}

/// A text with its references resolved and its line ends normalised; borrowed where it has none.
pub(super) fn resolve(text: &str) -> Result<Cow<'_, str>, Unresolved> {
    match memchr2(b'&', b'\r', text.as_bytes()) {
        None => Ok(Cow::Borrowed(text)),
        Some(_) => rewrite(text, true).map(Cow::Owned),
    }
}

/// The text of a CDATA section: line ends are normalised, an ampersand is an ampersand.
pub(super) fn line_ends(text: &str) -> Cow<'_, str> {
    match memchr(b'\r', text.as_bytes()) {
        None => Cow::Borrowed(text),
        Some(_) => rewrite(text, false).map_or(Cow::Borrowed(text), Cow::Owned),
    }
}

/// Are all references of a text that nobody reads defined?
pub(super) fn check(text: &str) -> Result<(), Unresolved> {
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| memchr(b'&', rest.as_bytes())) {
        let offset = from + at;
        let (_, length) = reference(text.get(offset..).unwrap_or_default())
            .map_err(|reason| Unresolved { offset, reason })?;
        from = offset + length;
    }
    Ok(())
}

fn rewrite(text: &str, references: bool) -> Result<String, Unresolved> {
    // References are longer than what they stand for, so this never grows.
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr2(b'&', b'\r', rest.as_bytes()) {
        let (plain, special) = rest.split_at(at);
        out.push_str(plain);
        if special.starts_with('\r') {
            out.push('\n');
            let tail = special.get(1..).unwrap_or_default();
            rest = tail.strip_prefix('\n').unwrap_or(tail);
        } else if references {
            let offset = text.len() - special.len();
            let (c, length) = reference(special).map_err(|reason| Unresolved { offset, reason })?;
            out.push(c);
            rest = special.get(length..).unwrap_or_default();
        } else {
            out.push('&');
            rest = special.get(1..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    Ok(out)
}

/// The character behind the reference that `text` begins with, and the reference's length.
///
/// `Reference ::= '&' Name ';' | '&#' [0-9]+ ';' | '&#x' [0-9a-fA-F]+ ';'`
fn reference(text: &str) -> Result<(char, usize), &'static str> {
    const UNDEFINED: &str = "a reference to an entity that is not defined";
    // The longest legal reference is &#x10FFFF; with leading zeros, which have no bound.
    let end = memchr(b';', text.as_bytes()).ok_or("a reference without its semicolon")?;
    let name = text.get(1..end).unwrap_or_default();
    let c = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#').ok_or(UNDEFINED)?;
            let (digits, radix) = match number.strip_prefix('x') {
                Some(digits) => (digits, 16),
                None => (number, 10),
            };
            let legal = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
            u32::from_str_radix(digits, radix)
                .ok()
                .filter(|_| legal)
                .and_then(char::from_u32)
                .filter(|c| is_xml_char(*c))
                .ok_or("a reference to a character that XML forbids")?
        }
    };
    Ok((c, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(text: &str) -> Result<String, &'static str> {
        resolve(text).map(Cow::into_owned).map_err(|error| error.reason)
    }

    #[test]
    fn references_and_line_ends() {
        assert_eq!(resolved("a&amp;&lt;&gt;&quot;&apos;b").as_deref(), Ok("a&<>\"'b"));
        assert_eq!(resolved("&#38;&#x4e2D;&#0000000038;").as_deref(), Ok("&中&"));
        assert_eq!(resolved("a\r\nb\rc\n\r\nd\r").as_deref(), Ok("a\nb\nc\n\nd\n"));
        assert_eq!(resolved("a&#13;&#10;b").as_deref(), Ok("a\r\nb"));
        assert_eq!(line_ends("a&amp;\r\nb"), "a&amp;\nb");
    }

    #[test]
    fn nothing_is_copied_without_need() {
        assert!(matches!(resolve("plain 中\n"), Ok(Cow::Borrowed(_))));
        assert!(matches!(line_ends("a&b"), Cow::Borrowed(_)));
    }

    #[test]
    fn other_references_are_refused() {
        for text in [
            "&nbsp;",
            "&",
            "&;",
            "&amp",
            "&#;",
            "&#x;",
            "&#xD800;",
            "&#0;",
            "&#xFFFE;",
            "&#x110000;",
            "&#99999999999;",
            "&#+38;",
            "&#X26;",
            "& amp;",
            "&Amp;",
        ] {
            assert!(resolved(text).is_err(), "{text}");
            assert!(check(text).is_err(), "{text}");
        }
    }
}
