//! Which items a record can be: structs with named fields, and nothing else.

use crate::errors::Errors;
use crate::keys::Kind;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, FieldsNamed, GenericParam, Generics};

/// The fields of a struct that can be a record.
pub(crate) fn named_fields<'a>(
    input: &'a DeriveInput,
    kind: Kind,
    errors: &mut Errors,
) -> Option<&'a FieldsNamed> {
    let generic = refuse_generics(&input.generics, kind, errors);
    let fields = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => Some(fields),
            Fields::Unnamed(fields) => {
                errors.push(
                    fields.span(),
                    "a record's fields have names, which give the columns' names; \
                     this is a tuple struct",
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
                    "`{}` is for structs; to read a column into an enum, \
                     implement `caspio::field::Field` for it",
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
    };
    fields.filter(|_| !generic)
}

/// Whether there were generic parameters; each of them is reported.
fn refuse_generics(generics: &Generics, kind: Kind, errors: &mut Errors) -> bool {
    for param in &generics.params {
        let message = match param {
            GenericParam::Lifetime(_) => {
                "a record owns its values, so it has no lifetime: use `String` for text".to_owned()
            }
            GenericParam::Type(_) | GenericParam::Const(_) => format!(
                "a record is one shape of one {}, so it has no generic parameters",
                kind.word(),
            ),
        };
        errors.push(param.span(), message);
    }
    !generics.params.is_empty()
}
