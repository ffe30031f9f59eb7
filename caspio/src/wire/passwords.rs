//! Password fields of tables.

use super::collection_url;
use crate::record::SourceKind;
use caspio_core::{ApiVersion, Url};

/// Whether a version lists a table's password fields by themselves.
pub(crate) fn lists_passwords(version: ApiVersion) -> bool {
    version != ApiVersion::V4
}

/// The password fields of a table, or one of them.
pub(crate) fn passwords_url(
    version: ApiVersion,
    base: &Url,
    segment: &str,
    field: Option<&str>,
) -> Url {
    let mut segments = match version {
        ApiVersion::V4 => vec![segment, "records", "bulk", "passwordFields"],
        _ => vec![segment, "passwordFields"],
    };
    segments.extend(field);
    collection_url(base, SourceKind::Table, &segments)
}
