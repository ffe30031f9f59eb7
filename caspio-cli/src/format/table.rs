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
