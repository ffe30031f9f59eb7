//! The parameters of a read, independent of the version.

/// The parameters of one read call. Empty ones are not sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct ListParams {
    pub(crate) select: String,
    pub(crate) filter: String,
    pub(crate) group_by: String,
    pub(crate) order_by: String,
    pub(crate) window: Window,
    /// Whether the response should report how many records there are. v4 always reports it, v3 if it is
    /// requested, v2 never.
    pub(crate) total: bool,
}

/// The number of records to return, always counted from the start of the result.
///
/// Page numbers are never used. They and `limit` disagree about which records come first (seen in
/// production: 326 records returned twice and 326 missing), and records inserted or deleted between two
/// pages shift the rest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Window {
    /// The service's default, 100 records.
    #[default]
    Default,
    /// The first records, 1 to 1,000.
    First(u16),
}
