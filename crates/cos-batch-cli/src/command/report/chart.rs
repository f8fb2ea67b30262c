//! `cosbatch report show`

use std::cmp::Reverse;
use std::collections::BTreeMap;

use anstyle::{AnsiColor, Style};
use clap::Args;
use serde::Serialize;

use super::{Files, has_failed};
use crate::arguments::Global;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{self, Column, Format, Look, Printer, Record, grouped};
use crate::pager::Out;

/// How many kinds of outcome are told apart; nobody knows what a report may hold.
const KINDS: usize = 256;

/// How long the longest bar is.
const BAR: u64 = 16;

#[derive(Args, Debug)]
pub(crate) struct Show {
    #[command(flatten)]
    files: Files,
}

/// The tasks that ended alike
#[derive(Serialize)]
struct Outcome {
    task_status: String,
    error_code: Option<String>,
    http_status_code: Option<u16>,
    count: u64,
    /// Of all tasks, from 0 to 1.
    share: f64,
    /// The first object of them.
    example: Option<String>,
    #[serde(skip)]
    bar: String,
    #[serde(skip)]
    failed: bool,
}

impl Record for Outcome {
    const NAME: &'static str = "outcomes";
    const COLUMNS: &'static [Column<Self>] = &[
        Column::<Self>::new("task_status", "STATUS", |it, look| look.text(&it.task_status))
            .styled(|it| if it.failed { AnsiColor::Red.on_default() } else { Style::new() }),
        Column::<Self>::new("error_code", "CODE", |it, look| {
            look.optional(it.error_code.as_deref())
        }),
        Column::<Self>::new("http_status_code", "HTTP", |it, look| {
            it.http_status_code.map_or_else(|| look.absent(), |status| status.to_string())
        }),
        Column::<Self>::new("count", "TASKS", |it, look| look.count(it.count)).whole().right(),
        Column::<Self>::new("share", "SHARE", share).whole().right(),
        Column::<Self>::new("chart", "", |it, _| it.bar.clone()).whole(),
        Column::<Self>::new("example", "EXAMPLE", |it, look| look.optional(it.example.as_deref())),
    ];
    const LINE: &'static [&'static str] =
        &["task_status", "error_code", "http_status_code", "count", "share", "example"];
    const TABLES: &'static [output::Layout] = &[
        output::Layout {
            columns: &[
                "task_status",
                "error_code",
                "http_status_code",
                "count",
                "share",
                "chart",
                "example",
            ],
            cut: "example",
            least: 12,
        },
        output::Layout {
            columns: &["task_status", "error_code", "http_status_code", "count", "share", "chart"],
            cut: "",
            least: 0,
        },
        output::Layout {
            columns: &["task_status", "error_code", "http_status_code", "count", "share"],
            cut: "error_code",
            least: 0,
        },
    ];
}

fn share(outcome: &Outcome, look: &Look) -> String {
    match look.people {
        true => format!("{:.1}%", outcome.share * 100.0),
        false => format!("{:.6}", outcome.share),
    }
}

/// How a task ended: its status, its code, its HTTP status.
type End = (String, Option<String>, Option<u16>);

pub(super) fn run(show: &Show, global: &Global) -> Result<Exit, Failure> {
    let mut printer = Printer::new(Out::new(), &global.output)?;
    let mut ends: BTreeMap<End, (u64, Option<String>, bool)> = BTreeMap::new();
    let mut failed = 0_u64;
    show.files.for_each(|row| {
        let status = row.task_status.as_str().to_owned();
        let code = row.error_code.as_deref().map(str::to_owned);
        let mut end = (status, code, row.http_status_code);
        if ends.len() >= KINDS && !ends.contains_key(&end) {
            end = ("(others)".to_owned(), None, None);
        }
        let bad = has_failed(&row);
        failed += u64::from(bad);
        let known = ends.entry(end).or_insert_with(|| (0, Some(row.key.into_owned()), bad));
        known.0 += 1;
        known.2 |= bad;
        Ok(())
    })?;

    let total = ends.values().map(|(count, _, _)| count).sum::<u64>();
    let worst = ends.values().filter(|it| it.2).map(|it| it.0).max().unwrap_or_default();
    let outcome = |((task_status, error_code, http_status_code), known): (End, _)| {
        let (count, example, failed): (u64, Option<String>, bool) = known;
        let share = count as f64 / total as f64;
        let bar = if failed { bar(count, worst) } else { String::new() };
        Outcome { task_status, error_code, http_status_code, count, share, example, bar, failed }
    };
    let mut outcomes: Vec<_> = ends.into_iter().map(outcome).collect();
    // What succeeded first, then failures, the most frequent before the others.
    outcomes.sort_by_key(|outcome| (outcome.failed, Reverse(outcome.count)));
    let format = printer.format();
    let printed = outcomes.into_iter().try_for_each(|outcome| printer.write(outcome));
    output::written(printed.and_then(|()| printer.finish()))?;
    if format == Format::Table {
        let note = format!("{} of {} tasks failed", grouped(failed), grouped(total));
        global.output.talk().note(&note);
    }
    Ok(if failed > 0 { Exit::Bad } else { Exit::Good })
}

/// As long as its share of the most frequent failure; what there is is seen.
fn bar(count: u64, worst: u64) -> String {
    let length = u128::from(count) * u128::from(BAR) / u128::from(worst.max(1));
    "█".repeat(usize::try_from(length).unwrap_or_default().max(1))
}
