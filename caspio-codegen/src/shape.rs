//! What a column is in Rust: its type, and what is said about it.

use crate::text::literal;
use caspio_schema::{DataType, FieldDefinition};

/// The part of a column's definition that its field follows from.
///
/// It is written beside each column in the marks of a generated file, and so tells what a field was
/// when it was generated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) data_type: DataType,
    /// Read as an `Option`.
    pub(crate) null: bool,
    /// Text whose null is read as `""`.
    pub(crate) unset: bool,
    pub(crate) read_only: bool,
    /// An insert cannot do without it.
    pub(crate) required: bool,
    /// A GUID as `Uuid`.
    pub(crate) uuid: bool,
    /// A list whose values are an enum.
    pub(crate) values: bool,
}

/// Whether null is known to be what the field's own type allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nulls {
    /// As the type of the table's field allows.
    OfType,
    /// Anything may be null, as where a view joins nothing.
    Everywhere,
}

impl Shape {
    /// The shape of a field.
    pub(crate) fn of(field: &FieldDefinition, nulls: Nulls, uuid: bool, enums: bool) -> Self {
        let data_type = field.data_type.clone();
        let nullable = field.is_nullable();
        let text = data_type.is_text() && !field.formula;
        let null = match nulls {
            _ if data_type.is_list() || data_type == DataType::Password => false,
            Nulls::Everywhere => true,
            Nulls::OfType => nullable && !text,
        };
        let writable = field.is_writable();
        Self {
            null,
            unset: text && nullable && !null,
            read_only: !writable,
            required: writable && field.unique && !field.unique_allow_nulls && !data_type.is_list(),
            uuid: uuid && data_type == DataType::Guid,
            values: enums && data_type == DataType::ListText && !field.list.is_empty(),
            data_type,
        }
    }

    /// The type of a value that is there. `values` is the name of a list's enum.
    pub(crate) fn value_type(&self, values: Option<&str>) -> String {
        let ty = match self.data_type {
            DataType::Text255
            | DataType::Text64000
            | DataType::File
            | DataType::Attachment
            | DataType::PrefixedAutonumber
            | DataType::RandomId => "String",
            DataType::Guid if self.uuid => "uuid::Uuid",
            DataType::Guid => "String",
            DataType::Number => "f64",
            DataType::Integer => "i32",
            DataType::Currency => "Decimal",
            DataType::DateTime | DataType::Timestamp => "DateTime",
            DataType::YesNo => "bool",
            DataType::Autonumber => "i64",
            DataType::Password => "Password",
            DataType::ListText => {
                return format!("List<{}>", values.unwrap_or("String"));
            }
            DataType::ListNumber => "List<f64>",
            DataType::ListDateTime => "List<DateTime>",
            _ => "caspio::field::Any",
        };
        ty.to_owned()
    }

    /// Whether the account's type is another one in Rust, whatever the options.
    pub(crate) fn is_of_other_kind(&self, other: &Self) -> bool {
        self.uuid == other.uuid && self.value_type(None) != other.value_type(None)
    }

    /// The type of the record's field.
    pub(crate) fn field_type(&self, values: Option<&str>) -> String {
        let ty = self.value_type(values);
        if self.null {
            format!("Option<{ty}>")
        } else {
            ty
        }
    }

    /// The type of the insert's field.
    pub(crate) fn insert_type(&self, values: Option<&str>) -> String {
        let ty = self.value_type(values);
        if self.required {
            ty
        } else {
            format!("Patch<{ty}>")
        }
    }

    /// The words of `#[caspio(...)]` on the record's field.
    pub(crate) fn attributes(&self) -> Vec<&'static str> {
        let words = [
            (self.unset, "default"),
            (self.read_only, "read_only"),
            (self.data_type == DataType::Password, "password"),
        ];
        words
            .into_iter()
            .filter_map(|(is, word)| is.then_some(word))
            .collect()
    }

    /// Writes it for a mark: `"STRING" unset`.
    pub(crate) fn write(&self) -> String {
        let mut text = literal(self.data_type.name());
        for (is, word) in self.words() {
            if is {
                text.push(' ');
                text.push_str(word);
            }
        }
        text
    }

    fn words(&self) -> [(bool, &'static str); 6] {
        [
            (self.null, "null"),
            (self.unset, "unset"),
            (self.read_only, "read_only"),
            (self.required, "required"),
            (self.uuid, "uuid"),
            (self.values, "values"),
        ]
    }

    /// Reads what [`write`](Self::write) wrote: the type's name and the words after it.
    pub(crate) fn read(data_type: &str, words: &[&str]) -> Self {
        let has = |word: &str| words.contains(&word);
        Self {
            data_type: DataType::from_name(data_type),
            null: has("null"),
            unset: has("unset"),
            read_only: has("read_only"),
            required: has("required"),
            uuid: has("uuid"),
            values: has("values"),
        }
    }
}
