//! Keys of the role that this machine has: `--role cvm`
//!
//! The metadata service is asked by plain HTTP and without a signature, as its clients do; so it is
//! asked only where the user says so.

use std::time::Duration;

use cos_batch::Limits;
use cos_batch::http::{Request, StatusCode};
use cos_batch::printable;
use cos_batch_ureq::Transport;
use serde_json::Value;

use super::process::keys_in;
use super::source::{Found, Origin, variable};
use super::{Keys, shown_url};
use crate::failure::{Failure, Kind};

const SERVICE: &str = "http://metadata.tencentyun.com";
const PATH: &str = "/latest/meta-data/cam/security-credentials/";
const TIMEOUT: Duration = Duration::from_secs(5);

pub(super) fn keys() -> Result<Found<Keys>, Failure> {
    // Bare metal has another one.
    let service = variable("COSBATCH_METADATA")?.unwrap_or_else(|| SERVICE.to_owned());
    let service = service.trim_end_matches('/');
    let roles = ask(service, "")?;
    let roles = String::from_utf8_lossy(&roles);
    let role = roles.lines().next().unwrap_or_default().trim();
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '@' | '+');
    if role.is_empty() || !role.chars().all(legal) {
        return Err(no_role(service, "it names no role"));
    }
    let answer = ask(service, role)?;
    let code = serde_json::from_slice(&answer).ok().and_then(|answer: Value| {
        answer.get("Code").and_then(Value::as_str).map(|code| printable(code, 64))
    });
    if code.as_deref() != Some("Success") {
        let code = code.unwrap_or_else(|| "no JSON with a code".to_owned());
        return Err(no_role(service, &format!("it answers {code} for the role {role}")));
    }
    let origin = Origin::Role(role.to_owned());
    keys_in(&answer, &origin).map(|keys| Found::new(keys, origin))
}

fn ask(service: &str, role: &str) -> Result<Vec<u8>, Failure> {
    let request = Request::get(format!("{service}{PATH}{role}")).body(Vec::new());
    let request = request.map_err(|_| no_role(service, "its URL is malformed"))?;
    let transport = Transport::new().with_timeout(TIMEOUT).with_connect_timeout(TIMEOUT);
    let limits = Limits::bytes(64 * 1024);
    let reply = transport
        .send(request, None, &limits)
        .map_err(|(_, error)| no_role(service, &error.to_string()))?;
    match reply.status() {
        StatusCode::OK if reply.body().len() <= limits.bytes => Ok(reply.into_body()),
        StatusCode::OK => Err(no_role(service, "its answer is too large")),
        status => Err(no_role(service, &format!("it answers HTTP {}", status.as_u16()))),
    }
}

fn no_role(service: &str, why: &str) -> Failure {
    Failure::new(Kind::NO_ROLE, "this machine's role gives no keys")
        .fact(format!("{}: {why}", shown_url(service)))
        .help("check that this is a machine of Tencent Cloud, and that it has a role")
}
