//! Prints signed requests, one JSON object a line, the same each time: for other signers to make again
//!
//! They hold from a minute before `now` for 10,060 seconds, as those of Tencent's Python SDK do.

use std::error::Error;
use std::io::Write;
use std::time::Duration;

use cos_batch::http::{HeaderName, HeaderValue};
use cos_batch::time::OffsetDateTime;
use cos_batch::{Credentials, Signer};
use cos_batch_testkit::{oracle, strategies};
use serde_json::json;

fn main() -> Result<(), Box<dyn Error>> {
    let count = std::env::args().nth(1).map_or(Ok(10_000), |count| count.parse())?;
    let now = OffsetDateTime::from_unix_timestamp(oracle::NOW)?;
    let mut out = std::io::stdout().lock();
    let requests = strategies::drawn(9, (strategies::wire_request(), strategies::secrets()));
    for (mut request, (id, key, token)) in requests.take(count) {
        let mut credentials = Credentials::new(&id, &key)?;
        if let Some(token) = token {
            credentials = credentials.with_token(token)?;
        }
        let signer =
            Signer::new(credentials).window(Duration::from_secs(60), Duration::from_secs(10_060));
        signer.sign(&mut request, now)?;
        let text = |(name, value): (&HeaderName, &HeaderValue)| {
            Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
        };
        let headers: Vec<_> = request.headers().iter().filter_map(text).collect();
        let uri = request.uri();
        let line = json!({
            "now": oracle::NOW, "id": id, "key": key, "method": request.method().as_str(),
            "path": uri.path(), "query": uri.query().unwrap_or_default(), "headers": headers,
        });
        writeln!(out, "{line}")?;
    }
    Ok(())
}
