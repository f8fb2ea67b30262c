//! Signatures that others made: the examples of the page, the Go SDK's own test, and requests that
//! the Go, Python and Node.js SDKs signed alike. Every stage is compared; the SignKeys have a test
//! beside the signer, for no trace shows them.

mod clients;
mod policy;
mod table;

use std::time::Duration;

use cos_batch::time::OffsetDateTime;
use cos_batch::{Credentials, SecretKey, Signer, VerifyError, VerifyPolicy, verify};
use http::{HeaderName, HeaderValue, Method, Request};

use table::vectors;

const ID: &str = "AKIDQjz3ltompVjBni5LitkWHFlFpwkn9U5q";
const KEY: &str = "BQYIM75p8x0iWVFSIgqEKwFprpRSVHlz";
const HOST: &str = "100000000001.cos-control.ap-chengdu.myqcloud.com";

struct Vector {
    id: &'static str,
    credentials: [&'static str; 2],
    window: [i64; 2],
    token: Option<&'static str>,
    method: Method,
    target: &'static str,
    headers: Vec<(&'static str, &'static str)>,
    body: &'static str,
    /// The headers to sign; `None` for those that are signed by default.
    signed: Option<&'static [&'static str]>,
    header_list: &'static str,
    url_param_list: &'static str,
    http_string: String,
    sha1: &'static str,
    signature: &'static str,
}

impl Vector {
    /// A batch request, with what the batch vectors have in common.
    fn batch(id: &'static str, target: &'static str) -> Self {
        Self {
            id,
            credentials: [ID, KEY],
            window: [1_557_902_800, 1_557_910_000],
            token: None,
            method: Method::GET,
            target,
            headers: vec![("host", HOST), ("x-cos-appid", "1250000000")],
            body: "",
            signed: None,
            header_list: "host;x-cos-appid",
            url_param_list: "",
            http_string: format!("get\n/jobs\n\nhost={HOST}&x-cos-appid=1250000000\n"),
            sha1: "",
            signature: "",
        }
    }

    /// The request before it is signed.
    fn request(&self) -> Request<&'static str> {
        let mut request = Request::new(self.body);
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.target.parse().expect("a target");
        for (name, value) in &self.headers {
            request.headers_mut().insert(*name, HeaderValue::from_static(value));
        }
        request
    }

    fn signer(&self) -> Signer {
        let [id, key] = self.credentials;
        let [start, end] = self.window;
        let length = Duration::from_secs(u64::try_from(end - start).expect("a window"));
        let mut credentials = Credentials::new(id, key).expect("credentials");
        if let Some(token) = self.token {
            credentials = credentials.with_token(token).expect("a token");
        }
        let signer = Signer::new(credentials).window(Duration::ZERO, length);
        match self.signed {
            None => signer,
            Some(names) => {
                let names: Vec<_> =
                    names.iter().map(|name| HeaderName::from_static(name)).collect();
                signer.headers(&names)
            }
        }
    }

    fn start(&self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.window[0]).expect("a time")
    }

    fn authorization(&self) -> String {
        let [start, end] = self.window;
        format!(
            "q-sign-algorithm=sha1&q-ak={}&q-sign-time={start};{end}&q-key-time={start};{end}\
             &q-header-list={}&q-url-param-list={}&q-signature={}",
            self.credentials[0], self.header_list, self.url_param_list, self.signature,
        )
    }

    /// The request with the signature of the table.
    fn signed(&self) -> Request<&'static str> {
        let mut request = self.request();
        let authorization = self.authorization().parse().expect("a value");
        request.headers_mut().insert("authorization", authorization);
        if let Some(token) = self.token {
            request.headers_mut().insert("x-cos-security-token", HeaderValue::from_static(token));
        }
        request
    }

    fn verify<B>(&self, request: &Request<B>) -> Result<(), VerifyError> {
        self.verify_by(&VerifyPolicy::default(), request)
    }

    fn verify_by<B>(&self, policy: &VerifyPolicy, request: &Request<B>) -> Result<(), VerifyError> {
        let [id, key] = self.credentials;
        let key_of = |found: &str, token: Option<&str>| {
            let known = found == id && self.token.is_none_or(|own| token == Some(own));
            known.then(|| SecretKey::new(key).expect("a key"))
        };
        verify(request, key_of, policy, self.start()).map(drop)
    }
}

fn vector(id: &str) -> Vector {
    vectors().into_iter().find(|vector| vector.id == id).expect("a vector")
}

#[test]
fn every_stage_is_that_of_the_others() {
    for vector in vectors() {
        let trace = vector.signer().trace(&vector.request(), vector.start());
        let [start, end] = vector.window;
        let id = vector.id;
        assert_eq!(trace.key_time, format!("{start};{end}"), "{id}");
        assert_eq!(trace.header_list, vector.header_list, "{id}");
        assert_eq!(trace.url_param_list, vector.url_param_list, "{id}");
        assert_eq!(trace.http_string.as_str(), vector.http_string, "{id}");
        let string_to_sign = format!("sha1\n{start};{end}\n{}\n", vector.sha1);
        assert_eq!(trace.string_to_sign, string_to_sign, "{id}");
        assert_eq!(trace.signature, vector.signature, "{id}");

        let mut request = vector.request();
        vector.signer().sign(&mut request, vector.start()).expect("signed");
        assert_eq!(request.headers()["authorization"], vector.authorization(), "{id}");
    }
}

#[test]
fn every_vector_verifies_and_no_changed_digit_does() {
    for vector in vectors() {
        let mut request = vector.signed();
        let authorization = vector.authorization();
        assert_eq!(vector.verify(&request), Ok(()), "{}", vector.id);

        for digit in authorization.len() - 40..authorization.len() {
            let mut changed = authorization.clone().into_bytes();
            changed[digit] = if changed[digit] == b'0' { b'1' } else { b'0' };
            let changed = HeaderValue::from_bytes(&changed).expect("a value");
            request.headers_mut().insert("authorization", changed);
            let refused = vector.verify(&request);
            assert!(matches!(refused, Err(VerifyError::Mismatch { .. })), "{}", vector.id);
        }
    }
}

#[test]
fn another_app_id_is_refused_where_it_is_signed() {
    let vector = vector("V1");
    let mut request = vector.signed();
    request.headers_mut().insert("x-cos-appid", HeaderValue::from_static("1250000001"));
    let Err(VerifyError::Mismatch { format_string, .. }) = vector.verify(&request) else {
        panic!("another APPID is let in");
    };
    assert_eq!(
        format_string.as_str(),
        format!("get\n/jobs\n\nhost={HOST}&x-cos-appid=1250000001\n")
    );
}

#[test]
fn the_bodies_are_those_that_the_headers_tell() {
    for vector in vectors() {
        let length = vector.headers.iter().find(|(name, _)| *name == "content-length");
        if let (Some((_, length)), "V3" | "V3n" | "V6" | "V6n" | "V7") = (length, vector.id) {
            assert_eq!(*length, vector.body.len().to_string(), "{}", vector.id);
        }
    }
}

#[test]
fn all_vectors_are_here() {
    let batch = "V1 V2 V2c V3 V3n V4 V5a V5b V6 V6n V7 V8 V9 V10 V10p V11 V12 V13";
    for id in batch.split(' ').chain(["W1", "upload", "download", "Go SDK"]) {
        vector(id);
    }
}
