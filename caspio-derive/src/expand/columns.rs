//! The struct of typed columns, and the impls that hand it out.

use super::{generated, generated_at};
use crate::keys::Kind;
use crate::model::Model;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt;

/// `ContactColumns`: as visible as the struct, and with one field a column.
pub(super) fn item(model: &Model, private: &TokenStream) -> TokenStream {
    let Model { vis, ident, .. } = model;
    let columns = name(model);
    let about = format!("The columns of [`{}`].", ident.unraw());
    let fields = model.columns().map(|(field, column)| {
        let member = generated(&field.ident);
        let about = format!("The column `{}`.", column.name);
        let deprecated = &field.deprecated;
        let ty = &field.ty;
        quote! {
            #[doc = #about]
            #deprecated
            #vis #member: #private::Column<#ident, #ty>,
        }
    });
    // Not every program uses every column, and the fields' names and types are the user's.
    quote! {
        #[doc = #about]
        #[allow(dead_code, deprecated, private_interfaces)]
        #[allow(non_camel_case_types, non_snake_case)]
        #vis struct #columns {
            #(#fields)*
        }
    }
}

/// The columns as a constant, of the struct and of its traits.
pub(super) fn impls(model: &Model, private: &TokenStream) -> TokenStream {
    let Model { vis, ident, .. } = model;
    let columns = name(model);
    let members = model.columns().map(|(field, column)| {
        let member = generated(&field.ident);
        let name = Literal::string(&column.name);
        quote!(#member: #private::Column::new(#name),)
    });
    let source = source(model, private, &quote!(#columns));
    let debug = Literal::string(&columns.unraw().to_string());
    quote! {
        #[allow(dead_code)]
        impl #ident {
            /// The typed columns.
            #vis const COLUMNS: #columns = #columns { #(#members)* };
        }

        #source

        #[automatically_derived]
        impl #private::Clone for #columns {
            fn clone(&self) -> Self {
                *self
            }
        }

        #[automatically_derived]
        impl #private::Copy for #columns {}

        #[automatically_derived]
        impl #private::Debug for #columns {
            fn fmt(&self, f: &mut #private::Formatter<'_>) -> #private::FmtResult {
                #private::debug_columns::<#ident>(#debug, f)
            }
        }
    }
}

fn source(model: &Model, private: &TokenStream, columns: &TokenStream) -> TokenStream {
    let ident = &model.ident;
    let kind = kind(model.kind);
    let marker = marker(model.kind);
    let name = Literal::string(&model.name);
    quote! {
        #[automatically_derived]
        impl #private::Source for #ident {
            const KIND: #private::SourceKind = #private::SourceKind::#kind;
            const NAME: &'static str = #name;
            type Columns = #columns;
            const COLUMNS: #columns = #ident::COLUMNS;
        }

        #[automatically_derived]
        impl #private::#marker for #ident {}
    }
}

/// The variant of `SourceKind`.
pub(super) fn kind(kind: Kind) -> Ident {
    match kind {
        Kind::Table => format_ident!("Table"),
        Kind::View => format_ident!("View"),
    }
}

/// The trait that marks a table or a view.
pub(super) fn marker(kind: Kind) -> Ident {
    format_ident!("{}", kind.derive())
}

fn name(model: &Model) -> Ident {
    let span = generated_at(model.ident.span());
    format_ident!("{}Columns", model.ident.unraw(), span = span)
}
