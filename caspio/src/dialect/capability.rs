//! Differences between the versions of the API that a program can ask for.

use super::{Capabilities, of};
use caspio_core::ApiVersion;

/// A feature that only some versions of the API have.
///
/// Most of the SDK does not need it: a client uses what its version has, or returns an error of kind `Refused` that
/// names the version to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Capability {
    /// The fields of views can be read. v2 cannot read them.
    ViewFields,
    /// There are calls for attachments. They are documented for v3 and v4 only.
    Attachments,
    /// Groups can be restricted by a condition, with `having`. Only v4 can.
    GroupConditions,
    /// One call inserts up to 1,000 records. Only v4 can. A client of an older version uses v4 for its writes of many
    /// records, if the account supports v4.
    BulkWrites,
    /// Calls contain the names of tables and views. On v4 they contain an id, so a client reads the ids before it uses
    /// the first table or view: one call for every 1,000 tables, or views.
    NamesInCalls,
}

impl Capability {
    /// Returns the versions of the API that have it, the oldest first.
    ///
    /// ```
    /// use caspio::{ApiVersion, Capability};
    ///
    /// let versions: Vec<_> = Capability::ViewFields.versions().collect();
    /// assert_eq!(versions, [ApiVersion::V3, ApiVersion::V4]);
    /// ```
    pub fn versions(self) -> impl Iterator<Item = ApiVersion> {
        let all = [ApiVersion::V2, ApiVersion::V3, ApiVersion::V4].into_iter();
        all.filter(move |version| of(*version).capabilities().include(self))
    }
}

impl Capabilities {
    /// Returns whether a capability is one of these.
    pub(crate) fn include(&self, capability: Capability) -> bool {
        match capability {
            Capability::ViewFields => self.lists_view_fields,
            Capability::Attachments => self.supports_attachments,
            Capability::GroupConditions => self.supports_having,
            Capability::BulkWrites => self.supports_bulk_writes,
            Capability::NamesInCalls => !self.identifies_by_id,
        }
    }
}
