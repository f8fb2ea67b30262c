//! Errors as people and programs read them: a stable code, facts, one action

use std::fmt::Display;
use std::io::Write;

use cos_batch::http::StatusCode;
use cos_batch::{
    BuildError, Error, NotCos, ReplyError, ServiceError, SignError, XmlError, XmlErrorKind,
    printable,
};
use serde_json::json;

use crate::exit::Exit;
use crate::output::Format;

/// Why a command ended without what it was asked for
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    /// Counts the causes of an exit code: `E0603` is the third of exit code 6.
    number: u8,
    name: &'static str,
    message: String,
    facts: Vec<String>,
    help: String,
}

impl Failure {
    pub(crate) fn new(
        exit: Exit,
        number: u8,
        name: &'static str,
        message: impl Into<String>,
    ) -> Self {
        let (message, help) = (message.into(), String::new());
        Self { exit, number, name, message, facts: Vec::new(), help }
    }

    pub(crate) fn fact(mut self, fact: impl Into<String>) -> Self {
        self.facts.push(fact.into());
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    fn code(&self) -> String {
        format!("E{:02}{:02}", self.exit as u8, self.number)
    }

    /// Says it on stderr: as lines, or as JSON where the output is JSON.
    pub(crate) fn print(&self, format: Option<Format>) {
        let text = if matches!(format, Some(Format::Json | Format::Jsonl)) {
            let error = json!({
                "code": self.code(),
                "name": self.name,
                "exit": self.exit as u8,
                "message": self.message,
                "facts": self.facts,
                "help": self.help,
            });
            format!("{}\n", json!({ "error": error }))
        } else {
            let mut text = format!("error[{} {}]: {}\n", self.code(), self.name, self.message);
            for fact in &self.facts {
                text.push_str(&format!("  {fact}\n"));
            }
            if !self.help.is_empty() {
                text.push_str(&format!("  help: {}\n", self.help));
            }
            text
        };
        // Where nobody listens there is nobody to tell.
        let _ = std::io::stderr().write_all(text.as_bytes());
    }

    /// A call that failed; `cause` is what the transport said of its last loss.
    pub(crate) fn of_call(operation: &str, error: &Error, cause: Option<&dyn Display>) -> Self {
        let failure = match error.root_cause() {
            Error::Build(error) => Self::of_build(operation, error),
            Error::Sign(error) => Self::of_sign(operation, error),
            Error::Lost(lost) => {
                let why =
                    cause.map_or_else(|| lost.to_string(), |cause| format!("{lost}: {cause}"));
                Self::new(
                    Exit::Transport,
                    1,
                    "no-reply",
                    format!("{operation} got no reply: {why}"),
                )
                .help("check the endpoint, the network and the proxy, or give more --timeout")
            }
            Error::Reply(error) => Self::of_reply(operation, error),
            Error::DeadlinePassed { .. } => {
                Self::new(Exit::Transport, 4, "deadline", format!("{operation}: {error}"))
                    .help("give it more time")
            }
            circle @ Error::RepeatedToken { .. } => Self::new(
                Exit::NotUnderstood,
                5,
                "circular-listing",
                format!("{operation}: {circle}"),
            )
            .help("the service's answers contradict each other; report it with the request id"),
            other => Self::new(Exit::NotUnderstood, 6, "no-end", format!("{operation}: {other}"))
                .help("list less at a time"),
        };
        match error {
            Error::OutcomeUnknown { .. } => Self {
                exit: Exit::OutcomeUnknown,
                number: 1,
                name: "outcome-unknown",
                message: format!("{operation} may or may not have happened"),
                facts: vec![failure.message],
                help: failure.help,
            },
            _ => failure,
        }
    }

    /// A reply that is not the answer asked for.
    pub(crate) fn of_reply(operation: &str, error: &ReplyError) -> Self {
        match error {
            ReplyError::Service(refusal) => Self::of_refusal(operation, refusal),
            ReplyError::NotCos(reply) => Self::of_stranger(operation, reply),
            ReplyError::Xml(error) => Self::of_document(operation, error),
            other => {
                Self::new(Exit::NotUnderstood, 7, "unreadable", format!("{operation}: {other}"))
            }
        }
    }

    fn of_build(operation: &str, error: &BuildError) -> Self {
        let message = format!("{operation} cannot be asked for: {error}");
        Self::new(Exit::Usage, 2, "bad-parameter", message)
            .help("nothing was sent; mend it and try again")
    }

    fn of_sign(operation: &str, error: &SignError) -> Self {
        let message = format!("{operation} cannot be signed: {error}");
        match error {
            SignError::Expired { .. } => {
                Self::new(Exit::Identity, 4, "expired-credentials", message)
                    .help("get new temporary credentials; nothing was sent")
            }
            _ => Self::new(Exit::Configuration, 3, "bad-credentials", message)
                .help("check the credentials; nothing was sent"),
        }
    }

    fn of_refusal(operation: &str, refusal: &ServiceError) -> Self {
        use cos_batch::ErrorCode::{NoSuchJob, SignatureDoesNotMatch};
        let (exit, number, name, help) = match &refusal.code {
            _ if refusal.is_clock_skew() => {
                (Exit::Identity, 3, "clock-skew", "set this machine's clock right")
            }
            SignatureDoesNotMatch => (
                Exit::Identity,
                2,
                "signature",
                "check the secret key; where it is right, something on the way changed the request",
            ),
            NoSuchJob => (Exit::NoSuchJob, 1, "no-such-job", "check the id with cosbatch list"),
            code if code.is_credential() || is_identity(refusal.status) => {
                (Exit::Identity, 1, "denied", "check the secret id, its permissions and the APPID")
            }
            _ if refusal.status.is_client_error() => {
                (Exit::Refused, 1, "refused", "mend the request as the message says")
            }
            _ => (Exit::Transport, 2, "service-fault", "try again later"),
        };
        let status = refusal.status.as_u16();
        let code = printable(refusal.code.as_str(), 64);
        let message = format!("COS refused {operation}: {code} (HTTP {status})");
        let mut failure = Self::new(exit, number, name, message).help(help);
        if let Some(message) = &refusal.message {
            failure = failure.fact(format!("message: {}", printable(message, 512)));
        }
        let ids = [("request", &refusal.request_id), ("trace", &refusal.trace_id)];
        let ids: Vec<_> = ids
            .iter()
            .filter_map(|(name, id)| Some(format!("{name} {}", printable(id.as_deref()?, 128))))
            .collect();
        if !ids.is_empty() {
            failure = failure.fact(ids.join("  "));
        }
        failure
    }

    fn of_stranger(operation: &str, reply: &NotCos) -> Self {
        let status = reply.status;
        // A reply without a body says nothing but its status, and that is understood.
        let (exit, number, name) = match status {
            _ if reply.length > 0 || status.is_success() || status.is_redirection() => {
                (Exit::NotUnderstood, 1, "not-cos")
            }
            _ if is_identity(status) => (Exit::Identity, 1, "denied"),
            _ if status.is_client_error() => (Exit::Refused, 1, "refused"),
            _ => (Exit::Transport, 2, "service-fault"),
        };
        let failure = Self::new(exit, number, name, format!("{operation}: {reply}"))
            .help("check the endpoint, and what stands between here and it: a proxy, a login page");
        match &reply.request_id {
            Some(id) => failure.fact(format!("request {}", printable(id, 128))),
            None => failure.fact("it has no x-cos-request-id: it did not come from COS"),
        }
    }

    fn of_document(operation: &str, error: &XmlError) -> Self {
        let (number, name, help) = match error.kind() {
            XmlErrorKind::Truncated => {
                (2, "cut-off", "what came is not the whole answer, and was not used; try again")
            }
            XmlErrorKind::TooLarge { .. } => (4, "too-large", "ask for less, with --page-size"),
            _ => (3, "malformed", "save the reply and read it with cosbatch decode"),
        };
        let message = format!("the reply to {operation} is not understood: {error}");
        Self::new(Exit::NotUnderstood, number, name, message).help(help)
    }
}

fn is_identity(status: StatusCode) -> bool {
    matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
}
