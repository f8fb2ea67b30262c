//! Errors as people and programs read them: a stable code, facts, one action

mod causes;
mod kind;

use serde_json::{Value, json};

pub(crate) use self::kind::Kind;
use crate::exit::Exit;

/// Why a command ended without what it was asked for
#[derive(Debug)]
pub(crate) struct Failure {
    kind: Kind,
    message: String,
    facts: Vec<String>,
    help: String,
    /// In a box: a result that holds a failure stays small.
    call: Box<Call>,
}

/// What is known of the call that failed, if it was one
#[derive(Debug, Default)]
struct Call {
    operation: Option<&'static str>,
    request_id: Option<String>,
    trace_id: Option<String>,
    host: Option<String>,
    /// The attempts that were made, and those that were allowed.
    attempts: Option<(u32, u32)>,
}

impl Failure {
    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Self {
        let (message, help, call) = (message.into(), String::new(), Box::default());
        Self { kind, message, facts: Vec::new(), help, call }
    }

    pub(crate) fn fact(mut self, fact: impl Into<String>) -> Self {
        self.facts.push(fact.into());
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// Where the call went, and how often it was tried.
    pub(crate) fn sent(mut self, host: impl Into<String>, attempts: u32, of: u32) -> Self {
        self.call.host = Some(host.into());
        self.call.attempts = Some((attempts, of));
        self
    }

    pub(crate) fn exit(&self) -> Exit {
        self.kind.exit
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// What follows the message: facts, the call, the one action.
    pub(crate) fn details(&self) -> Vec<String> {
        let help = Some(&self.help).filter(|help| !help.is_empty());
        let help = help.map(|help| format!("help: {help}"));
        self.facts.iter().cloned().chain(self.call.line()).chain(help).collect()
    }

    pub(crate) fn json(&self) -> Value {
        json!({
            "code": self.kind.code(),
            "name": self.kind.name,
            "exit": self.kind.exit as u8,
            "message": self.message,
            "facts": self.facts,
            "help": self.help,
            "operation": self.call.operation,
            "request_id": self.call.request_id,
            "trace_id": self.call.trace_id,
            "host": self.call.host,
            "attempts": self.call.attempts.map(|(made, _)| made),
            "attempts_allowed": self.call.attempts.map(|(_, allowed)| allowed),
        })
    }
}

impl Call {
    /// `request NWRm…  trace OGVm…  host 127.0.0.1:9000  attempt 3 of 3`
    fn line(&self) -> Option<String> {
        let attempt = self.attempts.map(|(made, allowed)| format!("{made} of {allowed}"));
        let parts = [
            ("request", self.request_id.as_ref()),
            ("trace", self.trace_id.as_ref()),
            ("host", self.host.as_ref()),
            ("attempt", attempt.as_ref()),
        ];
        let known = parts.iter().filter_map(|(name, part)| Some(format!("{name} {}", (*part)?)));
        Some(known.collect::<Vec<_>>().join("  ")).filter(|line| !line.is_empty())
    }
}
