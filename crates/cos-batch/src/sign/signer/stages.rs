//! From a request to its signature

use std::ops::Range;

use http::header::HOST;
use http::{HeaderName, Request};

use super::key::Window;
use super::{Added, Signer, TOKEN, Trace};
use crate::sign::canonical::{Canonical, Text};
use crate::sign::digest::{Hex, sha1_hex, string_to_sign};

/// What of a request is signed, from which all stages follow
pub(super) struct Stages<'a> {
    secret_id: &'a str,
    http_string: &'a Canonical,
    parameters: Range<usize>,
    headers: Range<usize>,
}

impl<'a> Stages<'a> {
    /// `query` is the request's own, or what it becomes; `lines` is room, with nothing in it.
    pub(super) fn new<B>(
        signer: &'a Signer,
        request: &Request<B>,
        query: &str,
        added: &Added,
        lines: &'a mut Canonical,
    ) -> Self {
        lines.push_start(request.method().as_str(), request.uri().path());
        lines.push_query(query);
        lines.sort();
        let parameters = lines.end();
        let replaced = |name: &HeaderName| added.token.is_some() && *name == TOKEN;
        lines.push_headers(request.headers(), |name| signer.covers(name) && !replaced(name));
        for (name, value) in [(HOST, &added.host), (TOKEN, &added.token)] {
            if let Some(value) = value.as_ref().filter(|_| signer.covers(&name)) {
                lines.push(name.as_str().as_bytes(), value.as_bytes());
            }
        }
        lines.sort();
        let headers = lines.end();
        Self { secret_id: signer.credentials.secret_id(), http_string: lines, parameters, headers }
    }

    fn hash(&self) -> Hex {
        sha1_hex(self.http_string.as_slice())
    }

    /// Adds the text of `Authorization`: what [`PARTS`](crate::sign::PARTS) names, in its order.
    pub(super) fn push_authorization(&self, window: &Window, text: &mut Text) {
        let time = window.time();
        text.push(b"q-sign-algorithm=sha1&q-ak=");
        text.push(self.secret_id.as_bytes());
        text.push(b"&q-sign-time=");
        text.push(time);
        text.push(b"&q-key-time=");
        text.push(time);
        text.push(b"&q-header-list=");
        self.list(&self.headers, |part| text.push(part));
        text.push(b"&q-url-param-list=");
        self.list(&self.parameters, |part| text.push(part));
        text.push(b"&q-signature=");
        text.push(&window.key().signature(time, &self.hash()));
    }

    /// Gives the names of a line, joined by `;`, part by part.
    fn list(&self, line: &Range<usize>, mut push: impl FnMut(&[u8])) {
        for (at, pair) in self.http_string.line(line.clone()).enumerate() {
            if at > 0 {
                push(b";");
            }
            push(pair.name);
        }
    }

    /// Every stage as text.
    pub(super) fn trace(&self, window: &Window) -> Trace {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let list = |line| {
            let mut list = Vec::new();
            self.list(line, |part| list.extend_from_slice(part));
            text(&list)
        };
        let hash = self.hash();
        Trace {
            key_time: text(window.time()),
            header_list: list(&self.headers),
            url_param_list: list(&self.parameters),
            http_string: text(self.http_string.as_slice()).into(),
            string_to_sign: text(string_to_sign(window.time(), &hash).as_slice()),
            signature: text(&window.key().signature(window.time(), &hash)),
        }
    }
}
