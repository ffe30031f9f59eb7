//! What the REST API returns for a field, which JSON Schema and TypeScript describe.

use caspio::record::ObjectKind;
use caspio::schema::{DataType, FieldDefinition, ObjectDefinition};
use caspio_schema::{PK_ID, is_same_name};

/// The JSON of a field's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A text of so many characters at most.
    Text(Option<usize>),
    Whole,
    /// A number that a program saw as an empty text where it was blank.
    Float,
    Amount,
    /// A time of the wall clock, without a zone.
    Moment,
    Flag,
    /// An object from keys to the values of a list.
    List(Item),
    /// What is not known: a new type, or a formula whose result type the API does not report.
    Any,
}

/// The values of a list. A date is a text in the form in which the list was defined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item {
    Text,
    Number,
}

/// Returns the form of a field's values; `None` if the API never returns them.
pub(super) fn form(field: &FieldDefinition) -> Option<Form> {
    Some(match &field.data_type {
        DataType::Password => return None,
        DataType::Text255 | DataType::Text64000 => Form::Text(field.data_type.max_length()),
        DataType::File
        | DataType::Attachment
        | DataType::PrefixedAutonumber
        | DataType::RandomId
        | DataType::Guid => Form::Text(None),
        DataType::Integer | DataType::Autonumber => Form::Whole,
        DataType::Number => Form::Float,
        DataType::Currency => Form::Amount,
        DataType::DateTime | DataType::Timestamp => Form::Moment,
        DataType::YesNo => Form::Flag,
        DataType::ListText | DataType::ListDateTime => Form::List(Item::Text),
        DataType::ListNumber => Form::List(Item::Number),
        _ => Form::Any,
    })
}

/// Returns whether a value may be null. A view may join nothing. A unique field may be blank in one record, and a list
/// that was never written is null.
pub(super) fn is_nullable(kind: ObjectKind, field: &FieldDefinition) -> bool {
    if kind == ObjectKind::View || field.formula {
        return true;
    }
    match field.data_type {
        DataType::YesNo
        | DataType::Autonumber
        | DataType::PrefixedAutonumber
        | DataType::RandomId
        | DataType::Guid => false,
        DataType::Timestamp => !field.on_insert,
        _ => true,
    }
}

/// Returns the fields that a record has besides the key.
pub(super) fn fields(object: &ObjectDefinition) -> impl Iterator<Item = &FieldDefinition> {
    let is_own = |field: &&FieldDefinition| !is_same_name(&field.name, PK_ID);
    object.fields.iter().filter(is_own)
}
