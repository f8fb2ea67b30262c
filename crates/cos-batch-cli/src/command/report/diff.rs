//! `cosbatch report diff`

use std::collections::{BTreeMap, BinaryHeap};
use std::io;
use std::path::PathBuf;

use anstyle::{AnsiColor, Style};
use clap::Args;
use cos_batch_csv::ReportRow;
use serde::Serialize;

use super::{Files, has_failed};
use crate::arguments::Global;
use crate::exit::Exit;
use crate::failure::{Failure, Kind};
use crate::output::{self, Column, Format, Printer, Record, grouped};
use crate::pager::Out;
use crate::rows::Keys;
use crate::sorted::{Sorter, digest};

#[derive(Args, Debug)]
pub(crate) struct Diff {
    /// The report before: a file, or the folder of its files
    #[arg(value_name = "OLD")]
    old: PathBuf,

    /// The report after
    #[arg(value_name = "NEW")]
    new: PathBuf,

    /// Show so many differences; the others are counted
    #[arg(long, value_name = "N", default_value_t = 1000)]
    max: usize,

    /// How keys are written
    #[arg(long, value_name = "HOW", default_value = "percent")]
    keys: Keys,
}

/// What became of an object
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
enum Change {
    /// It succeeds now.
    Fixed,
    /// It fails now.
    Broken,
    /// It fails in another way.
    Changed,
    /// It is in the new report only.
    Added,
    /// It is in the old report only.
    Gone,
}

impl Change {
    const ALL: [Self; 5] = [Self::Fixed, Self::Broken, Self::Changed, Self::Added, Self::Gone];

    fn name(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Broken => "broken",
            Self::Changed => "changed",
            Self::Added => "added",
            Self::Gone => "gone",
        }
    }

    fn style(self) -> Style {
        match self {
            Self::Fixed => AnsiColor::Green.on_default(),
            Self::Broken => AnsiColor::Red.on_default(),
            _ => AnsiColor::Yellow.on_default(),
        }
    }

    /// From how a task ended to how it ended later.
    fn between(old: Option<u64>, new: Option<u64>) -> Option<Self> {
        match (old, new) {
            (old, new) if old == new => None,
            (Some(_), Some(SUCCEEDED)) => Some(Self::Fixed),
            (Some(SUCCEEDED), Some(_)) => Some(Self::Broken),
            (Some(_), Some(_)) => Some(Self::Changed),
            (None, _) => Some(Self::Added),
            (_, None) => Some(Self::Gone),
        }
    }
}

/// An object with two outcomes
#[derive(Serialize)]
struct Difference {
    change: Change,
    bucket: String,
    key: String,
    version_id: Option<String>,
    old: Option<String>,
    new: Option<String>,
}

impl Record for Difference {
    const NAME: &'static str = "differences";
    const COLUMNS: &'static [Column<Self>] = &[
        Column::<Self>::new("change", "CHANGE", |it, _| it.change.name().to_owned())
            .whole()
            .styled(|it| it.change.style()),
        Column::<Self>::new("old", "OLD", |it, look| look.optional(it.old.as_deref())),
        Column::<Self>::new("new", "NEW", |it, look| look.optional(it.new.as_deref())),
        Column::<Self>::new("bucket", "BUCKET", |it, look| look.text(&it.bucket)),
        Column::<Self>::new("key", "KEY", |it, look| look.text(&it.key)),
        Column::<Self>::new("version_id", "VERSION", |it, look| {
            look.optional(it.version_id.as_deref())
        }),
    ];
    const LINE: &'static [&'static str] = &["change", "old", "new", "bucket", "key", "version_id"];
}

/// How a task ended that succeeded.
const SUCCEEDED: u64 = 0;

/// Which report a row is in: the last bit of its place.
const OLD: u64 = 0;
const NEW: u64 = 1;

pub(super) fn run(diff: &Diff, global: &Global) -> Result<Exit, Failure> {
    let mut printer = Printer::new(Out::new(), &global.output)?;
    let files = |path: &PathBuf| Files { files: vec![path.clone()], keys: diff.keys };
    let (old, new) = (files(&diff.old), files(&diff.new));

    // First only digests: both reports may be larger than memory.
    let mut sorter = Sorter::new();
    for (files, side) in [(&old, OLD), (&new, NEW)] {
        let mut number = 0_u64;
        files.for_each(|row| {
            number += 1;
            let version_id = row.version_id.as_deref().unwrap_or_default();
            let [high, low] = digest(&[&row.bucket, &row.key, version_id]);
            sorter.push([high, low, number << 1 | side, end(&row)]).map_err(|it| no_room(&it))
        })?;
    }
    let mut found = Found::new(diff.max);
    let mut current: Option<([u64; 2], Sides)> = None;
    let sorted = sorter.for_each(|[high, low, place, end]| {
        let object = [high, low];
        if current.is_none_or(|(known, _)| known != object)
            && let Some((_, sides)) = current.replace((object, Sides::default()))
        {
            found.add(sides);
        }
        if let Some((_, sides)) = &mut current {
            // Of several rows of one object in one report the last one counts.
            let side = if place & 1 == OLD { &mut sides.old } else { &mut sides.new };
            *side = Some((place >> 1, end));
        }
    });
    sorted.map_err(|error| no_room(&error))?;
    if let Some((_, sides)) = current {
        found.add(sides);
    }

    let (counts, format) = (found.counts, printer.format());
    for difference in found.named(&old, &new)? {
        output::written(printer.write(difference))?;
    }
    output::written(printer.finish())?;

    let total: u64 = counts.iter().sum();
    let talk = global.output.talk();
    let hidden = total.saturating_sub(diff.max as u64);
    if hidden > 0 {
        talk.note(&format!("{} more are not shown; --max shows more", grouped(hidden)));
    }
    if format == Format::Table {
        let counts = Change::ALL.iter().zip(counts).filter(|(_, count)| *count > 0);
        let counts = counts.map(|(change, count)| format!("{} {}", grouped(count), change.name()));
        let counts: Vec<_> = counts.collect();
        talk.note(&if counts.is_empty() { "no difference".to_owned() } else { counts.join(", ") });
    }
    Ok(if total > 0 { Exit::Bad } else { Exit::Good })
}

/// Where an object stands in each report, and how its task ended
#[derive(Clone, Copy, Default, Eq, Ord, PartialEq, PartialOrd)]
struct Sides {
    new: Option<(u64, u64)>,
    old: Option<(u64, u64)>,
}

/// All differences, counted, and the first of them
struct Found {
    counts: [u64; 5],
    most: usize,
    /// In the order of the new report, those first that are not in it.
    first: BinaryHeap<(Sides, Change)>,
}

impl Found {
    fn new(most: usize) -> Self {
        Self { counts: [0; 5], most, first: BinaryHeap::new() }
    }

    fn add(&mut self, sides: Sides) {
        let end = |side: Option<(u64, u64)>| side.map(|(_, end)| end);
        let Some(change) = Change::between(end(sides.old), end(sides.new)) else { return };
        for (count, counted) in self.counts.iter_mut().zip(Change::ALL) {
            *count += u64::from(counted == change);
        }
        self.first.push((sides, change));
        if self.first.len() > self.most {
            self.first.pop();
        }
    }

    /// The first differences with the names of their objects, for which both reports are read once
    /// more.
    fn named(self, old: &Files, new: &Files) -> Result<Vec<Difference>, Failure> {
        let mut places = [BTreeMap::new(), BTreeMap::new()];
        let mut differences = Vec::new();
        for (nth, (sides, change)) in self.first.into_sorted_vec().into_iter().enumerate() {
            for (places, side) in places.iter_mut().zip([sides.old, sides.new]) {
                places.extend(side.map(|(row, _)| (row, nth)));
            }
            differences.push(Difference::new(change));
        }
        let [in_old, in_new] = places;
        for (files, places, is_new) in [(old, in_old, false), (new, in_new, true)] {
            let mut number = 0;
            files.for_each(|row| {
                number += 1;
                let nth = places.get(&number);
                if let Some(difference) = nth.and_then(|nth| differences.get_mut(*nth)) {
                    difference.tell(&row, is_new);
                }
                Ok(())
            })?;
        }
        Ok(differences)
    }
}

impl Difference {
    fn new(change: Change) -> Self {
        let (bucket, key) = (String::new(), String::new());
        Self { change, bucket, key, version_id: None, old: None, new: None }
    }

    fn tell(&mut self, row: &ReportRow<'_>, is_new: bool) {
        self.bucket = row.bucket.to_string();
        self.key = row.key.to_string();
        self.version_id = row.version_id.as_deref().map(str::to_owned);
        let status = row.http_status_code.map(|status| status.to_string());
        let parts = [Some(row.task_status.as_str()), row.error_code.as_deref(), status.as_deref()];
        let end = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        *(if is_new { &mut self.new } else { &mut self.old }) = Some(end);
    }
}

/// How a task ended, as a number: `SUCCEEDED`, or what no other end has.
fn end(row: &ReportRow<'_>) -> u64 {
    if !has_failed(row) {
        return SUCCEEDED;
    }
    let status = row.http_status_code.map(|status| status.to_string()).unwrap_or_default();
    let code = row.error_code.as_deref().unwrap_or_default();
    let [number, _] = digest(&[row.task_status.as_str(), code, &status]);
    number.max(SUCCEEDED + 1)
}

fn no_room(error: &io::Error) -> Failure {
    Failure::new(Kind::NO_ROOM, "the comparison needs room on disk")
        .fact(error.to_string())
        .help("point TMPDIR to where 32 bytes a row of both reports fit")
}
