//! Keys from a command of the user's: `--credential-process`
//!
//! The command is run by the shell and prints one JSON object: `secret_id`, `secret_key`, and where
//! they are temporary `token` and `expires_at`, in RFC 3339 or in Unix seconds. The names that
//! tccli, STS and the metadata service give them are taken too.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use cos_batch::date::parse_timestamp;
use cos_batch::time::OffsetDateTime;
use serde_json::Value;
use zeroize::Zeroizing;

use super::Keys;
use super::source::{Found, Origin};
use crate::failure::{Failure, Kind};

/// How long the command may take; it may ask its user something.
const PATIENCE: Duration = Duration::from_secs(60);

/// The most that is read of what it prints.
const MOST: u64 = 64 * 1024;

const ID: [&str; 3] = ["secret_id", "secretId", "TmpSecretId"];
const KEY: [&str; 3] = ["secret_key", "secretKey", "TmpSecretKey"];
const TOKEN: [&str; 3] = ["token", "Token", "security_token"];
const EXPIRY: [&str; 3] = ["expires_at", "ExpiredTime", "Expiration"];

pub(super) fn keys(command: &str, origin: Origin) -> Result<Found<Keys>, Failure> {
    let output = run(command).map_err(|why| failed(&why))?;
    keys_in(&output, &origin).map(|keys| Found::new(keys, origin))
}

/// The keys that a JSON object holds.
pub(super) fn keys_in(json: &[u8], origin: &Origin) -> Result<Keys, Failure> {
    let json: Value = serde_json::from_slice(json).map_err(|error| {
        failed(&format!("it is no JSON: line {}, column {}", error.line(), error.column()))
    })?;
    // What STS answers stands within other things.
    let inner = json.pointer("/Response/Credentials").or_else(|| json.get("Credentials"));
    let get = |names: [&str; 3]| names.iter().find_map(|name| inner.unwrap_or(&json).get(name));
    let text = |names| match get(names) {
        Some(Value::String(text)) if !text.is_empty() => Ok(Some(text.clone())),
        None | Some(Value::Null | Value::String(_)) => Ok(None),
        Some(_) => Err(failed(&format!("{}: expected a text", names[0]))),
    };
    let pair =
        Keys::pair(text(ID)?, text(KEY)?, text(TOKEN)?, ["secret_id", "secret_key"], origin)?;
    let mut keys = pair.ok_or_else(|| failed("it has no secret_id"))?;
    keys.expires_at = match get(EXPIRY).or_else(|| json.pointer("/Response/ExpiredTime")) {
        None | Some(Value::Null) => None,
        Some(time) => Some(expiry(time).ok_or_else(|| {
            failed("expires_at: expected a time such as 2026-11-22T12:00:00Z, or Unix seconds")
        })?),
    };
    Ok(keys)
}

fn expiry(time: &Value) -> Option<OffsetDateTime> {
    match time {
        Value::String(text) => parse_timestamp(text.as_str().into()).ok(),
        time => OffsetDateTime::from_unix_timestamp(time.as_i64()?).ok(),
    }
}

/// What the command prints. stdin and stderr are ours, so that it can talk to its user.
fn run(command: &str) -> Result<Zeroizing<Vec<u8>>, String> {
    let mut shell = Command::new("sh");
    let shell = shell.args(["-c", command]).stdin(Stdio::inherit()).stdout(Stdio::piped());
    let mut child = shell.spawn().map_err(|error| format!("it does not start: {error}"))?;
    let stdout = child.stdout.take();
    let (sender, receiver) = mpsc::channel();
    // What the command starts may keep the pipe open beyond its end: no one waits for that.
    thread::spawn(move || {
        let mut output = Zeroizing::new(Vec::new());
        let read = stdout.map(|stdout| stdout.take(MOST + 1).read_to_end(&mut output));
        let _ = sender.send(read.transpose().map(|_| output));
    });
    let start = Instant::now();
    let output = receiver.recv_timeout(PATIENCE).map_err(|_| {
        end(&mut child);
        format!("it does not end within {} seconds", PATIENCE.as_secs())
    })?;
    let output = output.map_err(|error| error.to_string())?;
    if u64::try_from(output.len()).is_ok_and(|length| length > MOST) {
        end(&mut child);
        return Err(format!("it prints more than {MOST} bytes"));
    }
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(output),
            Ok(Some(status)) => return Err(format!("it ends with {status}")),
            Ok(None) if start.elapsed() < PATIENCE => thread::sleep(Duration::from_millis(5)),
            Ok(None) => {
                end(&mut child);
                return Err(format!("it does not end within {} seconds", PATIENCE.as_secs()));
            }
            Err(error) => return Err(error.to_string()),
        }
    }
}

fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

fn failed(why: &str) -> Failure {
    Failure::new(Kind::CREDENTIAL_PROCESS, "the credential process gives no keys").fact(why).help(
        "it should print {\"secret_id\": …, \"secret_key\": …, \"token\": …, \"expires_at\": …}",
    )
}
