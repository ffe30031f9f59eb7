//! How requests are spelled and answers are named, version by version.
//!
//! Nothing outside of this module knows `q.` or `Result` or `data`.

mod attachments;
mod change;
mod form;
mod params;
mod passwords;
mod url;
mod v2v3;
mod v4;
pub(crate) mod writes;

pub(crate) use attachments::{AttachmentField, ToldFile, has_attachments, total_count};
pub(crate) use change::{Member, affected, clear_where, set_where};
pub(crate) use form::FileForm;
pub(crate) use params::{ListParams, Window};
pub(crate) use passwords::{lists_passwords, passwords_url};
pub(crate) use url::{collection_url, encoded_length, list_url, page_url, schemas_url};

use caspio_core::ApiVersion;

/// The names one version of the API uses.
#[derive(Debug)]
pub(crate) struct Dialect {
    pub(crate) select: &'static str,
    pub(crate) filter: &'static str,
    pub(crate) group_by: &'static str,
    pub(crate) order_by: &'static str,
    pub(crate) limit: &'static str,
    /// The member of an answer that holds what was asked for.
    pub(crate) rows: &'static str,
}

impl Dialect {
    pub(crate) fn of(version: ApiVersion) -> &'static Self {
        match version {
            ApiVersion::V4 => &v4::DIALECT,
            _ => &v2v3::DIALECT,
        }
    }
}

/// Whether a table or view stands in a path by an id of its own in place of its name.
pub(crate) fn has_ids(version: ApiVersion) -> bool {
    version == ApiVersion::V4
}

/// Whether all tables or views are told with their fields in one list.
pub(crate) fn tells_schemas(version: ApiVersion) -> bool {
    version == ApiVersion::V4
}

/// Whether a field is changed by `PATCH` in place of `PUT`.
pub(crate) fn changes_by_patch(version: ApiVersion) -> bool {
    version == ApiVersion::V4
}

/// Whether the fields of a view can be asked for.
pub(crate) fn tells_fields_of_views(version: ApiVersion) -> bool {
    version != ApiVersion::V2
}

/// Whether `groupBy` may carry `HAVING`.
pub(crate) fn takes_having(version: ApiVersion) -> bool {
    version == ApiVersion::V4
}
