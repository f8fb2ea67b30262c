//! The control endpoint: the service's clock, for those on the same machine
//!
//! It is off unless asked for, no part of the service, and never signed. Answers are JSON.

use cos_batch::date::format_timestamp;
use cos_batch::http::{HeaderValue, Method, Response, StatusCode, Uri, header};
use cos_batch::text::Query;
use jiff::SignedDuration;
use serde_json::json;
use tokio::sync::oneshot;

use crate::driver::{Service, Told};

/// Where it is; no call has such a path.
const ROOT: &str = "/_control/";

/// The answer, if the request is for the control endpoint.
pub(super) async fn answer(
    service: &Service,
    method: &Method,
    uri: &Uri,
    is_local: bool,
) -> Option<Response<Vec<u8>>> {
    let what = uri.path().strip_prefix(ROOT)?;
    let answer = if is_local {
        obey(service, method, what, uri.query().unwrap_or_default()).await
    } else {
        Err((StatusCode::FORBIDDEN, "only this machine may use the control endpoint".to_owned()))
    };
    let (status, body) = match answer {
        Ok(told) => (StatusCode::OK, json!({ "clock": told.clock.to_string(), "now": time(told) })),
        Err((status, error)) => (status, json!({ "error": error })),
    };
    let mut response = Response::new(format!("{body}\n").into_bytes());
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    Some(response)
}

async fn obey(
    service: &Service,
    method: &Method,
    what: &str,
    query: &str,
) -> Result<Told, (StatusCode, String)> {
    let (sender, told) = oneshot::channel();
    let tell = Box::new(move |told| {
        // Who asked may have gone.
        let _ = sender.send(told);
    });
    match (method, what) {
        (&Method::GET, "clock") => service.tell(tell),
        (&Method::POST, "advance") => service.advance(Some(by(query)?), tell),
        (&Method::POST, "step") => service.advance(None, tell),
        (_, "clock" | "advance" | "step") => {
            let error = "expected GET clock, POST advance?by=1h or POST step";
            return Err((StatusCode::METHOD_NOT_ALLOWED, error.to_owned()));
        }
        _ => {
            let error = "expected clock, advance or step behind /_control/";
            return Err((StatusCode::NOT_FOUND, error.to_owned()));
        }
    }
    told.await.map_err(|_| (StatusCode::INTERNAL_SERVER_ERROR, "the emulator has ended".to_owned()))
}

/// How far to put the clock forward.
fn by(query: &str) -> Result<std::time::Duration, (StatusCode, String)> {
    let query = Query::decode(query).ok();
    let text = query.as_ref().and_then(|query| query.all("by").next());
    text.and_then(|text| text.parse::<SignedDuration>().ok())
        .and_then(|by| by.try_into().ok())
        .ok_or_else(|| {
            let error = "expected by=, a time such as 30s, 1h or 90d, that is not negative";
            (StatusCode::BAD_REQUEST, error.to_owned())
        })
}

fn time(told: Told) -> String {
    format_timestamp(told.now).unwrap_or_default()
}
