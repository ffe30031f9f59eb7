//! The impls that are generated after a mistake.

use super::columns::{kind, marker};
use crate::keys::DeriveKind;
use crate::model::Model;
use crate::params::Scope;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{DeriveInput, GenericParam, Generics, parse_quote};

/// A record without columns, whose columns' struct exists anyway.
pub(super) fn record(model: &Model, support: &TokenStream) -> TokenStream {
    let (ident, params) = (&model.ident, &model.params);
    let source = super::record::source(model, support);
    let at = params.at(ident, "'__p");
    let decoding = params.decoded(ident, &[]).params;
    let item = params.borrowed(ident, &[]);
    let record = record_of(&item, &decoding, &source, &at, support);
    let written = (model.kind != DeriveKind::Record).then(|| written(&item, &source, support));
    quote!(#record #written)
}

/// Every trait, for an item that cannot be a record.
pub(super) fn shapeless(input: &DeriveInput, of: DeriveKind, support: &TokenStream) -> TokenStream {
    let ident = &input.ident;
    let item = owned(ident, &input.generics);
    let decoding = decoding(&input.generics);
    let source = match of {
        DeriveKind::Table | DeriveKind::View => quote!(Self),
        DeriveKind::Record | DeriveKind::Insert => quote!(#support::RecordMap),
    };
    let record = record_of(&item, &decoding, &source, &quote!(Self), support);
    let written = (of != DeriveKind::Record).then(|| written(&item, &source, support));
    let source = (of != DeriveKind::Record).then(|| source_of(&item, of, support));
    quote! {
        const _: () = {
            #source
            #record
            #written
        };
    }
}

/// A record that is written without any columns.
pub(super) fn written(item: &Scope, source: &TokenStream, support: &TokenStream) -> TokenStream {
    let Scope { params, ty, bounds } = item;
    quote! {
        impl #params #support::ToRow for #ty #bounds {
            type Source = #source;
            const WRITES: &'static [#support::FieldInfo] = &[];

            fn to_row(&self) -> #support::Row<'_> {
                #support::write_support::row(&[], &mut [])
            }
        }
    }
}

fn source_of(item: &Scope, of: DeriveKind, support: &TokenStream) -> TokenStream {
    let Scope { params, ty, bounds } = item;
    let (kind, marker) = (kind(of), marker(of));
    quote! {
        impl #params #support::Source for #ty #bounds {
            const KIND: #support::ObjectKind = #support::ObjectKind::#kind;
            const NAME: &'static #support::str = "";
            type Columns = ();
            const COLUMNS: () = ();
        }

        impl #params #support::#marker for #ty #bounds {}
    }
}

fn record_of(
    item: &Scope,
    decoding: &TokenStream,
    source: &TokenStream,
    at: &TokenStream,
    support: &TokenStream,
) -> TokenStream {
    let Scope { params, ty, bounds } = item;
    quote! {
        impl #params #support::Record for #ty #bounds {
            type Source = #source;
            type At<'__p> = #at;
            const FIELDS: &'static [#support::FieldInfo] = &[];
        }

        impl #decoding #support::Decode<'__de> for #ty #bounds {
            fn decode<__A: #support::MapAccess<'__de>>(
                mut __row: #support::RowAccess<'_, '__de, __A>,
            ) -> #support::Result<Self, __A::Error> {
                #support::Result::Err(__row.missing(0))
            }
        }
    }
}

/// The traits require `'static`, which a generic item may not be.
fn owned(ident: &Ident, generics: &Generics) -> Scope {
    let mut generics = generics.clone();
    if !generics.params.is_empty() {
        let bounds = generics.make_where_clause();
        bounds.predicates.push(parse_quote!(Self: 'static));
    }
    let (params, args, bounds) = generics.split_for_impl();
    Scope {
        params: params.to_token_stream(),
        ty: quote!(#ident #args),
        bounds: bounds.to_token_stream(),
    }
}

fn decoding(generics: &Generics) -> TokenStream {
    let mut generics = generics.clone();
    let lifetime: GenericParam = parse_quote!('__de);
    generics.params.insert(0, lifetime);
    let (params, ..) = generics.split_for_impl();
    params.to_token_stream()
}

/// The type of a text column, for an item that cannot be the type of a column.
pub(super) fn value(input: &DeriveInput, support: &TokenStream) -> TokenStream {
    let ident = &input.ident;
    let (params, args, bounds) = input.generics.split_for_impl();
    let (reading, literals) = (decoding(&input.generics), with_kind(&input.generics));
    quote! {
        impl #params #support::FieldType for #ident #args #bounds {
            type Kind = #support::kind::Text;
            type Value = Self;
            const EXPECTED: &'static #support::str = "";
        }

        impl #reading #support::Field<'__de> for #ident #args #bounds {
            fn read<__D: #support::Deserializer<'__de>>(
                __value: __D,
            ) -> #support::Result<Self, __D::Error> {
                loop {}
            }
        }

        impl #params #support::ToValue for #ident #args #bounds {
            fn to_value(&self) -> #support::FieldValue<'_> {
                #support::FieldValue::Null
            }
        }

        impl #literals #support::ToLiteral<__K> for #ident #args #bounds {
            fn to_literal(&self) -> #support::Literal {
                #support::Literal::text("")
            }
        }

        impl #params #support::From<#ident #args> for #support::Key #bounds {
            fn from(_: #ident #args) -> Self {
                Self::Id(0)
            }
        }
    }
}

fn with_kind(generics: &Generics) -> TokenStream {
    let mut generics = generics.clone();
    let kind: GenericParam = parse_quote!(__K);
    generics.params.push(kind);
    let (params, ..) = generics.split_for_impl();
    params.to_token_stream()
}
