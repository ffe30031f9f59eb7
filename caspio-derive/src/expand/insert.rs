//! `ToRow` of a struct of columns to insert.

use super::{generated, generated_at, placed, record, stub};
use crate::insert::{Insert, InsertColumn};
use crate::params::Scope;
use proc_macro2::{Ident, Literal, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use std::collections::HashSet;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{DeriveInput, GenericParam, Generics};

/// The impl.
pub(super) fn item(insert: &Insert, allowed: &TokenStream, support: &TokenStream) -> TokenStream {
    let Insert { ident, source, .. } = insert;
    let params = type_params(&insert.generics);
    let columns = holder_of_columns(insert, support);
    let infos = insert
        .columns
        .iter()
        .map(|column| info(column, &params, support));
    let complete = complete(insert, support);
    let values = insert.columns.iter().map(|column| value(column, support));
    let demands = demands(insert, &params, support);
    let (impl_params, args, bounds) = insert.generics.split_for_impl();
    let declared = bounds.iter().flat_map(|bounds| bounds.predicates.iter());
    let mut bounds = declared
        .map(ToTokens::to_token_stream)
        .chain(demands)
        .peekable();
    let bounds = bounds.peek().is_some().then(|| quote!(where #(#bounds,)*));
    quote! {
        #allowed
        #[automatically_derived]
        impl #impl_params #support::ToRow for #ident #args #bounds {
            type Source = #source;
            const WRITES: &'static [#support::FieldInfo] = {
                let __columns = #columns;
                &[#(#infos),*]
            };

            fn to_row(&self) -> #support::Row<'_> {
                #support::write_support::row(Self::WRITES, &mut [#(#values),*])
            }
        }

        #complete
    }
}

/// Checks that no column is missing, which only the table's struct shows. It is not checked for a struct with types
/// or constants as parameters.
fn complete(insert: &Insert, support: &TokenStream) -> Option<TokenStream> {
    let params = &insert.generics.params;
    let is_lifetime = |param: &GenericParam| matches!(param, GenericParam::Lifetime(_));
    if !params.iter().all(is_lifetime) {
        return None;
    }
    let lifetimes = params.iter().map(|_| quote!('static));
    let ident = &insert.ident;
    let span = generated_at(ident.span());
    let support = placed(support, span);
    let record = quote_spanned!(span=> #ident<#(#lifetimes),*>);
    Some(quote_spanned!(span=> const _: () = #support::schema_check::complete::<#record>();))
}

/// The impl that is generated after a mistake.
pub(super) fn stub(input: &DeriveInput, support: &TokenStream) -> TokenStream {
    let (params, args, bounds) = input.generics.split_for_impl();
    let ident = &input.ident;
    let item = Scope {
        params: params.to_token_stream(),
        ty: quote!(#ident #args),
        bounds: bounds.to_token_stream(),
    };
    stub::written(&item, &quote!(#support::RecordMap), support)
}

/// The columns' struct, by the struct of a table or view.
fn holder_of_columns(insert: &Insert, support: &TokenStream) -> TokenStream {
    let source = &insert.source;
    let span = generated_at(source.span());
    let support = placed(support, span);
    let key = Ident::new(&insert.source_key.to_string(), span);
    quote_spanned!(span=> #support::write_support::#key::<#source>())
}

fn info(column: &InsertColumn, params: &HashSet<String>, support: &TokenStream) -> TokenStream {
    let ty = &column.ty;
    let member = Literal::string(&column.ident.unraw().to_string());
    let rust_type = Literal::string(&record::written(ty));
    let name = name(column, params, support);
    let of = match &column.to {
        Some(_) => quote!(.converted(#rust_type)),
        None => quote!(.of::<#ty>(#rust_type)),
    };
    quote!(#support::FieldInfo::new(#name, #member) #of)
}

/// The name of the member's column. The compiler looks it up, and so reports that there is none, that it is
/// read-only, or that the values do not fit.
fn name(column: &InsertColumn, params: &HashSet<String>, support: &TokenStream) -> TokenStream {
    let (ty, member) = (&column.ty, &column.member);
    let span = generated_at(member.span());
    let support = placed(support, span);
    if column.to.is_some() || mentions(ty.to_token_stream(), params) {
        quote_spanned!(span=> #support::write_support::set_any(__columns.#member))
    } else {
        quote_spanned!(span=> #support::write_support::set::<#ty, _, _, _>(__columns.#member))
    }
}

fn value(column: &InsertColumn, support: &TokenStream) -> TokenStream {
    let member = generated(&column.ident);
    match &column.to {
        Some(to) => quote_spanned!(to.span()=> #to(&self.#member)),
        None => {
            let span = generated_at(column.ty.span());
            let support = placed(support, span);
            quote_spanned!(span=> #support::ToValue::to_value(&self.#member))
        }
    }
}

/// What the struct's parameters have to be for its fields to be written.
fn demands(insert: &Insert, params: &HashSet<String>, support: &TokenStream) -> Vec<TokenStream> {
    let mut seen = HashSet::new();
    let columns = insert.columns.iter().filter(|column| column.to.is_none());
    columns
        .map(|column| column.ty.to_token_stream())
        .filter(|ty| mentions(ty.clone(), params) && seen.insert(ty.to_string()))
        .map(|ty| quote!(#ty: #support::ToValue))
        .collect()
}

/// The types and constants that are only known when the struct is used.
fn type_params(generics: &Generics) -> HashSet<String> {
    let params = generics.params.iter().filter_map(|param| match param {
        GenericParam::Type(param) => Some(param.ident.to_string()),
        GenericParam::Const(param) => Some(param.ident.to_string()),
        GenericParam::Lifetime(_) => None,
    });
    params.collect()
}

fn mentions(tokens: TokenStream, words: &HashSet<String>) -> bool {
    !words.is_empty()
        && tokens.into_iter().any(|token| match token {
            TokenTree::Ident(word) => words.contains(&word.to_string()),
            TokenTree::Group(group) => mentions(group.stream(), words),
            TokenTree::Punct(_) | TokenTree::Literal(_) => false,
        })
}
