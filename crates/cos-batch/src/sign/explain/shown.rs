//! Texts made fit to be shown: no token, no control character, not long

use super::compare::is_token;
use super::{Difference, Part};
use crate::value::printable;

/// How many characters of a text are shown.
const MOST: usize = 160;
/// How many characters stand before the first that differs.
const BEFORE: usize = 40;
const MASK: &str = "…";

pub(super) fn fit(difference: Difference, tokens: &[String]) -> Difference {
    let Difference { part, ours, theirs, cause } = difference;
    let masked = |text: &str| mask(text, tokens);
    let secret = matches!(&part, Part::Parameter(name) | Part::Header(name) if is_token(name));
    let name = |name: Box<str>| printable(&masked(&name), MOST).into();
    let part = match part {
        Part::Parameter(it) => Part::Parameter(name(it)),
        Part::Header(it) => Part::Header(name(it)),
        other => other,
    };
    if secret {
        let length =
            |text: Box<str>| format!("{MASK} ({} characters)", text.chars().count()).into();
        return Difference { part, ours: ours.map(length), theirs: theirs.map(length), cause };
    }
    let [ours, theirs] = [ours, theirs].map(|text| text.map(|text| masked(&text)));
    let skipped = match (&ours, &theirs) {
        (Some(ours), Some(theirs)) => {
            let same = ours.chars().zip(theirs.chars()).take_while(|(our, their)| our == their);
            // Short texts are shown whole.
            let long = ours.chars().nth(MOST).is_some() || theirs.chars().nth(MOST).is_some();
            if long { same.count().saturating_sub(BEFORE) } else { 0 }
        }
        _ => 0,
    };
    let excerpt = |text: String| -> Box<str> {
        let start: String = text.chars().skip(skipped).take(MOST + 1).collect();
        let shown = printable(&start, MOST);
        if skipped > 0 { format!("{MASK}{shown}").into() } else { shown.into() }
    };
    Difference { part, ours: ours.map(excerpt), theirs: theirs.map(excerpt), cause }
}

fn mask(text: &str, tokens: &[String]) -> String {
    let mut masked = text.to_owned();
    for token in tokens {
        masked = masked.replace(token.as_str(), MASK);
    }
    masked
}
