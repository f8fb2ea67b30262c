use std::fmt::Debug;

use cos_batch::{Limits, NotCos, ReplyError, XmlError, XmlErrorKind, printable};

pub(super) fn check_error(error: &ReplyError, body: &[u8]) {
    check_text(&error.to_string(), usize::MAX);
    match error {
        ReplyError::Xml(error) => check_xml_error(error, body),
        ReplyError::NotCos(reply) => {
            check_text(&reply.start, LONGEST_ESCAPE * NotCos::SHOWN + 1);
            assert_eq!(reply.length, body.len());
        }
        // Code 64, message 512, two ids of 128, and the words between.
        ReplyError::Service(error) => {
            check_text(&error.to_string(), LONGEST_ESCAPE * (64 + 512 + 2 * 128) + 100);
            assert!(
                !matches!(error.message.as_deref(), Some("")),
                "an empty text is an absent one"
            );
        }
        error => panic!("an error that nobody has looked at: {error}"),
    }
}

/// It points into the document, and what it shows is short.
pub(super) fn check_xml_error(error: &XmlError, body: &[u8]) {
    assert!(error.offset() <= body.len(), "{error} in {} bytes", body.len());
    // Names of the document, and an index at each of its levels.
    check_text(error.path(), body.len() + Limits::DEPTH * "/[4294967295]".len());
    match error.kind() {
        XmlErrorKind::UnexpectedRoot { found, .. } => check_text(found, LONGEST_ESCAPE * 64 + 1),
        XmlErrorKind::BadValue(error) => check_text(&error.found, LONGEST_ESCAPE * 64 + 1),
        _ => {}
    }
}

/// `\u{10ffff}`
const LONGEST_ESCAPE: usize = 10;

pub(super) fn check_text(text: &str, most: usize) {
    assert_eq!(printable(text, usize::MAX), text, "fit for a terminal");
    assert!(text.chars().count() <= most, "{} characters: {text}", text.chars().count());
}

/// Nothing but a byte order mark and space: an empty body, however long.
pub(super) fn is_blank(body: &[u8]) -> bool {
    const MARK: &[u8] = b"\xef\xbb\xbf";
    MARK.starts_with(body) || body.strip_prefix(MARK).unwrap_or(body).trim_ascii().is_empty()
}

pub(crate) fn must<T, E: Debug>(result: Result<T, E>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("this cannot fail: {error:?}"),
    }
}

pub(super) fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
