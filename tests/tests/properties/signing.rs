//! What was signed is accepted, and nothing else

use cos_batch::http::uri::PathAndQuery;
use cos_batch::http::{HeaderName, HeaderValue, Method, Request, Uri, header};
use cos_batch::time::{Duration, OffsetDateTime};
use cos_batch::{
    Credentials, ListJobs, Operation, Signer, Verified, VerifyError, VerifyPolicy, verify,
};
use cos_batch_testkit::{calls, strategies};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::cases;

/// A moment whose Unix time is positive, as signatures need it.
fn moment() -> impl Strategy<Value = OffsetDateTime> {
    (1_000_000_000..4_000_000_000_i64)
        .prop_map(|seconds| OffsetDateTime::from_unix_timestamp(seconds).unwrap())
}

#[derive(Clone, Debug)]
struct Signed {
    request: Request<Vec<u8>>,
    credentials: Credentials,
    now: OffsetDateTime,
}

/// A request with its signature.
fn signed() -> impl Strategy<Value = Signed> {
    (strategies::any_request(), strategies::endpoint(), strategies::credentials(), moment())
        .prop_map(|(any, endpoint, credentials, now)| {
            let mut request = calls::encode(&any, &endpoint).unwrap();
            Signer::new(credentials.clone()).sign(&mut request, now).unwrap();
            Signed { request, credentials, now }
        })
}

impl Signed {
    fn verify(&self, policy: VerifyPolicy, now: OffsetDateTime) -> Result<Verified, VerifyError> {
        let key_of = |id: &str, _: Option<&str>| {
            (id == self.credentials.secret_id()).then(|| self.credentials.secret_key().clone())
        };
        verify(&self.request, key_of, &policy, now)
    }

    fn target(&mut self, target: &str) {
        let mut parts = self.request.uri().clone().into_parts();
        parts.path_and_query = Some(target.parse::<PathAndQuery>().unwrap());
        *self.request.uri_mut() = Uri::from_parts(parts).unwrap();
    }

    /// The parameters as they are written.
    fn pairs(&self) -> Vec<String> {
        let query = self.request.uri().query().unwrap_or_default();
        query.split('&').filter(|pair| !pair.is_empty()).map(str::to_owned).collect()
    }

    fn authorization(&mut self, change: impl Fn(&str) -> String) {
        let value = &self.request.headers()[header::AUTHORIZATION];
        let value = HeaderValue::try_from(change(value.to_str().unwrap())).unwrap();
        self.request.headers_mut().insert(header::AUTHORIZATION, value);
    }
}

/// One change of a request that its signature covers.
#[derive(Clone, Debug)]
enum Change {
    Method(Method),
    /// Another character in the path.
    Path(Index, char),
    /// A parameter that is gone.
    Without(Index),
    /// A parameter with another name.
    Renamed(Index),
    /// A parameter with another value.
    Valued(Index, char),
    /// A header with another character in its value.
    Header(HeaderName, Index, char),
    WithoutHeader(HeaderName),
    /// Another digit in the signature.
    Signature(Index, char),
    /// A window that begins or ends at another time, in seconds.
    Window(i64, i64),
    /// A list of names without its last one.
    List(&'static str),
    /// Another secret id.
    Id,
}

fn change() -> impl Strategy<Value = Change> {
    let methods = [Method::POST, Method::PUT, Method::DELETE, Method::HEAD, Method::PATCH];
    let letter = || select(('a'..='z').chain('0'..='9').collect::<Vec<_>>());
    let covered = || {
        let names = [
            "host",
            "x-cos-appid",
            "x-cos-security-token",
            "content-length",
            "content-md5",
            "content-type",
        ];
        select(names.map(|name| name.parse::<HeaderName>().unwrap()).to_vec())
    };
    let seconds = || select(vec![-3600, -60, -1, 0, 1, 60, 3600]);
    prop_oneof![
        select(methods.to_vec()).prop_map(Change::Method),
        (any::<Index>(), letter()).prop_map(|(at, c)| Change::Path(at, c)),
        any::<Index>().prop_map(Change::Without),
        any::<Index>().prop_map(Change::Renamed),
        (any::<Index>(), letter()).prop_map(|(at, c)| Change::Valued(at, c)),
        (covered(), any::<Index>(), letter()).prop_map(|(name, at, c)| Change::Header(name, at, c)),
        covered().prop_map(Change::WithoutHeader),
        (any::<Index>(), select("0123456789abcdefABCDEFg-".chars().collect::<Vec<_>>()))
            .prop_map(|(at, c)| Change::Signature(at, c)),
        (seconds(), seconds()).prop_map(|(start, end)| Change::Window(start, end)),
        select(vec!["q-header-list=", "q-url-param-list="]).prop_map(Change::List),
        Just(Change::Id),
    ]
}

/// A text with another character at a place, if it is another.
fn replaced(text: &str, at: Index, c: char) -> Option<String> {
    let at = at.index(text.len());
    let mut chars: Vec<_> = text.chars().collect();
    (std::mem::replace(&mut chars[at], c) != c).then(|| chars.into_iter().collect())
}

/// Makes a change; `None` where it changes nothing that is there.
fn apply(signed: &mut Signed, change: &Change) -> Option<()> {
    let path = signed.request.uri().path().to_owned();
    let mut pairs = signed.pairs();
    match change {
        Change::Method(method) if method == signed.request.method() => return None,
        Change::Method(method) => *signed.request.method_mut() = method.clone(),
        Change::Path(at, c) => {
            let changed = replaced(path.strip_prefix('/')?, *at, *c)?;
            let target = format!("/{changed}?{}", pairs.join("&"));
            signed.target(&target);
        }
        Change::Without(_) | Change::Renamed(_) | Change::Valued(..) if pairs.is_empty() => {
            return None;
        }
        Change::Without(at) => {
            pairs.remove(at.index(pairs.len()));
            signed.target(&format!("{path}?{}", pairs.join("&")));
        }
        Change::Renamed(at) => {
            let at = at.index(pairs.len());
            pairs[at].insert(0, 'x');
            signed.target(&format!("{path}?{}", pairs.join("&")));
        }
        Change::Valued(at, c) => {
            let at = at.index(pairs.len());
            pairs[at].push(*c);
            signed.target(&format!("{path}?{}", pairs.join("&")));
        }
        Change::Header(name, at, c) => {
            let value = signed.request.headers().get(name)?.to_str().unwrap();
            let value = replaced(value, *at, *c)?.parse().unwrap();
            signed.request.headers_mut().insert(name, value);
        }
        // The host also stands in the URI.
        Change::WithoutHeader(name) if *name == header::HOST => return None,
        Change::WithoutHeader(name) => drop(signed.request.headers_mut().remove(name)?),
        Change::Signature(at, c) => {
            let value = signed.request.headers()[header::AUTHORIZATION].to_str().unwrap();
            let (_, signature) = value.rsplit_once('=').unwrap();
            let changed = replaced(signature, *at, *c)?;
            signed.authorization(|value| value.replace(signature_of(value), &changed));
        }
        Change::Window(0, 0) => return None,
        Change::Window(start, end) => {
            let start_of = signed.now.unix_timestamp() - 60;
            let window = format!("{start_of};{}", start_of + 3600);
            let moved = format!("{};{}", start_of + start, start_of + 3600 + end);
            signed.authorization(|value| value.replace(&window, &moved));
        }
        Change::List(list) => {
            let value = signed.request.headers()[header::AUTHORIZATION].to_str().unwrap();
            let names = value.split_once(list).unwrap().1.split('&').next().unwrap().to_owned();
            if names.is_empty() {
                return None;
            }
            // A name that is listed as often as it occurs may be listed once.
            let last = names.rsplit(';').next()?;
            let fewer: Vec<_> = names.split(';').filter(|name| *name != last).collect();
            let fewer = fewer.join(";");
            signed.authorization(|value| {
                value.replace(&format!("{list}{names}&"), &format!("{list}{fewer}&"))
            });
        }
        Change::Id => signed.authorization(|value| value.replace("q-ak=", "q-ak=x")),
    }
    Some(())
}

fn signature_of(authorization: &str) -> &str {
    authorization.rsplit_once('=').unwrap().1
}

/// A target with each of its plain characters escaped where `escape` says so, in one case of hex
/// or the other.
fn escaped(target: &str, escape: &[u8]) -> String {
    let mut escape = escape.iter().cycle();
    let mut out = String::new();
    for c in target.chars() {
        match escape.next() {
            Some(1) if c.is_ascii_alphanumeric() => out.push_str(&format!("%{:02X}", c as u32)),
            Some(2) if c.is_ascii_alphanumeric() => out.push_str(&format!("%{:02x}", c as u32)),
            _ => out.push(c),
        }
    }
    out
}

proptest! {
    #![proptest_config(cases(1))]

    #[test]
    fn signing_adds_headers_and_changes_nothing_else(
        any in strategies::any_request(),
        endpoint in strategies::endpoint(),
        credentials in strategies::credentials(),
        now in moment(),
    ) {
        let plain = calls::encode(&any, &endpoint).unwrap();
        let mut signed = plain.clone();
        let signer = Signer::new(credentials);
        signer.sign(&mut signed, now).unwrap();
        prop_assert_eq!(signed.uri(), plain.uri());
        prop_assert_eq!(signed.uri().to_string(), plain.uri().to_string());
        prop_assert_eq!(signed.method(), plain.method());
        prop_assert_eq!(signed.body(), plain.body());
        let mut again = signed.clone();
        signer.sign(&mut again, now).unwrap();
        prop_assert_eq!(again.headers(), signed.headers(), "signed twice is signed once");
        for added in ["authorization", "x-cos-security-token"] {
            prop_assert!(signed.headers().get(added).is_none_or(HeaderValue::is_sensitive));
            signed.headers_mut().remove(added);
        }
        prop_assert_eq!(signed.headers(), plain.headers());
    }

    #[test]
    fn what_was_signed_is_accepted_in_its_window(
        signed in signed(),
        ahead in -960..=3540_i64,
        strict: bool,
    ) {
        let policy = if strict { VerifyPolicy::strict() } else { VerifyPolicy::default() };
        let verified = signed.verify(policy, signed.now + Duration::seconds(ahead));
        let id = verified.as_ref().map(|verified| verified.secret_id.as_str());
        prop_assert_eq!(id, Ok(signed.credentials.secret_id()), "{:?}", signed.request);
    }

    #[test]
    fn and_refused_outside(signed in signed(), off in prop_oneof![1..9_i64, 9..100_000_000_i64]) {
        let at = |seconds| signed.verify(VerifyPolicy::default(), signed.now + Duration::seconds(seconds));
        prop_assert_eq!(at(-960 - off), Err(VerifyError::NotYetValid));
        prop_assert_eq!(at(3540 + off), Err(VerifyError::Expired));
    }

    #[test]
    fn another_key_is_refused(signed in signed(), other in strategies::credentials()) {
        let key_of = |_: &str, _: Option<&str>| Some(other.secret_key().clone());
        let verified = verify(&signed.request, key_of, &VerifyPolicy::default(), signed.now);
        prop_assert!(matches!(verified, Err(VerifyError::Mismatch { .. })), "{verified:?}");
    }

    #[test]
    fn escapes_that_mean_the_same_are_accepted(
        mut signed in signed(),
        escape in prop::collection::vec(0..3_u8, 1..64),
    ) {
        let target = signed.request.uri().path_and_query().unwrap().as_str().to_owned();
        // Escapes that are there already stay.
        let parts: Vec<_> = target.split_inclusive('%').collect();
        let mut written = String::new();
        for (at, part) in parts.iter().enumerate() {
            let digits = if at == 0 { 0 } else { 2 };
            written.push_str(&part[..digits]);
            written.push_str(&escaped(&part[digits..], &escape));
        }
        signed.target(&written);
        let verified = signed.verify(VerifyPolicy::strict(), signed.now);
        prop_assert!(verified.is_ok(), "{verified:?} for {written}");
    }

    #[test]
    fn a_parameter_that_was_not_signed_is_refused_where_all_must_be(mut signed in signed()) {
        let mut pairs = signed.pairs();
        pairs.push("unsigned=1".to_owned());
        let path = signed.request.uri().path().to_owned();
        signed.target(&format!("{path}?{}", pairs.join("&")));
        let verified = signed.verify(VerifyPolicy::strict(), signed.now);
        prop_assert_eq!(verified, Err(VerifyError::ParameterNotSigned));
    }
}

proptest! {
    // There are many changes, and each must have its turn.
    #![proptest_config(cases(1))]

    #[test]
    fn any_change_is_refused(
        signed in signed(),
        changes in prop::collection::vec(change(), 8),
    ) {
        for change in changes {
            let mut changed = signed.clone();
            if apply(&mut changed, &change).is_some() {
                let verified = changed.verify(VerifyPolicy::default(), signed.now);
                prop_assert!(verified.is_err(), "{change:?}: {:?}", changed.request);
            }
        }
    }
}

#[test]
fn an_unsigned_request_is_refused() {
    let endpoint = cos_batch::Endpoint::custom("http", "h", "1".parse().unwrap()).unwrap();
    let request = ListJobs::new().encode_request(&endpoint).unwrap();
    let verified =
        verify(&request, |_, _| None, &VerifyPolicy::default(), OffsetDateTime::UNIX_EPOCH);
    assert_eq!(verified, Err(VerifyError::Unsigned));
}
