//! What stands in for the impls after a mistake.

use super::columns::{kind, marker};
use crate::keys::Kind;
use crate::model::Model;
use crate::params::Scope;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{DeriveInput, GenericParam, Generics, parse_quote};

/// A record without columns, whose columns' struct stands all the same.
pub(super) fn record(model: &Model, private: &TokenStream) -> TokenStream {
    let (ident, params) = (&model.ident, &model.params);
    let source = super::record::source(model, private);
    let at = params.at(ident, "'__p");
    let decoding = params.decoded(ident, &[]).params;
    let item = params.borrowed(ident, &[]);
    let record = record_of(&item, &decoding, &source, &at, private);
    let written = (model.kind != Kind::Record).then(|| written(&item, &source, private));
    quote!(#record #written)
}

/// Every trait, for an item that cannot be a record.
pub(super) fn shapeless(input: &DeriveInput, of: Kind, private: &TokenStream) -> TokenStream {
    let ident = &input.ident;
    let item = owned(ident, &input.generics);
    let decoding = decoding(&input.generics);
    let source = match of {
        Kind::Table | Kind::View => quote!(Self),
        Kind::Record | Kind::Insert => quote!(#private::RecordMap),
    };
    let record = record_of(&item, &decoding, &source, &quote!(Self), private);
    let written = (of != Kind::Record).then(|| written(&item, &source, private));
    let source = (of != Kind::Record).then(|| source_of(&item, of, private));
    quote! {
        const _: () = {
            #source
            #record
            #written
        };
    }
}

/// A record that is written without any columns.
pub(super) fn written(item: &Scope, source: &TokenStream, private: &TokenStream) -> TokenStream {
    let Scope { params, ty, bounds } = item;
    quote! {
        impl #params #private::ToRow for #ty #bounds {
            type Source = #source;
            const WRITES: &'static [#private::FieldInfo] = &[];

            fn to_row(&self) -> #private::Row<'_> {
                #private::write::row(&[], &mut [])
            }
        }
    }
}

fn source_of(item: &Scope, of: Kind, private: &TokenStream) -> TokenStream {
    let Scope { params, ty, bounds } = item;
    let (kind, marker) = (kind(of), marker(of));
    quote! {
        impl #params #private::Source for #ty #bounds {
            const KIND: #private::ObjectKind = #private::ObjectKind::#kind;
            const NAME: &'static str = "";
            type Columns = ();
            const COLUMNS: () = ();
        }

        impl #params #private::#marker for #ty #bounds {}
    }
}

fn record_of(
    item: &Scope,
    decoding: &TokenStream,
    source: &TokenStream,
    at: &TokenStream,
    private: &TokenStream,
) -> TokenStream {
    let Scope { params, ty, bounds } = item;
    quote! {
        impl #params #private::Record for #ty #bounds {
            type Source = #source;
            type At<'__p> = #at;
            const FIELDS: &'static [#private::FieldInfo] = &[];
        }

        impl #decoding #private::Decode<'__de> for #ty #bounds {
            fn decode<__A: #private::MapAccess<'__de>>(
                mut __row: #private::RowAccess<'_, '__de, __A>,
            ) -> #private::Result<Self, __A::Error> {
                #private::Result::Err(__row.missing(0))
            }
        }
    }
}

/// The traits ask for `'static`, which a generic item need not be.
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
