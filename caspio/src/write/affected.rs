//! The result of a write by a condition.

use crate::dialect::affected;
use crate::target::Target;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Response, Result};

/// How many records an update or delete by a condition changed.
///
/// ```no_run
/// # mod setup { include!("../doc_setup.rs"); } use setup::*;
/// # async fn example(caspio: Client) -> caspio::Result<()> {
/// let deleted = caspio.table::<Contact>().delete_where(|c| c.email.is_null()).await?;
/// println!("{}{} deleted", if deleted.at_least { "at least " } else { "" }, deleted.records);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Affected {
    /// The records, as Caspio counted them.
    pub records: u64,
    /// Whether more may have been changed: an earlier attempt of the same call may have been applied, or the service
    /// counted no record for an update of list fields alone, as v2 was seen to do although the update worked.
    pub at_least: bool,
}

/// Reads how many records a write affected.
pub(super) fn affected_of(response: &Response, target: &Target) -> Result<Affected> {
    let records = affected(response.body());
    Ok(Affected {
        records: records.map_err(|error| error.with_resource(target.to_string()))?,
        at_least: response.maybe_repeated(),
    })
}
