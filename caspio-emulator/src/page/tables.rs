//! Tables and views: the list, and the fields and records of the chosen one.

use super::html::Html;
use super::place::Place;
use super::record_form::RecordForm;
use super::records::{self, Records};
use super::rows::Column;
use crate::app::App;
use crate::http::params::Params;
use crate::store::edit::ObjectName;
use crate::store::field::Field;
use crate::store::list;
use crate::store::schema::{Schema, Table, View};
use caspio_tsql::Type;

/// A table or a view with the names of its fields.
struct VisibleObject<'a> {
    /// Tables and views have different ids, but may have the same name.
    id: u32,
    name: &'a str,
    note: &'a str,
    kind: &'static str,
    /// The table, if it is one: the records of a view are not changed here.
    table: Option<&'a Table>,
    fields: Vec<(&'a str, &'a Field)>,
}

impl<'a> VisibleObject<'a> {
    fn table(table: &'a Table) -> Self {
        Self {
            id: table.id,
            table: Some(table),
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
            id: view.id,
            table: None,
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
pub(super) fn write(page: &mut Html, app: &App, params: &Params, form: Option<&RecordForm>) {
    let schema = app.store.schema();
    let tables = schema.tables.iter().map(VisibleObject::table);
    let views = schema
        .views
        .iter()
        .map(|view| VisibleObject::view(&schema, view));
    let mut all: Vec<_> = tables.chain(views).collect();
    let chosen = chosen(&all, params).unwrap_or(0);
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
        let place = Place {
            id: shown.id,
            search: "",
            page: 1,
        };
        page.raw("<a href=\"")
            .text(place)
            .raw("#tables\">")
            .text(shown.name)
            .raw("</a> <span class=\"kind\">")
            .raw(shown.kind)
            .raw("</span></li>");
    }
    page.raw("</ul><div class=\"one\">");
    one(page, app, &all.swap_remove(chosen), (params, form));
    page.raw("</div></div></section>");
}

/// Returns the position of the table or view whose id or name a request has.
fn chosen(all: &[VisibleObject<'_>], params: &Params) -> Option<usize> {
    let mut all = all.iter();
    match params.integer("id") {
        Ok(Some(id)) => all.position(|shown| i64::from(shown.id) == id),
        _ => {
            let wanted = params.get("table")?;
            all.position(|shown| shown.name == wanted)
        }
    }
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

fn one(
    page: &mut Html,
    app: &App,
    shown: &VisibleObject<'_>,
    (params, form): (&Params, Option<&RecordForm>),
) {
    page.raw("<h3>").text(shown.name).raw("</h3>");
    if !shown.note.is_empty() {
        page.raw("<p class=\"quiet\">").text(shown.note).raw("</p>");
    }
    fields(page, shown);
    let source = match shown.table {
        Some(table) => ObjectName::Table(&table.name),
        None => ObjectName::View(shown.name),
    };
    let records = Records {
        id: shown.id,
        source: &source.source(),
        table: shown.table,
        columns: &shown.columns(),
    };
    records::write(page, app, &records, params, form);
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
                .map(|(key, value)| format!("{key} {}", list::label(value)))
                .collect();
            page.text(values.join(" · ")).raw(" ");
        }
        page.text(&field.description).raw("</td></tr>");
    }
    page.raw("</tbody></table></div></details>");
}
