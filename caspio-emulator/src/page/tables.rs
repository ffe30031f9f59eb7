//! Tables and views: the list, and the fields and records of the chosen one.

use super::grouped;
use super::html::Html;
use super::rows::{self, Column, Rows};
use crate::app::App;
use crate::http::params::Params;
use crate::store::field::Field;
use crate::store::schema::{Schema, Table, View};
use caspio_tsql::Type;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// A table or a view with the names of its fields.
struct VisibleObject<'a> {
    name: &'a str,
    note: &'a str,
    kind: &'static str,
    fields: Vec<(&'a str, &'a Field)>,
}

impl<'a> VisibleObject<'a> {
    fn table(table: &'a Table) -> Self {
        Self {
            name: &table.name,
            note: &table.note,
            kind: if table.directory {
                "directory"
            } else {
                "table"
            },
            fields: table
                .fields
                .iter()
                .map(|field| (field.name.as_str(), field))
                .collect(),
        }
    }

    fn view(schema: &'a Schema, view: &'a View) -> Self {
        Self {
            name: &view.name,
            note: &view.note,
            kind: "view",
            fields: view
                .fields
                .iter()
                .filter_map(|field| {
                    let (_, origin) = schema.origin(view, field)?;
                    Some((field.name.as_str(), origin))
                })
                .collect(),
        }
    }

    /// The columns of the records: all that may be read.
    fn columns(&self) -> Vec<Column<'a>> {
        let key = Column {
            name: "PK_ID",
            ty: match self.kind {
                "view" => Type::Text,
                _ => Type::Integer,
            },
        };
        let fields = self.fields.iter().map(|(name, field)| Column {
            name,
            ty: field.tsql_type(),
        });
        [key]
            .into_iter()
            .chain(fields.filter(|column| column.ty != Type::Password))
            .collect()
    }
}

/// Writes the list, and the table or view that the request names.
pub(super) fn write(page: &mut Html, app: &App, params: &Params) {
    let schema = app.store.schema();
    let tables = schema.tables.iter().map(VisibleObject::table);
    let views = schema
        .views
        .iter()
        .map(|view| VisibleObject::view(&schema, view));
    let mut all: Vec<_> = tables.chain(views).collect();
    let wanted = params.get("table").unwrap_or_default();
    let chosen = all
        .iter()
        .position(|shown| shown.name == wanted)
        .unwrap_or(0);
    page.raw("<section id=\"tables\"><h2>Tables and views</h2>");
    reset(page, app);
    if all.is_empty() {
        page.raw("<p class=\"none\">No tables yet.</p></section>");
        return;
    }
    page.raw("<div class=\"split\"><ul class=\"list\">");
    for (at, shown) in all.iter().enumerate() {
        page.raw(if at == chosen {
            "<li class=\"chosen\">"
        } else {
            "<li>"
        });
        page.raw("<a href=\"/?table=")
            .text(utf8_percent_encode(shown.name, NON_ALPHANUMERIC))
            .raw("#tables\">")
            .text(shown.name)
            .raw("</a> <span class=\"kind\">")
            .raw(shown.kind)
            .raw("</span></li>");
    }
    page.raw("</ul><div class=\"one\">");
    one(page, app, &all.swap_remove(chosen), params);
    page.raw("</div></div></section>");
}

/// Writes the buttons that take a snapshot of the data and return to it.
fn reset(page: &mut Html, app: &App) {
    page.raw("<form method=\"post\" action=\"/_emulator/page/snapshot\">")
        .raw("<button title=\"keeps a copy of all data, for Reset\">Snapshot</button> ")
        .raw("<button formaction=\"/_emulator/page/reset\"")
        .raw(if app.has_reset_point() {
            " title=\"replaces all data by those of the latest snapshot, or of the start\">"
        } else {
            " title=\"take a snapshot first\" disabled>"
        })
        .raw("Reset</button></form>");
}

fn one(page: &mut Html, app: &App, shown: &VisibleObject<'_>, params: &Params) {
    let search = params.get("search").unwrap_or_default().trim();
    let number = params.integer("page").ok().flatten().unwrap_or(1).max(1);
    page.raw("<h3>").text(shown.name).raw("</h3>");
    if !shown.note.is_empty() {
        page.raw("<p class=\"quiet\">").text(shown.note).raw("</p>");
    }
    fields(page, shown);
    page.raw(
        "<form class=\"search\" action=\"/#tables\"><input type=\"hidden\" name=\"table\" value=\"",
    )
    .text(shown.name)
    .raw("\"><input type=\"search\" name=\"search\" placeholder=\"Search records\" value=\"")
    .text(search)
    .raw("\"><button>Search</button></form>");
    let columns = shown.columns();
    match rows::read(app, shown.name, &columns, search, number.unsigned_abs()) {
        Ok(rows) => {
            records(page, &columns, &rows);
            turn(page, shown.name, search, number.unsigned_abs(), &rows);
        }
        Err(refusal) => {
            page.raw("<p class=\"none\">").text(refusal).raw("</p>");
        }
    }
}

fn fields(page: &mut Html, shown: &VisibleObject<'_>) {
    page.raw("<details class=\"fields\"><summary>")
        .text(shown.fields.len())
        .raw(" fields</summary><div class=\"scroll\"><table><thead><tr><th>Field</th>")
        .raw("<th>Type</th><th>Label</th><th>Properties</th></tr></thead><tbody>");
    for (name, field) in &shown.fields {
        page.raw("<tr><td><b>")
            .text(name)
            .raw("</b></td><td class=\"type\">")
            .text(field.ty.name())
            .raw("</td><td>")
            .text(&field.label)
            .raw("</td><td>");
        if field.unique {
            page.raw("<span class=\"tag\">unique</span> ");
        }
        if let Some(formula) = &field.formula {
            page.raw("<code>").text(&formula.text).raw("</code> ");
        }
        if field.ty.is_list() {
            let values: Vec<_> = field
                .list
                .iter()
                .map(|(key, value)| match value {
                    serde_json::Value::String(text) => format!("{key} {text}"),
                    other => format!("{key} {other}"),
                })
                .collect();
            page.text(values.join(" · ")).raw(" ");
        }
        page.text(&field.description).raw("</td></tr>");
    }
    page.raw("</tbody></table></div></details>");
}

fn records(page: &mut Html, columns: &[Column<'_>], rows: &Rows) {
    page.raw("<div class=\"scroll\"><table class=\"records\"><thead><tr>");
    for column in columns {
        cell_start(page, "<th", column);
        page.text(column.name).raw("</th>");
    }
    page.raw("</tr></thead><tbody>");
    for row in &rows.cells {
        page.raw("<tr>");
        for (column, value) in columns.iter().zip(row) {
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
fn turn(page: &mut Html, name: &str, search: &str, number: u64, rows: &Rows) {
    let last = rows.first + rows.cells.len() as u64;
    page.raw("<p class=\"turn\">");
    link(
        page,
        name,
        search,
        (number > 1).then(|| number - 1),
        "← Previous",
    );
    page.raw("<span>")
        .text(grouped((rows.first + 1).min(last)))
        .raw("–")
        .text(grouped(last))
        .raw(" of ")
        .text(grouped(rows.total))
        .raw("</span>");
    link(
        page,
        name,
        search,
        (number < rows.pages).then(|| number + 1),
        "Next →",
    );
    page.raw("</p>");
}

fn link(page: &mut Html, name: &str, search: &str, to: Option<u64>, words: &'static str) {
    let Some(to) = to else {
        page.raw("<span class=\"off\">").raw(words).raw("</span>");
        return;
    };
    page.raw("<a href=\"/?table=")
        .text(utf8_percent_encode(name, NON_ALPHANUMERIC))
        .raw("&amp;search=")
        .text(utf8_percent_encode(search, NON_ALPHANUMERIC))
        .raw("&amp;page=")
        .text(to)
        .raw("#tables\">")
        .raw(words)
        .raw("</a>");
}
