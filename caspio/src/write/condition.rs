//! The condition of a write.

use super::always::holds_always;
use crate::client::Client;
use crate::filter::Expr;
use crate::read::{Narrowed, Query, key_range};
use crate::record::{PK_ID, Record};
use crate::target::Target;
use caspio_core::{Error, ErrorKind, Result};

/// Which records a write by a condition is about.
pub(super) struct Condition {
    pub(super) client: Client,
    pub(super) target: Target,
    /// As T-SQL; `None` when there is no record at all.
    pub(super) filter: Option<String>,
}

impl Condition {
    /// The condition of a query. For all records it is their range of keys, which takes one call to learn:
    /// Caspio refuses conditions that always hold, and records inserted meanwhile are left alone.
    ///
    /// # Errors
    ///
    /// `Refused`: the condition holds for every record, or the query has what a write cannot keep to.
    pub(super) async fn of<R: Record>(query: Query<R, Narrowed>) -> Result<Self> {
        if query.means_all() {
            return Self::of_all(query).await;
        }
        let (client, target, filter) = query.into_condition()?;
        let refused =
            |what: String| Error::new(ErrorKind::Refused, what).with_object(target.to_string());
        if holds_always(&filter) {
            let error = refused(format!("the condition holds for every record: {filter}"));
            return Err(error.with_hint("to write all records, say so: `.all()`"));
        }
        Ok(Self {
            client,
            target,
            filter: Some(filter),
        })
    }

    async fn of_all<R: Record>(query: Query<R, Narrowed>) -> Result<Self> {
        let mut plan = query.plan().clone();
        let (client, target, _) = query.into_condition()?;
        let range = key_range(&client, &plan).await?;
        let filter = range.map(|(low, high)| {
            plan.and_filter(Expr::Test(format!("{PK_ID} BETWEEN {low} AND {high}")));
            plan.own_filter()
        });
        Ok(Self {
            client,
            target,
            filter,
        })
    }
}
