//! What `-v` tells of calls while they are made

use cos_batch::date::format_timestamp;
use cos_batch::time::OffsetDateTime;
use cos_batch::{Endpoint, printable};
use cos_batch_ureq::Observed;
use serde_json::{Value, json};

use crate::config::{Found, Keys};
use crate::talk::{Detail, Talk};

/// Where requests go, and who signs them.
pub(crate) fn asks(talk: Talk, endpoint: &Endpoint, keys: &Found<Keys>) {
    let (endpoint, origin) = (endpoint.to_string(), keys.origin.to_string());
    let secret_id = keys.value.shortened_id();
    talk.step(Detail::All, &format!("ask {endpoint} as {secret_id} from {origin}"), || {
        timed("ask", json!({ "endpoint": endpoint, "secret_id": secret_id, "origin": origin }))
    });
}

/// What goes over the wire, and why nothing does.
pub(crate) fn tell(talk: Talk, step: &Observed<'_>) {
    let text = match step {
        Observed::Send { within: Some(within), .. } if talk.detail == Detail::All => {
            format!("{step}, {:.1}s left", within.as_secs_f64())
        }
        step => step.to_string(),
    };
    talk.step(detail(step), &text, || object(step));
}

/// How much has to be asked for, for a step to be told.
fn detail(step: &Observed<'_>) -> Detail {
    match step {
        Observed::Send { .. } | Observed::Reply { .. } | Observed::Lost { .. } => Detail::Steps,
        Observed::Sleep(rest) if !rest.is_zero() => Detail::Steps,
        _ => Detail::All,
    }
}

fn object(step: &Observed<'_>) -> Value {
    let (kind, members) = match step {
        Observed::Send { method, host, path, within, .. } => {
            let left = within.map(|left| left.as_secs_f64());
            let members = json!({ "method": method.as_str(), "host": host, "path": path, "seconds_left": left });
            ("send", members)
        }
        Observed::Reply { status, request_id, length, .. } => {
            let request_id = request_id.map(|id| printable(id, 128));
            let members =
                json!({ "status": status.as_u16(), "bytes": length, "request_id": request_id });
            ("reply", members)
        }
        Observed::Lost { lost, cause, .. } => {
            ("lost", json!({ "message": format!("{lost}: {cause}") }))
        }
        Observed::Sleep(rest) => ("sleep", json!({ "seconds": rest.as_secs_f64() })),
        Observed::Failed(error) => ("failed", json!({ "message": error.to_string() })),
        other => return timed(&other.to_string(), json!({})),
    };
    timed(kind, members)
}

/// A step of a kind, now.
fn timed(kind: &str, mut step: Value) -> Value {
    if let Value::Object(members) = &mut step {
        members.insert("kind".to_owned(), kind.into());
        members.insert("time".to_owned(), format_timestamp(OffsetDateTime::now_utc()).ok().into());
    }
    step
}
