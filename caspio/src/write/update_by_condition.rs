//! Updating the records that meet a condition.

use super::Purpose;
use super::affected::{Affected, affected_of};
use super::changes::Changes;
use super::condition::Condition;
use super::encode::RowEncoder;
use super::errors::before_call;
use super::lists::may_set_only_lists;
use super::update::{NothingSet, Update, UpdateTarget};
use crate::dialect::{RecordSelector, Returning};
use crate::record::Record;
use caspio_core::Result;
use futures::FutureExt;
use futures::future::BoxFuture;

/// The condition of an [`Update`] or a [`Delete`](super::Delete).
#[derive(Clone, Debug)]
pub struct ByCondition(pub(super) Condition);

impl<R: Record> Update<R, ByCondition, NothingSet> {
    pub(super) fn by_condition(condition: Condition) -> Self {
        Self::new(ByCondition(condition))
    }
}

impl<R: Record, S> Update<R, ByCondition, S> {
    /// Counts the records first, and updates nothing if the number differs from this one. One more call.
    ///
    /// Other programs may write between the count and the update, so this guards against a wrong condition
    /// only.
    pub fn expect_count(mut self, records: u64) -> Self {
        self.target.0.expect_count(records);
        self
    }

    /// Returns how many records the condition holds for, and updates none. One call.
    ///
    /// # Errors
    ///
    /// `Refused`, before the call, for a condition that the update refuses.
    pub fn count(&self) -> BoxFuture<'static, Result<u64>> {
        let condition = self.target.0.clone();
        async move { condition.checked("records.update")?.count().await }.boxed()
    }
}

impl ByCondition {
    async fn update(self, changes: Changes) -> Result<Affected> {
        let refused = |error| before_call(error, "records.update");
        let row = changes.into_row_of(&self.0.target).map_err(refused)?;
        let condition = self.0.checked("records.update")?;
        let (client, target) = (&condition.client, &condition.target);
        let mut encoder = RowEncoder::new(client, target, client.dialect(), Purpose::Update);
        let set = row.clone();
        let row = encoder.encode(row).await.map_err(refused)?;
        let Some(filter) = condition.resolve().await? else {
            return Ok(Affected::default());
        };
        let records = RecordSelector::Filter(filter);
        let sent = client.send_update(target, &records, &row, Returning::Nothing);
        let response = sent.await.map_err(|error| condition.explain(error))?;
        let affected = affected_of(&response, target)?;
        // v2 was seen to report no record for an update of list fields alone, although it worked.
        let is_uncounted = affected.records == 0 && may_set_only_lists(&set, client, target).await;
        Ok(Affected {
            at_least: affected.at_least || is_uncounted,
            ..affected
        })
    }
}

impl UpdateTarget for ByCondition {
    type Output = Affected;

    fn run(self, changes: Changes) -> BoxFuture<'static, Result<Affected>> {
        self.update(changes).boxed()
    }
}
