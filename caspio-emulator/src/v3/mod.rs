//! REST v3: the paths of Caspio's own document and the shape of its answers.

mod applications;
mod attachments;
mod directories;
mod events;
mod field_model;
mod fields;
mod files;
mod passwords;
mod records;
mod tables;
mod tasks;
mod views;
mod webhooks;

use crate::http::route::Route;

/// Every operation of v3.
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
