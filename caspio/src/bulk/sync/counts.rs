//! What a sync would write, and a check of it before the first write.

use super::SyncMany;
use super::snapshot::SyncPlan;
use crate::target::Target;
use caspio_core::Result;
use std::sync::Arc;

/// The check of a sync.
pub(super) type Check = Arc<dyn Fn(&SyncCounts) -> Result<()> + Send + Sync>;

/// What a sync would write, for [`SyncMany::check_first`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SyncCounts {
    /// Rows without a record.
    pub inserted: u64,
    /// Records that differ from their rows.
    pub updated: u64,
    /// Records that are equal to their rows.
    pub unchanged: u64,
    /// Records without a row, with [`delete_missing`](SyncMany::delete_missing).
    pub deleted: u64,
}

impl SyncCounts {
    fn of(plan: &SyncPlan) -> Self {
        Self {
            inserted: plan.inserts.len() as u64,
            updated: plan.updates.len() as u64,
            unchanged: plan.unchanged.len() as u64,
            deleted: plan.deletes.len() as u64,
        }
    }

    /// Returns the number of records that the table has before the sync, with
    /// [`delete_missing`](SyncMany::delete_missing). Without it, those that no row has are not counted.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.updated + self.unchanged + self.deleted
    }
}

impl<K> SyncMany<K> {
    /// Calls a function after the table was read, with what will be written. If it returns an error, nothing is written
    /// to the table, and the sync fails with that error. It is not called in a dry run, nor for a
    /// [staging](Self::staging) table, which is loaded before.
    ///
    /// This refuses a sync with a file that was cut off, which would delete most of the table:
    ///
    /// ```no_run
    /// # mod setup { include!("../../doc_setup.rs"); } use setup::*;
    /// use caspio::{Error, ErrorKind};
    /// # async fn example(caspio: Client, rows: Vec<NewContact>) -> caspio::Result<()> {
    /// let sync = caspio.table::<Contact>().replace_all(|c| c.email, &rows);
    /// let report = sync
    ///     .check_first(|counts| match counts.deleted > counts.records() / 10 {
    ///         true => Err(Error::new(ErrorKind::Refused, "more than a tenth would be deleted")),
    ///         false => Ok(()),
    ///     })
    ///     .await?;
    /// # report.into_result()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn check_first(
        mut self,
        check: impl Fn(&SyncCounts) -> Result<()> + Send + Sync + 'static,
    ) -> Self {
        self.check = Some(Arc::new(check));
        self
    }

    /// Checks what will be written, unless it is written to the staging table.
    pub(super) fn check_plan(&self, target: &Target, plan: &SyncPlan) -> Result<()> {
        match &self.check {
            Some(check) if target.name == self.target.name => {
                check(&SyncCounts::of(plan)).map_err(|error| self.with_context(error))
            }
            _ => Ok(()),
        }
    }
}
