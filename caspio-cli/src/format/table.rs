//! Tables for people.

use crate::output::printable;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, Table};

/// The alignment of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// Formats a table with a header.
pub(crate) fn table<R>(header: &[(&str, Align)], rows: impl IntoIterator<Item = R>) -> String
where
    R: IntoIterator<Item = String>,
{
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED);
    table.set_header(header.iter().map(|(name, _)| printable(name).into_owned()));
    for row in rows {
        table.add_row(row.into_iter().map(|text| printable(&text).into_owned()));
    }
    for (index, (_, align)) in header.iter().enumerate() {
        if let (Align::Right, Some(column)) = (align, table.column_mut(index)) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.to_string()
}

/// Formats a table, or records below each other if it does not fit the terminal or if that is wanted.
pub(crate) fn fitted(header: &[(&str, Align)], rows: Vec<Vec<String>>, expanded: bool) -> String {
    if expanded {
        return below_each_other(header, &rows);
    }
    let text = table(header, rows.iter().cloned());
    // The first line consists of characters that are one column wide.
    let width = text.lines().next().map_or(0, |line| line.chars().count());
    match terminal_width() {
        Some(available) if width > available => below_each_other(header, &rows),
        _ => text,
    }
}

/// Returns the width of the terminal; `COLUMNS` overrides it. `None` if standard output is not a terminal.
fn terminal_width() -> Option<usize> {
    let columns = std::env::var("COLUMNS").ok();
    let columns = columns.and_then(|columns| columns.parse().ok());
    columns.or_else(|| Table::new().width().map(usize::from))
}

fn below_each_other(header: &[(&str, Align)], rows: &[Vec<String>]) -> String {
    let names: Vec<_> = header.iter().map(|(name, _)| printable(name)).collect();
    let widest = names.iter().map(|name| name.chars().count()).max();
    let widest = widest.unwrap_or_default();
    let mut text = String::new();
    for (at, row) in rows.iter().enumerate() {
        let title = format!("─[ record {} ]", at + 1);
        text.push_str(&format!("{title:─<width$}\n", width = widest + 12));
        for (name, value) in names.iter().zip(row) {
            let line = format!("{name:<widest$} │ {}", printable(value));
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
    text.pop();
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_printed_below_each_other() {
        let header = [("Name", Align::Left), ("Größe", Align::Right)];
        let rows = vec![
            vec!["Ann".to_owned(), "1".to_owned()],
            vec!["Bob\n".to_owned(), String::new()],
        ];
        assert_eq!(
            fitted(&header, rows, true),
            "─[ record 1 ]────\nName  │ Ann\nGröße │ 1\n─[ record 2 ]────\nName  │ Bob\\n\nGröße │"
        );
    }
}
