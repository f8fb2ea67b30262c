//! `cosbatch explain`: why a signature was refused

mod claims;
mod message;

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use cos_batch::http::{Response, StatusCode};
use cos_batch::sign::{Cause, Part};
use cos_batch::{
    Credentials, Explanation, Limits, ListJobs, Operation, ReplyError, ServiceError, Signer,
    explain,
};
use serde::Serialize;

use self::claims::Claims;
use crate::arguments::Global;
use crate::config::Config;
use crate::exit::Exit;
use crate::failure::{Failure, Kind};
use crate::input;
use crate::output::{self, Document, Format};

/// The largest message.
const MOST: usize = 1024 * 1024;

#[derive(Args, Debug)]
pub(crate) struct Explain {
    /// The request that was refused, as it went over the wire: its head is enough
    #[arg(long, value_name = "FILE")]
    request: PathBuf,

    /// The refusal, with its head or only its XML
    #[arg(long, value_name = "FILE")]
    response: PathBuf,

    /// The status of the refusal, where its head is not there
    #[arg(long, value_name = "N", default_value = "403")]
    status: StatusCode,
}

/// Why a signature was refused
#[derive(Serialize)]
struct Explained {
    /// The refusal's code.
    code: String,
    /// The likely cause, in words.
    cause: String,
    /// Whether the keys that are configured make the signature of the request; absent where they
    /// are not those of its secret id.
    signed_with_these_keys: Option<bool>,
    differences: Vec<Parted>,
}

/// A part of the request that the two sides see differently
#[derive(Serialize)]
struct Parted {
    part: String,
    ours: Option<String>,
    theirs: Option<String>,
    cause: String,
}

pub(crate) fn run(arguments: &Explain, global: &Global) -> Result<Exit, Failure> {
    let request = input::read(Some(&arguments.request), MOST)?;
    let request = message::request(&request).map_err(|why| bad(&arguments.request, why))?;
    let claims = Claims::of(&request).map_err(|why| bad(&arguments.request, why))?;
    let response = input::read(Some(&arguments.response), MOST)?;
    let response = message::response(&response, arguments.status)
        .map_err(|why| bad(&arguments.response, &why))?;
    let refusal = refusal(&response)?;

    let keys = own_keys(&claims, global)?;
    let is_ours = keys.is_some();
    let credentials = match keys {
        Some(keys) => keys,
        // All stages but the last need no key.
        None => Credentials::new(claims.secret_id.as_str(), "unknown")
            .map_err(|error| bad(&arguments.request, &error.to_string()))?,
    };
    let signer = Signer::new(credentials).window(Duration::ZERO, claims.length());
    let signer = signer.headers(&claims.headers);
    let trace = signer.trace(&claims.signed(&request), claims.now());
    let explanation = explain(&trace, &refusal);
    let signed_with_these_keys = is_ours.then(|| trace.signature == claims.signature);

    let found = explanation.cause != Cause::Unknown || signed_with_these_keys == Some(false);
    match global.output.format() {
        Format::Table | Format::Tsv => {
            let text = in_words(&explanation, &refusal, signed_with_these_keys);
            output::text(&text)?;
        }
        format => {
            let explained = explained(&explanation, &refusal, signed_with_these_keys);
            Document::new("an explanation", &explained).print(format)?;
        }
    }
    Ok(if found { Exit::Good } else { Exit::Bad })
}

/// The configured keys, where the request says that it was signed with them.
fn own_keys(claims: &Claims, global: &Global) -> Result<Option<Credentials>, Failure> {
    let config = Config::new(&global.target, global.output.talk());
    match config.keys_if_any()? {
        Some(keys) if keys.value.secret_id == claims.secret_id => {
            // The token is the request's own.
            Credentials::new(keys.value.secret_id, keys.value.secret_key.reveal())
                .map(Some)
                .or(Ok(None))
        }
        _ => Ok(None),
    }
}

fn refusal(response: &Response<&[u8]>) -> Result<ServiceError, Failure> {
    // The root decides: a refusal is the same for every call.
    match ListJobs::decode_response(response, &Limits::default()) {
        Err(ReplyError::Service(refusal)) => Ok(*refusal),
        Err(ReplyError::Xml(error)) if response.status().is_success() => {
            Err(not_refused(&error.to_string()))
        }
        Err(error) => Err(Failure::of_reply("the call", &error)),
        Ok(_) => Err(not_refused("it is a listing")),
    }
}

fn not_refused(why: &str) -> Failure {
    Failure::new(Kind::NOT_REFUSED, "the response is no refusal")
        .fact(why)
        .help("give the response whose body begins with <Error>")
}

fn in_words(
    explanation: &Explanation,
    refusal: &ServiceError,
    signed_with_these_keys: Option<bool>,
) -> String {
    let mut text = format!("{}: {explanation}\n", refusal.code);
    match signed_with_these_keys {
        Some(true) => text += "the request was signed with the keys that are configured here\n",
        Some(false) => {
            text += "the keys that are configured here make another signature: the request was \
                     signed with another secret key, or changed since\n";
        }
        None => {}
    }
    text
}

fn explained(
    explanation: &Explanation,
    refusal: &ServiceError,
    signed_with_these_keys: Option<bool>,
) -> Explained {
    let text = |text: &Option<Box<str>>| text.as_deref().map(str::to_owned);
    let part = |part: &Part| part.to_string();
    let differences = explanation.differences.iter().map(|it| Parted {
        part: part(&it.part),
        ours: text(&it.ours),
        theirs: text(&it.theirs),
        cause: it.cause.to_string(),
    });
    Explained {
        code: refusal.code.as_str().to_owned(),
        cause: explanation.cause.to_string(),
        signed_with_these_keys,
        differences: differences.collect(),
    }
}

fn bad(file: &Path, why: &str) -> Failure {
    Failure::new(Kind::BAD_DOCUMENT, format!("{} is not understood", file.display()))
        .fact(why)
        .help("save it as it went over the wire; cosbatch sign --as http shows one")
}
