use cos_batch::http::{HeaderName, Method, Request};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::{any_request, endpoint};
use crate::calls;

/// The values of a strategy, without end and the same for the same seed: for what is tried often rather
/// than shrunk
pub fn drawn<S: Strategy>(seed: u64, strategy: S) -> impl Iterator<Item = S::Value> {
    let seed = seed.to_le_bytes().repeat(4);
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    std::iter::repeat_with(move || strategy.new_tree(&mut runner).expect("a value").current())
}

/// A request as it goes over the wire: a call of ours, or any method, path, query and headers that
/// signers stumble over
///
/// It has a host. Its names and values are UTF-8 behind their escapes, those of headers visible ASCII.
pub fn wire_request() -> impl Strategy<Value = Request<Vec<u8>>> {
    let ours = (any_request(), endpoint())
        .prop_map(|(any, endpoint)| calls::encode(&any, &endpoint).expect("a legal call"));
    prop_oneof![ours, any_wire_request()]
}

fn any_wire_request() -> impl Strategy<Value = Request<Vec<u8>>> {
    const PATH: &str =
        "/ / jobs a Z 0 - _ . ~ + ( ! * ' ; : @ = , & %20 %2F %2f %25 %3f %41 %zz %E4%B8%AD %c3%a9";
    const NAME: &str = "a B z max Max - _ . ~ 0 %20 %21 %41 %2d %5f %2F %C3%a9";
    const VALUE: &str = "a B 0 ~ + %2B %2b %20 %25 %2541 %26 %3D = / ? : @ ! * ' ( , ; %zz %00 %0A %E4%B8%AD %f0%9f%98%80";
    const HOSTS: &[&str] = &["127.0.0.1:9000", "h.example", "[::1]:80", "H.Example:443"];
    const METHODS: &[&str] = &["GET", "PUT", "POST", "DELETE", "HEAD", "PATCH", "get", "OwN"];
    let pieces = |list: &'static str, least: usize, most: usize| {
        let pieces = list.split(' ').collect::<Vec<_>>();
        vec(select(pieces), least..=most).prop_map(|pieces| pieces.concat())
    };
    let pair = (pieces(NAME, 1, 3), option::weighted(0.8, pieces(VALUE, 0, 4)));
    let pair = pair.prop_map(|(name, value)| match value {
        Some(value) => format!("{name}={value}"),
        None => name,
    });
    let query = option::of(vec(pair, 0..6).prop_map(|pairs| pairs.join("&")));
    let headers = vec((select(HEADERS), header_value()), 0..6);
    let line = (select(METHODS), select(HOSTS), pieces(PATH, 0, 7), query);
    (line, headers).prop_map(|((method, host, path, query), headers)| {
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let request = Request::builder().method(method).uri(format!("http://{host}/{path}{query}"));
        let request = headers.into_iter().fold(request.header("host", host), |request, header| {
            request.header(HeaderName::from_static(header.0), header.1)
        });
        request.body(Vec::new()).expect("a legal request")
    })
}

/// Names that are signed, and those that are not.
const HEADERS: &[&str] = &[
    "x-cos-appid",
    "x-cos-meta-a",
    "x-cos-meta-a~b",
    "content-length",
    "content-md5",
    "content-type",
    "date",
    "user-agent",
];

/// Visible ASCII, with space inside.
fn header_value() -> impl Strategy<Value = String> {
    let visible = || proptest::char::range('!', '~');
    let inside = vec(proptest::char::range(' ', '~'), 0..12).prop_map(String::from_iter);
    let long = (visible(), inside, visible());
    prop_oneof![
        1 => Just(String::new()),
        6 => long.prop_map(|(start, inside, end)| format!("{start}{inside}{end}")),
    ]
}
