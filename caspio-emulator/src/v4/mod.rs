//! REST v4: tables and views by ids, `data` and `pagination`, bulk writes.
//!
//! Apart from paths and JSON everything is v3's. v4's own document is not available: facts
//! without a source are marked as inferred.

mod account;
mod bulk;
mod design;
mod directories;
pub(crate) mod errors;
mod events;
mod field_model;
mod fields_of_records;
mod files;
mod objects;
mod records;
mod schemas;

use crate::app::App;
use crate::http::Refusal;
use crate::http::route::Route;
use crate::store::document;
use crate::store::objects::Directory;

/// Returns all emulated operations of v4.
pub(crate) fn routes() -> impl Iterator<Item = &'static Route> {
    // `records/bulk` comes before `records/{}`: the first matching pattern is used.
    [
        account::ROUTES,
        bulk::ROUTES,
        records::ROUTES,
        fields_of_records::ROUTES,
        design::ROUTES,
        schemas::ROUTES,
        directories::ROUTES,
        files::ROUTES,
        events::ROUTES,
        objects::ROUTES,
        errors::ROUTES,
    ]
    .into_iter()
    .flatten()
}

/// Replaces the id in v4's paths by the name of the table or view, because everything else uses names. The fields of
/// a directory are those of the table with its name.
pub(crate) fn named(
    app: &App,
    route: &Route,
    mut path: Vec<String>,
) -> Result<Vec<String>, Refusal> {
    let mut steps = route.pattern.split('/');
    let name = match (steps.next(), steps.nth(1), path.first()) {
        (Some("tables"), _, Some(id)) => table(app, id)?,
        (Some("views"), _, Some(id)) => view(app, id)?,
        (Some("directories"), Some("fields"), Some(id)) => directory(app, id)?,
        _ => return Ok(path),
    };
    path[0] = name;
    Ok(path)
}

fn table(app: &App, id: &str) -> Result<String, Refusal> {
    let schema = app.store.schema();
    let known = schema.table_by_short_id(id, &app.settings.account);
    known
        .map(|table| table.name.clone())
        .ok_or_else(Refusal::table_not_found)
}

fn view(app: &App, id: &str) -> Result<String, Refusal> {
    let schema = app.store.schema();
    let known = schema
        .views
        .iter()
        .find(|view| view.short_id(&app.settings.account) == id);
    known
        .map(|view| view.name.clone())
        .ok_or_else(Refusal::view_not_found)
}

fn directory(app: &App, id: &str) -> Result<String, Refusal> {
    let known = app
        .store
        .read(|connection, _| document::get::<Directory>(connection, id))?;
    known
        .map(|directory| directory.name)
        .ok_or_else(Refusal::object_not_found)
}
