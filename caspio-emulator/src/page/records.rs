//! The records of the chosen table or view, and the form of one of them.

use super::grouped;
use super::html::Html;
use super::place::Place;
use super::record_controls;
use super::record_form::RecordForm;
use super::rows::{self, Column, Rows};
use crate::app::App;
use crate::http::Refusal;
use crate::http::params::Params;
use crate::store::schema::Table;
use caspio_tsql::Type;

/// What the records are read from.
#[derive(Debug)]
pub(super) struct Records<'a> {
    pub(super) id: u32,
    /// Its name in a query.
    pub(super) source: &'a str,
    /// The table whose records can be changed.
    pub(super) table: Option<&'a Table>,
    pub(super) columns: &'a [Column<'a>],
}

/// Writes a page of records. A form that was refused is shown again; else the request may open one.
pub(super) fn write(
    page: &mut Html,
    app: &App,
    records: &Records<'_>,
    params: &Params,
    form: Option<&RecordForm>,
) {
    let number = params.integer("page").ok().flatten().unwrap_or(1).max(1);
    let mut place = Place {
        id: records.id,
        search: params.get("search").unwrap_or_default().trim(),
        page: number.unsigned_abs(),
    };
    search(page, &place);
    let rows = match read(app, records, &mut place) {
        Ok(rows) => rows,
        Err(refusal) => {
            page.raw("<p class=\"none\">").text(refusal).raw("</p>");
            return;
        }
    };
    if let Some(table) = records.table {
        match form {
            Some(form) => record_controls::write(page, form, &place),
            None => open(page, app, table, params, &place),
        }
    }
    let written = params.get("key").filter(|_| records.table.is_some());
    list(page, records, &rows, &place, written);
    turn(page, &place, &rows);
}

/// Reads the records of a page, or of the last page if there are fewer.
fn read(app: &App, records: &Records<'_>, place: &mut Place<'_>) -> Result<Rows, Refusal> {
    let read = |page| rows::read(app, records.source, records.columns, place.search, page);
    let rows = read(place.page)?;
    if place.page <= rows.pages {
        return Ok(rows);
    }
    let rows = read(rows.pages)?;
    place.page = rows.pages;
    Ok(rows)
}

fn search(page: &mut Html, place: &Place<'_>) {
    page.raw(
        "<form class=\"search\" action=\"/#tables\"><input type=\"hidden\" name=\"id\" value=\"",
    )
    .text(place.id)
    .raw("\"><input type=\"search\" name=\"search\" placeholder=\"Search records\" value=\"")
    .text(place.search)
    .raw("\"><button>Search</button></form>");
}

/// Writes the form that a request opens, or the link that opens one for a new record.
fn open(page: &mut Html, app: &App, table: &Table, params: &Params, place: &Place<'_>) {
    if params.has("add") {
        return record_controls::write(page, &RecordForm::new(table), place);
    }
    if let Ok(Some(key)) = params.integer("edit") {
        match RecordForm::of_record(app, table, key) {
            Ok(Some(form)) => return record_controls::write(page, &form, place),
            Ok(None) => page
                .raw("<p class=\"error\">There is no record ")
                .text(key)
                .raw(".</p>"),
            Err(error) => page.raw("<p class=\"error\">").text(error).raw("</p>"),
        };
    }
    page.raw("<p><a href=\"")
        .text(place)
        .raw("&amp;add#record\">Add a record</a></p>");
}

fn list(
    page: &mut Html,
    records: &Records<'_>,
    rows: &Rows,
    place: &Place<'_>,
    written: Option<&str>,
) {
    let is_table = records.table.is_some();
    page.raw("<div class=\"scroll\"><table class=\"records\"><thead><tr>")
        .raw(if is_table { "<th></th>" } else { "" });
    for column in records.columns {
        cell_start(page, "<th", column);
        page.text(column.name).raw("</th>");
    }
    page.raw("</tr></thead><tbody>");
    for row in &rows.cells {
        let key = row.first().and_then(Option::as_deref).unwrap_or_default();
        page.raw(match written == Some(key) {
            true => "<tr class=\"written\">",
            false => "<tr>",
        });
        if is_table {
            page.raw("<td><a href=\"")
                .text(place)
                .raw("&amp;edit=")
                .text(key)
                .raw("#record\">Edit</a></td>");
        }
        for (column, value) in records.columns.iter().zip(row) {
            cell_start(page, "<td", column);
            match value {
                Some(value) => page.text(value),
                None => page.raw("<span class=\"null\">null</span>"),
            };
            page.raw("</td>");
        }
        page.raw("</tr>");
    }
    page.raw("</tbody></table></div>");
    if rows.cells.is_empty() {
        page.raw("<p class=\"none\">No records.</p>");
    }
}

fn cell_start(page: &mut Html, tag: &'static str, column: &Column<'_>) {
    page.raw(tag).raw(match column.ty {
        Type::Integer | Type::Number | Type::Currency => " class=\"number\">",
        _ => ">",
    });
}

/// Writes the range of the records, and links to the previous and next page.
fn turn(page: &mut Html, place: &Place<'_>, rows: &Rows) {
    let last = rows.first + rows.cells.len() as u64;
    page.raw("<p class=\"turn\">");
    let previous = (place.page > 1).then(|| place.page - 1);
    link(page, place, previous, "← Previous");
    page.raw("<span>")
        .text(grouped((rows.first + 1).min(last)))
        .raw("–")
        .text(grouped(last))
        .raw(" of ")
        .text(grouped(rows.total))
        .raw("</span>");
    let next = (place.page < rows.pages).then(|| place.page + 1);
    link(page, place, next, "Next →");
    page.raw("</p>");
}

fn link(page: &mut Html, place: &Place<'_>, to: Option<u64>, words: &'static str) {
    let Some(to) = to else {
        page.raw("<span class=\"off\">").raw(words).raw("</span>");
        return;
    };
    page.raw("<a href=\"")
        .text(Place { page: to, ..*place })
        .raw("#tables\">")
        .raw(words)
        .raw("</a>");
}
