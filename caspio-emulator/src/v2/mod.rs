//! REST v2: v3's operations under older names and with older shapes.
//!
//! What the two have in common is v3's; only what v2 says or takes differently is here. What no
//! source tells of v2 (attachments, directories) is not there.

mod applications;
mod files;
mod tables;

use crate::http::route::Route;
use crate::v3;

const OWN: [&[Route]; 3] = [tables::ROUTES, files::ROUTES, applications::ROUTES];

const SHARED: [&[Route]; 8] = [
    v3::records::ROUTES,
    v3::tables::ROUTES,
    v3::fields::ROUTES,
    v3::views::ROUTES,
    v3::passwords::ROUTES,
    v3::files::ROUTES,
    v3::webhooks::ROUTES,
    v3::events::ROUTES,
];

/// What came with v3.
const LATER: [&str; 2] = ["ListViewFields", "GetViewField"];

/// Every operation of v2; those that differ from v3's stand in for them.
pub(crate) fn routes() -> impl Iterator<Item = &'static Route> {
    let own = || OWN.into_iter().flatten();
    let shared = SHARED.into_iter().flatten().filter(move |route| {
        !LATER.contains(&route.operation) && own().all(|known| known.operation != route.operation)
    });
    own().chain(shared)
}
