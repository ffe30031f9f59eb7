//! What the versions of the API can do.

use caspio_schema::Property;

/// What a version of the API can do.
#[derive(Debug)]
pub(crate) struct Capabilities {
    /// A path contains an id of the table or view, which the service assigns, instead of its name.
    pub(crate) identifies_by_id: bool,
    /// A read of records reports the total number of records when it is requested.
    pub(crate) reports_totals: bool,
    /// `groupBy` accepts `HAVING`.
    pub(crate) supports_having: bool,
    /// One call inserts up to 1,000 records, and a write by condition has no limit on its condition.
    pub(crate) supports_bulk_writes: bool,
    /// An insert accepts null for a Date/Time. v2 was seen to refuse it.
    pub(crate) accepts_null_dates: bool,
    /// A write by key responds 404 if there is no such record.
    pub(crate) reports_missing_records: bool,
    /// One list returns all tables or views with their fields.
    pub(crate) lists_schemas: bool,
    /// The fields of a view can be read.
    pub(crate) lists_view_fields: bool,
    /// The password fields of a table can be listed without its other fields.
    pub(crate) lists_password_fields: bool,
    /// The properties that are missing from lists of fields.
    pub(crate) unreported: &'static [Property],
    /// There are operations on attachments.
    pub(crate) supports_attachments: bool,
    /// Lists of objects other than records are read page by page.
    pub(crate) pages_lists: bool,
    /// One object other than a record has an envelope, as a list has. It is inferred that v4 has none, fact
    /// `objects-without-envelope`; one is accepted.
    pub(crate) wraps_objects: bool,
}
