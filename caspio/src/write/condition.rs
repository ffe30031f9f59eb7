//! The condition of a write.

use super::errors::before_call;
use crate::client::Client;
use crate::filter::literal::Literal;
use crate::filter::{Expr, bind, guard, has_comment};
use crate::read::{Query, explain_unknown_column, key_range};
use crate::record::{FieldInfo, ObjectKind, RecordMap};
use crate::target::Target;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};

/// Which records a write is for.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    client: Client,
    pub(super) target: Target,
    records: Result<Records>,
    /// How many records it must hold for.
    expected: Option<u64>,
    /// The fields of the struct that the records are read into.
    fields: &'static [FieldInfo],
}

#[derive(Clone, Debug)]
enum Records {
    All,
    Matching(Expr),
}

impl Condition {
    pub(super) fn all(client: &Client, target: &Target) -> Self {
        Self::new(client, target, Ok(Records::All))
    }

    pub(super) fn filter(client: &Client, target: &Target, filter: Expr) -> Self {
        let records = match filter.unsendable() {
            Some(error) => Err(error.with_resource(target.to_string())),
            None => Ok(Records::Matching(filter)),
        };
        Self::new(client, target, records)
    }

    pub(super) fn raw(client: &Client, target: &Target, text: &str, values: &[Literal]) -> Self {
        let filter = match has_comment(text) {
            true => Err(Error::new(
                ErrorKind::Refused,
                "the condition of a write contains a comment",
            )
            .with_resource(target.to_string())
            .with_hint("remove the comment: it could hide a part of the condition")),
            false => bind(text, values).map(Expr::Raw),
        };
        Self::new(client, target, filter.map(Records::Matching))
    }

    fn new(client: &Client, target: &Target, records: Result<Records>) -> Self {
        Self {
            client: client.clone(),
            target: target.clone(),
            records,
            expected: None,
            fields: &[],
        }
    }

    /// Names the fields of the struct: errors suggest them, and the guard knows which are Yes/No.
    pub(super) fn of_fields(mut self, fields: &'static [FieldInfo]) -> Self {
        self.fields = fields;
        self
    }

    pub(super) fn expect_count(&mut self, records: u64) {
        self.expected = Some(records);
    }

    /// Returns the condition if it may be sent. Makes no call.
    ///
    /// # Errors
    ///
    /// `Refused`: the condition obviously holds for every record, contains a comment, or its text cannot be bound to
    /// its values.
    pub(super) fn checked(self, operation: &'static str) -> Result<Checked> {
        let records = self.records.map_err(|error| {
            before_call(error, operation).with_resource(self.target.to_string())
        })?;
        let refusal = match &records {
            Records::All => None,
            Records::Matching(filter) => refusal(filter, self.target.kind, self.fields),
        };
        if let Some(message) = refusal {
            let hint = match self.target.kind {
                ObjectKind::Table => "to write all records, use `update_all()` or `delete_all()`",
                ObjectKind::View => {
                    "select the records by a condition that leaves some of them out"
                }
            };
            return Err(Error::new(ErrorKind::Refused, message)
                .with_operation(operation)
                .with_resource(self.target.to_string())
                .with_hint(hint));
        }
        Ok(Checked {
            client: self.client,
            target: self.target,
            operation,
            records,
            expected: self.expected,
            fields: self.fields,
        })
    }
}

fn refusal(filter: &Expr, kind: ObjectKind, fields: &[FieldInfo]) -> Option<&'static str> {
    if filter.is_everything() {
        return Some("no condition is given");
    }
    guard::refusal(filter, kind, fields)
}

/// A condition that may be sent.
pub(super) struct Checked {
    pub(super) client: Client,
    pub(super) target: Target,
    operation: &'static str,
    records: Records,
    expected: Option<u64>,
    fields: &'static [FieldInfo],
}

impl Checked {
    /// Adds the unknown column and a near name to the service's error.
    pub(super) fn explain(&self, error: Error) -> Error {
        let columns: Vec<&str> = self.fields.iter().map(|field| field.name).collect();
        explain_unknown_column(error, &self.client, &self.target, &columns)
    }

    /// Counts the records, if their number is given.
    ///
    /// # Errors
    ///
    /// `Refused`: there are more or fewer.
    async fn check_count(&self) -> Result<()> {
        let Some(expected) = self.expected else {
            return Ok(());
        };
        let found = self.count().await?;
        if found == expected {
            return Ok(());
        }
        let verb = self.operation.trim_start_matches("records.");
        let records = if expected == 1 { "record" } else { "records" };
        let message =
            format!("expected to {verb} {expected} {records}, but the condition holds for {found}");
        Err(Error::new(ErrorKind::Refused, message)
            .with_operation(self.operation)
            .with_resource(self.target.to_string()))
    }

    /// How many records it holds for. One call.
    pub(super) async fn count(&self) -> Result<u64> {
        let query = Query::<RecordMap>::new(self.client.clone(), self.target.clone());
        let query = match self.records.clone() {
            Records::All => query,
            Records::Matching(filter) => query.filter_expr(filter),
        };
        query.count().await.map_err(|error| self.explain(error))
    }

    /// The condition as T-SQL; `None` if the table has no records.
    ///
    /// For all records it is their range of keys, which takes one call to read: Caspio refuses conditions that always
    /// hold.
    ///
    /// # Errors
    ///
    /// `Refused`: the records are not as many as expected.
    pub(super) async fn resolve(&self) -> Result<Option<String>> {
        self.check_count().await?;
        match &self.records {
            Records::All => {
                let keys = key_range(&self.client, &self.target).await?;
                Ok(keys.map(|keys| keys.to_sql()))
            }
            Records::Matching(filter) => Ok(Some(filter.to_sql())),
        }
    }
}
