//! Sessions that are written down: replayed in a shell, and compared with what they say
//!
//! A file of `tests/sessions` is what a terminal would show. A line after `$ ` is typed, as are those
//! after `> ` that follow it; the others are what comes of it on stdout and stderr; `? 9` after them
//! is an exit code that is not 0. `[..]` stands for anything in a line, `...` alone for any lines.
//! What stands before the first command says what the session is about.
//!
//! `SESSIONS=write cargo test -p cos-batch-cli sessions` writes what came instead of what did not
//! come; look at it before it is committed.

use std::fs;
use std::iter;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::support::{end_within, reader};

/// How long a session may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// The made-up secrets that sessions have.
const SECRETS: [&str; 3] = ["local-secret", "a-secret", "made-up"];

/// What the shell writes after each command, before its exit code.
const MARK: char = '\u{1}';

/// A session as it is written down
pub(crate) struct Session {
    file: PathBuf,
    about: String,
    pub(crate) steps: Vec<Step>,
}

/// A command and what comes of it
pub(crate) struct Step {
    /// What is typed, its lines joined.
    pub(crate) typed: String,
    /// What is shown, and the exit code where it is not 0.
    shown: Vec<String>,
}

impl Step {
    /// The exit code that it is to have.
    pub(crate) fn code(&self) -> u8 {
        let code = self.shown.last().and_then(|line| line.strip_prefix("? "));
        code.map_or(0, |code| code.parse().expect("an exit code"))
    }

    fn lines(&self) -> String {
        let typed = self.typed.replace('\n', "\n> ");
        let lines = iter::once(format!("$ {typed}")).chain(self.shown.iter().cloned());
        lines.map(|line| line + "\n").collect()
    }
}

/// All of them.
pub(crate) fn all() -> Vec<Session> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sessions");
    let files = fs::read_dir(folder).expect("the sessions");
    let mut files: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    files.sort();
    files.into_iter().map(Session::read).collect()
}

impl Session {
    fn read(file: PathBuf) -> Self {
        let text = fs::read_to_string(&file).expect("a session");
        let (mut about, mut steps) = (String::new(), Vec::<Step>::new());
        for line in text.lines() {
            match (line.strip_prefix("$ "), line.strip_prefix("> "), steps.last_mut()) {
                (Some(typed), ..) => steps.push(Step { typed: typed.to_owned(), shown: vec![] }),
                (None, _, None) => about += &format!("{line}\n"),
                (None, Some(typed), Some(step)) if step.shown.is_empty() => {
                    step.typed += &format!("\n{typed}");
                }
                (None, _, Some(step)) => step.shown.push(line.to_owned()),
            }
        }
        Self { file, about, steps }
    }

    pub(crate) fn name(&self) -> &str {
        self.file.file_stem().and_then(|name| name.to_str()).expect("a name")
    }

    /// Types it, and gives what came otherwise than it says.
    pub(crate) fn replay(self) -> Result<(), String> {
        let shown = self.run();
        let mut differences = String::new();
        let mut seen = self.about.clone();
        for (nth, step) in self.steps.iter().enumerate() {
            let shown = shown.get(nth).cloned().unwrap_or_default();
            if matches(&step.shown, &shown) {
                seen += &step.lines();
            } else {
                // A line that is like a written one stays as it is written.
                let like = |line: String| step.shown.iter().find(|it| is_like(it, &line)).cloned();
                let shown = shown.into_iter().map(|it| like(it.clone()).unwrap_or(it)).collect();
                let came = Step { typed: step.typed.clone(), shown }.lines();
                differences +=
                    &format!("{}: it says\n{}but it came\n{came}\n", self.name(), step.lines());
                seen += &came;
            }
        }
        if std::env::var("SESSIONS").is_ok_and(|it| it == "write") {
            fs::write(&self.file, seen).expect("it is written");
        }
        if differences.is_empty() { Ok(()) } else { Err(differences) }
    }

    /// Types it into a shell, in a folder of its own, and gives what is shown after each command.
    fn run(&self) -> Vec<Vec<String>> {
        let folder = tempfile::tempdir().expect("a folder");
        let script = tempfile::NamedTempFile::new().expect("a file");
        fs::write(script.path(), self.script()).expect("it is written");
        let tools = Path::new(env!("CARGO_BIN_EXE_cosbatch")).parent().expect("a folder");
        let child = Command::new("sh")
            .arg(script.path())
            .current_dir(folder.path())
            .env_clear()
            .env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", tools.display()))
            .env("HOME", ".")
            .env("COLUMNS", "100")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .process_group(0)
            .spawn();
        let mut shell = Shell(child.expect("a shell"));
        let stdout = reader(shell.0.stdout.take().expect("a pipe"));
        end_within(&mut shell.0, PATIENCE);
        drop(shell);
        let stdout = stdout.join().expect("the reader ends");
        let steers = |c: char| c.is_control() && !matches!(c, '\n' | '\t' | MARK);
        assert!(!stdout.contains(steers), "{}: a control character: {stdout:?}", self.name());
        let shown = SECRETS.iter().find(|secret| stdout.contains(*secret));
        assert_eq!(shown, None, "{}: a secret is shown: {stdout}", self.name());
        steps(&stdout)
    }

    /// The commands, and a mark with the exit code after each, which the next one sees too.
    fn script(&self) -> String {
        let steps = self.steps.iter().map(|step| {
            format!("(exit $status)\n{}\nstatus=$?\nprintf '\\001%s\\n' $status\n", step.typed)
        });
        let head = "exec 2>&1\nstatus=0\n";
        iter::once(head.to_owned()).chain(steps).collect()
    }
}

/// A shell, and what it runs beside itself: none of it outlives a session
struct Shell(Child);

impl Drop for Shell {
    fn drop(&mut self) {
        let group = format!("-{}", self.0.id());
        // Mostly there is nobody left.
        let _ = Command::new("kill").args(["-s", "KILL", "--", &group]).output();
    }
}

/// What is shown after each command.
fn steps(stdout: &str) -> Vec<Vec<String>> {
    let (mut steps, mut shown) = (Vec::new(), Vec::new());
    for line in stdout.lines() {
        let Some((last, code)) = line.split_once(MARK) else {
            shown.push(line.to_owned());
            continue;
        };
        // Its last line may lack an end.
        shown.extend((!last.is_empty()).then(|| last.to_owned()));
        shown.extend((code != "0").then(|| format!("? {code}")));
        steps.push(std::mem::take(&mut shown));
    }
    steps
}

/// Is it shown as it is written down?
fn matches(written: &[String], shown: &[String]) -> bool {
    match (written, shown) {
        ([], []) => true,
        ([any, rest @ ..], _) if any == "..." => {
            (0..=shown.len()).any(|skipped| matches(rest, &shown[skipped..]))
        }
        ([line, rest @ ..], [seen, others @ ..]) => is_like(line, seen) && matches(rest, others),
        _ => false,
    }
}

/// Is it this line, whatever stands for `[..]`?
fn is_like(written: &str, shown: &str) -> bool {
    match written.split_once("[..]") {
        None => written == shown,
        Some((start, rest)) => shown.strip_prefix(start).is_some_and(|shown| {
            let mut ends = shown.char_indices().map(|(at, _)| at).chain([shown.len()]);
            ends.any(|at| is_like(rest, &shown[at..]))
        }),
    }
}

#[test]
fn what_is_written_is_held_against_what_is_shown() {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    for (written, shown, is_it) in [
        ("a\nb", "a\nb", true),
        ("a", "a\nb", false),
        ("a\nb", "a", false),
        ("a[..]c", "abbc", true),
        ("a[..]c", "ac", true),
        ("a[..]c[..]", "abcb", true),
        ("a[..]c", "abcb", false),
        ("...", "", true),
        ("...\nb", "a\na\nb", true),
        ("a\n...\nc", "a\nb", false),
        ("a\n...", "b", false),
    ] {
        assert_eq!(matches(&lines(written), &lines(shown)), is_it, "{written:?} {shown:?}");
    }
    let shown = steps("one\n\u{1}0\ntwo\u{1}9\n\u{1}0\n");
    assert_eq!(shown, [lines("one"), lines("two\n? 9"), vec![]]);
}
