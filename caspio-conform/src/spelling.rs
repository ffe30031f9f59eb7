//! How the versions of the API spell what probes have in common.

use crate::template::Values;
use caspio::ApiVersion;

/// The placeholders whose value depends on the version alone.
pub(crate) const PLACEHOLDERS: [&str; 3] = ["q", "rows", "total"];

/// The versions of the API.
pub(crate) const VERSIONS: [ApiVersion; 3] = [ApiVersion::V2, ApiVersion::V3, ApiVersion::V4];

/// Returns the prefix of a parameter's name, the member that holds records, and the pointer to their number.
pub(crate) fn values(version: ApiVersion) -> Values {
    let (prefix, rows, total) = match version {
        ApiVersion::V4 => ("", "data", "pagination/totalCount"),
        _ => ("q.", "Result", "Pagination/TotalCount"),
    };
    let values = PLACEHOLDERS.into_iter().zip([prefix, rows, total]);
    let values = values.map(|(name, value)| (name.to_owned(), value.to_owned()));
    values.collect()
}

/// Returns whether the paths of a version have ids of tables and views, not names.
pub(crate) fn has_ids(version: ApiVersion) -> bool {
    version == ApiVersion::V4
}
