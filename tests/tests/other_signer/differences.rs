//! Where the other signer makes something else of a request, and who is right
//!
//! By the [signature's page](https://www.tencentcloud.com/document/product/436/7778) a name is encoded
//! and then lower-cased, and a value is what stands behind its escapes, byte for byte.

use std::time::Duration;

use cos_batch::http::{HeaderValue, Request};
use cos_batch::text::{decode_query, push_encoded};
use cos_batch::time::OffsetDateTime;
use cos_batch::{Credentials, Signer};
use reqsign_tencent_cos::Credential;

use super::{credential, our_authorization, ours, part, signed, start, their_authorization};

const KEYS: (&str, &str) = ("AKIDEXAMPLE", "SECRETEXAMPLE");

/// Has the query a plus, or a name with an escape that lower-casing changes?
pub(super) fn may_differ(request: &Request<Vec<u8>>) -> bool {
    let query = request.uri().query().unwrap_or_default();
    let names = query.split('&').map(|pair| pair.split('=').next().unwrap_or_default());
    let mut encoded = String::new();
    names.for_each(|name| push_encoded(&mut encoded, &decode_query(name)));
    let is_lower = |escape: &str| escape.get(..2).is_none_or(|hex| hex == hex.to_lowercase());
    query.contains('+') || !encoded.split('%').skip(1).all(is_lower)
}

fn get(target: &str) -> Request<Vec<u8>> {
    let request = Request::get(format!("http://h.example{target}")).header("host", "h.example");
    request.body(Vec::new()).unwrap()
}

/// The lists of names, and the signatures that are told to be of equal requests.
struct Difference {
    target: &'static str,
    /// Our list of parameters.
    ours: &'static str,
    theirs: &'static str,
    /// A target without anything odd that the other one signs as it signs this one.
    taken_for: Option<&'static str>,
}

const DIFFERENCES: &[(&str, Difference)] = &[
    (
        // COS reads it as a space; the Go SDK sends a space in that way.
        "a plus in a query is a space to us, and a plus to them",
        Difference { target: "/?a=+", ours: "a", theirs: "a", taken_for: Some("/?a=%2B") },
    ),
    (
        "they lower-case a name and then encode it",
        Difference { target: "/?a/b", ours: "a%2fb", theirs: "a%2Fb", taken_for: None },
    ),
    (
        "and lower-case more than ASCII",
        Difference { target: "/?%C3%89", ours: "%c3%89", theirs: "%C3%A9", taken_for: None },
    ),
    (
        "a path that is not UTF-8 has a replacement character",
        Difference { target: "/%FF", ours: "", theirs: "", taken_for: Some("/%EF%BF%BD") },
    ),
    (
        "so has a value",
        Difference { target: "/?a=%FF", ours: "a", theirs: "a", taken_for: Some("/?a=%EF%BF%BD") },
    ),
];

#[test]
fn targets_that_are_signed_in_another_way() {
    for (name, difference) in DIFFERENCES {
        let request = get(difference.target);
        let theirs = their_authorization(&request, KEYS);
        let ours = our_authorization(&request, KEYS, &theirs);
        assert_ne!(theirs, ours, "{name}");
        assert_eq!(part(&ours, "q-url-param-list="), difference.ours, "{name}");
        assert_eq!(part(&theirs, "q-url-param-list="), difference.theirs, "{name}");
        if let Some(taken_for) = difference.taken_for {
            assert_eq!(our_authorization(&get(taken_for), KEYS, &theirs), theirs, "{name}");
        }
    }
}

#[test]
fn a_first_parameter_without_a_name_is_listed_by_both() {
    let request = get("/?=1&a");
    let theirs = their_authorization(&request, KEYS);
    assert_eq!(our_authorization(&request, KEYS, &theirs), theirs);
    assert_eq!(part(&theirs, "q-url-param-list="), ";a");
}

#[test]
#[should_panic = "must be valid header"]
fn they_panic_at_a_header_that_is_not_ascii() {
    let mut request = get("/");
    let value = HeaderValue::from_bytes("中".as_bytes()).unwrap();
    request.headers_mut().insert("x-cos-meta-a", value);
    let signer = Signer::new(Credentials::new(KEYS.0, KEYS.1).unwrap());
    signer.sign(&mut request.clone(), OffsetDateTime::UNIX_EPOCH).unwrap();
    their_authorization(&request, KEYS);
}

#[test]
fn they_sign_every_header_and_add_none() {
    let request = Request::get("http://h.example/").header("user-agent", "a");
    let request = request.body(Vec::new()).unwrap();
    let theirs = their_authorization(&request, KEYS);
    assert_eq!(part(&theirs, "q-header-list="), "user-agent");
    let signer = Signer::new(Credentials::new(KEYS.0, KEYS.1).unwrap());
    assert_eq!(signer.trace(&request, start(&theirs)).header_list, "host");
}

#[test]
fn theirs_begins_to_hold_at_once() {
    let theirs = their_authorization(&get("/"), KEYS);
    let start = start(&theirs);
    let end = start.unix_timestamp() + 3600;
    assert_eq!(part(&theirs, "q-key-time="), format!("{};{end}", start.unix_timestamp()));
    // A minute earlier is kinder to a clock that is ahead.
    let signer = Signer::new(Credentials::new(KEYS.0, KEYS.1).unwrap());
    let ours = signer.trace(&get("/"), start).key_time;
    assert_eq!(ours, format!("{};{}", start.unix_timestamp() - 60, end - 60));
}

#[test]
fn they_do_not_sign_a_token() {
    let token = Credential { security_token: Some("T".to_owned()), ..credential(KEYS) };
    let in_header = signed(&get("/"), &token, None);
    assert_eq!(in_header.headers()["x-cos-security-token"], "T");
    let list = in_header.headers()["authorization"].to_str().unwrap();
    assert_eq!(part(list, "q-header-list="), "host");
    let in_query = signed(&get("/"), &token, Some(Duration::from_secs(300))).uri().to_string();
    assert!(in_query.ends_with("&x-cos-security-token=T"), "{in_query}");
    assert_eq!(part(&in_query, "q-url-param-list="), "");
    // Nobody can take ours for another one.
    let credentials = Credentials::new(KEYS.0, KEYS.1).unwrap().with_token("T").unwrap();
    let trace = Signer::new(credentials).trace(&get("/"), OffsetDateTime::UNIX_EPOCH);
    assert_eq!(trace.header_list, "host;x-cos-security-token");
}

#[test]
fn they_do_not_encode_what_they_append_to_a_query() {
    let length = Duration::from_secs(300);
    let theirs = signed(&get("/?%20"), &credential(KEYS), Some(length)).uri().to_string();
    assert!(theirs.contains("&q-url-param-list=%20&"), "a space to whoever decodes it: {theirs}");
    let signer = ours(&get("/?%20"), KEYS, length);
    let ours = signer.presign(&get("/?%20"), start(&theirs)).unwrap().to_string();
    assert!(ours.contains("&q-url-param-list=%2520&"), "the name as it is listed: {ours}");
    assert_eq!(part(&ours, "q-signature="), part(&theirs, "q-signature="));
}
