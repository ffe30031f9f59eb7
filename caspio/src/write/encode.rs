//! Encodes a row as JSON: lists by their keys, and violations found before the call is made and billed.

use super::amounts::may_be_long_number;
use super::encoded_row::EncodedRow;
use super::{Purpose, amounts, kept, lists, validate};
use crate::client::{Client, WriteChecks};
use crate::dialect::Dialect;
use crate::record::{ObjectKind, Row};
use crate::schema::{DataType, FieldDefinition};
use crate::target::Target;
use crate::value::{FieldValue, is_plain, is_rounded_to_next_day, may_lose_zone, stored_date};
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use caspio_schema::is_same_name;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Encodes rows for one table, by its definitions as far as they are known or needed.
pub(crate) struct RowEncoder {
    client: Client,
    target: Target,
    dialect: &'static dyn Dialect,
    purpose: Purpose,
    /// Whether rows are validated against the definitions.
    checked: bool,
    /// Whether the rows are those of a write of many.
    of_many: bool,
    definitions: Option<Arc<Vec<FieldDefinition>>>,
    /// Whether this encoder looked the definitions up itself.
    fresh: bool,
    /// Why the last lookup failed, so that the rows of one call share its failure.
    failed: Option<Error>,
    /// The columns of the last row, none of which is there twice. Most rows have the same columns.
    distinct: Vec<String>,
}

/// What Caspio would refuse in a row, each with its column.
type Violations = Vec<(String, String)>;

impl RowEncoder {
    /// An encoder for rows of a table or view that are sent by a version of the API.
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
            of_many: false,
            fresh: false,
            failed: None,
            distinct: Vec::new(),
        }
    }

    /// An encoder that validates rows regardless of the client's settings. One call if the client does not know
    /// the definitions.
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

    /// Also reads the definitions for a number with a fraction, which an Integer would store without it.
    pub(crate) fn of_many(mut self) -> Self {
        self.of_many = true;
        self
    }

    /// Looks the definitions up if a row needs them, whichever version it is sent by. If that fails, the rows of the
    /// first call have the error.
    pub(crate) async fn look_up_early(&mut self, row: &Row<'_>) {
        if self.definitions.is_none() {
            let _ = self.look_up_for(row).await;
        }
    }

    /// Encodes the rows for a version of the API.
    pub(crate) fn sent_by(mut self, dialect: &'static dyn Dialect) -> Self {
        self.dialect = dialect;
        self
    }

    /// Allows a lookup that failed to be tried again.
    pub(crate) fn forget_failure(&mut self) {
        self.failed = None;
    }

    /// Encodes a row. One call the first time that the definitions are needed: for a list, for a null on v2,
    /// for a number that some column would change, for the text of such a number or of a date that some column would
    /// change, for a fraction in a row without types or in one of many, or when the client checks every write.
    ///
    /// # Errors
    ///
    /// `Refused`: everything that Caspio would refuse in the row, as far as it is known.
    pub(crate) async fn encode(&mut self, row: Row<'_>) -> Result<EncodedRow> {
        let nulls = row
            .iter()
            .filter(|(_, value)| self.drops_null_dates() && matches!(value, FieldValue::Null));
        let mut left_out: Vec<String> = nulls.map(|(name, _)| name.to_owned()).collect();
        let row = self.prepare(row).await?;
        left_out.retain(|name| row.get(name).is_none());
        let encoded = EncodedRow::of(&row).map(|encoded| encoded.with_left_out(left_out));
        encoded.map_err(|error| error.with_resource(self.target.to_string()))
    }

    async fn prepare<'a>(&mut self, row: Row<'a>) -> Result<Row<'a>> {
        if let Some(column) = row.refused_null() {
            let violation = "the struct's field for this column does not hold null";
            return Err(self
                .refusal(&vec![(column.to_owned(), violation.to_owned())])
                .with_hint("if the column may be null, declare its field as an `Option`"));
        }
        if self.definitions.is_none() {
            self.look_up_for(&row).await?;
        }
        let mut converted = self.with_amounts(&row);
        let mut violations = self.violations(converted.as_ref().unwrap_or(&row));
        if !violations.is_empty() && self.definitions.is_some() && !self.fresh {
            // The table may have changed since its definitions were looked up.
            self.client.forget_definitions(&self.target);
            self.look_up().await?;
            converted = self.with_amounts(&row);
            violations = self.violations(converted.as_ref().unwrap_or(&row));
        }
        if violations.is_empty() {
            Ok(self.adapt(converted.unwrap_or(row)))
        } else {
            Err(self.refusal(&violations))
        }
    }

    /// The row with its texts of amounts converted; `None` if it has none.
    fn with_amounts<'a>(&self, row: &Row<'a>) -> Option<Row<'a>> {
        amounts::of_texts(row, self.definitions.as_deref()?)
    }

    async fn look_up_for(&mut self, row: &Row<'_>) -> Result<()> {
        if self.needs_definitions(row) {
            return self.look_up().await;
        }
        if !self.of_many || !self.lists_fields() {
            return Ok(());
        }
        if !row.iter().any(|(_, value)| kept::has_fraction(value)) {
            return Ok(());
        }
        match self.look_up().await {
            // Whoever may write records may not always read how the table is defined.
            Err(error) if error.kind() == ErrorKind::Permission => {
                self.of_many = false;
                Ok(())
            }
            outcome => outcome,
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
        let needed = row.iter().any(|(_, value)| match value {
            FieldValue::List(values) => !values.is_empty(),
            FieldValue::Null => self.drops_null_dates() && self.target.kind == ObjectKind::Table,
            FieldValue::Text(text) => {
                let may_be_changed =
                    may_be_long_number(text) || is_rounded_to_next_day(text) || may_lose_zone(text);
                may_be_changed && self.lists_fields()
            }
            // Currency keeps four places, Number as many digits as a float, and Integer no fraction.
            value => {
                let may_be_changed =
                    kept::depends_on_column(value) || row.is_untyped() && kept::has_fraction(value);
                may_be_changed && self.lists_fields()
            }
        });
        needed || self.client.write_checks() == WriteChecks::Always
    }

    fn lists_fields(&self) -> bool {
        let capabilities = self.client.dialect().capabilities();
        self.checked && (self.target.kind == ObjectKind::Table || capabilities.lists_view_fields)
    }

    /// v2 was seen to refuse null for a Date/Time. A column that an insert leaves out becomes null as well.
    fn drops_null_dates(&self) -> bool {
        !self.dialect.capabilities().accepts_null_dates && self.purpose == Purpose::Insert
    }

    /// Returns two names of the row that are one column, if there are any.
    fn repeated<'r>(&mut self, row: &'r Row<'_>) -> Option<(&'r str, &'r str)> {
        let names = || row.iter().map(|(name, _)| name);
        if names().eq(self.distinct.iter().map(String::as_str)) {
            return None;
        }
        let repeated = row.repeated();
        if repeated.is_none() {
            self.distinct = names().map(str::to_owned).collect();
        }
        repeated
    }

    fn violations(&mut self, row: &Row<'_>) -> Violations {
        let refuses_four_bytes = self.client.refuses_four_bytes().load(Ordering::Relaxed);
        let mut violations = if self.checked && refuses_four_bytes {
            validate::four_byte_texts(row)
        } else {
            Violations::new()
        };
        if let Some((one, other)) = self.repeated(row) {
            let message = format!("the row has this column twice, also as `{other}`");
            violations.push((one.to_owned(), message));
        }
        if let Some(definitions) = &self.definitions {
            if self.checked {
                violations.extend(validate::violations(row, definitions, self.purpose));
            }
            for violation in lists::violations(row, definitions) {
                if !violations.iter().any(|(name, _)| *name == violation.0) {
                    violations.push(violation);
                }
            }
        } else if self.checked {
            violations.extend(validate::unstorable(row));
        }
        violations
    }

    /// The row with the keys of its lists, without the columns that this version does not accept.
    fn adapt<'a>(&self, row: Row<'a>) -> Row<'a> {
        let Some(definitions) = &self.definitions else {
            return self.without_view_nulls(row);
        };
        let row = if self.drops_null_dates() {
            row.without(|name, value| {
                matches!(value, FieldValue::Null) && is_date(definitions, name)
            })
        } else {
            row
        };
        lists::by_keys(row, definitions)
            .map(|name, value| with_plain_date(definitions, name, value))
    }

    /// v2 does not return the fields of views, so any null may be a date. A column that is left out becomes
    /// null as well, unless it is text.
    fn without_view_nulls<'a>(&self, row: Row<'a>) -> Row<'a> {
        if self.drops_null_dates() && self.target.kind == ObjectKind::View {
            row.without(|_, value| matches!(value, FieldValue::Null))
        } else {
            row
        }
    }

    fn refusal(&self, violations: &Violations) -> Error {
        let names = violations.iter().map(|(name, _)| self.spelled(name));
        let names: Vec<&str> = names.collect();
        let each = violations.iter().zip(&names);
        let each: Vec<String> = each
            .map(|((_, violation), name)| format!("{name}: {violation}"))
            .collect();
        Error::new(
            ErrorKind::Refused,
            format!("Caspio would refuse this record; {}", each.join("; ")),
        )
        .with_resource(self.target.to_string())
        .with_field(names.join(", "))
    }

    /// Returns a column's name as the account spells it, as far as it is known.
    fn spelled<'n>(&'n self, name: &'n str) -> &'n str {
        let mut fields = self.definitions.iter().flat_map(|fields| fields.iter());
        let field = fields.find(|field| is_same_name(&field.name, name));
        field.map_or(name, |field| &field.name)
    }
}

/// Spells a date as the service does: not every version was seen to take the month first, and none a decimal comma, the
/// basic format of ISO 8601 or finer units than milliseconds. Also keeps a time that would be stored as the next day on
/// its day.
fn with_plain_date<'a>(
    definitions: &[FieldDefinition],
    name: &str,
    value: FieldValue<'a>,
) -> FieldValue<'a> {
    match &value {
        FieldValue::Text(text) => {
            if !is_date(definitions, name) {
                return value;
            }
            if is_plain(text) && !is_rounded_to_next_day(text) {
                return value;
            }
            stored_date(text).map_or(value, FieldValue::DateTime)
        }
        _ => value,
    }
}

fn is_date(definitions: &[FieldDefinition], name: &str) -> bool {
    definitions
        .iter()
        .any(|field| field.data_type == DataType::DateTime && is_same_name(&field.name, name))
}
