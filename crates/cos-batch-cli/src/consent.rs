//! Whether to do what cannot be undone: a terminal is asked, a pipe must say so beforehand

use std::io::{self, IsTerminal, Write};

use cos_batch::JobId;

use crate::failure::{Failure, Kind};

/// How many jobs are named in the question.
const NAMED: usize = 10;

/// Asks whether to do something to jobs.
pub(crate) fn given(what: &str, ids: &[JobId<'_>]) -> Result<bool, Failure> {
    let mut lines: Vec<_> = ids.iter().take(NAMED).map(|id| format!("  {id}\n")).collect();
    if ids.len() > NAMED {
        lines.push(format!("  and {} more\n", ids.len() - NAMED));
    }
    let jobs = if ids.len() == 1 { "this job" } else { "these jobs" };
    asked(&format!("{}{what} {jobs}? [y/N] ", lines.concat()))
}

/// Asks a question that is to be answered with y or n.
pub(crate) fn asked(question: &str) -> Result<bool, Failure> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(Failure::new(Kind::NOT_CONFIRMED, "nobody can be asked whether to do it")
            .fact("nothing was done")
            .help("say --yes"));
    }
    let mut answer = String::new();
    let asked = io::stderr()
        .write_all(question.as_bytes())
        .and_then(|()| io::stdin().read_line(&mut answer));
    Ok(asked.is_ok() && matches!(answer.trim(), "y" | "Y" | "yes"))
}
