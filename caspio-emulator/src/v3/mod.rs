//! REST v3: the paths of Caspio's own document and the JSON of its responses.

pub(crate) mod applications;
pub(crate) mod attachments;
pub(crate) mod directories;
pub(crate) mod events;
pub(crate) mod field_model;
pub(crate) mod fields;
pub(crate) mod file_json;
pub(crate) mod files;
pub(crate) mod passwords;
pub(crate) mod records;
pub(crate) mod tables;
pub(crate) mod tasks;
pub(crate) mod views;
mod webhook_json;
pub(crate) mod webhooks;

use crate::http::route::Route;

/// Returns all operations of v3.
pub(crate) fn routes() -> impl Iterator<Item = &'static Route> {
    [
        records::ROUTES,
        tables::ROUTES,
        fields::ROUTES,
        views::ROUTES,
        passwords::ROUTES,
        attachments::ROUTES,
        files::ROUTES,
        webhooks::ROUTES,
        events::ROUTES,
        tasks::ROUTES,
        applications::ROUTES,
        directories::ROUTES,
    ]
    .into_iter()
    .flatten()
}
