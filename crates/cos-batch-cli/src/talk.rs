//! What is said on stderr: failures, warnings, notes

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use cos_batch::printable;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::json;
use crate::pager;

/// How to talk: in lines for people, or in JSON, an object a line
#[derive(Clone, Copy, Debug)]
pub(crate) struct Talk {
    pub(crate) json: bool,
    pub(crate) color: bool,
    pub(crate) detail: Detail,
}

/// How much is said
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Detail {
    /// Only failures.
    Failures,
    /// What is odd, and what people want to know.
    Notes,
    /// Each request, its answer and each rest too.
    Steps,
    /// All of it: who asks, the time left, how each call ends.
    All,
}

/// Something that is odd and no failure; `W0101` is the code of the first
#[derive(Clone, Copy, Debug)]
pub(crate) struct Warning {
    code: &'static str,
    name: &'static str,
}

impl Warning {
    pub(crate) const ODD_JOB: Self = Self { code: "W0101", name: "odd-job" };
    pub(crate) const NO_PAGER: Self = Self { code: "W0201", name: "no-pager" };
    pub(crate) const READABLE: Self = Self { code: "W0301", name: "readable-by-others" };
    pub(crate) const NOT_ENCRYPTED: Self = Self { code: "W0302", name: "not-encrypted" };
    pub(crate) const PROFILE_PASSED_OVER: Self =
        Self { code: "W0303", name: "profile-passed-over" };
    pub(crate) const LIVE_CREDENTIAL: Self = Self { code: "W0601", name: "live-credential" };
}

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();

impl Talk {
    /// Says nothing but failures.
    pub(crate) fn quietly(self) -> Self {
        Self { detail: Detail::Failures, ..self }
    }

    /// Why the command failed.
    pub(crate) fn failure(self, failure: &Failure) {
        if self.json {
            return self.object(json!({ "error": failure.json() }));
        }
        let kind = failure.kind();
        let tag = self.tag(ERROR, "error", &kind.code(), kind.name);
        self.write(&format!("{tag}: {}\n", shown(failure.message())));
        for line in failure.details() {
            self.write(&format!("  {}\n", shown(&line)));
        }
    }

    /// What is odd, and what to do about it.
    pub(crate) fn warning(self, warning: Warning, message: &str, help: &str) {
        if self.detail < Detail::Notes {
            return;
        }
        let Warning { code, name } = warning;
        if self.json {
            let warning = json!({ "code": code, "name": name, "message": message, "help": help });
            return self.object(json!({ "warning": warning }));
        }
        let tag = self.tag(WARNING, "warning", code, name);
        self.write(&format!("{tag}: {}\n  help: {}\n", shown(message), shown(help)));
    }

    /// What people want to know and programs read elsewhere.
    pub(crate) fn note(self, note: &str) {
        if self.detail >= Detail::Notes {
            self.line(note, || json!({ "note": note }));
        }
    }

    /// What is told of a call while it is made, where that much is asked for.
    pub(crate) fn step(self, detail: Detail, step: &str, json: impl FnOnce() -> Value) {
        if self.detail >= detail {
            self.line(step, || json!({ "step": json() }));
        }
    }

    fn line(self, text: &str, json: impl FnOnce() -> Value) {
        match self.json {
            true => self.object(json()),
            false => self.write(&format!("{}\n", shown(text))),
        }
    }

    fn tag(self, style: Style, word: &str, code: &str, name: &str) -> String {
        match self.color {
            true => format!("{style}{word}[{code} {name}]{style:#}"),
            false => format!("{word}[{code} {name}]"),
        }
    }

    fn object(self, object: Value) {
        self.write(&(json::safe(&object.to_string()) + "\n"));
    }

    fn write(self, text: &str) {
        if !pager::takes(text) {
            // Where nobody listens there is nobody to tell.
            let _ = io::stderr().write_all(text.as_bytes());
        }
    }
}

/// Whatever a text came from, it steers no terminal.
fn shown(text: &str) -> String {
    printable(text, usize::MAX)
}
