//! One call that learns the range of keys, and a limit on how long calls may take.

use super::many;
use super::plan::Plan;
use crate::client::Client;
use crate::decode::decode_page;
use crate::filter::Expr;
use crate::record::{Decode, FieldInfo, Record, RecordMap, RowAccess};
use crate::target::Target;
use bytes::Bytes;
use caspio_core::{Error, Result};
use futures::FutureExt;
use futures::future::BoxFuture;
use serde::de::MapAccess;
use std::sync::Arc;
use tokio::time::Instant;

/// The keys that a query's condition leaves; `None` where there is no record.
pub(super) type Scouted = Option<Keys>;

/// The range of keys and how many of them are in use.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Keys {
    pub(super) low: i64,
    pub(super) high: i64,
    pub(super) count: u64,
}

/// Learns the range of keys. One call.
pub(super) fn keys(client: Client, plan: Arc<Plan>) -> BoxFuture<'static, Result<Scouted>> {
    async move {
        let params = plan.scout();
        let body = client.list(plan.target.clone(), params).await?;
        let rows = decode_page::<Row>(&body, client.dialect(), &plan.target, 0)?;
        Ok(rows.records.into_iter().next().and_then(Row::keys))
    }
    .boxed()
}

/// The condition for the range of keys that a table's records have; `None` when there is no record. One
/// call.
pub(crate) async fn key_range(client: &Client, target: &Target) -> Result<Option<Expr>> {
    let plan = Plan::new(target.clone(), &[]);
    let keys = keys(client.clone(), Arc::new(plan)).await?;
    Ok(keys.map(|Keys { low, high, .. }| many::key_range(low, high)))
}

/// The call, unless the deadline comes first.
pub(super) fn until(
    deadline: Instant,
    call: BoxFuture<'static, Result<Bytes>>,
    late: Error,
) -> BoxFuture<'static, Result<Bytes>> {
    async move {
        match tokio::time::timeout_at(deadline, call).await {
            Ok(answer) => answer,
            Err(_) => Err(late),
        }
    }
    .boxed()
}

#[derive(Default)]
struct Row([Option<i64>; 3]);

impl Row {
    fn keys(self) -> Scouted {
        let [low, high, count] = self.0;
        Some(Keys {
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
