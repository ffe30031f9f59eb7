//! What a read asks for, before it is spelled.

/// The query of one read call. Empty parts are not sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct ListParams {
    pub(crate) select: String,
    pub(crate) filter: String,
    pub(crate) group_by: String,
    pub(crate) order_by: String,
    pub(crate) window: Window,
}

/// How many records of a result, always counted from its beginning.
///
/// Page numbers are never used: they and `limit` disagree about which records come first (seen in
/// production as 326 records doubled and 326 lost), and records inserted or deleted between two
/// pages shift the rest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Window {
    /// No window at all: the service's default of 100 records.
    #[default]
    Default,
    /// The first records, 1 to 1,000.
    First(u16),
}
