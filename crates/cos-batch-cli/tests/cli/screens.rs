//! What a terminal shows, of 80 columns and of 200, with colour and without
//!
//! The screens stand in `snapshots`, as a person sees them. Colour changes no character.

use std::fs;
use std::io::{Read, Write};
use std::num::NonZero;
use std::process::Child;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use cos_batch::{RequestedJobStatus, UpdateJobStatus};
use cos_batch_emulator::{Clock, Emulator, Settings};
use insta::assert_snapshot;
use pty_process::Size;
use pty_process::blocking::{Command, Pty, open};
use regex::Regex;

use crate::stage::Stage;
use crate::support::{SECRET_ID, SECRET_KEY, TOKEN, end};

/// How long a screen may take to show something.
const PATIENCE: Duration = Duration::from_secs(60);

const WIDTHS: [u16; 2] = [80, 200];

/// Enough for whatever is shown here.
const ROWS: u16 = 100;

/// Jobs of the samples.
const SUSPENDED: &str = "06c45d18-8009-454f-b893-a2eefb32555e";
const COMPLETE: &str = "40d29eb5-7de1-4510-b6b9-aeef0d2df7ab";
const FAILED: &str = "f88bb8a8-724c-41ec-b1c1-8690ee42c90b";
const FAILING: &str = "ecee6563-0a69-4e37-96de-6acd12c87e38";

/// What the bar of the first of the [`three_jobs`] says.
const ACTIVE: &str = "]  Active  24.0%  372 failed";

/// A run at a terminal
struct Terminal {
    pty: Arc<Pty>,
    child: Child,
    reader: JoinHandle<()>,
    seen: Arc<Mutex<Seen>>,
    columns: u16,
}

/// What came, and what is to be seen of it
struct Seen {
    bytes: Vec<u8>,
    parser: vt100::Parser,
}

impl Terminal {
    fn start(stage: &Stage, arguments: &str, columns: u16, colour: bool) -> Self {
        let (pty, side) = open().expect("a terminal");
        pty.resize(Size::new(ROWS, columns)).expect("a size");
        let command = Command::new(env!("CARGO_BIN_EXE_cosbatch"))
            .env_clear()
            .env("TERM", "xterm-256color")
            .env("HOME", "/nonexistent")
            .env("COSBATCH_ENDPOINT", format!("http://{}", stage.emulator.address()))
            .env("COSBATCH_APP_ID", "1250000000")
            .env("TENCENTCLOUD_SECRET_ID", SECRET_ID)
            .env("TENCENTCLOUD_SECRET_KEY", SECRET_KEY)
            .env("TENCENTCLOUD_TOKEN", TOKEN)
            .env(if colour { "COLOUR" } else { "NO_COLOR" }, "1")
            .args(arguments.split_whitespace());
        let child = command.spawn(side).expect("the binary starts");
        let [height, width] = [ROWS, columns].map(|it| NonZero::new(it).expect("a size"));
        let parser = vt100::Parser::new(height, width, 0);
        let seen = Arc::new(Mutex::new(Seen { bytes: Vec::new(), parser }));
        let pty = Arc::new(pty);
        let (from, to) = (Arc::clone(&pty), Arc::clone(&seen));
        let reader = thread::spawn(move || {
            let mut chunk = [0; 4096];
            // The end of a terminal is an error.
            while let Ok(length @ 1..) = (&*from).read(&mut chunk) {
                let mut seen = locked(&to);
                seen.bytes.extend_from_slice(&chunk[..length]);
                seen.parser.process(&chunk[..length]);
            }
        });
        Self { pty, child, reader, seen, columns }
    }

    /// The screen once all of this is on it.
    #[track_caller]
    fn once_it_shows(&self, texts: &[&str]) -> String {
        let start = Instant::now();
        loop {
            let screen = screen(&locked(&self.seen), self.columns);
            if texts.iter().all(|text| screen.contains(text)) {
                return screen;
            }
            assert!(start.elapsed() < PATIENCE, "{texts:?} is not on the screen:\n{screen}");
            thread::sleep(Duration::from_millis(2));
        }
    }

    fn types(&self, text: &str) {
        (&*self.pty).write_all(text.as_bytes()).expect("it is typed");
    }

    /// The screen at the end, and all that came.
    fn end(mut self) -> (String, String) {
        end(&mut self.child);
        self.reader.join().expect("the reader ends");
        let seen = locked(&self.seen);
        let bytes = String::from_utf8(seen.bytes.clone()).expect("UTF-8");
        assert!(!bytes.contains(SECRET_KEY) && !bytes.contains(TOKEN), "{bytes}");
        (screen(&seen, self.columns), bytes)
    }
}

fn locked(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The rows of a screen, times left out, and where a row goes on in the next one told.
fn screen(seen: &Seen, columns: u16) -> String {
    let screen = seen.parser.screen();
    // Bars are padded to the full width.
    let goes_on = |row: &str, nth| screen.row_wrapped(nth) && !row.ends_with(' ');
    let shown = |(row, nth): (String, u16)| {
        if goes_on(&row, nth) { row + "⏎" } else { row.trim_end().to_owned() }
    };
    let rows: Vec<_> = screen.rows(0, columns).zip(0..).map(shown).collect();
    let time = Regex::new(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ").expect("an expression");
    time.replace_all(rows.join("\n").trim_end(), "20YY-MM-DDThh:mm:ssZ").into_owned()
}

/// Is it shown in colour?
fn is_coloured(bytes: &str) -> bool {
    Regex::new("\x1b\\[[0-9;]*[1-9][0-9;]*m").expect("an expression").is_match(bytes)
}

/// What a command shows, which is over by itself: in each width, and the same without colour.
#[track_caller]
fn shown(stage: &Stage, name: &str, arguments: &str) -> Vec<String> {
    let of_width = |columns| {
        let (screen, _) = Terminal::start(stage, arguments, columns, true).end();
        let (plain, plain_bytes) = Terminal::start(stage, arguments, columns, false).end();
        assert_eq!(screen, plain, "colour changes no character");
        assert!(!is_coloured(&plain_bytes), "{plain_bytes:?}");
        assert_snapshot!(format!("{name}_{columns}"), screen);
        screen
    };
    WIDTHS.map(of_width).into()
}

/// Nothing goes on in the next row, and whatever is cut says so.
#[track_caller]
fn is_tidy(screens: &[String], ids: &[&str]) {
    for screen in screens {
        assert!(!screen.contains('⏎'), "{screen}");
        for id in ids {
            assert!(screen.contains(id), "{id} is not whole:\n{screen}");
        }
    }
}

#[test]
fn a_list() {
    let stage = Stage::still();
    let screens = shown(&stage, "list", "list --status attention --since 14d");
    is_tidy(&screens, &[SUSPENDED, FAILING]);
    let columns = "--status attention --since 14d --columns description,status,job_id";
    let screens = shown(&stage, "columns", &format!("list {columns}"));
    is_tidy(&screens, &[SUSPENDED, FAILING]);
}

#[test]
fn all_that_is_known_of_a_job() {
    let stage = Stage::still();
    shown(&stage, "describe", &format!("describe {FAILING}"));
    let screens = shown(&stage, "failures", &format!("describe {FAILED} --failures"));
    is_tidy(&screens, &[]);
}

#[test]
fn colour_is_there_unless_it_is_not_wanted() {
    let stage = Stage::still();
    for (colour, is_there) in [(true, true), (false, false)] {
        let (_, bytes) = Terminal::start(&stage, "list", 80, colour).end();
        assert_eq!(is_coloured(&bytes), is_there, "{bytes:?}");
    }
}

/// A service with jobs of 50,000 tasks, of which 31 in a thousand fail; and the ids of three: one runs,
/// one waits for its turn, one waits to be confirmed. What is called does not tell the hour.
fn three_jobs() -> (Stage, [String; 3]) {
    let mut settings = Settings::default();
    settings.imagined.tasks = 50_000..=50_000;
    settings.imagined.failed_of_1000 = 31..=31;
    settings.imagined.per_second = 100;
    let stage = Stage::of(Emulator::builder().clock(Clock::Manual).jobs([]).settings(settings));
    // So they are created in an hour, and their age is none until then.
    stage.emulator.advance(Duration::from_secs(3600));
    let ids = ["归档日志恢复", "nightly mirror", "删除临时文件"].map(|description| {
        let confirm = if description == "删除临时文件" { "--confirm-first" } else { "" };
        let create = stage.cosbatch(&format!(
            "create --template delete --manifest qcs::cos:ap-chengdu::src-1250000000/m.csv --etag e \
             --priority 1 --role-arn qcs::cam::uin/1:roleName/R -y {confirm} --description"
        ));
        create.arg(description).stdout().trim().to_owned()
    });
    stage.emulator.advance(Duration::from_millis(120_500));
    (stage, ids)
}

/// With ids that are always the same.
fn named(screen: &str, ids: &[String]) -> String {
    let names =
        ["11111111", "22222222", "33333333"].map(|it| format!("{it}-0000-4000-8000-{it}0000"));
    ids.iter().zip(names).fold(screen.to_owned(), |screen, (id, name)| screen.replace(id, &name))
}

#[test]
fn a_watch_in_the_middle_and_at_the_end() {
    for columns in WIDTHS {
        let (stage, ids) = three_jobs();
        let watch = format!("watch {} --interval 20ms", ids.join(" "));
        let terminal = Terminal::start(&stage, &watch, columns, true);
        let middle = terminal.once_it_shows(&[ACTIVE, "]  Ready  0.0%", "]  Suspended  0.0%"]);
        stage.call(UpdateJobStatus::new(
            ids[2].parse().expect("an id"),
            RequestedJobStatus::Cancelled,
        ));
        stage.emulator.advance(Duration::from_secs(3600));
        let (end, drawn) = terminal.end();
        // Not for a moment either.
        assert!(!drawn.contains("[==========]  Suspended"), "{drawn}");
        for (name, screen) in [("middle", middle), ("end", end)] {
            is_tidy(std::slice::from_ref(&screen), &[&ids[0], &ids[1], &ids[2]]);
            assert_snapshot!(format!("watch_{name}_{columns}"), named(&screen, &ids));
        }
    }
}

#[test]
fn a_wait_in_the_middle_and_at_the_end() {
    for columns in WIDTHS {
        let (stage, ids) = three_jobs();
        let wait = format!("wait {} --interval 20ms --allow-failed 10%", ids[0]);
        let terminal = Terminal::start(&stage, &wait, columns, true);
        let middle = terminal.once_it_shows(&[ACTIVE]);
        stage.emulator.advance(Duration::from_secs(3600));
        let (end, _) = terminal.end();
        for (name, screen) in [("middle", middle), ("end", end)] {
            is_tidy(std::slice::from_ref(&screen), &[]);
            assert_snapshot!(format!("wait_{name}_{columns}"), named(&screen, &ids));
        }
    }
}

#[test]
fn a_question_before_what_cannot_be_undone() {
    for columns in WIDTHS {
        let stage = Stage::still();
        let delete = format!("delete {COMPLETE} {FAILED}");
        let terminal = Terminal::start(&stage, &delete, columns, true);
        terminal.once_it_shows(&["[y/N]"]);
        terminal.types("y\n");
        let (screen, _) = terminal.end();
        is_tidy(std::slice::from_ref(&screen), &[COMPLETE, FAILED]);
        assert_snapshot!(format!("delete_{columns}"), screen);
    }
}

#[test]
fn an_error() {
    let stage = Stage::still();
    shown(&stage, "error", "list --endpoint http://127.0.0.1:1 --retries 0");
}

#[test]
fn the_bars_of_a_report() {
    let folder = tempfile::tempdir().expect("a folder");
    let report = folder.path().join("report.csv");
    let codes =
        [("AccessDenied", 403, 40), ("NoSuchKey", 404, 9), ("RestoreAlreadyInProgress", 409, 1)];
    let mut rows = "b-1,日志/2026/启动.gz,,succeeded,,200,\n".repeat(350);
    for (code, status, times) in codes {
        let row = format!("b-1,照片/{code}/全家福.jpg,,failed,{code},{status},\n");
        rows += &row.repeat(times);
    }
    fs::write(&report, rows).expect("a file");
    let stage = Stage::still();
    let screens =
        shown(&stage, "report", &format!("report show {} --keys as-written", report.display()));
    is_tidy(&screens, &["AccessDenied", "NoSuchKey", "RestoreAlreadyInProgress"]);
}

#[test]
fn help() {
    let screens = shown(&Stage::still(), "help", "-h");
    is_tidy(&screens, &[]);
}
