//! The one form in which tests show a request

use cos_batch::http::Request;

/// A request as text: method and target, sorted headers, an empty line and the body, if there is one
///
/// A header that is marked sensitive shows as `…`.
///
/// ```
/// let request = cos_batch::http::Request::get("http://h.example/jobs").header("b", "2").header("a", "1");
/// let request = request.body(Vec::new()).unwrap();
/// assert_eq!(
///     cos_batch_testkit::show::request(&request),
///     "GET http://h.example/jobs\na: 1\nb: 2\n",
/// );
/// ```
#[must_use]
pub fn request(request: &Request<Vec<u8>>) -> String {
    let mut headers: Vec<_> = request
        .headers()
        .iter()
        .map(|(name, value)| {
            let text = String::from_utf8_lossy(value.as_bytes());
            let shown = if value.is_sensitive() { "…" } else { &text };
            format!("{name}: {shown}\n")
        })
        .collect();
    headers.sort();
    let mut shown = format!("{} {}\n{}", request.method(), request.uri(), headers.concat());
    if !request.body().is_empty() {
        shown.push('\n');
        shown.push_str(&String::from_utf8_lossy(request.body()));
    }
    shown
}
