use anstyle::{Effects, Style};
use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Row, Table};

use super::{Column, Look, Record};

/// How wide a table is that no terminal bounds.
const UNBOUNDED: u16 = u16::MAX;

/// What stands between two columns.
const GAP: u16 = 2;

/// A table of `chosen` columns, or else of those that fit the terminal.
pub(super) fn render<R: Record>(
    records: &[R],
    chosen: Option<&[&'static Column<R>]>,
    look: &Look,
    headers: bool,
    color: bool,
) -> String {
    let width = width();
    let plan = match chosen {
        Some(columns) => Plan { columns: columns.to_vec(), cut: None },
        None => Plan::fitting(records, look, width),
    };
    let mut table = plan.table(records, look);
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    let shown = table.trim_fmt();
    let shown = if color { paint(&shown, &plan.columns, records, look) } else { shown };
    match shown.split_once('\n') {
        Some((_, rows)) if !headers => rows.to_owned(),
        _ => shown,
    }
}

/// The columns of a table, and which of them may be cut, down to which width
struct Plan<R: 'static> {
    columns: Vec<&'static Column<R>>,
    /// `None`: any that need not be whole.
    cut: Option<(&'static str, u16)>,
}

impl<R: Record> Plan<R> {
    /// The widest table that fits, else the narrowest.
    fn fitting(records: &[R], look: &Look, width: u16) -> Self {
        let mut plans = R::TABLES.iter().map(|layout| Self {
            columns: columns(layout.columns),
            cut: Some((layout.cut, layout.least)),
        });
        let mut last = plans.next();
        for next in plans {
            if last.as_ref().is_some_and(|plan| plan.needs(records, look) <= width) {
                break;
            }
            last = Some(next);
        }
        last.unwrap_or_else(|| Self { columns: columns(R::LINE), cut: None })
    }

    /// How wide its table is at least.
    fn needs(&self, records: &[R], look: &Look) -> u16 {
        let widths = self.table(records, look).column_max_content_widths();
        widths.into_iter().zip(&self.columns).fold(0_u16, |sum, (width, column)| {
            let gap = if sum == 0 { 0 } else { GAP };
            let width = match self.cut {
                Some((cut, least)) if cut == column.name => width.min(least),
                _ => width,
            };
            sum.saturating_add(gap).saturating_add(width)
        })
    }

    fn is_whole(&self, column: &Column<R>) -> bool {
        match self.cut {
            Some((cut, _)) => cut != column.name,
            None => column.whole,
        }
    }

    fn table(&self, records: &[R], look: &Look) -> Table {
        let row = |cells: Vec<String>| {
            let mut row = Row::from(cells);
            row.max_height(1);
            row
        };
        let mut table = Table::new();
        let headers = self.columns.iter().map(|column| column.header(look).to_owned());
        table.load_style(NOTHING).set_header(row(headers.collect()));
        // What is too long is cut where there is no more room, not at the last space before.
        table.set_delimiter('\0');
        for record in records {
            let cells = self.columns.iter().map(|column| (column.cell)(record, look));
            table.add_row(row(cells.collect()));
        }
        let last = self.columns.len().saturating_sub(1);
        for (nth, (shown, column)) in table.column_iter_mut().zip(&self.columns).enumerate() {
            shown.set_padding((0, if nth == last { 0 } else { GAP }));
            if self.is_whole(column) {
                shown.set_constraint(ColumnConstraint::ContentWidth);
            }
            if column.right {
                shown.set_cell_alignment(CellAlignment::Right);
            }
        }
        table
    }
}

/// Columns by their names.
pub(super) fn columns<R: Record>(names: &[&str]) -> Vec<&'static Column<R>> {
    let column = |name: &&str| R::COLUMNS.iter().find(|column| column.name == *name);
    names.iter().filter_map(column).collect()
}

/// A bold header, and cells in their colours. Every record is one line, and a column that is
/// aligned to the left begins where its header does.
fn paint<R: Record>(
    shown: &str,
    columns: &[&'static Column<R>],
    records: &[R],
    look: &Look,
) -> String {
    let mut lines = shown.lines();
    let header = lines.next().unwrap_or_default();
    let bold = Style::new().effects(Effects::BOLD);
    let mut painted = format!("{bold}{header}{bold:#}");
    for (line, record) in lines.zip(records) {
        painted.push('\n');
        painted.push_str(&paint_line(line, header, columns, record, look));
    }
    painted
}

fn paint_line<R: Record>(
    line: &str,
    header: &str,
    columns: &[&'static Column<R>],
    record: &R,
    look: &Look,
) -> String {
    for column in columns {
        let Some(style) = column.style else { continue };
        let (style, cell) = (style(record), (column.cell)(record, look));
        // Where a character before it is wider than one, the cell stands elsewhere.
        let parts = header.find(column.header(look)).and_then(|start| line.split_at_checked(start));
        if let Some((before, Some(after))) =
            parts.map(|(before, rest)| (before, rest.strip_prefix(cell.as_str())))
        {
            return format!("{before}{style}{cell}{style:#}{after}");
        }
    }
    line.to_owned()
}

/// The width of the terminal, or what `COLUMNS` says.
fn width() -> u16 {
    let columns = || std::env::var("COLUMNS").ok()?.parse().ok().filter(|width| *width > 0);
    let terminal = || terminal_size::terminal_size().map(|(width, _)| width.0);
    columns().or_else(terminal).unwrap_or(UNBOUNDED)
}
