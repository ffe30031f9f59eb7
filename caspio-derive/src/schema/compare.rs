//! Compares a struct with its table or view in the schema.

use super::file;
use super::location::{self, Choice};
use crate::errors::Errors;
use crate::keys::DeriveKind;
use crate::model::{Column, Facts, Field, Fit, Model, PK_ID, Role};
use crate::setting::Source;
use crate::suggest::listed;
use caspio_schema::{DataType, FieldDefinition, Schema, is_same_name, nearest};
use syn::LitStr;

/// Compares a struct with the schema, if there is one.
pub(crate) fn compare(
    model: &Model,
    choice: Option<&Choice>,
    errors: &mut Errors,
) -> Option<Facts> {
    let Some(Source::Named(name)) = &model.source else {
        return None;
    };
    let location = location::find(choice)?;
    let schema = match file::load(&location) {
        Ok(schema) => schema?,
        Err(error) => {
            errors.push(location::span(choice, name.span()), error);
            return None;
        }
    };
    let Some(fields) = fields(&schema, model.kind, &name.value()) else {
        errors.push(
            name.span(),
            no_such(&schema, model.kind, name, &location.written),
        );
        return None;
    };
    let mut facts = Facts {
        required: fields
            .iter()
            .filter(|field| is_required(field))
            .map(|field| field.name.clone())
            .collect(),
        fits: Vec::new(),
        file: Some(location.path),
    };
    let object = Object {
        fields,
        kind: model.kind,
        name: name.value(),
    };
    for (index, field) in model.fields.iter().enumerate() {
        if let Role::Column(column) = &field.role
            && !is_same_name(&column.name, PK_ID)
        {
            facts.fits.extend(object.fit(index, field, column, errors));
        }
    }
    Some(facts)
}

fn fields<'a>(schema: &'a Schema, kind: DeriveKind, name: &str) -> Option<&'a [FieldDefinition]> {
    if kind == DeriveKind::View {
        schema.view(name).map(|view| &*view.fields)
    } else {
        schema.table(name).map(|table| &*table.fields)
    }
}

/// Unique, never null and not filled by Caspio: a record without it is refused.
fn is_required(field: &FieldDefinition) -> bool {
    field.unique && !field.unique_allow_nulls && field.is_writable()
}

fn no_such(schema: &Schema, kind: DeriveKind, name: &LitStr, file: &str) -> String {
    let (name, word) = (name.value(), kind.word());
    let tables = || schema.tables.iter().map(|table| &*table.name);
    let views = || schema.views.iter().map(|view| &*view.name);
    let (near, other) = match kind {
        DeriveKind::View => (
            nearest(&name, views()),
            schema.table(&name).map(|_| DeriveKind::Table),
        ),
        _ => (
            nearest(&name, tables()),
            schema.view(&name).map(|_| DeriveKind::View),
        ),
    };
    let message = format!("`{file}` has no {word} `{name}`");
    match (other, near) {
        (Some(other), _) => format!(
            "{message}, but a {} of that name: use `#[derive({})]`",
            other.word(),
            other.derive(),
        ),
        (None, Some(near)) => format!("{message}, did you mean `{near}`?"),
        (None, None) => message,
    }
}

/// A table or view of the schema.
struct Object<'a> {
    fields: &'a [FieldDefinition],
    kind: DeriveKind,
    name: String,
}

impl Object<'_> {
    /// Compares one column, and returns the check that the compiler must make.
    fn fit(
        &self,
        index: usize,
        field: &Field,
        column: &Column,
        errors: &mut Errors,
    ) -> Option<Fit> {
        let name = &column.name;
        let definition = self
            .fields
            .iter()
            .find(|definition| is_same_name(&definition.name, name));
        let Some(definition) = definition else {
            errors.push(column.name_span, self.no_such_column(name));
            return None;
        };
        if (definition.data_type == DataType::Password) != column.password {
            errors.push(field.ident.span(), password(definition, column));
            return None;
        }
        if !definition.is_writable() && !column.read_only {
            errors.push(field.ident.span(), not_writable(definition));
        }
        if column.with.is_some() || column.password {
            return None;
        }
        Some(Fit {
            field: index,
            column: definition.name.clone(),
            data_type: definition.data_type.clone(),
            nullable: definition.is_nullable() && column.default.is_none(),
        })
    }

    fn no_such_column(&self, column: &str) -> String {
        let names = self.fields.iter().map(|field| &*field.name);
        let hint = nearest(column, names)
            .map_or_else(String::new, |near| format!(", did you mean `{near}`?"));
        format!(
            "the {} `{}` has no column `{column}`{hint}",
            self.kind.word(),
            self.name,
        )
    }
}

fn password(definition: &FieldDefinition, column: &Column) -> String {
    let (name, ty) = (&definition.name, &definition.data_type);
    if column.password {
        format!("the column `{name}` is of type {ty} and holds no passwords: leave out `password`")
    } else {
        format!(
            "the column `{name}` holds passwords, which are never read: \
             use `caspio::Password` and mark the field with `#[caspio(password)]`"
        )
    }
}

fn not_writable(definition: &FieldDefinition) -> String {
    let (name, ty) = (&definition.name, &definition.data_type);
    let why = if definition.formula {
        "is a formula"
    } else if definition.data_type == DataType::Attachment {
        "is an attachment, which inserts and updates do not contain"
    } else if definition.data_type.is_generated() {
        return format!(
            "the column `{name}` is of type {ty}, which Caspio fills: \
             mark the field with `#[caspio(read_only)]`"
        );
    } else {
        "cannot be edited"
    };
    format!("the column `{name}` {why}: mark the field with `#[caspio(read_only)]`")
}

/// Rust types to propose for a Caspio type.
pub(crate) fn proposed(ty: &DataType) -> String {
    let types: Vec<&str> = ty.kinds().iter().map(|kind| kind.rust_type()).collect();
    listed(&types)
}
