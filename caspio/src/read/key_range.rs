//! The range of a table's keys, read in one call.

use super::budget::Calls;
use super::get_many;
use super::plan::Plan;
use crate::client::Client;
use crate::decode::decode_page;
use crate::filter::Expr;
use crate::record::{Decode, FieldInfo, Record, RecordMap, RowAccess};
use crate::target::Target;
use caspio_core::Result;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde::de::MapAccess;
use std::sync::Arc;

/// The lowest and the highest key, and the number of records.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct KeyRange {
    pub(super) low: i64,
    pub(super) high: i64,
    pub(super) count: u64,
}

/// Reads the range of the keys that meet a query's condition; `None` if there is no record. One call.
///
/// # Errors
///
/// `Incomplete`: the plan permits no call.
pub(super) fn read(
    client: &Client,
    plan: &Arc<Plan>,
    calls: &Calls,
) -> Result<BoxFuture<'static, Result<Option<KeyRange>>>> {
    let call = calls.list(client, plan, plan.key_range_params())?;
    let (plan, dialect) = (Arc::clone(plan), client.dialect());
    let range = call.map(move |body| {
        let rows = decode_page::<Row>(&body?, dialect, &plan.target, 0)?;
        Ok(rows.records.into_iter().next().and_then(Row::range))
    });
    Ok(range.boxed())
}

/// Returns the condition for all records that a table has now; `None` if it has none. One call.
pub(crate) async fn key_range(client: &Client, target: &Target) -> Result<Option<Expr>> {
    let plan = Arc::new(Plan::new(target.clone(), &[]));
    let range = read(client, &plan, &Calls::default())?.await?;
    Ok(range.map(|KeyRange { low, high, .. }| get_many::key_range(low, high)))
}

/// The row of the response. A table without records has nulls in it.
#[derive(Default)]
struct Row([Option<i64>; 3]);

impl Row {
    fn range(self) -> Option<KeyRange> {
        let [low, high, count] = self.0;
        Some(KeyRange {
            low: low?,
            high: high?,
            count: u64::try_from(count?).ok()?,
        })
    }
}

const fn column(name: &'static str) -> FieldInfo {
    FieldInfo::new(name, "").of::<Option<i64>>("Option<i64>")
}

impl Record for Row {
    type Source = RecordMap;
    type At<'p> = Self;
    const FIELDS: &'static [FieldInfo] = &[column("Low"), column("High"), column("Records")];
}

impl<'de> Decode<'de> for Row {
    fn decode<A: MapAccess<'de>>(mut row: RowAccess<'_, 'de, A>) -> Result<Self, A::Error> {
        let mut values = Self::default();
        while let Some(index) = row.next_field()? {
            values.0[index] = row.value()?;
        }
        Ok(values)
    }
}
