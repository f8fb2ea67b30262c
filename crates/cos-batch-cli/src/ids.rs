//! The jobs that are named: on the command line, or on stdin

use std::io::{BufRead, BufReader, Read};

use cos_batch::{JobId, printable};
use serde_json::Value;

use crate::failure::{Failure, Kind};
use crate::input;

/// How long a line of ids may be. One of a listing in JSON has some hundred bytes.
const LINE: u64 = 64 * 1024;

/// The ids, each once, in their order; `-` stands for those on stdin: one a line, or an object a
/// line whose `job_id` it is.
pub(crate) fn named(ids: &[String]) -> Result<Vec<JobId<'static>>, Failure> {
    let mut named = Vec::new();
    for id in ids {
        match id.as_str() {
            "-" => read(BufReader::new(input::open(None)?), &mut named)?,
            id => named.push(parsed(id, None)?),
        }
    }
    let mut seen = std::collections::HashSet::new();
    named.retain(|id| seen.insert(id.clone()));
    if named.is_empty() {
        return Err(Failure::new(Kind::NO_IDS, "no job is named")
            .help("name jobs by their ids, or give - and their ids on stdin"));
    }
    Ok(named)
}

fn read(mut from: impl BufRead, ids: &mut Vec<JobId<'static>>) -> Result<(), Failure> {
    for number in 1.. {
        let mut line = Vec::new();
        let length = from.by_ref().take(LINE).read_until(b'\n', &mut line);
        let length = length.map_err(|error| input::unreadable(None, &error))?;
        if length == 0 {
            break;
        }
        let line = String::from_utf8_lossy(&line);
        match line.trim() {
            "" => {}
            object if object.starts_with('{') => {
                let object: Option<Value> = serde_json::from_str(object).ok();
                let id = object.as_ref().and_then(|object| object.get("job_id")?.as_str());
                let id = id.ok_or_else(|| bad_id("an object without a job_id", Some(number)))?;
                ids.push(parsed(id, Some(number))?);
            }
            id => ids.push(parsed(id, Some(number))?),
        }
    }
    Ok(())
}

fn parsed(id: &str, line: Option<u64>) -> Result<JobId<'static>, Failure> {
    id.parse().map_err(|_| bad_id(&format!("\"{}\" is no job id", printable(id, 64)), line))
}

fn bad_id(what: &str, line: Option<u64>) -> Failure {
    let place = line.map_or_else(String::new, |line| format!("stdin:{line}: "));
    Failure::new(Kind::BAD_ID, format!("{place}{what}"))
        .fact("an id has 1 to 64 bytes of A-Z a-z 0-9 _ -")
        .help("nothing was done; mend it and try again")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(text: &str) -> Result<Vec<String>, String> {
        let mut ids = Vec::new();
        read(text.as_bytes(), &mut ids).map_err(|failure| failure.message().to_owned())?;
        Ok(ids.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn ids_are_lines_or_in_objects() {
        let text = "a-1\r\n\n  b_2 \n{\"job_id\":\"c3\",\"status\":\"Active\"}\nd4";
        assert_eq!(ids(text), Ok(["a-1", "b_2", "c3", "d4"].map(str::to_owned).to_vec()));
        assert_eq!(ids(""), Ok(Vec::new()));
    }

    #[test]
    fn a_line_that_is_none_is_named() {
        for (text, message) in [
            ("a\nb c\n", "stdin:2: \"b c\" is no job id"),
            ("a\n\n../b", "stdin:3: \"../b\" is no job id"),
            ("{\"id\":\"a\"}", "stdin:1: an object without a job_id"),
            ("{\"job_id\":1}", "stdin:1: an object without a job_id"),
            ("{\"job_id\":", "stdin:1: an object without a job_id"),
            ("{\"job_id\":\"a/b\"}", "stdin:1: \"a/b\" is no job id"),
            ("\u{1b}[31m", "stdin:1: \"\\u{1b}[31m\" is no job id"),
        ] {
            assert_eq!(ids(text).as_ref().map_err(String::as_str), Err(message));
        }
        assert!(ids(&"a".repeat(1_000_000)).is_err());
    }
}
