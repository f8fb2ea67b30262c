use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Row, Table};
use cos_batch::time::OffsetDateTime;
use cos_batch::{JobSummary, ProgressSummary, printable};

/// How wide a table is that no terminal bounds.
const UNBOUNDED: u16 = u16::MAX;

/// What stands between two columns.
const GAP: u16 = 2;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Column {
    Id,
    Status,
    Priority,
    Operation,
    Progress,
    ShortProgress,
    Age,
    Description,
}

/// Which columns there are, and the one that may be cut, down to a least width; all others are
/// whole
struct Layout {
    columns: &'static [Column],
    cut: Column,
    least: u16,
}

/// From the widest to the narrowest: descriptions go first, ids never.
const LAYOUTS: [Layout; 3] = {
    use Column::{Age, Description, Id, Operation, Priority, Progress, ShortProgress, Status};
    [
        Layout {
            columns: &[Id, Status, Priority, Operation, Progress, Age, Description],
            cut: Description,
            least: 12,
        },
        Layout {
            columns: &[Id, Status, Priority, Operation, Progress, Age],
            cut: Operation,
            least: 16,
        },
        Layout {
            columns: &[Id, Status, Priority, Operation, ShortProgress, Age],
            cut: Operation,
            least: 16,
        },
    ]
};

/// Where nothing else fits.
const NARROWEST: Layout = {
    use Column::{Age, Id, Priority, ShortProgress, Status};
    Layout { columns: &[Id, Status, Priority, ShortProgress, Age], cut: ShortProgress, least: 0 }
};

/// A table of jobs that fits the terminal.
pub(super) fn jobs(jobs: &[JobSummary<'_>], now: OffsetDateTime) -> String {
    let width = width();
    let fitting = LAYOUTS.iter().find(|layout| layout.needs(&table(jobs, now, layout)) <= width);
    let mut table = table(jobs, now, fitting.unwrap_or(&NARROWEST));
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    table.trim_fmt()
}

fn table(jobs: &[JobSummary<'_>], now: OffsetDateTime, layout: &Layout) -> Table {
    let row = |cell: &dyn Fn(Column) -> String| {
        let mut row = Row::from(layout.columns.iter().map(|column| cell(*column)));
        row.max_height(1);
        row
    };
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(row(&|column| column.header().to_owned()));
    for job in jobs {
        table.add_row(row(&|column| column.cell(job, now)));
    }
    for (column, kind) in table.column_iter_mut().zip(layout.columns) {
        let last = layout.columns.last() == Some(kind);
        column.set_padding((0, if last { 0 } else { GAP }));
        if *kind != layout.cut {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
        if matches!(kind, Column::Priority | Column::Age) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

impl Layout {
    /// How wide its table is at least.
    fn needs(&self, table: &Table) -> u16 {
        let widths = table.column_max_content_widths().into_iter().zip(self.columns);
        widths.fold(0_u16, |sum, (width, column)| {
            let gap = if sum == 0 { 0 } else { GAP };
            let width = if *column == self.cut { width.min(self.least) } else { width };
            sum.saturating_add(gap).saturating_add(width)
        })
    }
}

impl Column {
    fn header(self) -> &'static str {
        match self {
            Self::Id => "JOB ID",
            Self::Status => "STATUS",
            Self::Priority => "PRI",
            Self::Operation => "OPERATION",
            Self::Progress | Self::ShortProgress => "PROGRESS",
            Self::Age => "AGE",
            Self::Description => "DESCRIPTION",
        }
    }

    fn cell(self, job: &JobSummary<'_>, now: OffsetDateTime) -> String {
        let progress = |show: fn(&ProgressSummary<'_>) -> String| {
            job.progress_summary.as_ref().map_or_else(|| "-".to_owned(), show)
        };
        match self {
            Self::Id => job.job_id.to_string(),
            Self::Status => printable(job.status.as_str(), 32),
            Self::Priority => job.priority.to_string(),
            Self::Operation => printable(job.operation.as_str(), 40),
            Self::Progress => progress(full_progress),
            Self::ShortProgress => progress(short_progress),
            Self::Age => age(now - job.creation_time),
            Self::Description => printable(job.description.as_deref().unwrap_or_default(), 200),
        }
    }
}

/// The width of the terminal, or what `COLUMNS` says.
fn width() -> u16 {
    let columns = || std::env::var("COLUMNS").ok()?.parse().ok().filter(|width| *width > 0);
    let terminal = || terminal_size::terminal_size().map(|(width, _)| width.0);
    columns().or_else(terminal).unwrap_or(UNBOUNDED)
}

/// `12,400/50,000 (24.8%, 31 failed)`
fn full_progress(progress: &ProgressSummary<'_>) -> String {
    let (done, total) = (done(progress), progress.total_number_of_tasks);
    if total == 0 && done == 0 {
        return "-".to_owned();
    }
    let notes = notes(progress).join(", ");
    let notes = if notes.is_empty() { notes } else { format!(" ({notes})") };
    format!("{}/{}{notes}", grouped(done), grouped(total))
}

/// `24.8% 31 failed`
fn short_progress(progress: &ProgressSummary<'_>) -> String {
    let notes = notes(progress).join(" ");
    if notes.is_empty() { full_progress(progress) } else { notes }
}

/// How many tasks were tried.
fn done(progress: &ProgressSummary<'_>) -> u64 {
    progress.number_of_tasks_succeeded.saturating_add(progress.number_of_tasks_failed)
}

fn notes(progress: &ProgressSummary<'_>) -> Vec<String> {
    let failed = progress.number_of_tasks_failed;
    let total = progress.total_number_of_tasks;
    let mut notes = Vec::new();
    if total > 0 {
        // In tenths of a percent, cut off: 100.0% is all of them.
        let tenths = u128::from(done(progress)) * 1000 / u128::from(total);
        notes.push(format!("{}.{}%", tenths / 10, tenths % 10));
    }
    if failed > 0 {
        notes.push(format!("{} failed", grouped(failed)));
    }
    notes
}

/// `12400` as `12,400`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// How long ago, in its largest unit: `45s`, `12m`, `2h`, `3d`. What is yet to come is now.
fn age(age: cos_batch::time::Duration) -> String {
    let (days, hours, minutes) = (age.whole_days(), age.whole_hours(), age.whole_minutes());
    match () {
        () if days > 0 => format!("{days}d"),
        () if hours > 0 => format!("{hours}h"),
        () if minutes > 0 => format!("{minutes}m"),
        () => format!("{}s", age.whole_seconds().max(0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cos_batch::time::Duration;

    #[test]
    fn counts_are_grouped() {
        let shown = [0, 999, 1000, 12_400, 1_234_567].map(grouped);
        assert_eq!(shown, ["0", "999", "1,000", "12,400", "1,234,567"]);
        assert_eq!(grouped(u64::MAX), "18,446,744,073,709,551,615");
    }

    #[test]
    fn progress_says_what_failed() {
        let shown = |succeeded, failed, total| {
            full_progress(&ProgressSummary::new(succeeded, failed, total))
        };
        assert_eq!(shown(12_369, 31, 50_000), "12,400/50,000 (24.8%, 31 failed)");
        assert_eq!(shown(0, 0, 0), "-");
        assert_eq!(shown(10, 0, 10), "10/10 (100.0%)");
        assert_eq!(shown(999_999, 0, 1_000_000), "999,999/1,000,000 (99.9%)");
        assert_eq!(shown(5, 0, 0), "5/0");
        assert_eq!(
            shown(u64::MAX, u64::MAX, 1),
            "18,446,744,073,709,551,615/1 (1844674407370955161500.0%, 18,446,744,073,709,551,615 failed)"
        );
    }

    #[test]
    fn short_progress_says_what_failed() {
        let shown = |succeeded, failed, total| {
            short_progress(&ProgressSummary::new(succeeded, failed, total))
        };
        assert_eq!(shown(12_369, 31, 50_000), "24.8% 31 failed");
        assert_eq!(shown(10, 0, 10), "100.0%");
        assert_eq!(shown(0, 0, 0), "-");
        assert_eq!(shown(5, 0, 0), "5/0");
    }

    #[test]
    fn ages_have_one_unit() {
        let shown = [-5, 0, 45, 60, 3599, 7200, 86_399, 259_200].map(|s| age(Duration::seconds(s)));
        assert_eq!(shown, ["0s", "0s", "45s", "1m", "59m", "2h", "23h", "3d"]);
    }
}
