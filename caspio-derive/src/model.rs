//! The model of a struct, which is checked and then expanded.

use crate::keys::DeriveKind;
use crate::origin::Origin;
use crate::params::Params;
use crate::setting::{Fallback, Source};
use caspio_schema::DataType;
use proc_macro2::Span;
use std::path::PathBuf;
use syn::{Attribute, Ident, Path, Type, Visibility};

/// The name of every table's and view's key.
pub(crate) use caspio_schema::PK_ID;

/// A struct that is bound to a table or a view, or is a projection of one that is.
pub(crate) struct Model {
    pub(crate) kind: DeriveKind,
    pub(crate) vis: Visibility,
    pub(crate) ident: Ident,
    pub(crate) params: Params,
    /// The table or view; `None` if it is missing, which has been reported.
    pub(crate) source: Option<Source>,
    pub(crate) fields: Vec<Field>,
    /// The facts from the account's schema, if there is one.
    pub(crate) facts: Facts,
}

/// A field of the struct.
pub(crate) struct Field {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    /// `#[deprecated]`, if it is.
    pub(crate) deprecated: Option<Attribute>,
    pub(crate) role: Role,
}

impl Field {
    fn as_column(&self) -> Option<(&Self, &Column)> {
        match &self.role {
            Role::Column(column) => Some((self, column)),
            Role::Skipped(_) => None,
        }
    }
}

/// What a field is for.
pub(crate) enum Role {
    Column(Column),
    /// Filled with a default; Caspio does not know it.
    Skipped(Fallback),
}

/// A field's column.
pub(crate) struct Column {
    /// The name, or its alias; not used if the table's struct knows the name.
    pub(crate) name: String,
    /// The word that gave the name, for messages.
    pub(crate) name_span: Span,
    pub(crate) origin: Origin,
    pub(crate) key: bool,
    pub(crate) read_only: bool,
    /// The value for null and for a missing column.
    pub(crate) default: Option<Fallback>,
    /// The module whose `deserialize` reads the value.
    pub(crate) with: Option<Path>,
    /// The function that returns the value to be written.
    pub(crate) to: Option<Path>,
    /// Whether it holds passwords, which are written and never read.
    pub(crate) password: bool,
}

impl Model {
    /// The fields that are columns, in their order.
    pub(crate) fn columns(&self) -> impl Iterator<Item = (&Field, &Column)> {
        self.fields.iter().filter_map(Field::as_column)
    }

    /// The columns that are read, in the fields' order.
    pub(crate) fn reads(&self) -> impl Iterator<Item = (&Field, &Column)> {
        self.columns().filter(|(_, column)| !column.password)
    }

    /// The columns of passwords.
    pub(crate) fn passwords(&self) -> impl Iterator<Item = (&Field, &Column)> {
        self.columns().filter(|(_, column)| column.password)
    }

    /// The columns that are written, beginning with those that are read as well.
    pub(crate) fn writes(&self) -> impl Iterator<Item = (&Field, &Column)> {
        let both = self.reads().filter(|(_, column)| !column.read_only);
        both.chain(self.passwords())
    }
}

/// The facts from the schema that generated code checks.
#[derive(Default)]
pub(crate) struct Facts {
    /// The columns that every insert needs.
    pub(crate) required: Vec<String>,
    /// The data types that the fields' types must hold.
    pub(crate) fits: Vec<Fit>,
    /// The schema file.
    pub(crate) file: Option<PathBuf>,
}

/// The data type that one field's type must hold.
pub(crate) struct Fit {
    /// The field's index among the struct's fields.
    pub(crate) field: usize,
    /// The column's name in the schema.
    pub(crate) column: String,
    pub(crate) data_type: DataType,
    pub(crate) nullable: bool,
}

/// The last word of a type's path: `i64` of `std::primitive::i64`.
pub(crate) fn last_word(ty: &Type) -> Option<&Ident> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|segment| &segment.ident),
        Type::Group(group) => last_word(&group.elem),
        Type::Paren(paren) => last_word(&paren.elem),
        _ => None,
    }
}
