//! Two forms of `HttpString`, part by part

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{Cause, Difference, Part};
use crate::text::{decode_path, decode_query};

/// The four parts of an `HttpString`
pub(super) struct Stages {
    method: String,
    path: String,
    parameters: Vec<(String, String)>,
    headers: Vec<(String, String)>,
}

impl Stages {
    /// Reads them from a text of which nothing is sure.
    pub(super) fn read(text: &str) -> Self {
        let text = lines(text);
        let text = text.strip_suffix('\n').unwrap_or(&text);
        let (method, rest) = text.split_once('\n').unwrap_or((text, ""));
        let count = rest.matches('\n').count();
        // A decoded path may have line ends of its own; of a text that was trimmed the last parts
        // are empty.
        let (path, parameters, headers) = if count < 2 {
            let (path, parameters) = rest.split_once('\n').unwrap_or((rest, ""));
            (path, parameters, "")
        } else {
            let (rest, headers) = rest.rsplit_once('\n').unwrap_or((rest, ""));
            let (path, parameters) = rest.rsplit_once('\n').unwrap_or((rest, ""));
            (path, parameters, headers)
        };
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            parameters: pairs(parameters),
            headers: pairs(headers),
        }
    }

    /// Our tokens in every form in which they may show.
    pub(super) fn tokens(&self) -> Vec<String> {
        let pairs = self.parameters.iter().chain(&self.headers);
        let mut tokens = Vec::new();
        for (_, value) in pairs.filter(|(name, value)| is_token(name) && !value.is_empty()) {
            let decoded = String::from_utf8_lossy(&decode_path(value)).into_owned();
            tokens.extend([
                value.replace('%', "%25"),
                value.clone(),
                value.to_ascii_lowercase(),
                decoded.replace(' ', "+"),
                decoded,
            ]);
        }
        // The longest first: one form may stand in another.
        tokens.sort_by_key(|token| std::cmp::Reverse(token.len()));
        tokens.dedup();
        tokens
    }

    pub(super) fn compare(&self, theirs: &Self) -> Vec<Difference> {
        let mut found = Vec::new();
        if self.method != theirs.method {
            found.push(difference(Part::Method, Some(&self.method), Some(&theirs.method)));
        }
        if self.path != theirs.path {
            found.push(difference(Part::Path, Some(&self.path), Some(&theirs.path)));
        }
        let (ours, others) = (&self.parameters, &theirs.parameters);
        compare_pairs(ours, others, Part::Parameter, &Part::Parameters, &mut found);
        let (ours, others) = (&self.headers, &theirs.headers);
        compare_pairs(ours, others, Part::Header, &Part::Headers, &mut found);
        found
    }
}

/// Compares two forms of `StringToSign`; a hash says something only where all else is equal.
pub(super) fn hash_and_times(ours: &str, theirs: &str, found: &mut Vec<Difference>) {
    let (ours, theirs) = (lines(ours), lines(theirs));
    let line = |text: &str, index| text.lines().nth(index).unwrap_or_default().trim().to_owned();
    for (index, part) in [(1, Part::Times), (2, Part::Hash)] {
        let (ours, theirs) = (line(&ours, index), line(&theirs, index));
        if ours != theirs && (part == Part::Times || found.is_empty()) {
            found.push(difference(part, Some(&ours), Some(&theirs)));
        }
    }
}

/// A text with one kind of line end: CR LF, and a written `\n` where there is no other.
fn lines(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else if !text.contains('\n') && text.contains("\\n") {
        Cow::Owned(text.replace("\\r\\n", "\n").replace("\\n", "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

fn pairs(joined: &str) -> Vec<(String, String)> {
    let pairs = joined.split('&').filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

pub(super) fn is_token(name: &str) -> bool {
    // As it should be, or as it was mangled.
    String::from_utf8_lossy(&decode_query(name)).to_ascii_lowercase().contains("security-token")
}

fn compare_pairs(
    ours: &[(String, String)],
    theirs: &[(String, String)],
    named: fn(Box<str>) -> Part,
    list: &Part,
    found: &mut Vec<Difference>,
) {
    let before = found.len();
    let mut names: BTreeMap<String, [Vec<&str>; 2]> = BTreeMap::new();
    for (side, pairs) in [ours, theirs].into_iter().enumerate() {
        for (name, value) in pairs {
            let values = names.entry(name.to_ascii_lowercase()).or_default();
            if let Some(values) = values.get_mut(side) {
                values.push(value);
            }
        }
    }
    for (name, mut values) in names {
        for side in &mut values {
            side.sort_unstable();
        }
        let [ours, theirs] = without_common(&values);
        for index in 0..ours.len().max(theirs.len()) {
            let (ours, theirs) = (ours.get(index).copied(), theirs.get(index).copied());
            found.push(difference(named(name.as_str().into()), ours, theirs));
        }
    }
    if found.len() == before && ours != theirs {
        let list_of = |pairs: &[(String, String)]| {
            pairs.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(";")
        };
        let (ours, theirs) = (list_of(ours), list_of(theirs));
        let spelled = ours != theirs && ours.eq_ignore_ascii_case(&theirs);
        found.push(Difference {
            part: list.clone(),
            ours: Some(ours.into()),
            theirs: Some(theirs.into()),
            cause: if spelled { Cause::EscapeCase } else { Cause::Order },
        });
    }
}

/// What is left of two sorted lists without the values that stand in both.
fn without_common<'a>([ours, theirs]: &[Vec<&'a str>; 2]) -> [Vec<&'a str>; 2] {
    let mut left = [Vec::new(), Vec::new()];
    let (mut ours, mut theirs) = (ours.iter().peekable(), theirs.iter().peekable());
    let [only_ours, only_theirs] = &mut left;
    loop {
        match (ours.peek(), theirs.peek()) {
            (Some(our), Some(their)) if our == their => {
                ours.next();
                theirs.next();
            }
            (Some(our), their) if their.is_none_or(|their| our < their) => {
                only_ours.extend(ours.next());
            }
            (_, Some(_)) => only_theirs.extend(theirs.next()),
            (_, None) => return left,
        }
    }
}

fn difference(part: Part, ours: Option<&str>, theirs: Option<&str>) -> Difference {
    let cause = match (ours, theirs) {
        (Some(ours), Some(theirs)) => why(&part, ours, theirs),
        (Some(_), None) => Cause::Missing,
        (None, _) => Cause::Added,
    };
    Difference { part, ours: ours.map(Into::into), theirs: theirs.map(Into::into), cause }
}

fn why(part: &Part, ours: &str, theirs: &str) -> Cause {
    match part {
        Part::Method => return Cause::Method,
        Part::Times => return Cause::Times,
        Part::Hash => return Cause::Hash,
        Part::Header(name) if &**name == "host" && host(ours) == host(theirs) => {
            return Cause::HostPort;
        }
        _ => {}
    }
    let is_path = *part == Part::Path;
    let equal = |form: fn(&str) -> String| form(ours) == form(theirs);
    if equal(lower_escapes) {
        Cause::EscapeCase
    } else if equal(unescaped) {
        Cause::Escapes
    } else if equal(|text| unescaped(text).replace('+', " ")) {
        Cause::PlusForSpace
    } else if equal(|text| decoded(text).to_lowercase()) {
        Cause::LetterCase
    } else if equal(|text| decoded(text).split_whitespace().collect()) {
        Cause::Whitespace
    } else if is_path && is_prefixed(ours, theirs) {
        Cause::PathPrefix
    } else if is_path {
        Cause::Path
    } else {
        Cause::Value
    }
}

/// A host without its port.
fn host(encoded: &str) -> String {
    let host = decoded(encoded);
    let port = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
    port.map_or(host.as_str(), |(host, _)| host).to_owned()
}

fn decoded(text: &str) -> String {
    String::from_utf8_lossy(&decode_path(text)).into_owned()
}

fn lower_escapes(text: &str) -> String {
    let mut lower = String::with_capacity(text.len());
    let mut in_escape = 0;
    for c in text.chars() {
        in_escape = if c == '%' { 3 } else { in_escape };
        lower.push(if in_escape > 0 { c.to_ascii_lowercase() } else { c });
        in_escape = usize::saturating_sub(in_escape, 1);
    }
    lower
}

/// Decoded as often as there is something to decode.
fn unescaped(text: &str) -> String {
    // Escapes differ by one turn, seldom by two; each more would be work for a hostile text.
    const MOST: usize = 4;
    let mut text = text.to_owned();
    for _ in 0..MOST {
        let next = decoded(&text);
        if next == text {
            break;
        }
        text = next;
    }
    text
}

/// Does the longer path end in the shorter, from a slash on?
fn is_prefixed(ours: &str, theirs: &str) -> bool {
    let (short, long) = if ours.len() < theirs.len() { (ours, theirs) } else { (theirs, ours) };
    short.len() > 1 && short.starts_with('/') && long.ends_with(short)
}
