//! Which items a record can be: structs with named fields, and nothing else.

use crate::errors::Errors;
use crate::keys::DeriveKind;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, FieldsNamed};

/// The fields of a struct that can be a record.
pub(crate) fn named_fields<'a>(
    input: &'a DeriveInput,
    kind: DeriveKind,
    errors: &mut Errors,
) -> Option<&'a FieldsNamed> {
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => Some(fields),
            Fields::Unnamed(fields) => {
                errors.push(
                    fields.span(),
                    "a record's fields have names, which give the columns' names; \
                     this is a tuple struct. The type of a column derives `CaspioValue`",
                );
                None
            }
            Fields::Unit => {
                errors.push(
                    input.ident.span(),
                    "a record has one field for each column; this is a unit struct",
                );
                None
            }
        },
        Data::Enum(data) => {
            errors.push(
                data.enum_token.span,
                format!(
                    "`{}` is for structs; an enum as the type of a column derives `CaspioValue`",
                    kind.derive(),
                ),
            );
            None
        }
        Data::Union(data) => {
            errors.push(
                data.union_token.span,
                format!("`{}` is for structs; this is a union", kind.derive()),
            );
            None
        }
    }
}
