//! One step of a plan.

use crate::diff::Values;
use crate::{DataType, FieldDefinition, FieldUpdate, ObjectDefinition};
use std::fmt;

/// One step of a [`Plan`](super::Plan): one call.
///
/// ```
/// use caspio_schema::Step;
///
/// let step = Step::DeleteField { table: "Pets".to_owned(), field: "Age".to_owned() };
/// assert_eq!(step.to_string(), r#"table "Pets": delete field "Age" (may lose data)"#);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[allow(clippy::large_enum_variant, reason = "plans are short")]
pub enum Step {
    /// Creates a table with its fields.
    CreateTable(ObjectDefinition),
    /// Adds a field to a table.
    AddField {
        /// The table.
        table: String,
        /// The field.
        field: FieldDefinition,
    },
    /// Changes a field of a table.
    ChangeField {
        /// The table.
        table: String,
        /// The field before the change.
        field: FieldDefinition,
        /// The properties that change.
        update: FieldUpdate,
    },
    /// Deletes a field of a table with its values.
    DeleteField {
        /// The table.
        table: String,
        /// Its name.
        field: String,
    },
}

impl Step {
    /// Returns whether it may lose data: it deletes a field, changes to a type that does not hold all values, or
    /// removes values of a list.
    ///
    /// ```
    /// use caspio_schema::Step;
    ///
    /// let step = Step::DeleteField { table: "Pets".to_owned(), field: "Age".to_owned() };
    /// assert!(step.is_destructive());
    /// ```
    #[must_use]
    pub fn is_destructive(&self) -> bool {
        match self {
            Self::CreateTable(_) | Self::AddField { .. } => false,
            Self::DeleteField { .. } => true,
            Self::ChangeField { field, update, .. } => {
                let narrows = update
                    .data_type
                    .as_ref()
                    .is_some_and(|to| !holds_all(&field.data_type, to));
                let shrinks = update
                    .list
                    .as_ref()
                    .is_some_and(|kept| field.list.values().any(|value| !kept.contains(value)));
                narrows || shrinks
            }
        }
    }

    /// Returns its position among steps of other kinds.
    pub(super) fn rank(&self) -> u8 {
        match self {
            Self::CreateTable(_) => 0,
            Self::AddField { .. } => 1,
            Self::ChangeField { .. } => 2,
            Self::DeleteField { .. } => 3,
        }
    }
}

/// Returns whether one type holds every value of another unchanged. If that is uncertain, it counts as a loss.
fn holds_all(from: &DataType, to: &DataType) -> bool {
    from == to
        || matches!(
            (from, to),
            (DataType::Text255, DataType::Text64000)
                | (DataType::Integer, DataType::Number | DataType::Currency)
        )
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let loss = if self.is_destructive() {
            " (may lose data)"
        } else {
            ""
        };
        match self {
            Self::CreateTable(table) => {
                let names = table.fields.iter().map(|field| field.name.as_str());
                let names: Vec<_> = names.collect();
                write!(f, "create table {:?} with {}", table.name, names.join(", "))
            }
            Self::AddField { table, field } => write!(
                f,
                "table {table:?}: add field {:?} ({})",
                field.name, field.data_type
            ),
            Self::ChangeField {
                table,
                field,
                update,
            } => {
                let to = Changed(update);
                write!(
                    f,
                    "table {table:?}: change field {:?} to {to}{loss}",
                    field.name
                )
            }
            Self::DeleteField { table, field } => {
                write!(f, "table {table:?}: delete field {field:?}{loss}")
            }
        }
    }
}

/// The members that change, with their new values.
struct Changed<'a>(&'a FieldUpdate);

impl fmt::Display for Changed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let update = self.0;
        let quoted = |text: &Option<String>| text.as_ref().map(|text| format!("{text:?}"));
        let flag = |flag: Option<bool>| flag.map(|flag| if flag { "yes" } else { "no" }.to_owned());
        let changed = [
            ("name", quoted(&update.name)),
            ("type", update.data_type.as_ref().map(ToString::to_string)),
            ("unique", flag(update.unique)),
            ("unique, nulls allowed", flag(update.unique_allow_nulls)),
            ("label", quoted(&update.label)),
            ("description", quoted(&update.description)),
            ("stamped by inserts", flag(update.on_insert)),
            ("stamped by updates", flag(update.on_update)),
            ("time zone", quoted(&update.time_zone)),
            ("format", quoted(&update.format)),
            ("prefix", quoted(&update.prefix)),
            ("length", update.length.map(|length| length.to_string())),
            (
                "values",
                update.list.as_ref().map(|list| Values(list).to_string()),
            ),
            (
                "rules of attachments",
                update.attachment.as_ref().map(|_| "new ones".to_owned()),
            ),
        ];
        let mut joint = "";
        for (name, value) in changed {
            if let Some(value) = value {
                write!(f, "{joint}{name} {value}")?;
                joint = "; ";
            }
        }
        Ok(())
    }
}
