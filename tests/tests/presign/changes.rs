//! A signed request verifies, and no changed one does

use cos_batch::text::push_encoded;
use cos_batch_testkit::strategies;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Method, Uri};
use proptest::prelude::*;
use proptest::sample::Index;

use super::*;

/// How a signature travels.
#[derive(Clone, Copy, Debug)]
enum Form {
    Header,
    Query,
    Merged,
}

/// A request to sign: a decoded path, decoded parameters, headers.
#[derive(Clone, Debug)]
struct Case {
    form: Form,
    secrets: (String, String, Option<String>),
    method: Method,
    path: String,
    parameters: Vec<(String, String)>,
    meta: String,
}

fn cases() -> impl Strategy<Value = Case> {
    let form = prop_oneof![Just(Form::Header), Just(Form::Query), Just(Form::Merged)];
    let method = prop_oneof![Just(Method::GET), Just(Method::POST), Just(Method::DELETE)];
    let text = || {
        prop_oneof![
            "[a-z0-9 +%/&=;~*'中é]{0,12}",
            any::<String>().prop_map(|text| text.chars().take(12).collect()),
        ]
    };
    // No name is that of a signature's own.
    let parameter = (text().prop_map(|name| format!("p{name}")), text());
    let parameters = proptest::collection::vec(parameter, 0..6);
    (form, strategies::secrets(), method, text(), parameters, "[!-~]{1,12}").prop_map(
        |(form, secrets, method, path, parameters, meta)| Case {
            form,
            secrets,
            method,
            path,
            parameters,
            meta,
        },
    )
}

impl Case {
    fn target(&self) -> String {
        let mut target = String::from("/");
        push_encoded(&mut target, self.path.as_bytes());
        let pairs = self.parameters.iter().map(|(name, value)| {
            let mut pair = String::new();
            push_encoded(&mut pair, name.as_bytes());
            pair.push('=');
            push_encoded(&mut pair, value.as_bytes());
            pair
        });
        let query = pairs.collect::<Vec<_>>().join("&");
        if query.is_empty() { target } else { target + "?" + &query }
    }

    fn bare(&self) -> Request<()> {
        let mut request = request(&self.target());
        *request.method_mut() = self.method.clone();
        let meta = HeaderValue::from_str(&self.meta).expect("a value");
        request.headers_mut().insert("x-cos-meta-x", meta);
        request
    }

    fn signed(&self) -> Request<()> {
        let (id, key, token) = &self.secrets;
        let mut credentials = Credentials::new(id, key).expect("credentials");
        if let Some(token) = token {
            credentials = credentials.with_token(token).expect("a token");
        }
        let signer = Signer::new(credentials);
        let mut request = self.bare();
        match self.form {
            Form::Header => signer.sign(&mut request, start()).expect("signed"),
            Form::Query => *request.uri_mut() = signer.presign(&request, start()).expect("signed"),
            Form::Merged => {
                *request.uri_mut() = signer.presign_merged(&request, start()).expect("signed");
            }
        }
        request
    }

    fn verify(&self, request: &Request<()>, policy: &VerifyPolicy) -> Result<(), VerifyError> {
        let (own, key, own_token) = &self.secrets;
        let key_of = |id: &str, token: Option<&str>| {
            let known = id == own && token == own_token.as_deref();
            known.then(|| SecretKey::new(key).expect("a key"))
        };
        verify(request, key_of, policy, start()).map(drop)
    }

    fn is_accepted(&self, request: &Request<()>) -> bool {
        self.verify(request, &VerifyPolicy::default()).is_ok()
    }
}

/// The signed request with the target that another case has, signature and all.
fn retargeted(signed: &Request<()>, from: &Case, to: &Case) -> Request<()> {
    let (old, new) = (from.target(), to.target());
    let target = signed.uri().to_string();
    let added = target.strip_prefix(&old).expect("the original query is a prefix");
    let added = match (from.parameters.is_empty(), to.parameters.is_empty()) {
        (true, false) => added.replacen('?', "&", 1),
        (false, true) => added.replacen('&', "?", 1),
        _ => added.to_owned(),
    };
    let mut request = signed.clone();
    *request.uri_mut() = (new + &added).parse::<Uri>().expect("a target");
    request
}

/// As a name is signed.
fn lower(name: &str) -> String {
    let mut encoded = String::new();
    push_encoded(&mut encoded, name.as_bytes());
    encoded.to_ascii_lowercase()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn what_is_signed_verifies(case in cases()) {
        let request = case.signed();
        prop_assert_eq!(case.verify(&request, &VerifyPolicy::default()), Ok(()));
        prop_assert_eq!(case.verify(&request, &VerifyPolicy::strict()), Ok(()));
        prop_assert!(request.uri().to_string().starts_with(&case.target()));
    }

    #[test]
    fn another_path_is_refused(case in cases(), path in any::<String>()) {
        prop_assume!(path != case.path && path.len() < 1000);
        let other = Case { path, ..case.clone() };
        prop_assert!(!case.is_accepted(&retargeted(&case.signed(), &case, &other)));
    }

    #[test]
    fn another_value_is_refused(case in cases(), at in any::<Index>(), value in ".{0,12}") {
        prop_assume!(!case.parameters.is_empty());
        let mut other = case.clone();
        let at = at.index(other.parameters.len());
        prop_assume!(other.parameters[at].1 != value);
        other.parameters[at].1 = value;
        prop_assert!(!case.is_accepted(&retargeted(&case.signed(), &case, &other)));
    }

    #[test]
    fn another_name_is_refused(case in cases(), at in any::<Index>(), name in "p.{0,12}") {
        prop_assume!(!case.parameters.is_empty());
        let mut other = case.clone();
        let at = at.index(other.parameters.len());
        prop_assume!(lower(&other.parameters[at].0) != lower(&name));
        other.parameters[at].0 = name;
        prop_assert!(!case.is_accepted(&retargeted(&case.signed(), &case, &other)));
    }

    #[test]
    fn a_parameter_that_is_gone_is_missed(case in cases(), at in any::<Index>()) {
        prop_assume!(!case.parameters.is_empty());
        let mut other = case.clone();
        other.parameters.remove(at.index(case.parameters.len()));
        prop_assert!(!case.is_accepted(&retargeted(&case.signed(), &case, &other)));
    }

    #[test]
    fn another_parameter_is_refused_where_all_must_be_signed(
        case in cases(), name in "p.{0,12}", value in ".{0,12}",
    ) {
        let mut other = case.clone();
        other.parameters.push((name, value));
        let request = retargeted(&case.signed(), &case, &other);
        prop_assert!(case.verify(&request, &VerifyPolicy::strict()).is_err());
    }

    #[test]
    fn another_header_is_refused(
        case in cases(),
        name in prop_oneof![Just("host"), Just("x-cos-appid"), Just("x-cos-meta-x")],
        value in "[!-~]{1,12}",
    ) {
        let mut request = case.signed();
        let value = HeaderValue::from_str(&value).expect("a value");
        prop_assume!(request.headers()[name] != value);
        request.headers_mut().insert(name, value);
        prop_assert!(!case.is_accepted(&request));
        request.headers_mut().remove(name);
        prop_assert!(!case.is_accepted(&request));
    }

    #[test]
    fn another_method_is_refused(case in cases()) {
        let mut request = case.signed();
        let other = if case.method == Method::PUT { Method::GET } else { Method::PUT };
        *request.method_mut() = other;
        prop_assert!(!case.is_accepted(&request));
    }

    /// The key time alone, the time of signing alone, or both.
    #[test]
    fn other_times_are_refused(case in cases(), longer in 1..1_000_000_u64, which in 0..3_u8) {
        let mut request = case.signed();
        let start = start().unix_timestamp() - 60;
        let (old, new) = (start + 3600, start.unsigned_abs() + 3600 + longer);
        let change = |text: &str| {
            [";", "%3B"].into_iter().fold(text.to_owned(), |text, semicolon| {
                let (old, new) = (format!("{start}{semicolon}{old}"), format!("{start}{semicolon}{new}"));
                let (before, after) = text.split_once("q-key-time").expect("a key time");
                match which {
                    0 => text.replace(&old, &new),
                    1 => format!("{before}q-key-time{}", after.replace(&old, &new)),
                    _ => format!("{}q-key-time{after}", before.replace(&old, &new)),
                }
            })
        };
        match case.form {
            Form::Header => {
                let changed = change(request.headers()[AUTHORIZATION].to_str().expect("text"));
                let changed = HeaderValue::from_str(&changed).expect("a value");
                prop_assert!(request.headers()[AUTHORIZATION] != changed);
                request.headers_mut().insert(AUTHORIZATION, changed);
            }
            Form::Query | Form::Merged => {
                let changed = change(&request.uri().to_string());
                prop_assert!(request.uri() != changed.as_str());
                *request.uri_mut() = changed.parse().expect("a target");
            }
        }
        prop_assert!(!case.is_accepted(&request));
    }

    /// Nothing that a client may send makes the server fail, or be let in by chance.
    #[test]
    fn arbitrary_signatures_are_refused(text in ".{0,200}", form in 0..3_usize) {
        let mut encoded = String::new();
        push_encoded(&mut encoded, text.as_bytes());
        let mut request = request(match form {
            0 => "/jobs".to_owned(),
            1 => format!("/jobs?sign={encoded}"),
            _ => format!("/jobs?q-signature={encoded}&q-ak={encoded}&q-key-time={encoded}"),
        }.as_str());
        if let (0, Ok(value)) = (form, HeaderValue::from_str(&text)) {
            request.headers_mut().insert(AUTHORIZATION, value);
        }
        prop_assert!(verified(&request, &VerifyPolicy::default()).is_err());
    }
}
