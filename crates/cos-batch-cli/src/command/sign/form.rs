//! The forms of a signed request

use std::io::{self, Write};

use clap::ValueEnum;
use cos_batch::http::{HeaderMap, HeaderValue, Request, header};
use cos_batch::sign::TOKEN_HEADER;
use cos_batch::time::OffsetDateTime;
use cos_batch::{SignError, Signer};
use serde::Serialize;

use crate::failure::Failure;
use crate::output::{self, Document, Options, no_such_form};

/// What is printed of a signed request
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Form {
    /// A command for curl
    Curl,
    /// The request as it goes over the wire
    Http,
    /// The URL, with the signature in it
    Url,
    /// Each stage of the signature; the token of temporary credentials is masked
    Trace,
}

/// Each stage of a signature
#[derive(Serialize)]
struct Stages {
    method: String,
    url: String,
    key_time: String,
    header_list: String,
    url_param_list: String,
    /// The token in it is masked.
    http_string: String,
    string_to_sign: String,
    signature: String,
}

impl Form {
    /// A command, a request and a URL are what they are; only a trace has forms of its own.
    pub(super) fn refuse_others(self, options: &Options) -> Result<(), Failure> {
        match (self, options.format) {
            (Self::Trace, _) | (_, None) => Ok(()),
            (_, Some(format)) => Err(no_such_form(format, "a signed request", "with --as trace")),
        }
    }

    pub(super) fn print(
        self,
        signer: &Signer,
        mut request: Request<Vec<u8>>,
        now: OffsetDateTime,
        options: &Options,
    ) -> Result<Result<(), SignError>, Failure> {
        let text = match self {
            Self::Trace => {
                let stages = stages(signer, &request, now);
                return Document::new("a trace", &stages).print(options.format()).map(|_| Ok(()));
            }
            Self::Url => match signer.presign(&request, now) {
                Ok(url) => format!("{url}\n").into_bytes(),
                Err(error) => return Ok(Err(error)),
            },
            Self::Curl | Self::Http => {
                if let Err(error) = signer.sign(&mut request, now) {
                    return Ok(Err(error));
                }
                if matches!(self, Self::Curl) {
                    curl(&request).into_bytes()
                } else {
                    http(&request)
                }
            }
        };
        let mut out = io::stdout().lock();
        output::written(out.write_all(&text).and_then(|()| out.flush())).map(|_| Ok(()))
    }
}

fn stages(signer: &Signer, request: &Request<Vec<u8>>, now: OffsetDateTime) -> Stages {
    let trace = signer.trace(request, now);
    Stages {
        method: request.method().to_string(),
        url: request.uri().to_string(),
        key_time: trace.key_time,
        header_list: trace.header_list,
        url_param_list: trace.url_param_list,
        http_string: masked(trace.http_string.as_str()),
        string_to_sign: trace.string_to_sign,
        signature: trace.signature,
    }
}

/// What is signed, without the token in it: it is a credential, and what is signed of it is its
/// encoded text.
fn masked(http_string: &str) -> String {
    let parts = http_string.split_inclusive(['&', '\n']).map(|part| {
        let token = part.strip_prefix(TOKEN_HEADER).and_then(|rest| rest.strip_prefix('='));
        match token {
            Some(value) => format!("{TOKEN_HEADER}=…{}", value.trim_start_matches(is_encoded)),
            None => part.to_owned(),
        }
    });
    parts.collect()
}

/// Is it a character of an encoded text, and not what ends it?
fn is_encoded(c: char) -> bool {
    !matches!(c, '&' | '\n')
}

/// A command for a POSIX shell. curl makes `Host` of the URL, and the length of what there is.
fn curl(request: &Request<Vec<u8>>) -> String {
    let mut words = vec!["curl -sS".to_owned()];
    if request.method() != "GET" {
        words.push(format!("-X {}", request.method()));
    }
    let body = request.body();
    for (name, value) in texts(request.headers()) {
        let made = name == header::HOST || (name == header::CONTENT_LENGTH && !body.is_empty());
        if !made {
            words.push(format!("-H {}", quoted(&format!("{name}: {value}"))));
        }
    }
    if !body.is_empty() {
        words.push(format!("--data-binary {}", quoted(&String::from_utf8_lossy(body))));
    }
    words.push(quoted(&request.uri().to_string()));
    words.join(" \\\n  ") + "\n"
}

/// A word of a POSIX shell: nothing within single quotes means anything.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn http(request: &Request<Vec<u8>>) -> Vec<u8> {
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    let mut text = format!("{} {target} HTTP/1.1\r\n", request.method());
    for (name, value) in texts(request.headers()) {
        text += &format!("{name}: {value}\r\n");
    }
    text += "connection: close\r\n\r\n";
    [text.as_bytes(), request.body()].concat()
}

/// Headers in an order that stays.
fn texts(headers: &HeaderMap<HeaderValue>) -> Vec<(header::HeaderName, String)> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let mut texts: Vec<_> =
        headers.iter().map(|(name, value)| (name.clone(), text(value))).collect();
    texts.sort_by(|(one, _), (other, _)| one.as_str().cmp(other.as_str()));
    texts
}
