//! Why the tokenizer gave up, and where
//!
//! Off the fast path: a document is tokenized a second time, up to the place where it broke.

use xmlparser::{Error, StreamError, Tokenizer};

use crate::error::XmlErrorKind;

/// What is wrong with `text`, whose tokens end in an error, and at which offset.
pub(super) fn diagnose(text: &str) -> (XmlErrorKind, usize) {
    let mut end = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    for token in Tokenizer::from(text) {
        match token {
            Ok(token) => end = token.span().end(),
            Err(error) => {
                let rest = text.get(end..).unwrap_or_default();
                // Between two tokens there may be white space that makes none.
                let rest = rest.trim_start_matches([' ', '\t', '\r', '\n']);
                let kind = if is_cut(&error, rest) {
                    XmlErrorKind::Truncated
                } else {
                    XmlErrorKind::Malformed { reason: reason(&error, rest) }
                };
                return (kind, text.len() - rest.len());
            }
        }
    }
    (XmlErrorKind::Truncated, text.len())
}

/// Does the input end before the token does that `rest` begins with?
fn is_cut(error: &Error, rest: &str) -> bool {
    if matches!(cause(error), Some(StreamError::NonXmlChar(..) | StreamError::InvalidCharacterData))
    {
        return false;
    }
    for (open, close) in [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")] {
        if open.starts_with(rest) {
            return true;
        }
        if let Some(inside) = rest.strip_prefix(open) {
            return !inside.contains(close);
        }
    }
    if rest.starts_with("<!") {
        return "<!DOCTYPE".starts_with(rest) && rest != "<!DOCTYPE";
    }
    if matches!(error, Error::UnknownToken(_)) && !rest.starts_with('<') {
        return false;
    }
    // A tag, or what follows its name: it ends at the first `>` outside quotes.
    let mut quote = None;
    for c in rest.chars() {
        match (quote, c) {
            (None, '>') => return false,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            _ => {}
        }
    }
    true
}

fn reason(error: &Error, rest: &str) -> &'static str {
    if let Some(StreamError::NonXmlChar(..)) = cause(error) {
        return "a character that XML forbids";
    }
    match error {
        Error::InvalidDeclaration(..) => "a malformed XML declaration",
        Error::InvalidComment(..) => "a malformed comment",
        Error::InvalidPI(..) => "a malformed processing instruction",
        Error::InvalidDoctype(..) | Error::InvalidEntity(..) => "a DOCTYPE, which is refused",
        Error::InvalidElement(..) => "a malformed tag",
        Error::InvalidAttribute(..) => "a malformed attribute",
        Error::InvalidCdata(..) => "a malformed CDATA section",
        Error::InvalidCharData(..) => "]]> in a text",
        Error::UnknownToken(_) if rest.starts_with("<?xml") => {
            "an XML declaration that is not at the start"
        }
        Error::UnknownToken(_) if rest.starts_with("<!") => "markup that is refused here",
        Error::UnknownToken(_) => "something else than one root element",
    }
}

fn cause(error: &Error) -> Option<&StreamError> {
    match error {
        Error::InvalidDeclaration(cause, _)
        | Error::InvalidComment(cause, _)
        | Error::InvalidPI(cause, _)
        | Error::InvalidDoctype(cause, _)
        | Error::InvalidEntity(cause, _)
        | Error::InvalidElement(cause, _)
        | Error::InvalidAttribute(cause, _)
        | Error::InvalidCdata(cause, _)
        | Error::InvalidCharData(cause, _) => Some(cause),
        Error::UnknownToken(_) => None,
    }
}
