//! Compile-time checks against the account's schema.

use super::{generated_at, placed, record};
use crate::model::{Fit, Model};
use crate::schema::{proposed, tracking};
use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

/// One constant for each field whose type is to be checked, and the code that makes the crate depend on the schema.
pub(super) fn items(model: &Model, sound: bool, support: &TokenStream) -> TokenStream {
    let tracking = tracking(model.facts.file.as_deref(), support);
    let fits = model.facts.fits.iter().filter(|_| sound);
    let fits = fits.filter_map(|fit| check(model, fit, support));
    quote!(#tracking #(#fits)*)
}

/// Checks a field's type, unless it is only known when the struct is used. The message points at the type.
fn check(model: &Model, fit: &Fit, support: &TokenStream) -> Option<TokenStream> {
    let ty = &model.fields[fit.field].ty;
    if model.params.decide(ty) {
        return None;
    }
    let span = generated_at(ty.span());
    let support = placed(support, span);
    let column = Literal::string(&fit.column);
    let data_type = Literal::string(fit.data_type.name());
    let kinds = fit
        .data_type
        .kinds()
        .iter()
        .map(|kind| format_ident!("{}", kind.to_string(), span = span));
    let proposed = Literal::string(&proposed(&fit.data_type));
    let written = Literal::string(&record::written(ty));
    let nullable = fit.nullable;
    let ty = model.params.owned_tokens(ty.to_token_stream());
    Some(quote_spanned! {span=>
        const _: () = #support::schema_check::SchemaColumn {
            name: #column,
            data_type: #data_type,
            kinds: &[#(#support::schema_check::Kind::#kinds),*],
            proposed: #proposed,
            nullable: #nullable,
        }
        .fits::<#ty>(#written);
    })
}
