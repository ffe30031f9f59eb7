//! REST v2: v3's operations with older names and forms.
//!
//! The operations that both versions have are v3's; only the differences are here. Operations of
//! which no source has a v2 form (attachments, directories, webhooks) are missing.

mod applications;
mod files;
mod tables;

use crate::http::route::Route;
use crate::v3;

const OWN: [&[Route]; 3] = [tables::ROUTES, files::ROUTES, applications::ROUTES];

const SHARED: [&[Route]; 6] = [
    v3::records::ROUTES,
    v3::tables::ROUTES,
    v3::fields::ROUTES,
    v3::views::ROUTES,
    v3::passwords::ROUTES,
    v3::files::ROUTES,
];

/// Operations that v3 added.
const LATER: [&str; 2] = ["ListViewFields", "GetViewField"];

/// Returns all operations of v2; v2's own replace v3's.
pub(crate) fn routes() -> impl Iterator<Item = &'static Route> {
    let own = || OWN.into_iter().flatten();
    let shared = SHARED.into_iter().flatten().filter(move |route| {
        !LATER.contains(&route.operation) && own().all(|known| known.operation != route.operation)
    });
    own().chain(shared)
}
