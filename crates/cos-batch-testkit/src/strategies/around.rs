use cos_batch::http::StatusCode;
use cos_batch::{Credentials, Endpoint, ServiceError};
use proptest::char::range;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::ids::{app_id, error_code, region, uin};
use super::texts::{text, xml_text};

/// A refusal
pub fn service_error() -> impl Strategy<Value = ServiceError> {
    let statuses = [200, 301, 400, 403, 404, 411, 500, 501, 502, 503];
    let status =
        select(statuses.map(|status| StatusCode::from_u16(status).expect("a status")).to_vec());
    let text = || option::of(xml_text(1, 24).prop_map(String::into_boxed_str));
    let texts = (text(), text(), text(), text(), text(), text(), text());
    (status, error_code(), texts).prop_map(|(status, code, texts)| {
        let mut error = ServiceError::new(status, code);
        let (message, resource, request_id, trace_id, format_string, string_to_sign, time) = texts;
        error.message = message;
        error.resource = resource;
        error.request_id = request_id;
        error.trace_id = trace_id;
        error.format_string = format_string.map(|text| text.into_string().into());
        error.string_to_sign = string_to_sign;
        error.server_time = time;
        error
    })
}

/// An endpoint: of an account in a region, or at a place of its own
pub fn endpoint() -> impl Strategy<Value = Endpoint> {
    const HOSTS: &[&str] = &["127.0.0.1", "[::1]", "localhost", "Batch.example.COM", "a-b_c.d"];
    let documented = (uin(), region(), app_id())
        .prop_map(|(uin, region, app_id)| Endpoint::new(&uin, &region, app_id));
    let port = option::of(any::<u16>()).prop_map(|port| port.map(|port| format!(":{port}")));
    let authority =
        (select(HOSTS), port).prop_map(|(host, port)| host.to_owned() + &port.unwrap_or_default());
    let custom = (select(vec!["http", "https"]), authority, app_id()).prop_map(
        |(scheme, authority, app_id)| {
            Endpoint::custom(scheme, &authority, app_id).expect("a legal place")
        },
    );
    prop_oneof![1 => documented, 2 => custom]
}

/// Credentials as their texts: a secret id, a secret key, a security token
///
/// Key and token are long enough not to stand in another text by chance.
pub fn secrets() -> impl Strategy<Value = (String, String, Option<String>)> {
    let visible = || range('!', '~');
    let id = text(visible().prop_filter("a secret id's", |c| !matches!(c, '&' | '=' | ';')), 1, 40);
    let token = (text(visible(), 10, 60), text(range(' ', '~'), 10, 60), text(visible(), 1, 9))
        .prop_map(|(start, inside, end)| start + &inside + &end);
    (id, text(visible(), 16, 40), option::of(token))
}

/// Credentials, of an account or temporary
pub fn credentials() -> impl Strategy<Value = Credentials> {
    secrets().prop_map(|(id, key, token)| {
        let credentials = Credentials::new(id, key).expect("legal credentials");
        match token {
            Some(token) => credentials.with_token(token).expect("a legal token"),
            None => credentials,
        }
    })
}
