//! What was decided in the turn that runs
//!
//! Each task's outcome stands here before the task is done. When a turn runs again, what stands
//! here is not decided again: only the last task may not have been done, so it alone is done
//! again. Without this a task could see the work of those behind it.
//!
//! A turn that begins behind all that stands here begins the journal anew. So a turn can be asked
//! for again until the one behind it has been asked for.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Seek as _, SeekFrom, Write as _};

use serde::{Deserialize, Serialize};

use super::folder::{FileError, Folder, step};
use super::task::TaskError;

/// Its file's name.
const NAME: &str = "turn.jsonl";

/// What came of a task: the status it was answered with, or why it failed.
pub(super) type Answer = Result<u16, TaskError>;

#[derive(Debug)]
pub(super) struct Journal {
    file: File,
    /// The answers of the tasks that were decided before, by their number.
    decided: HashMap<u64, Answer>,
    last: u64,
}

#[derive(Deserialize, Serialize)]
struct Line<A> {
    task: u64,
    answer: A,
}

/// What a journal knows of a task
pub(super) enum Known {
    Nothing,
    /// It was decided and done.
    Done(Answer),
    /// It was decided, and may or may not have been done.
    Decided(u16),
}

impl Journal {
    pub(super) fn open(folder: &Folder, executed: u64) -> Result<Self, FileError> {
        let mut file = folder.edit(NAME)?;
        let mut journal = Self { file: file.try_clone()?, decided: HashMap::new(), last: 0 };
        let mut lines = BufReader::new(&mut file);
        let mut good = 0;
        let mut line = Vec::new();
        // Behind the first line that is cut nothing was written.
        while let (1.., Some(b'\n')) = (lines.read_until(b'\n', &mut line)?, line.last()) {
            let Ok(Line::<Answer> { task, answer }) = serde_json::from_slice(&line) else { break };
            good += line.len() as u64;
            if task > executed {
                journal.decided.insert(task, answer);
            }
            journal.last = task;
            line.clear();
        }
        if journal.decided.is_empty() {
            good = 0;
        }
        step();
        journal.file.set_len(good)?;
        journal.file.seek(SeekFrom::Start(good))?;
        Ok(journal)
    }

    /// Removes it.
    pub(super) fn clear(folder: &Folder) -> Result<(), FileError> {
        folder.remove(NAME)
    }

    /// What is known of a task, which is forgotten here.
    pub(super) fn take(&mut self, task: u64) -> Known {
        match self.decided.remove(&task) {
            None => Known::Nothing,
            Some(Ok(status)) if task == self.last => Known::Decided(status),
            Some(answer) => Known::Done(answer),
        }
    }

    /// Writes a task's answer down, in place of the one that stands there.
    pub(super) fn write(&mut self, task: u64, answer: &Answer) -> io::Result<()> {
        let mut text = serde_json::to_vec(&Line { task, answer })?;
        text.push(b'\n');
        append(&mut self.file, &text)
    }
}

/// Writes at the end of a file.
pub(super) fn append(file: &mut File, bytes: &[u8]) -> io::Result<()> {
    #[cfg(test)]
    super::tests::fuse::tear(file, bytes);
    file.write_all(bytes)
}
