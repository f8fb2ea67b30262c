//! Errors as people and programs read them: a stable code, facts, one action

mod causes;

use std::io::Write;

use cos_batch::printable;
use serde_json::json;

use crate::exit::Exit;
use crate::format::Format;
use crate::json;

/// Why a command ended without what it was asked for
#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    /// Counts the causes of an exit code: `E0603` is the third of exit code 6.
    number: u8,
    name: &'static str,
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
    pub(crate) fn new(
        exit: Exit,
        number: u8,
        name: &'static str,
        message: impl Into<String>,
    ) -> Self {
        let (message, help, call) = (message.into(), String::new(), Box::default());
        Self { exit, number, name, message, facts: Vec::new(), help, call }
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
        self.exit
    }

    /// Says it on stderr: as lines, or as JSON where the output is JSON.
    pub(crate) fn print(&self, format: Option<Format>) {
        let text = match format {
            Some(Format::Json | Format::Jsonl) => self.json(),
            _ => self.lines(),
        };
        // Where nobody listens there is nobody to tell.
        let _ = std::io::stderr().write_all(text.as_bytes());
    }

    fn code(&self) -> String {
        format!("E{:02}{:02}", self.exit as u8, self.number)
    }

    fn lines(&self) -> String {
        let mut lines = vec![format!("error[{} {}]: {}", self.code(), self.name, self.message)];
        let call = self.call.line();
        let facts = self.facts.iter().chain(call.as_ref());
        lines.extend(facts.map(|fact| format!("  {fact}")));
        if !self.help.is_empty() {
            lines.push(format!("  help: {}", self.help));
        }
        // Whatever a text came from, it steers no terminal.
        lines.iter().map(|line| printable(line, usize::MAX) + "\n").collect()
    }

    fn json(&self) -> String {
        let error = json!({
            "code": self.code(),
            "name": self.name,
            "exit": self.exit as u8,
            "message": self.message,
            "facts": self.facts,
            "help": self.help,
            "operation": self.call.operation,
            "request_id": self.call.request_id,
            "trace_id": self.call.trace_id,
            "host": self.call.host,
            "attempts": self.call.attempts.map(|(made, _)| made),
            "attempts_allowed": self.call.attempts.map(|(_, allowed)| allowed),
        });
        json::safe(&json!({ "error": error }).to_string()) + "\n"
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
