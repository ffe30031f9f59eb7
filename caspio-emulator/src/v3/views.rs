//! Views: the list and the design of one view. Their fields and records are in the files of tables.

use super::tables::Design;
use crate::auth::Rights;
use crate::http::call::Outcome;
use crate::http::route::Route;
use crate::http::{Call, Refusal};
use crate::store::schema::{Schema, View};

pub(crate) const ROUTES: &[Route] = &[
    Route::get("views", "ListViews", list),
    Route::get("views/{}", "GetView", get),
];

fn list(call: &Call<'_>) -> Outcome {
    let schema = call.app.store.schema();
    let readable = call.readable(&schema.views, |view| &view.name);
    let names: Vec<_> = readable.map(|view| view.name.as_str()).collect();
    call.ok(&names)
}

fn get(call: &Call<'_>) -> Outcome {
    let schema = call.app.store.schema();
    let view = find(call, &schema)?;
    call.ok(&Design {
        name: &view.name,
        note: &view.note,
    })
}

/// Returns the view of the path if the profile may read it.
pub(crate) fn find<'s>(call: &Call<'_>, schema: &'s Schema) -> Result<&'s View, Refusal> {
    let view = schema.view(call.segment(0));
    let view = view.ok_or_else(Refusal::view_not_found)?;
    call.require(&view.name, Rights::READ)?;
    Ok(view)
}
