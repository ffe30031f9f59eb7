//! What the steps of a merge share.

use crate::markers::ColumnMarker;
use crate::source::Source;
use caspio_schema::is_same_name;
use std::collections::BTreeMap;

/// The names of types that do not exist yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    pub(crate) record: String,
    /// The type of the key, if it is to have one of its own.
    pub(crate) key: Option<String>,
    /// The enum of each list column, by the column's name.
    pub(crate) values: BTreeMap<String, String>,
}

/// The state that the steps of a merge share.
pub(super) struct MergeContext<'a> {
    pub(super) source: &'a Source,
    pub(super) names: &'a Names,
    /// The markers before the merge.
    pub(super) markers: Vec<ColumnMarker>,
    pub(super) reasons: Vec<String>,
    pub(super) notes: Vec<String>,
}

impl MergeContext<'_> {
    /// Returns the column's marker: its definition when its field was generated.
    pub(super) fn marker(&self, column: &str) -> Option<&ColumnMarker> {
        self.markers
            .iter()
            .find(|marker| is_same_name(&marker.name, column))
    }

    /// Returns the enum of a list column.
    pub(super) fn values(&self, column: &str) -> Option<&str> {
        self.names.values.get(column).map(String::as_str)
    }
}
