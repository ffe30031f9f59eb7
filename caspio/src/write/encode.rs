//! From a row to what is sent: lists by their keys, faults found before the call is paid.

use super::{Purpose, lists, validate};
use crate::client::{Client, WriteChecks};
use crate::dialect::Dialect;
use crate::field::FieldValue;
use crate::record::{Row, SourceKind};
use crate::schema::{DataType, FieldDefinition};
use crate::target::Target;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// What rows are prepared by: the table's definitions, as far as they are known or needed.
pub(crate) struct Rules {
    client: Client,
    target: Target,
    dialect: &'static dyn Dialect,
    purpose: Purpose,
    /// Whether rows are compared with the definitions.
    checked: bool,
    definitions: Option<Arc<Vec<FieldDefinition>>>,
    /// Whether the definitions were looked up for these rules.
    fresh: bool,
    /// Why the last look-up failed, so that the rows of one call share its failure.
    failed: Option<Error>,
}

/// The faults of a row, each with its column.
type Faults = Vec<(String, String)>;

impl Rules {
    /// The rules for rows of a table or view that are sent by a version of the API.
    pub(crate) fn new(
        client: &Client,
        target: &Target,
        dialect: &'static dyn Dialect,
        purpose: Purpose,
    ) -> Self {
        let checked = client.write_checks() != WriteChecks::Off;
        Self {
            definitions: checked.then(|| client.cached_definitions(target)).flatten(),
            client: client.clone(),
            target: target.clone(),
            dialect,
            purpose,
            checked,
            fresh: false,
            failed: None,
        }
    }

    /// The rules that compare rows with the definitions whatever the client's settings. A call where the
    /// client does not know them.
    pub(crate) async fn checking(
        client: &Client,
        target: &Target,
        purpose: Purpose,
    ) -> Result<Self> {
        let definitions = client.definitions(target).await?;
        Ok(Self {
            checked: true,
            definitions: Some(definitions),
            fresh: true,
            ..Self::new(client, target, client.dialect(), purpose)
        })
    }

    /// Allows a look-up that failed to be tried again.
    pub(crate) fn forget_failure(&mut self) {
        self.failed = None;
    }

    /// A row as it is sent. One call the first time that the definitions are needed: for a list, for a
    /// null on v2, or when the client checks every write.
    ///
    /// # Errors
    ///
    /// `Refused`: all that Caspio would refuse in the row, as far as it is known.
    pub(crate) async fn prepare<'a>(&mut self, row: Row<'a>) -> Result<Row<'a>> {
        if self.definitions.is_none() && self.needs_definitions(&row) {
            self.look_up().await?;
        }
        let mut faults = self.faults(&row);
        if !faults.is_empty() && self.definitions.is_some() && !self.fresh {
            // What was learnt earlier may be out of date.
            self.client.forget_definitions(&self.target);
            self.look_up().await?;
            faults = self.faults(&row);
        }
        match faults.is_empty() {
            true => Ok(self.finish(row)),
            false => Err(self.refusal(&faults)),
        }
    }

    async fn look_up(&mut self) -> Result<()> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let definitions = self.client.definitions(&self.target).await;
        self.definitions =
            Some(definitions.inspect_err(|error| self.failed = Some(error.clone()))?);
        self.fresh = true;
        Ok(())
    }

    fn needs_definitions(&self, row: &Row<'_>) -> bool {
        let telling = row.iter().any(|(_, value)| match value {
            FieldValue::List(values) => !values.is_empty(),
            FieldValue::Null => self.drops_null_dates() && self.target.kind == SourceKind::Table,
            _ => false,
        });
        telling || self.client.write_checks() == WriteChecks::Always
    }

    /// v2 was seen to refuse null for a Date/Time. Left out of an insert, it is null as well.
    fn drops_null_dates(&self) -> bool {
        !self.dialect.capabilities().accepts_null_dates && self.purpose == Purpose::Insert
    }

    fn faults(&self, row: &Row<'_>) -> Faults {
        let refused = self.client.refuses_four_bytes().load(Ordering::Relaxed);
        let mut faults = match self.checked && refused {
            true => validate::four_byte_texts(row),
            false => Faults::new(),
        };
        if let Some(definitions) = &self.definitions {
            if self.checked {
                faults.extend(validate::of_row(row, definitions, self.purpose));
            }
            for fault in lists::faults(row, definitions) {
                if !faults.iter().any(|(name, _)| *name == fault.0) {
                    faults.push(fault);
                }
            }
        }
        faults
    }

    fn finish<'a>(&self, row: Row<'a>) -> Row<'a> {
        let Some(definitions) = &self.definitions else {
            // v2 does not tell the fields of views; left out, all but text is null as well.
            return match self.drops_null_dates() && self.target.kind == SourceKind::View {
                true => row.without(|_, value| matches!(value, FieldValue::Null)),
                false => row,
            };
        };
        let row = match self.drops_null_dates() {
            true => row.without(|name, value| {
                matches!(value, FieldValue::Null) && is_date(definitions, name)
            }),
            false => row,
        };
        lists::by_keys(row, definitions)
    }

    fn refusal(&self, faults: &Faults) -> Error {
        let names: Vec<&str> = faults.iter().map(|(name, _)| &**name).collect();
        let each = faults
            .iter()
            .map(|(name, fault)| format!("{name}: {fault}"));
        let each: Vec<String> = each.collect();
        Error::new(
            ErrorKind::Refused,
            format!("Caspio would refuse this record; {}", each.join("; ")),
        )
        .with_resource(self.target.to_string())
        .with_field(names.join(", "))
    }
}

fn is_date(definitions: &[FieldDefinition], name: &str) -> bool {
    definitions
        .iter()
        .any(|field| field.data_type == DataType::DateTime && field.name.eq_ignore_ascii_case(name))
}
