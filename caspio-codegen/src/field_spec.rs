//! How a column is written in Rust: the type and the attributes of its field.

use crate::text::literal;
use caspio_schema::{DataType, FieldDefinition};

/// The part of a column's definition that determines its field.
///
/// It is stored in the column's marker in the generated file, so that a later run knows how the field
/// was generated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FieldSpec {
    pub(crate) data_type: DataType,
    /// The field is an `Option`.
    pub(crate) null: bool,
    /// Text whose null is read as `""`.
    pub(crate) unset: bool,
    pub(crate) read_only: bool,
    /// An insert must set it.
    pub(crate) required: bool,
    /// A GUID is read as `Uuid`.
    pub(crate) uuid: bool,
    /// The list's values are an enum.
    pub(crate) values: bool,
}

/// Which columns may be null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nulls {
    /// Those whose type in the table allows it.
    OfType,
    /// All of them, because a join of a view may find no record.
    Everywhere,
}

impl FieldSpec {
    /// Returns how a field is written.
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

    /// Returns the type of a value that is not null. `values` is the name of a list's enum.
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

    /// Returns whether the two column types have different Rust types, regardless of the options.
    pub(crate) fn is_of_other_kind(&self, other: &Self) -> bool {
        self.uuid == other.uuid && self.value_type(None) != other.value_type(None)
    }

    /// Returns the type of the record's field.
    pub(crate) fn field_type(&self, values: Option<&str>) -> String {
        let ty = self.value_type(values);
        if self.null {
            format!("Option<{ty}>")
        } else {
            ty
        }
    }

    /// Returns the type of the insert's field.
    pub(crate) fn insert_type(&self, values: Option<&str>) -> String {
        let ty = self.value_type(values);
        if self.required {
            ty
        } else {
            format!("Patch<{ty}>")
        }
    }

    /// Returns the words of `#[caspio(...)]` on the record's field.
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

    /// Returns it as the text of a marker: `"STRING" unset`.
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

    /// Parses a marker's text, the type's name and the words after it, as [`write`](Self::write) wrote it.
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
