//! The steps from one schema to another.

use super::Step;
use crate::diff::{Change, ObjectName};
use crate::{ObjectDefinition, Schema};
use std::fmt;

/// The steps from the schema of an account to the wanted one, in order: new tables, new fields, changed fields,
/// deleted fields. A plan is data; the client of the SDK applies it.
///
/// Changes that Caspio's API does not support are [`refused`](Self::refused), with the reason.
///
/// ```
/// use caspio_schema::{DataType, FieldDefinition, Plan, Schema, ObjectDefinition};
///
/// let name = FieldDefinition::new("Name", DataType::Text255);
/// let want = Schema::new(vec![ObjectDefinition::new("Pets", vec![name])], vec![]);
/// let plan = Plan::between(&Schema::default(), &want);
/// for step in plan.steps() {
///     println!("{step}");
/// }
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    pub(super) steps: Vec<Step>,
    refused: Vec<Refused>,
}

/// A difference that the API cannot resolve.
///
/// ```
/// use caspio_schema::{Plan, Schema, ObjectDefinition};
///
/// let have = Schema::new(vec![ObjectDefinition::new("Pets", vec![])], vec![]);
/// let plan = Plan::between(&have, &Schema::default());
/// assert_eq!(plan.refused()[0].difference, "table \"Pets\" was removed");
/// assert_eq!(plan.refused()[0].reason, "the API cannot delete a table or a view");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Refused {
    /// The difference, from the account's schema to the wanted one.
    pub difference: String,
    /// The reason why it remains.
    pub reason: &'static str,
}

impl Plan {
    /// Plans the steps from `have` to `want`.
    ///
    /// Properties that one of them does not [report](Schema::unreported) are not changed, and neither is the order of
    /// fields.
    ///
    /// ```
    /// use caspio_schema::{DataType, FieldDefinition, Plan, Schema, ObjectDefinition};
    ///
    /// let name = FieldDefinition::new("Name", DataType::Text255);
    /// let want = Schema::new(vec![ObjectDefinition::new("Pets", vec![name])], vec![]);
    /// let plan = Plan::between(&Schema::default(), &want);
    /// assert_eq!(plan.steps().len(), 1);
    /// ```
    #[must_use]
    pub fn between(have: &Schema, want: &Schema) -> Self {
        let mut plan = Self::default();
        plan.add_objects(have, want);
        let ignored = have.unreported_by_either(want);
        for table in &want.tables {
            if let Some((one, other)) = table.fields_of_one_name() {
                let object = ObjectName::Table(table.name.clone());
                let difference = format!("{object}: fields {one:?} and {other:?}");
                plan.refuse(
                    difference,
                    "names of fields that differ in case only are the same",
                );
                continue;
            }
            match have.table(&table.name) {
                Some(present) => plan.add_fields(present, table, &ignored),
                None => plan.add_table(table),
            }
        }
        plan.steps.sort_by_key(Step::rank);
        plan
    }

    /// Returns the steps in order.
    ///
    /// ```
    /// use caspio_schema::{DataType, FieldDefinition, Plan, Schema, Step, ObjectDefinition};
    ///
    /// let name = FieldDefinition::new("Name", DataType::Text255);
    /// let want = Schema::new(vec![ObjectDefinition::new("Pets", vec![name])], vec![]);
    /// let plan = Plan::between(&Schema::default(), &want);
    /// assert!(matches!(plan.steps(), [Step::CreateTable(_)]));
    /// ```
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Returns the differences that remain, with the reasons.
    ///
    /// ```
    /// use caspio_schema::{Plan, Schema, ObjectDefinition};
    ///
    /// let have = Schema::new(vec![ObjectDefinition::new("Pets", vec![])], vec![]);
    /// let plan = Plan::between(&have, &Schema::default());
    /// assert_eq!(plan.refused().len(), 1);
    /// ```
    #[must_use]
    pub fn refused(&self) -> &[Refused] {
        &self.refused
    }

    /// Removes the refused differences.
    ///
    /// ```
    /// use caspio_schema::{Plan, Schema, ObjectDefinition};
    ///
    /// let have = Schema::new(vec![ObjectDefinition::new("Pets", vec![])], vec![]);
    /// let plan = Plan::between(&have, &Schema::default());
    /// assert!(plan.without_refused().is_empty());
    /// ```
    #[must_use]
    pub fn without_refused(mut self) -> Self {
        self.refused.clear();
        self
    }

    /// Returns whether there are no steps and nothing is refused.
    ///
    /// ```
    /// use caspio_schema::{Plan, Schema};
    ///
    /// let schema = Schema::default();
    /// assert!(Plan::between(&schema, &schema).is_empty());
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.refused.is_empty()
    }

    /// Returns whether a step may lose data.
    ///
    /// ```
    /// use caspio_schema::{DataType, FieldDefinition, Plan, Schema, ObjectDefinition};
    ///
    /// let name = FieldDefinition::new("Name", DataType::Text255);
    /// let want = Schema::new(vec![ObjectDefinition::new("Pets", vec![name])], vec![]);
    /// let plan = Plan::between(&Schema::default(), &want);
    /// assert!(!plan.is_destructive());
    /// ```
    #[must_use]
    pub fn is_destructive(&self) -> bool {
        self.steps.iter().any(Step::is_destructive)
    }

    pub(super) fn refuse(&mut self, difference: impl ToString, reason: &'static str) {
        let difference = difference.to_string();
        self.refused.push(Refused { difference, reason });
    }

    /// Adds tables and views that were added, removed or related differently.
    fn add_objects(&mut self, have: &Schema, want: &Schema) {
        for change in have.diff(want) {
            let reason = match &change {
                Change::Added { object, .. } if !object.is_view() => continue,
                Change::Added { .. } => "the API cannot create a view",
                Change::Removed { .. } => "the API cannot delete a table or a view",
                Change::Renamed { .. } => "the API cannot rename a table or a view",
                Change::RelationshipsChanged { .. } => "the API cannot change relationships",
                Change::FieldAdded { object, .. }
                | Change::FieldRemoved { object, .. }
                | Change::FieldChanged { object, .. }
                | Change::ListValuesAdded { object, .. }
                | Change::ListValuesRemoved { object, .. }
                    if object.is_view() =>
                {
                    "the API cannot change a view"
                }
                _ => continue,
            };
            self.refuse(change, reason);
        }
    }

    /// Adds a new table. Fields that the API cannot create are refused one by one.
    fn add_table(&mut self, table: &ObjectDefinition) {
        let mut made = ObjectDefinition::new(table.name.as_str(), Vec::new());
        for field in &table.fields {
            match field.refusal() {
                Some(reason) => self.refuse_field(&table.name, field, reason),
                None => made.fields.push(field.clone()),
            }
        }
        if made.fields.is_empty() {
            let object = ObjectName::Table(table.name.clone());
            let reason = match table.fields.is_empty() {
                true => "a table needs a field",
                false => "the API can create none of its fields",
            };
            return self.refuse(object, reason);
        }
        self.steps.push(Step::CreateTable(made));
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("nothing to do");
        }
        let mut joint = "";
        for step in &self.steps {
            write!(f, "{joint}{step}")?;
            joint = "\n";
        }
        for refused in &self.refused {
            write!(f, "{joint}{refused}")?;
            joint = "\n";
        }
        Ok(())
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot be done: {} ({})", self.difference, self.reason)
    }
}
