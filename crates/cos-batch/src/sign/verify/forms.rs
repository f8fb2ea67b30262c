//! The forms in which clients sign the same request

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::slice;

use http::Request;
use http::header::HOST;
use http::uri::Authority;

use crate::sign::canonical::{Canonical, Pair};

/// A parameter or header as it is signed.
pub(super) type Written = (String, String);

pub(super) fn written(canonical: &Canonical) -> Vec<Written> {
    let text = |part: &[u8]| String::from_utf8_lossy(part).into_owned();
    canonical.pairs().map(|pair| (text(pair.name), text(pair.value))).collect()
}

/// The request whose lines have these pairs, in their order.
pub(super) fn http_string<B>(request: &Request<B>, lines: [&[Written]; 2]) -> Canonical {
    let mut canonical = Canonical::new();
    canonical.push_start(request.method().as_str(), request.uri().path());
    for line in lines {
        for (name, value) in line {
            canonical.push_pair(Pair { name: name.as_bytes(), value: value.as_bytes() });
        }
        canonical.end();
    }
    canonical
}

/// The listed headers, with the host as it came and without its port.
pub(super) fn header_forms<B>(request: &Request<B>, list: &str) -> Vec<Vec<Written>> {
    let mut others = Canonical::new();
    others.push_headers(request.headers(), |name| *name != HOST);
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    let host = host.or(request.uri().authority().map(Authority::as_str)).unwrap_or_default();
    let name = host.parse::<Authority>().map_or_else(|_| host.into(), |it| it.host().to_owned());
    let other = (name != host).then_some(name.as_str());
    let forms = std::iter::once(host).chain(other).map(|host| {
        let mut pairs = written(&others);
        let mut signed = Canonical::new();
        signed.push(b"host", host.as_bytes());
        pairs.extend(written(&signed));
        Listed::new(&pairs, list).pick(Spelling::Lower, Repeated::All)
    });
    forms.collect()
}

/// The listed parameters, in every form that differs from the others
///
/// Where all are to be signed, a name that is listed once stands for all its values.
pub(super) fn parameter_forms<B>(request: &Request<B>, list: &str, all: bool) -> Vec<Vec<Written>> {
    let mut pairs = Canonical::new();
    pairs.push_query(request.uri().query().unwrap_or_default());
    let pairs = written(&pairs);
    let listed = Listed::new(&pairs, list);
    let spellings: &[Spelling] = if listed.has_upper_case() {
        &[Spelling::Lower, Spelling::Listed]
    } else {
        &[Spelling::Lower]
    };
    let repeated: &[Repeated] = if listed.has_unlisted_values() && !all {
        &[Repeated::All, Repeated::First, Repeated::Last]
    } else {
        &[Repeated::All]
    };
    let forms = spellings.iter().flat_map(|spelling| repeated.iter().map(move |it| (spelling, it)));
    forms.map(|(spelling, repeated)| listed.pick(*spelling, *repeated)).collect()
}

/// How a name is written that has escapes: `foo%2fbar` by the docs, as listed by some.
#[derive(Clone, Copy)]
enum Spelling {
    Lower,
    Listed,
}

/// Which values a name has that is listed once and occurs more often.
#[derive(Clone, Copy)]
enum Repeated {
    All,
    First,
    Last,
}

/// The pairs that a list names; a name that does not occur gives none
struct Listed<'a> {
    /// Each as it is listed, with its lower case and how often that was listed before.
    names: Vec<(&'a str, Cow<'a, str>, usize)>,
    occurring: BTreeMap<&'a str, Occurring<'a>>,
}

/// A name that occurs.
#[derive(Default)]
struct Occurring<'a> {
    listed: usize,
    /// In the order of the request.
    values: Vec<&'a str>,
    sorted: Vec<&'a str>,
}

impl<'a> Listed<'a> {
    fn new(pairs: &'a [Written], list: &'a str) -> Self {
        let mut occurring: BTreeMap<&str, Occurring<'_>> = BTreeMap::new();
        for (name, value) in pairs {
            occurring.entry(name).or_default().values.push(value);
        }
        let mut listed = Vec::new();
        for name in names(list) {
            let lower = if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
                Cow::Owned(name.to_ascii_lowercase())
            } else {
                Cow::Borrowed(name)
            };
            if let Some(occurring) = occurring.get_mut(&*lower) {
                listed.push((name, lower, occurring.listed));
                occurring.listed += 1;
            }
        }
        for occurring in occurring.values_mut() {
            occurring.sorted.clone_from(&occurring.values);
            occurring.sorted.sort_unstable();
        }
        Self { names: listed, occurring }
    }

    fn has_upper_case(&self) -> bool {
        self.names.iter().any(|(name, lower, _)| name != lower)
    }

    /// Is there a name that is listed once and occurs more often?
    fn has_unlisted_values(&self) -> bool {
        self.occurring.values().any(|it| it.listed == 1 && it.values.len() > 1)
    }

    /// The pairs, in the order of the list; a name listed as often as it occurs takes its values in
    /// sorted order.
    fn pick(&self, spelling: Spelling, repeated: Repeated) -> Vec<Written> {
        let mut picked = Vec::new();
        for (name, lower, before) in &self.names {
            let Some(it) = self.occurring.get(&**lower) else { continue };
            let values = match (it.listed, repeated) {
                (1, Repeated::All) => it.sorted.as_slice(),
                (1, Repeated::First) => it.values.first().map(slice::from_ref).unwrap_or_default(),
                (1, Repeated::Last) => it.values.last().map(slice::from_ref).unwrap_or_default(),
                _ => it.sorted.get(*before).map(slice::from_ref).unwrap_or_default(),
            };
            let spelled = match spelling {
                Spelling::Lower => lower,
                Spelling::Listed => *name,
            };
            picked.extend(values.iter().map(|value| (spelled.to_owned(), (*value).to_owned())));
        }
        picked
    }
}

/// The names of a list.
pub(super) fn names(list: &str) -> impl Iterator<Item = &str> {
    list.split(';').filter(|name| !name.is_empty())
}
