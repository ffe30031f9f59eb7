//! The struct of typed columns, and the impls that return it.

use super::{generated, generated_at, generated_visibility};
use crate::keys::DeriveKind;
use crate::model::{Column, Model};
use crate::params::{Params, Scope};
use crate::setting::Source;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::Type;
use syn::ext::IdentExt;

/// `ContactColumns`: with the visibility of the struct, and one field per column.
pub(super) fn item(model: &Model, support: &TokenStream) -> TokenStream {
    let Model {
        vis, ident, params, ..
    } = model;
    let vis = generated_visibility(vis);
    let columns = name(model);
    let about = format!("The columns of [`{}`].", ident.unraw());
    let owned = params.owned(ident);
    let record = &owned.ty;
    let fields = model.columns().map(|(field, column)| {
        let member = generated(&field.ident);
        let about = format!("The column `{}`.", column.name);
        let deprecated = &field.deprecated;
        let ty = owned_type(&field.ty, params);
        let access = match column {
            Column {
                read_only: true, ..
            } => quote!(, #support::ReadOnly),
            Column { password: true, .. } => quote!(, #support::InsertOnly),
            _ => quote!(),
        };
        quote! {
            #[doc = #about]
            #deprecated
            #vis #member: #support::Column<#record, #ty #access>,
        }
    });
    let Scope { params, bounds, .. } = &owned;
    quote! {
        #[doc = #about]
        #vis struct #columns #params #bounds {
            #(#fields)*
        }
    }
}

/// The columns as a constant, of the struct and of its traits.
pub(super) fn impls(model: &Model, support: &TokenStream) -> TokenStream {
    let Model { vis, ident, .. } = model;
    let name = name(model);
    let columns = model.params.without_lifetime(&name);
    let Scope { params, ty, bounds } = model.params.owned(ident);
    let members = model.columns().map(|(field, column)| {
        let member = generated(&field.ident);
        let name = Literal::string(&column.name);
        quote!(#member: #support::Column::new(#name),)
    });
    let source = source(model, support, &columns);
    let debug = Literal::string(&name.unraw().to_string());
    let names = model
        .columns()
        .map(|(_, column)| Literal::string(&column.name));
    quote! {
        impl #params #ty #bounds {
            /// The typed columns.
            #vis const COLUMNS: #columns = #name { #(#members)* };
        }

        #source

        #[automatically_derived]
        impl #params #support::Clone for #columns #bounds {
            fn clone(&self) -> Self {
                *self
            }
        }

        #[automatically_derived]
        impl #params #support::Copy for #columns #bounds {}

        #[automatically_derived]
        impl #params #support::Debug for #columns #bounds {
            fn fmt(&self, __f: &mut #support::Formatter<'_>) -> #support::FmtResult {
                #support::debug_columns(#debug, &[#(#names),*], __f)
            }
        }
    }
}

fn source(model: &Model, support: &TokenStream, columns: &TokenStream) -> TokenStream {
    let kind = kind(model.kind);
    let marker = marker(model.kind);
    let name = match &model.source {
        Some(Source::Named(name)) => Literal::string(&name.value()),
        _ => Literal::string(""),
    };
    let Scope { params, ty, bounds } = model.params.owned(&model.ident);
    let mut passwords = model.passwords().map(|(_, column)| &column.name).peekable();
    let passwords = passwords
        .peek()
        .is_some()
        .then(|| quote!(const PASSWORDS: &'static [&'static #support::str] = &[#(#passwords),*];));
    let required = &model.facts.required;
    let required = (!required.is_empty())
        .then(|| quote!(const REQUIRED: &'static [&'static #support::str] = &[#(#required),*];));
    quote! {
        #[automatically_derived]
        impl #params #support::Source for #ty #bounds {
            const KIND: #support::ObjectKind = #support::ObjectKind::#kind;
            const NAME: &'static #support::str = #name;
            type Columns = #columns;
            const COLUMNS: #columns = <#ty>::COLUMNS;
            #passwords
            #required
        }

        #[automatically_derived]
        impl #params #support::#marker for #ty #bounds {}
    }
}

/// The variant of `ObjectKind`, which has the kind's name.
pub(super) fn kind(kind: DeriveKind) -> Ident {
    format_ident!("{}", format!("{kind:?}"))
}

/// The trait that marks a table or a view.
pub(super) fn marker(kind: DeriveKind) -> Ident {
    format_ident!("{}", kind.derive())
}

/// A field's type where nothing is borrowed. A reference without a lifetime is a mistake in the
/// struct already, and would be the same one here.
fn owned_type(ty: &Type, params: &Params) -> TokenStream {
    match ty {
        Type::Reference(reference) if reference.lifetime.is_none() => quote!(()),
        ty => params.owned_tokens(ty.to_token_stream()),
    }
}

fn name(model: &Model) -> Ident {
    let span = generated_at(model.ident.span());
    format_ident!("{}Columns", model.ident.unraw(), span = span)
}
