//! From a request to its signature

use http::Request;
use http::header::HOST;

use super::key::Window;
use super::{Added, Signer, Trace};
use crate::sign::canonical::{Pairs, Text, http_string};
use crate::sign::digest::{Hex, sha1_hex, string_to_sign};
use crate::sign::{PARTS, TOKEN_HEADER};

/// What of a request is signed, from which all stages follow
pub(super) struct Stages<'a> {
    secret_id: &'a str,
    method: &'a str,
    path: &'a str,
    parameters: Pairs,
    headers: Pairs,
}

impl<'a> Stages<'a> {
    /// `query` is the request's own, or what it becomes.
    pub(super) fn new<B>(
        signer: &'a Signer,
        request: &'a Request<B>,
        query: &str,
        added: &Added,
    ) -> Self {
        let mut stages = Self {
            secret_id: signer.credentials.secret_id(),
            method: request.method().as_str(),
            path: request.uri().path(),
            parameters: Pairs::new(),
            headers: Pairs::new(),
        };
        stages.parameters.push_query(query);
        stages.parameters.sort();
        let replaced = |name: &str| name == TOKEN_HEADER && added.token.is_some();
        let headers = &mut stages.headers;
        headers.push_headers(request.headers(), |name| signer.covers(name) && !replaced(name));
        for (name, value) in [(HOST.as_str(), &added.host), (TOKEN_HEADER, &added.token)] {
            if let Some(value) = value.as_ref().filter(|_| signer.covers(name)) {
                headers.push(name.as_bytes(), value.as_bytes());
            }
        }
        headers.sort();
        stages
    }

    fn http_string(&self) -> Text {
        http_string(self.method, self.path, &self.parameters, &self.headers)
    }

    fn hash(&self) -> Hex {
        sha1_hex(self.http_string().as_slice())
    }

    /// Each of the [`PARTS`], in the order of the docs.
    pub(super) fn with_parts<T>(
        &self,
        window: &Window,
        read: impl FnOnce([(&'static str, &[u8]); 7]) -> T,
    ) -> T {
        let (header_list, url_param_list) = (self.headers.list(), self.parameters.list());
        let signature = window.key().signature(window.time(), &self.hash());
        let mut values = [
            b"sha1",
            self.secret_id.as_bytes(),
            window.time(),
            window.time(),
            header_list.as_slice(),
            url_param_list.as_slice(),
            &signature,
        ]
        .into_iter();
        read(PARTS.map(|name| (name, values.next().unwrap_or_default())))
    }

    /// The text of `Authorization`, in one allocation.
    pub(super) fn authorization(&self, window: &Window) -> Vec<u8> {
        self.with_parts(window, |parts| {
            let mut between: &[u8] = b"";
            let parts = parts.map(|(name, value)| {
                [std::mem::replace(&mut between, b"&"), name.as_bytes(), b"=", value]
            });
            parts.as_flattened().concat()
        })
    }

    /// Every stage as text.
    pub(super) fn trace(&self, window: &Window) -> Trace {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let hash = self.hash();
        Trace {
            key_time: text(window.time()),
            header_list: text(self.headers.list().as_slice()),
            url_param_list: text(self.parameters.list().as_slice()),
            http_string: text(self.http_string().as_slice()).into(),
            string_to_sign: text(&string_to_sign(window.time(), &hash).concat()),
            signature: text(&window.key().signature(window.time(), &hash)),
        }
    }
}
