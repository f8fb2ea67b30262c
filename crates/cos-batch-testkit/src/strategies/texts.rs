use std::borrow::Cow;
use std::fmt::Debug;
use std::str::FromStr;

use proptest::char::range;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// What codecs stumble over and XML can carry.
const AWKWARD: &str = "&<>\"'%+/;=,?#\\ \t\r\n]中é😀\u{85}\u{a0}\u{2028}\u{feff}\u{fffd}\u{10ffff}";

/// A character that XML can carry.
pub(super) fn xml_char() -> impl Strategy<Value = char> + Clone {
    let legal = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
    prop_oneof![
        4 => select(AWKWARD.chars().collect::<Vec<_>>()),
        4 => range(' ', '~'),
        1 => any::<char>().prop_map(move |c| if legal(c) { c } else { '\u{fffd}' }),
    ]
}

/// A text of `least` to `most` characters that XML can carry.
pub fn xml_text(least: usize, most: usize) -> impl Strategy<Value = String> {
    text(xml_char(), least, most)
}

/// A text of 1 to `most` bytes that XML can carry, in one of eight cases of exactly `most`.
pub fn bounded_text(most: usize) -> impl Strategy<Value = String> {
    bounded(xml_char(), most)
}

/// A text of 1 to `most` bytes, in one of eight cases of exactly `most`.
///
/// Boxed, as all that goes into larger values is: they would not fit a test's stack.
pub(super) fn bounded(
    c: impl Strategy<Value = char> + Clone + 'static,
    most: usize,
) -> impl Strategy<Value = String> {
    prop_oneof![
        7 => text(c.clone(), 1, 24).prop_map(move |text| fitting(text, most)),
        1 => text(c, 1, 24).prop_map(move |text| filling(&text, most)),
    ]
    .boxed()
}

/// An optional text, none or not empty, of at most so many bytes.
pub(super) fn optional_text(most: usize) -> impl Strategy<Value = Option<Cow<'static, str>>> {
    option::of(bounded_text(most).prop_map(Cow::Owned)).boxed()
}

pub(super) fn text(
    c: impl Strategy<Value = char>,
    least: usize,
    most: usize,
) -> impl Strategy<Value = String> {
    vec(c, least..=most).prop_map(String::from_iter)
}

/// Characters of a list.
pub(super) fn chars(list: &'static str) -> impl Strategy<Value = char> + Clone {
    select(list.chars().collect::<Vec<_>>())
}

/// A value parsed from its text.
pub(super) fn parsed<T>(text: impl Strategy<Value = String>) -> impl Strategy<Value = T>
where
    T: FromStr<Err: Debug> + Debug,
{
    text.prop_map(|text| text.parse().expect("a legal text"))
}

/// The longest start of a text that fits so many bytes; a character that fits none becomes an `a`.
pub(super) fn fitting(mut text: String, most: usize) -> String {
    while text.len() > most {
        text.pop();
    }
    if text.is_empty() { "a".to_owned() } else { text }
}

/// A text again and again until it has so many bytes.
pub(super) fn filling(text: &str, bytes: usize) -> String {
    let mut filled = String::with_capacity(bytes);
    for c in text.chars().cycle() {
        if filled.len() + c.len_utf8() > bytes {
            break;
        }
        filled.push(c);
    }
    filled.extend(std::iter::repeat_n('a', bytes - filled.len()));
    filled
}
