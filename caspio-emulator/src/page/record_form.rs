//! The form of one record.

use super::entry::{Control, Entry, entry_name};
use super::rows;
use crate::app::App;
use crate::http::Refusal;
use crate::http::params::Params;
use crate::store::StoreError;
use crate::store::field::Field;
use crate::store::input::{Input, Record};
use crate::store::schema::Table;
use crate::store::value;
use crate::store::write::WriteKind;
use caspio_schema::DataType;

/// A record as a form has it, with the reasons why it was refused.
#[derive(Clone, Debug)]
pub(super) struct RecordForm {
    pub(super) table: Table,
    /// The key of a record that exists.
    pub(super) key: Option<i64>,
    /// The contents of the controls, in the order of the fields.
    entries: Vec<Entry>,
    /// Names of fields, each with the reason why its value was refused.
    errors: Vec<(String, String)>,
    /// A reason that belongs to no field.
    pub(super) failure: Option<String>,
}

impl RecordForm {
    /// The form of a new record.
    pub(super) fn new(table: &Table) -> Self {
        Self {
            table: table.clone(),
            key: None,
            entries: vec![Entry::default(); table.fields.len()],
            errors: Vec::new(),
            failure: None,
        }
    }

    /// The form of a record that exists; `None` if there is none with this key.
    pub(super) fn of_record(
        app: &App,
        table: &Table,
        key: i64,
    ) -> Result<Option<Self>, StoreError> {
        let Some(record) = rows::one(app, &table.name, key)? else {
            return Ok(None);
        };
        let mut form = Self::new(table);
        form.key = Some(key);
        for (field, entry) in table.fields.iter().zip(&mut form.entries) {
            if let Some(raw) = record.get(&field.name) {
                *entry = Entry::of_value(raw);
            }
        }
        Ok(Some(form))
    }

    /// Sets what was typed. A field that the sent form did not have keeps its value.
    pub(super) fn typed(mut self, params: &Params) -> Self {
        let kind = self.kind();
        for (field, entry) in self.table.fields.iter().zip(&mut self.entries) {
            if Control::of(field, kind) != Control::ReadOnly && params.has(&entry_name(field)) {
                *entry = Entry::of_form(field, params);
            }
        }
        if params.names().any(|name| !self.may_have(name)) {
            self.failure = Some(
                "The form was sent with a field that the table does not have or that is not written here. Open it again."
                    .to_owned(),
            );
        }
        self
    }

    /// Whether a name in a sent form is that of a control, or of no field at all.
    fn may_have(&self, name: &str) -> bool {
        let id = name.strip_prefix(['f', 'n']);
        let Some(id) = id.and_then(|id| id.parse().ok()) else {
            return true;
        };
        let field = self.table.field_by_id(id);
        field.is_some_and(|field| Control::of(field, self.kind()) != Control::ReadOnly)
    }

    pub(super) fn kind(&self) -> WriteKind {
        match self.key {
            None => WriteKind::Insert,
            Some(_) => WriteKind::Update,
        }
    }

    /// Returns the fields with their controls and contents.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&Field, Control, &Entry)> {
        let kind = self.kind();
        let fields = self.table.fields.iter().zip(&self.entries);
        fields.map(move |(field, entry)| (field, Control::of(field, kind), entry))
    }

    /// Returns the record to insert.
    pub(super) fn record(&self) -> Record {
        let given = self.fields().filter_map(|(field, control, entry)| {
            let input = match control {
                Control::ReadOnly => return None,
                Control::Password if entry.text.is_empty() => return None,
                Control::Password => Input::Text(entry.text.clone()),
                control => entry.input(control),
            };
            Some((field.name.clone(), input))
        });
        Record(given.collect())
    }

    /// Returns the values that differ from those of the stored record, without passwords.
    pub(super) fn changes(&self, stored: &Self) -> Record {
        let fields = self.fields().zip(&stored.entries);
        let changed = fields.filter(|((_, control, entry), before)| {
            !matches!(control, Control::ReadOnly | Control::Password) && !entry.is_same(before)
        });
        let values =
            changed.map(|((field, control, entry), _)| (field.name.clone(), entry.input(control)));
        Record(values.collect())
    }

    /// Returns the password fields to set, with their new passwords.
    pub(super) fn passwords(&self) -> impl Iterator<Item = (&Field, &str)> {
        self.fields()
            .filter(|(field, _, entry)| field.ty == DataType::Password && !entry.text.is_empty())
            .map(|(field, _, entry)| (field, entry.text.as_str()))
    }

    /// Sets why a write was refused.
    pub(super) fn refuse(&mut self, error: StoreError) {
        self.errors = match &error {
            StoreError::InvalidValues(names) => self.reasons(names, |field| {
                format!("The field takes {}.", value::expected(field))
            }),
            StoreError::Duplicate(names) => self.reasons(names, |_| {
                "Another record has this value, and the field is unique.".to_owned()
            }),
            StoreError::ReadOnly(names) => {
                self.reasons(names, |_| Refusal::from(error.clone()).message())
            }
            _ => Vec::new(),
        };
        self.failure = Some(match self.errors.is_empty() {
            true => Refusal::from(error).message(),
            false => "The record is not saved.".to_owned(),
        });
    }

    fn reasons(
        &self,
        names: &[String],
        reason: impl Fn(&Field) -> String,
    ) -> Vec<(String, String)> {
        let fields = names.iter().filter_map(|name| self.table.field(name));
        fields
            .map(|field| (field.name.clone(), reason(field)))
            .collect()
    }

    /// Returns why the value of a field was refused.
    pub(super) fn error(&self, field: &Field) -> Option<&str> {
        let found = self.errors.iter().find(|(name, _)| *name == field.name);
        found.map(|(_, reason)| reason.as_str())
    }
}
