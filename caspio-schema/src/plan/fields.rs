//! The steps for the fields of one table.

use super::{Plan, Step};
use crate::{DataType, FieldDefinition, FieldUpdate, ObjectDefinition, ObjectName, Property};

impl Plan {
    /// Adds the steps that give an existing table the wanted fields.
    pub(super) fn add_fields(
        &mut self,
        have: &ObjectDefinition,
        want: &ObjectDefinition,
        ignored: &[Property],
    ) {
        for field in &want.fields {
            match have.field(&field.name) {
                Some(present) => self.change(&have.name, present, field, ignored),
                None => self.add(&have.name, field),
            }
        }
        for field in &have.fields {
            if want.field(&field.name).is_none() {
                self.steps.push(Step::DeleteField {
                    table: have.name.clone(),
                    field: field.name.clone(),
                });
            }
        }
    }

    fn add(&mut self, table: &str, field: &FieldDefinition) {
        match field.refusal() {
            Some(reason) => self.refuse_field(table, field, reason),
            None => self.steps.push(Step::AddField {
                table: table.to_owned(),
                field: field.clone(),
            }),
        }
    }

    fn change(
        &mut self,
        table: &str,
        have: &FieldDefinition,
        want: &FieldDefinition,
        ignored: &[Property],
    ) {
        let mut update = FieldUpdate::between(have, want).without(ignored);
        if have.formula != want.formula {
            let object = ObjectName::Table(table.to_owned());
            let difference = format!(
                "{object}: field {:?} is a formula on one side only",
                have.name
            );
            return self.refuse(difference, "the API cannot set or remove a formula");
        }
        if have.formula && update.data_type.is_some() {
            update.data_type = None;
            let is_unknown = |field: &FieldDefinition| field.data_type == DataType::Formula;
            if !is_unknown(have) && !is_unknown(want) {
                let object = ObjectName::Table(table.to_owned());
                let difference =
                    format!("{object}: field {:?} has another type of result", have.name);
                self.refuse(difference, "the API cannot change a formula");
            }
        }
        if update.is_empty() {
            return;
        }
        match update.refusal() {
            Some(reason) => self.refuse_field(table, want, reason),
            None => self.steps.push(Step::ChangeField {
                table: table.to_owned(),
                field: have.clone(),
                update,
            }),
        }
    }

    pub(super) fn refuse_field(
        &mut self,
        table: &str,
        field: &FieldDefinition,
        reason: &'static str,
    ) {
        let object = ObjectName::Table(table.to_owned());
        let difference = format!("{object}: field {:?} ({})", field.name, field.data_type);
        self.refuse(difference, reason);
    }
}
