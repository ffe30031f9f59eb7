//! The bounds that the fields of a generic struct require; none for other structs.

use crate::model::{Field, Model, Role};
use crate::setting::Fallback;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

/// A trait that a field's type needs.
#[derive(Clone, Copy)]
enum Need {
    Field,
    Default,
    AsKey,
}

impl Need {
    fn bound(self, ty: &TokenStream, support: &TokenStream) -> TokenStream {
        match self {
            Self::Field => quote!(#ty: for<'__x> #support::Field<'__x>),
            Self::Default => quote!(#ty: #support::Default),
            Self::AsKey => quote!(#ty: #support::AsKey),
        }
    }
}

/// The bounds of the impls of `Record` and `Decode`.
///
/// A bound is on the field's type, `Vec<T>: Field`, because the code needs that. If the type also borrows from the
/// page, the bound would hold for every page, which the compiler cannot distinguish from the impl itself; so the
/// bound is on the parameters, as in std's derives.
pub(super) fn read(model: &Model, support: &TokenStream) -> Vec<TokenStream> {
    let mut bounds = Vec::new();
    for field in &model.fields {
        let types: Vec<TokenStream> = if !model.params.decide(&field.ty) {
            continue;
        } else if model.params.is_borrowed(&field.ty) {
            model
                .params
                .types_in(&field.ty)
                .map(ToTokens::to_token_stream)
                .collect()
        } else {
            vec![field.ty.to_token_stream()]
        };
        for need in needs(field) {
            bounds.extend(types.iter().map(|ty| need.bound(ty, support)));
        }
    }
    bounds
}

fn needs(field: &Field) -> Vec<Need> {
    let by_trait = |fallback: &Fallback| matches!(fallback, Fallback::Trait);
    let mut needs = Vec::new();
    let fallback = match &field.role {
        Role::Skipped(fallback) => Some(fallback),
        Role::Column(column) if column.password => None,
        Role::Column(column) => {
            if column.with.is_none() {
                needs.push(Need::Field);
            }
            if column.key {
                needs.push(Need::AsKey);
            }
            column.default.as_ref()
        }
    };
    if fallback.is_some_and(by_trait) {
        needs.push(Need::Default);
    }
    needs
}
