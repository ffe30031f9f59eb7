//! Views: the list and one view's design. Their fields and records are answered beside those
//! of tables.

use super::tables::Design;
use crate::{
    auth::Rights,
    http::{Call, Refusal, call::Outcome, route::Route},
};

pub(super) const ROUTES: &[Route] = &[
    Route::get("views", "ListViews", list),
    Route::get("views/{}", "GetView", get),
];

fn list(call: &Call<'_>) -> Outcome {
    let schema = call.app.store.schema();
    let names: Vec<_> = schema
        .views
        .iter()
        .map(|view| view.name.as_str())
        .filter(|name| call.profile.may(name, Rights::READ))
        .collect();
    call.ok(&names)
}

fn get(call: &Call<'_>) -> Outcome {
    let schema = call.app.store.schema();
    let view = schema
        .view(call.segment(0))
        .ok_or_else(Refusal::view_not_found)?;
    call.require(&view.name, Rights::READ)?;
    call.ok(&Design {
        name: &view.name,
        note: &view.note,
    })
}
