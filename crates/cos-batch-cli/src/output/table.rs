use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Row, Table};
use cos_batch::time::OffsetDateTime;
use cos_batch::{JobSummary, ProgressSummary, printable};

const HEADER: [&str; 7] =
    ["JOB ID", "STATUS", "PRI", "OPERATION", "PROGRESS", "AGE", "DESCRIPTION"];

/// The columns that are never cut.
const WHOLE: [usize; 4] = [0, 1, 2, 5];

/// What is left of a description must be worth a column.
const LEAST_DESCRIPTION: u16 = 12;

/// How wide a table is that no terminal bounds.
const UNBOUNDED: u16 = u16::MAX;

/// A table of jobs that fits the terminal. Ids are never cut; descriptions go first.
pub(super) fn jobs(jobs: &[JobSummary<'_>], now: OffsetDateTime) -> String {
    let width = width();
    let whole = table(jobs, now, HEADER.len());
    let needed: u16 = whole.column_max_content_widths().iter().rev().skip(1).map(|w| w + 2).sum();
    let columns = HEADER.len() - usize::from(needed.saturating_add(LEAST_DESCRIPTION) > width);
    let mut table = if columns == HEADER.len() { whole } else { table(jobs, now, columns) };
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    table.trim_fmt()
}

/// A table of the first columns.
fn table(jobs: &[JobSummary<'_>], now: OffsetDateTime, columns: usize) -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(row(HEADER.map(str::to_owned), columns));
    for job in jobs {
        let cells = [
            job.job_id.to_string(),
            printable(job.status.as_str(), 32),
            job.priority.to_string(),
            printable(job.operation.as_str(), 40),
            job.progress_summary.as_ref().map_or_else(|| "-".to_owned(), progress),
            age(now - job.creation_time),
            printable(job.description.as_deref().unwrap_or_default(), 200),
        ];
        table.add_row(row(cells, columns));
    }
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, if index + 1 == columns { 0 } else { 2 }));
        if WHOLE.contains(&index) {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
        if index == 2 || index == 5 {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

fn row(cells: [String; 7], columns: usize) -> Row {
    let mut row = Row::from(cells.into_iter().take(columns));
    row.max_height(1);
    row
}

/// The width of the terminal, or what `COLUMNS` says.
fn width() -> u16 {
    let columns = || std::env::var("COLUMNS").ok()?.parse().ok().filter(|width| *width > 0);
    let terminal = || terminal_size::terminal_size().map(|(width, _)| width.0);
    columns().or_else(terminal).unwrap_or(UNBOUNDED)
}

/// `12,400/50,000 (24.8%, 31 failed)`
fn progress(progress: &ProgressSummary<'_>) -> String {
    let failed = progress.number_of_tasks_failed;
    let total = progress.total_number_of_tasks;
    let done = progress.number_of_tasks_succeeded.saturating_add(failed);
    if total == 0 && done == 0 {
        return "-".to_owned();
    }
    let mut text = format!("{}/{}", grouped(done), grouped(total));
    let mut notes = Vec::new();
    if total > 0 {
        // In tenths of a percent, cut off: 100.0% is all of them.
        let tenths = u128::from(done) * 1000 / u128::from(total);
        notes.push(format!("{}.{}%", tenths / 10, tenths % 10));
    }
    if failed > 0 {
        notes.push(format!("{} failed", grouped(failed)));
    }
    if !notes.is_empty() {
        text.push_str(&format!(" ({})", notes.join(", ")));
    }
    text
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
        let shown =
            |succeeded, failed, total| progress(&ProgressSummary::new(succeeded, failed, total));
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
    fn ages_have_one_unit() {
        let shown = [-5, 0, 45, 60, 3599, 7200, 86_399, 259_200].map(|s| age(Duration::seconds(s)));
        assert_eq!(shown, ["0s", "0s", "45s", "1m", "59m", "2h", "23h", "3d"]);
    }
}
