//! What a sync would write.

use super::SyncMany;
use super::snapshot::SyncPlan;
use crate::bulk::report::BulkReport;
use crate::record::Key;
use crate::target::Target;
use crate::write::Purpose;
use crate::write::encode::RowEncoder;
use crate::write::errors::with_key;

impl<K> SyncMany<K> {
    /// Reports what a sync would do. A row that it would refuse before sending it is a failure here, too; the fields
    /// are looked up where the sync would look them up.
    pub(super) async fn report_plan(
        &self,
        target: &Target,
        plan: SyncPlan,
        report: &mut BulkReport<Key>,
    ) {
        let dialect = self.client.dialect();
        let mut encoder = RowEncoder::new(&self.client, target, dialect, Purpose::Update);
        for (at, key, row) in plan.updates {
            match encoder.encode(row).await {
                Ok(_) => report.updated += 1,
                Err(error) => {
                    let error = with_key(error, &key);
                    report.fail(Some(at), Some(key), error);
                }
            }
        }
        let mut encoder = RowEncoder::new(&self.client, target, dialect, Purpose::Insert);
        for at in plan.inserts {
            match encoder.encode(self.rows[at].clone()).await {
                Ok(_) => report.inserted += 1,
                Err(error) => report.fail(Some(at), None, error),
            }
        }
        let extra = plan.deletes.len() as u64;
        match report.failed.is_empty() {
            true => report.deleted = extra,
            false => report.held_back = extra,
        }
        report.sort();
    }
}
