//! A query's condition, for the attachments of many records, which use nothing else of the query.

use super::query::Query;
use crate::client::Client;
use crate::filter::Expr;
use crate::record::Record;
use crate::target::Target;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};

impl<R: Record> Query<R> {
    /// Returns the query's condition; `None` for all records.
    ///
    /// # Errors
    ///
    /// `Refused`: the query has more than a condition, which would be ignored.
    pub(crate) fn into_condition(self) -> Result<(Client, Target, Option<Expr>)> {
        let surplus = self.surplus();
        let (client, plan) = self.into_parts()?;
        match surplus {
            None => Ok((client, plan.target, plan.filter)),
            Some(surplus) => {
                let message = format!("this operation takes only a condition, not {surplus}");
                Err(Error::new(ErrorKind::Refused, message)
                    .with_resource(plan.target.to_string())
                    .with_hint("read the keys first, and filter by them"))
            }
        }
    }

    fn surplus(&self) -> Option<&'static str> {
        let plan = self.plan();
        if plan.limit.is_some() {
            Some("a limit")
        } else if plan.is_grouped() || plan.has_having() {
            Some("groups")
        } else if !plan.terms().is_empty() || plan.key_descends() {
            Some("an order")
        } else if self.is_resumed() {
            Some("a position")
        } else if plan.max_calls.is_some() || plan.deadline.is_some() {
            Some("a budget or deadline")
        } else {
            None
        }
    }
}
