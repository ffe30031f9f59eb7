//! `ToRow`: the columns that are written, and their values.

use super::{generated, generated_at, placed, record};
use crate::keys::DeriveKind;
use crate::model::{Column, Field, Model};
use crate::params::Scope;
use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use std::collections::HashSet;
use syn::Type;
use syn::spanned::Spanned;

/// The impl of `ToRow`, if it is known how each column is written.
pub(super) fn item(
    model: &Model,
    bounds: &[TokenStream],
    support: &TokenStream,
) -> Option<TokenStream> {
    if model.kind == DeriveKind::Record || model.writes().any(|(_, column)| unknown(column)) {
        return None;
    }
    let count = Literal::usize_unsuffixed(model.writes().count());
    let passwords = model
        .passwords()
        .map(|(field, column)| record::info(model, field, column, support));
    let values = model
        .writes()
        .map(|(field, column)| value(field, column, support));
    let source = record::source(model, support);
    let bounds = [bounds, &demands(model, support)].concat();
    let Scope { params, ty, bounds } = model.params.borrowed(&model.ident, &bounds);
    Some(quote! {
        #[automatically_derived]
        impl #params #support::ToRow for #ty #bounds {
            type Source = #source;
            const WRITES: &'static [#support::FieldInfo] = &#support::write_support::writes::<#count>(
                <Self as #support::Record>::FIELDS,
                &[#(#passwords),*],
            );

            fn to_row(&self) -> #support::Row<'_> {
                #support::write_support::row(Self::WRITES, &mut [#(#values),*])
            }
        }
    })
}

/// Whether the struct does not define how the column is written.
fn unknown(column: &Column) -> bool {
    column.with.is_some() && column.to.is_none()
}

/// The value to be written for a field.
fn value(field: &Field, column: &Column, support: &TokenStream) -> TokenStream {
    let member = generated(&field.ident);
    match &column.to {
        Some(to) => quote_spanned!(to.span()=> #to(&self.#member)),
        None => quote!(#support::ToValue::to_value(&self.#member)),
    }
}

/// Each field's type can be written: a condition of the impl, so that a struct that is only read does not have to
/// meet it. A condition without parameters would be an error if it is not met; the compiler does not check one with a
/// lifetime before it is needed.
fn demands(model: &Model, support: &TokenStream) -> Vec<TokenStream> {
    let mut seen = HashSet::new();
    model
        .writes()
        .filter(|(_, column)| column.to.is_none() && !column.password)
        .map(|(field, _)| field.ty.to_token_stream())
        .filter(|ty| seen.insert(ty.to_string()))
        .map(|ty| quote!(for<'__w> #ty: #support::ToValue))
        .collect()
}

/// The value of a password field in a record that was read.
pub(super) fn unread(ty: &Type, support: &TokenStream) -> TokenStream {
    let span = generated_at(ty.span());
    let support = placed(support, span);
    quote_spanned!(span=> <#ty as #support::write_support::Unread>::unread())
}
